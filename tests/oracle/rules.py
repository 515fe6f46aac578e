"""What `csq help rules` says, once more in plain Python: fractions, dictionaries, loops."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from typing import Any

from tests.oracle.worlds import AS_OF, World

Facts = dict[str, Any]
EVERYDAY = ("login",)
NOW = (AS_OF - timedelta(days=27), AS_OF)
BEFORE = (AS_OF - timedelta(days=55), AS_OF - timedelta(days=28))
YEAR_AGO = (NOW[0] - timedelta(days=364), AS_OF - timedelta(days=364))
CSAT = (AS_OF - timedelta(days=364), AS_OF)
CSAT_BEFORE = (AS_OF - timedelta(days=729), AS_OF - timedelta(days=365))
PARTS = ("seat_use", "breadth", "active_days", "volume")


def rounded(value: Fraction | float | None) -> Fraction | None:
    """To 4 places, a half to the even digit: what `round` does with a fraction."""
    return None if value is None else round(Fraction(value), 4)


def holds(span: tuple[date, date], day: date) -> bool:
    return span[0] <= day <= span[1]


def share(part: Fraction | int | None, whole: Fraction | int | None) -> Fraction | None:
    return Fraction(part) / whole * 100 if part is not None and whole else None


def quantile(values: Iterable[Any], q: Fraction) -> Fraction:
    """On the line between neighbours."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return Fraction(ordered[low]) + (place - low) * (Fraction(ordered[high]) - Fraction(ordered[low]))


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def measure(world: World) -> tuple[dict[str, Facts], list[Facts]]:
    """The facts and the place of every customer, and the cuts."""
    log = _log(world)
    accounts = _customers(world, log)
    _usage(accounts, log)
    _happiness(accounts, world)
    _tiers(accounts)
    _score(accounts)
    return accounts, _place(accounts)


# Who is a customer


def _log(world: World) -> list[Facts]:
    """The rows of the log, each event id once."""
    rows = [
        {
            "account": row["account_id"],
            "day": date.fromisoformat(row["date"]),
            "events": Fraction(row["events"] or "1"),
            "user": row.get("user_id", ""),
            "feature": row.get("feature", ""),
            "id": row.get("event_id", ""),
        }
        for row in world.usage
    ]
    for row in rows:
        row["telling"] = row["feature"] not in EVERYDAY
    newest: dict[str, Facts] = {}
    for row in sorted(
        rows, key=lambda row: (-row["day"].toordinal(), row["account"], row["user"], row["feature"], row["events"])
    ):
        newest.setdefault(row["id"], row)
    kept = {id(row) for row in newest.values()}
    return [row for row in rows if not row["id"] or id(row) in kept]


def _customers(world: World, log: list[Facts]) -> dict[str, Facts]:
    if not world.has_accounts:
        keys = {row["account_id"] for row in (*world.usage, *world.csat)}
        nothing = {"contract_value": None, "seats": None, "start": None, "entitled": ""}
        return {key: {**nothing, "tenure_days": None, "is_new": None} for key in sorted(keys)}
    last_use: dict[str, date] = {}
    for row in log:
        if row["events"] > 0 and holds(NOW, row["day"]):
            last_use[row["account"]] = max(row["day"], last_use.get(row["account"], row["day"]))
    found = {}
    for row in world.accounts:
        start, end = day_of(row["start_date"]), day_of(row["end_date"])
        if row["status"] == "churned" or (start and start > AS_OF):
            continue
        uses_after = end is not None and row["account_id"] in last_use and last_use[row["account_id"]] > end
        if end and end <= AS_OF and row["status"] != "active" and not uses_after:
            continue
        value = Fraction(row["arr"]) if row["arr"] else Fraction(row["acv"]) if row["acv"] else None
        value = Fraction(row["mrr"]) * 12 if value is None and row["mrr"] else value
        tenure = (AS_OF - start).days if start else None
        found[row["account_id"]] = {
            "contract_value": value,
            "seats": int(row["seats"] or 0) or None,
            "start": start,
            "entitled": row["features_entitled"],
            "tenure_days": tenure,
            "is_new": None if tenure is None else tenure < 90,
        }
    return found


# Usage


def _usage(accounts: dict[str, Facts], log: list[Facts]) -> None:
    first_day = min(row["day"] for row in log)
    reached = {name: first_day <= span[0] for name, span in (("before", BEFORE), ("year", YEAR_AGO))}
    names_users, names_features = any(row["user"] for row in log), any(row["feature"] and row["telling"] for row in log)
    mine = defaultdict(list)
    for row in log:
        if row["day"] <= AS_OF and row["account"] in accounts:
            mine[row["account"]].append(row)
    active = [row for rows in mine.values() for row in rows if row["events"] > 0 and row["telling"]]
    known_features = {row["feature"] for row in active if row["feature"]}
    for name, facts in accounts.items():
        facts["features_available"] = _entitled(facts["entitled"]) or len(known_features) or None
        if name in mine:
            _of_log(facts, mine[name], reached, names_users=names_users, names_features=names_features)
        facts["seat_use_pct"] = share(facts.get("active_users"), facts["seats"])
        # Of a log of nothing but logins these count, but there is no volume of them.
        facts["volume"] = facts.get("telling") if active else None
        facts["did"] = facts["volume"] if active else facts.get("events")


def _entitled(text: str) -> int | None:
    return int(text) if text.isdecimal() else len(text.split(";")) if text else None


def _of_log(
    facts: Facts, rows: list[Facts], reached: dict[str, bool], *, names_users: bool, names_features: bool
) -> None:
    done = [row for row in rows if row["events"] > 0]
    now = [row for row in done if holds(NOW, row["day"])]
    spans = {"now": now} | {
        key: [row for row in done if holds(span, row["day"])] for key, span in (("before", BEFORE), ("year", YEAR_AGO))
    }
    facts["events"] = sum(row["events"] for row in now)
    facts["telling"] = sum(row["events"] for row in now if row["telling"])
    facts["active_days"] = len({row["day"] for row in now})
    for key, suffix, pct in (("before", "previous", "usage_change_pct"), ("year", "year_ago", "usage_change_yoy_pct")):
        if reached[key]:
            before = sum(row["events"] for row in spans[key])
            facts[f"events_{suffix}"] = before
            facts[pct] = (facts["events"] / before - 1) * 100 if before else None
            facts[pct.replace("pct", "sure")] = _is_sure(now, spans[key])
    users = {row["user"] for row in now if row["user"]}
    facts["active_users"] = len(users) if names_users and (users or not facts["events"]) else None
    used = {row["feature"] for row in now if row["feature"] and row["telling"]}
    facts["features_used"] = len(used) if names_features and (used or not facts["telling"]) else None
    if facts["features_used"] is not None:
        names = {name.strip() for name in facts["entitled"].split(";")} if ";" in facts["entitled"] else set()
        names |= {facts["entitled"]} if facts["entitled"].isalpha() else set()
        left = (facts["features_available"] or 0) - len(used)
        facts["features_unused"] = len(names - used) if names else max(left, 0) if facts["features_available"] else None
        before = {row["feature"] for row in spans["before"] if row["feature"] and row["telling"]}
        facts["features_dropped"] = len(before - used) if reached["before"] else None
        facts["breadth_pct"] = share(min(len(used), facts["features_available"] or 0), facts["features_available"])
    if done:
        facts["idle_days"] = (AS_OF - max(row["day"] for row in done)).days
    by_user: dict[str, Fraction] = defaultdict(Fraction)
    for row in (*now, *spans["before"]):
        if row["user"]:
            by_user[row["user"]] += row["events"]
    if by_user:
        facts["top_user_share_pct"] = share(max(by_user.values()), sum(by_user.values()))


def _is_sure(now: Sequence[Facts], before: Sequence[Facts]) -> bool:
    one, other = ({(row["user"], row["day"]) for row in rows if row["user"]} for rows in (now, before))
    if not one | other:
        one, other = ({("", row["day"]) for row in rows} for rows in (now, before))
    return abs(len(one) - len(other)) > 2 * sqrt(len(one) + len(other))


# Happiness


def _happiness(accounts: dict[str, Facts], world: World) -> None:
    rows = defaultdict(list)
    for number, row in enumerate(world.csat):
        day = day_of(row["submitted_at"] or row.get("sent_at", ""))
        answer = (Fraction(row["score"]) - 1) / 4 * 100 if row["score"] else None
        who = row["user_id"] or number
        rows[row["account_id"]].append({"day": day, "answer": answer, "who": who, "role": row["role"]})
    for name, facts in accounts.items():
        _of_survey(facts, rows[name], asks_known=world.asks_known)


def _latest(rows: Iterable[Facts], span: tuple[date, date]) -> list[Facts]:
    """The latest answer of each respondent in a window, of one day the lower, of those alike the last by role."""
    found: dict[Any, Facts] = {}
    for row in rows:
        if row["answer"] is not None and holds(span, row["day"]):
            one = found.get(row["who"])
            if one is None or _late(row) > _late(one):
                found[row["who"]] = row
    return list(found.values())


def _late(row: Facts) -> tuple[date, Fraction, str]:
    return row["day"], -row["answer"], row["role"]


def mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, start=Fraction(0)) / len(values) if values else None


def _of_survey(facts: Facts, rows: list[Facts], *, asks_known: bool) -> None:
    latest = _latest(rows, CSAT)
    answers = [row["answer"] for row in latest]
    facts["responses"] = len(answers)
    ever = [row["day"] for row in rows if row["answer"] is not None and row["day"] <= AS_OF]
    asked = len({row["who"] for row in rows if holds(CSAT, row["day"])}) if asks_known else None
    facts["asked"] = asked
    facts["response_rate_pct"] = share(len(answers), asked)
    facts["days_since_response"] = (AS_OF - max(ever)).days if ever else None
    facts["silence"] = None
    if ever and facts["days_since_response"] > 180:
        facts["silence"] = "stale"
    elif asks_known and not ever and not asked:
        facts["silence"] = "asked_before" if rows else "never_asked"
    elif asked and not answers:
        facts["silence"] = "no_answer"
    if not answers:
        return
    facts["csat_mean"], facts["csat_min"], facts["csat_max"] = mean(answers), min(answers), max(answers)
    before = mean([row["answer"] for row in _latest(rows, CSAT_BEFORE)])
    facts["csat_change"] = facts["csat_mean"] - before if before is not None else None
    hits, n = sum(answer >= 75 for answer in answers), len(answers)
    facts["top_box_pct"] = share(hits, n)
    p, z = hits / n, 1.959963984540054
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ends = [(p + z * z / (2 * n) + sign * spread) / (1 + z * z / n) * 100 for sign in (-1, 1)]
    facts["top_box_low_pct"], facts["top_box_high_pct"] = max(ends[0], 0), min(ends[1], 100)
    by_role = defaultdict(list)
    for row in latest:
        if row["role"]:
            by_role[row["role"]].append(row["answer"])
    means = {role: mean(of_role) for role, of_role in sorted(by_role.items())}
    if len(means) > 1:
        low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
        facts["role_gap"] = means[high] - means[low]
        few, many = len(by_role[low]), len(by_role[high])
        facts["role_gap_answers"] = "one each" if few == many == 1 else f"{few} and {many} answers"


# Tiers, scores, cuts


def _tiers(accounts: dict[str, Facts]) -> None:
    values = sorted(facts["contract_value"] for facts in accounts.values() if facts["contract_value"] is not None)
    bands: dict[Fraction, str] = {}
    if (n := len(values)) >= 30:
        for start, name in ((values[2 * n // 3], "large"), (values[n // 3], "mid"), (Fraction(0), "small")):
            bands.setdefault(start, name)
    for facts in accounts.values():
        value = facts["contract_value"]
        starts = [start for start in bands if value is not None and value >= start]
        facts["tier"] = "unvalued" if value is None else bands[max(starts)] if starts else "all"


def _score(accounts: dict[str, Facts]) -> None:
    per_seat = any(facts["seats"] for facts in accounts.values())
    for facts in accounts.values():
        days = min(facts["tenure_days"] + 1, 28) if facts["is_new"] else 28
        asked = [AS_OF - timedelta(days=back) for back in range(days)]
        working = max(sum(day.isoweekday() <= 5 for day in asked), 1)
        facts["amount"] = None
        if facts["volume"] is not None and (facts["seats"] or not per_seat):
            facts["amount"] = (
                Fraction(facts["volume"]) / ((facts["seats"] or 1) if per_seat else 1) / Fraction(days, 28)
            )
        facts["parts"] = {
            "seat_use": facts["seat_use_pct"],
            "breadth": facts.get("breadth_pct"),
            "active_days": share(facts.get("active_days"), working),
        }
    references = _references(list(accounts.values()))
    for facts in accounts.values():
        facts["parts"]["volume"] = share(facts["amount"], references[facts["tier"]])
        known = [min(part, Fraction(100)) for part in facts["parts"].values() if part is not None]
        facts["usage_score"] = rounded(mean(known))
        facts["usage_parts"] = len(known) or None
        facts["happiness_score"] = rounded(facts.get("csat_mean"))


def _references(everyone: list[Facts]) -> dict[str, Fraction]:
    def settled(rows: Iterable[Facts]) -> list[Fraction]:
        rows = [facts for facts in rows if facts["amount"] is not None]
        return [facts["amount"] for facts in rows if not facts["is_new"]] or [facts["amount"] for facts in rows]

    def p75(amounts: list[Fraction]) -> Fraction:
        return Fraction(float(f"{float(quantile(amounts, Fraction(3, 4))):.10g}")) if amounts else Fraction(0)

    of_all, found = p75(settled(everyone)), {}
    known_of_all = {id(facts) for facts in everyone if not facts["is_new"] and facts["amount"] is not None}
    for tier in {facts["tier"] for facts in everyone}:
        own = [f["amount"] for f in everyone if f["tier"] == tier and (id(f) in known_of_all or not known_of_all)]
        own = [amount for amount in own if amount is not None]
        found[tier] = (p75(own) if len(own) >= 10 else Fraction(0)) or of_all
    return found


def _place(accounts: dict[str, Facts]) -> list[Facts]:
    cuts = []
    for axis in ("usage", "happiness"):
        scored = [facts for facts in accounts.values() if facts[f"{axis}_score"] is not None]
        settled = [facts for facts in scored if not facts["is_new"]] or scored
        for tier in sorted({facts["tier"] for facts in accounts.values()}):
            own = [facts for facts in settled if facts["tier"] == tier]
            if axis == "usage" and settled:
                own = settled if len(own) < min(10, len(settled)) else own
                at = rounded(quantile([facts["usage_score"] for facts in own], Fraction(1, 2)))
                cuts.append({"axis": axis, "tier": tier, "at": at, "scored": len(own)})
            elif axis == "happiness":
                own = settled
                cuts.append({"axis": axis, "tier": tier, "at": Fraction(70), "scored": len(own)})
    at = {(cut["axis"], cut["tier"]): cut["at"] for cut in cuts}
    for facts in accounts.values():
        _levels(facts, lambda axis, tier=facts["tier"]: at.get((axis, tier)))
    return cuts


def _levels(facts: Facts, cut: Callable[[str], Fraction | None]) -> None:
    margins = {}
    for axis in ("usage", "happiness"):
        score = facts[f"{axis}_score"]
        margin = None if score is None else rounded(score - cut(axis))
        margins[axis] = facts[f"{axis}_margin"] = margin
        is_high = margin is not None and margin >= 0 and (axis == "happiness" or bool(facts["did"]))
        facts[f"{axis}_level"] = "unknown" if margin is None else "high" if is_high else "low"
    facts["borderline"] = any(margin is not None and abs(margin) < 5 for margin in margins.values())
    levels = facts["usage_level"], facts["happiness_level"]
    names = {("high", "high"): "advocates", ("high", "low"): "frustrated", ("low", "high"): "underusers"}
    facts["quadrant"] = "unknown" if "unknown" in levels else names.get(levels, "at_risk")
    facts["answers_to_flip"] = _flip(facts, cut("happiness")) if facts["responses"] else None
    firm = facts["responses"] >= 3 and (facts["answers_to_flip"] or 0) >= 2 and facts["silence"] != "stale"
    facts["evidence"] = "none" if not facts["responses"] else "firm" if firm else "thin"


def _flip(facts: Facts, cut: Fraction) -> int:
    """Tried one by one."""
    is_high, n = facts["happiness_level"] == "high", facts["responses"]
    more = 0
    while True:
        more += 1
        then = rounded((facts["happiness_score"] * n + (0 if is_high else 100) * more) / (n + more))
        if (then >= cut) != is_high:
            return more
