"""Accounts as the texts of a table: what a row says, and what has to be known before trusting it."""

from collections.abc import Mapping, Sequence

from csq.render.terminal.layout import PageWidth, cells
from csq.render.terminal.table import AlignedTable, TextColumn, fit
from csq.render.view.account import Account
from csq.render.wording import BORDERLINE
from csq.terms import Severity

_SIGNALS = 3
"""Signals that are named in a row; `csq explain` has them all."""


def account_table(accounts: Sequence[Account], fields: Sequence[str], sheet: PageWidth) -> AlignedTable:
    """Align accounts.

    Args:
        accounts: Those to show.
        fields: A further text for each; none at all where nothing more is asked for.
        sheet: Where they are laid out.
    """
    columns = _columns(accounts)
    layout, widths = fit(columns, sheet.width)
    shown = dict(zip(layout, widths, strict=False))
    divided = [account.divided and f"divided: {account.divided}" for account in accounts]
    details: list[Sequence[str]] = [_ids(accounts, shown), divided, *([fields] if fields else [])]
    if "remarks" in columns and "remarks" not in shown:
        details.insert(2, columns["remarks"].texts)
    is_step_beside = "step" in layout
    return AlignedTable(
        columns=[columns[name] for name in layout if name != "step"],
        widths=widths,
        details=[[texts[number] for texts in details if texts[number]] for number in range(len(accounts))],
        steps=columns["step"],
        is_step_beside=is_step_beside,
        width=sheet.width if is_step_beside else sheet.prose,
    )


def _columns(accounts: Sequence[Account]) -> dict[str, TextColumn]:
    """Write every column that a layout may ask for, except those with nothing in them."""
    ranks = [f"{account.rank} {BORDERLINE if account.is_borderline else ' '}" for account in accounts]
    columns = {
        "rank": TextColumn("#  ", ranks, is_right=True),
        "account": TextColumn("account", [account.name for account in accounts]),
        "step": TextColumn("next step", [account.step for account in accounts]),
        "usage": _beside("usage", [(account.usage, account.usage_margin) for account in accounts]),
        "happiness": _beside("happiness", [(account.happiness, account.happiness_margin) for account in accounts]),
        "usage score": TextColumn("usage", [account.usage for account in accounts], is_right=True),
        "happiness score": TextColumn("happiness", [account.happiness for account in accounts], is_right=True),
    }
    if any(account.has_name for account in accounts):
        columns["id"] = TextColumn("id", [account.account_id for account in accounts])
    if any(account.value for account in accounts):
        columns["value"] = TextColumn("value", [account.value for account in accounts], is_right=True)
    if any(remarks := [", ".join((*_loud(account), *account.remarks)) for account in accounts]):
        columns["remarks"] = TextColumn("remarks", remarks)
    return columns


def _beside(header: str, texts: Sequence[tuple[str, str]]) -> TextColumn:
    """Scores with their margins aligned beside them."""
    room = max((len(margin) for _, margin in texts), default=0)
    both = [f"{score} {margin:>{room}}" if margin else score for score, margin in texts]
    return TextColumn(header, both, is_right=True)


def _ids(accounts: Sequence[Account], shown: Mapping[str, int]) -> list[str]:
    """Give each ID that a row does not show, or shows in place of a name and cut."""
    if "id" in shown:
        return [""] * len(accounts)
    return [
        account.account_id if account.has_name or cells(account.name) > shown["account"] else "" for account in accounts
    ]


def _loud(account: Account) -> list[str]:
    """Name the signals that say act, marked, or watch; those that only inform are for `explain`."""
    names = [
        f"! {signal.name}" if signal.severity is Severity.ACT else signal.name
        for signal in account.signals
        if signal.severity is not Severity.INFO
    ]
    more = len(names) - _SIGNALS
    return names if more <= 0 else [*names[:_SIGNALS], f"{more} more"]
