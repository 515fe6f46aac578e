"""Small exports for tests: written as CSV where the test runs, read as csq reads them, and triaged."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from csq import pipeline
from csq.pipeline import settle_as_of, triage
from csq.playbook.load import LoadedPlaybook, check_playbook, load_playbook
from csq.report import Report
from csq.settings.load import load_settings
from csq.sources.load import Tables, load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Quadrant, Role

AS_OF = date(2026, 11, 15)
"""A Sunday. Its 28 days begin on Monday 19 October; those before on 21 September; a year ago, on 20 October 2025."""

PACKAGED = load_playbook(None)


def lines(*rows: str) -> str:
    """The text of a CSV file: its header, then its rows."""
    return "\n".join(rows) + "\n"


def read(usage: str | None = None, csat: str | None = None, accounts: str | None = None, **others: Any) -> Tables:
    """Write each text to a file of its role in the working directory, and read them; others are roles or options."""
    texts = {Role.USAGE: usage, Role.CSAT: csat, Role.ACCOUNTS: accounts}
    texts |= {role: others.pop(role, None) for role in Role if role not in texts}
    paths = {}
    for role, text in texts.items():
        if text is not None:
            Path(f"{role}.csv").write_text(text, encoding="utf-8")
            paths[role] = [Path(f"{role}.csv")]
    return load(paths, ReadOptions(**others))


def run(
    usage: str | None = None,
    csat: str | None = None,
    accounts: str | None = None,
    *,
    as_of: date | None = None,
    settings: str | None = None,
    playbook: LoadedPlaybook = PACKAGED,
    **others: Any,
) -> Report:
    """Triage exports given as text, under a csq.yaml given as text; others are more roles, or options of reading."""
    path = None
    if settings is not None:
        path = Path("csq.yaml")
        path.write_text(settings, encoding="utf-8")
    tables = read(usage, csat, accounts, **others)
    return triage(tables, load_settings(path), playbook, as_of=settle_as_of(tables, as_of))


def fact(name: str, usage: str, *, as_of: date) -> Any:
    """A fact of the one account of a log, as `csq explain` shows it: a report names no people."""
    tables = read(usage)
    found = pipeline.run(tables, load_settings(None), PACKAGED, as_of=settle_as_of(tables, as_of))
    return found.facts.frame[name].item()


def by_id(report: Report) -> Mapping[str, dict[str, Any]]:
    """The rows of the accounts, by account_id."""
    return {row["account_id"]: row for row in report.accounts.iter_rows(named=True)}


def only(report: Report) -> dict[str, Any]:
    """The one account of a report."""
    (row,) = by_id(report).values()
    return row


def fates(report: Report, label: str) -> dict[str, int]:
    """What became of the rows of a file: `used`, and each reason that occurs."""
    (file,) = [file for file in report.sources if file.label == label]
    assert file.read == file.used + sum(file.set_aside.values()) + sum(file.rejected.values())
    return {"used": file.used, **{str(k): v for k, v in file.set_aside.items()}, **file.rejected}


def playbook_of(at_risk: str = "", **others: str) -> LoadedPlaybook:
    """A playbook in which every quadrant has one plain step, but for what is given of a quadrant in YAML.

    Args:
        at_risk: Keys of that entry: `play: {...}`, `risks: [...]`, one a line, unindented.
        others: The same for other quadrants; `order` replaces the order of attack.
    """
    order = others.pop("order", "[advocates, frustrated, at_risk, underusers, unknown]")
    told = {"at_risk": at_risk, **others}
    text = f"order: {order}\nquadrants:\n"
    for quadrant in Quadrant:
        entry = f"label: {quadrant}\nmeans: what it means\nqueue: rest\nweight: 1\n" + told.get(quadrant, "")
        if "play:" not in entry:
            entry += f"\nplay: {{headline: play of {quadrant}, steps: [{{do: step of {quadrant}}}]}}"
        text += f"  {quadrant}:\n" + "".join(f"    {line}\n" for line in entry.splitlines())
    playbook, problems = check_playbook(text, "playbooks.yaml")
    assert playbook is not None, "\n".join(map(str, problems))
    return LoadedPlaybook(playbook=playbook, label="playbooks.yaml", sha256="0")


def write_log(folder: Path, rows: int) -> None:
    """Exports of forty accounts: a log of so many rows up to 15 November 2026, and an answer of each."""
    folder.mkdir()
    log = (f"A-{n % 40},u{n % 90},2026-11-{n % 15 + 1:02},f{n % 7},{n % 5}" for n in range(rows))
    (folder / "usage.csv").write_text(lines("account_id,user_id,date,feature,events", *log))
    answers = (f"A-{n},2026-10-01,{n % 5 + 1}" for n in range(40))
    (folder / "csat.csv").write_text(lines("account_id,submitted_at,score (1-5)", *answers))
