"""Accounts as the texts of a table: what a row says, and what has to be known before trusting it."""

from collections.abc import Mapping, Sequence

import polars as pl

from csq.render import prose, wording
from csq.render.cells import text_cells
from csq.render.columns import PUBLIC, output_columns
from csq.render.terminal.lines import cells
from csq.render.terminal.page import MARK, Page
from csq.render.terminal.table import Column, Table, fit
from csq.terms import Axis, Severity


def account_table(page: Page, rows: pl.DataFrame, fields: tuple[str, ...]) -> Table:
    """Align the accounts of `rows`.

    Raises:
        UsageError: `fields` name a column that is not there.
    """
    columns = _columns(page, rows)
    layout, widths = fit(columns, page.width)
    shown = dict(zip(layout, widths, strict=False))
    details: list[Sequence[str]] = [_ids(rows, shown), _divided(rows), *_fields(rows, fields)]
    if "remarks" in columns and "remarks" not in shown:
        details.insert(2, columns["remarks"].texts)
    is_step_beside = "step" in layout
    return Table(
        columns=[columns[name] for name in layout if name != "step"],
        widths=widths,
        details=[[texts[number] for texts in details if texts[number]] for number in range(rows.height)],
        steps=columns["step"],
        is_step_beside=is_step_beside,
        width=page.width if is_step_beside else page.prose,
    )


def _columns(page: Page, rows: pl.DataFrame) -> dict[str, Column]:
    """Write every column that a layout may ask for, except those with nothing in them."""
    ids, names = rows["account_id"].to_list(), rows["account_name"].to_list()
    ranks = [f"{rank} {MARK if near else ' '}" for rank, near in rows.select("rank", "borderline").iter_rows()]
    told = zip(_loud_signals(page, rows), wording.remarks(rows), strict=True)
    remarks = [", ".join(signals + said) for signals, said in told]
    columns = {
        "rank": Column("#  ", ranks, is_right=True),
        "account": Column("account", [name or key for name, key in zip(names, ids, strict=True)]),
        "step": Column("next step", [step or "" for step in rows["next_step"]]),
    }
    if any(names):
        columns["id"] = Column("id", ids)
    if any(remarks):
        columns["remarks"] = Column("remarks", remarks)
    if page.report.weighted:
        values = ["unknown" if value is None else prose.money(value) for value in rows["contract_value"]]
        columns["value"] = Column(" ".join(filter(None, ("value", page.report.currency))), values, is_right=True)
    for axis in Axis:
        scores, with_margins = _scores(rows, axis)
        columns[axis] = Column(axis, with_margins, is_right=True)
        columns[f"{axis} score"] = Column(axis, scores, is_right=True)
    return columns


def _ids(rows: pl.DataFrame, shown: Mapping[str, int]) -> list[str]:
    """Give each ID that a row does not show, or shows in place of a name and cut."""
    if "id" in shown:
        return [""] * rows.height
    return [
        key if name or cells(key) > shown["account"] else ""
        for key, name in rows.select("account_id", "account_name").iter_rows()
    ]


def _divided(rows: pl.DataFrame) -> list[str]:
    """Say on whom the quadrant is divided, right below the mean that hides it."""
    told = [wording.divided(*row) for row in rows.select(wording.SIDES).iter_rows()]
    return [text and f"divided: {text}" for text in told]


def _scores(rows: pl.DataFrame, axis: Axis) -> tuple[list[str], list[str]]:
    """Write the scores of one axis, alone and with their margins aligned beside them."""
    scores, margins = [], []
    names = (f"{axis}_score", f"{axis}_margin", f"{axis}_cut", "responses", "asked")
    for row in rows.select(names).iter_rows(named=True):
        scores.append(wording.on_axis(row, axis))
        margins.append(wording.margin(row[f"{axis}_margin"]))
    room = max(map(len, margins), default=0)
    both = [f"{score} {margin:>{room}}" if margin else score for score, margin in zip(scores, margins, strict=True)]
    return scores, both


_SIGNALS_SHOWN = 3


def _loud_signals(page: Page, rows: pl.DataFrame) -> list[list[str]]:
    """Name the signals of each account that say act, marked, or watch; those that only inform are for `explain`."""
    loud = page.report.fired.filter(pl.col("severity") != str(Severity.INFO))
    named = loud.select(
        "account_id",
        pl.concat_str(
            pl.when(pl.col("severity") == str(Severity.ACT)).then(pl.lit("! ")).otherwise(pl.lit("")), "signal"
        )
        .str.replace_all("_", " ", literal=True)
        .alias("told"),
    )
    grouped = named.group_by("account_id", maintain_order=True).agg("told")
    told = rows.select("account_id").join(grouped, on="account_id", how="left", maintain_order="left")["told"]
    return [_shortened(names or []) for names in told.to_list()]


def _shortened(names: list[str]) -> list[str]:
    more = len(names) - _SIGNALS_SHOWN
    return names if more <= 0 else [*names[:_SIGNALS_SHOWN], f"{more} more"]


def _fields(rows: pl.DataFrame, fields: tuple[str, ...]) -> list[list[str]]:
    """Write the columns that were asked for beyond the public ones: one text an account, or none at all."""
    extra = tuple(column for column in output_columns(rows, fields) if column.name not in PUBLIC)
    if not extra:
        return []
    texts = text_cells(rows, extra).iter_rows()
    return [
        [
            ", ".join(
                f"{column.label}: {'unknown' if text is None else text}"
                for column, text in zip(extra, row, strict=True)
            )
            for row in texts
        ]
    ]
