"""A backtest for the next program: one JSON document with all there is, or one table whose first column says of what.

Shares are percent, AUCs 0-1. An interval is always called one.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from csq.backtest.model import SHARES, Backtest, Estimate, Group, Ranked, Rate
from csq.backtest.orders import CURVE
from csq.render.backtest.words import answer, explained
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.one_table import one_table
from csq.render.options import Format, Options

_TEXT, _NUMBER, _WHOLE = pl.String(), pl.Float64(), pl.Int64()
COLUMNS: Mapping[str, pl.DataType] = {
    "section": _TEXT,
    "name": _TEXT,
    "tier": _TEXT,
    "outcomes": _WHOLE,
    "accounts": _WHOLE,
    "lost": _WHOLE,
    "lost_pct": _NUMBER,
    "lost_interval_low_pct": _NUMBER,
    "lost_interval_high_pct": _NUMBER,
    "lost_value": pl.Decimal(38, 2),
    "grr_pct": _NUMBER,
    "nrr_pct": _NUMBER,
    "auc": _NUMBER,
    "auc_interval_low": _NUMBER,
    "auc_interval_high": _NUMBER,
    "weighted_auc": _NUMBER,
    "weighted_auc_interval_low": _NUMBER,
    "weighted_auc_interval_high": _NUMBER,
    **{f"caught_at_{share * 100:.0f}_pct": _NUMBER for share in SHARES},
    **{
        f"{side}_{what}": _WHOLE if what in ("hits", "n") else _NUMBER
        for side in ("lost_side", "kept_side")
        for what in ("hits", "n", "pct", "interval_low_pct", "interval_high_pct")
    },
    "account_id": _TEXT,
    "account_name": _TEXT,
    "date": pl.Date(),
    "known_on": pl.Date(),
    "outcome": _TEXT,
    "contract_value": pl.Decimal(38, 2),
    "value_after": pl.Decimal(38, 2),
    "usage_score": _NUMBER,
    "happiness_score": _NUMBER,
    "text": _TEXT,
}
"""Of the one table. Of signals and steps the sides are the lost and the kept; of cuts those below and at or above."""


def rows(found: Backtest, format: Format, options: Options) -> bytes:
    """Write a backtest in a machine format."""
    if format is Format.JSON:
        return (json.dumps(_steady(document(found)), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    return one_table(pl.DataFrame(list(_rows(found)), schema=COLUMNS), format, options)


def _rows(found: Backtest) -> Iterator[dict[str, Any]]:
    """The rows of the one table; what a row does not have is left empty."""

    def row(**told: Any) -> dict[str, Any]:
        return {**dict.fromkeys(COLUMNS), **told}

    yield row(section="verdict", name=str(found.verdict), outcomes=found.outcomes, text=answer(found))
    for group in found.groups:
        rate = _rate(group.lost, "lost", pct="lost_pct")
        del rate["lost_hits"], rate["lost_n"]
        yield row(
            section=str(group.kind), name=group.name, tier=group.tier, outcomes=group.outcomes,
            accounts=group.accounts, lost=group.lost.hits, **rate, lost_value=group.lost_value,
            grr_pct=group.grr_pct, nrr_pct=group.nrr_pct,
        )  # fmt: skip
    for each in found.ranked:
        met = {f"caught_at_{s * 100:.0f}_pct": pct for s, pct in zip(SHARES, each.caught_pct, strict=True)}
        estimates = {**_estimate(each.auc, "auc"), **_estimate(each.weighted, "weighted_auc")}
        yield row(section="order", name=str(each.order), outcomes=found.compared, **estimates, **met)
    for held in found.held:
        sides = {**_rate(held.lost, "lost_side"), **_rate(held.kept, "kept_side")}
        yield row(section=held.kind, name=held.name, text=held.text, **sides)
    for cut in found.cuts:
        sides = {**_rate(cut.below, "lost_side"), **_rate(cut.above, "kept_side")}
        yield row(section="cut", name=f"{cut.axis} {cut.at:.0f}", **sides)
    for one in found.surprises:
        told = {name: value for name, value in one._asdict().items() if name in COLUMNS}
        told["outcome"] = str(one.outcome)
        yield row(section="surprise", name=str(one.quadrant), text=explained(one), **told)


def _rate(rate: Rate, name: str, pct: str | None = None) -> dict[str, Any]:
    return {
        f"{name}_hits": rate.hits,
        f"{name}_n": rate.n,
        pct or f"{name}_pct": rate.pct,
        f"{name}_interval_low_pct": rate.low_pct,
        f"{name}_interval_high_pct": rate.high_pct,
    }


def _estimate(of: Estimate | None, name: str) -> dict[str, Any]:
    ends = {f"{name}_interval_low": of.low, f"{name}_interval_high": of.high} if of else {}
    return {name: of.value, **ends} if of else {}


def _steady(value: Any) -> Any:
    """A document with figures to the twelfth place: a sum may differ in the last ones from machine to machine."""
    if isinstance(value, dict):
        return {name: _steady(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_steady(each) for each in value]
    return round(value, 12) if isinstance(value, float) else value


def document(found: Backtest) -> dict[str, Any]:
    """All there is."""
    return {
        "format_version": FORMAT_VERSION,
        "horizon": found.horizon,
        "first": plain(found.first),
        "last": plain(found.last),
        "rows": {
            "read": found.read,
            "used": found.used,
            "set_aside": dict(found.set_aside),
            "rejected": found.rejected,
        },
        "outcomes": found.outcomes,
        "accounts": found.accounts,
        "lost": found.lost,
        "not_a_customer_then": found.not_yet,
        "from_history": found.from_history,
        "usage_not_covered": found.uncovered,
        "still_here": plain(found.still_here),
        "value_assumed": found.assumed,
        "compared": found.compared,
        "compared_lost": found.compared_lost,
        "verdict": str(found.verdict),
        "sentence": answer(found),
        "difference": _interval(found.difference),
        "bootstrap": {"replicates": found.replicates, "seed": found.seed, "clusters": "account_id"},
        "orders": [_order(each) for each in found.ranked],
        "groups": [_group(each) for each in found.groups],
        "signals_and_steps": [
            {"kind": each.kind, "name": each.name, "text": each.text, "lost": _share(each.lost),
             "kept": _share(each.kept)}
            for each in found.held
        ],
        "cuts": [
            {"axis": str(each.axis), "at": each.at, "below": _share(each.below), "from_there_up": _share(each.above)}
            for each in found.cuts
        ],
        "surprises": [{**_plain(each._asdict()), "explain": explained(each)} for each in found.surprises],
        "undated": {
            "taken_as_today": list(found.hangs.undated),
            "left_out": list(found.left_out),
            "verdict_without": str(found.hangs.verdict),
            "usage_auc_without": found.hangs.usage_auc,
            "happiness_auc_without": found.hangs.happiness_auc,
        },
        "leaks": [_plain(each._asdict()) for each in found.leaks],
        "currency": found.currency,
    }  # fmt: skip


def _order(each: Ranked) -> dict[str, Any]:
    return {
        "order": str(each.order),
        "auc": _interval(each.auc),
        "weighted_auc": _interval(each.weighted),
        "caught_pct": {f"{share * 100:.0f}": met for share, met in zip(SHARES, each.caught_pct, strict=True)},
        "curve": [{"hours_pct": share * 100, "caught_pct": met} for share, met in zip(CURVE, each.curve, strict=True)],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        **{name: plain(getattr(group, name)) for name in ("name", "tier", "outcomes", "accounts")},
        "kind": str(group.kind),
        "lost": _share(group.lost),
        "lost_value": plain(group.lost_value),
        "lost_unvalued": group.lost_unvalued,
        "grr_pct": group.grr_pct,
        "nrr_pct": group.nrr_pct,
        "valued": group.valued,
    }


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in told.items()}


def _interval(of: Estimate | None) -> dict[str, Any] | None:
    return {"value": of.value, "interval": [of.low, of.high]} if of else None


def _share(rate: Rate) -> dict[str, Any]:
    return {"hits": rate.hits, "n": rate.n, "pct": rate.pct, "interval_pct": [rate.low_pct, rate.high_pct]}
