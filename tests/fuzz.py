"""Runs of csq on spoiled files, settings, playbooks and options: none ends in a bug, or never, or loses rows.

`python tests/fuzz.py 2000` makes so many runs, from seed 0 on, or from that of a second argument, names those that
broke a promise, and says after each hundred how far it is. A seed always gives the same files and arguments;
`python tests/fuzz.py 1 SEED` makes its run alone.
"""

import gzip
import io
import json
import os
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from csq.cli.main import COMMANDS, main
from csq.errors import Exit
from sheets import workbook

EXPECTED = (Exit.OK, Exit.FOUND, Exit.USAGE, Exit.INPUT, Exit.CONFIG, Exit.OUTPUT)
LONGEST = 20
"""Seconds of work that a run may take."""
OWN_PLAYBOOK = (Path(__file__).parent.parent / "playbooks.yaml").read_text(encoding="utf-8")

WORDS = (
    "", " ", "-", "n/a", "NULL", "0", "1", "-1", "00", "1e308", "-1e308", "1e999", "nan", "inf", "9" * 40, "0.1", "1,5",
    "1.234,56", "12%", "$5k", "٣", "½", "1/0", "2026-11-15", "0001-01-01", "9999-12-31", "2026-02-30", "03/04/2026",
    "2026-W53", "99999-01-01", "1970-01-01T00:00:00Z", "2026-11-15T25:61:61+99:99", "=1+1", "'", '"', '""', "\ufeff",
    "\u202e", "\x1b[31m", "\x9b", "\x85", "\u2028", "\0", "A" * 3000, "eve@acme.example", "A-01", "a-01 ", "é",
    "e\u0301", "true", "yes", "null", "[]", "{}", "*a", "&a", "!!python/object", "<<", "|", "{events}", "events", "act",
    "account_id", "median", "q50", "5 of 5", "5-1", "1-5", "0-0", "👍", "good", "churned", "active", "csat", "nps",
    "Total", "🏳️‍🌈", "\ud7ff", "%s", "{0}", "../x", "/dev/null", "a\\0b", "-.5", "+5", ".", ",", ";", "\t", "#", "# x",
)  # fmt: skip
"""What a cell, a value of YAML or an option may hold."""

CONFIG = """playbook: playbooks.yaml
windows: {usage: 28, csat: 365}
weights: {seat_use: 1, breadth: 2}
tiers: {bands: {big: 5000, small: 0}}
thresholds: {usage: {method: median, within: tier}, happiness: {at: 70}}
capacity: {default: 10, owners: {Dana: 4}}
currency: {base: EUR, rates: {USD: 0.9}}
statuses: {current: [live], former: [gone]}
features: {ignore: [login], count: [ping]}
columns: {usage: {account_id: account_id}}
scales: {csat: {score: 1-5}}
answers: {great: 100, poor: 10}
"""


def tables(dice: random.Random) -> dict[str, list[list[str]]]:
    """Small exports of every role."""
    ids = [f"A-{number:02}" for number in range(12)]

    def some(*rows: Callable[[], str], count: int = 20) -> list[list[str]]:
        return [[each() for each in rows] for _ in range(count)]

    def key() -> str:
        return dice.choice(ids)

    def day() -> str:
        return f"2026-{dice.randrange(9, 12):02}-{dice.randrange(1, 29):02}"

    def one_of(*words: str) -> Callable[[], str]:
        return lambda: dice.choice(words)

    usage = some(key, day, one_of("u1", "u2", ""), one_of("Reports", "Forms", "login"), one_of("1", "5"), count=90)
    answers = some(key, one_of("eve@acme.example", "bob"), day, one_of("1", "3", "5"), one_of("Good", ""), count=30)
    goals = some(key, one_of("Save time"), day, one_of("open", "met"), one_of("0.5", "80%"))
    contacts = some(key, one_of("u1", "eve@acme.example"), one_of("champion", "end_user"), day)
    wide = [[account, *(str(dice.randrange(90)) for _ in range(3))] for account in ids]
    form = dice.choice(["log", "log", "metrics", "months"])
    uses = {
        "log": [["account_id", "date", "user_id", "feature", "events"], *usage],
        "metrics": [["account_id", "logins", "active_users", "reports_run"], *wide],
        "months": [["account_id", "2026-08", "2026-09", "2026-10"], *wide],
    }
    return {
        "usage": uses[form],
        "csat": [["account_id", "email", "submitted_at", "score", "comment"], *answers],
        "accounts": [
            ["account_id", "account_name", "arr", "currency", "seats", "owner", "status", "renewal_date", "segment"],
            *([each, f"Name {each}", str(dice.randrange(20_000)), "EUR", "10", "Dana", "live", day(), "SMB"]
              for each in ids),
        ],
        "goals": [["account_id", "goal", "target_date", "status", "progress"], *goals],
        "contacts": [["account_id", "user_id", "role", "since"], *contacts],
        "events": [["account_id", "date", "kind", "note"],
                   *some(key, day, one_of("new_boss", "budget_cut"), one_of(""))],
        "outcomes": [["account_id", "date", "outcome", "value_after"],
                     *some(key, day, one_of("renewed", "churned"), one_of("5"))],
        "overrides": [["account_id", "field", "value", "reason", "author", "expires_on"],
                      *some(key, one_of("owner", "seats"), one_of("7"), one_of("told"), one_of("me"), day, count=3)],
    }  # fmt: skip


def spoil_cells(dice: random.Random, rows: list[list[str]]) -> None:
    """Put odd words into cells and headers, and lose, double or lengthen rows."""
    for _ in range(dice.choice([0, 0, 1, 3, 30])):
        row = dice.choice(rows)
        what = dice.random()
        if what < 0.6 and row:
            row[dice.randrange(len(row))] = dice.choice(WORDS)
        elif what < 0.7:
            rows.append([*row, *row][: dice.randrange(2 * len(row) + 1)])
        elif what < 0.8 and row:
            column, word = dice.randrange(len(rows[0]) or 1), dice.choice(WORDS)
            for each in rows[1:]:
                each[column : column + 1] = [word]
        elif what < 0.97 and len(rows) > 1:
            del rows[dice.randrange(len(rows))]
        else:
            rows[0] = [word for word in rows[0] for _ in range(dice.choice([1, 1, 1, 2]))]


def spoil_bytes(dice: random.Random, data: bytes) -> bytes:
    """Cut, double, overwrite or re-encode a piece of a file."""
    for _ in range(dice.choice([1, 1, 2, 20])):
        at, length = dice.randrange(len(data) + 1), dice.randrange(40)
        piece = data[at : at + length]
        change = dice.randrange(6)
        if change == 0:
            data = data[:at]
        elif change == 1:
            data = data[:at] + piece * dice.randrange(5) + data[at + length :]
        elif change == 2:
            data = data[:at] + dice.randbytes(len(piece)) + data[at + length :]
        elif change == 3:
            data = data[:at] + dice.choice(WORDS).encode("utf-8", "surrogatepass") + data[at:]
        elif change == 4:
            data = data[:at] + bytes([dice.choice(b'\0\r\n",;\t|\xff\xfe\x80')]) + data[at:]
        else:
            data = data[at:] + data[:at]
    return data


def write(dice: random.Random, folder: Path, name: str, rows: list[list[str]], *, whole: bool) -> None:
    """Write a table in one of the forms that csq reads; if it is not to be whole, with spoiled bytes."""
    form = dice.choice(["csv"] * 6 + ["semicolons", "utf-16", "cp1252", "gz", "zip", "xlsx", "parquet"])
    if form == "xlsx":
        data = workbook(
            [[cell.replace("\0", "").replace("\x1b", "").replace("\x9b", "") for cell in row] for row in rows]
        )
    elif form == "parquet":
        width = max(len(row) for row in rows)
        header = [f"{text}{'' if text not in rows[0][:at] else at}" for at, text in enumerate(rows[0])]
        names = dict.fromkeys(header + [f"more{at}" for at in range(width)], pl.String())
        body = [[*row, *[None] * len(names)][: len(names)] for row in rows[1:]]
        out = io.BytesIO()
        pl.DataFrame(body, schema=names, orient="row").write_parquet(out)
        data = out.getvalue()
    else:
        mark = ";" if form == "semicolons" else ","
        cells = [[f'"{cell}"' if {mark, '"', "\n"} & {*cell} else cell for cell in row] for row in rows]
        text = "\n".join(mark.join(row) for row in cells) + "\n"
        data = text.encode(form if form in ("utf-16", "cp1252") else "utf-8", "replace")
    if form == "gz":
        data = gzip.compress(data, mtime=0)
    if form == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{name}.csv", data)
        data = out.getvalue()
    suffix = form if form in ("gz", "zip", "xlsx", "parquet") else "csv"
    if not whole:
        data = spoil_bytes(dice, data)
    (folder / f"{name}.{suffix}").write_bytes(data)


def spoil_yaml(dice: random.Random, text: str) -> bytes:
    """Change values, keys, depth and order of a few lines, or the bytes themselves."""
    lines = text.splitlines()
    for _ in range(dice.choice([0, 1, 1, 3, 10])):
        at = dice.randrange(len(lines))
        what = dice.randrange(7)
        if what == 0:
            head = lines[at].partition(":")[0]
            lines[at] = f"{head}: {dice.choice(WORDS)}"
        elif what == 1:
            tokens = lines[at].split(" ")
            tokens[dice.randrange(len(tokens))] = dice.choice(WORDS)
            lines[at] = " ".join(tokens)
        elif what == 2:
            del lines[at : at + dice.randrange(1, 4)]
        elif what == 3:
            lines.insert(at, lines[dice.randrange(len(lines))] if lines else "")
        elif what == 4:
            lines[at] = " " * dice.randrange(9) + lines[at].lstrip()
        elif what == 5:
            opened = dice.randrange(1, 400)
            lines[at] += " " + "[" * opened + "]" * opened
        else:
            numbers = [place for place, sign in enumerate(lines[at]) if sign.isdigit()]
            if numbers:
                place = dice.choice(numbers)
                lines[at] = lines[at][:place] + dice.choice(WORDS) + lines[at][place + 1 :]
        lines = lines or [""]
    data = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    return spoil_bytes(dice, data) if dice.random() < 0.15 else data


def options(dice: random.Random) -> list[str]:
    """Options with sensible and odd values."""
    days = ["1", "28", "3660", "0", "-1", "3661", "9" * 30]
    known: dict[str, list[str]] = {
        "--window": days, "--csat-window": days, "--as-of": ["2026-11-15", "1970-01-01", "2199-12-31"],
        "--csat-scale": ["1-5", "5-1", "0-10", "csat.csv=1-5", "1-1e9"], "--usage-cut": ["50", "median", "q1", "q99"],
        "--happiness-cut": ["0", "100", "weighted_median"], "--date-order": ["dmy", "ymd", "csat.csv=mdy"],
        "--decimal": [",", ".", "usage.csv=,"],
        "--column": ["account_id=account_id", "score=nps", "x=y", "score=csat.csv:score"],
        "--key": ["usage=account_id", "csat=email_domain", "x=y"],
        "--encoding": ["utf-8", "utf-16", "hex", "cp1252", "idna"],
        "--overlap": ["add", "dedupe"], "--min-match": ["0", "100%", "50"], "--max-rejects": ["0", "100%", "9" * 30],
        "--fail-on": ["act > 0", "match_pct < 90", "accounts / 0 > 1", "data_age_days > 8"],
        "--top": ["0", "5", "9" * 30],
        "--fields": ["events,idle_days", "usage_parts", "segment"], "--sort": ["priority", "-rank"],
        "--quadrant": ["at_risk"], "--owner": ["Dana", "unassigned"], "--tier": ["big"], "--segment": ["SMB"],
    }  # fmt: skip
    chosen: list[str] = []
    for flag in dice.sample(sorted(known), dice.choice([0, 0, 1, 2, 4])):
        chosen += [f"{flag}={dice.choice(known[flag] if dice.random() < 0.8 else WORDS)}"]
    return chosen + [flag for flag in ("--strict", "-v", "-q", "--raw", "--excel") if dice.random() < 0.1]


def case(seed: int, folder: Path) -> list[str]:
    """Write the files of a seed into a folder and return the arguments."""
    dice = random.Random(seed)
    # One thing spoiled reaches far into a run, several end it soon.
    spoiled = dice.choice(
        [{"cells"}, {"cells"}, {"bytes"}, {"settings"}, {"playbook"}, {"options"}, {"cells", "options"}, {"all"}]
    )
    made = tables(dice)
    for name in [name for name in made if name in ("usage", "csat") or dice.random() < 0.7]:
        if spoiled & {"cells", "all"} and dice.random() < 0.5:
            spoil_cells(dice, made[name])
        write(dice, folder, name, made[name] or [[""]], whole=not (spoiled & {"bytes", "all"} and dice.random() < 0.3))
    if dice.random() < 0.5 or spoiled & {"settings", "all"}:
        (folder / "csq.yaml").write_bytes(
            spoil_yaml(dice, CONFIG) if spoiled & {"settings", "all"} else CONFIG.encode()
        )
    (folder / "playbooks.yaml").write_bytes(
        spoil_yaml(dice, OWN_PLAYBOOK) if spoiled & {"playbook", "all"} else OWN_PLAYBOOK.encode()
    )
    command = dice.choice(["triage"] * 8 + ["plan", "check", "explain"])
    asked = ["--min-match=0", "--max-rejects=100%"] if dice.random() < 0.7 else []
    if command == "explain":
        return [command, dice.choice(["A-01", *WORDS]), str(folder), "-f", "json", *asked]
    if command == "check":
        return [command, str(folder)]
    form = dice.choice(["json"] * 5 + ["csv", "terminal", "html", "md", "jsonl", "tsv"])
    told = options(dice) if spoiled & {"options", "all"} else asked
    return [command, str(folder), "-f", form, *[each for each in told if command == "triage" or "-" in each[2:6]]]


def broken(argv: list[str], code: int, stdout: bytes, stderr: str, seconds: float) -> list[str]:
    """The promises that a run has broken."""
    found = []
    if code not in EXPECTED:
        found.append(f"exit {code}")
    if "Traceback" in stderr or "a bug in csq" in stderr:
        found.append("a traceback, or a bug")
    if seconds > LONGEST:
        found.append(f"{seconds:.0f} seconds")
    if code > Exit.FOUND and not stderr.startswith(("error: ", "note: ", "warning: ")):
        found.append("no word of why")
    if argv[0] == "triage" and code <= Exit.FOUND and argv[argv.index("-f") + 1] == "json":
        found += wrong_sums(json.loads(stdout))
    return found


def wrong_sums(report: dict[str, object]) -> list[str]:
    """Where rows or accounts do not add up."""
    found = []
    for source in report["sources"]:  # type: ignore[attr-defined]
        told = source["used"] + sum(source["set_aside"].values()) + sum(source["rejected"].values())
        if told != source["read"]:
            found.append(f"{source['label']}: {source['read']} rows read, {told} told of")
    accounts = report["counts"]["accounts"]  # type: ignore[index]
    for name in ("totals", "tiers"):
        told = sum(each["accounts"] for each in report[name])  # type: ignore[attr-defined]
        if told != accounts:
            found.append(f"{name}: {told} of {accounts} accounts")
    return found


def _run(argv: list[str], folder: Path) -> tuple[int, bytes, str, float]:
    """One run in this process, with what it wrote to the two streams."""
    streams = [(folder / name).open("w+b") for name in ("stdout", "stderr")]
    kept = [os.dup(1), os.dup(2)]
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream.fileno(), number)
    began = time.process_time()  # another's work on the machine is no fault of ours
    try:
        code = main(argv)
    finally:
        sys.stderr.flush()
        for number, old in enumerate(kept, start=1):
            os.dup2(old, number)
            os.close(old)
    seconds = time.process_time() - began
    texts = []
    for stream in streams:
        stream.seek(0)
        texts.append(stream.read())
        stream.close()
    return code, texts[0], texts[1].decode(errors="replace"), seconds


def fuzz(count: int, first: int = 0) -> int:
    """Make `count` runs; return how many broke a promise."""
    assert {"triage", "plan", "check", "explain"} <= {*COMMANDS}
    codes: dict[int, int] = {}
    bad, longest = 0, 0.0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as room:
            exports = Path(room, "exports")
            exports.mkdir()
            os.chdir(room)
            argv = case(seed, exports)
            code, stdout, stderr, seconds = _run(argv, Path(room))
            codes[code] = codes.get(code, 0) + 1
            longest = max(longest, seconds)
            if found := broken(argv, code, stdout, stderr, seconds):
                bad += 1
                sys.stdout.write(f"seed {seed}: {'; '.join(found)}\n  {argv}\n  {stderr[-600:]}\n")
                sys.stdout.flush()
            os.chdir("/")
        done = seed - first + 1
        if done % 100 == 0 or done == count:
            told = f"{dict(sorted(codes.items()))}; {bad} broke a promise; the longest took {longest:.1f} s"
            sys.stdout.write(f"{done} runs: {told}\n")
            sys.stdout.flush()
    return bad


if __name__ == "__main__":
    sys.exit(bool(fuzz(*map(int, sys.argv[1:]))))
