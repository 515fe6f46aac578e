"""Counts that a server makes are those that csq makes itself, and what a server cannot do is said in a sentence."""

import json
import random
import socket
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import servers

servers.sail()

HEADER = "account_id,user_id,date,feature,events"
LAST = date(2026, 11, 16)


@pytest.fixture(scope="module")
def remote():
    """The address of a server of this process."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    yield f"sc://{host}:{port}"
    server.stop()


def rows(number: int = 400, seed: int = 1) -> list[str]:
    """Rows of a log, some with no key, user, feature or events, or one that a spreadsheet spoiled."""
    dice = random.Random(seed)
    return [
        ",".join(
            (
                dice.choice(["A-1", "A-2", "A-3", "NA", "", " A-4"]),
                dice.choice(["u1", "Jane@Acme.example", "<jane@acme.example>", "n/a", "", "anonymous"]),
                f"{LAST - timedelta(days=dice.randrange(70))}{dice.choice(['', ' 10:30:00', 'T23:59:59.5Z'])}",
                dice.choice(["Rosters", "login", "", "  Exports ", "é"]),
                dice.choice(["0", "1", "2", "1.5", "0.00005", "0.00015", "", "999999"]),
            )
        )
        for _ in range(number)
    ]


def write(path: Path, lines: list[str], header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def days_of(folder: str) -> dict[str, bytes]:
    """The bytes of each day and month of a rollup."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(Path(folder).rglob("*.parquet"))}


def there(csq, remote, *words):
    return csq("rollup", *words, "-o", "there", "--engine", "spark", "--remote", remote)


def same(csq, remote, *logs, words=()):
    """Roll up here and there; returns what was said there."""
    here = csq("rollup", *logs, "-o", "here", "--max-rejects", "100%", *words)
    assert here.code == 0, here.stderr
    done = there(csq, remote, *logs, "--max-rejects", "100%", *words)
    assert done.code == 0, done.stderr
    assert days_of("there") == days_of("here")
    one, other = (json.loads(Path(name, "manifest.json").read_text()) for name in ("here", "there"))
    assert {**one, "inputs": {}} == {**other, "inputs": {}}
    return done


def test_the_days_and_months_are_those_of_the_local_engine_to_the_byte(csq, remote, tmp_path):
    keyed = [line for line in rows(200) if not line.startswith((",", "NA"))]
    log = write(tmp_path / "log.csv", keyed)
    done = same(csq, remote, log)
    assert f"`{log}`: {len(keyed)} rows read, {len(keyed)} counted" in done.stderr
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,seats,arr\nA-1,5,1000\nA-2,5,2000\nA-3,5,3000\n")
    ran = [csq("triage", "--usage", usage, "--accounts", accounts, "-f", "json", "-q") for usage in ("there", log)]
    assert [run.code for run in ran] == [0, 0], ran[0].stderr
    one, other = (json.loads(run.stdout)["accounts"] for run in ran)
    assert one == other


def test_a_row_without_a_key_keeps_its_user_to_be_found_by(csq, remote, tmp_path):
    log = write(tmp_path / "log.csv", [",jane@acme.example,2026-11-01,F,1", ",,2026-11-01,F,1", "A,u,2026-11-01,F,1"])
    same(csq, remote, log)
    counts = pl.read_parquet("there/day=2026-11-01/counts.parquet").filter(pl.col("what") == "user")
    assert set(counts.select("account_id", "via_user_id", "name").rows()) == {
        (None, "jane@acme.example", "jane@acme.example"),
        (None, None, None),
        ("A", None, "u"),
    }


def test_a_typed_log_of_parquet_with_headers_of_its_own_is_the_same_and_hides_users_when_told(csq, remote, tmp_path):
    frame = pl.DataFrame(
        {
            "Tenant": [f"T{n % 3}" for n in range(60)],
            "sub": [n % 4 for n in range(60)],
            "who": [f"jane{n % 5}@acme.example" for n in range(60)],
            "event_name": ["Rosters", "login"] * 30,
            "seen": [LAST - timedelta(days=n % 7) for n in range(60)],
            "events": [n / 4 for n in range(60)],
        }
    )
    log = tmp_path / "log.parquet"
    frame.write_parquet(log)
    words = [f"--column={field}" for field in ("account_id=Tenant", "subscription_id=sub", "user_id=who", "date=seen")]
    same(csq, remote, log, words=[*words, "--hash-users"])
    assert b"jane" not in b"".join(days_of("there").values())


def test_a_table_is_named_as_the_server_names_it(remote):
    from csq.sources.rows.tables import ReadOptions
    from csq.sources.spark.roll_up import roll_up_there
    from csq.sources.spark.session import connected

    frame = pl.DataFrame({"account_id": ["A", "A"], "feature": ["F", "F"], "date": [LAST, LAST], "events": [2, 3]})
    with connected(remote) as session:
        session.createDataFrame(frame.to_arrow()).createOrReplaceTempView("usage_events")
        found = roll_up_there(session, ["usage_events"], ReadOptions(), hash_users=False)
        (counts,) = found.days.chunks()
    assert set(counts.select("account_id", "day", "what", "name", "units", "rows").rows()) == {
        ("A", LAST, "user", None, 50_000, 2),
        ("A", LAST, "feature", "F", 50_000, 2),
    }


def test_rows_that_do_not_cast_are_told_by_their_reasons_and_too_many_are_refused(csq, remote, tmp_path):
    good = [f"A,u,2026-11-{day:02d},F,1" for day in range(1, 17)]
    bad = ["A,u,2026-02-30,F,1", "A,u,soon,F,1", "A,u,,F,1", "A,u,1900-01-01,F,1", "A,u,2026-11-01,F,-1"]
    log = write(tmp_path / "log.csv", [*good, *bad, "A,u,2026-11-01,F,1e3"])
    done = there(csq, remote, log)
    assert done.code == 3
    assert "6 of 22 rows" in done.stderr
    assert "over the limit of 5%" in done.stderr
    assert "     2  unreadable date\n" in done.stderr
    assert not Path("there/manifest.json").exists()
    done = there(csq, remote, log, "--max-rejects", "30%")
    assert done.code == 0, done.stderr
    assert (
        f"`{log}`: 22 rows read, 16 counted, 1 a placeholder for a date, 1 negative number of events, 1 no date, "
        "1 number of events is not written plainly, 2 unreadable date" in done.stderr
    )


def test_an_event_that_is_told_twice_counts_once_and_one_told_in_two_ways_is_refused(csq, remote, tmp_path):
    header = "event_id,account_id,user_id,date,feature"
    lines = ["e1,A,u,2026-11-01,F", "e2,A,u,2026-11-01,F", "e1,A,u,2026-11-01,F", ",A,u,2026-11-01,F"]
    log = write(tmp_path / "log.csv", [*lines, lines[-1]], header)
    done = same(csq, remote, log)
    assert "5 rows read, 4 counted, 1 repeated event" in done.stderr
    write(log, [*lines, "e2,A,v,2026-11-01,F"], header)
    done = there(csq, remote, log)
    assert done.code == 3
    assert "the event id `e2` stands in rows that differ" in done.stderr


def test_two_logs_of_one_day_are_refused_unless_they_are_to_be_added_up(csq, remote, tmp_path):
    one = write(tmp_path / "one.csv", ["A,u,2026-11-01,F,1", "A,u,2026-11-02,F,1"])
    other = write(tmp_path / "other.csv", ["A,u,2026-11-02,F,3", "A,u,2026-11-03,F,1"])
    done = there(csq, remote, one, other)
    assert done.code == 3
    assert f"`{one}` and `{other}` both tell of 2026-11-02" in done.stderr
    same(csq, remote, one, other, words=["--overlap", "add"])
    assert pl.read_parquet("there/day=2026-11-02/counts.parquet")["units"].to_list() == [40_000, 40_000]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("A,u,03/04/2026,F,1", "`date` of `{}` holds `03/04/2026`, and a server reads days written as 2026-11-15"),
        ("A,u,2026-11-01T00:30:00+05:00,F,1", "`date` of `{}` holds `2026-11-01T00:30:00+05:00`"),
        ('A,u,2026-11-01,F,"1,5"', "`events` of `{}` holds `1,5`, and a server reads numbers written as 1234.5"),
    ],
)
def test_a_column_that_a_server_does_not_read_is_named(csq, remote, tmp_path, line, told):
    log = write(tmp_path / "log.csv", [line] * 3)
    done = there(csq, remote, log)
    assert done.code == 3
    assert told.format(log) in done.stderr
    assert "--column" in done.stderr


def test_rows_that_are_not_as_wide_as_the_header_are_not_cut_in_silence(csq, remote, tmp_path):
    log = write(tmp_path / "log.csv", ["A,u,2026-11-01,F,1", "A,u,2026-11-01,F,1,9"])
    done = there(csq, remote, log)
    assert done.code == 3
    assert "a row may not be as wide as the header" in done.stderr


def test_a_question_of_the_headers_is_answered_by_the_same_flag(csq, remote, tmp_path):
    log = write(tmp_path / "log.csv", ["A,u,2026-11-01,F,1"], "account_id,user_id,seen,feature,events")
    done = there(csq, remote, log)
    assert done.code == 3
    assert '`--column date="HEADER"` names the column of the days' in done.stderr
    assert there(csq, remote, log, "--column", "date=seen").code == 0


def test_a_query_that_dies_leaves_whole_days_and_the_next_run_makes_good(csq, remote, tmp_path, monkeypatch):
    from pyspark.errors.exceptions.connect import SparkConnectGrpcException

    from csq.engine import anywhere
    from csq.sources.spark import roll_up

    log = write(tmp_path / "log.csv", [line for line in rows(120) if not line.startswith(",")])
    assert csq("rollup", log, "-o", "here").code == 0
    count, calls = anywhere.count_by_day, []

    def dying(*words):
        calls.append(words)
        if len(calls) == 3:
            raise SparkConnectGrpcException("UNAVAILABLE: Socket closed")
        return count(*words)

    with monkeypatch.context() as broken:
        broken.setattr(anywhere, "count_by_day", dying)
        broken.setattr(roll_up, "FETCHED", 30)
        done = there(csq, remote, log)
    assert done.code == 3
    assert "went away" in done.stderr
    assert "Traceback" not in done.stderr
    left, whole = days_of("there"), days_of("here")
    assert 0 < len(left) < len(whole)
    assert left.items() <= whole.items()
    assert there(csq, remote, log).code == 0
    assert days_of("there") == whole


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--engine", "spark"], 2, "`--engine spark` needs a server"),
        (["--remote", "sc://localhost:15002"], 2, "`--remote` names a server that nobody asks"),
        (["--engine", "flink"], 2, "`--engine flink` is not known"),
        (["--engine", "spark", "--remote", "http://localhost"], 2, "`--remote` is no address"),
        (["--engine", "spark", "--remote", "sc://localhost:99999"], 2, "`--remote` is no address"),
        (["--engine", "spark", "--remote", "sc://localhost:1"], 3, "no Spark Connect server at `localhost:1`"),
        (["--engine", "spark", "--remote", "sc://a:1", "--encoding", "latin-1"], 2, "`--encoding` is for files"),
        (["--engine", "spark", "--remote", "sc://a:1", "--rejects", "r.csv"], 2, "`--rejects` lists rows"),
    ],
)
def test_what_the_command_line_cannot_have_is_a_sentence(csq, tmp_path, words, code, told):
    done = csq("rollup", write(tmp_path / "log.csv", rows(5)), "-o", "there", *words)
    assert done.code == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["narwhals", "pyspark"])
def test_without_the_extra_it_is_said_what_to_install(csq, monkeypatch, missing):
    for name in [name for name in sys.modules if name.partition(".")[0] == missing or name == "csq.engine.anywhere"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    done = csq("rollup", "db.events", "-o", "there", "--engine", "spark", "--remote", "sc://localhost:1")
    assert done.code == 2
    assert f"needs `{missing}`, which is not installed" in done.stderr
    assert 'pip install "csq[spark]"' in done.stderr


def test_a_client_or_a_server_that_is_too_old_is_a_sentence(csq, remote, tmp_path, monkeypatch):
    (tmp_path / "log.csv").write_text(f"{HEADER}\nA,u,2026-11-16,f,1\n")
    words = ("rollup", tmp_path / "log.csv", "-o", "there", "--engine", "spark", "--remote", remote)
    with monkeypatch.context() as patch:
        patch.setattr("pyspark.sql.connect.session.SparkSession.version", "3.5.3")
        result = csq(*words)
    assert (result.code, "is Spark 3.5.3" in result.stderr) == (3, True), result.stderr
    with monkeypatch.context() as patch:
        patch.setattr("pyspark.__version__", "3.5.3")
        result = csq(*words)
    assert (result.code, "needs pyspark-client 4 or newer, and 3.5.3 is installed" in result.stderr) == (2, True)
    assert not [*Path("there").rglob("*.parquet"), *Path("there").rglob("manifest.json")]


def test_what_listens_there_and_is_no_server_is_told_soon(csq):
    def answer(listener):
        for _ in range(2):
            with listener.accept()[0] as caller:
                caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("localhost", 0)) as listener:
        threading.Thread(target=answer, args=[listener], daemon=True).start()
        address = f"sc://localhost:{listener.getsockname()[1]}/;token=s3cret"
        began = time.monotonic()
        done = csq("rollup", "t", "-o", "there", "--engine", "spark", "--remote", address)
    assert done.code == 3
    assert "s3cret" not in done.stderr
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("[TABLE_OR_VIEW_NOT_FOUND] The table `x` cannot be found", "has no such table"),
        ("PERMISSION_DENIED: User does not have USE SCHEMA on `x`", "may not read it"),
        ("java.nio.file.AccessDeniedException: s3a://b/x: 403 Forbidden", "may not read it"),
        ("StatusCode.UNAUTHENTICATED", "does not know who asks"),
        ('No FileSystem for scheme "s3"', "has no reader for it"),
        ("StatusCode.UNIMPLEMENTED", "cannot do this"),
        ("something else; token=s3cret\n  at java", "cannot do this: something else; token=…"),
    ],
)
def test_what_a_server_says_becomes_a_sentence(error, told):
    from pyspark.errors.exceptions.connect import SparkConnectGrpcException

    from csq.errors import InputError
    from csq.sources.spark.session import told_of

    with pytest.raises(InputError, match=told) as raised, told_of("the server"):
        raise SparkConnectGrpcException(error)
    assert raised.value.hint
