"""The user's own columns of the accounts files, held apart from what is measured, and put beside it at the end.

A file may have thousands of them: every filter, sort and join that they went through would copy all of it.
"""

from collections.abc import Iterator, Sequence

import polars as pl

AT, TOLD, AGREED = "_at", "_told_at", "_agreed_at"
"""Where the own columns of a row, of an account's attributes and of its subscriptions stand in the frame of these."""
_READ = ("is_subscription", "term_end")
"""What csq tells of each row by itself: a column of a file that is called so gives way to it."""


def apart(rows: pl.DataFrame, custom: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without the user's own columns but with `AT`, and those columns."""
    there = {*rows.columns}
    own = rows.select([name for name in custom if name in there])
    gone = {*own.columns}.difference(_READ)
    return rows[[name for name in rows.columns if name not in gone]].with_row_index(AT), own


def together(rows: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Rows with `AT`, and their own columns beside them."""
    there = {*rows.columns}
    mine = own.select([name for name in own.columns if name not in there])
    return rows.hstack(mine[rows[AT]]) if mine.width else rows  # a frame without columns has no rows either


def texts(own: pl.DataFrame, at: pl.Series, names: Sequence[str]) -> Iterator[pl.Series]:
    """Those of some columns that are text, one by one, in the rows that stand at these places, which ascend."""
    dtypes = dict(own.schema)  # asked once, for it is made anew each time
    for name in (name for name in names if dtypes.get(name) == pl.String()):
        yield own[name] if len(at) == own.height else own[name][at]


def beside(members: pl.DataFrame, attributes: pl.DataFrame, agreed: pl.DataFrame) -> pl.DataFrame:
    """The own columns of accounts: those of their attributes, and where they are silent of their subscriptions.

    Args:
        members: One row per account, with `TOLD` and `AGREED`, places in the others or null.
        attributes: Own columns.
        agreed: The same.
    """
    if not attributes.width:
        return attributes
    parts = [_taken(own, members[at]) for own, at in ((attributes, TOLD), (agreed, AGREED)) if members[at].count()]
    if len(parts) < 2:
        return parts[0] if parts else attributes.clear()
    told, said = (dict(zip(part.columns, part.get_columns(), strict=True)) for part in parts)
    return pl.select(pl.coalesce(told[name], said[name]).alias(name) for name in told)


def _taken(own: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows at some places, null where there is none; as they are where that is all of them in order."""
    if len(places) == own.height and (places == pl.int_range(own.height, eager=True)).all(ignore_nulls=False):
        return own
    return places.to_frame(AT).join(own.with_row_index(AT), on=AT, how="left", maintain_order="left").drop(AT)
