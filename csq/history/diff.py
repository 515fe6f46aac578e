"""Two runs to moves: who crossed, and why, with one cause each. Pure.

The later run's rules are the judge. What the earlier run measured is scored anew under them (its amounts against the
later references, by the later weights, cuts and tiers): where that alone gives today's level, the line moved; where it
does not, the customer did.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl
import polars.selectors as cs

from csq.history.standing import INACTIVE_KEPT, USAGE_AMOUNT, USAGE_PART, Standing, completed
from csq.moves import MOVES, points_column
from csq.place.scores import happiness_score, weighted_mean
from csq.schema import collect, rounded
from csq.settings.model import ALL_TIERS, Happiness
from csq.terms import Axis, Cause, Level, Movement

_THEN, _NOW, _SHARED = "_then_", "_now_", "_shared"
"""Prefixes of the earlier usage parts under today's rules and of today's; with the last, only where both are known."""
_TOLD_BY = cs.starts_with(USAGE_PART, USAGE_AMOUNT) | cs.by_name(
    "account_id",
    "account_name",
    "tier",
    "contract_value",
    "quadrant",
    INACTIVE_KEPT,
    *(f"{axis}_{what}" for axis in Axis for what in ("score", "level", "cut")),
)
"""Columns of a run that a move is told by."""
_SCORED = cs.by_name("csat_mean", "top_box_pct", "decision_maker_mean", "lowest_role_mean")
"""Columns of an earlier run that its happiness score is worked out from anew."""
_LEAST = 0.05
"""Points under which a part is not worth a word: it would be printed as 0.0."""
_HAPPINESS_PART: Mapping[Happiness, str] = {
    Happiness.CSAT_MEAN: "mean answer",
    Happiness.TOP_BOX: "share of high answers",
    Happiness.DECISION_MAKER_FIRST: "decision makers",
    Happiness.LOWEST_ROLE: "lowest role",
}


class _Parts(NamedTuple):
    """The usage parts of both runs, with their weights."""

    names: Sequence[str]
    weights: Mapping[str, float]

    def columns(self, prefix: str) -> dict[str, float]:
        """Their columns with that prefix, with their weights."""
        return {prefix + name: self.weights.get(name, 1.0) for name in self.names}


class _Part(NamedTuple):
    """What a score is made of."""

    axis: Axis
    name: str

    @property
    def column(self) -> str:
        """The name of the column that says by how many points it moved that score."""
        return f"_{self.axis}_{self.name}_points"


def judged(run: Standing) -> Standing:
    """The run without what no move is told by, to be held until another is compared with it."""
    return run._replace(accounts=run.accounts.select(_TOLD_BY | _SCORED))


def diff(before: Standing, after: Standing) -> pl.DataFrame:
    """Compare two runs: one row per account of either, the columns of `moves.MOVES`, by account_id.

    Of two days the later one is the judge whichever comes first, so that `diff(b, a)` mirrors `diff(a, b)`.
    """
    if before.as_of and after.as_of and before.as_of > after.as_of:
        return _mirrored(diff(after, before))
    earlier = completed(before.accounts).select(_TOLD_BY, _happiness_then=happiness_score(after.rules.happiness))
    later = completed(after.accounts).select(_TOLD_BY)
    columns = {name for name in (*earlier.columns, *later.columns) if name.startswith(USAGE_PART)}
    parts = _Parts(sorted(name.removeprefix(USAGE_PART) for name in columns), after.rules.weights)
    joined = later.join(earlier, on="account_id", how="full", coalesce=True, suffix="_before")
    points = _points(parts, after.rules.happiness)
    compared = collect(
        _with_null(joined, parts)
        .lazy()
        .with_columns(_then(name, after.rules.references.get(name, {})) for name in parts.names)
        .with_columns(pl.col(USAGE_PART + name).alias(_NOW + name) for name in parts.names)
        .with_columns(each for name in parts.names for each in _shared(name))
        .with_columns(
            _usage_then=_score(parts, _THEN),
            _usage_then_shared=_score(parts, _SHARED + _THEN),
            _usage_now_shared=_score(parts, _SHARED + _NOW),
            change=_change(),
        )
        .with_columns(_axis_cause(axis, is_measured=before.measure.differs(after.measure, axis)) for axis in Axis)
        .with_columns(
            rounded(pl.col(f"{axis}_score") - pl.col(f"_{axis}_then")).alias(points_column(axis)) for axis in Axis
        )
        .with_columns(
            account_name=pl.coalesce("account_name", "account_name_before"),
            tier=pl.coalesce("tier", "tier_before"),
            moved_from="quadrant_before",
            moved_to="quadrant",
            moved_because=_cause(),
        )
        .select(
            *(name for name in MOVES if name != "parts"), *(each.alias(part.column) for part, each in points.items())
        )
        .sort("account_id")
    )
    told = compared.with_columns(parts=_largest_first(compared, [*points]))
    return told.select(pl.col(name).cast(dtype) for name, dtype in MOVES.items())


def measured_differently(before: Standing, after: Standing) -> tuple[str, ...]:
    """What was measured otherwise in two runs, in words: `usage window: 28 days, then 14 days`."""
    then, now = before.measure, after.measure
    told = [] if then.version == now.version else [f"csq: {then.version}, then {now.version}"]
    for axis in Axis:
        earlier, later = then.axes.get(axis, {}), now.axes.get(axis, {})
        told += [
            f"{axis} {what}: {earlier.get(what) or 'none'}, then {later.get(what) or 'none'}"
            for what in dict.fromkeys((*earlier, *later))
            if earlier.get(what) != later.get(what)
        ]
    return tuple(told)


def _with_null(frame: pl.DataFrame, parts: _Parts) -> pl.DataFrame:
    """The joined frame with parts and amounts of both runs: null in the run that has none."""
    pairs = [prefix + name for name in parts.names for prefix in (USAGE_PART, USAGE_AMOUNT)]
    absent = [name for pair in pairs for name in (pair, f"{pair}_before") if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=pl.Float64()).alias(name) for name in absent)


def _then(name: str, by_tier: Mapping[str, float]) -> pl.Expr:
    """An earlier part, its amount held against today's reference of the tier in which the account is today."""
    part = pl.col(f"{USAGE_PART}{name}_before")
    if by_tier:
        of_all = by_tier.get(ALL_TIERS)
        reference = pl.col("tier").replace_strict(by_tier, default=of_all, return_dtype=pl.Float64())
        part = pl.coalesce((pl.col(f"{USAGE_AMOUNT}{name}_before") / reference * 100).clip(0, 100), part)
    return part.alias(_THEN + name)


def _shared(name: str) -> list[pl.Expr]:
    """A part of either run, where it is known of both."""
    is_known = pl.col(_THEN + name).is_not_null() & pl.col(_NOW + name).is_not_null()
    return [pl.when(is_known).then(prefix + name).alias(_SHARED + prefix + name) for prefix in (_THEN, _NOW)]


def _score(parts: _Parts, prefix: str) -> pl.Expr:
    return rounded(weighted_mean(parts.columns(prefix)))


def _change() -> pl.Expr:
    """A `terms.Change`."""
    return (
        pl.when(pl.col("quadrant_before").is_null())
        .then(pl.lit(str(Movement.NEW)))
        .when(pl.col("quadrant").is_null())
        .then(pl.lit(str(Movement.LEFT)))
        .when(pl.col("quadrant_before") == pl.col("quadrant"))
        .then(pl.lit(str(Movement.STAYED)))
        .otherwise(pl.lit(str(Movement.MOVED)))
    )


def _level(score: str, axis: Axis, inactive: str) -> pl.Expr:
    """The side of today's cut on which a score lies, as in placing: at the cut is high, doing nothing is low."""
    is_high = pl.col(score) >= pl.col(f"{axis}_cut")
    if axis is Axis.USAGE:
        is_high &= ~pl.col(inactive).fill_null(value=False)
    level = pl.when(is_high).then(pl.lit(str(Level.HIGH))).otherwise(pl.lit(str(Level.LOW)))
    return pl.when(pl.col(score).is_not_null() & pl.col(f"{axis}_cut").is_not_null()).then(level)


def _axis_cause(axis: Axis, *, is_measured: bool) -> pl.Expr:
    """Why the level of an axis changed, as `_<axis>_cause`; null where it did not."""
    level, before = pl.col(f"{axis}_level"), pl.col(f"{axis}_level_before")
    unknown = str(Level.UNKNOWN)
    crossed = pl.lit(str(Cause.USAGE if axis is Axis.USAGE else Cause.HAPPINESS))
    if axis is Axis.USAGE:
        # Parts came or went, and those that are known of both runs lie on one side of the cut.
        sides = [
            _level(f"_usage_{when}_shared", axis, inactive)
            for when, inactive in (("then", f"{INACTIVE_KEPT}_before"), ("now", INACTIVE_KEPT))
        ]
        is_one_side = (sides[0] == sides[1]).fill_null(value=False)
        crossed = pl.when(is_one_side).then(pl.lit(str(Cause.DATA))).otherwise(crossed)
    judged_now = _level(f"_{axis}_then", axis, f"{INACTIVE_KEPT}_before")
    cause = (
        pl.when((level == unknown) | (before == unknown))
        .then(pl.lit(str(Cause.DATA)))
        .when(pl.lit(is_measured))
        .then(pl.lit(str(Cause.MEASURED)))
        .when((judged_now == level).fill_null(value=False))
        .then(pl.lit(str(Cause.LINE)))
        .otherwise(crossed)
    )
    return pl.when((pl.col("change") == str(Movement.MOVED)) & (level != before)).then(cause).alias(f"_{axis}_cause")


def _cause() -> pl.Expr:
    """The one cause of a move. Where both axes crossed it is the one that moved by more points, at a tie usage.

    What makes runs hard to compare goes first; the line alone is named only where it explains both axes.
    """
    usage, happiness = (pl.col(f"_{axis}_cause") for axis in Axis)
    further = pl.col(points_column(Axis.HAPPINESS)).abs() > pl.col(points_column(Axis.USAGE)).abs()
    own = [Cause.USAGE, Cause.HAPPINESS]
    both = pl.when(further.fill_null(value=False)).then(happiness).otherwise(usage)

    def either(cause: Cause) -> pl.Expr:
        return (usage == str(cause)) | (happiness == str(cause))

    return (
        pl.when(usage.is_null() | happiness.is_null())
        .then(pl.coalesce(usage, happiness))
        .when(either(Cause.DATA))
        .then(pl.lit(str(Cause.DATA)))
        .when(either(Cause.MEASURED))
        .then(pl.lit(str(Cause.MEASURED)))
        .when(usage.is_in(own) & happiness.is_in(own))
        .then(both)
        .when(usage.is_in(own))
        .then(usage)
        .otherwise(happiness)  # the customer's own, or the line twice
    )


def _points(parts: _Parts, method: Happiness) -> dict[_Part, pl.Expr]:
    """By how many points each part moved its score: a usage part by its share of it, happiness as a whole."""

    def share(of: Mapping[str, float], name: str, prefix: str) -> pl.Expr:
        total = pl.sum_horizontal(pl.col(each).is_not_null().cast(pl.Float64) * weight for each, weight in of.items())
        return (pl.col(prefix + name) * of[prefix + name] / total).fill_null(0.0)

    then, now = parts.columns(_THEN), parts.columns(_NOW)
    is_scored = pl.col(points_column(Axis.USAGE)).is_not_null()
    usage = {
        _Part(Axis.USAGE, name): pl.when(is_scored).then(rounded(share(now, name, _NOW) - share(then, name, _THEN)))
        for name in parts.names
    }
    return {**usage, _Part(Axis.HAPPINESS, _HAPPINESS_PART[method]): pl.col(points_column(Axis.HAPPINESS))}


def _largest_first(compared: pl.DataFrame, parts: Sequence[_Part]) -> pl.Series:
    """What is worth a word of the parts of each row, in points; few have any, so it is put together for these alone."""
    rows = compared.lazy().with_row_index("row")
    each = [
        rows.select("row", points=part.column)
        .filter(pl.col("points").abs() >= _LEAST)
        .with_columns(axis=pl.lit(str(part.axis)), part=pl.lit(part.name))
        for part in parts
    ]
    lists = (
        pl.concat(each)
        .sort("row", pl.col("points").abs(), descending=[False, True], maintain_order=True)
        .group_by("row")
        .agg(parts=pl.struct("axis", "part", "points"))
    )
    told = collect(rows.select("row").join(lists, on="row", how="left", maintain_order="left"))
    return told["parts"].fill_null([])


def _mirrored(moves: pl.DataFrame) -> pl.DataFrame:
    """The same seen from the other end."""
    swapped = {str(Movement.NEW): str(Movement.LEFT), str(Movement.LEFT): str(Movement.NEW)}
    points = [points_column(axis) for axis in Axis]
    pairs = [("moved_from", "moved_to"), *((f"{name}_before", name) for name in ("contract_value", *_SCORES))]
    turned = pl.element().struct.with_fields(points=-pl.field("points"))
    return moves.with_columns(
        pl.col("change").replace(swapped),
        *(-pl.col(name) for name in points),
        *(pl.col(name).alias(other) for pair in pairs for name, other in (pair, pair[::-1])),
        pl.col("parts").list.eval(turned),
    )


_SCORES = [f"{axis}_score" for axis in Axis]
