"""The frames that pass from room to room have the columns that are declared for them; and the map names real files."""

import re
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from csq import pipeline
from csq.fate import ROW
from csq.playbook.load import load_playbook
from csq.report import REJECT_SCHEMA
from csq.roles import ROLES, Cell
from csq.schema import COLUMNS, COVERAGE, DTYPES, FACTS, PLACE, alike, complete, lean
from csq.settings.load import load_settings
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import DTYPES as CELL_DTYPES
from csq.terms import Role
from readme import ROOT

MAP = (ROOT / "csq" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(sample_data):
    paths = {role: sorted(sample_data.glob(f"{role}*.csv")) for role in Role}
    tables = load({role: files for role, files in paths.items() if files}, ReadOptions(run_day=date(2026, 11, 26)))
    as_of = pipeline.settle_as_of(tables, None)
    return pipeline.run(tables, load_settings(None), load_playbook(None), as_of=as_of)


def dtypes(columns):
    return {column.name: DTYPES[column.kind] for column in columns}


def test_rows_of_every_role_have_their_fate_and_fields_of_their_declared_types(found):
    for role, rows in found.tables.roles.items():
        schema = rows.frame.schema
        assert {name: schema[name] for name in ROW} == dict(ROW), role
        for field in (field for field in ROLES[role].fields if field.name in schema):
            # Of a moment some roles keep the day alone.
            days = {pl.Date()} if field.cell is Cell.TIME else set()
            assert schema[field.name] in {CELL_DTYPES[field.cell], *days}, (role, field.name)


@pytest.mark.parametrize("accounts", [0, 1, 3])
def test_what_is_unknown_of_all_accounts_is_a_column_of_its_declared_type(accounts):
    # One that is not there, one without a value, one of a narrower type; and one of the user's own, which stays behind.
    given = {"mine": [None] * accounts, "seats": [5] * accounts, "owner": [None] * accounts}
    frame = pl.DataFrame(given, schema={"mine": pl.Date(), "seats": pl.Int32(), "owner": pl.Null()})
    done = complete(frame, [COLUMNS[name] for name in ("owner", "contract_value", "seats")])
    assert dict(done.schema) == {
        "owner": pl.String(), "contract_value": pl.Decimal(38, 2), "seats": pl.Int64(), "mine": pl.Date()
    }  # fmt: skip
    assert done.rows() == [(None, None, 5, None)] * accounts


@pytest.mark.parametrize("accounts", [0, 1, 7, 1000, 1001, 5000])
def test_columns_whose_cells_are_all_alike_are_found_and_hold_the_same_as_literals(accounts):
    every = range(accounts)
    frame = pl.DataFrame(
        {
            "none": [None] * accounts,
            "no list": [None] * accounts,
            "list": [["a"]] * accounts,
            "text": ["same"] * accounts,
            "money": [Decimal("1.50")] * accounts,
            "day": [date(2026, 11, 27)] * accounts,
            "number": [0.1] * accounts,
            "one other": ["same" if place != accounts // 3 + 1 else "other" for place in every],
            "one unknown": [1 if place != accounts // 2 else None for place in every],
            "own": [str(place) for place in every],
        },
        schema_overrides={"no list": pl.List(pl.String()), "list": pl.List(pl.String()), "money": pl.Decimal(38, 2)},
    )
    few = ["none", "no list"] if accounts else []
    if accounts == 1:
        few = [*few, "one unknown"]  # of one account the one
    assert alike(frame) == ([*few, "text", "money", "day", "number"] if accounts > 1000 else few)
    assert_frame_equal(lean(frame), frame)


@pytest.mark.parametrize("accounts", [3, 2000])
def test_a_wide_frame_in_which_nothing_is_alike_stays_as_it_is(accounts):
    frame = pl.DataFrame({f"own {place}": range(accounts) for place in range(50)})
    assert alike(frame) == []
    assert_frame_equal(lean(frame), frame)


def test_facts_begin_with_the_declared_columns_in_order(found):
    frame = found.facts.frame
    assert {name: frame.schema[name] for name in frame.columns[: len(FACTS)]} == dtypes(FACTS)
    assert frame.columns[: len(FACTS)] == [column.name for column in FACTS]


def test_placing_adds_what_is_declared_and_keeps_the_facts(found):
    schema, promised = found.placed.frame.schema, dtypes((*FACTS, *PLACE, *COVERAGE))
    assert {name: schema[name] for name in promised} == promised


def test_the_account_table_is_that_of_the_schema_then_columns_of_the_users(found):
    report = pipeline.report(found)
    assert report.accounts.columns[: len(COLUMNS)] == list(COLUMNS)
    assert {name: report.accounts.schema[name] for name in COLUMNS} == dtypes(COLUMNS.values())
    assert not [name for name in report.accounts.columns if name.startswith("_")]
    assert dict(report.rejects.schema) == dict(REJECT_SCHEMA)


def test_every_path_and_name_of_the_map_is_there():
    paths = set(re.findall(r"`((?:csq|tests)/[\w/.]+|pyproject\.toml|\.ci/run)`", MAP))
    assert len(paths) > 30
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
    for name, path in re.findall(r"`([A-Z_]{3,})` in\s+`(csq/[\w/.]+\.py)`", MAP):
        assert re.search(rf"^{name}\b", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE), (name, path)


def test_every_room_is_on_the_map():
    inits = [path.relative_to(ROOT) for path in (ROOT / "csq").rglob("__init__.py")]
    rooms = [path.parent.as_posix() for path in inits if path.parent.parent.name in ("csq", "sources")]
    assert len(rooms) > 15
    assert [room for room in rooms if f"`{room}/`" not in MAP] == []
