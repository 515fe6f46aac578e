"""What of a company's name is no part of what it is called: legal forms, and what is written in two ways. Data only."""

from collections.abc import Mapping

LEGAL_FORMS = frozenset((
    "inc", "incorporated", "ltd", "limited", "llc", "llp", "lllp", "pllc", "lp", "plc", "corp", "corporation", "co",
    "company", "cic", "dac", "clg", "ltee", "limitee", "gmbh", "ggmbh", "gesmbh", "mbh", "ag", "kg", "kgaa", "ohg",
    "ug", "gbr", "ev", "eg", "ek", "se", "eurl", "sa", "sas", "sasu", "sarl", "snc", "sca", "scs", "scop", "scrl",
    "sprl", "bvba", "cvba", "vzw", "asbl", "bv", "nv", "vof", "cv", "srl", "srls", "spa", "sapa", "sl", "slu",
    "sll", "sau", "sapi", "lda", "ltda", "limitada", "sgps", "unipessoal", "eireli", "epp", "ab", "hb", "kb", "as",
    "asa", "ans", "aps", "oy", "oyj", "oyab", "ky", "ou", "uab", "sia", "sro", "spol", "spj", "spzoo", "spz", "doo",
    "eood", "ood", "ead", "kft", "zrt", "nyrt", "pty", "proprietary", "pte", "pvt", "private", "tbk", "sdn", "bhd",
    "berhad", "kk", "gk", "yk", "pjsc", "psc", "fzc", "fze", "fzco", "wll", "ооо", "зао", "оао", "пао", "ао", "тов",
    "ooo", "zao", "oao", "pao",
))  # fmt: skip
"""Legal forms at the end of a name, without their dots and in plain letters."""

FORMS_OF_WORDS = (
    ("s", "de", "rl", "de", "cv"),
    ("srl", "de", "cv"),
    ("sapi", "de", "cv"),
    ("sa", "de", "cv"),
    ("sp", "z", "oo"),
    ("spol", "s", "ro"),
    ("kabushiki", "kaisha"),
    ("godo", "kaisha"),
    ("a", "s"),
)
"""Legal forms of several words, the longest first."""

FORMS_BEFORE = frozenset((
    "ab", "oy", "uab", "sia", "pt", "ooo", "zao", "oao", "pao", "ооо", "зао", "оао", "пао", "тов", "kk",
))  # fmt: skip
"""Legal forms that stand before the name as well."""

FORMS_UNSPACED = r"\(株\)|株式会社|有限会社|合同会社|股份有限公司|有限公司|주식회사|\(주\)"
"""Legal forms that stand at a name without a blank."""

SHORT = {
    "limited": "ltd", "limitee": "ltee", "incorporated": "inc", "corporation": "corp", "company": "co",
    "private": "pvt", "proprietary": "pty", "berhad": "bhd", "limitada": "ltda",
}  # fmt: skip
"""The short form of legal forms that are written out."""

AND = frozenset(["and", "und", "et", "og", "och", "y"])
"""Words for `&`, which is left out as often as it is written."""

LETTERS: Mapping[str, str] = {
    "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
}  # fmt: skip
"""Letters that are no other letter with an accent, and what is written without them."""

LETTERS_SPELT_OUT: Mapping[str, str] = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
"""What is written for a letter where it is spelt out, rather than without its accent."""
