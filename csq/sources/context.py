"""Goals, contacts, events and outcomes: what is known of an account beside its usage and its answers.

One reader for the four roles. Words that conditions compare (roles, kinds, stances) come out in
lower case with `_` between; a word that has to be one of a few and is not becomes a cell fault, and
rejects the row where the row says nothing without it.
"""

from collections.abc import Mapping

import polars as pl

from csq.report import Note
from csq.sources.fields import FIELDS, KEY_NAMES, PEOPLE, Cell
from csq.sources.headers import missing_column
from csq.sources.identity import Matched, match_rows
from csq.sources.read import LINE, TextTable, column
from csq.sources.tables import ReadOptions, group_by_header, read_fields
from csq.sources.typed import FILE, Typed, labels
from csq.terms import Aside, NoteKind, Outcome, Role

_EMPTY = {
    Cell.KEY: pl.String(),
    Cell.TEXT: pl.String(),
    Cell.NUMBER: pl.Float64(),
    Cell.MONEY: pl.Decimal(38, 2),
    Cell.DATE: pl.Date(),
}
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


def read_context(
    role: Role, tables: tuple[TextTable, ...], options: ReadOptions, accounts: pl.DataFrame | None
) -> list[Matched]:
    """Read the files of a context role and find the account of each row; one `Matched` for each header.

    The frame has every field of the role (null where the files have none) beside `file`, `line`,
    `account_id`, `aside`. `progress` of goals is in percent; they gain `state` (`met`, `dropped`, `open`)
    and `has_metric` (null where the files have no column for it); contacts gain `person`. `outcome` is a
    `terms.Outcome`.

    Raises:
        InputError: A column that the role must have is missing.
    """
    read = {
        Role.GOALS: _read_goals,
        Role.CONTACTS: _read_contacts,
        Role.EVENTS: _read_events,
        Role.OUTCOMES: _read_outcomes,
    }[role]
    return [_matched(read(group, options), accounts, options.keys.get(role)) for group in group_by_header(tables)]


def _matched(typed: Typed, accounts: pl.DataFrame | None, told: str | None) -> Matched:
    """Find the accounts. The people of a contacts file lead to its accounts; they are no keys of them."""
    keys = typed.replace(fields={name: at for name, at in typed.fields.items() if name not in PEOPLE})
    match = match_rows(keys, accounts, told)
    return match._replace(typed=match.typed.replace(fields=typed.fields))


def count_once(frame: pl.DataFrame) -> pl.DataFrame:
    """Set aside rows that say what another row says, whichever files they stand in."""
    cells = [name for name in frame.columns if name not in (FILE, LINE)]
    place = pl.struct(FILE, LINE).rank("ordinal").over(cells)
    again = pl.col("aside").is_null() & (place > 1)
    return frame.with_columns(aside=pl.when(again).then(pl.lit(str(Aside.DUPLICATE))).otherwise("aside"))


def word(text: pl.Expr) -> pl.Expr:
    """`Decision Maker` and `decision-maker` are `decision_maker`; null where no letter or digit is left."""
    plain = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "_").str.strip_chars("_")
    return pl.when(plain != "").then(plain)


def _read_goals(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    typed = _all_fields(_needing(read_fields(tables, Role.GOALS, options), "goal", "target_date"))
    typed = _in_percent(typed.reject(typed.frame["goal"].is_null(), "goal", "no goal"))
    way = pl.col("target") - pl.col("baseline")
    gone = (pl.col("current") - pl.col("baseline")) / pl.when(way != 0).then(way) * 100
    frame = typed.frame.with_columns(progress=pl.coalesce("progress", gone))
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
    return typed.replace(frame=frame.with_columns(state=state, has_metric=has_metric))


def _in_percent(typed: Typed) -> Typed:
    """Progress on 0-100: as written with a percent sign, else a share of 1 when no cell is above 1."""
    if "progress" not in typed.fields:
        return typed
    values = typed.frame["progress"]
    signed = typed.text[column(typed.fields["progress"])].str.contains("%", literal=True).fill_null(value=False)
    plain = values.filter(~signed).drop_nulls()
    shares = len(plain) > 0 and bool((plain <= 1).all())
    if shares:
        frame = typed.frame.with_columns(progress=pl.when(signed).then("progress").otherwise(pl.col("progress") * 100))
        typed = typed.replace(frame=frame)
    how = "as a share of 1" if shares else "as 0-100"
    text = f"`{typed.header('progress')}` of {labels(typed.tables)} read {how}"
    return typed.replace(notes=(*typed.notes, Note(kind=NoteKind.CHOICE, text=text)))


def _read_contacts(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    typed = _all_fields(read_fields(tables, Role.CONTACTS, options))
    have = [name for name in PEOPLE if name in typed.fields]
    if not have:
        raise missing_column(tables[0], Role.CONTACTS, "user_id")
    person = pl.coalesce("user_id", pl.col("email").str.to_lowercase())
    typed = typed.replace(frame=typed.frame.with_columns(person=person))
    typed = typed.reject(typed.frame["person"].is_null(), have[0], "neither a user id nor an e-mail")
    typed = _in_words(typed, "role")
    return _in_words(typed, "stance", STANCES)


def _read_events(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    typed = _all_fields(_needing(read_fields(tables, Role.EVENTS, options), "date", "kind"))
    typed = _in_words(typed, "kind")
    typed = typed.reject(typed.frame["kind"].is_null(), "kind", "no kind of event")
    return typed.replace(frame=typed.frame.with_columns(pl.col("date").dt.date()))


def _read_outcomes(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    typed = _in_words(_all_fields(_needing(read_fields(tables, Role.OUTCOMES, options), "date", "outcome")), "outcome")
    spelled = {word: str(outcome) for outcome, words in OUTCOMES.items() for word in words}
    words = typed.frame["outcome"]
    outcome = words.replace_strict(spelled, default=None, return_dtype=pl.String())
    typed = typed.reject(words.is_null(), "outcome", "no outcome")
    typed = typed.reject(outcome.is_null(), "outcome", f"none of {'/'.join(Outcome)}")
    return typed.replace(frame=typed.frame.with_columns(outcome.alias("outcome"), pl.col("date").dt.date()))


def _needing(typed: Typed, *names: str) -> Typed:
    """The rows as they are. Raises InputError when one of the columns is missing."""
    for name in names:
        if name not in typed.fields:
            raise missing_column(typed.tables[0], typed.role, name)
    return typed


def _in_words(typed: Typed, name: str, known: tuple[str, ...] = ()) -> Typed:
    """Column `name` in plain words; where they have to be among `known`, others become cell faults."""
    if name not in typed.fields:
        return typed
    words = typed.frame.select(word(pl.col(name)).alias(name))[name]
    strange = words.is_not_null() & ~words.is_in(known)
    if known and strange.any():
        typed = typed.fault(strange, name, f"none of {', '.join(known)}")
        words = words.set(strange, None)
    return typed.replace(frame=typed.frame.with_columns(words))


def _all_fields(typed: Typed) -> Typed:
    """Add the fields of the role that the files do not have, empty, so that nothing after this asks which there are."""
    empty = [
        pl.lit(None, dtype=_EMPTY[field.cell]).alias(field.name)
        for field in FIELDS[typed.role]
        if field.name not in (*KEY_NAMES, *typed.frame.columns)
    ]
    return typed.replace(frame=typed.frame.with_columns(empty))
