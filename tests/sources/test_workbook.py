"""What a workbook holds and a grid of values does not: each is told with its cell, and no value is made up."""

from datetime import date
from pathlib import Path

import pytest

from csq.cli.options import Faults
from csq.cli.quality import Limit, check_inputs
from csq.errors import InputError
from csq.sources.load import Tables, load
from csq.sources.reading.read import TextTable, table_from_bytes
from csq.sources.rows.tables import ReadOptions
from csq.terms import Fate, NoteKind, Role
from reading import RUN_DAY
from reading import read as read_texts
from sheets import MAIN, Cell, cell, error, formula, workbook

HEADER = ("account_id", "name", "arr")


def read(rows: list[list[Cell]], **told: object) -> TextTable:
    return table_from_bytes(workbook(rows, **told), "t.xlsx")  # type: ignore[arg-type]


def cells(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.drop("line").rows()


def column(values: list[Cell], format: str | int | None = None, **told: object) -> list[str]:
    """A column of values as it is read, the first column beside it being keys."""
    formats = {} if format is None else {1: format}
    rows: list[list[Cell]] = [["account_id", "x"], *([f"K{n}", value] for n, value in enumerate(values))]
    return [row[1] for row in cells(read(rows, formats=formats, **told))]


def loaded(folder: Path, role: Role, rows: list[list[Cell]], **told: object) -> Tables:
    path = folder / f"{role}.xlsx"
    path.write_bytes(workbook(rows, **told))  # type: ignore[arg-type]
    return load({role: [path]}, ReadOptions(run_day=RUN_DAY))


def warnings(tables: Tables) -> str:
    return "\n".join(note.text for note in tables.notes if note.kind is NoteKind.WARNING)


STALE = '<calcPr calcId="1" fullCalcOnLoad="1"/>'


@pytest.mark.parametrize(
    ("stored", "book", "value"),
    [
        (formula("C2*12"), "", "#FORMULA! =C2*12"),
        (formula("C2*12", ""), "", "#FORMULA! =C2*12"),
        (formula("C2*12", "0"), STALE, "#FORMULA! =C2*12"),  # xlsxwriter stores 0 and asks for a calculation
        (formula("A2&B2", "", "str"), STALE, "#FORMULA! =A2&B2"),
        (formula("C2*12", "0"), "", "0"),  # a spreadsheet calculated it
        (formula("C2*12", "1200"), STALE, "1200"),
        (formula("C2*12", "1200"), "", "1200"),
        (formula('IF(A2="","",1)', "", "str"), "", ""),  # its result is a blank
        (formula("A2", "x", "str"), "", "x"),
        ('<c><f t="shared" si="0"/></c>', "", "#FORMULA! ="),
    ],
)
def test_a_formula_without_a_stored_result_is_no_blank(stored: str, book: str, value: str):
    table = read([["account_id", "x"], ["K1", stored]], book=book)

    assert cells(table) == [("K1", value)]
    assert any("B2 `=" in text for text in table.warnings) is value.startswith("#FORMULA!")


def test_an_array_formula_without_results_leaves_none_of_its_cells_blank():
    array = '<c><f t="array" ref="B2:B3">D2:D3*12</f></c>'
    table = read([["account_id", "x"], ["K1", array], ["K2", None], ["K3", 5.0]])

    assert cells(table) == [("K1", "#FORMULA! =D2:D3*12"), ("K2", "#FORMULA! =D2:D3*12"), ("K3", "5")]


def test_array_formulas_that_claim_one_area_over_and_over_fill_it_once():
    """Each claims 99,999 cells: the first fills them, and the others, for which that is too much, their own cells."""
    rows = [[f"K{row}", f'<c><f t="array" ref="B2:B100000">{row}+1</f></c>'] for row in range(1, 5)]
    table = read([["account_id", "x"], *rows])

    assert cells(table) == [(f"K{row}", f"#FORMULA! ={row}+1") for row in range(1, 5)]


def test_a_value_without_a_result_is_unknown_and_told_with_its_cell(tmp_path: Path):
    # B's ARR would be 12 x 500 = 6000, but nobody has worked it out: unknown, not 0.
    rows = [[*HEADER], ["A", "Alder", 1200.0], ["B", formula("Names!A3"), formula("D3*12")], [error("#REF!"), "C", 5.0]]
    tables = loaded(tmp_path, Role.ACCOUNTS, rows)
    frame = tables.roles[Role.ACCOUNTS].frame

    assert frame["arr"].to_list()[:2] == [1200, None]
    assert frame["account_name"].to_list()[:2] == ["Alder", None]
    assert frame["fate"].to_list() == [Fate.USED, Fate.USED, Fate.REJECTED]
    assert tables.faults.select("line", "column", "value").rows() == [
        (3, "arr", "#FORMULA! =D3*12"),
        (3, "name", "#FORMULA! =Names!A3"),
    ]
    assert tables.rejects.select("line", "value", "reason").rows() == [(4, "#REF!", "no account key")]
    assert "2 formulas without a stored result, so no value: B3 `=Names!A3`, C3 `=D3*12`" in warnings(tables)
    assert "1 error in cells, so no value: A4 `#REF!`" in warnings(tables)


@pytest.mark.parametrize("code", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#SPILL!", "#GETTING_DATA", "#ERROR!"])
def test_an_error_stands_in_its_cell_and_is_told(code: str):
    table = read([["account_id", "x"], ["K1", error(code, "1/0")], ["K2", 5.0]])

    assert cells(table) == [("K1", code), ("K2", "5")]
    assert table.warnings == (f"1 error in cells, so no value: B2 `{code}`; mend what they come from",)


HIDES_ROW = [' hidden="1"', ' hidden="true"', ' ht="0" customHeight="1"']


@pytest.mark.parametrize("hides", HIDES_ROW)
def test_hidden_rows_are_read_and_told(hides: str):
    rows: list[list[Cell]] = [[*HEADER], ["A", "a", 1.0], ["B", "b", 2.0], ["C", "c", 3.0], [None, None, None]]
    table = read(rows, hidden_rows=dict.fromkeys((2, 4, 5), hides))

    # Row 5 is hidden too, and empty: nobody misses anything there.
    assert cells(table) == [("A", "a", "1"), ("B", "b", "2"), ("C", "c", "3")]
    (told,) = table.warnings
    assert told.startswith("2 hidden rows (2 and 4) read like those you see")


@pytest.mark.parametrize(
    ("heights", "hidden"),
    [
        ('defaultRowHeight="0"', ["2 hidden rows (3-4)"]),
        # Here it is the rows without an element that nobody sees, and they hold nothing.
        ('defaultRowHeight="15" zeroHeight="1"', []),
    ],
)
def test_rows_without_a_height_of_their_own_are_hidden_where_the_sheet_gives_them_none(heights: str, hidden: list[str]):
    own = ('ht="15"', 'ht="15"', "", "", 'hidden="0" ht="20"')
    told = "".join(f'<row r="{n}" {height}>{cell(f"A{n}", f"K{n}")}</row>' for n, height in enumerate(own, start=1))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetFormatPr {heights}/><sheetData>{told}</sheetData></worksheet>'
    table = table_from_bytes(workbook([], sheet=sheet), "t.xlsx")
    assert [text.split(" read like")[0] for text in table.warnings] == hidden


@pytest.mark.parametrize("title", ["A1:F1", "A1:XFD1", "A1:C1"])
def test_a_title_may_be_merged_over_more_columns_than_the_table_has(title: str):
    table = read([["Customers", None, None], [*HEADER], ["A", "a", 1.0], ["B", "b", 2.0]], merged=[title, "E2:E4"])
    assert (table.header, cells(table)) == (HEADER, [("A", "a", "1"), ("B", "b", "2")])


@pytest.mark.parametrize(
    "far",
    [
        '<row r="30000"><c r="DKJ30000"><v>1</v></c></row>',  # 90 million cells for two
        '<row><c r="XFD1048576"><v>1</v></c></row>',  # a row without a number
        '<row r="500000"><c r="AZ500000"><v>1</v></c></row>',
    ],
)
def test_a_cell_far_away_from_all_others_is_refused_before_the_sheet_is_laid_out(far: str):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>{far}</sheetData></worksheet>'
    with pytest.raises(InputError, match="reaches to row"):
        table_from_bytes(workbook([], sheet=sheet), "t.xlsx")


@pytest.mark.parametrize(
    "hides",
    ['<col min="2" max="16384" hidden="1"/>', '<col min="2" max="3" width="0" customWidth="1"/>'],
)
def test_hidden_columns_are_read_and_told(hides: str):
    table = read([[*HEADER], ["A", "a", 1.0]], columns=hides)

    assert cells(table) == [("A", "a", "1")]
    assert [text.split(" read")[0] for text in table.warnings] == [
        "hidden column B (`name`)",
        "hidden column C (`arr`)",
    ]


def test_what_is_shown_is_not_told_as_hidden():
    rows: list[list[Cell]] = [[*HEADER], ["A", "a", 1.0]]
    shown = read(
        rows, hidden_rows={2: ' hidden="0" ht="15"'}, columns='<col min="1" max="3" hidden="false" width="9"/>'
    )

    assert shown.warnings == ()


def test_merged_keys_hold_for_all_their_rows(tmp_path: Path):
    # Three months a key: Aug 50, Sep 60, Oct 70, whichever row the key stands in.
    rows: list[list[Cell]] = [["account_id", "month", "logins"]]
    rows += [["A", "2026-08", 50.0], [None, "2026-09", 60.0], [None, "2026-10", 70.0]]
    rows += [["B", "2026-08", 5.0], [None, "2026-10", 7.0]]
    tables = loaded(tmp_path, Role.USAGE, rows, merged=["A2:A4", "A5:A6"])
    frame = tables.roles[Role.USAGE].frame

    assert frame.select("account_id", "period", "metric_logins").rows() == [
        ("A", date(2026, 8, 1), 50),
        ("A", date(2026, 9, 1), 60),
        ("A", date(2026, 10, 1), 70),
        ("B", date(2026, 8, 1), 5),
        ("B", date(2026, 10, 1), 7),
    ]
    assert any("2 merged cells over several rows (A2:A4 `A`, A5:A6 `B`) filled down" in n.text for n in tables.notes)


@pytest.mark.parametrize(
    ("header", "value", "filled"),
    [
        ("account_id", 1001.0, "1001"),  # a key may be a number
        ("Customer No", 1001.0, "1001"),  # the first column names what its rows are of
        ("csm", "Ana", "Ana"),
        ("renewal_date", "2027-01-15", "2027-01-15"),
        ("my note", "talk to them", "talk to them"),
    ],
)
def test_names_numbers_of_accounts_and_days_are_filled_down(header: str, value: Cell, filled: str):
    key = header in ("account_id", "Customer No")
    rows: list[list[Cell]] = [[header, "x"], [value, "1"], [None, "2"]]
    if not key:
        rows = [["account_id", header], ["K1", value], ["K2", None]]
    table = read(rows, merged=["A2:A3" if key else "B2:B3"])

    assert [row[0 if key else 1] for row in cells(table)] == [filled, filled]


@pytest.mark.parametrize("header", ["arr", "seats", "logins", "score"])
@pytest.mark.parametrize("value", [5.0, "5", "1,200.50"])
def test_an_amount_over_several_rows_is_no_row_s_own(header: str, value: Cell):
    # 1200 over two accounts: 1200 each, 600 each, or 1200 and nothing? The sheet does not say.
    table = read([["account_id", header], ["K1", value], ["K2", None], ["K3", 7.0]], merged=["B2:B3"])
    shown = "5" if value == 5.0 else value

    assert cells(table) == [("K1", f"#MERGED! {shown}"), ("K2", f"#MERGED! {shown}"), ("K3", "7")]
    assert table.warnings[0].startswith(f"1 merged cell over several rows (B2:B3 `{shown}`) left without a value")


def test_rows_that_are_one_in_all_their_cells_stay_one():
    rows: list[list[Cell]] = [[*HEADER], [None] * 3, ["A", "a", 1.0], [None] * 3, ["B", "b", 2.0], [None] * 3]
    table = read(rows, merged=[f"{c}{r}:{c}{r + 1}" for r in (1, 3, 5) for c in "ABC"])

    assert cells(table) == [("A", "a", "1"), ("B", "b", "2")]
    assert table.warnings == table.notes == ()


def test_a_title_over_several_rows_is_one_title():
    rows: list[list[Cell]] = [["Accounts of May", None, None], [None] * 3, [*HEADER], ["A", "a", 1.0]]
    table = read(rows, merged=["A1:C2"])

    assert (table.header, table.header_line, table.preamble) == (HEADER, 3, ("Accounts of May,,",))


@pytest.mark.parametrize(
    ("upper", "lower", "merged", "header"),
    [
        (["account_id", "logins", None, None], [None, "2026-08", "2026-09", "2026-10"], ["A1:A2", "B1:D1"],
         ("account_id", "2026-08", "2026-09", "2026-10")),
        (["Account", None, "Usage", None], ["account_id", "name", "logins", "reports"], ["A1:B1", "C1:D1"],
         ("account_id", "name", "logins", "reports")),
        (["account_id", "logins", None, "plan"], [None, "May", "June", None], ["A1:A2", "B1:C1", "D1:D2"],
         ("account_id", "May", "June", "plan")),
        ([None, "logins", None, "reports", None], ["id", "May", "June", "May", "June"], ["B1:C1", "D1:E1"],
         ("id", "logins May", "logins June", "reports May", "reports June")),
    ],
)  # fmt: skip
def test_a_header_of_two_rows_is_one_header(
    upper: list[Cell], lower: list[Cell], merged: list[str], header: tuple[str, ...]
):
    data: list[Cell] = ["A", 1.0, 2.0, 3.0, 4.0][: len(header)]  # type: ignore[assignment]
    table = read([upper, lower, data], merged=merged)

    assert table.header == header
    assert cells(table) == [("A", "1", "2", "3", "4")[: len(header)]]
    assert "the header is of two rows, 1 and 2" in table.notes


@pytest.mark.parametrize("name", ["Contact", "name"])
def test_a_name_over_two_columns_with_data_under_it_is_no_second_header(name: str):
    table = read(
        [["account_id", name, None, "arr"], ["A", "Jo", "Smith", 5.0], ["B", "Ed", "Low", 6.0]], merged=["B1:C1"]
    )

    assert table.header == ("account_id", name, "", "arr")
    assert cells(table) == [("A", "Jo", "Smith", "5"), ("B", "Ed", "Low", "6")]


@pytest.mark.parametrize(
    ("value", "format", "shown"),
    [
        (0.625, "0.0%", "62.5%"),
        (0.625, 9, "62.5%"),
        (1.0, 10, "100%"),
        (0.12345, "0%", "12.3450%"),  # all digits, and no doubt that the point is a decimal one
        (62.5, '0.0"%"', "62.5%"),
        (62.5, "0.0\\%", "62.5%"),
        (42.0, "00000", "00042"),
        (1234567.0, "00000", "1234567"),
        (42.0, '"C-"0000', "C-0042"),
        (123456.0, "000\\-000", "123-456"),
        (1200.0, "[$€-407] #,##0.00", "€1200"),
        (-1200.5, '"US$"#,##0.00', "-US$1200.5"),
        (1200.0, "#,##0\\ [$EUR]", "EUR1200"),
        (1200.0, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\)', "$1200"),
        (1200.0, 44, "1200"),  # its currency is that of whoever looks
        (1200.0, "#,##0", "1200"),
        (120000.0, '0,"k"', "120000"),  # shown as 120k, and is
        (120.0, '0"k"', "120k"),  # shown as 120k, and stands for it
        (4.0, '0"/5"', "4/5"),
        (12.0, '0 "seats"', "12"),
        (5.0, "[Red]0", "5"),
        (1.234, None, "1.2340"),
        (0.1 + 0.2, None, "0.3"),
        (9007199254740991.0, None, "9007199254740991"),
        (46235.0, "yyyy-mm-dd", "2026-08-01"),
        (46235.0, "mmm\\-yy", "2026-08"),
        (46235.0, 17, "2026-08"),
        (46236.0, "mmm-yy", "2026-08-02"),
        (46235 + 10 / 24, "yyyy-mm-dd hh:mm", "2026-08-01 10:00:00"),
        (46235.4166666, "yyyy-mm-dd hh:mm", "2026-08-01 10:00:00"),
        (1.5, "[h]:mm", "36:00:00"),
        (0.5, "h:mm", "12:00:00"),
    ],
)  # fmt: skip
def test_a_number_reads_as_its_format_shows_it_with_all_its_digits(value: float, format: str | int | None, shown: str):
    assert column([value], format) == [shown]


@pytest.mark.parametrize("told", ['date1904="1"', 'date1904="true"'])
def test_days_of_the_1904_system_are_the_days_that_were_typed(told: str):
    # 2027-01-15 is day 46402 from 1899-12-30, and 1904-01-01 is day 1462: 46402 - 1462 = 44940.
    assert column([44940.0], "yyyy-mm-dd", book=f"<workbookPr {told}/>") == ["2027-01-15"]
    assert column([44940.0], "yyyy-mm-dd", book='<workbookPr date1904="0"/>') == ["2023-01-14"]


def test_a_document_type_is_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    sheet = bomb + '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(InputError, match="holds a document type"):
        table_from_bytes(workbook([], sheet=sheet), "t.xlsx")


def test_cells_and_rows_need_no_names_and_elements_may_have_a_prefix():
    told = [f'<x:c t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>' for text in ("account_id", "arr", "A")]
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row>{told[0]}{told[1]}</x:row>'
        f'<x:row hidden="1">{told[2]}<x:c><x:f>1+1</x:f></x:c></x:row></x:sheetData></x:worksheet>'
    )
    table = table_from_bytes(workbook([], sheet=sheet), "t.xlsx")

    assert cells(table) == [("A", "#FORMULA! =1+1")]
    assert len(table.warnings) == 2


@pytest.mark.parametrize("code", ["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "Err:502"])
def test_an_error_of_a_spreadsheet_is_no_name_and_no_key_in_a_csv_either(tmp_path: Path, code: str):
    tables = read_texts(tmp_path, accounts=f"account_id,name,owner; A,{code},Ana; {code},Birch,Ben; C,Cedar,{code}")
    frame = tables.roles[Role.ACCOUNTS].frame.filter(fate=Fate.USED)

    assert frame.select("account_id", "account_name", "owner").rows() == [("A", None, "Ana"), ("C", "Cedar", None)]
    assert tables.faults.select("line", "column", "value").rows() == [(2, "name", code), (4, "owner", code)]
    assert tables.rejects.select("line", "value").rows() == [(3, code)]


@pytest.mark.parametrize("name", ["#1 Plumbing", "#REFERENCE", "N/A Ltd", "Err", "#hashtag!"])
def test_a_name_that_looks_a_little_like_an_error_is_a_name(tmp_path: Path, name: str):
    tables = read_texts(tmp_path, accounts=f"account_id,name; A,{name}")

    assert tables.roles[Role.ACCOUNTS].frame["account_name"].to_list() == [name]


def test_rows_lost_to_formulas_are_mended_in_the_spreadsheet_and_not_accepted(tmp_path: Path):
    rows: list[list[Cell]] = [["account_id", "arr"], *([formula(f"D{n}"), 5.0] for n in range(2, 6)), ["K", 5.0]]
    tables = loaded(tmp_path, Role.ACCOUNTS, rows)
    with pytest.raises(InputError, match="4 of 5 rows") as refused:
        check_inputs(tables, Limit("5%"), Faults())

    assert "mend these cells in a spreadsheet" in str(refused.value.hint)
    assert "--max-rejects" not in str(refused.value.hint)
