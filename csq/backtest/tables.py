"""What became of whom: the loss tables, signals and steps among lost and kept, cuts, surprises and leaks."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import comb
from typing import Any

import polars as pl

from csq.backtest.model import CutPoint, Group, Held, Kept, Leak, Rate, Surprise
from csq.backtest.statistics import rates
from csq.schema import money
from csq.terms import Axis, Outcome, Quadrant

SWEEP = tuple(range(10, 100, 10))
"""Scores at which both cuts are tried."""
_MOST_WORDS = 12
"""Different values up to which text is a kind and no name."""
_AS_KNOWN = ("account_id", "account_name", "date", "known_on", "usage_score", "happiness_score", "responses",
    "evidence", "active_users", "is_listed")  # fmt: skip
"""What is told of a surprise as it stands among the cases."""
_BY_CHANCE = 1000
"""A perfect separation tells of a leak where chance makes one of all columns in at most one of so many backtests."""


def groups(cases: pl.DataFrame) -> list[Group]:
    """The loss table: all, every quadrant, then each tier of it; the silent and the divided in rows of their own."""
    silent, divided = pl.col("silence").is_not_null(), pl.col("unhappy_side").is_not_null()
    tiers = sorted(cases["tier"].drop_nulls().unique())
    wanted: list[tuple[Kept, str, str | None, pl.Expr]] = [(Kept.ALL, str(Kept.ALL), None, pl.lit(value=True))]
    for kind, name, mask in (
        *((Kept.QUADRANT, str(each), pl.col("quadrant") == str(each)) for each in Quadrant),
        (Kept.SILENT, str(Kept.SILENT), silent),
        (Kept.DIVIDED, str(Kept.DIVIDED), divided),
    ):
        wanted.append((kind, name, None, mask))
        if len(tiers) > 1:
            wanted += [(kind, name, tier, mask & (pl.col("tier") == tier)) for tier in tiers]
    parts = [cases.filter(mask) for *_, mask in wanted]
    lost = rates([(int(part["lost"].sum()), part.height) for part in parts])
    return [
        _group(kind, name, tier, part, rate)
        for (kind, name, tier, _), part, rate in zip(wanted, parts, lost, strict=True)
    ]


def _group(kind: Kept, name: str, tier: str | None, part: pl.DataFrame, lost: Rate) -> Group:
    gone = part.filter("lost")
    valued = part.drop_nulls(["value", "after"]).filter(pl.col("value") > 0)
    before, kept = money(valued["value"]), money(valued.select(pl.min_horizontal("value", "after")).to_series())
    return Group(
        kind=kind,
        name=name,
        tier=tier,
        outcomes=part.height,
        accounts=part["account_id"].n_unique(),
        lost=lost,
        lost_value=money(gone["value"]),
        lost_unvalued=gone["value"].null_count(),
        grr_pct=_share(kept, before),
        nrr_pct=_share(money(valued["after"]), before),
        valued=valued.height,
    )


def _share(part: Decimal, whole: Decimal) -> float | None:
    return float(part / whole * 100) if whole else None


def with_worth(cases: pl.DataFrame) -> pl.DataFrame:
    """Add `value` (before) and `after`, money per year, as far as they are known, and `assumed`.

    Nothing is left of who left; who renewed and is told no value did so at the value before. What somebody expanded or
    contracted to is not known unless it is told.
    """
    value = pl.coalesce("value_prior", pl.col("contract_value").replace(0, None))
    renewed = pl.col("outcome") == str(Outcome.RENEWED)
    assumed = renewed & pl.col("value_after").replace(0, None).is_null() & value.is_not_null()
    told = pl.col("value_after").replace(0, None)
    after = pl.when("lost").then(pl.lit(0, pl.Decimal(38, 2))).when(assumed).then(value).otherwise(told)
    return cases.with_columns(value=value, after=after, assumed=assumed)


def held(cases: pl.DataFrame, signals: Iterable[tuple[str, str]], steps: Iterable[tuple[str, str, str]]) -> list[Held]:
    """How often each signal (name, text) held, and each step (id, text, column of its days) was done, among both.

    Cases have `signals` (those that hold), `unjudged` (those nobody could judge), and `event_<kind>_days`.
    """
    told = [("signal", name, text, pl.col("signals").list.contains(name)) for name, text in signals]
    unknown = [pl.col("unjudged").list.contains(name) & ~has for _, name, _, has in told]
    done = [("step", key, text, pl.col(column).is_not_null()) for key, text, column in steps]
    masks = [*((has, ~dark) for (*_, has), dark in zip(told, unknown, strict=True)), *((has, None) for *_, has in done)]
    counts: list[tuple[int, int]] = []
    for side in (pl.col("lost"), ~pl.col("lost")):
        mine = cases.filter(side)
        flags = mine.select(
            each.fill_null(value=False).sum().alias(f"{number} {what}")
            for number, (has, judged) in enumerate(masks)
            for what, each in (("hits", has), ("n", pl.lit(value=True) if judged is None else judged))
        )
        flat = flags.row(0) if masks else ()
        sizes = [mine.height if judged is None else n for n, (_, judged) in zip(flat[1::2], masks, strict=True)]
        counts += list(zip(flat[::2], sizes, strict=True))
    both = rates(counts)
    return [
        Held(kind, name, text, lost, kept)
        for (kind, name, text, _), lost, kept in zip(
            [*told, *done], both[: len(masks)], both[len(masks) :], strict=True
        )
    ]


def cut_points(cases: pl.DataFrame) -> list[CutPoint]:
    """The loss rates on both sides of every cut of the sweep."""
    places, counts = [], []
    for axis in Axis:
        known = cases.drop_nulls(f"{axis}_score")
        for at in SWEEP if known.height else ():
            places.append((axis, float(at)))
            for side in (pl.col(f"{axis}_score") < at, pl.col(f"{axis}_score") >= at):
                part = known.filter(side)
                counts.append((int(part["lost"].sum()), part.height))
    found = rates(counts)
    return [
        CutPoint(axis, at, below, above)
        for (axis, at), below, above in zip(places, found[::2], found[1::2], strict=True)
    ]


def surprises(cases: pl.DataFrame) -> list[Surprise]:
    """Accounts lost from the best quadrant, then those grown from the worst, the most valuable first."""
    grown = (pl.col("outcome") == str(Outcome.EXPANDED)) | (pl.col("after") > pl.col("value"))
    best, worst = pl.col("quadrant") == str(Quadrant.ADVOCATES), pl.col("quadrant") == str(Quadrant.AT_RISK)
    found = [
        cases.filter(mask).sort("value", "account_id", "date", descending=[True, False, False], nulls_last=True)
        for mask in (pl.col("lost") & best, (grown & worst).fill_null(value=False))
    ]
    return [_surprise(row) for part in found for row in part.iter_rows(named=True)]


def _surprise(row: dict[str, Any]) -> Surprise:
    return Surprise(
        **{name: row[name] for name in _AS_KNOWN},
        outcome=Outcome(row["outcome"]),
        contract_value=row["value"],
        value_after=row["after"],
        quadrant=Quadrant(row["quadrant"]),
        signals=tuple(row["signals"] or ()),
    )


def leaks(cases: pl.DataFrame, columns: Sequence[str], of_axes: Iterable[str] = ()) -> list[Leak]:
    """The columns that separate the lost from the kept perfectly, by their values or by whether they are known.

    Cases are one row a decision, with `lost`; `of_axes` names the columns that an axis is made of.
    """
    lost, kept = cases.filter("lost"), cases.filter(~pl.col("lost"))
    # So many ways there are to choose the lost; of two of them chance makes a separation.
    if comb(cases.height, lost.height) < 2 * len(columns) * _BY_CHANCE:
        return []
    found = ((name, _parted(lost[name], kept[name])) for name in columns)
    own = set(of_axes)
    return [Leak(name, how, name in own) for name, how in found if how]


def _parted(lost: pl.Series, kept: pl.Series) -> str | None:
    """How a column separates two groups, in words; None where it does not."""
    known = lost.count(), kept.count()
    if known in ((0, len(kept)), (len(lost), 0)):
        return "known of all but the lost" if known[0] == 0 else "known of the lost alone"
    if 0 in known or known != (len(lost), len(kept)):
        return None
    if lost.dtype.is_numeric() or lost.dtype.is_temporal():
        ends: list[Any] = [lost.min(), lost.max(), kept.min(), kept.max()]
        if ends[1] < ends[2]:
            return "every one of the lost has less than any of the kept"
        return "every one of the lost has more than any of the kept" if ends[0] > ends[3] else None
    if lost.dtype not in (pl.String(), pl.Boolean()):
        return None
    words = set(lost.unique()), set(kept.unique())
    is_kind = len(words[0] | words[1]) <= _MOST_WORDS
    return "no value of the lost is one of the kept" if is_kind and not words[0] & words[1] else None
