"""The counts that are written once for other engines are those of csq's own, on each engine that is here."""

import random
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import servers
from csq.engine.by_day import count_by_day

nw = pytest.importorskip("narwhals", reason='the extra is not installed: `pip install "csq[spark]"`')
from csq.engine import anywhere  # noqa: E402 - it needs narwhals

NOTHING = dict.fromkeys(
    ("account_id", "subscription_id", "user_id", "feature", "event_id", "date", "events"), ("", "-", "n/a")
)
FIELDS = {"account_id": "Account", "user_id": "who", "feature": "what", "date": "day", "events": "n"}
KEYS = ["account_id", "subscription_id"]
DAYS = ("2026-11-01", "2026-11-02 23:59:59", "2026-11-02T00:00Z")
NUMBERS = ("0", "1", "2.5", "0.00005", "0.00015", "0.00025", "123456789", "1.1", "9999999999.9999")
TEXT = st.sampled_from(["A", "a", "é", "B", None])
ROW = st.tuples(
    TEXT,
    TEXT,
    TEXT,
    st.sampled_from(DAYS),
    st.sampled_from(NUMBERS),
)
Engine = Callable[[pl.DataFrame], "tuple[nw.LazyFrame, Callable[[nw.LazyFrame], pl.DataFrame]]"]


def on_polars(frame):
    return nw.from_native(frame.lazy()), lambda found: found.to_native().collect()


def on_duckdb(frame):
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    return nw.from_native(duckdb.from_arrow(frame.to_arrow())).lazy(), lambda found: found.to_native().pl()


@pytest.fixture(scope="module")
def on_sail():
    spark = servers.sail()
    from csq.sources.spark.session import connected

    server = spark.SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    with connected(f"sc://{host}:{port}") as session:
        yield lambda frame: (
            nw.from_native(session.createDataFrame(frame.to_arrow())).lazy(),
            lambda found: pl.from_arrow(found.to_native().toArrow()),
        )
    server.stop()


def normal(rows):
    return anywhere.normal(rows, FIELDS, KEYS, NOTHING, r"^#REF!$")


def check_counts(engine: Engine, rows: list[tuple[str | None, ...]]) -> None:
    """Count rows on an engine, and as csq counts rows that it has read."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS.values(), pl.String()), orient="row")
    own = frame.select(
        pl.col("Account").alias("account_id"),
        pl.lit(None, pl.String()).alias("subscription_id"),
        pl.col("who").alias("user_id"),
        pl.col("what").alias("feature"),
        pl.col("day").str.head(10).str.to_date(),
        units=(pl.col("n").cast(pl.Float64) * 10_000).round().cast(pl.Int128),
    )
    there, collect = engine(frame)
    found = collect(anywhere.count_by_day(normal(there), KEYS))
    found = found.with_columns(pl.col("day").str.to_date(), pl.col("units", "rows").cast(pl.Int64))
    assert_frame_equal(found, count_by_day(own, KEYS), check_row_order=False)


@settings(max_examples=15)
@given(rows=st.lists(ROW, min_size=1, max_size=30))
def test_polars_counts_as_the_local_engine(rows):
    check_counts(on_polars, rows)


@settings(max_examples=15)
@given(rows=st.lists(ROW, min_size=1, max_size=30))
def test_duckdb_counts_as_the_local_engine(rows):
    check_counts(on_duckdb, rows)


def test_a_spark_connect_server_counts_as_the_local_engine(on_sail):
    dice = random.Random(1)
    cells = ("A", "a", "é", None), ("u", "v", None), ("f", None), DAYS, NUMBERS
    check_counts(on_sail, [tuple(map(dice.choice, cells)) for _ in range(300)])


SPOILED = [
    # what stands there, and worked out by hand: account, user, units, reason
    (("A", "u", "f", "2026-11-01", "1"), ("A", "u", 10_000, None)),
    (("A", "#REF!", "f", "2026-11-01", "1"), ("A", None, 10_000, None)),
    ((" N/A ", "-", "f", "2026-11-01", ""), (None, None, 10_000, None)),
    (("A", "u", "f", "2026-11-01 24:00:00", "1"), ("A", "u", 10_000, "unreadable date")),
    (("A", "u", "f", "2026-11-01T01:00:00+05:00", "1"), ("A", "u", 10_000, "unreadable date")),
    (("A", "u", "f", "01.11.2026", "1"), ("A", "u", 10_000, "unreadable date")),
    (("A", "u", "f", None, "1"), ("A", "u", 10_000, "no date")),
    (("A", "u", "f", "2026-11-01", "-1"), ("A", "u", 10_000, "negative number of events")),
    (("A", "u", "f", "2026-11-01", "1,000"), ("A", "u", 10_000, "number of events is not written plainly")),
    (("A", "u", "f", "2026-11-01", "1e3"), ("A", "u", 10_000, "number of events is not written plainly")),
    (("A", "u", "f", "2026-11-01", "2.00005"), ("A", "u", 20_000, None)),  # a half goes to the even number
]


@pytest.mark.parametrize("name", ["polars", "duckdb", "sail"])
def test_what_does_not_cast_is_rejected_by_its_reason_on_every_engine(request, name):
    engine = {"polars": on_polars, "duckdb": on_duckdb}.get(name) or request.getfixturevalue("on_sail")
    rows = pl.DataFrame([row for row, _ in SPOILED], schema=[*FIELDS.values()], orient="row")
    rows = rows.with_columns(pl.all().cast(pl.String))
    there, collect = engine(rows.with_columns(what=pl.int_range(pl.len()).cast(pl.String)))
    found = collect(normal(there)).sort(pl.col("feature").cast(pl.Int64))
    assert found.select("account_id", "user_id", "units", "reason").rows() == [told for _, told in SPOILED]
    there, collect = engine(rows)
    tally = collect(anywhere.tally(normal(there), [], KEYS))
    assert tally["rows"].sum() == len(SPOILED)
    assert (tally["blank"].sum(), tally["error"].sum()) == (1, 1)
    assert set(tally.filter(pl.col("reason").is_not_null())["day"]) == {None}


@pytest.mark.parametrize("name", ["polars", "duckdb", "sail"])
def test_typed_columns_are_taken_as_they_are(request, name):
    engine = {"polars": on_polars, "duckdb": on_duckdb}.get(name) or request.getfixturevalue("on_sail")
    rows = pl.DataFrame(
        {
            "Account": [12, 12, None],
            "who": ["u", "u", "v"],
            "what": ["f", "f", "f"],
            "day": [None, "2026-11-01 23:59:59", "2026-11-02 00:00:00"],
            "n": [1.0, 12_345_678.5, float("nan")],
        }
    ).with_columns(pl.col("day").str.to_datetime())
    there, collect = engine(rows)
    found = collect(normal(there)).sort("day", nulls_last=True)
    assert found.select("account_id", "day", "units", "reason").rows() == [
        ("12", "2026-11-01", 123_456_785_000, None),
        (None, "2026-11-02", 10_000, None),
        ("12", None, 10_000, "no date"),
    ]
