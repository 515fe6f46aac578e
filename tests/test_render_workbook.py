import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from csq.errors import OutputError
from csq.render import Format, Options, Selection, columns, render, workbook
from csq.render.columns import PUBLIC, output_columns
from csq.render.workbook import lists
from csq.render.workbook.accounts import places
from csq.render.workbook.book import LONGEST
from csq.render.workbook.labels import Box, free
from csq.report import Note
from csq.schema import COLUMNS, Kind
from csq.terms import NoteKind
from factories import AWKWARD, accounts, report
from golden_files import EMPTY

SHEETS = ["Summary", "This week", "Accounts", "Plays and risks", "Signals", "Data notes", "About", "Chart data"]


def book(*rows: dict[str, object], **options: object) -> bytes:
    made = report(accounts=accounts(*rows)) if rows else report()
    return render(made, Format.XLSX, Options(**options))


def sheet(data: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name).to_python(skip_empty_area=False)


def table(data: bytes, fields: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """The accounts by column name, empty cells as None."""
    head, *rows = sheet(data, "Accounts")
    names = {column.label: column.name for column in output_columns(accounts(*AWKWARD), fields)}
    return [
        {
            names[label]: None if cell == "" else cell
            for label, cell in zip(head, row, strict=True)
            if label not in ("Answers", "Usage rests on")  # what stands beside the scores, for people
        }
        for row in rows
    ]


def words(data: bytes, name: str) -> str:
    return "\n".join(" ".join(str(cell) for cell in row) for row in sheet(data, name))


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def as_cell(name: str, value: object) -> object:
    """A JSON value as a workbook has it."""
    match value:
        case [] | "":
            return None
        case list():
            return "; ".join(value)
        case str() if COLUMNS[name].kind is Kind.DATE:
            return date.fromisoformat(value)
        case _:
            return value


def test_the_sheets_are_those_promised_in_that_order():
    assert CalamineWorkbook.from_filelike(io.BytesIO(book())).sheet_names == SHEETS
    assert CalamineWorkbook.from_filelike(io.BytesIO(render(EMPTY, Format.XLSX))).sheet_names == SHEETS


def test_accounts_agree_with_json_cell_for_cell():
    fields = ("start_date", "is_new", "csat_mean")
    rows = ({"start_date": date(2024, 2, 29), "csat_mean": 66.66666, "usage_score": 91.6667}, *AWKWARD)
    made = report(accounts=accounts(*rows))
    lines = [json.loads(line) for line in render(made, Format.JSONL, Options(fields=fields)).split(b"\n")[:-1]]
    read = table(render(made, Format.XLSX, Options(fields=fields)), fields)
    assert read == [{name: as_cell(name, value) for name, value in row.items()} for row in lines]
    assert list(read[0]) == [*PUBLIC, *fields]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40)


@settings(max_examples=20)  # a workbook takes long, however few its rows
@given(st.lists(TEXTS, min_size=5, max_size=8))
def test_any_text_can_be_read_back(texts):
    rows = table(book(*({"account_name": text, "account_id": f"={place}{text}"} for place, text in enumerate(texts))))
    assert [row["account_name"] for row in rows] == texts


def test_ids_are_text_whatever_they_look_like():
    ids = ["00123", "1E5", "12345678901234567890", "-5", "=1+1", "TRUE", "2026-01-01"]
    assert [row["account_id"] for row in table(book(*({"account_id": key} for key in ids)))] == ids


def test_text_stays_text_when_its_cell_is_edited():
    long = "=" + "x" * 300
    styles = parts(book({"next_step": long, "account_id": "007"}))["xl/styles.xml"]
    assert 'formatCode="@"' in styles
    assert 'quotePrefix="1"' in styles


@pytest.mark.parametrize("unseen", ["", "\x01", "\x1f", "\x7f", "\u200b", "\t"])
@pytest.mark.parametrize("sign", "=+-@")
def test_what_begins_like_a_formula_is_a_text_whatever_stands_before_it(unseen, sign):
    """A cell of a workbook says itself what it is: `t="s"` is a text, which no program runs."""
    text = f"{unseen}{sign}1+1"
    data = book({"account_id": text, "account_name": text, "owner": text, "risks": [text]})
    sheets = {name: xml for name, xml in parts(data).items() if name.startswith("xl/worksheets/")}
    assert not [name for name, xml in sheets.items() if "<f>" in xml or "<f " in xml]
    assert table(data)[0]["account_name"] == text


def test_there_is_no_formula_and_no_link():
    hostile = ("=cmd|' /C calc'!A0", "http://x", "mailto:a@b.c", "internal:Summary!A1", "{=1}", "file:///etc/passwd")
    data = book(*({"account_name": text, "owner": text, "next_step": text, "signals": [text]} for text in hostile))
    for name, text in parts(data).items():
        if name.startswith("xl/worksheets/"):
            assert not re.search(r"<f[ >]|<hyperlink", text), name
        if name.endswith(".rels"):
            assert "External" not in text
        if name.startswith("xl/charts/"):
            assert all(found.startswith("'Chart data'!") for found in re.findall(r"<c:f>(.*?)</c:f>", text))
    assert [row["account_name"] for row in table(data)] == list(hostile)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_an_empty_cell(value):
    assert table(book({"priority": value, "usage_score": value}))[0]["priority"] is None


def test_the_same_report_gives_the_same_bytes():
    assert book() == book()
    assert "2026-11-16T00:00:00Z" in parts(book())["docProps/core.xml"]


def test_a_text_too_long_for_a_cell_is_cut_and_that_is_said():
    data = book({"account_name": "x" * (LONGEST + 1), "owner": "x" * LONGEST, "segment": "😀"})
    (row,) = table(data)
    assert row["account_name"] == "x" * (LONGEST - 1) + "…"
    assert row["owner"] == "x" * LONGEST
    assert "longer than the 32,767 characters of a cell" in words(data, "Data notes")
    assert "longer than" not in words(book(), "Data notes")


def test_excel_counts_in_units_of_utf_16():
    name = table(book({"account_name": "😀" * LONGEST}))[0]["account_name"]
    assert name == "😀" * (LONGEST // 2) + "…"


def test_more_accounts_than_a_sheet_has_rows_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "ROWS", 8)
    with pytest.raises(OutputError, match="8 accounts do not fit into a sheet of 8 rows"):
        book()
    monkeypatch.setattr(workbook, "ROWS", 9)
    assert book()


def test_a_day_before_excel_counts_days_is_written_as_text():
    row = table(book({"start_date": date(1066, 10, 14)}, fields=("start_date",)), ("start_date",))[0]
    assert row["start_date"] == "1066-10-14"


def test_a_quadrant_is_told_by_a_sign_that_is_no_part_of_its_text():
    styles = parts(book())["xl/styles.xml"]
    for mark in "●◆▲■○":
        assert f'formatCode="&quot;{mark} &quot;@"' in styles
    assert {row["quadrant"] for row in table(book())} == {row.get("quadrant", "advocates") for row in AWKWARD}


@pytest.mark.parametrize(
    ("value", "edges", "shown"),
    [
        (71.25, (70.0,), 1),
        (69.96, (70.0,), 2),
        (69.9996, (70.0,), 4),
        (70.0, (70.0,), 1),
        (71.25, (71.3,), 2),
        (4.96, (5.0,), 2),
        (99.97, (100,), 2),
        (50.0, (None,), 1),
        (None, (70.0,), 1),
    ],
)
def test_a_score_has_as_many_places_as_keep_it_on_its_side(value, edges, shown):
    number = places(pl.lit(value, dtype=pl.Float64), [pl.lit(edge, dtype=pl.Float64) for edge in edges])
    assert pl.select(number).item() == shown


def test_accounts_can_be_filtered_under_a_header_that_stays():
    page = parts(book())["xl/worksheets/sheet3.xml"]
    assert '<autoFilter ref="A1:AM9"/>' in page
    assert 'xSplit="3" ySplit="1"' in page
    assert 'state="frozen"' in page


def test_a_list_that_is_written_slice_by_slice_is_the_same(monkeypatch):
    whole = book(*AWKWARD)
    monkeypatch.setattr(lists, "_SLICE", 3)
    assert book(*AWKWARD) == whole


def test_every_row_and_cell_of_a_list_stands_where_it_says():
    for name in ("sheet2", "sheet3", "sheet5"):
        page = parts(book())[f"xl/worksheets/{name}.xml"]
        rows = re.findall(r'<row r="(\d+)"[^>]*>(.*?)</row>', page)
        assert [int(number) for number, _ in rows] == sorted({int(number) for number, _ in rows})
        for number, cells in rows:
            letters = re.findall(r'<c r="([A-Z]+)(\d+)"', cells)
            assert {at for _, at in letters} <= {number}
            assert [each for each, _ in letters] == sorted({each for each, _ in letters}, key=lambda at: (len(at), at))
        last = max(int(number) for number, cells in rows if cells)
        assert re.search(rf'<dimension ref="A1:[A-Z]+{last}"/>', page)


def test_every_sheet_prints_on_landscape_a4_as_wide_as_the_paper():
    pages = {name: text for name, text in parts(book()).items() if name.startswith("xl/worksheets/sheet")}
    assert len(pages) == len(SHEETS)
    for text in pages.values():
        assert 'paperSize="9"' in text
        assert 'orientation="landscape"' in text
        assert "<pageSetUpPr fitToPage=" in text


def test_the_summary_has_the_grid_the_totals_and_what_is_not_known():
    text = words(book(), "Summary")
    for said in (
        "Triage as of 2026-11-16 (newest usage date)",
        "8 accounts, 1.3 M EUR a year; 2 without a contract value",
        "● Advocates\n2 accounts\n1.2 M EUR · 96 %\n1 borderline",
        "not in the usage export",
        "Where high begins: at the cut and above",
        "2 accounts without both scores cannot be drawn",
    ):
        assert said in text
    (sums,) = [row for row in sheet(book(), "Summary") if "All" in row]
    assert sums[7:9] == [8, 1250937.99]


def test_the_chart_has_a_series_with_its_own_shape_for_each_quadrant_and_lines_for_the_cuts():
    chart = parts(book())["xl/charts/chart1.xml"]
    shapes = re.findall(r'<c:symbol val="(\w+)"/>', chart)
    drawn = list(dict.fromkeys(shape for shape in shapes if shape != "none"))
    assert drawn == ["circle", "diamond", "triangle", "square"]
    assert chart.count('<a:prstDash val="dash"/>') == 2
    drawn = [row[:5] for row in sheet(book(), "Chart data")[1:] if row[0] != ""]
    known = [row for row in AWKWARD if row.get("usage_score", 1) is not None]
    assert {row[0] for row in drawn} == {row["account_id"] for row in known}


def test_the_larger_a_mark_the_higher_the_contract_value_and_a_hollow_one_has_none():
    values = (400_000, 100_000, 1_000, None)
    chart = parts(book(*({"contract_value": None if value is None else Decimal(value)} for value in values)))
    series = re.findall(
        r"<c:marker><c:symbol val=.circle./><c:size val=.(\d+)./>(.*?)</c:marker>", chart["xl/charts/chart1.xml"]
    )
    # The square roots of the shares are 1, 0.5 and 0.05: 17, 8.5 and under 5 points, in classes of 5, 8, 12 and 17.
    assert [int(size) for size, _ in series] == [17, 12, 5, 5]
    assert ["<a:noFill/>" in look for _, look in series] == [False, False, False, True]


@pytest.mark.parametrize(
    ("marks", "taken", "position"),
    [
        # `Acme` takes 2 points of usage and 4 of happiness: from 51.3 to 53.3 and from 48 to 52 on the right.
        ([], [], "right"),
        ([(52.0, 50.0)], [], "left"),
        ([(52.0, 50.0), (48.0, 51.0)], [], "above"),
        ([(52.0, 50.0), (48.0, 51.0), (50.0, 55.0)], [], "below"),
        ([(52.0, 50.0), (48.0, 51.0), (50.0, 55.0), (50.0, 44.0)], [], None),
        ([], [Box(52.0, 51.0, 60.0, 55.0)], "left"),
    ],
)
def test_a_name_in_the_chart_stands_on_no_mark_and_no_other_name(marks, taken, position):
    at = (50.0, 50.0)
    found = free("Acme", at, [at, *marks], taken)
    assert (found and found[0]) == position


@pytest.mark.parametrize(("at", "position"), [((99.5, 50.0), "left"), ((1.5, 99.0), "below"), ((1.5, 1.0), "above")])
def test_a_name_in_the_chart_stays_within_it(at, position):
    assert free("Acme", at, [at, (at[0] + 2, at[1])], [])[0] == position


def test_the_largest_accounts_are_named_in_the_chart():
    data = book({"account_name": "Acme", "contract_value": Decimal(9)}, {"usage_score": 20.0, "happiness_score": 10.0})
    assert [row[6] for row in sheet(data, "Chart data")[1:]][-2:] == ["Account 2", "Acme"]


def test_what_a_divided_account_says_fits_into_its_columns():
    """A number that does not fit is ####: `88.0 (users 12 / decision maker 94)` has 35 characters."""
    row = {"users_mean": 12.0, "decision_maker_mean": 94.0, "unhappy_side": "users"}
    widths = {}
    for name, rows in (("divided", row), ("plain", {})):
        page = parts(book(rows))["xl/worksheets/sheet3.xml"]
        found = re.findall(r'<col min="(\d+)" max="\d+" width="([\d.]+)"', page)
        heads = sheet(book(rows), "Accounts")[0]
        widths[name] = {heads[int(first) - 1]: float(width) for first, width in found if int(first) <= len(heads)}
    assert widths["divided"]["Happiness score"] > 35 > widths["plain"]["Happiness score"]
    assert widths["divided"]["Quadrant"] > len("● advocates, divided")
    assert 'formatCode="&quot;● &quot;@&quot;, divided&quot;"' in parts(book(row))["xl/styles.xml"]


def test_a_long_note_wraps_within_what_is_printed():
    note = Note(kind=NoteKind.CHOICE, text="a choice " * 60)
    page = parts(render(report(notes=(note,)), Format.XLSX))["xl/worksheets/sheet6.xml"]
    # 540 characters in 138 places, 1.2 characters each, take 4 lines of 13 points.
    assert re.search(r'<row r="\d+"[^>]* ht="54"', page)
    assert '<mergeCell ref="B' in page


def test_the_first_sheet_says_whom_to_turn_to_first_and_why():
    rows = sheet(book({"account_name": "=Acme", "days_to_renewal": 40, "next_step": "Call them"}), "Summary")
    (line,) = [row for row in rows if "● =Acme" in row]
    assert [cell for cell in line if cell != ""] == [
        "1", "● =Acme", "12,000 EUR", "renewal in 40 days", "Call them", "Ann Lee"
    ]  # fmt: skip
    made = [{"account_name": f"Name {number}"} for number in range(12)]
    assert "2 more: `csq plan -v` lists them" in words(book(*made), "Summary")


def test_a_selection_takes_accounts_and_leaves_the_totals():
    data = book(selection=Selection(quadrant=("at_risk", "unknown")))
    assert [row["rank"] for row in table(data)] == [5, 7, 8]
    assert "8 accounts, 1.3 M EUR" in words(data, "Summary")
    assert "only quadrant at_risk or unknown" in words(data, "Summary")
    assert [row[0] for row in sheet(data, "Chart data")[1:] if row[0] != ""] == ["esc"]


def test_this_week_is_what_fits_once_hours_are_divided():
    text = words(book(), "This week")
    assert "1 account, 0.5 hours: what fits into the week" in text
    assert "Find out who bought it, and why" in text
    assert "Write a thank-you note" not in text


def test_this_week_is_the_order_of_work_as_long_as_no_hours_are_set():
    data = book({}, {"queue": "rest", "next_step": "Nothing now"}, {"next_step": "Call"})
    assert "2 accounts in the order of work" in words(data, "This week")
    steps = [row[9] for row in sheet(data, "This week")[4:]]
    assert steps == ["Write a thank-you note", "Call"]


def test_signals_are_counted_and_listed_or_said_to_be_none():
    made = report(accounts=accounts({"account_id": "00123", "signals": ["second", "first"]}))
    rows = [row for row in sheet(render(made, Format.XLSX), "Signals") if row[0] in ("first", "second")]
    # What says act stands above what says watch.
    assert [row[:4] for row in rows[:2]] == [["first", "act", 1, 12000], ["second", "watch", 1, 12000]]
    assert [row[1:4:2] for row in rows[2:]] == [["act", "00123"], ["watch", "00123"]]
    assert ["=first", "", 1, 1204500.5] in [row[:4] for row in sheet(book(), "Signals")]
    assert "No signals were judged in this run." in words(book({"signals": None}), "Signals")
    assert "No signal holds for any of these accounts." in words(book({"signals": []}), "Signals")


def test_data_notes_and_about_tell_where_everything_comes_from():
    notes, about = words(book(), "Data notes"), words(book(), "About")
    assert "3 key not among the accounts" in notes
    assert "happiness: {at: 70}" in notes
    assert "1 off the scale" in notes
    for said in ("csq 0.1.0", "newest usage date", report().settings_sha256, report().playbook_sha256, "survey.csv"):
        assert said in about
    for column in output_columns(report().accounts):
        assert column.meaning in about


def test_no_cell_of_a_rejected_row_is_passed_on():
    rejects = pl.DataFrame(
        [("csat", "survey.csv", 3, "score", "zoe@example.org", "off the scale")],
        schema=report().rejects.schema,
        orient="row",
    )
    data = render(report(rejects=rejects), Format.XLSX)
    assert not [name for name in SHEETS if "zoe@" in words(data, name)]


def test_a_file_name_that_is_no_text_is_written_all_the_same():
    name = b"us\xffage.csv".decode(errors="surrogateescape")
    assert "us\\udcffage.csv" in words(render(report(playbook_label=name), Format.XLSX), "About")


@pytest.mark.parametrize("format", [Format.CSV, Format.TSV, Format.JSON, Format.JSONL, Format.XLSX, Format.PARQUET])
def test_a_new_column_is_one_line(format, monkeypatch):
    """Named once, a column stands in every format that has all of them; pages of a few show it when it is asked for."""
    monkeypatch.setattr(columns, "PUBLIC", (*PUBLIC, "nps"))
    made = report(accounts=accounts({"nps": 41.5}))
    data = render(made, format)
    match format:
        case Format.XLSX:
            head, row = sheet(data, "Accounts")
            assert (head[-1], row[-1]) == ("NPS", 41.5)
        case Format.PARQUET:
            assert pl.read_parquet(io.BytesIO(data))["nps"].to_list() == [41.5]
        case _:
            assert b"nps" in data
            assert b"41.5" in data


@pytest.mark.parametrize("format", [each for each in Format if each not in (Format.BRIEF, Format.CALENDAR)])
def test_a_field_that_is_asked_for_stands_in_every_format_but_a_message_and_a_calendar(format):
    made = report(accounts=accounts({"nps": 41.5}))
    data = render(made, format, Options(fields=("nps",)))
    match format:
        case Format.XLSX:
            assert sheet(data, "Accounts")[1][-1] == 41.5
        case Format.PARQUET:
            assert pl.read_parquet(io.BytesIO(data))["nps"].to_list() == [41.5]
        case _:
            assert b"41.5" in data


def test_a_hundred_thousand_accounts_work():
    sparse = {**AWKWARD[-1], "quadrant": "advocates", "happiness_score": 88.0, "contract_value": Decimal(5)}
    many = pl.concat([accounts(sparse)] * 100_000).with_columns(
        account_id=pl.int_range(100_000).cast(pl.String).str.zfill(7),
        rank=pl.int_range(1, 100_001),
        usage_score=(pl.int_range(100_000) % 1001 / 10).cast(pl.Float64),
    )
    data = render(report(accounts=many), Format.XLSX)
    rows = sheet(data, "Accounts")
    assert len(rows) == 100_001
    assert rows[-1][1] == "0099999"
    assert "Of 100,000 accounts these have the highest contract value" in words(data, "Summary")


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """A folder with the awkward workbook, and LibreOffice to open it."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed: nobody has opened the workbook")
    folder = tmp_path_factory.mktemp("office")
    (folder / "week.xlsx").write_bytes(book())
    return folder


def converted(folder: Path, name: str, target: str) -> Path:
    """What LibreOffice makes of a workbook."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", target, "--outdir", str(folder), name]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=240)
    (written,) = folder.glob(f"*.{target.split(':')[0]}")
    return written


def test_the_workbook_of_the_sample_prints_on_twelve_pages_at_most(office, csq, sample_data):
    assert csq("triage", sample_data, "-q", "-o", office / "sample.xlsx").code == 0
    paper = converted(office, "sample.xlsx", "pdf").read_bytes()
    assert 0 < len(re.findall(rb"/Type\s*/Page\b", paper)) <= 12


def test_libreoffice_opens_the_workbook_and_keeps_the_ids(office):
    sheet_of_accounts = SHEETS.index("Accounts") + 1
    # The tokens of its CSV filter: comma, quote, UTF-8, ..., and which sheet.
    target = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{sheet_of_accounts}"
    written = converted(office, "week.xlsx", target)
    rows = list(csv.DictReader(io.StringIO(written.read_bytes().decode(), newline="")))
    assert [row["Account ID"] for row in rows] == [row["account_id"] for row in AWKWARD]
    assert rows[2]["Account name"] == "=cmd|' /C calc'!A0"
    assert rows[0]["Contract value"] == "1204500.5"
