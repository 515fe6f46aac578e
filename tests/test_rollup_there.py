"""Counts that a server makes are those that csq makes itself, and what a server cannot do is said in a sentence."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

pytest.importorskip("pysail.spark", reason='no Spark Connect server to ask: `pip install "csq[spark]" pysail`')
pytest.importorskip("pyspark.sql.connect.session", reason='the extra is not installed: `pip install "csq[spark]"`')

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
    keyed = [line for line in rows() if not line.startswith(",")]
    log = write(tmp_path / "log.csv", keyed)
    done = same(csq, remote, log)
    assert f"`{log}`: {len(keyed)} rows read, {len(keyed)} counted" in done.stderr
