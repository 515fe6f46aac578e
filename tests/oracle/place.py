"""Place: tiers, scores, cuts, levels, quadrants and evidence of all accounts of a world."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from tests.oracle.customers import Customer, customers
from tests.oracle.happiness import Survey, read
from tests.oracle.numbers import Facts, Number, Span, ending, mean, percentile, rounded, ten_digits
from tests.oracle.usage import Log
from tests.oracle.usage import measure as measure_usage
from tests.oracle.worlds import World

FEW = 10
NEAR = 5
PARTS = ("seat_use", "breadth", "active_days", "volume")
Pins = Mapping[str, str]
QUADRANTS = {
    ("high", "high"): "advocates",
    ("high", "low"): "frustrated",
    ("low", "high"): "underusers",
    ("low", "low"): "at_risk",
}


def measure(world: World) -> tuple[dict[str, Facts], list[Facts]]:
    """Every fact of every account of a world, and the cuts."""
    day = world.day
    log = Log(world.usage, {row["account_id"] for row in world.accounts}, day)
    window = ending(day, world.usage_days)
    keys = {*log.keys, *(answer.account for answer in read(world.csat, day))}
    found = customers(world.accounts, keys, log, window)
    log.keep(found)
    survey = Survey(world.csat, found, day, ending(day, world.csat_days))
    facts = {}
    for name, customer in found.items():
        usage = measure_usage(log, name, window, customer.entitled, customer.seats)
        told = usage | survey.measure(name)
        told |= {"contract_value": customer.value, "seats": customer.seats, "is_new": customer.is_new(day)}
        facts[name] = told
    set_tiers(facts, found, world)
    score_usage(facts, found, log, window, world.pinned_references)
    for each in facts.values():
        each["happiness_score"] = each.get("csat_mean")
        each.update({name: rounded(value) for name, value in each.items() if isinstance(value, Fraction)})
    cuts = [*cut(facts, "usage", world.usage_cut, world.pinned_cuts)]
    cuts += cut(facts, "happiness", world.happiness_cut, {})
    for each in facts.values():
        stand(each, {line["axis"]: line["at"] for line in cuts if line["tier"] == each["tier"]})
    return facts, cuts


def set_tiers(facts: Mapping[str, Facts], found: Mapping[str, Customer], world: World) -> None:
    """Thirds of the valued accounts, or the bands or the column that csq.yaml names."""
    values = sorted(customer.value for customer in found.values() if customer.value is not None)
    bands = world.bands or thirds(values)
    for name, customer in found.items():
        facts[name]["tier"] = tier(customer.value, bands) if not world.tier_column else customer.tier or "other"


def thirds(values: list[Fraction]) -> dict[str, Number]:
    """The tiers and where they begin, the highest first."""
    if len(values) < 30:
        return {"all": 0}
    begins = {"large": values[2 * len(values) // 3], "mid": values[len(values) // 3], "small": 0}
    kept: dict[str, Number] = {}
    for name, least in begins.items():
        if least not in kept.values():
            kept[name] = least
    return kept


def tier(value: Fraction | None, bands: Mapping[str, Number]) -> str:
    if value is None:
        return "unvalued"
    return next((name for name, least in bands.items() if value >= least), "other")


def score_usage(facts: Mapping[str, Facts], found: Mapping[str, Customer], log: Log, window: Span, pins: Pins) -> None:
    """The mean of the parts that are known."""
    length = len(window.days())
    has_seats = any(customer.seats for customer in found.values())
    amounts = {}
    for name, customer in found.items():
        each = facts[name]
        if "events" in each and not log.only_everyday and (customer.seats or not has_seats):
            days = len(asked_days(customer, window, log.day))
            amounts[name] = each["telling_events"] / Fraction(customer.seats or 1) / Fraction(days, length)
    references = {each["tier"]: reference(each["tier"], facts, amounts, pins) for each in facts.values()}
    parts = {name: usage_parts(facts[name], customer, window, log.day) for name, customer in found.items()}
    for name, amount in amounts.items():
        if at := references[facts[name]["tier"]]:
            parts[name]["volume"] = amount * 100 / at
    for name, known in parts.items():
        facts[name]["usage_parts"] = len(known) or None
        facts[name]["usage_score"] = rounded(mean(min(part, Fraction(100)) for part in known.values()))
    for name in parts:
        facts[name]["usage_parts_lacking"] = lacking(facts, parts, name)


def lacking(facts: Mapping[str, Facts], parts: Mapping[str, Mapping[str, Number]], name: str) -> str | None:
    """Parts that more than half of the scored accounts of the tier have, and this one lacks."""
    peers = [known for other, known in parts.items() if known and facts[other]["tier"] == facts[name]["tier"]]
    most = [part for part in PARTS if 2 * sum(part in known for known in peers) > len(peers)]
    return ", ".join(part for part in most if parts[name] and part not in parts[name]) or None


def asked_days(customer: Customer, window: Span, day: date) -> list[date]:
    """Days of the window on which use is asked for: of a new account those since its start."""
    if customer.is_new(day):
        return [each for each in window.days() if each >= customer.start]
    return window.days()


def usage_parts(facts: Facts, customer: Customer, window: Span, day: date) -> dict[str, Number]:
    if "events" not in facts:
        return {}
    weekdays = sum(each.weekday() < 5 for each in asked_days(customer, window, day))
    parts = {
        "seat_use": facts.get("seat_use_pct"),
        "breadth": facts.get("breadth_pct"),
        "active_days": Fraction(100 * facts["active_days"], max(weekdays, 1)),
    }
    return {name: part for name, part in parts.items() if part is not None}


def reference(tier: str, facts: Mapping[str, Facts], amounts: Mapping[str, Fraction], pins: Pins) -> Fraction | None:
    """What counts as 100: what is pinned, else the 75th percentile of the settled accounts of the tier, or of all."""
    if tier in pins:
        return Fraction(pins[tier])
    settled = {name: amount for name, amount in amounts.items() if not facts[name]["is_new"]} or amounts
    of_tier = [amount for name, amount in settled.items() if facts[name]["tier"] == tier]
    own = percentile(of_tier, Fraction(3, 4)) if len(of_tier) >= FEW and not pins else None
    at = own or percentile(settled.values(), Fraction(3, 4))
    return ten_digits(at) if at else None


def cut(facts: Mapping[str, Facts], axis: str, asked: str, pins: Pins) -> Iterable[Facts]:
    """Where high begins, for each tier; where some are pinned, the others are cut at the median of all."""
    scored = [each for each in facts.values() if each[f"{axis}_score"] is not None]
    settled = [each for each in scored if not each["is_new"]] or scored
    for tier in sorted({each["tier"] for each in facts.values()}):
        own = [each for each in settled if each["tier"] == tier]
        taken = own if len(own) >= FEW and not pins else settled
        method = pins.get(tier, "median") if pins else asked
        if (at := begins(taken, axis, method)) is not None:
            method = "number" if method.isdigit() else method
            yield {"axis": axis, "tier": tier, "at": rounded(at), "scored": len(taken), "method": method}


def begins(accounts: list[Facts], axis: str, asked: str) -> Number | None:
    scores = [each[f"{axis}_score"] for each in accounts]
    if asked == "weighted_median":
        return weighted_median([(each[f"{axis}_score"], each["contract_value"] or 0) for each in accounts])
    if asked == "median":
        return percentile(scores, Fraction(1, 2))
    return percentile(scores, Fraction(int(asked[1:]), 100)) if asked.startswith("q") else Fraction(asked)


def weighted_median(pairs: list[tuple[Number, Number]]) -> Number | None:
    """The score at which half of the money is reached, and where that is met exactly midway to the next."""
    total, reached, low = sum(weight for _, weight in pairs), 0, None
    if not total:
        return percentile([score for score, _ in pairs], Fraction(1, 2))
    for score, weight in sorted(pairs):
        reached += weight
        low = score if low is None and 2 * reached >= total else low
        if 2 * reached > total:
            return Fraction(low + score) / 2
    return None


def stand(facts: Facts, cuts: Mapping[str, Number | None]) -> None:
    """Levels, margins, quadrant and evidence of one account."""
    for axis in ("usage", "happiness"):
        score, at = facts[f"{axis}_score"], cuts.get(axis)
        known = score is not None and at is not None
        facts[f"{axis}_margin"] = rounded(score - at) if known else None
        facts[f"{axis}_level"] = ("high" if score >= at else "low") if known else "unknown"
    if facts.get("telling_events") == 0:
        facts["usage_level"] = "low"
    margins = facts["usage_margin"], facts["happiness_margin"]
    facts["borderline"] = any(margin is not None and abs(margin) < NEAR for margin in margins)
    facts["quadrant"] = QUADRANTS.get((facts["usage_level"], facts["happiness_level"]), "unknown")
    flip = facts["answers_to_flip"] = answers_to_flip(facts, cuts.get("happiness"))
    firm = facts["responses"] >= 3 and (flip is None or flip >= 2) and facts["silence"] != "stale"
    facts["evidence"] = ("firm" if firm else "thin") if facts["responses"] else "none"


def answers_to_flip(facts: Facts, at: Number | None) -> int | None:
    """The least number of answers at the other end that takes the score across the cut."""
    score, count = facts["happiness_score"], facts["responses"]
    if score is None or at is None:
        return None
    happy = score >= at
    if (happy and at <= 0) or (not happy and at >= 100):
        return None
    end, further = (0 if happy else 100), 1
    while (rounded((score * count + end * further) / (count + further)) >= at) == happy:
        further += 1
    return further
