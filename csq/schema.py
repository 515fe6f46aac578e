"""The columns of the account table, stage by stage: name, kind, unit, range, meaning.

Everything csq knows of an account is one of these columns, or a custom column declared under
`facts:` in playbooks.yaml. A stage promises exactly its own columns, in this order and with
these dtypes; null means "not known", never zero.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from operator import eq
from typing import Any, NamedTuple

import polars as pl

from csq.terms import Axis, Cause


class Kind(StrEnum):
    """What a column holds, as people and conditions see it."""

    NUMBER = "number"
    WHOLE = "whole number"
    MONEY = "money"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"
    LIST = "list of text"


DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.NUMBER: pl.Float64(),
    Kind.WHOLE: pl.Int64(),
    # Exact cents: sums do not depend on the order of the rows.
    Kind.MONEY: pl.Decimal(38, 2),
    Kind.TEXT: pl.String(),
    Kind.BOOL: pl.Boolean(),
    Kind.DATE: pl.Date(),
    Kind.LIST: pl.List(pl.String()),
}


PLACES = 4
"""Decimal places of facts, scores and cuts; a half goes to the even digit."""
_NOISE = 11
"""Places at which floats differ that stand for one number."""
BORDERLINE = 5.0
"""Points: strictly less than so many from a cut is borderline."""
ORDERED_REST = "_rest_until"
"""Last day of a rest that a person ordered. What begins with `_` is our own and stands in no output."""


def unknown_column(axis: Axis) -> str:
    """Name of our own column that says why an axis is not known, a `terms.Unknown`; null where it is."""
    return f"_{axis}_unknown"


def event_column(kind: str) -> str:
    """Name of the fact that counts the days since the newest event of a kind."""
    return f"event_{kind}_days"


def event_kind(name: str) -> str | None:
    """The kind of event that `name` counts the days since; None: it is no such fact."""
    found = re.fullmatch(r"event_([^\W\d_]\w*)_days", name) if name == name.lower() else None
    return found and found[1]


def rounded(value: pl.Expr) -> pl.Expr:
    """A number as it is compared and printed: to `PLACES`, a half, whatever floats make of it, to the even digit."""
    return value.round(_NOISE).round(PLACES)


def rounded_number(value: float) -> float:
    """The same of one number."""
    return float(round(Decimal(f"{value:.{_NOISE}f}"), PLACES))


def money(values: pl.Series) -> Decimal:
    """Exact sum of the known values of a column of money."""
    total: Any = values.sum()
    return Decimal(total)


class Column(NamedTuple):
    """One column of the account table."""

    name: str
    kind: Kind
    unit: str
    """`percent`, `days`, `points` (of a 0-100 score), `money per year`, a count's noun, or empty."""
    span: str
    """The values it can take: `0-100`, `>= 0`, `any`, or the words it is one of."""
    meaning: str
    personal: bool = False
    """Names a person: for `explain` only, never for a table that is passed on."""

    @property
    def dtype(self) -> pl.DataType:
        """The polars type that holds it."""
        return DTYPES[self.kind]


_N, _W, _M, _T, _B, _D, _L = (
    Kind.NUMBER,
    Kind.WHOLE,
    Kind.MONEY,
    Kind.TEXT,
    Kind.BOOL,
    Kind.DATE,
    Kind.LIST,
)

ACCOUNT = (
    Column("account_id", _T, "", "unique", "key of the account"),
    Column("account_name", _T, "", "any", "name of the account"),
    Column("contract_value", _M, "money per year", ">= 0", "annual contract value (ARR, else ACV, else 12 x MRR)"),
    Column("currency", _T, "", "any", "currency of the contract value"),
    Column("seats", _W, "seats", ">= 1", "seats under contract"),
    Column("segment", _T, "", "any", "segment the account belongs to"),
    Column("owner", _T, "", "any", "who looks after the account on our side"),
    Column("status", _T, "", "any", "status in the CRM"),
    Column("start_date", _D, "", "any", "first day as a customer"),
    Column("renewal_date", _D, "", "any", "next renewal"),
    Column("fit", _T, "", "good, bad", "whether we want to serve this kind of customer"),
    Column("willing", _B, "", "true, false", "whether the customer will put time in"),
    Column("internal_owner", _T, "", "any", "the person on their side who owns the product", personal=True),
    Column("north_star", _T, "", "any", "the metric the customer judges success by"),
    Column("is_reference", _B, "", "true, false", "already a reference or case study"),
    Column("last_contact_date", _D, "", "any", "last conversation with the customer"),
    Column("open_tickets", _W, "tickets", ">= 0", "support tickets that are open"),
    Column("required_by_mandate", _B, "", "true, false", "users have to use the product whether they like it or not"),
    Column("season_months", _T, "", "months", "months in which the customer uses the product"),
    Column("auto_renew", _B, "", "true, false", "renews by itself when its term ends"),
    Column("term_ended", _B, "", "true, false", "whether its term has ended, though status, renewal or use go on"),
    Column("notice_days", _W, "days", ">= 0", "days before the renewal by which the customer has to give notice"),
    Column("opt_out_date", _D, "", "any", "last day on which the customer can give notice"),
)

_SURE = "changed by more than twice the square root of their sum against"

USAGE = (
    Column("events", _N, "events", ">= 0", "events in the usage window"),
    Column("events_previous", _N, "events", ">= 0", "events in the window before"),
    Column("events_year_ago", _N, "events", ">= 0", "events in the same window 364 days earlier"),
    Column("usage_change_pct", _N, "percent", ">= -100", "change of events against the window before"),
    Column("usage_change_yoy_pct", _N, "percent", ">= -100", "change of events against a year ago"),
    Column("active_users", _N, "users", ">= 0", "distinct users with an event in the window"),
    Column("seat_use_pct", _N, "percent", ">= 0", "active users over seats; may exceed 100"),
    Column("active_days", _W, "days", ">= 0", "days of the window with an event"),
    Column("features_used", _W, "features", ">= 0", "distinct features used in the window"),
    Column("features_available", _W, "features", ">= 1", "features entitled, else all features in the log"),
    Column("breadth_pct", _N, "percent", "0-100", "features used over features available"),
    Column("features_dropped", _W, "features", ">= 0", "features used in the window before and not in this one"),
    Column("features_unused", _W, "features", ">= 0", "features available and not used in the window"),
    Column("top_user", _T, "", "any", "user with the most events in this window and the one before", personal=True),
    Column("top_user_share_pct", _N, "percent", "0-100", "share of those events that are the top user's"),
    Column("top_user_idle_days", _W, "days", ">= 0", "days since the top user's last event"),
    Column("last_active_date", _D, "", "<= as_of", "day of the last event"),
    Column("idle_days", _W, "days", ">= 0", "days since the last event"),
    Column("next_feature", _T, "", "any", "the one unused feature most worth suggesting"),
    Column("top_user_new_days", _W, "days", ">= 0", "days since the top user's first event, if the log goes far back"),
    Column("dropped_features", _T, "", "any", "the features used in the window before and not in this one"),
    Column("only_feature", _T, "", "any", "the feature used in the window, where it is only one"),
    Column("usage_change_sure", _B, "", "true, false", f"whether active user-days {_SURE} the window before"),
    Column("usage_change_yoy_sure", _B, "", "true, false", f"whether active user-days {_SURE} a year ago"),
)

HAPPINESS = (
    Column("responses", _W, "answers", ">= 0", "answers behind the score, the latest of each respondent"),
    Column("asked", _W, "asks", ">= 0", "people asked, if the export knows"),
    Column("response_rate_pct", _N, "percent", "0-100", "answers over asks"),
    Column("csat_mean", _N, "points", "0-100", "mean answer"),
    Column("csat_min", _N, "points", "0-100", "lowest answer"),
    Column("csat_max", _N, "points", "0-100", "highest answer"),
    Column("top_box_pct", _N, "percent", "0-100", "share of answers at 75 or above, of NPS those of 9 and 10"),
    Column("top_box_low_pct", _N, "percent", "0-100", "lower end of its 95 % Wilson interval"),
    Column("top_box_high_pct", _N, "percent", "0-100", "upper end of its 95 % Wilson interval"),
    Column("csat_by_role", _T, "", "any", "mean answer and count for each role"),
    Column("role_gap", _N, "points", "0-100", "highest role mean less the lowest"),
    Column("csat_change", _N, "points", "-100-100", "mean answer less that of the window before"),
    Column("days_since_response", _W, "days", ">= 0", "days since the newest answer, whatever its window"),
    Column("comments_missing", _W, "answers", ">= 0", "answers without a comment"),
    Column("nps", _N, "NPS", "-100-100", "promoters less detractors, percent of NPS answers"),
    Column("ces", _N, "points", "0-100", "mean answer to effort surveys"),
    Column(
        "silence",
        _T,
        "",
        "never_asked, asked_before, no_answer, stale",
        "why the survey says nothing, or nothing recent",
    ),
    Column("decision_maker_mean", _N, "points", "0-100", "mean answer of decision makers"),
    Column("lowest_role", _T, "", "any", "role with the lowest mean answer"),
    Column("lowest_role_mean", _N, "points", "0-100", "its mean answer"),
    Column("highest_role", _T, "", "any", "role with the highest mean answer"),
    Column("highest_role_mean", _N, "points", "0-100", "its mean answer"),
    Column("silent", _W, "people", ">= 0", "people asked who did not answer"),
    Column("answers_low_pct", _N, "percent", "0-100", "share of answers at 25 or below, of NPS those of 0 to 6"),
    Column("answers_middle_pct", _N, "percent", "0-100", "share of answers between 25 and 75, of NPS those of 7 and 8"),
    Column("extremes_only", _B, "", "true, false", "whether all answers are at either end of the scale, some at each"),
    Column("comments_missing_pct", _N, "percent", "0-100", "share of answers without a comment"),
    Column("users_mean", _N, "points", "0-100", "mean answer of end users and power users"),
    Column("surveys_per_person", _W, "asks", ">= 0", "most survey requests sent to one person in 90 days"),
    Column("role_gap_answers", _T, "", "any", "answers of the two roles of role_gap, the lowest first, or `one each`"),
)

_COVERAGE = (
    "share that is known of 14 things: usage, happiness, contract value, seats, renewal date, owner, start date, "
    "goals, a champion, a decision maker, fit, north star, last contact, last outcome"
)

COVERAGE = (Column("coverage_pct", _N, "percent", "0-100", _COVERAGE),)
"""Read among the facts, but told when an account is placed: an axis may prove impossible to score."""
MISSING = Column("missing", _L, "", "any", "what is not known, most telling first")
"""Read among the facts, but told at the end, as no condition can ask for it."""

CONTEXT = (
    Column("goals_open", _W, "goals", ">= 0", "goals not met yet"),
    Column("goals_met", _W, "goals", ">= 0", "goals met"),
    Column("goals_overdue", _W, "goals", ">= 0", "open goals past their date"),
    Column("goals_behind", _W, "goals", ">= 0", "open goals behind the calendar"),
    Column("has_goals", _B, "", "true, false", "whether any goal is on record"),
    Column("champion_left_days", _W, "days", ">= 0", "days since a champion left"),
    Column("has_champion", _B, "", "true, false", "whether a champion is on record and still there"),
    Column("decision_makers", _W, "people", ">= 0", "decision makers on record"),
    Column("contact_points", _W, "people", ">= 0", "people of ours the customer deals with"),
    Column("days_to_renewal", _W, "days", "any", "days until renewal; negative when it is past"),
    Column("tenure_days", _W, "days", "any", "days since the start date; negative when it is still to come"),
    Column("in_season", _B, "", "true, false", "whether as_of falls in a month of use"),
    *COVERAGE,
    MISSING,
    Column("goals_vague", _W, "goals", ">= 0", "open goals without a metric or without a date"),
    Column("goal_due_days", _W, "days", ">= 0", "days until the next open goal is due"),
    Column("successor_stance", _T, "", "for, neutral, against", "stance of whoever came in place of a champion"),
    Column("top_user_role", _T, "", "any", "role of the top user among the contacts"),
    Column("promises_open", _W, "promises", ">= 0", "promises made and not kept yet"),
    Column("promise_open_days", _W, "days", ">= 0", "age of the oldest promise that is not kept"),
    Column("favours_asked", _W, "favours", ">= 0", "favours asked of the customer in the last 90 days"),
    Column("season_started_days", _W, "days", ">= 0", "days since the season began; not known out of season"),
    Column("season_quiet", _B, "", "true, false", "out of season, so that silence is to be expected"),
    Column("usage_trend_pct", _N, "percent", ">= -100", "change on a year ago in a season, else on the window before"),
    Column("usage_trend_sure", _B, "", "true, false", "whether that change is sure, as in usage_change_sure"),
    Column("last_outcome", _T, "", "churned, contracted, expanded, renewed", "what they last decided on the contract"),
    Column("last_outcome_days", _W, "days", ">= 0", "days since that outcome"),
    Column("outcome_value_change_pct", _N, "percent", "> -100", "change of the value after it on the outcome before"),
    Column("contraction_days", _W, "days", ">= 0", "days since they last agreed on a lower value"),
    Column("deadline", _D, "", "any", "opt-out date, else renewal date less notice: last day to win the customer"),
    Column("days_to_deadline", _W, "days", "any", "days until the deadline; negative when it is past"),
    Column("renewal_overdue_days", _W, "days", ">= 0", "days since a renewal that nothing on record settles; else 0"),
    Column("cause", _T, "", "any", "reason code of the newest cause_found event that has one"),
    Column("explanation_ended_days", _W, "days", "1-89", "days since an `explained` event expired, in these 90 days"),
)

PLACE = (
    Column("tier", _T, "", "any", "band of contract value; cuts are taken within it"),
    Column("usage_score", _N, "points", "0-100", "weighted mean of the usage parts that are known"),
    Column("happiness_score", _N, "points", "0-100", "score of the happiness axis"),
    Column("usage_level", _T, "", "high, low, unknown", "side of the usage cut"),
    Column("happiness_level", _T, "", "high, low, unknown", "side of the happiness cut"),
    Column("usage_cut", _N, "points", "0-100", "usage cut of the account's tier"),
    Column("happiness_cut", _N, "points", "0-100", "happiness cut of the account's tier"),
    Column("usage_margin", _N, "points", "-100-100", "usage score less its cut"),
    Column("happiness_margin", _N, "points", "-100-100", "happiness score less its cut"),
    Column("borderline", _B, "", "true, false", f"under {BORDERLINE:g} points from a cut"),
    Column("evidence", _T, "", "firm, thin, none", "how much stands behind the happiness score"),
    Column("unhappy_side", _T, "", "users, decision_makers", "who is under the cut where the other of them is not"),
    Column("tier_median_value", _M, "money per year", ">= 0", "median contract value of its tier"),
    Column("is_new", _B, "", "true, false", "under 90 days of tenure; not known where the start is not"),
    Column("quadrant", _T, "", "advocates, frustrated, at_risk, underusers, unknown", "where the account stands"),
    Column("unknown_reason", _T, "", "any", "why an axis is unknown"),
    Column(
        "answers_to_flip", _W, "answers", ">= 1", "further answers at the other end of the scale that cross the cut"
    ),
    Column("usage_parts", _W, "parts", ">= 1", "parts of the usage score that are known"),
    Column("usage_parts_possible", _W, "parts", ">= 1", "parts that are known of any account"),
    Column("usage_parts_lacking", _T, "", "any", "parts that most scored accounts of the tier have and this one lacks"),
)

WORTH = (
    Column("touch", _T, "", "high, low, tech", "how much of a person's time its segment or tier gets"),
    Column(
        "play_hours", _N, "hours", ">= 0", "people's hours of its whole play, without steps that its facts rule out"
    ),
    Column("value_per_hour", _N, "money per year and hour", ">= 0", "contract value over play_hours"),
    Column("worth_it", _B, "", "true, false", "whether value_per_hour reaches the playbook's min_value_per_hour"),
)
"""What the playbook makes of an account before anything is planned for it."""

PLAN = (
    Column("rank", _W, "", ">= 1", "place in the order of work"),
    Column("signals", _L, "", "any", "signals that hold"),
    Column("play", _T, "", "any", "headline of the recommended play"),
    Column("next_step", _T, "", "any", "first step of the play that applies and is not done"),
    Column("risks", _L, "", "any", "risk notes that apply"),
    Column("queue", _T, "", "rescue, protect, rest", "budget the account draws on"),
    Column("priority", _N, "weighted money", ">= 0", "contract value x weight x urgency x signal: an index, not money"),
    Column("hours", _N, "hours", ">= 0", "hours the next step takes"),
    Column("this_week", _B, "", "true, false", "whether it fits the week's hours"),
    Column("moved_from", _T, "", "quadrants", "quadrant of the last snapshot, if it changed"),
    Column("severity", _T, "", "act, watch, info", "how loud the loudest signal is"),
    Column(
        "gate", _T, "", "open, unknown, closed", "whether the needs of a rescue are there, where the quadrant has any"
    ),
    Column("why", _T, "", "any", "why it is in its queue, or why it rests"),
    Column("look_again", _D, "", "> as_of", "when to look again at an account that rests"),
    Column("priority_value", _N, "money per year", ">= 0", "contract value as the priority takes it"),
    Column("priority_weight", _N, "", "> 0", "weight of the quadrant"),
    Column("priority_urgency", _N, "", "> 0", "factor by days to the deadline"),
    Column("priority_signal", _N, "", "> 0", "factor by the loudest signal"),
    Column(
        "value_assumed", _B, "", "true, false", "no contract value is known: the lowest known positive one is taken"
    ),
    Column("who", _T, "", "csm, support, product, sales, executive, automation", "who takes the next step"),
    Column("human", _B, "", "true, false", "whether the next step takes a person"),
    Column("person_due", _B, "", "true, false", "whether it may have a person's hour: high touch, or a reason"),
    Column("step_id", _T, "", "any", "id of the next step in the playbook, the same from week to week"),
    Column("step_short", _T, "", "any", "the next step in one line"),
    Column("weeks_here", _W, "weeks", ">= 0", "whole weeks in its quadrant, as far back as the history knows it"),
    Column("moved_because", _T, "", ", ".join(Cause), "why its quadrant changed since the last snapshot"),
    Column(
        "times_deferred", _W, "weeks", ">= 0", "weeks its next step was planned and not done, as the history knows it"
    ),
    Column("desk", _T, "", "any", "whose week it falls into: the owner, unassigned, or team where nobody owns any"),
)

_BEFORE_PLAN = (*ACCOUNT, *USAGE, *HAPPINESS, *CONTEXT, *PLACE, *WORTH)
FACTS = tuple(column for column in (*ACCOUNT, *USAGE, *HAPPINESS, *CONTEXT) if column not in (*COVERAGE, MISSING))
COLUMNS: Mapping[str, Column] = {column.name: column for column in (*_BEFORE_PLAN, *PLAN)}

# What a condition may ask about: everything known before the plan is made.
CONDITION_COLUMNS: Mapping[str, Column] = {column.name: column for column in _BEFORE_PLAN}

_AS_WRITTEN = pl.QueryOptFlags.none()


def collect(steps: pl.LazyFrame) -> pl.DataFrame:
    """Take a chain of steps in one go, which takes half the time of one by one.

    In memory, since the streaming engine keeps neither the order of rows nor the last digit of a sum; and as it is
    written, since on a row per account a better plan takes longer to find than it saves.
    """
    return steps.collect(engine="in-memory", optimizations=_AS_WRITTEN)


def complete(frame: pl.DataFrame, columns: Iterable[Column]) -> pl.DataFrame:
    """Return `frame` with exactly `columns` in front, cast to their dtypes, absent ones null.

    Columns of `frame` that are not among `columns` follow in their own order. One without any value becomes a literal,
    which takes no memory and no time, however many the accounts: of few files most columns are such.
    """
    promised = {column.name: column.dtype for column in columns}
    found = dict(frame.schema)
    dtypes = promised | {name: dtype for name, dtype in found.items() if name not in promised}
    empty = {name for name, nulls in zip(found, frame.null_count().row(0), strict=True) if nulls == frame.height}
    told = [
        pl.lit(None, dtype=dtype).alias(name) if name in empty or name not in found else pl.col(name).cast(dtype)
        for name, dtype in dtypes.items()
        if name in empty or found.get(name) != dtype
    ]
    # By subscript, since `select` takes ten times as long to pick so many names.
    return (frame.with_columns(told) if told else frame)[list(dtypes)]


def lean(frame: pl.DataFrame) -> pl.DataFrame:
    """The same cells, with a literal for each column whose cells are all alike, which takes no memory."""
    return frame.with_columns(pl.col(name).first() for name in alike(frame))


_FEW = 1000
"""Rows of which no column takes room to speak of."""


def alike(frame: pl.DataFrame) -> list[str]:
    """The columns whose cells are all alike, and so read the same in any order; of lists, and of few rows, empty ones.

    Asked of the frame and not of its columns, as a literal that is looked at by itself begins to take memory.
    """
    nulls = frame.null_count().row(0, named=True)
    kinds = frame.schema.items() if frame.height > _FEW else ()
    known = [name for name, kind in kinds if not nulls[name] and not kind.is_nested()]
    # There may be thousands: of most some cells tell.
    some = [frame.row(frame.height * part // 7) for part in range(7)] if known else []
    likely = {name for name, *cells in zip(frame.columns, *some, strict=True) if all(map(eq, cells, cells[1:]))}
    asked = [(pl.col(name) == pl.col(name).first()).all() for name in known if name in likely]
    is_one = frame.select(asked).row(0, named=True) if asked else {}
    return [name for name, none in nulls.items() if is_one.get(name) or none == frame.height > 0]
