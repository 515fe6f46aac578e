"""Small files like those that people publish, each with its table written by hand beside it: `tests/survey`.

Files without a header, with titles above it, with headers of several rows, with several tables, with a header alone.
The score is that of the benchmark whose survey they are modelled on: `tests/score_pollock.py`.
"""

import json
import sys
from pathlib import Path

import pytest

import score_pollock
from csq.sources.reading.read import TextTable, table_from_bytes

SURVEY = Path(__file__).parents[1] / "survey"
FILES = sorted(path.name for path in (SURVEY / "csv").iterdir())


def read(text: str) -> TextTable:
    return table_from_bytes(text.encode(), "t.csv")


def test_there_are_forty_files_each_with_a_table_and_a_weight():
    weights = json.loads((SURVEY / "weights.json").read_text())

    assert len(FILES) >= 40
    assert [path.name for path in sorted((SURVEY / "clean").iterdir())] == FILES == sorted(weights)


@pytest.mark.parametrize("name", FILES)
def test_a_file_like_those_of_the_survey_gives_its_table(name):
    points, refused = score_pollock.score(SURVEY / "csv" / name, SURVEY / "clean" / name)

    assert (sum(points), refused) == (10.0, "")


def test_the_score_is_printed_with_weights(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["score", str(SURVEY), "--weights", str(SURVEY / "weights.json"), "--worst", "1"])
    score_pollock.main()

    assert f"{len(FILES)} files, simple score 10.0000\nweighted score 10.0000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("tables_narrower_below", "lines 5-7"),  # `team,lead` and its two rows, without a blank line above
        ("tables_wider_below", "lines 5-8"),
        ("tables_padded", "lines 5-7"),
        ("tables_same_width", "lines 5-7"),
        ("tables_with_titles", "lines 6-9"),  # the title of the second table is a part of it
        ("tables_three", "lines 5-7 and 9-11"),
    ],
)
def test_further_tables_are_told_with_their_lines(name, lines):
    data = (SURVEY / "csv" / f"{name}.csv").read_bytes()

    assert f"not data: another table below ({lines})" in table_from_bytes(data, "t.csv").notes


@pytest.mark.parametrize(
    "rows",
    [
        ["a,5,x", "", "b,unknown,late", "c,4,good"],  # one word for a number, under a blank line
        ["a,5,x", "", "b,n/a,none", "c,n/a,none"],
        ["a,5,x", "", "score,bad,id"],
        ["a,5,x", "", "b,unknown,late", "c,missing,ok"],  # one row above says little of its column
        ["a,5,1", "b,4,2", "", "c,absent,excused", "d,4,4"],  # two words for two numbers
        ["a,5,x", "b,4", "c,3", "d,2,y", "e,1,z"],  # short rows, which are no table of their own
    ],
)
def test_rows_that_only_resemble_another_table_are_data(rows):
    table = read("\n".join(["id,score,text", *rows]))

    assert table.frame.height == sum(map(bool, rows))
    assert set(table.dropped) <= {"blank"}


def test_the_same_names_again_are_no_other_table():
    """A page ends, and the next begins with the names: all rows are of one table."""
    table = read("id,score,text\na,5,x\nb,4,y\n\nid,score,text\nc,3,z\n")

    assert table.frame["c0"].to_list() == ["a", "b", "c"]
    assert table.dropped == {"blank": (4,), "repeated header": (5,)}


@pytest.mark.parametrize(
    ("above", "dropped"),
    [
        ([], {}),  # of a page that has no title the header alone comes again
        (["Answers,,"], {"preamble": (1, 5)}),
        (["Answers,,", "Page 1 of 9,,"], {"preamble": (1, 2, 6, 7)}),  # line 7 is of page 2
        (["", "Page 1,,"], {"blank": (1, 6), "preamble": (2, 7)}),
    ],
)
def test_what_stands_above_the_header_of_a_page_stands_there_on_every_page(above, dropped):
    pages = [*above, "id,score,text", "a,5,x", "b,,", *(line.replace("1", "2") for line in above), "id,score,text"]
    table = read("\n".join([*pages, "c,4,z"]))

    assert table.frame["c0"].to_list() == ["a", "b", "c"]  # b has nothing but its id, and stands above a header, too
    assert table.dropped == dropped | {"repeated header": (2 * len(above) + 4,)}


def test_the_foot_of_a_page_is_no_row():
    table = read("id,score,text\na,5,x\nPage 1 of 2,,\nid,score,text\nb,4,y\nPage 2 of 2,,\n")

    assert table.frame["c0"].to_list() == ["a", "b"]
    assert table.dropped == {"preamble": (3,), "repeated header": (4,), "footer": (6,)}


@pytest.mark.parametrize(
    "last",
    ["(2 rows)", "2 rows affected", "1,200 records", "End of report", "* answers of 1-5", "Filters applied: none"],
)
@pytest.mark.parametrize("padding", ["", ",,"])
def test_what_tools_write_below_a_table_is_no_row(last, padding):
    line = f'"{last}"{padding}' if "," in last else last + padding
    table = read(f"id,score,text\na,5,x\nb,4,y\nc,3,z\n{line}\n")

    assert (table.frame.height, table.dropped, table.broken) == (3, {"footer": (5,)}, ())


@pytest.mark.parametrize("last", ["A-3 rows,,", "3 rowers,,", "*star,,", "Page Ltd,,", "Endofreport,,"])
def test_an_id_alone_that_only_resembles_such_a_line_is_a_row(last):
    assert read(f"id,score,text\na,5,x\nb,4,y\n{last}\n").frame.height == 3


@pytest.mark.parametrize(
    ("row", "is_header"),
    [
        ("text,int,date", True),
        ("varchar(20),bigint,timestamp", True),
        ("--,-----,---", True),  # what is ruled under each name
        (":--,--:,:--:", True),
        ("text,3,date", False),
        ("date,,text", False),
        ("text,text,", False),
        ("--,5,2026-11-01", False),
    ],
)
def test_types_and_rules_under_the_names_are_no_row(row, is_header):
    table = read(f"id,score,day\n{row}\na,5,2026-11-01\nb,4,2026-11-02\n")

    assert table.frame.height == 3 - is_header
    assert table.extra_headers == ((tuple(row.split(",")),) if is_header else ())


@pytest.mark.parametrize(
    ("upper", "lower", "header"),
    [
        ("Kd-Nr,Urteil,Tag", "account_id,score,date", 2),  # what a tool calls its columns, under what people call them
        ("account_id,score,date", "Kd-Nr,Urteil,Tag", 1),
        ("Customer,Urteil,Tag", "account_id,score,date", 1),  # csq knows a name of either row: the first it is
        ("Kd-Nr,Urteil,Tag", "Kunde,Punkte,Datum der Antwort", 1),
    ],
)
def test_of_two_rows_of_names_that_is_the_header_which_csq_knows(upper, lower, header):
    table = read(f"{upper}\n{lower}\na,5,2026-11-01\nb,4,2026-11-02\nc,3,2026-11-03\n")
    names = [upper, lower]

    assert (",".join(table.header), table.header_line, table.frame.height) == (names[header - 1], header, 3)
    assert [",".join(row) for row in table.extra_headers] == [names[2 - header]]


def test_words_above_rows_of_ids_alone_are_no_labels():
    """One row says nothing of its columns: `b,0,-3` is as odd there as the row above it."""
    assert read("id,region,score\na,north,x\nb,0,-3\nc,,\nd,,\ne,,\n").frame.height == 5


@pytest.mark.parametrize("rows", [2, 8000])  # small files, and those over 64 KB, are read in two ways
@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_a_line_that_tells_the_delimiter_is_none_of_the_table(first, rows):
    body = [f'A-{row};{row % 5};"so; so"' for row in range(rows)]
    table = read("\n".join([first, "id;score;text", *body]))

    assert (table.header, table.header_line, table.frame.height) == (("id", "score", "text"), 2, rows)
    assert table.frame.row(-1) == (rows + 2, f"A-{rows - 1}", str((rows - 1) % 5), "so; so")
    assert (table.repairs, table.broken) == ((), ())


def test_rows_of_other_lengths_below_such_a_line_are_seen_to_as_below_any_header():
    table = read("sep=;\nid;score;text\na;5;x\nb;4\nc;3;y;z\n")

    assert (table.header, table.frame["c0"].to_list()) == (("id", "score", "text"), ["a", "b"])
    assert ([line for line, _ in table.repairs], [line for line, _ in table.broken]) == ([4], [5])


def test_a_column_called_sep_is_one():
    assert read("sep,oct\n1,2\n3,4\n").header == ("sep", "oct")


def test_a_header_alone_under_a_title_is_a_table_without_rows():
    table = read("Answers,,\naccount_id,score,comment\n")

    assert (table.header, table.frame.height) == (("account_id", "score", "comment"), 0)


@pytest.mark.parametrize("names", ["Respondent ID,Collector ID", "respondent_id,collector_id"])
def test_the_choices_of_surveymonkey_stand_in_a_second_header_row(names):
    table = read(f"{names},Happy?,Why?\n,,Response,Open-Ended Response\n1,9,5,x\n2,9,4,y\n")

    assert (table.frame.height, table.extra_headers) == (2, (("", "", "Response", "Open-Ended Response"),))


@pytest.mark.parametrize(
    ("first", "is_total"),
    [
        ("Grand total,,9,", True),
        (",,9,Grand total", True),  # as GA4 writes it
        (",,9,Grand Totals (2 records)", True),
        ("A-9,2,9,Grand total", False),  # somebody's comment
        (",ann,9,Grand total", False),
        ("A-9,,,Grand total", False),
    ],
)
def test_a_grand_total_above_the_rows_is_one_only_where_no_row_says_it(first, is_total):
    table = read(f"id,by,score,text\n{first}\nA-1,ann,4,x\nA-2,bob,5,y\n")

    assert (table.frame.height, table.dropped) == (3 - is_total, {"total": (2,)} if is_total else {})


@pytest.mark.parametrize(
    ("text", "rows", "repaired"),
    [
        ('"id,score"\n"a,5"\n"b,4"\n', ["a|5", "b|4"], []),
        ('"id;score"\n"a;5"\n"b;4"\n', ["a|5", "b|4"], []),
        ('"id,text"\n"a,""x, y"""\n\n"b,z"\n', ["a|x, y", "b|z"], []),
        ('id,score,text\na,5,x\n"b,4,""y, z"""\n', ["a|5|x", "b|4|y, z"], [3]),
        ('id,score\n"a,5"\n"b,4"\n', ["a|5", "b|4"], [2, 3]),
    ],
)
def test_quotes_around_whole_lines_are_left_out_and_told(text, rows, repaired):
    table = read(text)

    assert ["|".join(row[1:]) for row in table.frame.rows()] == rows
    assert [line for line, _ in table.repairs] == repaired
    assert "quotes around" in "".join((*table.notes, *(what for _, what in table.repairs)))


@pytest.mark.parametrize("text", ['name\n"Smith, Ann"\n', '"Name, first"\n"Smith, Ann"\n', '"a,a"\n"b,c"\n'])
def test_a_column_of_texts_with_commas_stays_one(text):
    assert read(text).frame.width == 2
