"""Whether the inputs are good enough to go on: rejected rows against their limit, and what `--strict` refuses."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from csq.cli.options import Faults
from csq.errors import InputError, Location, Setting, UsageError
from csq.fate import FATE, ROWS
from csq.regex import regex
from csq.report import SourceFile
from csq.roles import MONEY_FIELDS, ROLES
from csq.sources.cells.values import ERROR, squeeze
from csq.sources.load import Tables
from csq.sources.roles.scales import SIGNED, STANDARD
from csq.sources.roles.score import REMEDIES
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import KEY, without_ticks
from csq.suggest import in_shell
from csq.terms import Aside, Role


class Limit:
    """How many rows of a file may be rejected: `N`, or `N%` of those read."""

    def __init__(self, text: str) -> None:
        """Refuse what is no such limit."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)%|\d+", text)
        if not match or (match[1] and float(match[1]) > 100):
            raise UsageError(f"`--max-rejects {text}` is no limit", hint="a number of rows, or a percentage such as 5%")
        self.text = text

    def allows(self, rejected: int, read: int) -> bool:
        """Whether so many rows of so many may be rejected."""
        if self.text.endswith("%"):
            return rejected * 100 <= float(self.text[:-1]) * read
        return rejected <= Decimal(self.text)  # which may be of any length


def check_inputs(tables: Tables, limit: Limit | None, faults: Faults) -> None:
    """Refuse a file of which too much was rejected: what is left of it may say something else. Then `--strict`.

    Raises InputError with the reasons, most frequent first, and where each was met first.
    """
    for file in tables.files:
        rejected = sum(file.rejected.values())
        if limit is not None and not limit.allows(rejected, file.read):
            raise _too_many(tables, file, rejected, limit, faults.rejects)
    if faults.strict:
        check_strict(tables)


_LOSSES: tuple[tuple[str, Role, tuple[str, ...], str], ...] = (
    ("contract value", Role.ACCOUNTS, (*MONEY_FIELDS, "billed_amount"), "contract_value"),
    ("score", Role.CSAT, ("score", "nps", "ces"), KEY),
    ("date", Role.USAGE, ("date", "period", "last_active_date"), KEY),
    ("date", Role.CSAT, ("submitted_at", "sent_at"), "at"),
)
"""What a run must not lose whole: what it is, its role, the fields it is read from, and the column that then holds it.

A row that is rejected has no key.
"""


def refuse_losses(tables: Tables, options: ReadOptions) -> None:
    """Refuse to go on without any contract value, score or date where columns for them are there and unreadable.

    Raises InputError with the column, and the flag that made it so.
    """
    for what, role, fields, known in _LOSSES:
        rows = tables.roles.get(role)
        if rows is None or (known in rows.frame.columns and rows.frame[known].count()):
            continue
        for file in rows.files:
            headers = {header: field for header, field in file.columns if field in fields}
            lost = pl.col("column").is_in([*headers]) & (pl.col("file") == file.label) & (pl.col("role") == role)
            cells = pl.concat([tables.rejects, tables.faults])
            cells = cells.filter(lost, ~pl.col("reason").str.starts_with("date after")) if cells.height else cells
            if cells.height:
                first = cells.row(0, named=True)
                raise InputError(
                    f"no {what} can be read: `{first['column']}` in `{file.label}` has {cells.height:,} cells "
                    f"{first['reason']}",
                    location=Location(label=file.label, line=first["line"]),
                    hint=_to_blame(headers[first["column"]], first["column"], file.label, role, options),
                )


def _to_blame(field: str, header: str, label: str, role: Role, options: ReadOptions) -> str:
    """Which flag, or line of csq.yaml, made a column what it cannot be; else what names the right one."""
    told = {**options.columns.get(role, {}), **options.file_columns.get(label, {})}
    if squeeze(told.get(field, "")) == squeeze(header):
        return f"`--column {field}={told[field]}`, or `columns:` in csq.yaml, says that it is that column: take it back"
    of_file = options.date_orders if field in ROLES[role].days else options.decimals
    everywhere = options.date_order if field in ROLES[role].days else options.decimal
    if convention := of_file.get(label) or everywhere:
        flag = "--date-order" if convention.isalpha() else "--decimal"
        return f"`{flag} {convention}` was told: take it back, or name the right column, `--column {field}=HEADER`"
    return f"name the right column: `--column {field}=HEADER`"


def _too_many(tables: Tables, file: SourceFile, rejected: int, limit: Limit, written: str | None) -> InputError:
    number = pl.col("value").str.extract(r"(-?[0-9]+(?:\.[0-9]+)?)").cast(pl.Float64).fill_null(0.0)
    spans = {"least": number.min(), "most": number.max()}
    reasons = (
        tables.rejects.filter(pl.col("file") == file.label)
        .sort("line")
        .group_by("column", "reason", maintain_order=True)
        .agg(
            pl.len().alias("rows"),
            pl.col("line").first(),
            pl.col("value").first(),
            values=pl.col("value").unique(),
            **spans,
        )
        .sort("rows", descending=True, maintain_order=True)
    )
    where = (
        f"they are in `{written}`"
        if written
        else f"`csq check --{file.role} {in_shell(file.label)} --rejects FILE` lists them"
    )
    accepts = f"`{_accepting(rejected, file)}` accepts them"
    remedy = _remedy(file, rejected, reasons.row(0, named=True), limit) if reasons.height else None
    if tables.rejects.filter(pl.col("file") == file.label)["value"].str.contains(ERROR).any():
        remedy = "mend these cells in a spreadsheet and save it"
    return InputError(
        f"{rejected:,} of {file.read:,} rows in `{file.label}` were rejected, over the limit of {limit.text}",
        details=tuple(_reason(row) for row in reasons.iter_rows(named=True)),
        hint=f"{where}; {remedy or accepts}",
        asks=_scale_asked(tables, reasons.row(0, named=True)) if reasons.height else (),
    )


def _accepting(rejected: int, file: SourceFile) -> str:
    return f"--max-rejects {math.ceil(rejected * 100 / file.read)}%"


_OUTSIDE = regex(r"score outside the scale (-?[\d.]+)-([\d.]+)")


def _scale_of(worst: Mapping[str, Any], outside: re.Match[str]) -> str | None:
    """The smallest usual scale that holds the answers outside another one, and that one."""
    low, high = min(worst["least"], float(outside[1])), max(worst["most"], float(outside[2]))
    usual = (*STANDARD, *SIGNED)
    return next((f"{floor:g}-{top:g}" for floor, top in usual if floor <= low and high <= top), None)


def _remedy(file: SourceFile, rejected: int, worst: Mapping[str, Any], limit: Limit) -> str | None:
    """What mends the most frequent reason, where it is not for the rows but for how they are read."""
    reason, most = str(worst["reason"]), int(worst["rows"])
    outside = _OUTSIDE.fullmatch(reason)
    if outside and most * 2 > rejected:
        scale = _scale_of(worst, outside) or "LOW-HIGH"
        other = f"if the answers are on another scale, say so: `--csat-scale {in_shell(f'{file.label}={scale}')}`"
        if {*worst["values"]} <= {"8", "9"} and float(outside[2]) < 8:
            return f"{other}; if they are codes for no answer, `{_accepting(rejected, file)}` leaves them out"
        return other
    # Where one cause alone has put them over the limit, it is what has to be mended.
    known = next((remedy for start, remedy in REMEDIES.items() if reason.startswith(start)), None)
    if known and limit.allows(rejected - most, file.read):
        return known
    field = _MAPPED.get(reason)
    if field is None or most * 2 < file.read:
        return None
    header = f"`{worst['column']}`" if worst["column"] else "it"
    return f"{header} seems to be another column: name the right one, `--column {field}=HEADER`"


_MAPPED = {
    "no account key": "account_id",
    "unreadable date": "date",
    "no date": "date",
    "score is not a number": "score",
    "not an answer csq knows in words": "score",
}
"""The field that is likely mapped to a wrong column where most rows are rejected for a reason."""


def _scale_asked(tables: Tables, worst: Mapping[str, Any]) -> tuple[Setting, ...]:
    """The question on which scale the answers of a column are, where most of them do not fit the one it was read on."""
    rows = tables.roles.get(Role.CSAT)
    read = [scale for scale in rows.scales if scale.header == worst["column"]] if rows else []
    outside = _OUTSIDE.fullmatch(str(worst["reason"]))
    if outside is None or len(read) != 1:
        return ()
    why = f"most answers lie {outside[0].removeprefix('score ')}"
    return (Setting(("scales", read[0].survey, read[0].header), _scale_of(worst, outside) or "", why),)


def _reason(row: dict[str, object]) -> str:
    value = str(row["value"] or "")
    shown = f": `{value}`" if value and "@" not in value else ""  # an address is nobody's business here
    column = f"`{row['column']}`: " if row["column"] else ""
    first = "" if row["line"] is None else f", first on line {row['line']:,}"
    return f"{row['rows']:>6,}  {column}{row['reason']}{first}{shown}"


def check_strict(tables: Tables) -> None:
    """Refuse anything that was repaired, could not be read or found no account. Raises InputError with the counts."""
    lost = pl.col(FATE).is_in([str(Aside.UNMATCHED), str(Aside.AMBIGUOUS)])
    without = sum(without_ticks(rows).frame.filter(lost)[ROWS].sum() for rows in tables.roles.values())
    faults = {
        "repairs": sum(rows.repairs for rows in tables.roles.values()),
        "rejected rows": tables.rejects.height,
        "unreadable cells": tables.faults.height,
        "rows without an account": without,
    }
    found = [f"{count:>6,}  {what}" for what, count in faults.items() if count]
    if found:
        raise InputError(
            "the inputs are not clean, and `--strict` was given",
            details=tuple(found),
            hint="`csq check` says where; mend the exports, or run without `--strict`",
        )
