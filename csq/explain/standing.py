"""An account on each axis: the parts of its score, the arithmetic, the cut, and how far it is from crossing.

The distance is in things that people can count, and the smallest whole number of them that crosses while everything
else stays as it is: the cut, too, though a median would move a little with the account.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from decimal import Decimal

from csq.explain.model import AxisStanding, Part, Row
from csq.facts.build import Facts
from csq.facts.happiness import HAPPINESS_UNKNOWN
from csq.facts.usage import TELLING, USAGE_UNKNOWN
from csq.place.place import Placed
from csq.place.scores import AMOUNT, INACTIVE, OWN_DAYS, PART, UNCAPPED, WORKING_DAYS, days_of
from csq.report import Cut
from csq.settings.model import Happiness, Settings
from csq.sources.columns.metrics import Metric
from csq.sources.rows.measures import METRIC
from csq.terms import Axis, Level, MetricKind, Unknown

_REASONS: Mapping[str, str] = {
    Unknown.NO_USAGE_FILE: "no usage file was given",
    Unknown.NOT_IN_USAGE: "the account is not in the usage files",
    Unknown.NO_USABLE_METRIC: "the usage files hold no number that can be scored",
    Unknown.NO_CSAT_FILE: "no csat file was given",
    Unknown.NEVER_ASKED: "nobody there was ever asked",
    Unknown.ASKED_BEFORE: "they were asked before the window only, and nobody answered",
    Unknown.NO_ANSWER: "people were asked, and none answered",
    Unknown.NOT_IN_CSAT: "the account is not in the csat files",
    Unknown.ANSWERS_TOO_OLD: "all answers are older than the window",
}


def usage_standing(row: Row, facts: Facts, placed: Placed, settings: Settings) -> AxisStanding:
    """The usage score, part by part, from the account's facts and placement."""
    names = [name.removeprefix(PART) for name in row if name.startswith(PART)]
    parts = tuple(
        Part(
            name=name,
            score=_number(row[PART + name]),
            weight=settings.weights.get(name, 1.0),
            how=_how(name, row, facts, placed),
            reference=_reference(name, row, placed),
        )
        for name in names
    )
    score = _number(row["usage_score"])
    return AxisStanding(
        axis=Axis.USAGE,
        level=Level(str(row["usage_level"])),
        score=score,
        cut=_cut(Axis.USAGE, row, placed),
        margin=_number(row["usage_margin"]),
        parts=parts,
        how=_mean_of(parts, score) + _parts_lacking(row) if score is not None else _why_unknown(row[USAGE_UNKNOWN]),
        distance=_usage_distance(row, parts, facts),
    )


def happiness_standing(row: Row, answers: tuple[Row, ...], placed: Placed, settings: Settings) -> AxisStanding:
    """The happiness score, and the answers behind it."""
    score = _number(row["happiness_score"])
    return AxisStanding(
        axis=Axis.HAPPINESS,
        level=Level(str(row["happiness_level"])),
        score=score,
        cut=_cut(Axis.HAPPINESS, row, placed),
        margin=_number(row["happiness_margin"]),
        parts=(),
        how=_score_of(row, answers, settings.happiness) if score is not None else _why_unknown(row[HAPPINESS_UNKNOWN]),
        distance=_happiness_distance(row, settings.happiness),
    )


_SMALL = 0.001
"""Under it 4 places would say little, and of a divisor perhaps nought."""


def exact(value: object) -> str:
    """Write a number so that what is reckoned with it comes out the same: up to 4 places, none that are zero."""
    if not isinstance(value, int | float):
        return "unknown"
    if 0 < abs(value) < _SMALL:
        return f"{Decimal(f'{value:.4g}'):f}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _why_unknown(reason: object) -> str:
    return f"not known: {_REASONS.get(str(reason), str(reason))}"


def _cut(axis: Axis, row: Row, placed: Placed) -> Cut | None:
    return next((cut for cut in placed.cuts if cut.axis is axis and cut.tier == row["tier"]), None)


def _reference(name: str, row: Row, placed: Placed) -> float | None:
    by_tier = placed.references.get(name, {})
    return by_tier.get(str(row["tier"])) if AMOUNT + name in row else None


def _how(name: str, row: Row, facts: Facts, placed: Placed) -> str:
    """The arithmetic of one part, in the account's own numbers."""
    score = _number(row[UNCAPPED + name])
    if score is None:
        return "not known, so it is left out of the mean"
    text = _counted(name, row, facts)
    reference = _reference(name, row, placed)
    if reference is not None:
        why = placed.stand_ins.get(name, {}).get(str(row["tier"]))
        where = f"over all accounts, since {why}" if why else "in the tier"
        text = f"{text} = {exact(row[AMOUNT + name])}; / {exact(reference)}, which is 100 {where}, x 100"
    return f"{text} = {exact(score)}{', capped at 100' if score > 100 else ''}"


def _counted(name: str, row: Row, facts: Facts) -> str:
    """What a part counts, and what it is held against."""
    seats = exact(row["seats"])
    metric = facts.metrics.get(name)
    match metric.kind if metric else name:
        case "seat_use":
            return f"{exact(row['active_users'])} active users / {seats} seats x 100"
        case "breadth":
            return f"{exact(row['features_used'])} / {exact(row['features_available'])} features x 100"
        case "active_days":
            return f"{exact(row['active_days'])} active / {row[WORKING_DAYS]} working days x 100"
        case "volume":
            what = "events" if row[TELLING] == row["events"] else "events without logins and the like"
            return _in_own_days(f"{exact(row[TELLING])} {what}", row, facts)
        case MetricKind.USERS if row["seats"]:
            return f"{_people(name, row, facts)} {name} / {seats} seats x 100"
        case MetricKind.USERS:
            return f"{_people(name, row, facts)}, as it is"
        case MetricKind.DAYS if metric and (days := days_of(metric, dated=facts.usage_window is not None)):
            return f"{exact(row[METRIC + name])} {name} / {row[days] if isinstance(days, str) else days} days x 100"
        case MetricKind.COUNT | MetricKind.TIME if metric and (row["seats"] or row["is_new"]):
            return _in_own_days(f"{exact(row[METRIC + name])} {name}", row, facts, metric)
    return f"{exact(row[METRIC + name])}, as it is"


def _people(name: str, row: Row, facts: Facts) -> str:
    """How many people a metric counts: of days, those of the largest one."""
    return f"{'at least ' if name in facts.at_least else ''}{exact(row[METRIC + name])}"


def _in_own_days(text: str, row: Row, facts: Facts, metric: Metric | None = None) -> str:
    """An amount that is taken per seat, and of a new account per day; neither where it is a mean of them already."""
    if row["seats"] and (metric is None or metric.is_per_seat):
        text += f" / {exact(row['seats'])} seats"
    if row["is_new"] and facts.usage_window and not (metric and metric.is_average):
        first, last = facts.usage_window
        text += f" / ({row[OWN_DAYS]} of {(last - first).days + 1} days as a customer)"
    return text


def _mean_of(parts: tuple[Part, ...], score: float) -> str:
    """`(37.5 x 1 + 54.5 x 1) / 2 = 46`."""
    known = [part for part in parts if part.score is not None and part.weight > 0]
    terms = " + ".join(f"{exact(part.score)} x {exact(part.weight)}" for part in known)
    return f"({terms}) / {exact(sum(part.weight for part in known))} = {exact(score)}"


def _parts_lacking(row: Row) -> str:
    """`; usage on 3 of 4 parts: most of its tier have breadth`, where that is so."""
    lacking = row["usage_parts_lacking"]
    of = f"{row['usage_parts']} of {row['usage_parts_possible']}"
    return f"; usage on {of} parts: most of its tier have {lacking} too" if lacking else ""


_MOST_ANSWERS = 12


def _score_of(row: Row, answers: tuple[Row, ...], method: Happiness) -> str:
    score, count = exact(_number(row["happiness_score"])), int(_number(row["responses"]) or 0)
    match method:
        case Happiness.TOP_BOX:
            return f"share of {count:,} answers that are high = {score}"
        case Happiness.DECISION_MAKER_FIRST if row["decision_maker_mean"] is not None:
            return f"mean answer of the decision makers = {score}"
        case Happiness.LOWEST_ROLE if row["lowest_role_mean"] is not None:
            return f"mean answer of the lowest role = {score}"
    if len(answers) != count or count > _MOST_ANSWERS:
        return f"mean of {count:,} answers = {score}"
    listed = " + ".join(exact(_number(answer["answer"])) for answer in answers)
    return f"({listed}) / {count} = {score}" if count > 1 else f"one answer = {score}"


def _usage_distance(row: Row, parts: tuple[Part, ...], facts: Facts) -> str:
    level, cut = Level(str(row["usage_level"])), _number(row["usage_cut"])
    if level is Level.UNKNOWN or cut is None:
        return "no level, so no distance"
    if row[INACTIVE]:
        nothing = "nothing but logging in" if row["events"] and not row.get(TELLING, 1) else "nothing"
        return f"{nothing} was done in the window, which is low whatever the cut"
    users, seats = _number(row["active_users"]), _number(row["seats"])
    counted = next((n for n, metric in facts.metrics.items() if metric.kind is MetricKind.USERS), None)
    name = counted if facts.metrics else "seat_use"
    known = [part for part in parts if part.score is not None and part.weight > 0]
    if users is None or not seats or users != round(users) or name not in [part.name for part in known]:
        return "the number of active users is no part of this score"
    weight = sum(part.weight for part in known)
    rest = sum(part.score * part.weight for part in known if part.name != name and part.score is not None)
    own = next(part.weight for part in known if part.name == name)

    def score(count: int) -> float:
        return round((rest + own * min(count / seats * 100, 100.0)) / weight, 4)

    now, other = int(users), Level.HIGH if level is Level.LOW else Level.LOW
    then = users_across(now=now, seats=int(seats), cut=cut, level=level, score=score)
    if then is None:
        return f"no number of active users alone would make it {other}"
    more = "more" if then > now else "fewer"
    noun = "user" if abs(then - now) == 1 else "users"
    return f"{abs(then - now):,} {more} active {noun} would make it {other} ({then:,} instead of {now:,})"


def users_across(*, now: int, seats: int, cut: float, level: Level, score: Callable[[int], float]) -> int | None:
    """The nearest number of active users with which an account is on the other side of the usage cut; None: none is.

    `score` is the usage score with so many of them, never falling; above the number of seats more do not count.
    """
    high_from = bisect_left(range(seats + 1), True, key=lambda users: score(users) >= cut)
    if level is Level.LOW:
        return high_from if now < high_from <= seats else None
    return high_from - 1 if 0 < high_from <= now else None


def _happiness_distance(row: Row, method: Happiness) -> str:
    level, cut = Level(str(row["happiness_level"])), _number(row["happiness_cut"])
    if level is Level.UNKNOWN or cut is None:
        return "no level, so no distance"
    other, end = (Level.HIGH, "top") if level is Level.LOW else (Level.LOW, "bottom")
    more = row["answers_to_flip"]
    if not isinstance(more, int):
        return f"no further answers would make it {other}"
    by_role = {Happiness.DECISION_MAKER_FIRST: "decision_maker_mean", Happiness.LOWEST_ROLE: "lowest_role_mean"}
    whose = " of that role" if row.get(by_role.get(method, "")) is not None else ""
    answers = "answer" if more == 1 else "answers"
    return f"{more:,} more {answers}{whose} at the {end} of the scale would make it {other}"
