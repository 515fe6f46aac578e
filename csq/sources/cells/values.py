"""Text to values, a column at a time, by rules that are told or that the column itself settles.

Each reader takes a Series of text and returns a `Cells`: the values, null where a cell is blank or
unreadable, and a mask of the unreadable ones. What a column leaves open (day or month first,
decimal comma or point) is an `Ambiguous`, which the caller turns into an error with file and line:
nothing is guessed. Numbers are read in `numbers`, dates in `dates`; what they share is here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, ParamSpec, TypeAlias, TypeVar

import polars as pl

from csq.schema import collect

_Given = ParamSpec("_Given")
_Read = TypeVar("_Read")
Step: TypeAlias = Callable[[pl.Expr], pl.Expr]
"""What is done to the cells of a column."""

BLANKS = ("", "-", "--", "n/a", "na", "#n/a", "null", "none", "nan", "(none)", "(blank)", "(not set)")
"""Cells that mean "nothing here", lower-cased."""

MISSING_IDS = ("na", "null", "none", "nan")
"""Of `BLANKS` those that may be ids: NA is Namibia's code. Whether one is shows where files are joined."""

ERROR = (
    r"^#(REF|VALUE|DIV/0|NAME|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|EXTERNAL|PYTHON|ERROR)[!?]$"
    r"|^#GETTING_DATA$|^Err:5[0-9]{2}$|^#(FORMULA|MERGED)! "
)
"""Cells in which a spreadsheet has no value to show. `#N/A` is how many of them write a blank."""

_UNUSUAL = r"""[^ -~]|^ | $|  |["'=#`]|^Err:"""
"""What a cell holds where it is to be made plain, or shows a spreadsheet's error."""

_CHANGED = rf"{_UNUSUAL}|^(?i:{'|'.join(map(re.escape, BLANKS))})$"
"""That, or a word for nothing."""

FEW = 1000
"""Under so many cells it does not pay to read each distinct text once."""
_MANY = 1 << 18
"""Cells that are read together: more would hold more memory, and take as long."""
_FIRST = 100
"""Cells of a longer column that are looked at before all of them."""


@lru_cache(maxsize=4096)
def squeeze(header: str) -> str:
    """Letters and digits of a header or a name, lower-cased: what `Account ID`, `account_id` and `AccountId` share."""
    return re.sub(r"[\W_]+", "", header.casefold())


class Cells(NamedTuple):
    """A column read: `values`, and where it could not be (`unreadable`, same length)."""

    values: pl.Series
    unreadable: pl.Series
    choice: str | None = None
    """The convention the column settled, in words, when there was one to settle."""
    currency: pl.Series | None = None
    """Of money: the currency code that a cell itself names, else null."""


@dataclass(eq=False)  # not frozen: a context manager on its way out puts the traceback into it
class Ambiguous(Exception):
    """A column that fits two conventions, or mixes them. `rows` are positions that show it."""

    question: str
    flag: str
    rows: tuple[int, ...]


def per_distinct(text: pl.Series, read: Callable[[pl.Series], Cells]) -> Cells:
    """Read each distinct text of a long column once. Same result as `read(text)`, positions of `Ambiguous` too."""
    if len(text) < FEW:
        return read(text)
    distinct = text.unique(maintain_order=True)
    if len(distinct) * 2 > len(text):
        return read(text)
    try:
        cells = read(distinct)
    except Ambiguous as question:
        rows = tuple(text.index_of(distinct[row]) or 0 for row in question.rows)
        raise Ambiguous(question.question, question.flag, rows) from None
    parts = {"text": distinct, "values": cells.values, "unreadable": cells.unreadable}
    if cells.currency is not None:
        parts["currency"] = cells.currency
    found = with_text(text, pl.DataFrame(parts))
    currency = found["currency"] if cells.currency is not None else None
    return Cells(found["values"], found["unreadable"], cells.choice, currency)


def with_text(text: pl.Series, known: pl.DataFrame) -> pl.DataFrame:
    """What is known of each distinct `text`, for every cell."""
    return text.to_frame("text").join(known, on="text", how="left", maintain_order="left", nulls_equal=True)


def together(columns: Iterable[pl.Series]) -> Iterator[list[pl.Series]]:
    """Columns that are read together, so many that the cells pay for a query."""
    some, cells = list[pl.Series](), 0
    for column in columns:
        some.append(column)
        cells += len(column)
        if cells >= _MANY:
            yield some
            some, cells = [], 0
    if some:
        yield some


def or_question(read: Callable[_Given, _Read], *given: _Given.args, **more: _Given.kwargs) -> _Read | Ambiguous:
    """What is read of a column, or what it leaves open."""
    try:
        return read(*given, **more)
    except Ambiguous as question:
        return question


def at_once(columns: Sequence[pl.Series], parse: Callable[[pl.Series], pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """What `parse` finds in the cells of each column, below each other and each distinct text once."""
    text = below(columns)
    distinct = text.unique(maintain_order=True)
    known = with_text(text, parse(distinct).with_columns(text=distinct))
    return (known[place] for place in places_of(columns))


def below(columns: Iterable[pl.Series]) -> pl.Series:
    """The cells of columns, below each other."""
    return pl.concat((column.rename("text") for column in columns), rechunk=True)


def places_of(columns: Iterable[pl.Series]) -> Iterator[slice]:
    """Where each column stands, when they are below each other."""
    start = 0
    for column in columns:
        yield slice(start, start := start + len(column))


def are_worth_it(columns: Sequence[pl.Series]) -> bool:
    """Whether columns are read sooner at once than each by itself: several, and not tiny ones."""
    return len(columns) > 1 and sum(map(len, columns)) >= FEW


_INVISIBLE = (
    r"[\u{00AD}\u{034F}\u{061C}\u{115F}\u{1160}\u{17B4}\u{17B5}\u{180E}\u{200B}-\u{200F}\u{202A}-\u{202E}"
    r"\u{2060}-\u{206F}\u{FEFF}\u{FFA0}]"
)
_CONTROL = r"[\x00-\x08\x0E-\x1F\x7F]"


def tidy(text: pl.Series) -> pl.Series:
    """Compatibility forms, odd blanks and invisible characters made plain; null where blank. Case is kept.

    What keeps a spreadsheet from running or rounding a cell, `'=x`, `'00123` and `="00123"`, is taken off.
    """
    return collect(tidied(text))["cell"].rename(text.name)


def tidy_together(columns: Iterable[pl.Series]) -> Iterator[pl.Series]:
    """Make columns tidy, many short ones in one go."""
    for some in together(columns):
        cells = tidy(below(some))
        yield from (cells[place] for place in places_of(some))


def tidied(text: pl.Series) -> pl.LazyFrame:
    """The same as one column `cell`, to be read in the same query: a small column costs as much as a query does."""
    return _in_steps(text, *([_plain(text)] if _has(text, _UNUSUAL) else ()), _without_blanks)


@lru_cache(maxsize=16)
def nowhere(length: int) -> pl.Series:
    """A mask that holds nowhere; the same for all columns of a length, and never to be written into."""
    return pl.Series([False]).new_from_index(0, length)


def _in_steps(text: pl.Series, *steps: Step) -> pl.LazyFrame:
    cells = text.to_frame("cell").lazy()
    for step in steps:
        cells = cells.select(cell=step(pl.col("cell")))
    return cells


def _has(text: pl.Series, pattern: str) -> bool:
    """Whether a pattern fits a cell of a column; mostly the first ones tell."""
    is_short = len(text) < FEW  # a query takes longer than looking at so few
    first = text if is_short else text.head(_FIRST)
    if any(map(re.compile(pattern).search, [cell for cell in first.to_list() if cell is not None])):
        return True
    return not is_short and bool(text.str.contains(pattern).any())


def _plain(text: pl.Series) -> Step:
    """What makes the cells of a column plain; only where one is not ASCII its forms are looked at."""

    def step(cell: pl.Expr) -> pl.Expr:
        if not _is_ascii(text):
            cell = cell.str.normalize("NFKC").str.replace_all(_INVISIBLE, "")
        cell = cell.str.replace_all(r"\s+", " ").str.strip_chars()
        return cell.str.replace(r"^'([=+\-@].*|\d+)$", "$1").str.replace(r'^="(.*)"$', "$1")

    return step


def _is_ascii(text: pl.Series) -> bool:
    if len(text) < FEW:  # a query takes longer than looking at so few
        return all(cell is None or cell.isascii() for cell in text.to_list())
    return bool(pl.select((pl.lit(text).str.len_bytes() == pl.lit(text).str.len_chars()).all()).item())


def _without_blanks(cell: pl.Expr) -> pl.Expr:
    """Null where a cell says that it is empty."""
    return pl.when(~cell.str.strip_chars().str.to_lowercase().is_in(BLANKS)).then(cell)


def read_text(text: pl.Series) -> Cells:
    """Names, notes, words: any text is readable but a spreadsheet's error."""
    return _read_plain(text, lambda distinct: (_plain(distinct), _without_blanks))


def read_texts(columns: Iterable[pl.Series]) -> Iterator[Cells]:
    """Read each column as `read_text` does, many short ones in one go."""
    for some in together(columns):
        text = below(some)
        read = read_text(text) if _has(text, _CHANGED) else None
        for column, place in zip(some, places_of(some), strict=True):
            here = (read.values[place], read.unreadable[place]) if read else (column, nowhere(len(column)))
            yield Cells(*here)


def _read_plain(text: pl.Series, steps: Callable[[pl.Series], Sequence[Step]]) -> Cells:
    """A column as it stands where its cells are plain, as most are; else each distinct one is read in steps."""
    if not _has(text, _CHANGED):
        return Cells(text, nowhere(len(text)))
    return per_distinct(text, lambda distinct: _without_errors(distinct, *steps(distinct)))


def _without_errors(text: pl.Series, *steps: Step) -> Cells:
    """A column after each step in turn, of which plain cells need the last alone."""
    if not _has(text, _UNUSUAL):
        return Cells(collect(_in_steps(text, steps[-1]))["cell"], nowhere(len(text)))
    is_error = pl.col("cell").str.contains(ERROR).fill_null(value=False)
    column = _in_steps(text, *steps).with_columns(error=is_error)
    cells = collect(column.with_columns(pl.when(~pl.col("error")).then("cell")))
    return Cells(cells["cell"], cells["error"])


def read_id(text: pl.Series) -> Cells:
    """Ids: an apostrophe or quotes that only keep a spreadsheet from reading one as a number are no part of it.

    `NA`, `None` and `null` are left as they stand.
    """
    return _read_plain(text, _id_steps)


def _id_steps(text: pl.Series) -> Sequence[Step]:
    # In a note a control character is left to who prints it, as a stand-in that is seen; in an id nobody meant it.
    def bare(cell: pl.Expr) -> pl.Expr:
        return cell.str.replace_all(_CONTROL, "")

    def unquoted(cell: pl.Expr) -> pl.Expr:
        cell = cell.str.replace(r"^['\u{2018}\u{2019}`]([\w-]*\d[\w-]*)$", "$1")
        return cell.str.replace(r'^"([^"]*)"$', "$1")

    def without_blanks(cell: pl.Expr) -> pl.Expr:
        return pl.when(_may_be_id(cell)).then(cell).otherwise(_without_blanks(cell))

    return bare, _plain(text), unquoted, without_blanks


def may_be_id(text: pl.Series) -> pl.Series:
    """Which cells hold a word for nothing that may be an id."""
    if len(text) < FEW:
        return pl.Series([(cell or "").lower() in MISSING_IDS for cell in text.to_list()], dtype=pl.Boolean())
    return pl.select(_may_be_id(pl.lit(text))).to_series()


def _may_be_id(cell: pl.Expr) -> pl.Expr:
    return cell.str.to_lowercase().is_in(MISSING_IDS).fill_null(value=False)


_YES_NO = dict.fromkeys(("yes", "y", "true", "t", "1", "1.0", "x"), True) | dict.fromkeys(
    ("no", "n", "false", "f", "0", "0.0"), False
)


def read_bool(text: pl.Series) -> Cells:
    """Yes or no, true or false, 1 or 0."""
    value = pl.col("cell").str.to_lowercase().replace_strict(_YES_NO, default=None, return_dtype=pl.Boolean())
    unreadable = pl.col("cell").is_not_null() & pl.col("value").is_null()
    cells = collect(tidied(text).with_columns(value=value).with_columns(unreadable=unreadable))
    return Cells(cells["value"], cells["unreadable"])
