"""Goals, contacts, events and outcomes: what is known of an account beside its usage and its answers.

A reader for each role; what it gives has every field of the role, null where the files have none.
Words that conditions compare (roles, kinds, stances) come out in lower case with `_` between; a word
that has to be one of a few and is not becomes a cell fault, and rejects the row where the row says
nothing without it.
"""

from collections.abc import Mapping

import polars as pl

from csq.roles import PEOPLE
from csq.sources.columns.headers import missing_column
from csq.sources.reading.read import TextTable, column
from csq.sources.rows.tables import ReadOptions, read_fields
from csq.sources.rows.typed import Typed, labels
from csq.terms import Outcome, Role

STANCES = ("against", "neutral", "for")
"""What a contact may think of the product, the worst first."""
MET = ("met", "done", "achieved", "complete", "completed", "reached", "success", "successful")
"""Statuses, as words, of goals that are met."""
DROPPED = ("dropped", "cancelled", "canceled", "abandoned", "withdrawn", "obsolete")
"""Statuses, as words, of goals that nobody pursues any more."""
OUTCOMES: Mapping[Outcome, tuple[str, ...]] = {
    Outcome.CHURNED: (
        "churned", "churn", "full_churn", "logo_churn", "cancelled", "canceled", "cancellation", "lost", "left",
        "terminated", "termination", "not_renewed", "non_renewed", "non_renewal", "nonrenewal",
    ),
    Outcome.CONTRACTED: (
        "contracted", "contraction", "downgraded", "downgrade", "downsold", "downsell", "down_sell", "reduced",
        "reduction", "partial_churn",
    ),
    Outcome.EXPANDED: (
        "expanded", "expansion", "upgraded", "upgrade", "upsold", "upsell", "up_sell", "cross_sold", "cross_sell",
        "crosssell",
    ),
    Outcome.RENEWED: (
        "renewed", "renewal", "renew", "auto_renewed", "auto_renewal", "flat_renewal", "renewed_flat", "retained",
    ),
}  # fmt: skip
"""How outcomes are written, as words. A bare `contract` or `won` may mean anything and is none of them."""


def word(text: pl.Expr) -> pl.Expr:
    """`Decision Maker` and `decision-maker` are `decision_maker`; null where no letter or digit is left."""
    plain = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "_").str.strip_chars("_")
    return pl.when(plain != "").then(plain)


def read_goals(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read goals: `progress` in percent, `state` (`met`, `dropped`, `open`), `has_metric` (null: no such column)."""
    typed = read_fields(tables, Role.GOALS, options).with_all_fields()
    typed = _in_percent(typed.reject(typed.frame["goal"].is_null(), "goal", "no goal"))
    way = pl.col("target") - pl.col("baseline")
    gone = (pl.col("current") - pl.col("baseline")) / pl.when(way != 0).then(way) * 100
    typed = typed.with_columns(progress=pl.coalesce("progress", gone))
    status = word(pl.col("status"))
    # A goal without a status is met when its progress says so.
    reached = (status.is_null() & (pl.col("progress") >= 100)).fill_null(value=False)
    state = (
        pl.when(status.is_in(DROPPED))
        .then(pl.lit("dropped"))
        .when(status.is_in(MET) | reached)
        .then(pl.lit("met"))
        .otherwise(pl.lit("open"))
    )
    has_metric = pl.col("metric").is_not_null() if "metric" in typed.fields else pl.lit(None, dtype=pl.Boolean())
    return typed.with_columns(state=state, has_metric=has_metric)


def _in_percent(typed: Typed) -> Typed:
    """Progress on 0-100: as written with a percent sign, else a share of 1 when no cell is above 1."""
    if "progress" not in typed.fields:
        return typed
    values = typed.frame["progress"]
    signed = typed.text[column(typed.fields["progress"])].str.contains("%", literal=True).fill_null(value=False)
    plain = values.filter(~signed).drop_nulls()
    shares = len(plain) > 0 and bool((plain <= 1).all())
    if shares:
        typed = typed.with_columns(progress=pl.when(signed).then("progress").otherwise(pl.col("progress") * 100))
    how = "as a share of 1" if shares else "as 0-100"
    return typed.noting(f"`{typed.header('progress')}` of {labels(typed.tables)} read {how}")


def read_contacts(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read contacts: who each is stands in `person`."""
    typed = read_fields(tables, Role.CONTACTS, options).with_all_fields()
    have = [name for name in PEOPLE if name in typed.fields]
    if not have:
        raise missing_column(tables[0], Role.CONTACTS, "user_id")
    typed = typed.with_columns(person=pl.coalesce("user_id", pl.col("email").str.to_lowercase()))
    typed = typed.reject(typed.frame["person"].is_null(), have[0], "neither a user id nor an e-mail")
    typed = _in_words(typed, "role")
    return _in_words(typed, "stance", STANCES)


def read_events(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read events: any word may be a kind."""
    typed = _in_words(read_fields(tables, Role.EVENTS, options).with_all_fields(), "kind")
    typed = _in_words(typed.reject(typed.frame["kind"].is_null(), "kind", "no kind of event"), "cause")
    return typed.with_columns(pl.col("date").dt.date())


def read_outcomes(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read outcomes: each is a `terms.Outcome`. In a file of days on which customers left each row is a loss."""
    typed = read_fields(tables, Role.OUTCOMES, options).with_all_fields()
    if not {"date", "outcome"} <= {*typed.fields}:
        told = typed.header("churned_on")
        typed = typed.reject(typed.frame["churned_on"].is_null(), "churned_on", "no day")
        lost = typed.with_columns(date=pl.col("churned_on").dt.date(), outcome=pl.lit(str(Outcome.CHURNED)))
        return lost.noting(f"each row of {labels(tables)} with a `{told}` is an account that was lost")
    typed = _in_words(typed, "outcome")
    spelled = {word: str(outcome) for outcome, words in OUTCOMES.items() for word in words}
    words = typed.frame["outcome"]
    outcome = words.replace_strict(spelled, default=None, return_dtype=pl.String())
    typed = typed.reject(words.is_null(), "outcome", "no outcome")
    typed = typed.reject(outcome.is_null(), "outcome", f"none of {'/'.join(Outcome)}")
    return typed.with_columns(outcome.alias("outcome"), pl.col("date").dt.date())


def _in_words(typed: Typed, name: str, known: tuple[str, ...] = ()) -> Typed:
    """Column `name` in plain words; where they have to be among `known`, others become cell faults."""
    if name not in typed.fields:
        return typed
    words = typed.frame.select(word(pl.col(name)).alias(name))[name]
    strange = words.is_not_null() & ~words.is_in(known)
    if known and strange.any():
        typed = typed.fault(strange, name, f"none of {', '.join(known)}")
        words = words.set(strange, None)
    return typed.with_columns(words)
