"""Usage as Parquet in a folder or an object store gives what the same rows give as a file of text."""

import json
from pathlib import Path

import boto3
import polars as pl
import pytest
from moto.server import ThreadedMotoServer

from csq.sources.reading import parquet
from test_rollup import lines, write

BUCKET = "events"


@pytest.fixture(scope="module")
def store():
    """A server that speaks S3, on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(store, monkeypatch):
    for name, value in {
        "AWS_ENDPOINT_URL": store,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=store, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    yield client
    client.close()


@pytest.fixture
def log(tmp_path):
    return write(tmp_path / "log.csv", lines(100, 3))


def typed(log: Path) -> pl.DataFrame:
    """The log as a warehouse would keep it, one row without a date, and one of a negative number of events."""
    rows = pl.read_csv(log, try_parse_dates=True)
    assert rows.schema["date"] == pl.Date
    return rows


def facts(csq, *words):
    done = csq("triage", *words, "-f", "json", "-q")
    assert done.code == 0, done.stderr
    return json.loads(done.stdout)["accounts"]


def test_a_folder_of_parquet_cut_by_day_gives_what_the_text_gives(csq, tmp_path, log):
    typed(log).with_columns(pl.col("date").dt.strftime("%Y-%m").alias("month")).write_parquet(
        pl.PartitionBy(tmp_path / "events", key="month"), mkdir=True
    )
    assert len([*(tmp_path / "events").rglob("*.parquet")]) > 2
    for words in ([], ["--as-of", "2026-10-31"], ["--window", "7"]):
        assert facts(csq, "--usage", "events", *words) == facts(csq, "--usage", log, *words)


def test_one_file_of_more_rows_than_are_held_gives_what_the_text_gives(csq, tmp_path, log, monkeypatch):
    """Named by a flag or found in a folder. What is no log of days is read like any other file, or refused."""
    monkeypatch.setattr(parquet, "LOG", 1)
    monkeypatch.setattr(parquet, "_of_file", lambda path, name: getattr(parquet, name)(path.read_bytes()))
    monkeypatch.setattr(parquet, "TEXT_CELL", 10**9)
    folder = tmp_path / "exports"
    folder.mkdir()
    typed(log).write_parquet(folder / "usage.parquet")
    expected = facts(csq, "--usage", log)
    assert facts(csq, "--usage", "exports/usage.parquet") == facts(csq, "exports") == expected

    done = csq("check", "exports")
    assert "`exports/usage.parquet` is counted where it lies: its rows have no lines" in done.stdout.decode()
    table = pl.read_csv(log).group_by("account_id").agg(logins=pl.len()).sort("account_id")
    table.write_parquet(tmp_path / "table.parquet")
    assert csq("check", "--usage", "table.parquet").code == 0


def test_a_bucket_gives_what_the_text_gives_and_every_row_has_its_fate(csq, tmp_path, log, bucket):
    rows = typed(log)
    rows = rows.with_columns(
        date=pl.when(pl.int_range(pl.len()) != 5).then("date"),
        events=pl.when(pl.int_range(pl.len()) == 7).then(-1.0).otherwise("events"),
    )
    for number, part in enumerate((rows[:90], rows[90:])):
        part.write_parquet(tmp_path / f"{number}.parquet")
        bucket.upload_file(str(tmp_path / f"{number}.parquet"), BUCKET, f"log/{number}.parquet")
    text = tmp_path / "same.csv"
    rows.write_csv(text)
    url = f"s3://{BUCKET}/log/*.parquet"
    assert facts(csq, "--usage", url) == facts(csq, "--usage", text)
    done = csq("triage", "--usage", url, "-f", "json", "-q")
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["label"], source["read"], source["used"]) == (url, 300, 298 - sum(source["set_aside"].values()))
    assert source["rejected"] == {"no date": 1, "negative number of events": 1}


def test_a_place_that_is_not_there_and_one_that_may_not_be_read_are_one_sentence_each(csq, bucket, monkeypatch):
    done = csq("triage", "--usage", f"s3://{BUCKET}/nowhere/*.parquet")
    assert done.code == 3
    assert "there is nothing at `s3://events/nowhere/*.parquet`" in done.stderr
    bucket.put_object(Bucket=BUCKET, Key="x/a.parquet", Body=b"no Parquet at all")
    assert csq("triage", "--usage", f"s3://{BUCKET}/x/a.parquet").code == 3
    monkeypatch.setattr("moto.core.responses.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0.0)
    done = csq("triage", "--usage", f"s3://{BUCKET}/x/a.parquet")
    assert done.code == 3
    assert done.stderr.startswith("error: `s3://events/x/a.parquet` may not be read: the store refuses it\n")


def test_what_a_log_in_a_store_may_not_be_is_said(csq, tmp_path, bucket):
    table = tmp_path / "table.parquet"
    pl.DataFrame({"account_id": ["A", "B"], "month": ["2026-10", "2026-10"], "logins": [4, 9]}).write_parquet(table)
    bucket.upload_file(str(table), BUCKET, "table.parquet")
    assert facts(csq, "--usage", f"s3://{BUCKET}/table.parquet") == facts(csq, "--usage", table)
    done = csq("triage", "--usage", f"s3://key:secret@{BUCKET}/table.parquet")
    assert done.code == 2
    assert "secret" not in done.stderr
