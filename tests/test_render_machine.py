import csv
import io
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csq.errors import UsageError
from csq.render import SUFFIXES, Format, Options, Selection, delimited, render
from csq.render.columns import PUBLIC, label, output_columns
from csq.render.delimited import guarded_keys
from csq.render.json_text import _lines_of, plain
from csq.schema import COLUMNS, Kind
from factories import AWKWARD, accounts, report
from golden_files import CASES, EMPTY, FOLDER

CONTRACT = """
    rank account_id account_name owner tier contract_value quadrant usage_level happiness_level usage_score
    happiness_score usage_margin happiness_margin borderline evidence responses response_rate_pct active_users seats
    seat_use_pct usage_change_pct days_to_renewal signals play next_step risks queue priority hours this_week
    moved_from silence missing answers_to_flip usage_parts weeks_here moved_because times_deferred
"""
TABLES = {Format.CSV: ",", Format.TSV: "\t"}


def table(data: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=separator))


def objects(data: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def cell(column: str, *rows: dict[str, object], **options: object) -> str:
    """What CSV writes into `column` of the first account."""
    made = report(accounts=accounts(*rows))
    return table(render(made, Format.CSV, Options(**options)))[0][column]


def ids(selection: Selection, *rows: dict[str, object]) -> list[object]:
    made = report(accounts=accounts(*rows)) if rows else report()
    return [row["account_id"] for row in objects(render(made, Format.JSONL, Options(selection=selection)))]


@pytest.mark.parametrize("name", CASES)
def test_the_output_is_the_golden_file_to_the_byte(name):
    assert render(*CASES[name]) == (FOLDER / name).read_bytes()


def test_golden_files_have_unix_line_ends_and_none_is_forgotten():
    assert {path.name for path in FOLDER.iterdir()} == set(CASES)
    assert not [name for name in CASES if b"\r\n" in (FOLDER / name).read_bytes()]


@pytest.mark.parametrize("format", Format)
def test_every_format_renders_an_empty_report(format):
    assert isinstance(render(EMPTY, format), bytes)


def test_every_format_has_a_suffix():
    assert set(SUFFIXES.values()) == {*Format} - {Format.BRIEF}  # which is a text for a chat


def test_naming_the_formats_loads_no_polars():
    code = "import sys, csq.render; assert 'polars' not in sys.modules and 'rich' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_public_columns_are_those_promised_in_that_order():
    assert list(PUBLIC) == CONTRACT.split()
    assert set(PUBLIC) <= set(COLUMNS)


def test_a_column_says_how_it_is_to_be_shown():
    columns = {column.name: column for column in output_columns(accounts({"mood": 1.5}), ("start_date", "mood"))}
    assert columns["usage_change_pct"].label == "Usage change %"
    assert columns["account_id"].label == "Account ID"
    assert (columns["contract_value"].kind, columns["contract_value"].is_right) == (Kind.MONEY, True)
    assert (columns["start_date"].kind, columns["start_date"].is_right) == (Kind.DATE, False)
    assert (columns["mood"].kind, columns["mood"].unit) == (Kind.NUMBER, "")


def test_labels_of_all_columns_differ():
    assert len({label(name) for name in COLUMNS}) == len(COLUMNS)


def normal(value: object) -> object:
    """A JSON value as CSV writes it."""
    match value:
        case None | "" | []:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return float(value)
        case list():
            return "; ".join(value)
        case _:
            return value


def typed(row: dict[str, str]) -> dict[str, object]:
    """A CSV row with numbers where the schema has them."""
    numbers = {Kind.NUMBER, Kind.WHOLE, Kind.MONEY}
    return {name: float(text) if text and COLUMNS[name].kind in numbers else text for name, text in row.items()}


def test_formats_agree_cell_for_cell():
    options = Options(raw=True, fields=("start_date", "is_new", "csat_mean"))
    made = report(accounts=accounts({"start_date": date(2024, 2, 29), "csat_mean": 66.66666}, *AWKWARD))
    lines = objects(render(made, Format.JSONL, options))
    assert json.loads(render(made, Format.JSON, options))["accounts"] == lines
    by_json = [{name: normal(value) for name, value in row.items()} for row in lines]
    for format, separator in TABLES.items():
        rows = table(render(made, format, options), separator)
        assert [typed(row) for row in rows] == by_json
        assert list(rows[0]) == list(lines[0]) == [*PUBLIC, *options.fields]


@pytest.mark.parametrize(
    ("value", "text"),
    [("33432", "33432"), ("33432.5", "33432.50"), ("0", "0"), ("0.05", "0.05"), ("12345678901234567.89",) * 2],
)
def test_money_is_written_to_the_cent(value, text):
    assert cell("contract_value", {"contract_value": Decimal(value)}) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(88.0, "88"), (66.66666, "66.6667"), (0.1 + 0.2, "0.3"), (-0.00001, "0"), (-12.5, "-12.5"), (1e6, "1000000")],
)
def test_numbers_have_at_most_four_places_and_no_idle_zeros(value, text):
    assert cell("priority", {"priority": value}) == text
    made = report(accounts=accounts({"priority": value}))
    assert objects(render(made, Format.JSONL))[0]["priority"] == float(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_null(value):
    assert cell("priority", {"priority": value}) == ""
    assert objects(render(report(accounts=accounts({"priority": value})), Format.JSONL))[0]["priority"] is None


def test_truths_dates_and_lists_are_written_plainly():
    row = {
        "borderline": True,
        "this_week": False,
        "start_date": date(2026, 3, 1),
        "risks": ["a", "b; c"],
        "missing": [],
    }
    assert cell("borderline", row) == "true"
    assert cell("this_week", row) == "false"
    assert cell("start_date", row, fields=("start_date",)) == "2026-03-01"
    assert cell("risks", row) == "a; b; c"
    assert cell("missing", row) == ""


def test_the_header_stands_even_above_no_account():
    for format, separator in TABLES.items():
        assert render(EMPTY, format) == (separator.join(PUBLIC) + "\n").encode()
    assert render(EMPTY, Format.JSONL) == b""
    assert json.loads(render(EMPTY, Format.JSON))["accounts"] == []


def test_excel_gets_a_byte_order_mark_and_crlf():
    made = report(accounts=accounts({}, {}))
    plain = render(made, Format.CSV)
    assert render(made, Format.CSV, Options(excel=True)) == b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "'=1"]
)
def test_text_that_a_spreadsheet_would_run_gets_one_apostrophe(text):
    row = {"account_name": text, "signals": [text]}
    assert cell("account_name", row) == "'" + text
    assert cell("signals", row) == "'" + text
    assert cell("account_name", row, raw=True) == text
    assert objects(render(report(accounts=accounts(row)), Format.JSONL))[0]["account_name"] == text


UNSEEN = [
    "\x01",
    "\x1f",
    "\x7f",
    "\x9b",
    "\0",
    "\x0b",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\x01\x02",
    "\x01 ",
    " \x01",
    "'\x01",
]


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("sign", "=+-@＝")
@pytest.mark.parametrize("format", TABLES)
def test_nor_is_it_run_behind_what_cannot_be_seen(unseen, sign, format):
    """Control and format characters, alone, several, among white space: programs that drop them find the sign first."""
    text = f"{unseen}{sign}1+1"
    made = report(accounts=accounts({"account_name": text, "risks": [text]}))
    row = table(render(made, format), TABLES[format])[0]
    assert (row["account_name"], row["risks"]) == ("'" + text, "'" + text)
    assert table(render(made, format, Options(raw=True)), TABLES[format])[0]["account_name"] == text


@pytest.mark.parametrize("text", ["a=1", "1-2", " =1", "'quoted'", "'", "*", "\x01a=1", "\u200b1-2", "a\x01=1"])
def test_other_text_is_left_alone(text):
    assert cell("account_name", {"account_name": text}) == text


@pytest.mark.parametrize("options", [Options(), Options(excel=True), Options(raw=True)])
def test_text_that_many_cells_share_is_written_as_in_each_of_them(monkeypatch, options):
    names = ["=1+1", "a;b", '"', "007", "", None, "plain"] * 9
    made = report(accounts=accounts(*({"account_name": name, "signals": [name]} for name in names)))
    each = render(made, Format.CSV, options)
    monkeypatch.setattr(delimited, "MANY", 2)
    assert render(made, Format.CSV, options) == each


@pytest.mark.parametrize("format", [Format.CSV, Format.TSV, Format.JSONL])
def test_a_table_that_is_written_in_slices_is_the_same(monkeypatch, format):
    whole = render(report(), format)
    monkeypatch.setattr("csq.render.cells.SLICE", 2)
    assert render(report(), format) == whole


def test_negative_numbers_get_no_apostrophe():
    row = {"usage_margin": -4.5, "days_to_renewal": -3, "priority": -0.5}
    assert [cell(name, row) for name in row] == ["-4.5", "-3", "-0.5"]


def test_key_columns_that_got_an_apostrophe_are_named():
    made = report(accounts=accounts({"account_id": "-5"}, {"owner": "=1"}))
    assert guarded_keys(made, Options()) == ("account_id",)
    assert guarded_keys(made, Options(raw=True)) == ()
    assert guarded_keys(made, Options(selection=Selection(owner=("=1",)))) == ()
    assert guarded_keys(report(), Options()) == ("account_id", "account_name")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(list(TABLES)), st.booleans())
def test_any_text_can_be_read_back(text, format, excel):
    made = report(accounts=accounts({"account_name": text, "account_id": "'" + text}))
    raw = render(made, format, Options(raw=True, excel=excel)).removeprefix(b"\xef\xbb\xbf")
    assert table(raw, TABLES[format])[0]["account_name"] == text
    guarded = table(render(made, format), TABLES[format])[0]
    for name, original in (("account_name", text), ("account_id", "'" + text)):
        assert guarded[name] in (original, "'" + original)
        assert guarded[name].lstrip("'")[:1] not in set("=+-@＝＋－＠\t\r\n") or guarded[name] == "'" + original


def test_json_says_what_the_run_was():
    made = json.loads(render(report(), Format.JSON))
    assert (made["format_version"], made["csq_version"], made["as_of"]) == (3, "0.1.0", "2026-11-16")
    assert made["sources"][0]["set_aside"] == {"after as_of": 2, "key not among the accounts": 3}
    assert [made["playbook"]["label"], made["settings"]["label"]] == ["playbooks.yaml", "built in"]
    assert made["counts"] == {"accounts": 8, "rejected_rows": 1, "cell_faults": 0}
    assert made["plays"][0]["steps"][1] == {
        "do": "Mend what is broken, and say so",
        "who": "product",
        "human": True,
        "hours": 2.5,
        "id": "",
        "short": "",
    }
    assert list(made)[-1] == "accounts"


def test_json_has_the_same_keys_when_there_is_nothing():
    full, empty = (json.loads(render(made, Format.JSON)) for made in (report(), EMPTY))
    assert list(full) == list(empty)


def test_json_money_is_exact():
    made = json.loads(render(report(), Format.JSON))
    assert [total["contract_value"] for total in made["totals"]] == [1205500.49, 12000, 33432.5, 0, 5]
    assert isinstance(made["totals"][1]["contract_value"], int)


def test_a_json_line_is_to_the_byte_what_the_encoder_of_python_writes():
    odd = "".join(map(chr, range(32))) + '\x7f"\\/\u2028é😀'
    frame = pl.DataFrame(
        {
            "text": [odd, "", None, "a, b"],
            "list": [[odd, "b, c"], [], None, [""]],
            "money": [Decimal("1.50"), Decimal("12345678901234567.89"), None, Decimal(-7)],
            "number": [0.0001, 1e16, None, 75.0],
            "whole": [-1, 2**62, None, 0],
            "yes": [True, False, None, True],
            "day": [date(2026, 1, 2), date(999, 1, 1), None, date(2026, 12, 31)],
        },
        schema_overrides={"money": pl.Decimal(38, 2)},
    )
    written = _lines_of(frame).to_list()
    assert written == [json.dumps(row, ensure_ascii=False, default=plain) for row in frame.iter_rows(named=True)]
    # By itself a row may have nothing to escape.
    assert written == [line for row in frame.iter_slices(1) for line in _lines_of(row)]


def test_json_survives_a_file_name_that_is_no_text():
    name = b"us\xffage.csv".decode(errors="surrogateescape")
    assert json.loads(render(report(playbook_label=name), Format.JSON))["playbook"]["label"] == name


def test_totals_add_up_to_the_accounts_in_every_format():
    made = json.loads(render(report(), Format.JSON))
    for rows in (made["accounts"], [typed(row) for row in table(render(report(), Format.CSV))]):
        for total in made["totals"]:
            mine = [row for row in rows if row["quadrant"] == total["quadrant"]]
            assert len(mine) == total["accounts"]
            assert round(sum(row["contract_value"] or 0 for row in mine), 2) == total["contract_value"]


def test_filters_select_accounts_and_touch_nothing_else():
    whole = json.loads(render(report(), Format.JSON))
    selection = Selection(quadrant=("at_risk", "unknown"), tier=("all",))
    part = json.loads(render(report(), Format.JSON, Options(selection=selection)))
    assert [row["rank"] for row in part.pop("accounts")] == [5, 7]
    assert {row["account_id"] for row in part.pop("told")} <= {row["account_id"] for row in whole.pop("told")}
    del whole["accounts"]
    assert part == whole


def test_a_filter_takes_any_of_its_values_and_every_filter_must_pass():
    rows = ({"owner": "Ann"}, {"owner": "Bob"}, {"owner": "Bob", "segment": "smb"}, {"owner": None})
    assert ids(Selection(owner=("Ann", "Bob")), *rows) == ["A-1", "A-2", "A-3"]
    assert ids(Selection(owner=("Ann", "Bob"), segment=("smb",)), *rows) == ["A-3"]
    assert ids(Selection(quadrant=("at_risk",)), *rows) == []


@pytest.mark.parametrize(
    ("selection", "message", "hint"),
    [
        (Selection(quadrant=("at-risk",)), "no quadrant `at-risk`", "did you mean `at_risk`?"),
        (Selection(tier=("All",)), "no tier `All`", "did you mean `all`?"),
        (Selection(owner=("Ann Lea",)), "no owner `Ann Lea`", "did you mean `Ann Lee`?"),
        (Selection(segment=("zz",)), "no segment `zz`", "there are `mid-market`"),
        (Selection(sort="-rnk"), "cannot sort by `rnk`", "did you mean `rank`?"),
    ],
)
@pytest.mark.parametrize("format", Format)
def test_a_name_that_is_not_there_is_a_usage_error_with_the_nearest_one(format, selection, message, hint):
    with pytest.raises(UsageError) as caught:
        render(report(), format, Options(selection=selection))
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("format", Format)
def test_a_field_that_is_not_there_is_a_usage_error_with_the_nearest_one(format):
    with pytest.raises(UsageError) as caught:
        render(report(), format, Options(fields=("csat_means",)))
    assert caught.value.message == "no column `csat_means`"
    assert caught.value.hint.startswith("did you mean `csat_mean`")


def test_one_word_of_a_name_is_near_enough():
    rows = ({"owner": "Ann Lee"}, {"owner": "Bo Berg"})
    with pytest.raises(UsageError) as caught:
        ids(Selection(owner=("berg",)), *rows)
    assert caught.value.hint == "did you mean `Bo Berg`?"


def test_a_filter_on_a_column_without_values_says_that_there_are_none():
    with pytest.raises(UsageError) as caught:
        ids(Selection(owner=("Ann",)), {"owner": None})
    assert caught.value.hint == "there are none"


def test_sorting_puts_nulls_last_and_breaks_ties_by_id():
    rows = tuple(
        {"account_id": key, "usage_score": score} for key, score in (("b", 10.0), ("d", None), ("a", 10.0), ("c", 90.0))
    )
    assert ids(Selection(sort="usage_score"), *rows) == ["a", "b", "c", "d"]
    assert ids(Selection(sort="-usage_score"), *rows) == ["c", "a", "b", "d"]


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_accounts_can_be_sorted_by_every_column(name):
    assert len(ids(Selection(sort=name))) == len(AWKWARD)


def test_top_counts_over_all_after_sorting():
    assert ids(Selection(sort="-rank", top=2)) == ["'=quoted", "👩‍💻-1"]
    assert ids(Selection(top=0)) == []


def test_fields_follow_the_public_columns_once():
    made = report(accounts=accounts({"mood": 2.50001, "segment": "smb"}))
    options = Options(fields=("segment", "rank", "mood", "segment"))
    (row,) = objects(render(made, Format.JSONL, options))
    assert list(row) == [*PUBLIC, "segment", "mood"]
    assert (row["segment"], row["mood"]) == ("smb", 2.5)


def test_the_factory_keeps_the_promise_of_the_account_table():
    made = accounts({"mood": "good"})
    assert made.columns == [*COLUMNS, "mood"]
    assert made.drop("mood").schema == pl.Schema({name: column.dtype for name, column in COLUMNS.items()})


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("00123", '"=""00123"""'),
        ("1234567890123456", '"=""1234567890123456"""'),  # Excel keeps 15 digits
        ("1E5", '"=""1E5"""'),
        ("1-2", '"=""1-2"""'),
        ("2026-01-02", '"=""2026-01-02"""'),
        ("123", "123"),
        ("A-01", "A-01"),
        ("-05", "'-05"),  # run as a formula, so that the apostrophe keeps it
        ("=01", "'=01"),
    ],
)
def test_for_excel_text_is_written_so_that_it_stays_itself(key, cell):
    """Tried with LibreOffice 7.4: the cells open as the text between the quotes. Without `--excel` nothing changes."""
    made = report(accounts=accounts({"account_id": key}))
    line = render(made, Format.CSV, Options(excel=True)).decode().splitlines()[1]
    assert line.startswith(f"1,{cell},Account 1,")
    assert f"1,{cell.strip(chr(34))},".replace('=""', "").replace('""', "") in render(made, Format.CSV).decode()
    assert f"1,{key}," in render(made, Format.CSV, Options(excel=True, raw=True)).decode()
