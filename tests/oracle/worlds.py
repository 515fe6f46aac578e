"""Worlds: small sets of exports with all that the rules speak of, each made from its number."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

AS_OF = date(2026, 11, 15)
FEATURES = ("Rosters", "Shifts", "Reports", "Exports", "login")
ROLES = ("end_user", "decision_maker", "champion", "")
Rows = list[dict[str, Any]]


class World:
    """Rows of the files, by name; cells are text, empty where they are blank."""

    def __init__(self, number: int) -> None:
        """Make world `number`."""
        self.dice = Random(number)
        self.number = number
        self.size = self.dice.choice((4, 12, 60, 90))
        self.has_accounts = self.dice.random() > 0.15
        self.names = [f"A{index:03}" for index in range(self.size)]
        self.has_users = self.dice.random() > 0.15
        self.has_features = self.dice.random() > 0.2
        self.has_ids = self.dice.random() > 0.7
        self.first = AS_OF - timedelta(days=self.dice.choice((30, 50, 70, 420)))
        self.accounts = [self._account(name) for name in self.names] if self.has_accounts else []
        self.usage = [row for name in self.names for row in self._use(name)]
        # So that the newest day of use is the day, in every world.
        self.usage.append(self._event(self.names[0], AS_OF))
        self.asks_known = self.dice.random() > 0.4
        self.csat = [row for name in self.names for row in self._answers(name)]
        self.csat.append(self._answer(self.names[0], AS_OF, "5"))

    def _some(self, share: float, value: Any) -> str:
        return str(value) if self.dice.random() < share else ""

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.dice.randint(0, (last - first).days))

    def _account(self, name: str) -> dict[str, str]:
        dice = self.dice
        value = dice.choice((0, 500, 1200, 5000, 20_000, dice.randint(100, 90_000)))
        which = dice.choice(("arr", "arr", "acv", "mrr", ""))
        money = {each: str(value) if each == which else "" for each in ("arr", "acv", "mrr")}
        start = dice.choice((AS_OF - timedelta(days=dice.randint(0, 100)), date(2023, 5, 1), AS_OF + timedelta(days=9)))
        return {
            "account_id": name,
            **money,
            "seats": self._some(0.85, dice.choice((0, 1, 4, 8, 10, 25, 60))),
            "start_date": self._some(0.8, start),
            "status": self._some(0.5, dice.choice(("active", "active", "active", "churned"))),
            "end_date": self._some(0.2, dice.choice((AS_OF, AS_OF - timedelta(days=40), AS_OF + timedelta(days=40)))),
            "features_entitled": self._some(0.3, dice.choice(("Rosters; Shifts; Maps", "6", "Rosters"))),
        }

    def _use(self, name: str) -> Iterable[dict[str, str]]:
        dice = self.dice
        if dice.random() < 0.1:
            return
        recent, early = dice.choice((0, 3, 10, 60)), dice.choice((0, 5, 40))
        spans = ((AS_OF - timedelta(days=27), recent), (max(self.first, AS_OF - timedelta(days=400)), early))
        for first, many in spans:
            for _ in range(dice.randint(0, many)):
                yield self._event(name, self._day(max(first, self.first), AS_OF))
        if dice.random() < 0.1:
            yield self._event(name, AS_OF + timedelta(days=3))

    def _event(self, name: str, day: date) -> dict[str, str]:
        dice = self.dice
        row = {"account_id": name, "date": str(day), "events": dice.choice(("", "0", "1", "1", "2", "17", "2.5"))}
        if self.has_users:
            row["user_id"] = self._some(0.95, f"{name}-u{min(dice.randint(0, 9), dice.randint(0, 9))}")
        if self.has_features:
            row["feature"] = self._some(0.95, dice.choice(FEATURES))
        if self.has_ids:
            row["event_id"] = self._some(0.9, f"e{dice.randint(0, 4000)}")
        return row

    def _answers(self, name: str) -> Iterable[dict[str, str]]:
        dice = self.dice
        if self.asks_known and dice.random() < 0.08:
            yield self._answer(name, AS_OF - timedelta(days=dice.choice((365, 366, 700))), "")
            return
        for _ in range(dice.choice((0, 1, 2, 4, 9))):
            back = dice.choice((dice.randint(0, 364), dice.randint(0, 364), dice.randint(0, 800), 365, 364, 180, 181))
            score = dice.choice(("1", "2", "3", "4", "4", "5", "5"))
            if self.asks_known and dice.random() < 0.4:
                score = ""
            yield self._answer(name, AS_OF - timedelta(days=back), score)

    def _answer(self, name: str, day: date, score: str) -> dict[str, str]:
        row = {"account_id": name, "score": score, "submitted_at": str(day) if score else ""}
        if self.asks_known:
            row["sent_at"] = str(day - timedelta(days=self.dice.randint(0, 3) if score else 0))
        row["user_id"] = self._some(0.8, f"{name}-p{self.dice.randint(0, 5)}")
        row["role"] = self.dice.choice(ROLES)
        return row

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, rows in (("accounts", self.accounts), ("usage", self.usage), ("csat", self.csat)):
            if rows:
                _write(folder / f"{name}.csv", rows)


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
