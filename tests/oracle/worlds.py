"""Worlds: small sets of exports with all that the rules speak of, each made from its number."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

DAY = date(2026, 11, 15)
FEATURES = ("Rosters", "Shifts", "Reports", "Exports", "login", "Page View")
ROLES = ("end_user", "decision_maker", "champion", "power_user", "")
SCORES = {
    "csat": ("1", "2", "3", "4", "4", "5", "5"),
    "nps": ("0", "3", "6", "7", "8", "9", "10", "10"),
    "ces": ("1", "2", "4", "6", "7"),
}
Rows = list[dict[str, Any]]


class World:
    """Rows of the files, by name, and the settings; cells are text, empty where they are blank."""

    def __init__(self, number: int) -> None:
        """Make world `number`."""
        self.dice = dice = Random(number)
        self.size = dice.choice((4, 12, 60, 90))
        self._settings()
        self.names = [f"A{index:03}" for index in range(self.size)]
        self.has_users, self.has_features = self._likely(0.85), self._likely(0.8)
        self.has_ids, self.has_hours = self._likely(0.3), self._likely(0.3)
        self.features = FEATURES if self._likely(0.9) else ("login", "Page View")
        self.surveys = dice.choice(("csat", "csat", "csat", "kinds", "wide", "nps"))
        self.averaged = self.surveys == "csat" and self._likely(0.25)
        self.asks_known = self._likely(0.6)
        self.first = self.day - timedelta(days=dice.choice((20, 30, 50, 70, 420)))
        self.accounts = [row for name in self.names for row in self._contracts(name)] if self.has_accounts else []
        self.usage = [row for name in [*self.names, "stray"] for row in self._use(name)]
        # So that the newest day of use is the day, in every world.
        self.usage.append(self._event(self.names[0], self.day))
        self.csat = [row for name in self.names for row in self._answers(name)]
        self.csat.append(self._answer(self.names[0], self.day, asked_only=False))

    def _settings(self) -> None:
        """What the command line and csq.yaml say; half of the worlds leave all as it is."""
        dice, own = self.dice, self._likely(0.5)
        self.day = DAY
        self.has_accounts = self._likely(0.85)
        self.all_new = self._likely(0.05)
        self.has_contracts = self.has_accounts and self._likely(0.3)
        self.usage_days = dice.choice((7, 28, 30, 91)) if own else 28
        self.csat_days = dice.choice((90, 365, 400)) if own else 365
        self.usage_cut = dice.choice(("median", "q60", "40", "weighted_median")) if own else "median"
        self.happiness_cut = dice.choice(("70", "75", "median", "q25")) if own else "70"
        self.bands = {"top": 20_000, "rest": 500} if own and self.has_accounts and self._likely(0.4) else {}
        # Pinned for one of the tiers; the others are to make do with what all accounts give.
        self.pinned_cuts = {"top": "45"} if self.bands and self._likely(0.5) else {}
        self.pinned_references = {"rest": "2.5"} if self.bands and self._likely(0.5) else {}
        self.tier_column = (
            "plan" if own and self.has_accounts and not (self.bands or self.has_contracts) and self._likely(0.4) else ""
        )

    def _likely(self, share: float) -> bool:
        return self.dice.random() < share

    def _some(self, share: float, value: Any) -> str:
        return str(value) if self._likely(share) else ""

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.dice.randint(0, max((last - first).days, 0)))

    def _contracts(self, name: str) -> Iterable[dict[str, str]]:
        if not self.has_contracts:
            yield self._contract(name)
            return
        for index in range(self.dice.choice((1, 1, 2, 3))):
            row = self._contract(name) | {"subscription_id": f"{name}-{index}", "features_entitled": ""}
            yield row

    def _contract(self, name: str) -> dict[str, str]:
        dice, day = self.dice, self.day
        value = dice.choice((0, 500, 1200, 5000, 20_000, dice.randint(100, 90_000)))
        which = dice.choice(("arr", "arr", "acv", "mrr", "both", ""))
        money = {each: str(value) if which in (each, "both") else "" for each in ("arr", "acv", "mrr")}
        start = day - timedelta(days=dice.randint(0, 80 if self.all_new else 100))
        start = start if self.all_new else dice.choice((start, date(2023, 5, 1), day + timedelta(days=9)))
        end = dice.choice((day, day - timedelta(days=dice.randint(1, 40)), day + timedelta(days=40)))
        end = end if end > start else None
        row = {
            "account_id": name,
            **money,
            "seats": self._some(0.85, dice.choice((1, 4, 8, 10, 25, 60))),
            "start_date": self._some(1 if self.all_new else 0.8, start),
            "status": self._some(0.5, dice.choice(("active", "active", "active", "churned", "trial"))),
            "end_date": self._some(0.3, end) if end else "",
            "auto_renew": self._some(0.3, dice.choice(("yes", "no"))),
            "features_entitled": self._some(0.3, dice.choice(("Rosters; Shifts; Maps", "6", "Rosters"))),
        }
        return row | {"plan": self._some(0.9, dice.choice(("Gold", "Tin")))} if self.tier_column else row

    def _use(self, name: str) -> Iterable[dict[str, str]]:
        dice, day = self.dice, self.day
        if self._likely(0.1):
            return
        yield self._event(name, self._day(self.first, day))
        recent, early = dice.choice((0, 3, 10, 60)), dice.choice((0, 5, 40))
        spans = ((day - timedelta(days=27), recent), (max(self.first, day - timedelta(days=400)), early))
        for first, many in spans:
            for _ in range(dice.randint(0, many)):
                yield self._event(name, self._day(max(first, self.first), day))
        if self._likely(0.1):
            yield self._event(name, day + timedelta(days=3))

    def _event(self, name: str, day: date) -> dict[str, str]:
        dice = self.dice
        time = f" {dice.randint(0, 23):02}:{dice.choice((0, 30)):02}:00" if self.has_hours else ""
        row = {"account_id": name, "date": f"{day}{time}", "events": dice.choice(("", "0", "1", "1", "2", "17", "2.5"))}
        if self.has_users:
            row["user_id"] = self._some(0.95, f"{name}-u{min(dice.randint(0, 9), dice.randint(0, 9))}")
        if self.has_features:
            row["feature"] = self._some(0.95, dice.choice(self.features))
        if self.has_ids:
            row["event_id"] = self._some(0.9, f"e{dice.randint(0, 4000)}")
        return row

    def _answers(self, name: str) -> Iterable[dict[str, str]]:
        dice = self.dice
        if self.asks_known and self._likely(0.08):
            yield self._answer(name, self.day - timedelta(days=dice.choice((365, 366, 700))), asked_only=True)
            return
        for _ in range(dice.choice((0, 1, 2, 4, 9))):
            back = dice.choice((dice.randint(0, 364), dice.randint(0, 364), dice.randint(0, 800), 365, 364, 180, 181))
            asked_only = self.asks_known and self._likely(0.4)
            yield self._answer(name, self.day - timedelta(days=back), asked_only=asked_only)

    def _answer(self, name: str, day: date, *, asked_only: bool) -> dict[str, str]:
        dice = self.dice
        dated = not asked_only and self._likely(0.95)
        row = {"account_id": name, "submitted_at": str(day) if dated else "", **self._scores(asked_only)}
        if self.asks_known:
            row["sent_at"] = str(day - timedelta(days=dice.randint(0, 3) if dated else 0)) if self._likely(0.97) else ""
        row["user_id"] = "" if self.averaged else self._some(0.8, f"{name}-p{dice.randint(0, 5)}")
        row["role"] = dice.choice(ROLES)
        return row

    def _scores(self, asked_only: bool) -> dict[str, str]:
        dice = self.dice
        picked = {kind: "" if asked_only else dice.choice(values) for kind, values in SCORES.items()}
        if self.averaged:
            return {"score": picked["csat"], "responses": str(dice.randint(1, 3))}
        if self.surveys == "csat":
            return {"score": picked["csat"]}
        if self.surveys == "wide":
            return {"score": picked["csat"]} | {kind: self._some(0.6, picked[kind]) for kind in ("nps", "ces")}
        kind = "nps" if self.surveys == "nps" else dice.choice(tuple(SCORES))
        return {"score": picked[kind], "survey": kind}

    def flags(self) -> list[str]:
        """The command line of this world, but for its folder."""
        flags = ["--as-of", str(self.day), "--window", str(self.usage_days), "--csat-window", str(self.csat_days)]
        flags += ["--min-match", "0", "--happiness-cut", self.happiness_cut]
        return flags if self.pinned_cuts else [*flags, "--usage-cut", self.usage_cut]

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, rows in (("accounts", self.accounts), ("usage", self.usage), ("csat", self.csat)):
            if rows:
                _write(folder / f"{name}.csv", rows)
        (folder / "csq.yaml").write_text("".join(f"{line}\n" for line in self.settings()), encoding="utf-8")

    def settings(self) -> Iterable[str]:
        """The lines of csq.yaml."""
        effort = "ces" if self.surveys == "wide" else "score"
        yield f"scales: {{csat: {{score: 1-5}}, ces: {{{effort}: 1-7}}}}"
        if self.bands:
            yield "tiers: {bands: {top: 20000, rest: 500}}"
        pins = [f"usage: {{at: {{top: {at}}}}}" for at in self.pinned_cuts.values()]
        pins += [f"references: {{volume: {{rest: {at}}}}}" for at in self.pinned_references.values()]
        if pins:
            yield f"thresholds: {{{', '.join(pins)}}}"
        if self.tier_column:
            yield f"tiers: {{column: {self.tier_column}}}"


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
