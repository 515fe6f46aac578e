"""How a number format makes a number look, as far as that says what the number is.

62.5 % is stored as 0.625, the id 00042 as 42, EUR 120 as 120. Rounding, colours, thousands marks and the words around
an amount change how it looks, not what it is: they are left out, and all digits kept.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from csq.regex import regex
from csq.sources.cells.numbers import currency_code

BUILT_IN = {9: "0%", 10: "0.00%", 17: "mmm-yy"}
"""Codes of the built-in formats that say something. The currency of 5-8 and 42-44 is that of whoever looks."""
_TOKEN = regex(
    r"""\[\$(?P<money>[^\]-]*)(-[^\]]*)?\]|\[(?P<elapsed>[hms]+)\]|\[[^\]]*\]|"(?P<quoted>[^"]*)"|\\(?P<escaped>.)"""
    r"""|[_*].|(?P<digits>[0#?][0#?.,]*)|(?P<end>;)|(?P<plain>.)""",
    re.DOTALL | re.IGNORECASE,
)
_ID = regex(r"(?!0$)([A-Za-z]*[-_]?0)+")
"""Zeros that are always shown, with letters and marks among them: `00000`, `C-0000`, `000-0000`; not a bare `0`."""
_AFTER = regex(r"%|/ ?\d{1,3}|k|m|mio|mrd|bn", re.IGNORECASE)
"""What counts of the words behind a number: a percent sign, a denominator, thousands and millions."""


class Look(NamedTuple):
    """What a format adds to a number, or hides of a date."""

    before: str = ""
    after: str = ""
    is_percent: bool = False
    id_mask: str = ""
    """`C-0000`, where digits take the place of the zeros."""
    hides_day: bool = False

    def number(self, text: str) -> str:
        """Write a number, which is `text` without a format."""
        if self.is_percent:
            return f"{(Decimal(text) * 100).normalize():f}%"
        if self.id_mask:
            return self._masked(text) if text.isdigit() else text
        sign, size = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{sign}{self.before}{size}{self.after}"

    def _masked(self, digits: str) -> str:
        digits = digits.zfill(self.id_mask.count("0"))
        first = self.id_mask.index("0")
        spare = len(digits) - self.id_mask.count("0")
        rest = iter(digits[spare:])
        told = "".join(next(rest) if mark == "0" else mark for mark in self.id_mask)
        return told[:first] + digits[:spare] + told[first:]


def look_of(number: int, code: str | None) -> Look | None:
    """The look of a number format; None where it says nothing."""
    code = code if number >= 164 and code else BUILT_IN.get(number)
    if not code:
        return None
    literals: list[str] = []
    digits, percent, letters, mask = "", False, "", ""
    for token in _TOKEN.finditer(code):
        if token["end"]:
            break
        text = token["quoted"] or token["escaped"] or token["money"] or ""
        if token["digits"]:
            digits = digits or token["digits"]
            literals.append("\0")
            mask += token["digits"]
        elif token["plain"] == "%":
            percent = True
        elif token["plain"] and token["plain"].isalpha() and token["plain"] not in "eE€£":
            letters += token["plain"].lower()
        else:
            text = text or token["plain"] or ""
            literals.append(text)
            mask += text
        letters += "h" if token["elapsed"] else ""
    if not digits:
        hides_day = "m" in letters and "y" in letters and not {*letters} & {*"dhs"}
        return Look(hides_day=True) if hides_day else None
    return _of_number(literals, digits, mask, is_percent=percent)


def _of_number(literals: list[str], digits: str, mask: str, *, is_percent: bool) -> Look | None:
    if is_percent:
        return Look(is_percent=True)
    currency = next((text.strip() for text in literals if currency_code(text.strip())), "")
    if not currency and _ID.fullmatch(mask):
        return Look(id_mask=mask)
    after = "".join(literals).partition("\0")[2].strip()
    known = after if _AFTER.fullmatch(after) and not digits.endswith(",") else ""
    return Look(before=currency, after=known) if currency or known else None
