"""Accounts files: attributes with one row per account, subscriptions with several, and custom columns."""

import json
import re
from collections.abc import Iterator

import polars as pl
import polars.selectors as cs

from csq.errors import InputError, Location
from csq.fate import ROW, is_used, mark
from csq.report import masked
from csq.roles import ACCOUNTS, GONE_FLAGS, MONEY_FIELDS, STAYING_FLAGS, TERM_ENDS, Cell
from csq.schema import COLUMNS, DTYPES, Kind, event_kind
from csq.sources.cells.numbers import currency_code, read_number
from csq.sources.cells.values import Ambiguous, read_bool, read_texts, squeeze
from csq.sources.columns.headers import unit_of
from csq.sources.columns.metrics import meaning
from csq.sources.joining.snapshots import keep_newest
from csq.sources.reading.read import LINE, TextTable, column
from csq.sources.rows.ids import drop_repeated, tell_marks
from csq.sources.rows.tables import CURRENCY, ReadOptions, read_column, read_fields
from csq.sources.rows.typed import FILE, Typed, labels
from csq.suggest import first
from csq.terms import Aside, NoteKind, Role

_AT = "_at"
"""Column that says which row of the files a row is, while they are compared."""
_CELLS = {Kind.NUMBER: Cell.NUMBER, Kind.BOOL: Cell.BOOL, Kind.DATE: Cell.DATE}


def read_accounts(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read accounts files with one header.

    The frame has every accounts field (null where the files have none), `contract_value` (Decimal, per year),
    `term_end` (the end date, where it is that of a term), `is_subscription`, `aliases` (other ids of the account,
    where the export joins them) and the custom columns; `account_id` is the name where the files know no id.

    Raises:
        InputError: One account is told in several different rows without a subscription id.
    """
    typed = _keep_custom(read_fields(tables, Role.ACCOUNTS, options), options)
    typed = drop_repeated(tell_marks(typed))
    key = "account_id" if "account_id" in typed.fields else "account_name"
    typed = typed.reject(typed.frame[key].is_null(), key, "no account key")
    typed = _offer_status(_no_seats(typed))
    typed = _add_term(_add_keys(_add_value(typed)).with_all_fields())
    typed = typed.with_columns(pl.col(key).alias("account_id"), pl.col("fit").str.to_lowercase())
    frame, snapshots = keep_newest(typed.frame, one_row_each="subscription_id" not in typed.fields)
    for text in snapshots:
        typed = typed.noting(text)
    if frame["account_id"].n_unique() < frame.height:  # to compare rows takes longer than to read them
        frame = _told_apart(frame, typed)
    return typed.replace(frame=frame.with_columns(is_subscription=pl.lit("subscription_id" in typed.fields)))


def _told_apart(frame: pl.DataFrame, typed: Typed) -> pl.DataFrame:
    """The rows of accounts that have several, each once. Raises InputError where they tell one account in two ways."""
    # Rows alike in every cell say one thing, whichever files they stand in.
    cells = [name for name in frame.columns if name not in (*ROW, "aliases")]
    if frame.select(pl.struct(cells).is_duplicated().any()).item():  # else to number them takes longer than to read
        place = pl.struct(FILE, LINE).rank("ordinal").over(*cells, is_used())
        frame = mark(frame, {Aside.DUPLICATE: place > 1})
    several = frame.with_row_index(_AT).filter(is_used()).filter(pl.len().over("account_id") > 1)
    if several.height and "subscription_id" not in typed.fields:
        raise _told_twice(several, typed)
    return frame


def _add_value(typed: Typed) -> Typed:
    """Contract value per year, row by row from the first money column that tells it, in the currency that it names."""
    have = [name for name in (*MONEY_FIELDS, "billed_amount") if name in typed.fields]
    value = pl.lit(None, dtype=pl.Decimal(38, 2))
    typed = typed.with_columns(contract_value=value)
    if not have:
        return _offer_value(typed)
    is_named = "currency" in typed.fields
    told: list[str] = []
    used: list[str] = []
    for name in have:
        takes = typed.frame["contract_value"].is_null() & typed.frame[name].is_not_null()
        if used and not takes.any():
            continue
        typed, value, how = _per_year(typed, name)
        if typed.preset and typed.preset.cents:
            value, how = value / 100, f"{how}, in cents"
        typed = typed.with_columns(pl.coalesce("contract_value", value.cast(pl.Decimal(38, 2))).alias("contract_value"))
        typed = typed if is_named else _add_currency(typed, name, takes)
        told.append(f"`{typed.header(name)}`{how}")
        used.append(name)
    text = f"contract value from {', and where that is blank from '.join(told)} of {labels(typed.tables)}"
    if others := [f"`{typed.header(name)}`" for name in have if name not in used]:
        text += f", not from {first(others)}"
    typed = typed.noting(text)
    return typed.replace(frame=typed.frame.drop(cs.starts_with(CURRENCY)))


def _offer_value(typed: Typed) -> Typed:
    """Say which columns may be the contract value, though their names do not say that they are that of today."""
    for index, header in enumerate(typed.tables[0].header):
        plain = re.sub(r"_", " ", header.casefold())
        field = next((name for name in MONEY_FIELDS if name in re.split(r"\W+", plain)), None)
        if field is None or meaning(header).instead != "money" or not _has_numbers(typed.text[column(index)]):
            continue
        text = f"`{header}` of {labels(typed.tables)} is not taken for contract value, as its name "
        # Words of a header by which its amounts are in cents, thousands or millions.
        if re.search(r"\b(cents?|pence|minor|k|tsd|thousands?|mm?|mio|millions?)\b|k(?=[^\w\s])|(?<=[^\w\s])k", plain):
            text += "says that it is not in whole ones: export it so"
        else:
            line = f"columns: {{accounts: {{{field}: {json.dumps(header, ensure_ascii=False)}}}}}"
            text += f"does not say that it is today's; `{line}` in csq.yaml takes it"
        typed = typed.noting(text, NoteKind.WARNING)
    return typed


def _offer_status(typed: Typed) -> Typed:
    """Say of a column of yes and no that it speaks of who has left, and how csq.yaml has it read as a status."""
    if "status" in typed.fields:
        return typed
    for index, header in enumerate(typed.tables[0].header):
        gone_word = squeeze(header) in GONE_FLAGS
        if not gone_word and squeeze(header) not in STAYING_FLAGS:
            continue
        text = typed.text[column(index)]
        cells = read_bool(text)
        gone = (cells.values == gone_word).fill_null(value=False)
        if cells.unreadable.any() or not gone.any():
            continue
        words = [
            [json.dumps(word) for word in text.filter(mask).str.strip_chars().unique().sort() if word]
            for mask in (~gone, gone)
        ]
        told = f"columns: {{accounts: {{status: {json.dumps(header, ensure_ascii=False)}}}}}"
        kinds = f"statuses: {{current: [{', '.join(words[0])}], former: [{', '.join(words[1])}]}}"
        what = "subscription" if "subscription_id" in typed.fields else "account"
        count = f"{gone.sum():,} {what}{'s' * (gone.sum() > 1)}"
        typed = typed.noting(
            f"`{header}` of {labels(typed.tables)} says of {count} that they are no customers, and is not read as a "
            f"status: `{told}` and `{kinds}` in csq.yaml leave them out",
            NoteKind.WARNING,
        )
    return typed


def _has_numbers(text: pl.Series) -> bool:
    try:
        cells = read_number(text)
    except Ambiguous:
        return True
    return cells.values.is_not_null().any() and not cells.unreadable.any()


def _per_year(typed: Typed, taken: str) -> tuple[Typed, pl.Expr, str]:
    """What a money column comes to in a year, and how, in words."""
    if taken == "mrr":
        return typed, pl.col(taken) * 12, " x 12"
    if taken != "billed_amount":
        return typed, pl.col(taken), ""
    intervals = typed.preset.intervals if typed.preset else {}
    interval = typed.frame["billing_interval"].str.to_lowercase() if "billing_interval" in typed.fields else None
    if interval is None:
        return typed, pl.col(taken), ""
    typed = typed.fault(
        interval.is_not_null() & ~interval.is_in(list(intervals)),
        "billing_interval",
        "not a billing interval csq knows",
    )
    times = pl.lit(interval).replace_strict(intervals, default=None, return_dtype=pl.Float64()).cast(pl.Int64)
    return typed, pl.col(taken) * times, f" x the number of `{typed.header('billing_interval')}` in a year"


def _add_currency(typed: Typed, taken: str, takes: pl.Series) -> Typed:
    """The currency that the header or the cells of a money column name, in the rows that it is taken in."""
    header = typed.header(taken)
    unit = currency_code(unit_of(header) or "")
    named = typed.frame.get_column(CURRENCY + taken, default=None)
    if unit:
        currency, where = pl.repeat(unit, typed.frame.height, eager=True), "the header"
    elif named is not None and named.is_not_null().any():
        currency, where = named, "the cells"
    else:
        return typed
    currency = currency.zip_with(takes, pl.Series([None], dtype=pl.String()))
    earlier = [pl.col("currency")] if "currency" in typed.frame.columns else []
    typed = typed.with_columns(pl.coalesce(*earlier, pl.lit(currency)).alias("currency"))
    names = " and ".join(sorted(currency.drop_nulls().unique()))
    return typed.noting(f"currency {names} by {where} of `{header}` in {labels(typed.tables)}")


def _no_seats(typed: Typed) -> Typed:
    """Nought seats of an account are not known seats, and told by line; a subscription, of extras, may have none."""
    if "seats" not in typed.fields or "subscription_id" in typed.fields:
        return typed
    none = (typed.frame["seats"] == 0).fill_null(value=False)
    typed = typed.fault(none, "seats", "no number of seats") if none.any() else typed
    return typed.with_columns(typed.frame["seats"].set(none, None))


def _add_term(typed: Typed) -> Typed:
    """The day a term ends, on which it may be renewed: what is called a churn or a cancellation date is no such day."""
    is_term = "end_date" in typed.fields and squeeze(typed.header("end_date")) in TERM_ENDS
    day = pl.col("end_date") if is_term else pl.lit(None, dtype=pl.Date())
    if is_term and "renewal_date" not in typed.fields:
        text = f"renewal date from `{typed.header('end_date')}` of {labels(typed.tables)}, which has no other"
        typed = typed.noting(text)
    return typed.with_columns(day.alias("term_end"))


def _add_keys(typed: Typed) -> Typed:
    """All keys of an account whose ids the export joins in one cell; the first is its id."""
    joined = typed.preset.joined if typed.preset else None
    if joined is None or "account_id" not in typed.fields:
        return typed
    keys = pl.col("account_id").str.split(joined).list.eval(pl.element().str.strip_chars())
    keys = keys.list.eval(pl.element().filter(pl.element() != ""))
    return typed.with_columns(aliases=keys, account_id=keys.list.first())


def _keep_custom(typed: Typed, options: ReadOptions) -> Typed:
    """Columns that are no field of csq's: typed as the playbook declares them, else text."""
    declared = {squeeze(name): (name, kind) for name, kind in options.custom.items()}
    kept: dict[str, tuple[int, Kind]] = {}
    # A column that is named like a fact is not that fact: csq measures its own.
    taken = {*COLUMNS, *(known.name for known in ACCOUNTS), *ROW}
    read = {*typed.fields.values()}
    for index, header in enumerate(typed.tables[0].header):
        if index in read or not squeeze(header):
            continue
        plain = re.sub(r"[\W_]+", "_", header.casefold()).strip("_")
        name, kind = declared.get(squeeze(header), (plain, Kind.TEXT))
        if name not in taken and name not in kept and not event_kind(name):
            kept[name] = index, kind
    typed = typed.replace(fields={**typed.fields, **{name: index for name, (index, _) in kept.items()}})
    texts = read_texts(typed.text[column(index)] for index, kind in kept.values() if kind is Kind.TEXT)
    columns = []
    for name, (index, kind) in kept.items():
        cells = next(texts) if kind is Kind.TEXT else None
        found = read_column(typed, name, _CELLS.get(kind, Cell.TEXT), column(index), options, cells)
        columns.append(found._replace(values=found.values.cast(DTYPES[kind])) if kind is not Kind.TEXT else found)
    return typed.adding(columns).replace(custom=tuple(kept))


def _told_twice(several: pl.DataFrame, typed: Typed) -> InputError:
    one, other = several.sort("account_id", FILE, LINE).head(2).iter_rows(named=True)
    return InputError(
        f"account `{one['account_id']}` is told in two ways, on line {one[LINE]:,} of `{one[FILE]}` and line "
        f"{other[LINE]:,} of `{other[FILE]}`",
        details=tuple(_differing(typed, one[_AT], other[_AT])),
        location=Location(label=one[FILE], line=one[LINE]),
        hint='keep one row per account, or name the column of its contracts: `--column subscription_id="HEADER"`',
    )


def _differing(typed: Typed, one: int, other: int) -> Iterator[str]:
    """The columns in which two rows differ; what stands in one of the user's own is nobody's business."""
    own = {typed.fields[name] for name in typed.custom}
    for place, header in enumerate(typed.tables[0].header):
        cells = typed.text[column(place)]
        if cells[one] != cells[other]:
            shown = " and ".join(f"`{masked(cells[at] or '')}`" for at in (one, other))
            yield f"`{header}` differs" + ("" if place in own else f": {shown}")
