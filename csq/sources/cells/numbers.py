"""Numbers as people and tools write them: thousands in every style, currencies, signs, multipliers, percent.

A column has one decimal mark: told, or proved by its own cells. A cell proves nothing when it reads
both ways, as `1,234` does; where no cell proves anything and some read both ways, it is `Ambiguous`.
"""

from typing import Literal

import polars as pl

from csq.regex import regex
from csq.schema import collect
from csq.sources.cells.values import FEW, Ambiguous, Cells, nowhere, per_distinct, tidied

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
_TIMES = {
    "k": 1e3, "thousand": 1e3, "tsd": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9,
    "bn": 1e9, "billion": 1e9, "mrd": 1e9,
}  # fmt: skip
_CELL = (
    rf"^(?P<open>\()? ?(?P<sign>[+-])? ?(?P<before>{_CURRENCY})? ?(?P<inner>[+-])? ?"
    r"(?P<body>[0-9][0-9.,' \u2019]*|[.,][0-9]+)"
    r"(?P<power>[eE][+-]?[0-9]{1,3})? ?(?P<times>(?i:" + "|".join(sorted(_TIMES, key=len, reverse=True)) + r"))?\.? ?"
    rf"(?P<percent>%)? ?(?P<after>{_CURRENCY})? ?(?P<trailing>-)? ?(?P<close>\))?$"
)

_GROUPED = r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:['\u2019][0-9]{3})+"
"""Thousands set apart by what is a decimal mark nowhere."""
_INDIAN = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
_SHAPES = {
    ".": rf"^(?:[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+|{_INDIAN}|{_GROUPED})?(?:\.[0-9]*)?$",
    ",": rf"^(?:[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}})+|{_GROUPED})?(?:,[0-9]*)?$",
}

_PLAIN = regex(r"|-?[0-9]{1,15}(\.[0-9]*)?")
"""Nothing, or a number that reads one way where a cell of its column fits the next pattern, or none has a point."""
_DIGIT = regex(r"[0-9]")
_POINT = regex(r"-?(0\.[0-9]+|[0-9]{4,}\.[0-9]+|[0-9]+\.([0-9]{0,2}|[0-9]{4,}))")


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
    return per_distinct(text, lambda distinct: _numbers(distinct, decimal, whole=whole))


def _numbers(text: pl.Series, decimal: DecimalMark | None, *, whole: bool) -> Cells:
    cell = pl.col("cell")
    if len(text) < FEW and (found := _plain_numbers(text, decimal)):
        return found
    is_plain = cell.str.contains(r"^-?[0-9]{1,15}$").all()
    cells = collect(tidied(text).select("cell", number=cell.cast(pl.Float64, strict=False), is_plain=is_plain))
    if cells["is_plain"].all():
        return Cells(cells["number"], nowhere(len(text)))
    if len(text) < FEW and not any(map(_DIGIT.search, cells["cell"].drop_nulls().to_list())):
        # Not the numbers that were cast: polars takes `inf` for one.
        return Cells(pl.Series([None] * len(text), dtype=pl.Float64()), cells["cell"].is_not_null())
    # All the dashes that stand for a minus.
    groups = cell.str.replace_all("[\u2010-\u2015\u2212]", "-").str.extract_groups(_CELL)
    is_marked = pl.col("before").is_not_null() | pl.col("after").is_not_null()
    parts = collect(
        cells.lazy()
        .select(groups)
        .unnest("cell")
        .with_columns(pl.col("body").str.strip_chars(), currency=pl.coalesce(_code("after"), _code("before")))
        .with_columns(loose=is_marked & ~pl.col("currency").is_in(_THREE_PLACES).fill_null(value=False))
    )
    currency = parts["currency"]
    try:
        mark = _settle_decimal(parts["body"], parts["power"].is_not_null(), money=parts["loose"], whole=whole)
    except Ambiguous:
        if currency.drop_nulls().n_unique() > 1:
            return _by_currency(text, currency, decimal, whole=whole)
        if decimal is None:
            raise
        mark = decimal
    choice = f"decimal mark `{mark}`" if mark and mark != decimal else None
    read = collect(
        parts.hstack(cells[["cell"]])
        .lazy()
        .select("cell", _value(mark or "."))
        .with_columns(pl.when(pl.col("value").is_finite()).then("value"))
        .with_columns(unreadable=pl.col("cell").is_not_null() & pl.col("value").is_null())
    )
    return Cells(read["value"], read["unreadable"], choice, currency)


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


def _by_currency(text: pl.Series, currency: pl.Series, decimal: DecimalMark | None, *, whole: bool) -> Cells:
    """Amounts in several currencies, each written in a style of its own: `$1,234.50` and `€1.234,50`."""
    values = pl.Series([None] * len(text), dtype=pl.Float64())
    unreadable = nowhere(len(text))
    for code in currency.unique().sort(nulls_last=True):
        rows = currency.is_null() if code is None else (currency == code).fill_null(value=False)
        places = rows.arg_true()
        try:
            cells = _numbers(text.gather(places), decimal, whole=whole)
        except Ambiguous as question:
            told = tuple(int(places[row]) for row in question.rows)
            raise Ambiguous(question.question, question.flag, told) from None
        values, unreadable = values.scatter(places, cells.values), unreadable.scatter(places, cells.unreadable)
    return Cells(values, unreadable, "the decimal mark of each currency", currency)


_KNOWN = {code: code for code in CODES.split()} | {sign.upper(): code for sign, code in SIGNS.items()}


def currency_code(mark: str) -> str | None:
    """The currency that a code or sign stands for; None where it stands for none, or for several."""
    return _KNOWN.get(mark.upper())


def _code(name: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase().replace_strict(_KNOWN, default=None, return_dtype=pl.String()).alias(name)


def _value(mark: str) -> pl.Expr:
    """The number in the parts of a cell; null where they do not make one."""
    body, other = pl.col("body"), "," if mark == "." else "."
    plain = body.str.replace_all(rf"[{other} '\u2019]", "").str.replace(mark, ".", literal=True)
    number = pl.when(body.str.contains(_SHAPES[mark])).then(plain + pl.col("power").fill_null(""))
    signs = pl.sum_horizontal(pl.col(name).is_not_null() for name in ("open", "sign", "inner", "trailing"))
    minus = pl.any_horizontal(
        pl.col("open").is_not_null(),
        pl.col("trailing").is_not_null(),
        *(pl.col(name) == "-" for name in ("sign", "inner")),
    )
    sound = (signs <= 1) & (pl.col("open").is_null() == pl.col("close").is_null())
    times = pl.col("times").str.to_lowercase().replace_strict(_TIMES, default=1.0, return_dtype=pl.Float64())
    value = number.cast(pl.Float64, strict=False) * times
    return pl.when(sound).then(pl.when(minus.fill_null(value=False)).then(-value).otherwise(value)).alias("value")


def _settle_decimal(body: pl.Series, power: pl.Series, *, money: pl.Series, whole: bool) -> DecimalMark | None:
    """The decimal mark that the column's own cells prove; None when no cell has a mark.

    A cell proves its mark unless it reads both ways: one mark, one to three digits before it (not a
    lone zero) and exactly three after it. An amount of money has no thousandths, so there such a
    cell proves that its mark sets thousands apart; so it does among whole numbers, unless it is `1.000`.
    """

    def hits(pattern: str) -> pl.Expr:
        return pl.col("body").str.contains(pattern).fill_null(value=False)

    decimals = r"([0-9]{0,2}|[0-9]{4,})"
    tests = {"bare": ~hits(r"[.,]000$")}
    for mark, dot, other in ((".", r"\.", ","), (",", ",", r"\.")):
        proof = hits(
            rf"^[0-9]{{1,3}}({other}[0-9]{{3}})+{dot}[0-9]*$|^[0-9]*{dot}{decimals}$|^0?{dot}[0-9]+$"
            rf"|^[0-9]{{4,}}{dot}[0-9]+$|^[0-9]{{1,3}}({other}[0-9]{{3}}){{2,}}$|^({_GROUPED}){dot}[0-9]*$"
        )
        if mark == ".":
            proof |= hits(rf"^{_INDIAN}(\.[0-9]*)?$")
        loose = hits(rf"^[0-9]{{1,3}}{other}[0-9]{{3}}$") & ~hits(rf"^0{other}") & ~pl.col("power")
        tests[mark] = proof | (hits(dot) & pl.col("power")) | (loose & pl.col("money"))
        tests["open" + mark] = loose & ~pl.col("money")
    proofs = pl.DataFrame({"body": body, "power": power, "money": money}).select(**tests)
    point, comma = proofs["."].arg_true().to_list(), proofs[","].arg_true().to_list()
    if whole and not point and not comma:
        # `1.000` may be a one, written with three decimals; `1.234` is no whole number that way.
        point, comma = ((proofs["open" + mark] & proofs["bare"]).arg_true().to_list() for mark in (".", ","))
    if point and comma:
        raise Ambiguous("has both decimal points and decimal commas", "--decimal ,|.", (point[0], comma[0]))
    open_cells = (proofs["open."] | proofs["open,"]).arg_true().to_list()
    if open_cells and not point and not comma:
        raise Ambiguous("reads as thousands or as decimals", "--decimal ,|.", (open_cells[0],))
    return "." if point else "," if comma else None
