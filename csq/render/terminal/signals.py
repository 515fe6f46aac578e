"""The signals over all accounts: of how many each holds, what they are worth, and what nobody could judge."""

from collections.abc import Sequence

import polars as pl

from csq.render.terminal.lines import BLANK, Line, cells, fitted, hanging, line, strong
from csq.render.terminal.page import Page
from csq.report import SignalTotal
from csq.terms import Severity

_NAMED = 3
"""Accounts that are named beside a signal."""
_SHOWN = 6
"""Signals to watch, and signals not judged, that are named; all that say act are."""


def signals(page: Page) -> list[Line]:
    """Lay out the signals that hold, the most valuable first, and count the rest; nothing without signals."""
    totals = page.report.signals
    held = {severity: _ranked(totals, severity) for severity in Severity}
    shown = [*held[Severity.ACT], *held[Severity.WATCH][:_SHOWN]]
    rest = len(held[Severity.WATCH][_SHOWN:]) + len(held[Severity.INFO])
    still_open = sorted((total for total in totals if total.unjudged), key=lambda total: -total.unjudged)
    out = _table(page, shown)
    if rest:
        out.extend(hanging(line("  "), f"and {rest:,} that say less; `-f json` has them all", page.prose))
    if still_open:
        told = "; ".join(
            f"{_words(total.name)}, {total.unjudged:,} without {' or '.join(total.missing[:2])}"
            for total in still_open[:_SHOWN]
        )
        more = f"; and {len(still_open) - _SHOWN:,} more" if len(still_open) > _SHOWN else ""
        out.extend(hanging(line(strong("Not judged"), ": "), told + more, page.prose))
    return [*out, BLANK] if out else []


def _ranked(totals: Sequence[SignalTotal], severity: Severity) -> list[SignalTotal]:
    held = (total for total in totals if total.severity is severity and total.accounts)
    return sorted(held, key=lambda total: (-total.contract_value, -total.accounts, total.name))


def _table(page: Page, totals: Sequence[SignalTotal]) -> list[Line]:
    if not totals:
        return []
    counts = [f"{total.accounts:,}" for total in totals]
    values = [page.money(total.contract_value) if total.contract_value else "" for total in totals]
    left, right = max(map(len, counts)), max(map(cells, values))
    names = max(cells(_words(total.name)) for total in totals)
    what = ("accounts", *(("their value",) if page.report.weighted else ()), "what holds, for whom first")
    out = [line(strong("Signals"), f": {', '.join(what)}")]
    for number, (total, count, value) in enumerate(zip(totals, counts, values, strict=True)):
        is_first = number == 0 or totals[number - 1].severity is not total.severity
        severity = fitted(total.severity if is_first else "", max(map(len, Severity)))
        front = (
            f"  {severity}  {count:>{left}}  {fitted(value, right, right=True)}  {fitted(_words(total.name), names)}  "
        )
        out.extend(hanging(line(front), _whom(page, total), page.prose))
    return out


def _whom(page: Page, total: SignalTotal) -> str:
    """The first accounts it holds for, by rank: `Acme Ltd, Zed and 4 more`."""
    fired = page.report.fired.filter(pl.col("signal") == total.name)
    accounts = page.report.accounts.join(fired, on="account_id", how="semi", maintain_order="left").head(_NAMED)
    names = accounts.select(pl.coalesce("account_name", "account_id")).to_series().to_list()
    more = total.accounts - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")


def _words(name: str) -> str:
    return name.replace("_", " ")
