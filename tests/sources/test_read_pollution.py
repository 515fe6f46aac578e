"""A sound file spoiled in the ways that a survey of public files found most: what comes back, and what is said."""

import pytest

from csq.sources.reading.grid import LINE
from csq.sources.reading.read import TextTable, table_from_bytes

HEADER = ["day", "time", "code", "price", "kind", "text", "link", "remark"]
KINDS = ["boots", "pillow, wooden", 'table, round 48"', "rods", "men's shirt"]
TEXTS = ["light and quick enough to keep feet up", "for walking, running and the dog", "an 8'9\" rod, made for her"]
BODY = [
    [f"{n:02}/01/2026", f"{n:02}:15", f"AB-{1000 + n}", f"${n}.50", KINDS[n % 5], TEXTS[n % 3], f"x.example/{n}", ""]
    for n in range(1, 13)
]
ROWS = [HEADER, *BODY]


def cell(value: str, quote: str = '"', escape: str = '"') -> str:
    if "," not in value and quote not in value:
        return value
    return f"{quote}{value.replace(quote, escape + quote)}{quote}"


def lines(delimiter: str = ",", quote: str = '"', escape: str = '"') -> list[str]:
    return [delimiter.join(cell(value, quote, escape) for value in row) for row in ROWS]


def read(text: str) -> TextTable:
    return table_from_bytes(text.encode(), "t.csv")


def cells(table: TextTable) -> list[list[str]]:
    return [list(table.header), *(list(row) for row in table.frame.drop(LINE).iter_rows())]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("tail", ["", "end", "end and blank"])
def test_delimiters_and_line_ends(delimiter: str, end: str, tail: str):
    text = end.join(lines(delimiter)) + end * ["", "end", "end and blank"].index(tail)

    assert cells(read(text)) == ROWS


def test_blanks_after_the_delimiter():
    table = read("\n".join(lines(", ")))

    assert cells(table) == ROWS
    assert table.notes == ("delimiter `, `",)


def test_backslashes_for_escapes():
    table = read("\n".join(lines(escape="\\")))

    assert cells(table) == ROWS
    assert table.notes == ("delimiter `,`, escaped by `\\`",)


def test_quotes_that_are_not_escaped():
    table = read("\n".join(lines(escape="")))

    assert cells(table) == ROWS
    spoiled = [n for n, row in enumerate(ROWS, start=1) if any('"' in value for value in row)]
    assert [line for line, _ in table.repairs] == spoiled


def test_apostrophes_for_quotes():
    table = read("\n".join(",".join(f"'{v}'" if "," in v else v for v in row) for row in ROWS))

    assert cells(table) == ROWS
    assert table.notes == ("delimiter `,`, quoted by `'`",)


@pytest.mark.parametrize("row", range(1, 13))
@pytest.mark.parametrize("at", range(8))
def test_one_stray_quote_stays_in_its_cell(row: int, at: int):
    spoiled = [[cell(value) for value in one] for one in ROWS]
    value = spoiled[row][at]
    spoiled[row][at] = value[0] + value if value.startswith('"') else '"' + value
    expected = [list(one) for one in ROWS]
    expected[row][at] = '"' + expected[row][at]

    table = read("\n".join(",".join(one) for one in spoiled))

    assert cells(table) == expected
    assert table.repairs == ((row + 1, "a quote in the wrong place is taken as text"),)


@pytest.mark.parametrize("row", range(13))
@pytest.mark.parametrize("at", range(9))
def test_one_blank_cell_too_many_is_found(row: int, at: int):
    spoiled = [[cell(value) for value in one] for one in ROWS]
    spoiled[row].insert(at, "")

    table = read("\n".join(",".join(one) for one in spoiled))

    assert cells(table) == ROWS
    assert [line for line, _ in table.repairs] == [row + 1]


@pytest.mark.parametrize("row", range(1, 13))
@pytest.mark.parametrize("at", range(1, 4))
def test_one_delimiter_too_few_moves_no_other_cell(row: int, at: int):
    spoiled = [[cell(value) for value in one] for one in ROWS]
    spoiled[row][at - 1 : at + 1] = ["".join(spoiled[row][at - 1 : at + 1])]

    found = cells(read("\n".join(",".join(one) for one in spoiled)))

    assert found[:row] + found[row + 1 :] == ROWS[:row] + ROWS[row + 1 :]
    assert [*found[row][: at - 1], *found[row][at + 1 :]] == [*ROWS[row][: at - 1], *ROWS[row][at + 1 :]]


@pytest.mark.parametrize(
    "above", [["TITLE" + "," * 7, "," * 7], ["TITLE"], ["TITLE", "made by Ann"], ['"TITLE"', '""']]
)
def test_titles_above(above: list[str]):
    table = read("\n".join([*above, *lines()]))

    assert cells(table) == ROWS
    assert table.header_line == len(above) + 1
    assert table.repairs == ()


@pytest.mark.parametrize("below", [["", "NOTE", "made by Ann"], ["Source: the office"], ["," * 7, "NOTE" + "," * 7]])
def test_footers_below(below: list[str]):
    table = read("\n".join([*lines(), *below]))

    assert cells(table) == ROWS
    assert "footer" in table.dropped
    assert table.repairs == ()


@pytest.mark.parametrize("blank", ["", "," * 7])
def test_blank_rows_between(blank: str):
    one, two, *others = lines()

    assert cells(read("\n".join([one, blank, two, blank, *others, blank]))) == ROWS


def test_the_header_once_more():
    one, two, *others = lines()
    table = read("\n".join([one, one, two, one, *others]))

    assert cells(table) == ROWS
    assert table.dropped == {"repeated header": (2, 4)}


def test_a_delimiter_at_the_end_of_every_row_but_the_header():
    header, *body = lines()
    table = read("\n".join([header, *(f"{line}," for line in body)]))

    assert [row[:8] for row in cells(table)] == ROWS
    assert table.repairs == ((1, "the header has no name for the last 1 of 9 columns"),)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_encodings(encoding: str):
    text = "\n".join(lines()).replace("boots", "Stiefel für Männer")
    table = table_from_bytes(text.encode(encoding), "t.csv")

    assert [row[5:] for row in cells(table)] == [row[5:] for row in ROWS]
    assert "Stiefel für Männer" in table.frame["c4"]
