"""`--fail-on`: conditions over one row of totals, checked before anything is read and judged when all is done."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl

from csq.cli import diagnostics
from csq.errors import Exit, UsageError
from csq.facts.build import newest_day
from csq.playbook.conditions import Condition, check, compile_condition, evaluate
from csq.report import TOTALS, Report
from csq.schema import Kind
from csq.sources.load import Tables
from csq.suggest import near_miss
from csq.terms import Role, Severity

_KNOWN = dict.fromkeys(TOTALS, Kind.NUMBER)


def conditions(texts: Sequence[str] | None) -> tuple[Condition, ...]:
    """Read the conditions of the command line. Raises UsageError for the first fault, with the near miss."""
    return tuple(_read(text) for text in texts or ())


def _read(text: str) -> Condition:
    faults = check(text, _KNOWN)
    if faults:
        first = faults[0]
        name = text[first.offset : first.offset + first.width]
        # What the playbook would say about a name that it does not know is of no use here.
        hint = _near(name) if first.code == "condition-unknown-column" else first.hint
        raise UsageError(f'`--fail-on "{text}"`: {first.message}', hint=hint)
    condition = compile_condition(text, _KNOWN)
    # The playbook takes any `event_<kind>_days` for a fact; of totals there is none.
    for name in condition.reads:
        if name not in TOTALS:
            raise UsageError(f'`--fail-on "{text}"`: unknown column `{name}`', hint=_near(name))
    return condition


def _near(name: str) -> str:
    return near_miss(name, TOTALS) or f"it can ask about {', '.join(TOTALS)}"


def today() -> date:
    """The day of the run."""
    return datetime.now(UTC).date()


def verdict(asked: Sequence[Condition], report: Report, tables: Tables) -> Exit:
    """Say which conditions hold, with the numbers that make it so, and end with 1 if any does.

    A condition about what is not known does not hold; that it was not judged is said too.
    """
    if not asked:
        return Exit.OK
    row = totals(report, newest_day(tables.roles.get(Role.USAGE)), today())
    frame = pl.DataFrame({name: pl.Series([value], dtype=pl.Float64()) for name, value in row.items()})
    judged = evaluate(frame, {str(number): condition for number, condition in enumerate(asked)}).row(0)
    for condition, holds in zip(asked, judged, strict=True):
        numbers = ", ".join(f"`{name}` is {_number(row[name])}" for name in condition.columns)
        told = f"`{condition.text}`" + (f": {numbers}" if numbers else "")
        if holds is None:
            diagnostics.found(f"`--fail-on` could not be judged: {told}")
        elif holds:
            diagnostics.found(told)
    return Exit.FOUND if any(judged) else Exit.OK


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def totals(report: Report, newest_usage: date | None, run_day: date) -> dict[str, float | None]:
    """The row that conditions are about, by the names of `TOTALS`; what is not known is None."""
    row: dict[str, float | None] = {}
    for total in report.totals:
        row[f"{total.quadrant}_accounts"] = total.accounts
        row[f"{total.quadrant}_contract_value"] = float(total.contract_value)
        row[f"{total.quadrant}_share_pct"] = total.share_pct
    loudest = report.accounts["severity"]
    shares = [100 * join.matched / join.rows for join in report.joins if join.rows]
    return row | {
        "accounts": report.accounts.height,
        "contract_value": float(sum(total.contract_value for total in report.totals)),
        "unvalued": sum(total.unvalued for total in report.totals),
        "borderline": sum(total.borderline for total in report.totals),
        **{str(severity): int((loudest == str(severity)).sum()) for severity in Severity},
        "match_pct": min(shares, default=None),
        "rejected": report.rejects.height,
        "data_age_days": (run_day - newest_usage).days if newest_usage else None,
        "this_week": int(report.accounts["this_week"].sum()) if report.has_capacity else None,
        "left_out": sum(week.left_out for week in report.weeks) if report.has_capacity else None,
        "new_at_risk": report.moves.new_at_risk if report.moves else None,
        "moved_down_contract_value": float(report.moves.moved_down) if report.moves else None,
        "left_contract_value": float(report.moves.worth.left) if report.moves else None,
    }
