"""A run and an account to an `Explanation`: nothing is computed anew that the run has settled."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from csq import __version__
from csq.errors import UsageError
from csq.explain.find import SetAside, find_account, set_aside, unmatched
from csq.explain.model import Certainty, Explanation, Fact, Lines, Priority, Row
from csq.explain.standing import happiness_standing, usage_standing
from csq.explain.verdicts import Verdicts
from csq.facts.happiness import wilson
from csq.fate import ROWS
from csq.pipeline import Triage, windows
from csq.place.quadrants import SCORE_ANSWERS
from csq.place.totals import tier_totals
from csq.report import Tier
from csq.schema import ACCOUNT, CONTEXT, HAPPINESS, USAGE, event_kind
from csq.terms import Evidence, Gate, Quadrant, Queue, Role

_AS_PLACED = ("account_name", "contract_value", "borderline", "unhappy_side", "rank", "why", "look_again", "desk",
    "hours", "this_week", "next_step")  # fmt: skip
"""What is told as it stands in the account table."""
_RECORDS = {
    "goals": Role.GOALS, "people": Role.CONTACTS, "events": Role.EVENTS, "outcomes": Role.OUTCOMES,
    "answers": Role.CSAT, "overrides": Role.OVERRIDES,
}  # fmt: skip
"""Whose rows are told one by one."""
_GROUPS = (("account", ACCOUNT), ("usage", USAGE), ("happiness", HAPPINESS), ("context", CONTEXT))


def left_out(found: Triage, asked: str) -> SetAside | None:
    """The account that is meant, where the triage leaves it out; None where it may be one of the triage."""
    return set_aside(found.facts.fates[Role.ACCOUNTS], found.accounts, asked)


def explain(found: Triage, asked: str) -> Explanation:
    """Explain the account that is asked for. Raises UsageError when none matches, or more than one does."""
    try:
        key = find_account(found.accounts, asked)
    except UsageError as error:
        error.details = (*unmatched(found.tables.roles, asked), *error.details)
        raise
    mine = found.accounts.filter(pl.col("account_id") == key)
    # Placement knows more than goes out: the parts of the score, the metrics, why an axis is unknown.
    placed = found.placed.frame.row(by_predicate=pl.col("account_id") == key, named=True)
    own = mine.row(0, named=True)
    row = {name: plain(value) for name, value in {**placed, **own}.items()}
    quadrant = Quadrant(str(row["quadrant"]))
    entry = found.playbook.playbook.entry(quadrant)
    records: dict[str, Any] = {name: _rows(found.facts.rows[role], key) for name, role in _RECORDS.items()}
    verdicts = Verdicts(found, mine)
    gate = Gate(own["gate"]) if own["gate"] else None
    qualify = (entry.qualify,) if entry.qualify and gate is Gate.UNKNOWN else ()
    tier, below = _tier(found, str(row["tier"]))
    settings = found.settings.settings
    return Explanation(
        **_of_run(found),
        **{name: own[name] for name in _AS_PLACED},
        **records,
        account_id=key,
        quadrant=quadrant,
        quadrant_label=entry.label,
        means=entry.means,
        accounts=found.accounts.height,
        queue=Queue(own["queue"]),
        priority=_priority(own),
        tier=tier,
        below=below,
        standings=(
            usage_standing(row, found.facts, found.placed, settings),
            happiness_standing(row, records["answers"], found.placed, settings),
        ),
        certainty=_certainty(own, placed),
        play=entry.play.headline,
        steps=verdicts.steps(entry.play.steps, own["next_step"]),
        gate=verdicts.gate(entry.gate),
        gate_state=gate,
        qualify=verdicts.steps(qualify, own["next_step"]),
        signals=verdicts.signals(),
        unjudged=verdicts.unjudged(),
        risks=tuple(own["risks"]),
        features=_rows(found.facts.features.of(key), key),
        facts=tuple(_facts(row, found.playbook.playbook.custom)),
        lines=tuple(_lines(found, key)),
    )


def _of_run(found: Triage) -> dict[str, Any]:
    """What is so of all accounts."""
    return {
        "version": __version__,
        "as_of": found.as_of.day,
        "as_of_source": found.as_of.source,
        "windows": windows(found.facts, found.as_of.day, found.settings.settings.windows.csat),
        "settings_label": found.settings.label,
        "playbook_label": found.playbook.label,
        "currency": found.facts.currency,
    }


def plain(value: object) -> object:
    """A value as it can be printed: what is no number (NaN, infinity) is not known."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    return value


def _facts(row: Row, custom: Mapping[str, object]) -> Iterator[Fact]:
    """Every fact of the account with its unit, group by group; then days since events, then the user's own columns."""
    for group, columns in _GROUPS:
        for column in columns:
            yield Fact(name=column.name, value=row[column.name], unit=column.unit, meaning=column.meaning, group=group)
    for name in sorted(row):
        if kind := event_kind(name):
            meaning = f"days since the newest event of the kind {kind}"
            yield Fact(name=name, value=row[name], unit="days", meaning=meaning, group="events")
    for name in custom:
        yield Fact(name=name, value=row.get(name), unit="", meaning="column of your own", group="own columns")


def _rows(frame: pl.DataFrame, key: str) -> tuple[Row, ...]:
    return tuple(frame.filter(pl.col("account_id") == key).drop("account_id").to_dicts())


def _tier(found: Triage, name: str) -> tuple[Tier, Decimal | None]:
    """The account's tier, and where the next higher one begins."""
    tiers = tier_totals(found.placed.frame, found.placed.bands)
    tier = next(tier for tier in tiers if tier.name == name)
    above = [start for start in found.placed.bands.values() if tier.at_least is not None and start > tier.at_least]
    return tier, min(above, default=None)


def _certainty(own: dict[str, Any], placed: Row) -> Certainty:
    """How sure the happiness is.

    A mean of answers on 0-100 varies at most as a share of nothing but noughts and hundreds with that mean would, so
    the Wilson interval of such a share holds it at least as often, and needs no more than one answer.
    """
    score, count = placed["happiness_score"], placed[SCORE_ANSWERS]
    answers = pl.lit(count, dtype=pl.Float64())
    low, high = wilson(pl.lit(score, dtype=pl.Float64()) / 100 * answers, answers)
    ends = pl.select(low=low, high=high).row(0) if score is not None and count else (None, None)
    return Certainty(
        evidence=Evidence(own["evidence"]),
        mean_low=ends[0],
        mean_high=ends[1],
        **{name: own[name] for name in ("answers_to_flip", "responses", "asked", "top_box_pct")},
        low_pct=own["top_box_low_pct"],
        high_pct=own["top_box_high_pct"],
    )


def _priority(own: dict[str, Any]) -> Priority:
    return Priority(
        value=own["priority_value"],
        is_assumed=own["value_assumed"],
        weight=own["priority_weight"],
        urgency=own["priority_urgency"],
        signal=own["priority_signal"],
        priority=own["priority"],
    )


def _lines(found: Triage, key: str) -> Iterator[Lines]:
    """Where the account's rows stand, file by file."""
    for role, rows in found.tables.roles.items():
        if role is Role.OVERRIDES:  # they are shown one by one
            continue
        mine = rows.frame.filter(pl.col("account_id") == key).select("file", "line", ROWS)
        for (file,), part in mine.sort("file", "line").group_by("file", maintain_order=True):
            numbers = part["line"].drop_nulls().unique(maintain_order=True).to_list()
            counted = int(part.filter(pl.col("line").is_null())[ROWS].sum())
            yield Lines(role=role, file=str(file), rows=len(numbers) + counted, ranges=runs(numbers))


def runs(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Unbroken runs of ascending numbers: 2, 3, 4, 7 is (2, 4), (7, 7)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)
