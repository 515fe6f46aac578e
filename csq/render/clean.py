"""Text from data made safe to print: what it shows is all that it does.

A terminal obeys escape sequences, and bidirectional controls turn the rest of a line around. Here each such
character becomes a visible stand-in, so that nothing is hidden either.
"""

_STAND_INS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_STAND_INS |= dict.fromkeys(map(ord, "\t\n\r\x0b\x0c"), ord(" "))

# Indian scripts, Persian and emoji are spelled with joiners. After ASCII they join nothing and only hide.
_JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """Put a space for white space of any kind, a picture for ASCII controls, and U+FFFD for all else not printable."""
    if text.isprintable():
        return text
    text = text.translate(_STAND_INS)
    return "".join(_printable(each, after) for each, after in zip(text, " " + text, strict=False))


def _printable(character: str, after: str) -> str:
    if character.isprintable() or (character in _JOINERS and not after.isascii()):
        return character
    return " " if character.isspace() else "\ufffd"
