"""What a reader of the committed sample data sees of each account, worked out without csq."""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path

AS_OF = date(2026, 11, 15)
NOW, BEFORE, YEAR_AGO = (AS_OF - timedelta(days=days) for days in (0, 28, 364))
SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"

Row = dict[str, str]


@cache
def rows(name: str) -> list[Row]:
    """The rows of a committed file."""
    with (SAMPLE_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def log() -> list[Row]:
    """The rows of both logs."""
    return rows("usage.csv") + rows("usage_2025.csv")


def day(text: str) -> date | None:
    """The date that `text` is, if it is one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def mean(scores: list[int]) -> float:
    """The mean on 0-100 of answers on 1-5; -1 without answers."""
    return sum(25 * (score - 1) for score in scores) / len(scores) if scores else -1


@dataclass(frozen=True)
class Seen:
    """What a reader of the files sees of one account."""

    crm: Row
    log: list[Row]
    survey: list[Row]
    goals: list[Row]
    contacts: list[Row]
    timeline: list[Row]
    outcomes: list[Row]

    @property
    def seats(self) -> int:
        return int(self.crm["Seats"])

    @property
    def renews_in(self) -> int:
        return (date.fromisoformat(self.crm["Renewal Date"]) - AS_OF).days

    @property
    def tenure(self) -> int:
        return (AS_OF - date.fromisoformat(self.crm["Start Date"])).days

    def used(self, last: date, *, days: int = 28) -> list[Row]:
        """The log of the `days` that end with `last`."""
        return [row for row in self.log if (d := day(row["date"])) and last - timedelta(days=days) < d <= last]

    def events(self, last: date) -> int:
        return sum(int(row["events"]) for row in self.used(last))

    def features(self, last: date) -> set[str]:
        return {row["feature"] for row in self.used(last)}

    @cached_property
    def users(self) -> set[str]:
        return {row["user_id"] for row in self.used(NOW)}

    @cached_property
    def top_user(self) -> tuple[str, float]:
        """The user with the most events in eight weeks, and the share of them."""
        count: Counter[str] = Counter()
        for row in self.used(NOW, days=56):
            count[row["user_id"]] += int(row["events"])
        user, most = count.most_common(1)[0]
        return user, most / count.total()

    def answers(self, *roles: str, oldest: int = 364, newest: int = 0) -> list[int]:
        """The latest score of each respondent, the lower one where two came on one day."""
        latest: dict[str, tuple[date, int]] = {}
        for row in self.survey:
            answered = day(row["Submitted At"])
            if answered and newest <= (AS_OF - answered).days <= oldest and row["Score"].isdigit():
                answer = (answered, -int(row["Score"]))
                if not roles or row["Role"] in roles:
                    latest[row["Email"]] = max(latest.get(row["Email"], answer), answer)
        return [-score for _, score in latest.values()]

    @property
    def happiness(self) -> float:
        return mean(self.answers())

    @property
    def busy(self) -> bool:
        return len(self.users) >= 0.6 * self.seats

    @property
    def quiet(self) -> bool:
        return len(self.users) <= 0.4 * self.seats

    @property
    def happy(self) -> bool:
        return self.happiness >= 70

    @property
    def unhappy(self) -> bool:
        return 0 <= self.happiness < 70

    def days_ago(self, kind: str) -> list[int]:
        """How long ago each event of a kind was, the newest first; not those that have expired or are yet to come."""
        days = [
            (AS_OF - d).days
            for row in self.timeline
            if row["Kind"].lower().replace(" ", "_") == kind and (d := day(row["Date"]))
            if (row["Expires On"] or "9999") >= AS_OF.isoformat()
        ]
        return sorted(each for each in days if each >= 0)

    def decided(self) -> list[tuple[str, int]]:
        """Each outcome as it is written and how many days ago it was, the newest last."""
        return [(row["Outcome"], (AS_OF - date.fromisoformat(row["Closed On"])).days) for row in self.outcomes]

    def people(self, role: str) -> list[Row]:
        """The contacts in a role who are there on the day the exports end."""
        today = AS_OF.isoformat()
        return [
            row
            for row in self.contacts
            if row["Role"].lower().replace(" ", "_") == role
            and row["Since"] <= today
            and (row["Left On"] or "9999") > today
        ]

    def open_goals(self) -> list[Row]:
        return [row for row in self.goals if row["Status"] == "open"]

    def has(self, **cells: str) -> bool:
        """True if the CRM has these cells; headers with `_` for a space."""
        return all(self.crm[header.replace("_", " ")] == cell for header, cell in cells.items())


@cache
def seen() -> dict[str, Seen]:
    """Each account by id, with its rows of the other files."""
    accounts = {row["Account ID"]: Seen(row, [], [], [], [], [], []) for row in rows("accounts.csv")}
    for row in log():
        if row["account_id"].strip() in accounts:
            accounts[row["account_id"].strip()].log.append(row)
    for row in rows("csat.csv"):
        accounts[row["Account ID"]].survey.append(row)
    for name, part in {"goals": "goals", "contacts": "contacts", "events": "timeline", "outcomes": "outcomes"}.items():
        for row in rows(f"{name}.csv"):
            if row["Account ID"] in accounts:
                getattr(accounts[row["Account ID"]], part).append(row)
    return accounts


@cache
def population() -> list[Seen]:
    """The accounts that are customers."""
    return [account for account in seen().values() if account.crm["Status"] == "active"]
