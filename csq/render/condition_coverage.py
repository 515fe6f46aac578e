"""How many accounts each condition of a playbook hits, and what contradicts what, as plain text for people."""

from collections.abc import Sequence

from csq.plan.condition_coverage import Clash, ConditionCoverage
from csq.render import prose
from csq.render.clean import clean_lines
from csq.render.terminal.layout import PageWidth, painted


def coverage_text(hits: Sequence[ConditionCoverage], clashes: Sequence[Clash], accounts: int) -> str:
    """The whole text, ending in a newline: counts, what never holds, what contradicts, what lacks its facts."""
    possible = [hit for hit in hits if not hit.lacking]
    never = [hit for hit in possible if not hit.holds]
    impossible = [hit for hit in hits if hit.lacking]
    head = f"{accounts:,} accounts; of how many each condition holds, of those it is asked of, and not judged"
    rows = [("holds", "asked", "not judged", "condition")]
    rows += [
        (f"{hit.holds:,}", f"{hit.accounts:,}", f"{hit.unjudged:,}" if hit.unjudged else "", _condition(hit))
        for hit in possible
    ]
    table = painted(PageWidth(None).table(rows, right=range(3), header=True), colour=False)
    lines: list[str] = []
    if never:
        lines += ["", "never holds on these accounts"]
        lines += [f"  {_condition(hit)}" for hit in never]
    if clashes:
        lines += ["", "contradicts a signal that holds, so that the step is passed over"]
        lines += [
            f"  {each.path} ({each.kind}): blocked by signals.{each.signal}, {prose.count(each.accounts, 'account')}"
            for each in clashes
        ]
    if impossible:
        lines += ["", "cannot hold as the data is: these facts are known of none of the accounts"]
        lines += [f"  {', '.join(hit.lacking)}: {_condition(hit)}" for hit in impossible]
    return clean_lines([head, ""]) + table + clean_lines(lines)


def _condition(hit: ConditionCoverage) -> str:
    return f"{hit.path}: {hit.condition}"
