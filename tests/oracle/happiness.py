"""Happiness: the rows of a survey in, the facts of each account out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.numbers import Facts, Span, share, wilson

SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
STALE_DAYS = 180


class Answer(NamedTuple):
    """What one row says of one kind of survey; without a score it is a request."""

    account: str
    person: str | None
    role: str
    kind: str
    score: Fraction | None
    raw: Fraction | None
    moment: datetime | None
    weight: int

    @property
    def day(self) -> date | None:
        return self.moment and self.moment.date()


def read(rows: Iterable[Mapping[str, str]], day: date) -> list[Answer]:
    """The rows by the day, dated by their answer, else by their request."""
    found = []
    for row in rows:
        when = row.get("submitted_at") or row.get("sent_at")
        moment = datetime.fromisoformat(when) if when else None
        if moment and moment.date() > day:
            continue
        person = row.get("email", "").lower() or row.get("user_id") or None
        for kind, cell in scores(row):
            low, high = SCALES[kind]
            raw = Fraction(cell) if cell else None
            score = None if raw is None else (raw - low) * 100 / (high - low)
            weight = int(row.get("responses") or 1)
            found.append(Answer(row["account_id"], person, row.get("role", ""), kind, score, raw, moment, weight))
    return found


def scores(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """Kinds and cells: one that the row names, or one for each column of a kind."""
    return [(row.get("survey") or "csat", row["score"]), *((kind, row[kind]) for kind in SCALES if kind in row)]


class Survey:
    """The answers and requests of customers by the day; one kind feeds the axis, of all of them."""

    def __init__(self, rows: Sequence[Mapping[str, str]], customers: Iterable[str], day: date, window: Span) -> None:
        self.day, self.window = day, window
        known = set(customers)
        self.rows = [row for row in read(rows, day) if row.account in known]
        given = [row for row in self.rows if row.score is not None]
        of_kinds = ([row for row in given if self.in_window(row)], given, self.rows)
        kinds = next(({row.kind for row in rows} for rows in of_kinds if rows), {"csat"})
        self.axis = next(kind for kind in SCALES if kind in kinds)
        without_score = any(row.score is None and row.kind == self.axis for row in self.rows)
        self.asks_known = without_score or any(row.get("sent_at") for row in rows)

    def in_window(self, row: Answer) -> bool:
        return row.day is None or self.window.holds(row.day)

    def measure(self, account: str) -> Facts:
        """The happiness facts of an account."""
        every = [row for row in self.rows if row.account == account]
        rows = [row for row in every if row.kind == self.axis]
        inside = [row for row in rows if self.in_window(row)]
        given = [row for row in rows if row.score is not None]
        past = self.window.back(len(self.window.days()))
        answers = latest(row for row in given if self.in_window(row))
        facts = of_answers(answers) | roles(answers)
        facts["csat_change"] = change(answers, latest(row for row in given if row.day and past.holds(row.day)))
        facts |= self.other_kinds([row for row in every if row.score is not None and self.in_window(row)])
        days = [(self.day - row.day).days for row in given if row.day]
        facts["days_since_response"] = min(days, default=None)
        if self.asks_known:
            facts["asked"] = asked(inside)
            rate = share(facts["responses"], facts["asked"])
            facts["response_rate_pct"] = None if rate is None else min(rate, Fraction(100))
        facts["silence"] = self.silence(rows, inside, given, min(days, default=0))
        return facts

    def other_kinds(self, answers: Sequence[Answer]) -> Facts:
        """What recommendation and effort say, whatever feeds the axis."""
        nps = latest(row for row in answers if row.kind == "nps")
        promoters, detractors = (
            sum(row.weight for row in nps if least <= row.raw <= most) for least, most in ((9, 10), (0, 6))
        )
        ces = weighted(latest(row for row in answers if row.kind == "ces"))
        return {"ces": ces, "nps": share(promoters - detractors, sum(row.weight for row in nps))}

    def silence(self, rows: Sequence, inside: Sequence, given: Sequence, since: int) -> str | None:
        """Why nothing, or nothing recent, is heard."""
        if given and since > STALE_DAYS:
            return "stale"
        if not self.asks_known:
            return None
        if not given and rows and not inside:
            return "asked_before"
        if not given and not rows:
            return "never_asked"
        heard = any(row.score is not None for row in inside)
        return "no_answer" if inside and not heard else None


def asked(rows: Iterable[Answer]) -> int:
    people = list(rows)
    return len({row.person for row in people if row.person}) + sum(row.weight for row in people if not row.person)


def latest(answers: Iterable[Answer]) -> list[Answer]:
    """Of each respondent the newest, of one time the lower, of those alike the last by role."""
    newest: dict[str, Answer] = {}
    unnamed = []
    for answer in answers:
        if answer.person is None:
            unnamed.append(answer)
        elif answer.person not in newest or order(answer) > order(newest[answer.person]):
            newest[answer.person] = answer
    return unnamed + list(newest.values())


def order(answer: Answer) -> tuple[str, Fraction, str]:
    """One without a date comes before all."""
    return answer.moment.isoformat() if answer.moment else "", -answer.score, answer.role


def weighted(answers: Sequence[Answer]) -> Fraction | None:
    total = sum(answer.weight for answer in answers)
    return sum(answer.score * answer.weight for answer in answers) / total if total else None


def change(now: Sequence[Answer], before: Sequence[Answer]) -> Fraction | None:
    return weighted(now) - weighted(before) if now and before else None


def of_answers(answers: Sequence[Answer]) -> Facts:
    """Mean, ends and top box."""
    count = sum(answer.weight for answer in answers)
    if not count:
        return {"responses": 0}
    facts: Facts = {
        "responses": count,
        "csat_mean": weighted(answers),
        "csat_min": min(answer.score for answer in answers),
        "csat_max": max(answer.score for answer in answers),
    }
    if count > len(answers):  # what stands behind an average is not known
        return facts
    top = sum(satisfied(answer) for answer in answers)
    low, high = wilson(Fraction(top, count), count)
    return facts | {"top_box_pct": share(top, count), "top_box_low_pct": low, "top_box_high_pct": high}


def satisfied(answer: Answer) -> bool:
    return answer.raw >= 9 if answer.kind == "nps" else answer.score >= 75


def roles(answers: Sequence[Answer]) -> Facts:
    """How far roles are apart, and how many answers stand behind either side."""
    named = sorted({answer.role for answer in answers} - {""})
    of_role = {role: [answer for answer in answers if answer.role == role] for role in named}
    facts: Facts = {"decision_maker_mean": weighted(of_role.get("decision_maker", []))}
    facts["users_mean"] = weighted([answer for answer in answers if answer.role in ("end_user", "power_user")])
    if not named:
        return facts
    means = {role: weighted(of_role[role]) for role in named}
    lowest, highest = min(named, key=means.get), max(named, key=means.get)
    counts = [sum(answer.weight for answer in of_role[role]) for role in (lowest, highest)]
    if len(named) > 1:
        facts["role_gap_answers"] = "one each" if counts == [1, 1] else f"{counts[0]} and {counts[1]} answers"
        facts["role_gap"] = means[highest] - means[lowest]
    return facts | {
        "lowest_role": lowest,
        "lowest_role_mean": means[lowest],
        "highest_role": highest,
        "highest_role_mean": means[highest],
    }
