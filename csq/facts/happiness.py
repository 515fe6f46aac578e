"""Survey rows in, one row of happiness facts per account out.

The latest answer of each respondent within the window counts; where nobody is named, each row is
one respondent. An account nobody answered for has no score: never a neutral one, never an average.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from csq.engine.base import exact_mean
from csq.facts import survey
from csq.schema import COLUMNS, HAPPINESS, complete
from csq.sources.load import RoleRows
from csq.terms import Aside, Silence, Survey, Unknown

HAPPINESS_KEYED = (COLUMNS["account_id"], *HAPPINESS)
EXTRA = ("happiness_unknown",)
"""Columns for placement that are no facts of their own: why there is no score."""

TOP_BOX = 75.0
"""An answer at or above this, on 0-100, is in the top box."""
STALE_DAYS = 180
"""A newest answer older than this is stale."""
Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, kw_only=True)
class Happiness:
    """frame: one row per account, `schema.HAPPINESS` and `EXTRA`; fates: file, aside, rows."""

    frame: pl.DataFrame
    fates: pl.DataFrame
    axis: Survey | None
    """The kind of survey that feeds the axis."""
    asks_known: bool
    """Whether the exports know who was asked and did not answer."""
    answers: pl.DataFrame
    """The answers that count, as `survey.answers` gives them."""


def wilson(hits: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Ends of the 95 % Wilson score interval of a share, in percent (Wilson 1927, JASA 22:209-212)."""
    share = hits / n
    spread = (share * (1 - share) / n + Z95**2 / (4 * n**2)).sqrt() * Z95
    middle = share + Z95**2 / (2 * n)
    scale = 1 + Z95**2 / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return (low * 100).clip(0, 100), (high * 100).clip(0, 100)


def happiness_facts(rows: RoleRows | None, members: pl.Series, as_of: date | None, window_days: int) -> Happiness:
    """Measure happiness for every member.

    Args:
        rows: Survey rows with account_id, answer (0-100 or null), survey, at, respondent, role, aside, ...
        members: The account_ids of the population, sorted.
        as_of: Last day of the window; None takes all rows, since they have no date to go by.
        window_days: Length of the window, both ends included.
    """
    everyone = pl.DataFrame({"account_id": members})
    if rows is None:
        unknown = pl.lit(str(Unknown.NO_CSAT_FILE))
        frame = complete(everyone, HAPPINESS_KEYED).with_columns(happiness_unknown=unknown)
        nobody = pl.DataFrame(schema=survey.SHOWN)
        return Happiness(frame=frame, fates=_count(None), axis=None, asks_known=False, answers=nobody)
    marked = _mark(rows.frame, members, as_of, window_days)
    answered = marked.filter(
        pl.col("answer").is_not_null() & (pl.col("aside").is_null() | (pl.col("aside") == Aside.OUTSIDE_WINDOWS))
    )
    present = set(answered["survey"].unique())
    axis = next((kind for kind in Survey if kind in present), None)
    of_axis = pl.col("survey") == str(axis)
    in_window = marked.filter(pl.col("aside").is_null())
    axis_rows = in_window.filter(of_axis)
    counted = axis_rows.filter(pl.col("answer").is_not_null())
    asks_known = bool((marked["answer"].is_null() | marked["asked_known"]).any())
    facts = (
        everyone.join(_answers(counted), on="account_id", how="left", maintain_order="left")
        .join(_roles(counted), on="account_id", how="left", maintain_order="left")
        .join(_asks(axis_rows, known=asks_known), on="account_id", how="left", maintain_order="left")
        .join(_before(rows.frame, axis, as_of, window_days), on="account_id", how="left", maintain_order="left")
        .join(_newest(answered.filter(of_axis), as_of), on="account_id", how="left", maintain_order="left")
        .join(_other(in_window), on="account_id", how="left", maintain_order="left")
        .join(survey.spread_facts(counted), on="account_id", how="left", maintain_order="left")
        .join(survey.ask_facts(marked, as_of), on="account_id", how="left", maintain_order="left")
        .with_columns(pl.col("responses").fill_null(0))
    )
    if asks_known:
        facts = facts.with_columns(pl.col("asked").fill_null(0))
    facts = facts.with_columns(
        # Rows that average several answers may count more answers than asks.
        response_rate_pct=(pl.col("responses") / pl.col("asked").replace(0, None) * 100).clip(0, 100),
        silent=(pl.col("asked") - pl.col("responses")).clip(0),
        csat_change=pl.col("csat_mean") - pl.col("before"),
        silence=_silence(asks_known=asks_known),
    ).with_columns(happiness_unknown=_unknown(asks_known=asks_known))
    return Happiness(
        frame=complete(facts, HAPPINESS_KEYED).select(*(c.name for c in HAPPINESS_KEYED), *EXTRA),
        fates=_count(marked),
        axis=axis,
        asks_known=asks_known,
        answers=survey.answers(counted),
    )


def _span(as_of: date | None, days: int, back: int) -> pl.Expr:
    """Whether `at` lies in the window that ends `back` windows before as_of; rows without a date do in the newest."""
    if as_of is None:
        return pl.lit(back == 0)
    last = as_of - timedelta(days=days * back)
    inside = pl.col("at").dt.date().is_between(pl.lit(last - timedelta(days=days - 1)), pl.lit(last))
    return inside.fill_null(value=back == 0)


def _latest() -> pl.Expr:
    """Whether a row is its respondent's newest on that survey; on a tie in time the lower score is."""
    key = ["account_id", "survey", "respondent"]
    order = pl.struct(
        pl.col("at").is_not_null().alias("dated"), "at", -pl.col("answer"), "role", "comment", "file", "line"
    )
    return pl.col("respondent").is_null() | (order.rank("ordinal", descending=True).over(key) == 1)


def _mark(rows: pl.DataFrame, members: pl.Series, as_of: date | None, days: int) -> pl.DataFrame:
    """Give every row that is not counted its reason. An answer outlives the request it answers."""

    def put(frame: pl.DataFrame, mask: pl.Expr, reason: Aside) -> pl.DataFrame:
        keep = pl.col("aside").is_not_null() | ~mask.fill_null(value=False)
        return frame.with_columns(aside=pl.when(keep).then("aside").otherwise(pl.lit(str(reason))))

    marked = put(rows, ~pl.col("account_id").is_in(members.implode()), Aside.NOT_A_CUSTOMER)
    marked = put(marked, ~pl.col("asked") & pl.col("answer").is_null(), Aside.NOT_ASKED)
    if as_of:
        marked = put(marked, pl.col("at").dt.date() > as_of, Aside.AFTER_AS_OF)
        marked = put(marked, ~_span(as_of, days, 0), Aside.OUTSIDE_WINDOWS)
    live = marked.filter(pl.col("aside").is_null() & pl.col("answer").is_not_null())
    older = live.filter(~_latest()).select("file", "line", "survey", older=pl.lit(value=True))
    marked = marked.join(older, on=["file", "line", "survey"], how="left", maintain_order="left")
    return put(marked, pl.col("older"), Aside.OLDER_ANSWER).drop("older")


def _answers(counted: pl.DataFrame) -> pl.DataFrame:
    """Count, mean, spread and top box of the answers that count, by account."""
    n = pl.col("responses").fill_null(1).clip(1)
    grouped = counted.with_columns(n=n, total=(pl.col("answer") * 1_000_000).round().cast(pl.Int64) * n).group_by(
        "account_id"
    )
    has_comments = counted["comment"].is_not_null().any() if counted.height else False
    facts = grouped.agg(
        responses=pl.col("n").sum(),
        csat_mean=pl.col("total").sum() / 1_000_000 / pl.col("n").sum(),
        csat_min=pl.col("answer").min(),
        csat_max=pl.col("answer").max(),
        hits=(pl.col("answer") >= TOP_BOX).sum(),
        # An average says nothing of how many of its answers were high.
        averaged=(pl.col("n") > 1).any(),
        comments_missing=pl.col("comment").is_null().sum() if has_comments else pl.lit(None, dtype=pl.Int64()),
    )
    low, high = wilson(pl.col("hits"), pl.col("responses"))
    single = ~pl.col("averaged")
    return facts.with_columns(
        top_box_pct=pl.when(single).then(pl.col("hits") / pl.col("responses") * 100),
        top_box_low_pct=pl.when(single).then(low),
        top_box_high_pct=pl.when(single).then(high),
    ).drop("hits", "averaged")


def _roles(counted: pl.DataFrame) -> pl.DataFrame:
    """Mean answer of each role, in words, and the gap between the highest and the lowest."""
    roles = (
        counted.drop_nulls("role")
        .group_by("account_id", "role")
        .agg(mean=exact_mean(pl.col("answer")), n=pl.len())
        .sort("account_id", "role")
    )
    text = pl.format("{} {} ({})", pl.col("role"), pl.col("mean").round(1), pl.col("n"))
    ends = survey.role_facts(roles)
    means = roles.group_by("account_id", maintain_order=True).agg(
        csat_by_role=text.str.join("; "),
        role_gap=pl.when(pl.len() > 1).then(pl.col("mean").max() - pl.col("mean").min()),
        decision_maker_mean=pl.col("mean").filter(pl.col("role") == "decision_maker").first(),
        lowest_role_mean=pl.col("mean").min(),
    )
    return means.join(ends, on="account_id", how="left", maintain_order="left")


def _asks(axis_rows: pl.DataFrame, *, known: bool) -> pl.DataFrame:
    """People asked: distinct respondents, and each row that names nobody."""
    if not known:
        return pl.DataFrame(schema={"account_id": pl.String(), "asked": pl.Int64()})
    named = pl.col("respondent").drop_nulls().n_unique()
    # An average of n answers stands for at least n people asked.
    nobody = pl.col("responses").fill_null(1).clip(1).filter(pl.col("respondent").is_null()).sum()
    return axis_rows.group_by("account_id").agg(asked=named + nobody)


def _before(rows: pl.DataFrame, axis: Survey | None, as_of: date | None, days: int) -> pl.DataFrame:
    """Mean answer in the window before, the latest of each respondent."""
    earlier = rows.filter(
        _span(as_of, days, 1)
        & (pl.col("survey") == str(axis))
        & pl.col("answer").is_not_null()
        & pl.col("aside").is_null()
    )
    return earlier.filter(_latest()).group_by("account_id").agg(before=exact_mean(pl.col("answer")))


def _newest(answered: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """Days since the newest answer, whatever its window."""
    age = pl.lit(as_of, dtype=pl.Date()) - pl.col("at").dt.date().max()
    return answered.group_by("account_id").agg(days_since_response=age.dt.total_days(), ever=pl.lit(value=True).first())


def _other(in_window: pl.DataFrame) -> pl.DataFrame:
    """NPS and effort as facts of their own, whichever survey feeds the axis."""
    answered = in_window.filter(pl.col("answer").is_not_null())
    points = pl.col("answer").filter(pl.col("survey") == str(Survey.NPS))
    # On 0-100 a promoter's 9 of 10 is 90 and a detractor's 6 is 60 (Reichheld 2003, HBR 81:46-54).
    nps = ((points >= 90 - 1e-9).sum() - (points <= 60 + 1e-9).sum()) / points.count().replace(0, None) * 100
    ces = exact_mean(pl.col("answer").filter(pl.col("survey") == str(Survey.CES)))
    return answered.group_by("account_id").agg(nps=nps, ces=ces)


def _silence(*, asks_known: bool) -> pl.Expr:
    never_asked = (pl.col("asked") == 0) & pl.col("ever").is_null() if asks_known else pl.lit(value=False)
    return (
        pl.when(pl.col("days_since_response") > STALE_DAYS)
        .then(pl.lit(str(Silence.STALE)))
        .when(never_asked)
        .then(pl.lit(str(Silence.NEVER_ASKED)))
        .when((pl.col("responses") == 0) & (pl.col("asked") > 0))
        .then(pl.lit(str(Silence.NO_ANSWER)))
    )


def _unknown(*, asks_known: bool) -> pl.Expr:
    """Why there is no score; null where there is one."""
    nothing = Unknown.NEVER_ASKED if asks_known else Unknown.NOT_IN_CSAT
    return (
        pl.when(pl.col("responses") > 0)
        .then(None)
        .when(pl.col("ever"))
        .then(pl.lit(str(Unknown.ANSWERS_TOO_OLD)))
        .when(pl.col("asked") > 0)
        .then(pl.lit(str(Unknown.NO_ANSWER)))
        .otherwise(pl.lit(str(nothing)))
    )


def _count(marked: pl.DataFrame | None) -> pl.DataFrame:
    """Rows of the files by fate. A row that answers several surveys is used if one of them is."""
    if marked is None:
        return pl.DataFrame(schema={"file": pl.String(), "aside": pl.String(), "rows": pl.UInt32()})
    fate = pl.when(~pl.col("aside").is_null().any()).then(pl.col("aside").min())
    rows = marked.group_by("file", "line").agg(aside=fate)
    return rows.group_by("file", "aside").agg(rows=pl.len()).sort("file", "aside")
