"""Accounts for signals to be tried on: ordinary, so that a test shows only what matters to it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from csq.plan.prescribe import prescribe
from csq.plan.priority import add_rank
from csq.plan.signals import judge
from csq.plan.touch import add_touch, add_worth
from csq.playbook.load import PACKAGED, check_playbook, load_playbook
from csq.playbook.model import Playbook
from csq.schema import DTYPES, FACTS, PLACE
from tables import AS_OF

CASES = Path(__file__).parent / "cases" / "signals"
ORDINARY: dict[str, Any] = yaml.safe_load((CASES / "ordinary.yaml").read_text(encoding="utf-8"))
DEFAULT = load_playbook(PACKAGED).playbook
LEVELS = {
    "advocates": ("high", "high"),
    "frustrated": ("high", "low"),
    "at_risk": ("low", "low"),
    "underusers": ("low", "high"),
    "unknown": ("high", "unknown"),
}
_ENTRY = "{queue: QUEUE, label: L, means: M, weight: 1, play: {headline: H, steps: [{do: of the play}]}}"


def playbook_of(signals: str, queue: str = "rest", facts: Iterable[str] = ()) -> Playbook:
    """A small playbook with these signals, each quadrant in this queue, and these numbers as columns of one's own."""
    quadrants = "".join(f"  {name}: {_ENTRY.replace('QUEUE', queue)}\n" for name in LEVELS)
    custom = f"facts: {{{', '.join(f'{name}: number' for name in facts)}}}\n"
    order = f"order: [{', '.join(LEVELS)}]\n"
    playbook, problems = check_playbook(f"{custom}{order}quadrants:\n{quadrants}signals:\n{signals}", "playbooks.yaml")
    assert playbook is not None, [str(problem) for problem in problems]
    return playbook


def frame_of(*accounts: dict[str, Any]) -> pl.DataFrame:
    """One row per mapping: what it does not name is as in an ordinary account. Touch and worth are as packaged."""
    rows = []
    for number, given in enumerate(accounts, start=1):
        row = {"account_id": f"A-{number}", **ORDINARY, **given}
        usage, happiness = LEVELS[row["quadrant"]]
        rows.append({"usage_level": usage, "happiness_level": happiness, **row})
    kinds = {column.name: DTYPES[column.kind] for column in (*FACTS, *PLACE)}
    events = sorted({name for row in rows for name in row if name.startswith("event_")})
    frame = pl.DataFrame(
        {
            name: pl.Series(name, [row.get(name) for row in rows], dtype=kinds.get(name, pl.Float64()), strict=False)
            for name in (*kinds, *events)
        }
    )
    return add_worth(add_touch(frame, DEFAULT), DEFAULT)


def judged_all(accounts: list[dict[str, Any]], playbook: Playbook = DEFAULT) -> list[dict[str, Any]]:
    """The planned row of each account; what could not be judged, and for want of what, is under `unjudged`."""
    by_key: dict[str, dict[str, Any]] = {}
    named = {f"A-{number}": {**ORDINARY, **given} for number, given in enumerate(accounts, start=1)}
    for recorded in (True, False):
        mine = {key: given for key, given in named.items() if given["record_of_events"] is recorded}
        if not mine:
            continue
        frame = frame_of(*({"account_id": key, **given} for key, given in mine.items()))
        found = judge(frame, playbook, are_events_given=recorded)
        missing: dict[str, dict[str, list[str]]] = {key: {} for key in mine}
        for key, name, facts in found.unjudged.iter_rows():
            missing[key][name] = facts
        for row in add_rank(prescribe(frame, playbook, found, as_of=AS_OF, are_events_given=recorded)).to_dicts():
            by_key[row["account_id"]] = {**row, "unjudged": missing[row["account_id"]]}
    return [by_key[key] for key in named]


def judged(given: dict[str, Any], playbook: Playbook = DEFAULT) -> dict[str, Any]:
    """The planned row of one account."""
    return judged_all([given], playbook)[0]
