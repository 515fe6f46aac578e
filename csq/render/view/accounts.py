"""Accounts in words, and the texts that they share in short."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import polars as pl

from csq.place.scores import PART
from csq.playbook.text import fields
from csq.render.view.account import Account, Fired
from csq.report import Report
from csq.schema import COLUMNS
from csq.terms import Quadrant


def accounts(report: Report, rows: pl.DataFrame) -> Iterator[Account]:
    """Put `rows`, accounts of the report, into words, one after the other."""
    fired = _fired(report, rows)
    # Of the user's own columns, of which there may be thousands, a signal may name some; nothing else speaks of them.
    texts = (text for total in report.signals for text in total.readings.values())
    named = {name for text in texts for name in fields(text)}
    needed = [name for name in rows.columns if name in COLUMNS or name in named or name.startswith(("_", PART))]
    for row in rows[needed].iter_rows(named=True):
        yield Account(report, row, fired[row["account_id"]])


def in_short(text: str) -> str:
    """Its first sentence, of those that need no fact of an account if there are any."""
    sentences = _sentences(text)
    return next((each for each in sentences if "[" not in each), sentences[0] if sentences else "")


def _sentences(text: str) -> list[str]:
    """Cut a text where a sentence ends and the next begins."""
    parts: list[str] = []
    for word in text.split():
        if parts and not (parts[-1][-1] in ".!?" and word[:1].isupper()):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def _fired(report: Report, rows: pl.DataFrame) -> Mapping[str, list[Fired]]:
    """The signals that hold for each account, the loudest first."""
    readings = {total.name: total.readings for total in report.signals}
    quadrants = rows.lazy().select("account_id", "quadrant")
    fired = report.fired.lazy().join(quadrants, on="account_id", how="inner", maintain_order="left").collect()
    found: dict[str, list[Fired]] = defaultdict(list)
    told: dict[tuple[str, str, str], Fired] = {}  # alike for the accounts of a quadrant
    for account, *alike in fired.iter_rows():
        signal, severity, quadrant = key = tuple(alike)
        if key not in told:
            told[key] = Fired(signal, severity, readings.get(signal, {}).get(Quadrant(quadrant), ""))
        found[account].append(told[key])
    return found
