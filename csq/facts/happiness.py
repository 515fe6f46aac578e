"""Survey rows in, one row of happiness facts per account out.

The latest answer of each respondent within the window counts; where nobody is named, each row is
one respondent. An account nobody answered for has no score: never a neutral one, never an average.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from csq.engine.base import exact_mean
from csq.facts import survey
from csq.fate import FATE, ROW, is_used, mark
from csq.schema import COLUMNS, HAPPINESS, collect, complete, unknown_column
from csq.sources.roles.score import SIDE
from csq.sources.rows.typed import KEY, RoleRows
from csq.terms import Aside, Axis, Fate, Silence, Survey, Unknown

HAPPINESS_KEYED = (COLUMNS["account_id"], *HAPPINESS)
HAPPINESS_UNKNOWN = unknown_column(Axis.HAPPINESS)
"""Column that says why there is no score, a `terms.Unknown`; null where there is one."""

OURS = (HAPPINESS_UNKNOWN, survey.DECISION_MAKER_ANSWERS, survey.LOWEST_ROLE_ANSWERS)
"""Columns beside those of the schema."""

USERS = ("end_user", "power_user")
"""Roles of those who work with the product every day."""
STALE_DAYS = 180
"""A newest answer older than this is stale."""
ANSWERS = pl.col("responses").fill_null(1).clip(1)
"""How many answers a row stands for: one, unless the export has averaged several into it."""
_ASKED = ("account_id", "respondent", "survey", "answer", SIDE, "responses", "at")
"""Columns that tell who was asked by which survey, and what was answered."""
Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


class HappinessFacts(NamedTuple):
    """frame: one row per account, `schema.HAPPINESS` and `HAPPINESS_UNKNOWN`.

    fates: the rows with what became of them, columns `fate.ROW` and others.
    """

    frame: pl.DataFrame
    fates: pl.DataFrame
    axis: Survey | None
    """The kind of survey that feeds the axis."""
    asks_known: bool
    """Whether the exports know who was asked and did not answer."""
    answers: pl.DataFrame
    """The answers that count, as `survey.answers` gives them."""
    undated: int
    """How many of them have no date."""


def wilson(hits: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Ends of the 95 % Wilson score interval of a share, in percent (Wilson 1927, JASA 22:209-212)."""
    share = hits / n
    spread = (share * (1 - share) / n + Z95**2 / (4 * n**2)).sqrt() * Z95
    middle = share + Z95**2 / (2 * n)
    scale = 1 + Z95**2 / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return (low * 100).clip(0, 100), (high * 100).clip(0, 100)


def happiness_facts(rows: RoleRows | None, members: pl.Series, as_of: date | None, window_days: int) -> HappinessFacts:
    """Measure happiness for every member (account_ids, sorted), in so many days up to as_of; without it by all rows.

    Survey rows have account_id, answer (0-100 or null), survey, at, respondent, role, fate, ...
    """
    everyone = pl.DataFrame({"account_id": members})
    if rows is None:
        return _no_survey(everyone)
    marked = _mark(rows.frame, members, as_of, window_days)
    answered = pl.col("answer").is_not_null()
    axis, asks_known = _axis(marked)
    of_axis = pl.col("survey") == str(axis)
    in_window, ever = _those(marked, is_used(), _ASKED), _those(marked, _ever(), _ASKED)
    counted = _those(marked, is_used() & of_axis & answered, survey.COUNTED)
    has_comments = counted["comment"].null_count() < counted.height
    parts = (
        _answers(counted.lazy(), has_comments=has_comments),
        _roles(counted.lazy()),
        _asks(in_window.lazy().filter(of_axis), known=asks_known),
        _before(rows.frame.lazy().filter(of_axis & answered), as_of, window_days),
        _newest(ever.lazy().filter(of_axis & answered), as_of),
        _asked_ever(ever.lazy().filter(of_axis), known=asks_known),
        _other(in_window.lazy().filter(answered)),
        survey.spread_facts(counted.lazy(), has_comments=has_comments),
        survey.ask_facts(marked.lazy(), as_of),
    )
    facts = everyone.lazy()
    for part in parts:
        facts = facts.join(part, on="account_id", how="left", maintain_order="left")
    facts = facts.with_columns(
        pl.col("responses").fill_null(0),
        pl.col("asked").fill_null(0) if asks_known else pl.col("asked"),
    ).with_columns(
        # Rows that average several answers may count more answers than asks.
        response_rate_pct=(pl.col("responses") / pl.col("asked").replace(0, None) * 100).clip(0, 100),
        silent=(pl.col("asked") - pl.col("responses")).clip(0),
        csat_change=pl.col("csat_mean") - pl.col("before"),
        silence=_silence(asks_known=asks_known),
        **{HAPPINESS_UNKNOWN: _unknown(asks_known=asks_known)},
    )
    return HappinessFacts(
        frame=complete(collect(facts), HAPPINESS_KEYED)[[*(c.name for c in HAPPINESS_KEYED), *OURS]],
        fates=_one_fate_a_line(marked),
        axis=axis,
        asks_known=asks_known,
        answers=survey.answers(counted),
        undated=counted["at"].null_count() if as_of else 0,
    )


def _no_survey(everyone: pl.DataFrame) -> HappinessFacts:
    """What is known of happiness without a csat file."""
    unknown = pl.lit(str(Unknown.NO_CSAT_FILE)).alias(HAPPINESS_UNKNOWN)
    nobody = pl.DataFrame(schema=survey.SHOWN)
    none = (pl.lit(None, dtype=pl.Int64()).alias(name) for name in OURS[1:])
    frame = complete(everyone, HAPPINESS_KEYED).with_columns(unknown, *none)
    return HappinessFacts(
        frame=frame, fates=pl.DataFrame(schema=ROW), axis=None, asks_known=False, answers=nobody, undated=0
    )


def _those(rows: pl.DataFrame, mask: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of the rows for which a mask holds: a copy of all columns would be most of what a big file takes."""
    return collect(rows.lazy().select(*columns, mask.alias("_kept")).filter("_kept").drop("_kept"))


def _ever() -> pl.Expr:
    """Whether a row counts, or would in another window."""
    return is_used() | (pl.col(FATE) == Aside.OUTSIDE_WINDOWS)


def _axis(marked: pl.DataFrame) -> tuple[Survey | None, bool]:
    """The kind of survey that feeds the axis, the first of the most telling rows, and whether its asks are known."""
    answered, keyed = pl.col("answer").is_not_null(), pl.col(KEY).is_not_null()
    telling = (is_used() & answered, _ever() & answered, _ever(), keyed)
    asks = keyed & (~answered | pl.col("asked_known"))
    kinds = collect(
        marked.lazy()
        .group_by("survey")
        .agg(*(mask.any().alias(str(place)) for place, mask in enumerate(telling)), asks=asks.any())
    )
    asked = dict(kinds[["survey", "asks"]].iter_rows())
    for place in range(len(telling)):
        if present := set(kinds["survey"].filter(kinds[str(place)])):
            axis = next(kind for kind in Survey if kind in present)
            return axis, asked[axis]
    return None, False


def _span(as_of: date | None, days: int, back: int) -> pl.Expr:
    """Whether `at` lies in the window that ends `back` windows before as_of; rows without a date do in the newest."""
    if as_of is None:
        return pl.lit(back == 0)
    last = as_of - timedelta(days=days * back)
    inside = pl.col("at").dt.date().is_between(pl.lit(last - timedelta(days=days - 1)), pl.lit(last))
    return inside.fill_null(value=back == 0)


def _older(answers: pl.LazyFrame) -> pl.LazyFrame:
    """`_row` of those whose respondent gave a newer one on that survey; of one moment the lower score is newer."""
    whose = ("account_id", "survey", "respondent")
    order = pl.struct(
        pl.col("at").is_not_null().alias("dated"),
        "at",
        -pl.col("answer"),
        "role",
        "comment",
        "responses",
        "file",
        "line",
    )
    # To rank takes its time, and is for those alone who answered twice.
    twice = answers.filter(pl.col("respondent").is_not_null()).filter(pl.struct(whose).is_duplicated())
    return twice.filter(order.rank("ordinal", descending=True).over(whose) > 1).select("_row")


def _mark(rows: pl.DataFrame, members: pl.Series, as_of: date | None, days: int) -> pl.DataFrame:
    """Give every row that is not counted its reason. An answer outlives the request it answers."""
    answered = pl.col("answer").is_not_null()
    fates: dict[Aside | Fate, pl.Expr] = {
        Aside.NOT_A_CUSTOMER: ~pl.col("account_id").is_in(pl.Series([members])),
        Aside.NOT_ASKED: ~pl.col("asked") & ~answered,
    }
    if as_of:
        later = pl.col("at").dt.date() > as_of
        fates = {Aside.AFTER_AS_OF: later, **fates, Aside.OUTSIDE_WINDOWS: ~_span(as_of, days, 0)}
    marked = mark(rows, fates)
    older = collect(_older(marked.lazy().with_row_index("_row").filter(is_used() & answered)))["_row"]
    if older.is_empty():
        return marked
    return mark(marked, {Aside.OLDER_ANSWER: pl.int_range(pl.len(), dtype=pl.UInt32()).is_in(older.implode())})


def _answers(counted: pl.LazyFrame, *, has_comments: bool) -> pl.LazyFrame:
    """Count, mean, spread and top box of the answers that count, by account."""
    facts = counted.group_by("account_id").agg(
        responses=ANSWERS.sum(),
        csat_mean=exact_mean(pl.col("answer"), ANSWERS),
        csat_min=pl.col("answer").min(),
        csat_max=pl.col("answer").max(),
        hits=survey.is_high().sum(),
        # An average says nothing of how many of its answers were high.
        single=(ANSWERS == 1).all(),
        comments_missing=pl.col("comment").is_null().sum() if has_comments else pl.lit(None, dtype=pl.Int64()),
    )
    low, high = wilson(pl.col("hits"), pl.col("responses"))
    single = pl.when("single")
    return facts.with_columns(
        top_box_pct=single.then(pl.col("hits") / pl.col("responses") * 100),
        top_box_low_pct=single.then(low),
        top_box_high_pct=single.then(high),
    ).drop("hits", "single")


def _roles(counted: pl.LazyFrame) -> pl.LazyFrame:
    """Mean answer of each role, in words, and the gap between the highest and the lowest."""
    roles = (
        counted.drop_nulls("role")
        .group_by("account_id", "role")
        .agg(mean=exact_mean(pl.col("answer"), ANSWERS), n=ANSWERS.sum())
        .sort("account_id", "role")
    )
    mean, users = pl.col("mean"), pl.col("role").is_in(USERS)
    means = roles.group_by("account_id", maintain_order=True).agg(
        pl.format("{} {} ({})", "role", mean.round(1), "n").str.join("; ").alias("csat_by_role"),
        pl.when(pl.len() > 1).then(mean.max() - mean.min()).alias("role_gap"),
        mean.filter(pl.col("role") == "decision_maker").first().alias("decision_maker_mean"),
        pl.col("n").filter(pl.col("role") == "decision_maker").first().alias(survey.DECISION_MAKER_ANSWERS),
        exact_mean(mean.filter(users), pl.col("n").filter(users)).alias("users_mean"),
        mean.min().alias("lowest_role_mean"),
    )
    return means.join(survey.role_facts(roles), on="account_id", how="left", maintain_order="left")


def _asks(asks: pl.LazyFrame, *, known: bool) -> pl.LazyFrame:
    """People asked: distinct respondents, and each row that names nobody."""
    if not known:
        return pl.LazyFrame(schema={"account_id": pl.String(), "asked": pl.Int64()})
    named = pl.col("respondent").drop_nulls().n_unique()
    # An average of n answers stands for at least n people asked.
    nobody = ANSWERS.filter(pl.col("respondent").is_null()).sum()
    return asks.group_by("account_id").agg(asked=named + nobody)


def _before(answers: pl.LazyFrame, as_of: date | None, days: int) -> pl.LazyFrame:
    """Mean answer in the window before, the latest of each respondent."""
    earlier = answers.filter(_span(as_of, days, 1) & is_used()).with_row_index("_row")
    latest = earlier.join(_older(earlier), on="_row", how="anti")
    return latest.group_by("account_id").agg(before=exact_mean(pl.col("answer"), ANSWERS))


def _newest(answers: pl.LazyFrame, as_of: date | None) -> pl.LazyFrame:
    """Days since the newest answer, whatever its window."""
    age = pl.lit(as_of, dtype=pl.Date()) - pl.col("at").dt.date().max()
    return answers.group_by("account_id").agg(days_since_response=age.dt.total_days(), ever=pl.lit(value=True).first())


def _asked_ever(asks: pl.LazyFrame, *, known: bool) -> pl.LazyFrame:
    """Whether anybody was asked by now, whatever the window; a request that is answered is one."""
    # A filter that is one value for all rows raises over some ten thousands of them, which polars takes in parts.
    told = asks if known else asks.limit(0)
    return told.group_by("account_id").agg(asked_ever=pl.lit(value=True).first())


def _other(answered: pl.LazyFrame) -> pl.LazyFrame:
    """NPS and effort as facts of their own, whichever survey feeds the axis."""
    of_nps = pl.col("survey") == str(Survey.NPS)
    # Promoters less detractors (Reichheld 2003, HBR 81:46-54); an average of several answers is neither.
    sides = pl.col(SIDE).cast(pl.Int64).filter(of_nps & (ANSWERS == 1))
    nps = sides.sum() / sides.count().replace(0, None) * 100
    of_ces = pl.col("survey") == str(Survey.CES)
    ces = exact_mean(pl.col("answer").filter(of_ces), ANSWERS.filter(of_ces))
    # Those of other surveys are many, and would tell nothing.
    others = answered.filter(of_nps | of_ces)
    return others.group_by("account_id").agg(nps=nps, ces=ces)


def _silence(*, asks_known: bool) -> pl.Expr:
    silent = (pl.col("asked") == 0) & pl.col("ever").is_null() if asks_known else pl.lit(value=False)
    return (
        pl.when(pl.col("days_since_response") > STALE_DAYS)
        .then(pl.lit(str(Silence.STALE)))
        .when(silent)
        .then(_asked_before(Silence.ASKED_BEFORE, Silence.NEVER_ASKED))
        .when((pl.col("responses") == 0) & (pl.col("asked") > 0))
        .then(pl.lit(str(Silence.NO_ANSWER)))
    )


def _unknown(*, asks_known: bool) -> pl.Expr:
    """Why there is no score; null where there is one."""
    never = pl.lit(str(Unknown.NOT_IN_CSAT))
    nothing = _asked_before(Unknown.ASKED_BEFORE, Unknown.NEVER_ASKED) if asks_known else never
    return (
        pl.when(pl.col("responses") > 0)
        .then(None)
        .when(pl.col("ever"))
        .then(pl.lit(str(Unknown.ANSWERS_TOO_OLD)))
        .when(pl.col("asked") > 0)
        .then(pl.lit(str(Unknown.NO_ANSWER)))
        .otherwise(nothing)
    )


def _asked_before(before: Silence | Unknown, never: Silence | Unknown) -> pl.Expr:
    """Of an account that nobody asked in the window, which of two words holds: asked before it, or never."""
    return pl.when("asked_ever").then(pl.lit(str(before))).otherwise(pl.lit(str(never)))


def _one_fate_a_line(marked: pl.DataFrame) -> pl.DataFrame:
    """A line that answers several surveys is used if one of them is."""
    if marked["line"].n_unique() == marked.height:
        return marked
    fate = pl.when(is_used().any()).then(pl.lit(str(Fate.USED))).otherwise(pl.col(FATE).min())
    return marked.with_columns(fate.over("file", "line").alias(FATE))
