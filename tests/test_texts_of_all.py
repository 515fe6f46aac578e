"""Texts are filled for all accounts at once as they are for one."""

import math
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from csq.playbook.columns import fill_all
from csq.playbook.load import load_playbook
from csq.playbook.text import fields, fill, spelled

OWN = (
    "No facts.",
    "{seats} seats, {days} days. Then {-change} points! And {owner}?",
    "Renewal[ in {days} days], {{so}} it is[ by {owner}]. {arr} a year.",
    "{nobody} knows.",
    "[{days} days][ {nobody} days] {champion}: {since}",
    "",
)
FACTS = pl.DataFrame(
    {
        "seats": [1, None, 1250, 0],
        "days": [1, 2, None, -1],
        "change": [1.0, -0.04, None, math.nan],
        "owner": ["Ann {b}", None, "", "unknown"],
        "arr": [Decimal("1.00"), Decimal("123456.70"), None, Decimal("-0.04")],
        "champion": [True, False, None, True],
        "since": [date(2026, 1, 31), None, date(2026, 2, 1), None],
    },
    schema_overrides={"arr": pl.Decimal(38, 2)},
)


def of_the_playbook():
    playbook = load_playbook(None).playbook
    for signal in playbook.signals.values():
        yield from (signal.text, *(step.do for step in signal.steps), *(risk.text for risk in signal.risks))
    for quadrant in playbook.order:
        entry = playbook.entry(quadrant)
        yield from (*(step.do for step in entry.play.steps), *(risk.text for risk in entry.risks))


@pytest.mark.parametrize("keep", [False, True])
def test_a_text_reads_the_same_for_all_accounts_at_once(keep):
    for template in OWN:
        expected = [(spelled if keep else fill)(template, row) for row in FACTS.iter_rows(named=True)]
        assert fill_all(template, FACTS, FACTS.height, keep=keep).to_list() == expected, template


def test_so_does_every_text_of_the_playbook_whatever_is_not_known():
    for template in dict.fromkeys(of_the_playbook()):
        names = sorted(set(fields(template)))
        if not names:
            continue
        rows = [{name: None if lost == name else 1 + at for at, name in enumerate(names)} for lost in (*names, "")]
        facts = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64))
        assert fill_all(template, facts, len(rows)).to_list() == [fill(template, row) for row in rows], template
