"""`csq help facts`: what is known of an account."""

from collections.abc import Iterable

from csq.render.topics.page import HelpPage, HelpSection
from csq.report import TOTALS
from csq.schema import ACCOUNT, CONTEXT, HAPPINESS, PLACE, PLAN, USAGE, WORTH, Column, Kind

HEAD = ("name", "holds", "meaning")
_STAGES = (
    ("Account", "From the accounts.", ACCOUNT),
    ("Usage", "From the usage files, within the window.", USAGE),
    ("Happiness", "From the survey files, within the window.", HAPPINESS),
    ("Context", "From goals, contacts, events and outcomes, where there are any.", CONTEXT),
    ("Place", "Where the account stands.", PLACE),
    ("Worth", "What the playbook makes of it: touch, and contract value against the hours of its play.", WORTH),
    ("Plan", "What is to be done. Conditions are judged before, and cannot ask about these.", PLAN),
)


def facts() -> HelpPage:
    """Every column of the account table, by the stage that finds it, and the totals of a run."""
    return HelpPage(
        "Facts: what conditions may ask about, and `--fields` may show",
        (
            HelpSection(
                "Conditions",
                "`when:` in the playbook is an SQL expression over these facts: comparisons, AND, OR, NOT, IN, "
                "BETWEEN, LIKE, IS NULL, COALESCE and arithmetic. A condition that meets an unknown fact is not "
                "judged, so it never holds by accident. Null means not known; it is never 0.",
                (
                    (
                        "event_KIND_days",
                        "whole number, days",
                        "days since the newest event of that kind, such as any of yours",
                    ),
                    ("facts:", "in playbooks.yaml", "declares columns of your own, which are facts from then on"),
                ),
                HEAD,
            ),
            *(HelpSection(title, text, rows_of(columns), HEAD) for title, text, columns in _STAGES),
            HelpSection(
                "Totals, for `--fail-on`",
                'The run ends with 1 when a condition holds, such as `--fail-on "at_risk_contract_value > 500000"`.',
                tuple(TOTALS.items()),
                ("name", "meaning"),
            ),
        ),
    )


def rows_of(columns: Iterable[Column]) -> tuple[tuple[str, str, str], ...]:
    """Columns as lines of a page: name, what it holds, meaning."""
    return tuple((each.name, _holds(each), each.meaning) for each in columns)


def _holds(column: Column) -> str:
    """Kind, unit and values, as far as they say anything."""
    span = "" if column.span == "any" else column.span
    if column.kind is Kind.BOOL:
        return "true or false"
    if column.kind is Kind.TEXT and ", " in span:
        return f"one of {span}"
    kind = "" if column.kind is Kind.MONEY else column.kind
    return ", ".join(part for part in (kind, column.unit, span) if part)
