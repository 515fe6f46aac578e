"""Markdown, for a ticket or a chat: the grid, what is not known, and each quadrant with its play and top accounts.

Text from data is escaped where it enters: it makes no mark-up and no HTML, links to nothing and notifies nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from csq.render import prose, wording
from csq.render.cells import text_cells
from csq.render.clean import clean
from csq.render.columns import PUBLIC, output_columns
from csq.render.marks import GRID, MARKS
from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.report import QuadrantPlay, Report, Total
from csq.terms import Axis, Quadrant

_TOP = 5
_RIGHT = {"#", "accounts", "value", *Axis}


# Within a word an underscore is one, as in at_risk; a lone < or & is itself.
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
# What makes a heading, a quote, a list or a rule, at the beginning of a line only.
_LEADING = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[>=]|#[#\s]|#$|[-+](?!\w)))")
# Trackers and chats look for these after the mark-up is gone, where a backslash is no help: names to notify, numbers
# of issues, addresses and emoji codes. A word joiner, which nobody sees, ends the pattern.
_LINKED = re.compile(r"[@#](?=\w)|:(?=//)|\bwww(?=\.)|:(?=[\w+-]+:)")
_JOINER = "\u2060"


def markdown(report: Report, options: Options) -> bytes:
    """Write the page, with the top 5 accounts of each quadrant unless the selection says how many.

    Raises:
        UsageError: `options` name something that is not there.
    """
    blocks = [*_head(report, options), _grid(report), *_limits(report), *_sections(report, options), *_notes(report)]
    return ("\n\n".join(blocks) + "\n").encode(errors="backslashreplace")


def escaped(text: str) -> str:
    """Return `text` as Markdown that reads as exactly that, on one line."""
    line = " ".join(clean(text).split())
    broken = _LINKED.sub(lambda found: found[0] + _JOINER, line)
    return _LEADING.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", broken))


def _head(report: Report, options: Options) -> list[str]:
    title, source = wording.title(report)
    base = wording.base(report) + ("" if report.weighted else f"; {wording.UNWEIGHTED}")
    shown = wording.chosen(options.selection)
    return [
        f"# {escaped(f'{title} {source}'.strip())}",
        escaped(base),
        *([f"Shown: only {escaped(shown)}; totals and cuts are over all accounts"] if shown else []),
    ]


def _grid(report: Report) -> str:
    """The 2 x 2, usage from left to right and happiness from bottom to top, and below it who has no place."""
    totals = report.grid
    rows = [[f"**happiness {level}**", *(_cell(report, totals[each]) for each in pair)] for level, pair in GRID]
    table = _table(("", "usage low", "usage high"), rows)
    return f"{table}\n\n{_cell(report, totals[Quadrant.UNKNOWN])}"


def _cell(report: Report, total: Total) -> str:
    """Name a quadrant by its mark and in bold, with its numbers."""
    name = escaped(wording.label(report, total.quadrant))
    return f"{MARKS[total.quadrant]} **{name}**: {_numbers(report, total)}"


def _numbers(report: Report, total: Total) -> str:
    texts = (
        prose.count(total.accounts, "account"),
        wording.worth(report, total),
        wording.doubts(report, total),
    )
    return escaped(", ".join(filter(None, texts)))


def _limits(report: Report) -> Iterator[str]:
    """Where high begins, over which days, and what is not known."""
    windows = [f"- Window, {window.axis}: {escaped(wording.days(window))}" for window in report.windows]
    cuts = [f"- High from, {axis}: {escaped(wording.cuts(axis, report.cuts))}" for axis in Axis]
    yield "\n".join([*windows, *cuts, f"- Borderline: {wording.BORDERLINE_IS}"])
    yield "## Not known"
    if not report.gaps:
        yield "Nothing."
        return
    rows = [
        [
            f"{gap.accounts:,}",
            *([_money(report, gap.contract_value) if gap.contract_value else ""] if report.weighted else []),
            escaped(gap.text),
        ]
        for gap in report.gaps
    ]
    yield _table(("accounts", *(["value"] if report.weighted else []), "why"), rows)


def _sections(report: Report, options: Options) -> Iterator[str]:
    """Write the selected quadrants in the order of attack."""
    selection = options.selection
    selected = selected_rows(report, selection)
    totals = report.grid
    # Asked for here too, so that an unknown field is told even when no account is selected.
    extra = tuple(column for column in output_columns(report.accounts, options.fields) if column.name not in PUBLIC)
    for play in report.plays:
        if selection.quadrant and play.quadrant not in selection.quadrant:
            continue
        rows = selected.filter(pl.col("quadrant") == play.quadrant)
        total = totals[play.quadrant]
        yield f"## {MARKS[play.quadrant]} {escaped(play.label)}: {_numbers(report, total)}"
        if rows.is_empty():
            yield "None of the selected accounts." if total.accounts else "No account."
            continue
        yield from _play(play)
        shown = rows.head(_TOP if selection.top is None else selection.top)
        if shown.height:
            heads = [column.label for column in extra]
            texts = list(text_cells(shown, extra).iter_rows()) if extra else [()] * shown.height
            yield _accounts(report, shown, heads, texts)
        if rows.height > shown.height:
            yield f"{rows.height - shown.height:,} more; `--top N` shows N of each quadrant"


def _play(play: QuadrantPlay) -> Iterator[str]:
    yield escaped(play.means)
    yield f"**Play: {escaped(play.headline)}**"
    yield "\n".join(
        f"{number}. {escaped(f'{step.do} ({wording.doer(step)})')}" for number, step in enumerate(play.steps, start=1)
    )
    if play.risks:
        yield "Risks:"
        yield "\n".join(f"- {escaped(risk)}" for risk in play.risks)


def _accounts(report: Report, rows: pl.DataFrame, heads: Iterable[str], extra: Sequence[tuple[str | None, ...]]) -> str:
    """The accounts of one quadrant; `~` after the rank says borderline."""
    remarks = map(", ".join, wording.remarks(rows))
    sides = [wording.divided(*row) for row in rows.select(wording.SIDES).iter_rows()]
    lines = [
        [
            escaped(f"{row['rank']} ~" if row["borderline"] else f"{row['rank']}"),
            escaped(row["account_name"] or row["account_id"]),
            escaped(row["account_id"]),
            *([_money(report, row["contract_value"])] if report.weighted else []),
            _score(row, Axis.USAGE),
            f"{escaped(side)} (mean {_score(row, Axis.HAPPINESS)})" if side else _score(row, Axis.HAPPINESS),
            escaped(", ".join(filter(None, ("divided" if side else "", remark)))),
            escaped(row["next_step"] or ""),
            *("unknown" if text is None else escaped(text) for text in texts),
        ]
        for row, remark, side, texts in zip(rows.iter_rows(named=True), remarks, sides, extra, strict=True)
    ]
    value = ["value"] if report.weighted else []
    return _table(("#", "account", "ID", *value, *Axis, "remarks", "next step", *map(escaped, heads)), lines)


def _score(row: Mapping[str, Any], axis: Axis) -> str:
    """`71.2 (5 of 6 asked) (+21.2)`, or `unknown`."""
    score = wording.on_axis(row, axis)
    margin = wording.margin(row[f"{axis}_margin"])
    return f"{score} ({margin})" if margin else score


def _money(report: Report, value: Decimal | None) -> str:
    return "unknown" if value is None else escaped(prose.money(value, report.currency))


def _notes(report: Report) -> Iterator[str]:
    lines = [f"- {title}: {escaped(text)}" for title, text in wording.notes(report)]
    files = [
        f"- Read: {escaped(f'{source.role}, {source.label}: {wording.fate(source)}')}" for source in report.sources
    ]
    rules = [f"- Rules: {escaped(f'settings {report.settings_label}, playbook {report.playbook_label}')}"]
    yield "## Data"
    yield "\n".join([*files, *rules, *lines])


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Lay out a table; the cells are Markdown already."""
    rules = ["---:" if head in _RIGHT else "---" for head in heads]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows))
