"""`csq whatif`: what would stand elsewhere under another csq.yaml or playbook."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

from csq.cli.options import MEASURE, Faults, Inputs, Limits, Method, Outputs, Speech, Text, Texts, expanded, option
from csq.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csq.cli.run import Run
    from csq.history.standing import Standing
    from csq.settings.change import KeyChange
    from csq.whatif import Side, WhatIf

EXAMPLES = """\b
Examples:
  csq whatif exports --set thresholds.happiness.at=75
  csq whatif exports --config other.yaml --playbook other-playbooks.yaml -f md
  csq whatif exports --sweep thresholds.happiness.at=60:80:5
"""


@expanded
def whatif(
    inputs: Inputs,
    method: Method,
    limits: Limits,
    outputs: Outputs,
    speech: Speech,
    *,
    changes: Annotated[
        Texts, option("KEY=VALUE", "What if csq.yaml said so; may repeat", "--set", panel=MEASURE)
    ] = None,
    sweep: Annotated[
        Text, option("KEY=FROM:TO:STEP", "What if it said each of these, both ends included", panel=MEASURE)
    ] = None,
) -> None:
    """Say which accounts, how much value and which hours would move under other rules, and what the week would be.

    Today's rules are csq.yaml and the playbook as a triage finds them; the other ones are those with --set, or the
    files that --config and --playbook name. Flags hold for both, but where --set says otherwise. The exports are read
    once, unless a change says how to read them. Written as terminal, md or json; the history keeps nothing of it.
    """
    from csq.cli.output import in_formats, put, speak, targets
    from csq.cli.run import prepare_checked
    from csq.render.whatif import render_whatif
    from csq.settings.change import EXAMPLE, parse_change, parse_sweep
    from csq.whatif import Swept

    speak(speech)
    to = targets(outputs)
    told = [parse_change(text) for text in changes or ()]
    swept = parse_sweep(sweep) if sweep is not None else None
    if not (told or swept or inputs.config or inputs.playbook):
        hint = f"{EXAMPLE['--set']}, `--config FILE`, `--playbook FILE`, or {EXAMPLE['--sweep']}"
        raise UsageError("nothing is to be otherwise", hint=hint)
    found_today = inputs._replace(config=None, playbook=None)
    today = prepare_checked(found_today, method, Faults(), limits, [each.path for each in to if each.path])
    placed = _side(today)

    def other(more: "Sequence[KeyChange]") -> "WhatIf":
        return _compared(today, placed, inputs, method, limits, [*told, *more])

    found = (
        Swept(swept.key, tuple(zip(swept.values, map(other, ([each] for each in swept.changes)), strict=True)))
        if swept
        else other([])
    )
    put(in_formats(to, outputs, speech, partial(render_whatif, found)), speech)


def _side(run: "Run") -> "tuple[Side, Standing]":
    """What is compared of a run; the rest of it need not be held."""
    from csq.cli.run import run_triage
    from csq.history.diff import judged
    from csq.history.standing import standing_of
    from csq.whatif import side_of

    found = run_triage(run)
    return side_of(found), judged(standing_of(found))


def _compared(
    today: "Run",
    placed: "tuple[Side, Standing]",
    inputs: Inputs,
    method: Method,
    limits: Limits,
    changes: "Sequence[KeyChange]",
) -> "WhatIf":
    """The run under other rules, held against today's."""
    from csq.cli.quality import check_inputs
    from csq.cli.run import rerun
    from csq.history.past import moves_between
    from csq.whatif import compare

    other = rerun(today, inputs, method, limits, changes)
    if other.tables is not today.tables:
        check_inputs(other.tables, other.max_rejects, Faults())
    (before, stood), (after, stands) = placed, _side(other)
    return compare(before, after, moves_between(stood, stands), (today.asked, other.asked))
