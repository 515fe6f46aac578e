"""Texts of the playbook with the facts of accounts, worked out once for all that share them, and kept by number.

A million accounts share a few thousand texts, so what each is told is a number until it is printed.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from csq.mask import without_people
from csq.playbook.text import fields, fill, spelled
from csq.schema import collect

FEW = 64
"""Accounts up to which a text is spelled for each: to ask polars which of them are alike takes longer."""


class Texts:
    """Texts, each once, by number."""

    def __init__(self) -> None:
        """Begin without any."""
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def told(self, numbers: pl.Series) -> pl.Series:
        """The texts of some numbers; null for null."""
        return pl.Series("text", [*self._numbers], pl.String()).gather(numbers)

    def fill(self, text: str, rows: pl.DataFrame, mine: pl.Series, *, keep: bool = False) -> pl.Series:
        """The numbers of a text as it reads for some accounts, without the names of people.

        Args:
            text: What it is made of.
            rows: Facts, one row per account; those that are not there are unknown.
            mine: Rows of the accounts, which may occur more than once.
            keep: Keep a text of which nothing would be left, with a word for what is not known; else it is null.
        """
        say = spelled if keep else fill
        names = [name for name in sorted({*fields(text)}) if name in rows.columns]
        if not names:
            told = say(text, {})
            number = pl.Series([self.number(told) if told else None], dtype=pl.UInt32())
            return number.new_from_index(0, len(mine))
        facts = without_people(rows[names][mine])
        if len(mine) <= FEW:
            return self._numbered(say(text, each) for each in facts.iter_rows(named=True))
        alike = facts.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32()).alias("at")).group_by(names).agg("at")
        numbers = self._numbered(say(text, each) for each in alike.select(names).iter_rows(named=True))
        return collect(alike.select("at", numbers).lazy().explode("at").sort("at"))["number"]

    def _numbered(self, told: Iterable[str]) -> pl.Series:
        return pl.Series("number", [self.number(each) if each else None for each in told], pl.UInt32())


def filled_for(rows: pl.DataFrame, texts: Mapping[int, str], chosen: pl.Series, *, keep: bool = False) -> pl.Series:
    """The text of the place that is chosen for each row, with its facts; null for any other, and where none is left.

    Args:
        rows: Facts.
        texts: By place.
        chosen: Places, one for each row.
        keep: Keep a text of which nothing would be left, with a word for what is not known.
    """
    table, numbers = Texts(), pl.Series([None], dtype=pl.UInt32()).new_from_index(0, rows.height)
    alike = pl.DataFrame({"place": chosen}).with_row_index("row").group_by("place").agg("row")
    for place, mine in zip(alike["place"], alike["row"], strict=True):
        if place in texts:
            numbers = numbers.scatter(mine, table.fill(texts[place], rows, mine, keep=keep))
    return table.told(numbers)


def told_once(rows: pl.DataFrame, known: Mapping[str, str | pl.Expr], **told: pl.Expr) -> pl.DataFrame:
    """What is told of some things that are known, put together once for all rows of which the same is known.

    Args:
        rows: One row per account.
        known: What it is made of, by name.
        told: How, by the name it is given; reads what is known alone.
    """
    if rows.height <= FEW:
        return collect(rows.lazy().select(**known).with_columns(**told).select(*told))
    word = pl.Categorical()
    # Found again by number, for to compare long texts takes more memory than they do.
    asked = collect(rows.lazy().select(**known).with_columns(pl.col(pl.String()).cast(word)))
    each = asked.unique()
    # What is the same for all tells none apart.
    keys = [name for name in known if each[name].n_unique() > 1] or [*known][:1]
    by = each.select(pl.col(keys).name.prefix("_"))
    said = each.lazy().select(pl.col(word).cast(pl.String()), pl.exclude(word)).with_columns(**told).select(*told)
    told_by, cells = collect(said).hstack(by).lazy(), asked.lazy().select(keys)
    mine = cells.join(told_by, left_on=keys, right_on=by.columns, how="left", nulls_equal=True, maintain_order="left")
    return collect(mine.select(*told))


def facts_for(rows: pl.DataFrame, texts: Iterable[str]) -> list[dict[str, object]]:
    """The facts that the texts name, row by row, without the names of people; those no file tells are unknown."""
    named = sorted({name for text in texts for name in fields(text)})
    have = [name for name in named if name in rows.columns]
    return without_people(rows.select(have)).to_dicts() if have else [{} for _ in range(rows.height)]


def general(text: str) -> str:
    """A text as it reads for no account in particular, without what only an account can fill in."""
    return spelled(text, {}, unknown="…")
