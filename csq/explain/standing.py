"""An account on each axis: the parts of its score, the arithmetic, the cut, and how far it is from crossing."""

from collections.abc import Mapping
from datetime import timedelta

from csq.explain.distance import Change, answers_across, users_across
from csq.explain.model import Part, Row, Standing
from csq.facts.build import Facts
from csq.facts.happiness import HAPPINESS_UNKNOWN
from csq.facts.usage import USAGE_UNKNOWN
from csq.place.place import Placed
from csq.place.scores import INACTIVE, PART, working_days
from csq.report import Cut
from csq.settings.model import Happiness, Settings
from csq.terms import Axis, Level, MetricKind, Unknown

_REASONS: Mapping[str, str] = {
    Unknown.NO_USAGE_FILE: "no usage file was given",
    Unknown.NOT_IN_USAGE: "the account is not in the usage files",
    Unknown.NO_USABLE_METRIC: "the usage files hold no number that can be scored",
    Unknown.NO_CSAT_FILE: "no csat file was given",
    Unknown.NEVER_ASKED: "nobody there was ever asked",
    Unknown.NO_ANSWER: "people were asked, and none answered",
    Unknown.NOT_IN_CSAT: "the account is not in the csat files",
    Unknown.ANSWERS_TOO_OLD: "all answers are older than the window",
}


def usage_standing(row: Row, facts: Facts, placed: Placed, settings: Settings) -> Standing:
    """The usage score, part by part.

    Args:
        row: The account's facts and placement, with the parts.
        facts: Of the run.
        placed: Of the run.
        settings: Weights of the parts.
    """
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
    return Standing(
        axis=Axis.USAGE,
        level=Level(str(row["usage_level"])),
        score=score,
        cut=_cut(Axis.USAGE, row, placed),
        margin=_number(row["usage_margin"]),
        parts=parts,
        how=_mean_of(parts, score) if score is not None else _why_unknown(row[USAGE_UNKNOWN]),
        distance=_usage_distance(row, parts, facts),
    )


def happiness_standing(row: Row, answers: tuple[Row, ...], placed: Placed, settings: Settings) -> Standing:
    """The happiness score, and the answers behind it."""
    score = _number(row["happiness_score"])
    return Standing(
        axis=Axis.HAPPINESS,
        level=Level(str(row["happiness_level"])),
        score=score,
        cut=_cut(Axis.HAPPINESS, row, placed),
        margin=_number(row["happiness_margin"]),
        parts=(),
        how=_score_of(row, answers, settings.happiness) if score is not None else _why_unknown(row[HAPPINESS_UNKNOWN]),
        distance=_happiness_distance(row, settings.happiness),
    )


def exact(value: object) -> str:
    """Write a number so that what is reckoned with it comes out the same: up to 4 places, none that are zero."""
    if not isinstance(value, int | float):
        return "unknown"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _why_unknown(reason: object) -> str:
    return f"not known: {_REASONS.get(str(reason), str(reason))}"


def _cut(axis: Axis, row: Row, placed: Placed) -> Cut | None:
    return next((cut for cut in placed.cuts if cut.axis is axis and cut.tier == row["tier"]), None)


def _reference(name: str, row: Row, placed: Placed) -> float | None:
    by_tier = placed.references.get(name, {})
    return by_tier.get(str(row["tier"]))


def _how(name: str, row: Row, facts: Facts, placed: Placed) -> str:
    """The arithmetic of one part, in the account's own numbers."""
    value = _number(row[PART + name])
    if value is None:
        return "not known, so it is left out of the mean"
    text, raw = _amount(name, row, facts)
    reference = _reference(name, row, placed)
    if reference is not None and raw is not None:
        text = f"{text} = {exact(raw)}; / {exact(reference)}, which is 100 in the tier, x 100"
        raw = raw / reference * 100
    capped = ", capped at 100" if raw is not None and raw > 100 else ""
    return f"{text} = {exact(raw)}{capped}" if raw is not None else text


def _amount(name: str, row: Row, facts: Facts) -> tuple[str, float | None]:
    """What a part counts, and what that comes to."""
    seats = _number(row["seats"])
    kind = facts.metrics.get(name)
    if kind is not None:
        metric = _number(row[f"metric_{name}"]) or 0.0
        if kind is MetricKind.PERCENT or not seats:
            return f"{exact(metric)}, as it is", metric
        times = " x 100" if kind is MetricKind.USERS else ""
        return f"{exact(metric)} {name} / {exact(seats)} seats{times}", metric / seats * (100 if times else 1)
    if name == "seat_use":
        users = _number(row["active_users"]) or 0.0
        return f"{exact(users)} active users / {exact(seats)} seats x 100", users / (seats or 1) * 100
    if name == "breadth":
        used, available = _number(row["features_used"]) or 0.0, _number(row["features_available"]) or 1.0
        return f"{exact(used)} / {exact(available)} features x 100", used / available * 100
    if name == "active_days":
        days, working = _number(row["active_days"]) or 0.0, _working_days(row, facts)
        return f"{exact(days)} active / {working} working days x 100", days / working * 100
    return _volume(row, facts, seats)


def _volume(row: Row, facts: Facts, seats: float | None) -> tuple[str, float]:
    events = _number(row["events"]) or 0.0
    text, amount = f"{exact(events)} events", events
    if seats:
        text, amount = f"{text} / {exact(seats)} seats", amount / seats
    if row["is_new"] and facts.usage_window:
        first, last = facts.usage_window
        days = (last - first).days + 1
        own = min(max(int(_number(row["tenure_days"]) or 0) + 1, 1), days)
        text, amount = f"{text} / ({own} of {days} days as a customer)", amount / (own / days)
    return text, amount


def _working_days(row: Row, facts: Facts) -> int:
    """Working days of the window; for a new account, of its own time in it."""
    assert facts.usage_window is not None  # without days there is no such part
    first, last = facts.usage_window
    tenure = _number(row["tenure_days"])
    if row["is_new"] and tenure is not None:
        first = max(first, last - timedelta(days=max(int(tenure), 0)))
    return max(working_days(first, last), 1)


def _mean_of(parts: tuple[Part, ...], score: float) -> str:
    """`(37.5 x 1 + 54.5 x 1) / 2 = 46`."""
    known = [part for part in parts if part.score is not None and part.weight > 0]
    terms = " + ".join(f"{exact(part.score)} x {exact(part.weight)}" for part in known)
    return f"({terms}) / {exact(sum(part.weight for part in known))} = {exact(score)}"


_MOST_ANSWERS = 12


def _score_of(row: Row, answers: tuple[Row, ...], method: Happiness) -> str:
    score, count = exact(_number(row["happiness_score"])), int(_number(row["responses"]) or 0)
    match method:
        case Happiness.TOP_BOX:
            return f"share of {count:,} answers at 75 or above = {score}"
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
        return "nothing was done in the window, which is low whatever the cut"
    users, seats = _number(row["active_users"]), _number(row["seats"])
    counted = next((n for n, kind in facts.metrics.items() if kind is MetricKind.USERS), None)
    name = counted if facts.metrics else "seat_use"
    known = [part for part in parts if part.score is not None and part.weight > 0]
    if users is None or not seats or users != round(users) or name not in [part.name for part in known]:
        return "the number of active users is no part of this score"
    weight = sum(part.weight for part in known)
    rest = sum(part.score * part.weight for part in known if part.name != name and part.score is not None)
    own = next(part.weight for part in known if part.name == name)

    def score(count: int) -> float:
        return round((rest + own * min(count / seats * 100, 100.0)) / weight, 4)

    change = users_across(now=int(users), seats=int(seats), cut=cut, level=level, score=score)
    return _say_users(change, level)


def _say_users(change: Change | None, level: Level) -> str:
    other = Level.HIGH if level is Level.LOW else Level.LOW
    if change is None:
        return f"no number of active users alone would make it {other}"
    more = "more" if change.by > 0 else "fewer"
    noun = "user" if abs(change.by) == 1 else "users"
    return f"{abs(change.by):,} {more} active {noun} would make it {other} ({change.then:,} instead of {change.now:,})"


def _happiness_distance(row: Row, method: Happiness) -> str:
    level, cut = Level(str(row["happiness_level"])), _number(row["happiness_cut"])
    mean, count = _number(row["happiness_score"]), int(_number(row["responses"]) or 0)
    if level is Level.UNKNOWN or cut is None or mean is None or not count:
        return "no level, so no distance"
    by_role = {Happiness.DECISION_MAKER_FIRST: "decision_maker_mean", Happiness.LOWEST_ROLE: "lowest_role_mean"}
    if row.get(by_role.get(method, "")) is not None:
        return "the score hangs on one role, so it depends on who answers next"
    other, end = (Level.HIGH, "top") if level is Level.LOW else (Level.LOW, "bottom")
    more = answers_across(mean=mean, answers=count, cut=cut, level=level)
    if more is None:
        return f"no further answers would make it {other}"
    return f"{more:,} more {'answer' if more == 1 else 'answers'} at the {end} of the scale would make it {other}"
