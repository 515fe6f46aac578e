"""A backtest in words that need no statistician: the answer, what it rests on, what it cannot say, and the tables."""

from collections.abc import Iterable

from csq.backtest.model import (
    FEWEST,
    SHARES,
    Backtest,
    Estimate,
    Group,
    Held,
    Kept,
    Order,
    Ranked,
    Rate,
    Surprise,
    Verdict,
)
from csq.render import prose
from csq.render.marks import MARKS
from csq.render.movers.words import MoversPage, WordTable, with_more
from csq.suggest import in_shell
from csq.terms import Quadrant

INTERVAL = "95 % interval"
_MOST = 12
"""Surprises of a page."""
SAID: dict[Order, str] = {
    Order.BOTH: "both (mean of their ranks)",
    Order.QUADRANT: "the quadrant (axes that are low)",
    Order.CSQ: "csq's order of work",
    Order.SCORE: "plain weighted score (half each)",
}
"""What an order is called, where its name says too little."""


def page_of(found: Backtest) -> MoversPage:
    """Put a backtest into reading order."""
    every = f"each placed as of {found.horizon} days before"
    return MoversPage(
        title=f"Backtest of {prose.count(found.outcomes, 'outcome')}, {found.first} to {found.last}, {every}",
        summary=(answer(found), *_rests_on(found), *_limits(found)),
        tables=(*_tables(found), *_held(found), _cuts(found), _surprises(found)),
        weeks=(),
        currency=found.currency,
    )


def answer(found: Backtest) -> str:
    """The one sentence: which axis told more, or that the data cannot tell."""
    if found.verdict is Verdict.TOO_FEW:
        told = f"{found.compared_lost:,} of {prose.count(found.compared, 'outcome')} with both axes known were lost"
        told = told if found.compared else "there is no outcome with both axes known"
        why = f"losses are too few: {told}, and it takes {FEWEST}"
        return f"The data cannot tell whether usage or happiness told more, since {why}"
    pairs = _pairs(found)
    if found.verdict is Verdict.LEAK:
        names = ", ".join(f"`{each.fact}`" for each in found.leaks if each.is_of_axis)
        return f"Cannot tell: {names} separates the lost perfectly, which is as a rule written after they have left"
    if found.verdict in (Verdict.USAGE, Verdict.HAPPINESS):
        better, other = ("Usage", "happiness") if found.verdict is Verdict.USAGE else ("Happiness", "usage")
        return f"{better} told more than {other}: {pairs}"
    if found.verdict is Verdict.BOTH:
        return f"Both told the lost from the kept, and the data cannot tell which told more: {pairs}"
    return f"The data cannot tell whether usage or happiness told more: {pairs}"


def _pairs(found: Backtest) -> str:
    """`of 100 pairs of a lost and a kept account usage puts the lost one first in 71, ...`."""
    by = {each.order: each.auc for each in found.ranked}
    if found.difference is None:
        return ""
    usage, happiness = by[Order.USAGE].value * 100, by[Order.HAPPINESS].value * 100
    wide = [prose.score(value * 100, edges=[0.0], signed=True) for value in found.difference]
    return (
        f"of 100 pairs of a lost and a kept account, low usage points at the lost one in {usage:.0f} and low happiness "
        f"in {happiness:.0f}, where chance has 50; the difference is {wide[0]}, {INTERVAL} {wide[1]} to {wide[2]}"
    )


def _rests_on(found: Backtest) -> Iterable[str]:
    all_of = next(group for group in found.groups if group.kind is Kept.ALL)
    yield (
        f"{found.lost:,} of {prose.count(found.outcomes, 'outcome')} of {prose.count(found.accounts, 'account')} were "
        f"lost, {_share(all_of.lost)}, {INTERVAL} {_interval(all_of.lost)}; {found.compared:,} have both axes known, "
        f"{found.compared_lost:,} of them lost"
    )
    parts = [f"{found.used:,} used", *(f"{rows:,} set aside ({why})" for why, rows in found.set_aside.items())]
    yield f"{found.read:,} rows of outcomes read = {' + '.join([*parts, f'{found.rejected:,} rejected'])}"
    if found.not_yet:
        yield f"{prose.count(found.not_yet, 'outcome')} left out: no customer yet, or no more, on the day to place it"
    if found.uncovered:
        yield f"Of {prose.count(found.uncovered, 'outcome')} the exports do not reach back to the usage window: unknown"
    if found.from_history:
        yield f"{found.from_history:,} placed by a snapshot of the history, the others anew from rows dated by then"
    if found.still_here:
        yield f"No outcome says that anybody stayed: customers of {found.still_here} without an outcome count as kept"
    if found.assumed:
        yield f"{prose.count(found.assumed, 'outcome')} of who stayed name no value: taken at the value before"


def _limits(found: Backtest) -> Iterable[str]:
    """What the figures cannot say, in the same breath."""
    yield (
        "Limits: this says what went before, not what caused it, and nothing of any account's chances; tiers and cuts "
        "are of all these outcomes together"
    )
    if found.ranked:
        told = f"{found.replicates:,} resamples of whole accounts, seed {found.seed}"
        yield f"Intervals of pairs are by bootstrap: {told}; those of shares are Wilson's"
    if found.hangs.undated:
        yield f"Without a date, so taken as it stands today: {', '.join(found.hangs.undated)}{_hangs(found)}"
    if found.left_out:
        yield f"Without a date, so left out, as it may tell of what came later: {', '.join(found.left_out)}"
    for leak in found.leaks:
        yield f"Warning: `{leak.fact}` separates the lost perfectly ({leak.how}): likely written after they had left"


def _hangs(found: Backtest) -> str:
    without = found.hangs
    if without.usage_auc is None or without.happiness_auc is None or not found.ranked:
        return ""
    pairs = f"usage {without.usage_auc * 100:.0f} and happiness {without.happiness_auc * 100:.0f} of 100 pairs"
    same = without.verdict is found.verdict or found.verdict is Verdict.LEAK
    return f"; left out, the answer is {'the same' if same else f'another, {without.verdict}'} ({pairs})"


def _tables(found: Backtest) -> Iterable[WordTable]:
    yield _ranked(found)
    yield _groups("What became of them", (each for each in found.groups if each.tier is None), found, tiered=False)
    yield _groups("By tier", (each for each in found.groups if each.tier and each.outcomes), found, tiered=True)


def _ranked(found: Backtest) -> WordTable:
    heads = ("Worked down by", "Pairs right", INTERVAL, "By value", INTERVAL)
    caught = tuple(f"Met at {share * 100:.0f} %" for share in SHARES)
    rows = tuple((SAID.get(each.order, str(each.order)), *_figures(each)) for each in found.ranked)
    absent = f"under {FEWEST} losses no order is judged"
    title = "What told the lost from the kept (met: of the lost value, at that share of the hours)"
    return WordTable(title, (*heads, *caught), rows, tuple(range(1, 8)), absent)


def _figures(each: Ranked) -> tuple[str, ...]:
    weighted = (f"{each.weighted.value * 100:.0f}", _ends(each.weighted)) if each.weighted else ("", "")
    met = (prose.share(value) for value in each.caught_pct)
    return (f"{each.auc.value * 100:.0f}", _ends(each.auc), *weighted, *met)


def _ends(of: Estimate) -> str:
    return f"{of.low * 100:.0f} to {of.high * 100:.0f}"


def _groups(title: str, groups: Iterable[Group], found: Backtest, *, tiered: bool) -> WordTable:
    heads = ("Stood in", *(("Tier",) if tiered else ()), "Outcomes", "Accounts", "Lost", "Share", INTERVAL)
    rows = tuple(
        (
            place(each),
            *((each.tier or "",) if tiered else ()),
            f"{each.outcomes:,}",
            f"{each.accounts:,}",
            f"{each.lost.hits:,}",
            _share(each.lost),
            _interval(each.lost),
            prose.total(each.lost_value, found.currency),
            *("" if value is None else f"{value:.1f} %" for value in (each.grr_pct, each.nrr_pct)),
        )
        for each in groups
    )
    figures = (*heads, "Lost value", "GRR", "NRR")
    return WordTable(title, figures, rows, tuple(range(2 if tiered else 1, len(figures))))


def place(group: Group) -> str:
    """What a group is called."""
    if group.kind is Kept.QUADRANT:
        return f"{MARKS[Quadrant(group.name)]} {group.name.replace('_', ' ')}"
    return {Kept.SILENT: "silent", Kept.DIVIDED: "divided"}.get(group.kind, "all")


def _share(rate: Rate) -> str:
    return "" if rate.pct is None else prose.share(rate.pct)


def _interval(rate: Rate) -> str:
    if rate.low_pct is None or rate.high_pct is None:
        return ""
    return f"{rate.low_pct:.0f} to {rate.high_pct:.0f} %"


def _held(found: Backtest) -> Iterable[WordTable]:
    heads = ("Lost", INTERVAL, "n", "Kept", INTERVAL, "n")
    for kind, title, verb, never in (
        ("signal", "How often a signal held", "Signal", "Signals that never held"),
        ("step", "How often a step was done", "Step", "Steps that were never done"),
    ):
        mine = [each for each in found.held if each.kind == kind and each.lost.hits + each.kept.hits]
        mine.sort(key=_gap, reverse=True)
        rows = tuple((each.text, *_both(each)) for each in mine)
        yield WordTable(title, (verb, *heads), rows, tuple(range(1, 7)))
        silent = [each.name for each in found.held if each.kind == kind and not each.lost.hits + each.kept.hits]
        if silent and mine:
            yield WordTable(never, ("Id",), (((", ".join(silent)),),))


def _gap(each: Held) -> float:
    return abs((each.lost.pct or 0.0) - (each.kept.pct or 0.0))


def _both(each: Held) -> Iterable[str]:
    for rate in (each.lost, each.kept):
        yield from (_share(rate), _interval(rate), f"{rate.n:,}")


def _cuts(found: Backtest) -> WordTable:
    rows = tuple(
        (
            f"{each.axis} {each.at:.0f}",
            *(text for rate in (each.below, each.above) for text in (_share(rate), _interval(rate), f"{rate.n:,}")),
        )
        for each in found.cuts
    )
    title = "Loss rates on both sides of a cut (none is advised: the best one here is the best by luck as well)"
    heads = ("Cut at", "Lost below", INTERVAL, "n", "Lost from there up", INTERVAL, "n")
    return WordTable(title, heads, rows, tuple(range(1, 7)))


def _surprises(found: Backtest) -> WordTable:
    rows = tuple(_surprise(each, found) for each in found.surprises[:_MOST])
    title = "Surprises: lost from the best quadrant, grown from the worst"
    title = with_more(title, len(found.surprises) - len(rows), "csv and json")
    return WordTable(title, ("Account", "Value", "What happened", "What was known then", "See"), rows, (1,), "none")


def _surprise(each: Surprise, found: Backtest) -> tuple[str, ...]:
    value = "" if each.contract_value is None else prose.money(each.contract_value, found.currency)
    after = "" if each.value_after is None or each.value_after == 0 else f" at {prose.money(each.value_after)}"
    scores = [
        f"{axis} {value:.0f}"
        for axis, value in (("usage", each.usage_score), ("happiness", each.happiness_score))
        if value is not None
    ]
    known = [f"{MARKS[each.quadrant]} {each.quadrant.replace('_', ' ')}", *scores]
    if each.responses is not None:
        known.append(prose.count(each.responses, "answer"))
    known += [name.replace("_", " ") for name in each.signals[:3]]
    return (
        each.account_name or each.account_id,
        value,
        f"{each.outcome}{after} on {each.date}",
        ", ".join(known),
        explained(each),
    )


def explained(each: Surprise) -> str:
    """The command that tells all that was known of it then, where there is one."""
    if not each.is_listed:
        return "in no accounts file any more"
    return f"csq explain {in_shell(each.account_id)} --as-of {each.known_on}"
