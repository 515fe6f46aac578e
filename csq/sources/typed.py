"""Typed rows of files with one header, and what of them could not be read or is not wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from csq.report import REJECT_SCHEMA, Note
from csq.sources.presets import Preset
from csq.sources.read import LINE, TextTable, column
from csq.terms import Aside, NoteKind, Role

FILE = "file"
"""Column of typed rows: the label of the file the row stands in."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Typed rows of the files with one header, and what could not be read.

    `frame` has `file`, `line` and one column per field found; rejected rows are still in it, and
    named in `rejects`; `usable` leaves them out. Rows that the export's preset sets aside are in
    `aside` only (file, line, aside), and `text` has the rest.
    """

    role: Role
    tables: tuple[TextTable, ...]
    fields: Mapping[str, int]
    text: pl.DataFrame
    frame: pl.DataFrame
    rejects: pl.DataFrame
    faults: pl.DataFrame
    notes: tuple[Note, ...]
    aside: pl.DataFrame
    preset: Preset | None = None

    def header(self, name: str) -> str:
        """The header that became field `name`."""
        return self.tables[0].header[self.fields[name]]

    def shown(self, name: str) -> str:
        """What a field is called in its file."""
        return self.header(name) if name in self.fields else name

    def noting(self, text: str, kind: NoteKind = NoteKind.CHOICE) -> "Typed":
        """The same with one more note."""
        return self.replace(notes=(*self.notes, Note(kind=kind, text=text)))

    def reject(self, mask: pl.Series, name: str, reason: str) -> "Typed":
        """Mark rows where `mask` holds, for what stands in field `name`; a row keeps its first reason."""
        found = listing(self, mask, name, reason)
        if self.role is Role.CSAT:  # a line that answers several surveys stands in the frame for each
            found = found.unique([FILE, LINE], keep="first", maintain_order=True)
        fresh = found.join(self.rejects.select(FILE, LINE), on=[FILE, LINE], how="anti", maintain_order="left")
        return self.replace(rejects=pl.concat([self.rejects, fresh]))

    def put_aside(self, mask: pl.Series, reason: Aside) -> "Typed":
        """Set rows aside where `mask` holds, unless they are rejected."""
        if not mask.any():
            return self
        rows = self.text.filter(mask).select(FILE, LINE)
        rows = rows.join(self.rejects, on=[FILE, LINE], how="anti", maintain_order="left")
        frame, text = (
            part.join(rows, on=[FILE, LINE], how="anti", maintain_order="left") for part in (self.frame, self.text)
        )
        aside = rows.with_columns(aside=pl.lit(str(reason)))
        if self.role is Role.CSAT:
            aside = aside.unique(maintain_order=True)
        return self.replace(frame=frame, text=text, aside=pl.concat([self.aside, aside]))

    def fault(self, mask: pl.Series, name: str, reason: str) -> "Typed":
        """List optional cells where `mask` holds as unreadable."""
        return self.replace(faults=pl.concat([self.faults, listing(self, mask, name, reason)]))

    def replace(self, **changes: object) -> "Typed":
        """A copy with some parts changed."""
        return Typed(**{**self.__dict__, **changes})

    def usable(self) -> pl.DataFrame:
        """The rows that no check rejected, in the order of the files."""
        return self.frame.join(self.rejects.select(FILE, LINE), on=[FILE, LINE], how="anti", maintain_order="left")


def no_rejects() -> pl.DataFrame:
    """An empty list of rejects."""
    return pl.DataFrame(schema=REJECT_SCHEMA)


def listing(typed: Typed, mask: pl.Series, name: str, reason: str) -> pl.DataFrame:
    """One line per row where `mask` holds, with file, line, header, the cell as it stands, and the reason."""
    header = typed.header(name) if name in typed.fields else name
    value = pl.col(column(typed.fields[name])) if name in typed.fields else pl.lit(None, dtype=pl.String())
    return typed.text.filter(mask).select(
        role=pl.lit(str(typed.role)), file=FILE, line=LINE, column=pl.lit(header), value=value, reason=pl.lit(reason)
    )


def labels(tables: Iterable[TextTable]) -> str:
    """The files' names for a sentence."""
    return ", ".join(f"`{table.label}`" for table in tables)
