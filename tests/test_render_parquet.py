import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from csq.errors import UsageError
from csq.render import Format, Options, Selection, render
from csq.render.columns import PUBLIC
from csq.schema import COLUMNS
from factories import AWKWARD, accounts, report
from golden_files import EMPTY


def frame(*rows: dict[str, object], **options: object) -> pl.DataFrame:
    made = report(accounts=accounts(*rows)) if rows else report()
    return pl.read_parquet(io.BytesIO(render(made, Format.PARQUET, Options(**options))))


def test_columns_are_the_public_ones_with_the_types_of_the_schema():
    read = frame(fields=("start_date", "csat_mean", "rank"))
    assert read.columns == [*PUBLIC, "start_date", "csat_mean"]
    assert read.schema == pl.Schema({name: COLUMNS[name].dtype for name in read.columns})
    assert read.schema["contract_value"] == pl.Decimal(38, 2)


def test_cells_agree_with_json():
    rows = ({"start_date": date(2024, 2, 29), "csat_mean": 66.66666}, *AWKWARD)
    made, options = report(accounts=accounts(*rows)), Options(fields=("start_date", "csat_mean"))
    lines = [json.loads(line) for line in render(made, Format.JSONL, options).split(b"\n")[:-1]]
    read = [
        {
            name: float(value) if isinstance(value, Decimal) else str(value) if isinstance(value, date) else value
            for name, value in row.items()
        }
        for row in frame(*rows, fields=("start_date", "csat_mean")).iter_rows(named=True)
    ]
    assert read == lines


def test_money_is_exact():
    assert frame({"contract_value": Decimal("12345678901234567.89")})["contract_value"].to_list() == [
        Decimal("12345678901234567.89")
    ]


def test_a_custom_column_keeps_its_type():
    assert frame({"mood": 2.50001}, fields=("mood",))["mood"].to_list() == [2.5]


def test_a_selection_takes_rows_only():
    read = frame(selection=Selection(quadrant=("at_risk", "unknown"), top=2))
    assert read["rank"].to_list() == [5, 7]


def test_no_account_makes_a_table_without_rows():
    read = pl.read_parquet(io.BytesIO(render(EMPTY, Format.PARQUET)))
    assert (read.height, read.columns) == (0, list(PUBLIC))


def test_columns_that_name_people_stay_inside():
    with pytest.raises(UsageError):
        frame(fields=("top_user",))


@pytest.mark.parametrize("threads", ["1", "4"])
def test_the_same_report_gives_the_same_bytes_on_any_number_of_cores(threads):
    code = (
        "import sys, hashlib; from csq.render import Format, render; from factories import accounts, report;"
        "made = report(accounts=accounts(*({'usage_score': n / 7} for n in range(3000))));"
        "print(hashlib.sha256(render(made, Format.PARQUET)).hexdigest())"
    )
    environment = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": str(Path(__file__).parent)}
    told = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    made = report(accounts=accounts(*({"usage_score": n / 7} for n in range(3000))))
    assert told.stdout.strip() == hashlib.sha256(render(made, Format.PARQUET)).hexdigest()
