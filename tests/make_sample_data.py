"""Make csq's sample data: `python tests/make_sample_data.py [DIRECTORY]`, by default sample_data/.

The exports of Harbourline, an invented vendor of rostering software: accounts.csv from its CRM, usage.csv and
usage_2025.csv from its product's log, csat.csv from its survey tool; goals.csv, contacts.csv and events.csv, which its
customer success managers keep by hand, and outcomes.csv, which its finance desk keeps. Who behaves how is told in
`harbourline/story.py`, and the accounts in `PLANTED` each show one idea. The same bytes come out on every platform
and Python.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from harbourline import contacts, events, goals, outcomes, survey, usage
from harbourline.accounts import make_accounts
from harbourline.cast import CAST

SAMPLE_DATA = Path(__file__).parents[1] / "sample_data"

PLANTED: dict[str, str] = {part.account_id: part.idea for parts in CAST.values() for part in parts}
"""What each planted account is there to show, by account id."""


def make_sample_data(directory: Path) -> None:
    """Write the sample data into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    accounts = make_accounts()
    log = usage.make_log(accounts)
    this_year = usage.STRETCHES["earlier"][0]
    _write(directory / "accounts.csv", tuple(accounts[0].crm), (tuple(account.crm.values()) for account in accounts))
    _write(directory / "usage.csv", usage.HEADER, (row for row in log if row[2] >= this_year))
    _write(directory / "usage_2025.csv", usage.HEADER, (row for row in log if row[2] < this_year))
    _write(directory / "csat.csv", survey.HEADER, survey.make_survey(accounts))
    _write(directory / "goals.csv", goals.HEADER, goals.make_goals(accounts))
    _write(directory / "contacts.csv", contacts.HEADER, contacts.make_contacts(accounts))
    _write(directory / "events.csv", events.HEADER, events.make_events(accounts))
    _write(directory / "outcomes.csv", outcomes.HEADER, outcomes.make_outcomes(accounts))


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    make_sample_data(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE_DATA)
