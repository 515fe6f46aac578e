"""What was planned, what of it was done, and where those accounts stood later: the weeks of a history and the events.

A step that is planned week after week is planned once, from its first week on. It was done where an event of it is on
record from then until four weeks after the last of those weeks. Where an account stood later is told by the snapshot
nearest to that day, three days off at most. None of it says what caused what: those for whom a step was done may differ
in more than that.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from csq.plan.prescribe import steps_of
from csq.plan.texts import general
from csq.playbook.model import Playbook
from csq.schema import COLUMNS
from csq.terms import Quadrant, Queue

LATER = (4, 8, 12)
"""Weeks after which is told where accounts stand."""
FEWEST = 10
"""Accounts under which that is not told."""
LEFT = "left"
"""Where an account stands that a later snapshot does not know."""
GRACE = timedelta(weeks=4)
"""How long after its last week a step may still be done."""
NEAR = timedelta(days=3)
"""How far from the day a snapshot may be."""
NOT_DONE = ("step_tried", "step_not_now", "step_no_longer")
"""Kinds of events of a planned step that do not say it was done."""
OF_ACCOUNTS = ("account_id", "quadrant", "tier", "segment", "step_id", "queue", "this_week", "hours", "signals")
WEEK = {
    "as_of": pl.Date(),
    "is_filled": pl.Boolean(),
    **{name: COLUMNS[name].dtype for name in OF_ACCOUNTS},
}
"""Columns of the weeks of a history: one row per account and day."""


class Stood(NamedTuple):
    """Where accounts stood so many weeks after a step was planned, those for whom it was done and the others."""

    weeks: int
    done: Mapping[str, int]
    """Accounts by quadrant, or `LEFT`."""
    not_done: Mapping[str, int]

    @property
    def counts(self) -> tuple[int, int]:
        """Accounts of each side."""
        return sum(self.done.values()), sum(self.not_done.values())


class PlayRow(NamedTuple):
    """A play, or a step of it, for all accounts or for those of a tier or a segment."""

    play: str
    """A quadrant, or the name of a signal; empty where the playbook has the step no more."""
    step: str | None
    """None: the whole play."""
    text: str
    by: str
    """`all`, `tier` or `segment`."""
    name: str
    planned: int
    done: int | None
    """None where no events are given, or none could tell of it."""
    stood: tuple[Stood, ...]


class Plays(NamedTuple):
    """What a history tells of plays."""

    first: date
    last: date
    """Days of the first and the last week that was planned."""
    weeks: int
    is_filled: bool
    """Whether no triage planned them, so that they tell what would have been planned."""
    rows: tuple[PlayRow, ...]
    never_planned: tuple[str, ...]
    """Steps of the playbook."""
    never_held: tuple[str, ...]
    """Signals of the playbook."""
    everywhere: tuple[str, ...]
    """Signals that held for every account in every week."""


def plays(weeks: pl.DataFrame, events: pl.DataFrame | None, playbook: Playbook, last: int | None = None) -> Plays:
    """Say of every play and step how often it was planned and done, and where its accounts stood later.

    Args:
        weeks: Columns `WEEK`. Weeks that were filled in afterwards tell where accounts stood; what they would have
            planned counts only where no week was planned by a triage.
        events: account_id, date, kind, and planned_step where there is one; None where none are given.
        playbook: Whose steps and signals they are.
        last: How many weeks to look back from the newest; None looks at all.
    """
    kept = weeks.filter(~pl.col("is_filled"))
    if is_filled := kept.is_empty():
        kept = weeks
    newest = kept["as_of"].max()
    assert isinstance(newest, date)
    if last is not None:
        kept = kept.filter(pl.col("as_of") > newest - timedelta(weeks=last))
    planned = _with_plays(_planned(kept), playbook)
    told = _with_later(_with_done(planned, events, playbook), weeks)
    days = kept["as_of"].unique().sort()
    named = {step.id for step in steps_of(playbook)}
    signals = kept.select("as_of", pl.col("signals").fill_null([]))
    held = set(signals["signals"].explode().drop_nulls())
    counts = signals.explode("signals").drop_nulls().group_by("signals").len()
    always = counts.filter(pl.col("len") == kept.height)["signals"].to_list()
    return Plays(
        first=days[0],
        last=newest,
        weeks=len(days),
        is_filled=is_filled,
        rows=tuple(_rows(told, playbook, has_events=events is not None)),
        never_planned=tuple(sorted(named - set(planned["step_id"]))),
        never_held=tuple(name for name in playbook.signals if name not in held),
        everywhere=tuple(sorted(always)),
    )


def _planned(weeks: pl.DataFrame) -> pl.DataFrame:
    """One row for each time a step was planned: account_id, step_id, start, end, and the account as of its start."""
    days = weeks.select("as_of").unique().sort("as_of").with_row_index("_week")
    works = pl.coalesce("this_week", pl.col("queue") != str(Queue.REST)).fill_null(value=False)
    mine = weeks.filter(pl.col("step_id").is_not_null() & (works | (pl.col("hours") == 0).fill_null(value=False)))
    own = ["account_id", "step_id"]
    runs = (
        mine.join(days, on="as_of")
        .sort(*own, "as_of")
        .with_columns(_run=(pl.col("_week").cast(pl.Int64).diff().over(own) != 1).fill_null(value=True).cum_sum())
    )
    first = [pl.col(name).first() for name in ("quadrant", "tier", "segment")]
    start, end = pl.col("as_of").first().alias("start"), pl.col("as_of").last().alias("end")
    return runs.group_by([*own, "_run"], maintain_order=True).agg(start, end, *first).drop("_run")


def _with_plays(planned: pl.DataFrame, playbook: Playbook) -> pl.DataFrame:
    """Add `play`: the quadrant whose step it is, else the signal."""
    of_quadrant = {
        f"{quadrant} {step.id}": str(quadrant)
        for quadrant in playbook.order
        for entry in [playbook.entry(quadrant)]
        for step in (*([entry.qualify] if entry.qualify else []), *entry.play.steps)
    }
    of_signal = {step.id: name for name, signal in reversed([*playbook.signals.items()]) for step in signal.steps}
    key = pl.concat_str("quadrant", "step_id", separator=" ")
    return planned.with_columns(
        play=pl.coalesce(
            key.replace_strict(of_quadrant, default=None, return_dtype=pl.String()),
            pl.col("step_id").replace_strict(of_signal, default="", return_dtype=pl.String()),
        )
    )


def _with_done(planned: pl.DataFrame, events: pl.DataFrame | None, playbook: Playbook) -> pl.DataFrame:
    """Add `done`; null where no events are given, or none could tell of the step."""
    rows = planned.with_row_index("_row")
    if events is None:
        return rows.with_columns(done=pl.lit(None, dtype=pl.Boolean()))
    by_kind = pl.DataFrame(
        list({(step.id, step.done_by) for step in steps_of(playbook) if step.done_by}),
        schema={"step_id": pl.String(), "kind": pl.String()},
        orient="row",
    )
    found = [events.join(by_kind, on="kind").select("account_id", "step_id", "date")]
    tells = pl.col("step_id").is_in(by_kind["step_id"].implode())
    if "planned_step" in events.columns:
        ticked = events.with_columns(step_id=pl.col("planned_step").str.extract(r"^.+/(\w+)/\d{4}-\d{2}-\d{2}$"))
        ticked = ticked.filter(pl.col("step_id").is_not_null(), ~pl.col("kind").is_in(NOT_DONE))
        tells |= pl.lit(ticked.height > 0)
        found.append(ticked.select("account_id", "step_id", "date"))
    met = rows.join(pl.concat(found), on=["account_id", "step_id"]).filter(
        pl.col("date").is_between(pl.col("start"), pl.col("end") + GRACE)
    )
    return rows.with_columns(done=pl.when(tells).then(pl.col("_row").is_in(met["_row"].unique().implode())))


def _with_later(planned: pl.DataFrame, weeks: pl.DataFrame) -> pl.DataFrame:
    """Add `later_<weeks>`: the quadrant then, `LEFT`, or null where no snapshot is near that day."""
    stands = weeks.select("account_id", "as_of", _then="quadrant")
    days = weeks["as_of"].unique().sort().to_list()
    for after in LATER:
        near = {start: _nearest(days, start + timedelta(weeks=after)) for start in planned["start"].unique()}
        at = pl.col("start").replace_strict(near, default=None, return_dtype=pl.Date())
        joined = planned.with_columns(_at=at).join(
            stands, left_on=["account_id", "_at"], right_on=["account_id", "as_of"], how="left", maintain_order="left"
        )
        then = pl.when(pl.col("_at").is_not_null()).then(pl.coalesce("_then", pl.lit(LEFT)))
        planned = joined.with_columns(then.alias(f"later_{after}")).drop("_at", "_then")
    return planned


def _nearest(days: Sequence[date], wanted: date) -> date | None:
    near = [day for day in days if abs(day - wanted) <= NEAR]
    return min(near, key=lambda day: (abs(day - wanted), day), default=None)


def _rows(told: pl.DataFrame, playbook: Playbook, *, has_events: bool) -> Iterator[PlayRow]:
    """Every play and step for all accounts, then by tier and by segment, in the playbook's order."""
    texts = {step.id: step.short or general(step.do) for step in steps_of(playbook)}
    order = [*map(str, playbook.order), *playbook.signals, ""]
    for play in (each for each in order if each in set(told["play"])):
        mine = told.filter(pl.col("play") == play)
        yield from _cut(mine, play, None, _headline(play, playbook), has_events=has_events)
        for step in mine["step_id"].unique().sort():
            of_step = mine.filter(pl.col("step_id") == step)
            yield from _cut(of_step, play, step, texts.get(step, step), has_events=has_events)


def _headline(play: str, playbook: Playbook) -> str:
    if play in list(Quadrant):
        return playbook.entry(Quadrant(play)).play.headline
    return general(playbook.signals[play].text) if play else "steps that the playbook has no more"


def _cut(mine: pl.DataFrame, play: str, step: str | None, text: str, *, has_events: bool) -> Iterator[PlayRow]:
    yield _row(mine, play, step, text, "all", "all", has_events=has_events)
    for by in ("tier", "segment"):
        parts = mine.drop_nulls(by).partition_by(by, as_dict=True)
        for (name,), part in sorted(parts.items(), key=lambda each: str(each[0])):
            yield _row(part, play, step, text, by, str(name), has_events=has_events)


def _row(
    part: pl.DataFrame, play: str, step: str | None, text: str, by: str, name: str, *, has_events: bool
) -> PlayRow:
    stood = []
    for after in LATER if has_events else ():
        known = part.drop_nulls(f"later_{after}")
        sides = [known.filter(side)[f"later_{after}"] for side in (pl.col("done"), ~pl.col("done"))]
        done, not_done = (dict(sorted(side.value_counts().iter_rows())) for side in sides)
        stood.append(Stood(after, done, not_done))
    done_times = int(part["done"].sum()) if part["done"].count() else None
    return PlayRow(play, step, text, by, name, part.height, done_times, tuple(stood))
