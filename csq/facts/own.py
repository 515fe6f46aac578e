"""The user's own columns of the accounts files, held apart from what is measured, and put beside it at the end.

A file may have thousands of them: every filter, sort and join that they went through would copy all of it.
"""

from collections.abc import Sequence

import polars as pl

AT, TOLD, AGREED = "_at", "_told_at", "_agreed_at"
"""Where the own columns of a row, of an account's attributes and of its subscriptions stand in the frame of these."""
_READ = {"is_subscription", "term_end"}
"""What csq tells of each row by itself: a column of a file that is called so gives way to it."""


def apart(rows: pl.DataFrame, custom: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without the user's own columns but with `AT`, and those columns."""
    there = {*rows.columns}
    own = rows[:, [name for name in custom if name in there]]
    gone = {*own.columns} - _READ
    return rows[:, [name for name in rows.columns if name not in gone]].with_row_index(AT), own


def together(rows: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Rows with `AT`, and their own columns beside them."""
    there = {*rows.columns}
    return rows.hstack(_taken(own[:, [name for name in own.columns if name not in there]], rows[AT]))


def beside(members: pl.DataFrame, attributes: pl.DataFrame, agreed: pl.DataFrame) -> pl.DataFrame:
    """The own columns of accounts: those of their attributes, and where they are silent of their subscriptions.

    Args:
        members: One row per account, with `TOLD` and `AGREED`, places in the others or null.
        attributes: Own columns.
        agreed: The same.
    """
    parts = [_taken(own, members[at]) for own, at in ((attributes, TOLD), (agreed, AGREED)) if members[at].count()]
    if len(parts) < 2:
        return parts[0] if parts else attributes.clear()
    told, said = (part.get_columns() for part in parts)
    return pl.DataFrame([one.zip_with(one.is_not_null(), other) for one, other in zip(told, said, strict=True)])


def _taken(own: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows at some places, null where there is none; as they are where that is all of them in order."""
    in_order = len(places) == own.height and (places == pl.int_range(own.height, eager=True)).all(ignore_nulls=False)
    return own if in_order or not own.width else own[places]
