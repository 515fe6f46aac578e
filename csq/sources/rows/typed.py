"""Rows of files with one header while they are read, and the rows of a role when they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl

from csq.engine.counts import LogCounts
from csq.errors import Setting
from csq.fate import ROW, mark
from csq.report import REJECT_SCHEMA, Note, ScaleFound, SourceFile
from csq.roles import ROLES, TICKED, Cell
from csq.schema import lean
from csq.sources.columns.metrics import Metric
from csq.sources.columns.presets import Preset
from csq.sources.reading.read import LINE, TextTable, column
from csq.terms import Aside, Fate, Grain, NoteKind, Role

FILE = "file"
"""Column of typed rows: the label of the file the row stands in."""
DTYPES: Mapping[Cell, pl.DataType] = {
    Cell.KEY: pl.String(),
    Cell.TEXT: pl.String(),
    Cell.NUMBER: pl.Float64(),
    Cell.WHOLE: pl.Int64(),
    Cell.MONEY: pl.Decimal(38, 2),
    Cell.DATE: pl.Date(),
    Cell.PERIOD: pl.Date(),
    Cell.TIME: pl.Datetime("us"),
    Cell.BOOL: pl.Boolean(),
    Cell.SCORE: pl.Float64(),
}
"""What the cells of a field become."""


class ReadColumn(NamedTuple):
    """A column read as the field that `values` is called, and what is to be said of it."""

    values: pl.Series
    wrong: tuple[tuple[pl.Series, str], ...] = ()
    """Where cells could not be read, each with why."""
    notes: tuple[Note, ...] = ()
    currency: pl.Series | None = None
    """Of amounts: the currency that a cell itself names, else null."""

    def without(self, mask: pl.Series, reason: str) -> "ReadColumn":
        """The same with the cells where `mask` holds among those that could not be read."""
        return self._replace(values=self.values.set(mask, None), wrong=(*self.wrong, (mask, reason)))


class Typed(NamedTuple):
    """Rows of the files with one header, being read.

    `frame` has the columns of `fate.ROW` and one per field found, `text` the same rows as they stand in the files.
    `apart` has the rows whose fate is plain before any cell is read: they settle no convention.
    """

    role: Role
    tables: tuple[TextTable, ...]
    fields: Mapping[str, int]
    text: pl.DataFrame
    frame: pl.DataFrame
    apart: pl.DataFrame
    faults: pl.DataFrame
    notes: tuple[Note, ...]
    preset: Preset | None = None
    grain: Grain | None = None
    metrics: Mapping[str, Metric] = {}
    """How the `metric_<name>` columns of a usage table are scored, by name."""
    custom: tuple[str, ...] = ()
    """Fields of the user's own."""
    scales: tuple[ScaleFound, ...] = ()
    """Scales on which survey answers were read."""
    mended: int = 0
    """How many rows have an id that was repaired."""

    def header(self, name: str) -> str:
        """The header that became field `name`."""
        return self.tables[0].header[self.fields[name]]

    def shown(self, name: str) -> str:
        """What a field is called in its file."""
        return self.header(name) if name in self.fields else name

    def noting(
        self,
        text: str,
        kind: NoteKind = NoteKind.CHOICE,
        *,
        asks: tuple[Setting, ...] = (),
        settles: tuple[Setting, ...] = (),
    ) -> "Typed":
        """The same with one more note, and the lines of csq.yaml that go with it."""
        return self.replace(notes=(*self.notes, Note(kind, text, asks, settles)))

    def with_columns(self, *columns: pl.Expr | pl.Series, **named: pl.Expr | pl.Series) -> "Typed":
        """The same with columns added to its frame."""
        return self.replace(frame=self.frame.with_columns(*columns, **named))

    def reject(self, mask: pl.Series, name: str, reason: str) -> "Typed":
        """Reject the rows where `mask` holds, for what stands in field `name`."""
        if not mask.any():
            return self
        value = pl.lit(self.text[column(self.fields[name])]) if name in self.fields else None
        frame = mark(self.frame, {Fate.REJECTED: pl.lit(mask)}, reason=reason, column=self.shown(name), value=value)
        return self.replace(frame=frame)

    def put_aside(self, mask: pl.Series, reason: Aside) -> "Typed":
        """Set the rows aside where `mask` holds."""
        return self.replace(frame=mark(self.frame, {reason: pl.lit(mask)})) if mask.any() else self

    def fault(self, mask: pl.Series, name: str, reason: str) -> "Typed":
        """List optional cells where `mask` holds as unreadable."""
        return self.replace(faults=pl.concat([self.faults, self._cells([(mask, name, reason)])]))

    def adding(self, columns: Sequence[ReadColumn]) -> "Typed":
        """The same with columns in its frame, all at once: one by one the many of a wide file take long."""
        wrong = [(mask, read.values.name, reason) for read in columns for mask, reason in read.wrong if mask.any()]
        return self.replace(
            frame=self.frame.hstack([read.values for read in columns]),
            faults=pl.concat([self.faults, self._cells(wrong)]) if wrong else self.faults,
            notes=(*self.notes, *(note for read in columns for note in read.notes)),
        )

    def _cells(self, wrong: Sequence[tuple[pl.Series, str, str]]) -> pl.DataFrame:
        """The cells of fields where masks hold, each with why: columns `REJECT_SCHEMA`."""
        rows = pl.int_range(self.text.height, eager=True)
        places = [rows.filter(mask) for mask, *_ in wrong]
        values = [self.text[column(self.fields[name])].filter(mask).rename("value") for mask, name, _ in wrong]
        told = {"column": [self.header(name) for _, name, _ in wrong], "reason": [reason for *_, reason in wrong]}
        each = pl.DataFrame({"role": str(self.role), **told})[
            pl.Series([at for at, cells in enumerate(places) for _ in range(len(cells))], dtype=pl.UInt32())
        ]
        return self.text[[FILE, LINE]][pl.concat(places)].hstack(each).hstack([pl.concat(values)])[[*REJECT_SCHEMA]]

    def with_all_fields(self) -> "Typed":
        """The same with the fields that the files do not have, empty: nothing after this asks which there are."""
        return self.with_columns(
            *(
                pl.lit(None, dtype=DTYPES[each.cell]).alias(each.name)
                for each in ROLES[self.role].fields
                if each.name not in self.frame.columns
            )
        )

    def replace(self, **changes: Any) -> "Typed":
        """A copy with some parts changed."""
        return self._replace(**changes)


class RunnerUp(NamedTuple):
    """The key that joins most rows but for the one that is taken."""

    name: str
    """The field of the file."""
    kind: str
    """The key column of the accounts."""
    rows: int
    """Rows it joins to one account."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RoleRows:
    """The rows of one role.

    `frame` has the columns of `fate.ROW`, `account_id` and the role's fields; but for accounts also `key`, what was
    looked up. Both are null where a row has no key that can be read, is of nobody or is rejected; `account_id` also
    where no account has that key.
    """

    role: Role
    frame: pl.DataFrame
    files: tuple[SourceFile, ...] = ()
    faults: pl.DataFrame = field(default_factory=lambda: no_rejects())
    notes: tuple[Note, ...] = ()
    key: str = "account_id"
    """The key column of the accounts by which its rows were matched."""
    matched_by: str = "account_id"
    """The field that was looked up in it."""
    runner_up: RunnerUp | None = None
    """None where one key alone was tried, or nothing was joined."""
    ambiguous: int = 0
    """Keys that fit several accounts."""
    damage: tuple[str, ...] = ()
    """What keeps keys from matching, in sentences."""
    grain: Grain | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    """How the `metric_<name>` columns of a usage table are scored, by name."""
    custom: tuple[str, ...] = ()
    """Fields of the user's own."""
    scales: tuple[ScaleFound, ...] = ()
    """Scales on which survey answers were read."""
    repairs: int = 0
    """How many rows of the files were repaired."""
    counts: LogCounts | None = None
    """Of a log that was counted as it was read. Its frame has a row without a line for all counted ones of a key."""

    @cached_property
    def keyed(self) -> pl.DataFrame:
        """The rows with a readable key, whoever's it is."""
        return self.frame.filter(pl.col(KEY).is_not_null())


KEY = "key"
"""Column that holds what was looked up to find a row's account."""


KEY_KIND = "key_kind"
"""Column that holds the key column of the accounts in which it was looked up; there is none without accounts."""


def stack(parts: list[RoleRows]) -> RoleRows:
    """The rows of one role, from files with different headers."""
    return replace(
        parts[0],
        # Of a file most rows say the same of much: which it is, what becomes of them, and that nothing is wrong.
        frame=lean(pl.concat([part.frame for part in parts], how="diagonal")),
        files=tuple(file for part in parts for file in part.files),
        faults=pl.concat([part.faults for part in parts]),
        notes=tuple(note for part in parts for note in part.notes),
        key=" and ".join(dict.fromkeys(part.key for part in parts)),
        ambiguous=sum(part.ambiguous for part in parts),
        damage=tuple(dict.fromkeys(text for part in parts for text in part.damage)),
        metrics={name: metric for part in reversed(parts) for name, metric in part.metrics.items()},
        custom=tuple(dict.fromkeys(name for part in parts for name in part.custom)),
        scales=tuple(scale for part in parts for scale in part.scales),
        repairs=sum(part.repairs for part in parts),
    )


def no_rejects() -> pl.DataFrame:
    """An empty list of rejected rows, or of unreadable cells."""
    return pl.DataFrame(schema=REJECT_SCHEMA)


def no_rows() -> pl.DataFrame:
    """No rows of no fields."""
    return pl.DataFrame(schema=ROW)


def labels(tables: Iterable[TextTable]) -> str:
    """The files' names for a sentence."""
    return ", ".join(f"`{table.label}`" for table in tables)


def without_ticks(rows: RoleRows) -> RoleRows:
    """The rows of a role without what csq recorded itself: an account that is gone since is no sign of a wrong key."""
    if TICKED not in rows.frame.columns:
        return rows
    return replace(rows, frame=rows.frame.filter(pl.col(TICKED).is_null()))
