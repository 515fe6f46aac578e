"""Which header is which field: told by the user, else by known names; never by position or by content."""

import difflib
import re
from collections.abc import Mapping

from csq.errors import InputError, Location, UsageError
from csq.sources.fields import FIELDS, KEY_NAMES, Field
from csq.sources.read import TextTable
from csq.terms import Role


def squeeze(header: str) -> str:
    """Letters and digits of a header, lower-cased: what `Account ID`, `account_id` and `AccountId` share."""
    return re.sub(r"[\W_]+", "", header.casefold())


def match_headers(table: TextTable, role: Role, told: Mapping[str, str]) -> dict[str, int]:
    """Map each field of `role` that `table` has to the position of its column.

    Args:
        table: The file.
        role: What it is for.
        told: Headers given by the user, by field; those this file does not have are passed over.

    Raises:
        InputError: A header that is wanted stands there twice, or no column can be the account key.
    """
    fields = FIELDS[role]
    squeezed = [squeeze(header) for header in table.header]
    found: dict[str, int] = {}
    for name, header in told.items():
        exact = [i for i, text in enumerate(table.header) if text == header] or [
            i for i, text in enumerate(squeezed) if text == squeeze(header)
        ]
        if exact:
            found[name] = _only(table, name, exact)
    for field in fields:
        if field.name not in found:
            found |= _by_name(table, field, squeezed, taken=set(found.values()))
    if not any(name in found for name in (KEY_NAMES if role is not Role.ACCOUNTS else ("account_id", "account_name"))):
        raise missing_column(table, role, "account_id")
    return found


def _by_name(table: TextTable, field: Field, squeezed: list[str], *, taken: set[int]) -> dict[str, int]:
    for name in field.names:
        places = [i for i, text in enumerate(squeezed) if text == name and i not in taken]
        if places:
            return {field.name: _only(table, field.name, places)}
    return {}


def _only(table: TextTable, field: str, places: list[int]) -> int:
    if len(places) > 1:
        names = " and ".join(f"`{table.header[i]}`" for i in places)
        raise InputError(
            f"two columns of `{table.label}` read as `{field}`: {names}",
            location=table.where(),
            hint=f"rename one of them, or name the one you mean: `--column {field}=HEADER`",
        )
    return places[0]


def missing_column(table: TextTable, role: Role, field: str) -> InputError:
    """The error for a column that `role` must have, with the header line, the near miss and the flag."""
    names = {name for known in FIELDS[role] if known.name == field for name in known.names} | {squeeze(field)}
    scores = {
        header: max(difflib.SequenceMatcher(None, squeeze(header), name).ratio() for name in names)
        for header in table.header
        if squeeze(header)
    }
    near = max(scores, key=lambda header: scores[header], default=None)
    excerpt = ",".join(table.header)
    if near is None or scores[near] < 0.6:
        hint = f"name it: `--column {field}=HEADER`, or add it under `columns:` in csq.yaml"
        where = Location(label=table.label, line=table.header_line, excerpt=excerpt)
    else:
        start = sum(len(header) + 1 for header in table.header[: table.header.index(near)])
        hint = f'did you mean `{near}`? pass `--column {field}="{near}"`, or add it under `columns:` in csq.yaml'
        where = Location(label=table.label, line=table.header_line, column=start + 1, excerpt=excerpt, width=len(near))
    return InputError(f"no column for `{field}` in `{table.label}`", location=where, hint=hint)


def check_told(told: Mapping[Role, Mapping[str, str]], tables: Mapping[Role, tuple[TextTable, ...]]) -> None:
    """Refuse a header that was told for a field and stands in no file. Raises UsageError with the near miss.

    A field such as `account_id` belongs to several roles; its header need stand in a file of one of them.
    """
    headers = {role: [header for table in found for header in table.header] for role, found in tables.items()}
    for field, header in {pair for pairs in told.values() for pair in pairs.items()}:
        roles = [role for role, pairs in told.items() if pairs.get(field) == header]
        known = list(dict.fromkeys(each for role in roles for each in headers.get(role, ())))
        if squeeze(header) not in map(squeeze, known):
            near = difflib.get_close_matches(header, known, n=1, cutoff=0.5)
            raise UsageError(
                f"no file for {' or '.join(roles)} has a column `{header}`",
                hint=f"did you mean `--column {field}={near[0]}`?" if near else f"columns: {', '.join(known)}",
            )
