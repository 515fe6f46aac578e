"""Overrides: what a person who knows better says of an account, with the reason, in place of the accounts file.

They change facts of the account as its files tell them. What csq measures and works out, a score or
a quadrant above all, is nobody's to set. A file written by hand is checked whole: the first line
that cannot be used ends the run, because a wish that silently goes nowhere is worse than none.
"""

from collections.abc import Mapping

import polars as pl

from csq.errors import InputError, Location
from csq.roles import Cell
from csq.schema import ACCOUNT, COLUMNS, Column, Kind
from csq.sources.reading.read import LINE, TextTable, column
from csq.sources.roles.context import word
from csq.sources.rows.tables import UNREADABLE, ReadOptions, convert, read_fields
from csq.sources.rows.typed import FILE, Typed
from csq.suggest import near_miss
from csq.terms import Role

REST_UNTIL = "rest_until"
"""The one override that is no fact: the day until which an account is left in peace."""

_FIXED: Mapping[str, str] = {
    "account_id": "it is what the other files know the account by",
    "status": "it decides whether there is such an account at all",
    "currency": "all contract values are in one",
}
"""Columns of the accounts that stay as they are, and why."""
_REST = Column(REST_UNTIL, Kind.DATE, "", "any", "day until which the account rests")
CAN_BE_SET: Mapping[str, Column] = {each.name: each for each in (*ACCOUNT, _REST) if each.name not in _FIXED}
"""What an override may set."""

_CELLS = {
    Kind.TEXT: Cell.TEXT,
    Kind.MONEY: Cell.MONEY,
    Kind.WHOLE: Cell.WHOLE,
    Kind.BOOL: Cell.BOOL,
    Kind.DATE: Cell.DATE,
}
_WORDS: Mapping[str, tuple[str, ...]] = {"fit": ("good", "bad")}
"""Fields that are one of a few words, which the accounts file may write in capitals too."""


def read_overrides(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read overrides: `field`, `after` (the value in plain form: `2026-12-01`, `12000.00`, `true`), `author`, `reason`.

    Raises:
        InputError: A column is missing, or a line sets what cannot be set, or to what it cannot be, or says not why.
    """
    typed = read_fields(tables, Role.OVERRIDES, options).with_all_fields().with_columns(word(pl.col("field")))
    for row in typed.frame.iter_rows(named=True):
        _check(row)
    if typed.faults.height:  # of `expires_on` alone: without its end an override would hold for ever
        file, line, value = typed.faults.select(FILE, LINE, "value").row(0)
        raise _refused(file, line, f"`{value}` is not a date", "write it as 2026-11-16")
    parts = [_valued(typed, name, options) for name in typed.frame["field"].unique(maintain_order=True)]
    values = pl.concat([pl.DataFrame(schema={FILE: pl.String(), LINE: pl.Int64(), "after": pl.String()}), *parts])
    return typed.replace(frame=typed.frame.join(values, on=[FILE, LINE], how="left", maintain_order="left"))


def _check(row: Mapping[str, object]) -> None:
    """Refuse a line that sets what cannot be set, or leaves out what it has to say."""
    name = row["field"]
    for wanted in ("field", "value", "author", "reason"):
        if row[wanted] is None:
            hint = "an override says what is so, who says it and why: account, field, value, author, reason"
            raise _refused(row[FILE], row[LINE], f"no {wanted}", hint)
    assert isinstance(name, str)
    if name in CAN_BE_SET:
        return
    known = f"these can be set: {', '.join(CAN_BE_SET)}"
    if name in _FIXED:
        raise _refused(row[FILE], row[LINE], f"`{name}` cannot be overridden: {_FIXED[name]}", known)
    if name in COLUMNS:
        text = f"`{name}` cannot be overridden: csq works it out, and no score or quadrant is set by hand"
        raise _refused(row[FILE], row[LINE], text, known)
    raise _refused(row[FILE], row[LINE], f"no field `{name}`", near_miss(name, CAN_BE_SET) or known)


def _valued(typed: Typed, name: str, options: ReadOptions) -> pl.DataFrame:
    """The values given to one field, each line's as plain text; read together, as a column of the accounts would be."""
    mask = typed.frame["field"] == name
    mine = typed.replace(text=typed.text.filter(mask), frame=typed.frame.filter(mask))
    text = mine.text[column(mine.fields["value"])]
    cell = _CELLS[CAN_BE_SET[name].kind]
    cells = convert(mine, "value", cell, text, options)
    values, wrong, reason = cells.values, cells.unreadable, UNREADABLE.get(cell, "")
    if name in _WORDS:
        values = values.str.to_lowercase()
        wrong, reason = ~values.is_in(_WORDS[name]), f"it is {' or '.join(_WORDS[name])}"
    elif name == "seats":
        wrong, reason = wrong | (values < 1).fill_null(value=False), "not a whole number of 1 or more"
    for at in wrong.arg_true():
        file, line = mine.frame[FILE][at], mine.frame[LINE][at]
        raise _refused(file, line, f"`{name}` cannot be `{text[at]}`: {reason}", "mend the value, or take the line out")
    return mine.frame.select(FILE, LINE).with_columns(after=values.cast(pl.String()))


def _refused(file: object, line: object, message: str, hint: str) -> InputError:
    assert isinstance(file, str)
    assert isinstance(line, int)
    return InputError(f"an override cannot be used: {message}", location=Location(label=file, line=line), hint=hint)
