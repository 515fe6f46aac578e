"""What every option costs: the sample with each option of each command, at values that are accepted and awkward.

`python tests/bench_options.py` runs them one by one, prints the slowest by the seconds of work (user and system), and
names those that took more than three, or that were refused and so say nothing of what is accepted; a command's name
runs that command's alone. Options come from the commands themselves, so that a new one without values here is named.
"""

import inspect
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from csq.cli import brief, check, explain, plan, triage
from csq.errors import Exit
from csq.playbook.load import TEMPLATE
from csq.render import Format
from csq.roles import ROLES

SAMPLE = Path(__file__).parent.parent / "sample_data"
MOST = 3.0
"""Seconds of work that a run may take."""
COMMANDS = {each.__name__.rpartition(".")[2]: getattr(each, each.__name__.rpartition(".")[2])
            for each in (triage, plan, explain, brief, check)}  # fmt: skip
DAYS = ("1", "2", "28", "364", "365", "366", "3659", "3660")
SUFFIXES = ("csv", "json", "html", "md", "xlsx", "parquet")
MANY = 200
"""How often an option is given that may be given again."""

VALUES: Mapping[str, Sequence[Sequence[str]]] = {
    "--csat-scale": [["0-10"], ["1-1000"], ["10-0"]],
    "--date-order": [["ymd"], ["dmy"], ["mdy"]],
    "--decimal": [[","], ["."]],
    "--column": [["account_id=Account ID"]],
    "--key": [["usage=account_id"], ["csat=account_id"], ["contacts=account_id"]],
    "--encoding": [["utf-8"], ["latin-1"], ["cp1252"], ["utf-7"]],
    "--max-size": [["100MB"], ["10GB"]],
    "--overlap": [["add"], ["dedupe"]],
    "--as-of": [["2026-08-01"], ["2026-11-20"], ["2199-12-31"]],
    "--window": [[days] for days in DAYS],
    "--csat-window": [[days] for days in DAYS],
    "--usage-cut": [["0"], ["100"], ["50.0001"], ["median"], ["q1"], ["q99"], ["weighted_median"]],
    "--happiness-cut": [["0"], ["100"], ["median"], ["q1"], ["q99"], ["weighted_median"]],
    "--min-match": [["0"], ["100%"], ["0.0000001"]],
    "--max-rejects": [["0"], ["100%"], ["9" * 30]],
    "--fail-on": [
        ["act > 0"],
        [" OR ".join(["act > 0"] * 50)],
        ["(" * 50 + "act" + ")" * 50 + " > 0"],
        *[["act > 0"] * MANY],
    ],
    "--quadrant": [["at_risk"], ["unknown"], ["at_risk"] * MANY],
    "--tier": [["large"]],
    "--owner": [["Ingrid Solheim"], ["Priya Nair"], ["Ingrid Solheim"] * MANY],
    "--segment": [["Enterprise"], ["SMB"] * MANY],
    "--top": [["0"], ["1"], ["1000000000"]],
    "--sort": [["rank"], ["-priority"], ["account_name"], ["next_step"]],
    "--fields": [["events,idle_days"], ["usage_change_yoy_pct"], [",".join(["events"] * 5000)]],
    "--format": [[form] for form in Format],
    "--color": [["always"], ["never"], ["auto"]],
    "--history": [["history"]],
    "--log": [["csq.log"]],
    "--rejects": [["rejects.csv"]],
    "--aliases": [["aliases.csv"]],
    "--config": [["csq.yaml"]],
    "--playbook": [["playbooks.yaml"]],
    "--output": [*[[f"week.{suffix}"] for suffix in SUFFIXES], ["plans/"]],
    **{f"--{role}": [] for role in ROLES},
}
"""What each option is tried with; a file of a role is given with those of all others."""


class Tried(NamedTuple):
    """One run: its arguments, how it ended, and the seconds of work that it took."""

    words: Sequence[str]
    code: int
    seconds: float
    said: str

    def __str__(self) -> str:
        line = " ".join(self.words)
        return f"{self.seconds:5.2f} s  exit {self.code}  csq {line if len(line) < 160 else line[:150] + ' ...'}"


def options(command: str) -> Iterator[tuple[str, bool]]:
    """The options of a command as its signature has them, and whether they take a value."""
    for parameter in inspect.signature(COMMANDS[command]).parameters.values():
        annotation = parameter.annotation
        (info,) = annotation.__metadata__
        if type(info).__name__ == "OptionInfo":
            names = [name for name in info.param_decls or () if name.startswith("--")]
            yield (names[0] if names else f"--{parameter.name.replace('_', '-')}"), annotation.__origin__ is not bool


def cases(command: str) -> Iterator[list[str]]:
    """The arguments of every run of a command."""
    account = ["0001004"] if command == "explain" else []
    start = [command, *account, str(SAMPLE)]
    yield start
    yield [*start, "-v", "--no-pager"]
    for name, takes_value in options(command):
        if not takes_value:
            yield [*start, name]
        elif name.removeprefix("--") in ROLES:
            continue
        elif name not in VALUES:
            raise SystemExit(f"no values to try for {name}: add them to VALUES")
        else:
            for values in VALUES[name]:
                if command == "explain" and name == "--format":
                    values = [{"json": "json"}.get(values[0], "text")]
                yield [*start, *[word for value in values for word in (name, value)]]
    yield [command, *account, *[word for role in ROLES if (SAMPLE / f"{role}.csv").exists()
                                for word in (f"--{role}", str(SAMPLE / f"{role}.csv"))]]  # fmt: skip
    if command in ("triage", "plan"):
        every = [word for suffix in SUFFIXES for word in ("-o", f"all.{suffix}")]
        yield [*start, "--window", "3660", "--csat-window", "3660", "-v", *every]


def attempt(words: Sequence[str], folder: Path) -> Tried:
    """Run csq and take the time that it worked."""
    # Compiled once, as an installed csq is.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "csq", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Tried(words, done.returncode, seconds, done.stderr.decode(errors="replace"))


def main(wanted: Sequence[str]) -> int:
    """Try everything; how many took too long."""
    tried: list[Tried] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "playbooks.yaml").write_bytes(TEMPLATE.read_bytes())
        (folder / "aliases.csv").write_text("role,key,account_id\nusage,old,0001004\n", encoding="utf-8")
        (folder / "csq.yaml").write_text("windows: {usage: 28}\n", encoding="utf-8")
        attempt(["check", str(SAMPLE)], folder)
        for command in wanted or COMMANDS:
            for words in cases(command):
                tried.append(attempt(words, folder))
                if tried[-1].seconds > MOST or tried[-1].code > Exit.FOUND:
                    sys.stdout.write(f"{tried[-1]}\n        {tried[-1].said.splitlines()[:1]}\n")
                    sys.stdout.flush()
    slow = [each for each in tried if each.seconds > MOST]
    sys.stdout.write(f"{len(tried)} runs, {len(slow)} over {MOST:g} s of work; the slowest:\n")
    for each in sorted(tried, key=lambda each: -each.seconds)[:10]:
        sys.stdout.write(f"{each}\n")
    return len(slow)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
