"""Numbers as people and tools write them: thousands in every style, currencies, signs, multipliers, percent.

A column has one decimal mark: told, or proved by its own cells. A cell proves nothing when it reads
both ways, as `1,234` does; where no cell proves anything and some read both ways, it is `Ambiguous`.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import polars as pl

from csq.regex import regex
from csq.schema import collect
from csq.sources.cells.values import (
    FEW,
    Ambiguous,
    Cells,
    are_worth_it,
    at_once,
    nowhere,
    or_question,
    per_distinct,
    tidied,
    together,
)

DecimalMark = Literal[".", ","]
MARKS: tuple[DecimalMark, ...] = (",", ".")

CODES = (
    "AED AFN ALL AMD ARS AUD AZN BAM BDT BGN BHD BOB BRL BWP BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ETB EUR "
    "FJD GBP GEL GHS GTQ HKD HNL HRK HUF IDR ILS INR IQD ISK JMD JOD JPY KES KRW KWD KZT LBP LKR MAD MDL MKD MMK MNT "
    "MOP MUR MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SEK SGD THB TND "
    "TRY TTD TWD TZS UAH UGX USD UYU UZS VND XAF XOF ZAR ZMW"
)
"""ISO 4217 codes of currencies that contracts are written in."""
SIGNS = {
    "US$": "USD", "AU$": "AUD", "A$": "AUD", "CA$": "CAD", "C$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₽": "RUB",
    "฿": "THB", "₫": "VND", "₴": "UAH", "₦": "NGN", "₱": "PHP", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip
"""What a sign means. `¥`, `kr`, `Fr` and `Rs` stand for several currencies: they are passed over and name none."""
_THREE_PLACES = ("BHD", "IQD", "JOD", "KWD", "OMR", "TND")
"""Currencies written with three decimals, where `1,234` proves nothing."""

_CURRENCY = (
    "(?i:" + CODES.replace(" ", "|") + ")|"
    + "|".join(sign.replace("$", r"\$") for sign in SIGNS)
    + r"|\p{Sc}|(?i:kr|fr|rs)\.?"
)  # fmt: skip
_FACTORS = {
    "k": 1e3, "thousand": 1e3, "tsd": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9,
    "bn": 1e9, "billion": 1e9, "mrd": 1e9,
}  # fmt: skip
_CELL = (
    rf"^(?P<open>\()? ?(?P<sign>[+-])? ?(?P<before>{_CURRENCY})? ?(?P<inner>[+-])? ?"
    r"(?P<body>[0-9][0-9.,' \u2019]*|[.,][0-9]+)"
    r"(?P<power>[eE][+-]?[0-9]{1,3})? ?(?P<times>(?i:" + "|".join(sorted(_FACTORS, key=len, reverse=True)) + r"))?\.? ?"
    rf"(?P<percent>%)? ?(?P<after>{_CURRENCY})? ?(?P<trailing>-)? ?(?P<close>\))?$"
)

_GROUPED = r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:['\u2019][0-9]{3})+"
"""Thousands set apart by what is a decimal mark nowhere."""
_INDIAN = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
_SHAPES = {
    ".": rf"^(?:[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+|{_INDIAN}|{_GROUPED})?(?:\.[0-9]*)?$",
    ",": rf"^(?:[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}})+|{_GROUPED})?(?:,[0-9]*)?$",
}

_PLAIN = regex(r"|-?[0-9]{1,15}(\.[0-9]{0,300})?")
"""Nothing, or a number that reads one way where a cell of its column fits the next pattern, or none has a point."""
_POINT = regex(r"-?(0\.[0-9]+|[0-9]{4,}\.[0-9]+|[0-9]+\.([0-9]{0,2}|[0-9]{4,}))")
LONGEST = 400
"""Bytes of a cell up to which it may be a number: the largest there is has 309 digits."""


def read_number(text: pl.Series, *, decimal: DecimalMark | None = None, whole: bool = False) -> Cells:
    """Numbers with currency, thousands marks, `(500)`, `500-`, `1.2k`; `62.5%` is 62.5.

    Args:
        text: The cells.
        decimal: The decimal mark, where it is told: that of cells that prove none, or two.
        whole: The numbers count things, so that `1,234` cannot be one and a bit.

    Raises:
        Ambiguous: None is told, and every telling cell has one mark and three digits after it (`1,234`), or the
            column mixes decimal comma and decimal point.
    """
    if len(text) < FEW and (found := _plain_numbers(text, decimal)):
        return found
    return per_distinct(text, lambda distinct: _settled(_parsed(distinct), decimal, whole=whole))


def _plain_numbers(text: pl.Series, decimal: DecimalMark | None) -> Cells | None:
    """Cells that say plainly what number they are, without a query, which takes longer; None if one does not."""
    cells = text.to_list()
    if text.null_count() or not all(map(_PLAIN.fullmatch, cells)):
        return None
    has_point = any("." in cell for cell in cells)
    if has_point and not any(map(_POINT.fullmatch, cells)):
        return None
    choice = "decimal mark `.`" if has_point and decimal != "." else None
    return Cells(text.cast(pl.Float64, strict=False), nowhere(len(text)), choice)


def read_numbers(columns: Iterable[pl.Series], *, decimal: DecimalMark | None = None) -> Iterator[Cells | Ambiguous]:
    """Read each column as `read_number` does, or what it leaves open; of many short ones each distinct text once."""
    for some in together(columns):
        if are_worth_it(some):
            yield from (or_question(_settled, cells, decimal, whole=False) for cells in at_once(some, _parsed))
        else:
            yield from (or_question(read_number, column, decimal=decimal) for column in some)


def _settled(cells: pl.DataFrame, decimal: DecimalMark | None, *, whole: bool) -> Cells:
    """The numbers of a column of parsed cells, by the decimal mark that they prove, else by the one that is told."""
    currency = cells["currency"]
    try:
        mark = _decimal_mark(cells, whole=whole)
    except Ambiguous:
        if currency.drop_nulls().n_unique() > 1:
            return _by_currency(cells, decimal, whole=whole)
        if decimal is None:
            raise
        mark = decimal
    choice = f"decimal mark `{mark}`" if mark and mark != decimal else None
    return Cells(cells[mark or "."], cells["lost" + (mark or ".")], choice, currency)


def _by_currency(cells: pl.DataFrame, decimal: DecimalMark | None, *, whole: bool) -> Cells:
    """Amounts in several currencies, each written in a style of its own: `$1,234.50` and `€1.234,50`."""
    currency = cells["currency"]
    found = []
    for code in currency.unique().sort(nulls_last=True):
        places = currency.eq_missing(code).arg_true()
        try:
            read = _settled(cells[places], decimal, whole=whole)
        except Ambiguous as question:
            told = tuple(int(places[row]) for row in question.rows)
            raise Ambiguous(question.question, question.flag, told) from None
        found.append(pl.DataFrame({"place": places, "values": read.values, "unreadable": read.unreadable}))
    told_apart = pl.concat(found).sort("place")
    return Cells(told_apart["values"], told_apart["unreadable"], "the decimal mark of each currency", currency)


_KNOWN = {code: code for code in CODES.split()} | {sign.upper(): code for sign, code in SIGNS.items()}


def currency_code(mark: str) -> str | None:
    """The currency that a code or sign stands for; None where it stands for none, or for several."""
    return _KNOWN.get(mark.upper())


def _code(name: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase().replace_strict(_KNOWN, default=None, return_dtype=pl.String()).alias(name)


def _parsed(text: pl.Series) -> pl.DataFrame:
    """What each cell says by itself, whatever stands beside it in its column.

    Its `currency`, and for each decimal mark the number by it (`.`, `,`), whether what is told is none (`lost.`),
    whether the cell proves that mark (`proves.`), may be read by it (`open.`), and among whole numbers (`whole.`).

    A cell proves its mark unless it reads both ways: one mark, one to three digits before it (not a
    lone zero) and exactly three after it. An amount of money has no thousandths, so there such a
    cell proves that its mark sets thousands apart; so it does among whole numbers, unless it is `1.000`.
    """
    cell = pl.col("cell")
    is_short = cell.str.len_bytes() <= LONGEST
    plain = pl.when(cell.str.contains(r"^-?[0-9]{1,15}$")).then(cell)
    # All the dashes that stand for a minus.
    dashed = pl.when(plain.is_null() & is_short).then(cell).str.replace_all("[\u2010-\u2015\u2212]", "-")
    groups = dashed.str.extract_groups(_CELL)
    is_marked = pl.col("before").is_not_null() | pl.col("after").is_not_null()
    has_cents = ~pl.col("currency").is_in(_THREE_PLACES).fill_null(value=False)
    parts = (
        tidied(text)
        .select(groups.alias("cell"), is_told=cell.is_not_null(), plain=plain.cast(pl.Float64))
        .unnest("cell")
        .with_columns(pl.col("body").str.strip_chars(), currency=pl.coalesce(_code("after"), _code("before")))
        .with_columns(times=_times(), is_money=is_marked & has_cents)
    )
    values = {mark: pl.coalesce("plain", _value(mark)) for mark in MARKS}
    lost = {"lost" + mark: pl.col("is_told") & pl.col(mark).is_null() for mark in MARKS}
    flags = {**_proofs("."), **_proofs(",")}
    return collect(parts.select("is_told", "currency", **values, **flags).with_columns(**lost).drop("is_told"))


def _times() -> pl.Expr:
    """What the digits of a cell are multiplied by, for its sign and its `k` or `bn`; null where signs clash."""
    signs = pl.sum_horizontal(pl.col(name).is_not_null() for name in ("open", "sign", "inner", "trailing"))
    minus = pl.any_horizontal(
        pl.col("open").is_not_null(),
        pl.col("trailing").is_not_null(),
        *(pl.col(name) == "-" for name in ("sign", "inner")),
    )
    sound = (signs <= 1) & (pl.col("open").is_null() == pl.col("close").is_null())
    times = pl.col("times").str.to_lowercase().replace_strict(_FACTORS, default=1.0, return_dtype=pl.Float64())
    return pl.when(sound).then(pl.when(minus.fill_null(value=False)).then(-times).otherwise(times))


def _value(mark: DecimalMark) -> pl.Expr:
    """The number in the parts of a cell; null where they do not make one."""
    body, other = pl.col("body"), "," if mark == "." else "."
    plain = body.str.replace_all(rf"[{other} '\u2019]", "").str.replace(mark, ".", literal=True)
    number = pl.when(body.str.contains(_SHAPES[mark])).then(plain + pl.col("power").fill_null(""))
    value = number.cast(pl.Float64, strict=False) * pl.col("times")
    return pl.when(value.is_finite()).then(value)


def _proofs(mark: DecimalMark) -> dict[str, pl.Expr]:
    """Whether a cell proves a decimal mark, is open to it, or is so among whole numbers alone."""
    dot, other = (r"\.", ",") if mark == "." else (",", r"\.")

    def hits(pattern: str) -> pl.Expr:
        return pl.col("body").str.contains(pattern).fill_null(value=False)

    decimals = r"([0-9]{0,2}|[0-9]{4,})"
    proof = hits(
        rf"^[0-9]{{1,3}}({other}[0-9]{{3}})+{dot}[0-9]*$|^[0-9]*{dot}{decimals}$|^0?{dot}[0-9]+$"
        rf"|^[0-9]{{4,}}{dot}[0-9]+$|^[0-9]{{1,3}}({other}[0-9]{{3}}){{2,}}$|^({_GROUPED}){dot}[0-9]*$"
    )
    if mark == ".":
        proof |= hits(rf"^{_INDIAN}(\.[0-9]*)?$")
    has_power, is_money = pl.col("power").is_not_null(), pl.col("is_money")
    loose = hits(rf"^[0-9]{{1,3}}{other}[0-9]{{3}}$") & ~hits(rf"^0{other}") & ~has_power
    return {
        "proves" + mark: proof | (hits(dot) & has_power) | (loose & is_money),
        "open" + mark: loose & ~is_money,
        # `1.000` may be a one, written with three decimals; `1.234` is no whole number that way.
        "whole" + mark: loose & ~is_money & ~hits(r"[.,]000$"),
    }


def _decimal_mark(cells: pl.DataFrame, *, whole: bool) -> DecimalMark | None:
    """The decimal mark that the parsed cells of a column prove; None when no cell has a mark. Raises Ambiguous."""

    def first(what: str) -> int | None:
        return cells[what].arg_max() if cells[what].any() else None

    point, comma = first("proves."), first("proves,")
    if whole and point is None and comma is None:
        point, comma = first("whole."), first("whole,")
    if point is not None and comma is not None:
        raise Ambiguous("has both decimal points and decimal commas", "--decimal ,|.", (point, comma))
    if point is None and comma is None:
        ways = [row for row in (first("open."), first("open,")) if row is not None]
        if ways:
            raise Ambiguous("reads as thousands or as decimals", "--decimal ,|.", (min(ways),))
    return "." if point is not None else "," if comma is not None else None
