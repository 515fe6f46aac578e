"""Workbooks as another program writes them, their cells known by construction: each is read as it is seen, or told."""

import io
import random
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
import xlsxwriter

from csq.sources.reading.read import table_from_bytes

BOOKS = 40
"""Hundreds were tried while it was written."""


class Seen(NamedTuple):
    """What is to be read of a cell, and what is to be told of it, if anything."""

    text: str
    told: str = ""


class Book:
    """A sheet of accounts, and what a person sees of it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.file, {"in_memory": True, "date_1904": self.dice.random() < 0.3, "default_date_format": "yyyy-mm-dd"}
        )
        self.sheet = self.book.add_worksheet("Accounts")
        self.formats = {code: self.book.add_format({"num_format": code}) for code in self.FORMATS}
        self.height, self.width = self.dice.randint(2, 30), self.dice.randint(3, 9)
        self.names = ["account_id", *(f"field {n}" for n in range(1, self.width))]
        self.seen = [[Seen(name) for name in self.names]]
        self.seen += [[Seen("")] * self.width for _ in range(self.height)]
        self.merged: list[str] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []

    FORMATS = ("0%", "0.0%", "00000", "[$€-407] #,##0.00", "#,##0", "mmm-yy", "dd/mm/yyyy", "dd.mm.yy hh:mm", "0.00")

    def write(self) -> bytes:
        for column, name in enumerate(self.names):
            self.sheet.write_string(0, column, name)
        for row in range(1, self.height + 1):
            self.put(row, 0, f"K{row}", Seen(f"K{row}"))
        for column in range(1, self.width):
            kind = self.dice.choice((self.text, self.number, self.percent, self.padded, self.euro, self.day, self.month,
                                     self.moment, self.calculated, self.failed, self.unvalued, self.merge))  # fmt: skip
            row = 1
            while row <= self.height:
                row += kind(row, column) or 1
        for row in range(1, self.height + 1):
            if self.dice.random() < 0.1:
                self.hidden_rows.append(row + 1)
                self.sheet.set_row(row, None, None, {"hidden": True})
        for column in range(self.width):
            if self.dice.random() < 0.1:
                self.hidden_columns.append(column)
                self.sheet.set_column(column, column, None, None, {"hidden": True})
        self.book.close()
        return self.file.getvalue()

    def put(self, row: int, column: int, value: object, seen: Seen, code: str | None = None) -> None:
        self.sheet.write(row, column, value, self.formats[code] if code else None)
        self.seen[row][column] = seen

    def name(self, row: int, column: int) -> str:
        return f"{chr(65 + column)}{row + 1}"

    def text(self, row: int, column: int) -> None:
        value = self.dice.choice(("Acme", "a & b <c>", 'say "x"', "Ünï ☃", "x" * 50, "007"))
        self.sheet.write_string(row, column, value)
        self.seen[row][column] = Seen(value)

    def number(self, row: int, column: int) -> None:
        whole = self.dice.randint(-(10**6), 10**6)
        code = self.dice.choice((None, "#,##0", "0.00"))
        self.put(row, column, whole / 4, Seen(f"{whole / 4:g}" if abs(whole) < 4000 else str(whole / 4)), code)
        text = f"{whole / 4:.2f}".rstrip("0").rstrip(".")
        self.seen[row][column] = Seen(text)

    def percent(self, row: int, column: int) -> None:
        tenths = self.dice.randint(-500, 1500)
        text = f"{tenths // 10 if tenths % 10 == 0 else tenths / 10}%"
        self.put(row, column, tenths / 1000, Seen(text), self.dice.choice(("0%", "0.0%")))

    def padded(self, row: int, column: int) -> None:
        number = self.dice.randint(0, 200_000)
        self.put(row, column, number, Seen(f"{number:05}"), "00000")

    def euro(self, row: int, column: int) -> None:
        number = self.dice.randint(1, 10**6)
        self.put(row, column, number, Seen(f"€{number}"), "[$€-407] #,##0.00")

    def a_day(self) -> datetime:
        return datetime(2015, 1, 1) + timedelta(days=self.dice.randint(0, 5000))  # noqa: DTZ001 - a sheet has no zones

    def day(self, row: int, column: int) -> None:
        day = self.a_day()
        self.put(row, column, day, Seen(f"{day:%Y-%m-%d}"), "dd/mm/yyyy")

    def month(self, row: int, column: int) -> None:
        day = self.a_day().replace(day=1)
        self.put(row, column, day, Seen(f"{day:%Y-%m}"), "mmm-yy")

    def moment(self, row: int, column: int) -> None:
        day = self.a_day() + timedelta(seconds=self.dice.randint(1, 86399))
        self.put(row, column, day, Seen(f"{day:%Y-%m-%d %H:%M:%S}"), "dd.mm.yy hh:mm")

    def calculated(self, row: int, column: int) -> None:
        value = self.dice.choice((5, 12.5, "done"))
        self.sheet.write_formula(row, column, "=A1", None, value)
        self.seen[row][column] = Seen(str(value))

    def failed(self, row: int, column: int) -> None:
        code = self.dice.choice(("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"))
        self.sheet.write_formula(row, column, "=1/0", None, code)
        self.seen[row][column] = Seen(code, "error")

    def unvalued(self, row: int, column: int) -> None:
        self.sheet.write_formula(row, column, f"=B{row}*12")
        self.seen[row][column] = Seen(f"#FORMULA! =B{row}*12", "formula")

    def merge(self, row: int, column: int) -> int:
        last = min(row + self.dice.randint(0, 4), self.height)
        value = self.dice.choice(("EMEA", "North", 5))
        if last > row:
            self.sheet.merge_range(row, column, last, column, value)
            self.merged.append(f"{self.name(row, column)}:{self.name(last, column)}")
        else:
            self.sheet.write(row, column, value)
        doubtful = value == 5 and last > row
        for each in range(row, last + 1):
            self.seen[each][column] = Seen(f"#MERGED! {value}" if doubtful else str(value))
        return last - row + 1


@pytest.mark.parametrize("seed", range(BOOKS))
def test_each_cell_is_read_as_it_is_seen_or_told(seed: int):
    made = Book(seed)
    table = table_from_bytes(made.write(), "t.xlsx")

    assert [*table.header] == made.names
    assert table.frame.drop("line").rows() == [tuple(seen.text for seen in row) for row in made.seen[1:]]
    said = "\n".join((*table.warnings, *table.notes))
    for kind in ("error", "formula"):
        count = sum(seen.told == kind for row in made.seen for seen in row)
        assert (f"{count:,} {kind}" in said) is (count > 0)
    for what, count in (("hidden row", len(made.hidden_rows)), ("merged cell", len(made.merged))):
        assert (what in said) is (count > 0)
    assert said.count("hidden column") == len(made.hidden_columns)
