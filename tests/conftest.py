"""What every test stands on: a place of its own, and the command line as a function."""

import gc
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import pytest
from hypothesis import settings

from csq.cli.main import main

ROOT = Path(__file__).parent.parent

# Else each run of the command in a process of its own would compile csq anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
settings.load_profile("fixed")


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended, and what it said on either stream."""

    code: int
    stdout: bytes
    stderr: str


class Csq(Protocol):
    """The command line: arguments in, a `Result` out."""

    def __call__(self, *argv: str | Path, stdin: bytes = b"") -> Result: ...


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: else they are looked through again and again for what may go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def isolation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of the machine or its user reaches a test: it runs in an empty directory, at home nowhere, in UTC."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("CSQ_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    for name, value in {"NO_COLOR": "1", "COLUMNS": "100", "LINES": "40", "TERM": "xterm", "TZ": "UTC"}.items():
        monkeypatch.setenv(name, value)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def csq(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Csq:
    """Run `csq ARGV...` in this process, through the door that the installed command goes through."""

    def run(*argv: str | Path, stdin: bytes = b"") -> Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capfdbinary.readouterr()
        code = main([str(word) for word in argv])
        captured = capfdbinary.readouterr()
        return Result(code=code, stdout=captured.out, stderr=captured.err.decode())

    return run


@pytest.fixture
def queries(csq: Csq) -> Callable[..., int]:
    """Run `csq ARGV...`, which has to end well, and count how often it asks polars."""

    def count(*argv: str | Path) -> int:
        asked = []

        def note(_frame: FrameType, event: str, called: Any) -> None:
            if event == "c_call" and called.__name__ == "collect":
                asked.append(called)

        sys.setprofile(note)
        try:
            found = csq(*argv)
        finally:
            sys.setprofile(None)
        assert found.code == 0, found.stderr
        return len(asked)

    return count


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The exports that come with csq."""
    return ROOT / "sample_data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Larger exports that lie beside some checkouts; a test that needs them is skipped where they are not."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return data
