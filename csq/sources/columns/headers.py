"""Which header is which field: told by the user, else by the export's preset, else by known names.

Never by position, never by content. A survey's questions are known by what they ask.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from csq.errors import InputError, Location, Setting, UsageError
from csq.regex import regex
from csq.roles import ROLES, SIGN_UPS, Cell, Field
from csq.sources.cells.numbers import currency_code
from csq.sources.cells.values import squeeze
from csq.sources.columns.plausible import Looks
from csq.sources.columns.presets import PRESETS, Preset
from csq.sources.reading.read import TextTable
from csq.suggest import first, in_shell, in_yaml, nearest
from csq.terms import Role

_BRACKETS = regex(r"(?<!\s)\s*[\[(](?P<unit>[^\[\]()]+)[\])]$")

_CURRENCY_BEHIND = regex(r"(?P<name>.*?\w)(?:[\s_.-]+in)?[\s_.-]+(?P<unit>[A-Za-z]{3}|\W{1,3}|[A-Z]{1,2}\$)")
_CURRENCY_BEFORE = regex(r"(?P<unit>[A-Za-z]{3}|\W{1,3}|[A-Z]{1,2}\$)[\s_.-]+(?P<name>\w.*)")
_LONGEST_AMOUNT = 100
"""Characters past which a header is not looked at for a currency: no amount has such a name."""
_MONEY = {name for spec in ROLES.values() for field in spec.fields if field.cell is Cell.MONEY for name in field.names}
_AMOUNTS = tuple(_MONEY)
_SCALE = regex(
    r"(?<!\s)\s*[\[(]?(?:\d{1,3} ?(?:[-\u2013]|to|bis|a|\u00e0|tot) ?|(?:/|\b(?:out of|of|von|sur|de|su|van)\b) ?)"
    r"\d{1,3}(?: \w+)?[\])]?$|(?<!\s)\s*[\[(]\d{1,3} ?[=:].{0,300}[\])]$",
    re.IGNORECASE,
)
"""The scale behind what a score column is called: `(1-5)`, `out of 5`, `/10`."""

INSIDE = " > "
"""Parts a column of JSON from the key that was taken out of it."""

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("nps", r"(?m)^(?>.*?(likely|likelihood)).*\brecommend|\brecommend us\b"),
    ("ces", r"(?m)how (easy|difficult|much effort)|\bmade it easy\b|^(?>.*?easy ).* to (handle|resolve|solve)"),
    ("score", r"how (satisfied|happy|would you rate)|overall satisfaction|satisfaction with|rate your experience"),
    ("comment", r"(?m)^(?>.*?\b(any|other|additional)\b).*\bcomments?\b|\Awhy\b|reason for your (score|rating|answer)"),
)  # fmt: skip
"""What a question asks after, by field; told from its words, lower-cased.

Of two words apart the first is looked for once in a line, since it may stand in a hostile one thousands of times.
"""
_NO_QUESTION = regex(r"- (group|topics?|sentiment.*|parent topics?)$|^why\b|reason for")


def unit_of(header: str) -> str | None:
    """The time zone or the currency that a header names: `Updated at (America/New_York)`, `ARR (USD)`, `arr_eur`."""
    if part := _money_in(header):
        return part[1]
    match = _BRACKETS.search(header)
    unit = match["unit"] if match else ""
    known = unit in ("UTC", "GMT") or currency_code(unit) or re.fullmatch(r"[A-Z]\w+/[\w/+-]+", unit)
    return unit if known else None


@lru_cache(maxsize=4096)
def _money_in(header: str) -> tuple[str, str] | None:
    """The name of an amount of money and its currency, where the header is made of both: `ARR_EUR`, `MRR in USD`."""
    bare = squeeze(header)
    if len(header) > _LONGEST_AMOUNT or not (bare.startswith(_AMOUNTS) or bare.endswith(_AMOUNTS)):
        return None  # as to look for the seam in every header takes long
    for match in (_CURRENCY_BEHIND.fullmatch(header.strip()), _CURRENCY_BEFORE.fullmatch(header.strip())):
        # `arr_all` is all of it, rather than an amount in lek.
        if match and currency_code(match["unit"]) not in (None, "ALL") and squeeze(match["name"]) in _MONEY:
            return match["name"], match["unit"]
    return None


def detect(table: TextTable, role: Role) -> Preset | None:
    """The preset that a file fits; of several the one with the most headers."""
    have = {squeeze(text) for row in (table.header, *table.extra_headers) for text in row}
    have |= {squeeze(_plain(header)) for header in table.header}
    have |= {header for header in table.header if not squeeze(header)}
    fitting = [
        preset
        for preset in PRESETS
        if preset.role is role and all((squeeze(header) or header) in have for header in preset.headers)
    ]
    return max(fitting, key=lambda preset: len(preset.headers), default=None)


def match_headers(
    table: TextTable, role: Role, told: Mapping[str, str], preset: Preset | None = None
) -> dict[str, int]:
    """Map each field of `role` that `table` has to the position of its column.

    Raises:
        InputError: A header that is wanted stands there twice, or no column can be the account key.
    """
    found = known_headers(table, role, told, preset)
    if not any(name in found for name in ROLES[role].keys):
        raise missing_key(table, role, preset)
    return found


def known_headers(
    table: TextTable, role: Role, told: Mapping[str, str], preset: Preset | None = None
) -> dict[str, int]:
    """Map each field of `role` that `table` has to the position of its column, the account key among them or not.

    Args:
        table: The file.
        role: What it is for.
        told: Headers given by the user, by field; those this file does not have are passed over.
        preset: The export it is.

    Raises:
        InputError: A header that is wanted stands there twice.
    """
    fields = ROLES[role].fields
    squeezed = [squeeze(header) for header in table.header]
    plain = [squeeze(_plain(header)) for header in table.header]
    if role is Role.CSAT:
        plain = [squeeze(_SCALE.sub("", _plain(header))) for header in table.header]
    found = _as_told(table, told, squeezed)
    known = preset.fields if preset else {}
    for name, headers in known.items():
        # Stripe's customer is both the account and, where metadata names that, another of its keys.
        place = next((i for text in headers for i in _places(text, squeezed, plain) if i not in found.values()), None)
        if name not in found and place is not None:
            found[name] = place
    for field in fields:
        if field.name not in found and (field.name not in known or known[field.name]):
            found |= _by_name(table, field, squeezed, plain, taken=set(found.values()))
    if role is Role.CSAT:
        found |= _by_question(table, found, known)
    if role is Role.USAGE:
        found = _users_apart(table, found, told)
    return found


def _as_told(table: TextTable, told: Mapping[str, str], squeezed: list[str]) -> dict[str, int]:
    """The columns that the user has named."""
    found: dict[str, int] = {}
    for name, header in told.items():
        exact = [i for i, text in enumerate(table.header) if text == header] or [
            i for i, text in enumerate(squeezed) if text == squeeze(header)
        ]
        if exact:
            found[name] = _only(table, name, exact)
    return found


def _users_apart(table: TextTable, found: dict[str, int], told: Mapping[str, str]) -> dict[str, int]:
    """In a table of users, a row for each, `created_at` is when they signed up. Elsewhere `active` is no yes or no."""
    signs_up = "date" in found and "date" not in told and squeeze(table.header[found["date"]]) in SIGN_UPS
    dated = ("feature", "period") if signs_up else ("feature", "period", "date")
    is_users = "user_id" in found and not any(name in found for name in dated)
    if not is_users or not any(name in found for name in ("last_active_date", "active")):
        return {name: place for name, place in found.items() if name != "active" or name in told}
    return {"signed_up" if name == "date" else name: place for name, place in found.items()}


def _plain(header: str) -> str:
    """A header without its unit, and without the mark of a property."""
    part = _money_in(header)
    named = part[0] if part else _BRACKETS.sub("", header) if unit_of(header) else header
    return named.rpartition(INSIDE)[2].removeprefix("gp:")


def _places(header: str, squeezed: list[str], plain: list[str]) -> list[int]:
    return [i for i, (whole, part) in enumerate(zip(squeezed, plain, strict=True)) if squeeze(header) in (whole, part)]


def _by_name(
    table: TextTable, field: Field, squeezed: list[str], plain: list[str], *, taken: set[int]
) -> dict[str, int]:
    for name in field.names:
        for headers in (squeezed, plain):
            if name in headers and (places := [i for i, text in enumerate(headers) if text == name and i not in taken]):
                return {field.name: _only(table, field.name, places)}
    return {}


def _by_question(table: TextTable, found: Mapping[str, int], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Score and comment columns whose header or label is a question. One that asks for all comes before the others."""
    asked: dict[str, list[int]] = {}
    for index, header in enumerate(table.header):
        texts = [text.casefold() for text in (header, *(row[index] for row in table.extra_headers))]
        if index in found.values():
            continue
        for name, words in QUESTIONS:
            if any(re.search(words, text) and (name == "comment" or not _NO_QUESTION.search(text)) for text in texts):
                asked.setdefault(name, []).append(index)
                break
    result = {}
    for name, places in asked.items():
        if name in found or (name in known and not known[name]):
            continue
        overall = [i for i in places if "overall" in table.header[i].casefold()]
        if name == "comment":
            result[name] = places[0]
        else:
            result[name] = overall[0] if len(overall) == 1 else _only(table, name, places)
    return result


def _only(table: TextTable, field: str, places: list[int]) -> int:
    if len(places) > 1:
        names = first([f"`{table.header[i]}`" for i in places], " and ")
        raise InputError(
            f"two columns of `{table.label}` read as `{field}`: {names}",
            location=table.where(),
            hint=f"rename one of them, or name the one you mean: `--column {field}=HEADER`",
        )
    return places[0]


def missing_key(table: TextTable, role: Role, preset: Preset | None) -> InputError:
    """The error for a file that names no account, with what is known of its export."""
    if preset is None or preset.hint is None:
        return missing_column(table, role, "account_id")
    return InputError(
        f"no column of `{table.label}` names an account: {preset.name} has none of its own",
        location=table.where(),
        hint=preset.hint,
    )


def missing_column(table: TextTable, role: Role, field: str, looks: Looks | None = None) -> InputError:
    """The error for a column that `role` must have, with the header line, the near miss and the flag."""
    known = next((known for known in ROLES[role].fields if known.name == field), Field(field, Cell.TEXT, ()))
    able = (looks or Looks(table)).candidates(field, known.cell)
    near = next(iter(nearest(able, *known.names, squeeze(field), form=squeeze)), None)
    others = [in_yaml(each) for each in able if each != near]
    excerpt = ",".join(table.header)
    if near is None:
        asks: tuple[Setting, ...] = ()
        name = "HEADER" if table.is_named else able[0] if able else "column_1"
        hint = f"name it: `--column {field}={name}`, or in csq.yaml `columns: {{{role}: {{{field}: {name}}}}}`"
        where = Location(label=table.label, line=table.header_line, excerpt=excerpt)
    else:
        start = sum(len(header) + 1 for header in table.header[: table.header.index(near)])
        asks = (Setting(("columns", role, field), in_yaml(near), f"in `{table.label}`", tuple(others)),)
        line = f'columns: {{{role}: {{{field}: "{near}"}}}}'
        hint = f"did you mean `{near}`? pass `--column {field}={in_shell(near)}`, or in csq.yaml `{line}`"
        where = Location(label=table.label, line=table.header_line, column=start + 1, excerpt=excerpt, width=len(near))
    lack = "" if table.is_named else ": no line names its columns, and the first is data"
    return InputError(f"no column for `{field}` in `{table.label}`{lack}", location=where, hint=hint, asks=asks)


def check_told(
    told: Mapping[Role, Mapping[str, str]],
    of_files: Mapping[str, Mapping[str, str]],
    tables: Mapping[Role, tuple[TextTable, ...]],
    unused: Collection[str] = (),
) -> None:
    """Refuse a header that was told for a field and stands in no file. Raises UsageError with the near miss.

    A field such as `account_id` belongs to several roles; its header need stand in a file of one of them. One of those
    `unused` may be of a file that lacks more than that: of which role it is, is said of the file.
    """
    headers = {role: [header for table in found for header in table.header] for role, found in tables.items()}
    for field, header in {pair for pairs in told.values() for pair in pairs.items()}:
        roles = [role for role, pairs in told.items() if pairs.get(field) == header]
        known = list(dict.fromkeys(each for role in roles for each in headers.get(role, ())))
        if header not in unused:
            _check_there(f"no file for {' or '.join(roles)} has a column", f"{field}=", header, known)
    for label, pairs in of_files.items():
        uses = {role: table for role, found in tables.items() for table in found if table.label == label}
        if not uses:
            raise UsageError(
                f"`{label}` is used for nothing", hint=f"say what it is by a flag, such as `--csat {label}`"
            )
        for field, header in pairs.items():
            able = [role for role in uses if field in {each.name for each in ROLES[role].fields}]
            if not able:
                raise UsageError(f"`{label}` is a file of {' and '.join(uses)}, which has no field `{field}`")
            _check_there(f"`{label}` has no column", f"{field}={label}:", header, uses[able[0]].header)


def _check_there(what: str, flag: str, header: str, known: Sequence[str]) -> None:
    if squeeze(header) not in map(squeeze, known):
        near = nearest(known, header, form=squeeze)
        hint = f"did you mean `--column {in_shell(flag + near[0])}`?" if near else f"columns: {first(known)}"
        raise UsageError(f"{what} `{header}`", hint=hint)
