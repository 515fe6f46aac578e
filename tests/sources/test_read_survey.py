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
