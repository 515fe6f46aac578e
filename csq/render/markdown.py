"""Markdown, for a ticket or a chat: what the page says, without the table of all accounts.

Text from data is escaped where it enters: it makes no mark-up and no HTML, links to nothing and notifies nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import polars as pl

from csq.regex import regex
from csq.render.cells import text_cells
from csq.render.clean import clean
from csq.render.columns import PUBLIC, output_columns
from csq.render.movers.blocks import tables
from csq.render.options import Options
from csq.render.view import view_of
from csq.render.view.account import Account
from csq.render.view.model import (
    Grid,
    Headline,
    PlaySection,
    Quality,
    RulesSummary,
    Signals,
    TableCell,
    Week,
)
from csq.render.wording import BORDERLINE
from csq.report import Report
from csq.terms import Axis

_RIGHT = {"#", "accounts", "value", *Axis}

# Within a word an underscore is one, as in at_risk; a lone < or & is itself.
_MARKUP = regex(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
# What makes a heading, a quote, a list or a rule, at the beginning of a line only.
_LEADING = regex(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[>=]|#[#\s]|#$|[-+](?!\w)))")
# Trackers and chats look for these after the mark-up is gone, where a backslash is no help: names to notify, numbers
# of issues, addresses and emoji codes. A word joiner, which nobody sees, ends the pattern.
_LINKED = regex(r"[@#](?=\w)|:(?=//)|\bwww(?=\.)|:(?=[\w+-]+:)")
_JOINER = "\u2060"


def markdown(report: Report, options: Options) -> bytes:
    """Write the page, with the top 5 accounts of each quadrant unless the selection says how many.

    Raises:
        UsageError: `options` name something that is not there.
    """
    view = view_of(report, options.selection)
    extra = _Extra(report, options.fields)
    blocks = [
        *_head(view.headline),
        *_grid(view.grid),
        *_week(view.week),
        *(block for section in view.sections for block in _section(section, extra)),
        *_signals(view.signals),
        *(["## Since last time", _list(view.moves.told), *tables(view.moves.tables)] if view.moves else []),
        *_quality(view.quality),
        *_rules(view.rules),
    ]
    return ("\n\n".join(blocks) + "\n").encode(errors="backslashreplace")


@lru_cache(maxsize=4096)  # steps and risks come again with every account
def escaped(text: str) -> str:
    """Return `text` as Markdown that reads as exactly that, on one line."""
    line = " ".join(clean(text).split())
    broken = _LINKED.sub(lambda found: found[0] + _JOINER, line)
    return _LEADING.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", broken))


class _Extra:
    """The columns that are asked for beyond the public ones."""

    def __init__(self, report: Report, fields: tuple[str, ...]) -> None:
        # Described here, so that an unknown field is told even when no account is shown.
        self._columns = tuple(each for each in output_columns(report.accounts, fields) if each.name not in PUBLIC)
        self._accounts = report.accounts
        self.heads = [column.label for column in self._columns]

    def texts(self, accounts: Sequence[Account]) -> Iterator[Sequence[str]]:
        """The cells of each account."""
        if not self._columns:
            return iter([()] * len(accounts))
        keys = pl.DataFrame({"account_id": [account.account_id for account in accounts]})
        rows = keys.join(self._accounts, on="account_id", how="left", maintain_order="left")
        cells = text_cells(rows, self._columns).iter_rows()
        return (["unknown" if text is None else text for text in row] for row in cells)


def _head(of: Headline) -> Iterator[str]:
    yield f"# {escaped(f'{of.title} {of.source}'.strip())}"
    yield escaped("; ".join(filter(None, (of.base, of.warning))))
    if of.shown:
        yield f"Shown: {escaped(of.shown)}"


def _grid(grid: Grid) -> Iterator[str]:
    """The 2 x 2, usage from left to right and happiness from bottom to top; below it who has no place, and why."""
    rows = [[f"**happiness {band.happiness}**", _cell(band.low), _cell(band.high)] for band in grid.bands]
    yield _table(("", "usage low", "usage high"), rows)
    yield _cell(grid.unknown)
    yield "## Not known"
    if not grid.gaps:
        yield "Nothing."
        return
    is_valued = any(gap.value for gap in grid.gaps)
    gaps = [[gap.accounts, *([escaped(gap.value)] if is_valued else []), escaped(gap.text)] for gap in grid.gaps]
    yield _table(("accounts", *(["value"] if is_valued else []), "why"), gaps)


def _cell(cell: TableCell) -> str:
    """Name a quadrant by its mark and in bold, with its numbers."""
    return f"{cell.mark} **{escaped(cell.label)}**: {_numbers(cell)}"


def _numbers(cell: TableCell) -> str:
    return escaped(", ".join(filter(None, (cell.accounts, cell.worth, cell.doubts))))


def _week(week: Week) -> Iterator[str]:
    yield f"## {week.title}"
    if not week.first:
        yield "Nothing to do for the accounts shown."
        return
    is_valued = any(account.value for account in week.first)
    rows = [
        [
            f"{account.rank:,}",
            f"{account.mark} {escaped(account.name)}",
            *([escaped(account.value)] if is_valued else []),
            escaped(account.why_alone),
            escaped(account.short),
            escaped(account.owner),
        ]
        for account in week.first
    ]
    yield _table(("#", "account", *(["value"] if is_valued else []), "why", "step", "owner"), rows)
    if week.more:
        yield week.more


def _section(section: PlaySection, extra: _Extra) -> Iterator[str]:
    """One quadrant with its play, its risks and its first accounts."""
    yield f"## {section.cell.mark} {escaped(section.cell.label)}: {_numbers(section.cell)}"
    if section.absent:
        yield f"{section.absent.capitalize()}."
        return
    yield escaped(section.means)
    yield f"**Play: {escaped(section.headline)}**"
    yield "\n".join(
        f"{number}. {escaped(f'{step.do} ({step.doer})')}" for number, step in enumerate(section.steps, start=1)
    )
    if section.risks:
        yield "Risks:"
        yield _list(section.risks)
    if section.first:
        yield _accounts(section.first, extra)
    if section.more:
        yield section.more


def _accounts(accounts: Sequence[Account], extra: _Extra) -> str:
    """The accounts of one quadrant; `~` after the rank says borderline."""
    is_valued = any(account.value for account in accounts)
    lines = [
        [
            escaped(f"{account.rank} {BORDERLINE}" if account.is_borderline else f"{account.rank}"),
            escaped(account.name),
            escaped(account.account_id),
            *([escaped(account.value)] if is_valued else []),
            _score(account.usage, account.usage_margin),
            _happiness(account),
            escaped(account.why),
            escaped(", ".join((*(["divided"] if account.divided else []), *account.remarks))),
            escaped(account.step),
            *map(escaped, texts),
        ]
        for account, texts in zip(accounts, extra.texts(accounts), strict=True)
    ]
    value = ["value"] if is_valued else []
    heads = ("#", "account", "ID", *value, *Axis, "why", "remarks", "next step", *map(escaped, extra.heads))
    return _table(heads, lines)


def _score(score: str, margin: str) -> str:
    """`71.2 (5 of 6 asked) (+21.2)`, or `unknown`."""
    return escaped(f"{score} ({margin})" if margin else score)


def _happiness(account: Account) -> str:
    score = _score(account.happiness, account.happiness_margin)
    return f"{escaped(account.divided)} (mean {score})" if account.divided else score


def _signals(signals: Signals) -> Iterator[str]:
    if not (signals.told or signals.more or signals.unjudged):
        return
    yield "## Signals"
    is_valued = any(told.value for told in signals.told)
    value = ["value"] if is_valued else []
    rows = [
        [told.severity, told.accounts, *([told.value] if is_valued else []), escaped(told.name), escaped(told.whom)]
        for told in signals.told
    ]
    if rows:
        yield _table(("severity", "accounts", *value, "signal", "for whom first"), rows)
    if signals.more:
        yield signals.more
    if signals.unjudged:
        yield f"Not judged: {escaped(signals.unjudged)}"


def _quality(quality: Quality) -> Iterator[str]:
    yield "## Data quality"
    yield _list(quality.brief)
    yield "\n".join(
        [
            *(f"- Read: {escaped(f'{source.role}, {source.label}: {source.fate}')}" for source in quality.sources),
            *(f"- {title}: {escaped(text)}" for title, text in quality.notes),
        ]
    )


def _rules(rules: RulesSummary) -> Iterator[str]:
    yield "## Rules"
    yield "\n".join(f"- {title}, {escaped(name)}: {escaped(text)}" for title, name, text in rules.told)


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(text)}" for text in texts)


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Lay out a table; the cells are Markdown already."""
    rules = ["---:" if head in _RIGHT else "---" for head in heads]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows))
