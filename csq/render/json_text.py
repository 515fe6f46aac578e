"""JSON: the whole report as one document, or the accounts alone as JSON lines.

Keys are always the same, in the same order; null is written, NaN never. `format_version` grows when a
key changes its meaning or goes away, not when one is added.
"""

import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import IO

import polars as pl

from csq.plan.texts import filled_for
from csq.playbook.text import fields
from csq.render import Output
from csq.render.cells import output_rows, value_cells, write_slices
from csq.render.options import Options
from csq.report import Report, ScaleFound
from csq.terms import Quadrant

FORMAT_VERSION = 3


def document(report: Report, options: Options) -> Output:
    """Write one document, indented by 2, with each account on a line of its own so that weeks can be compared."""
    kept, columns = output_rows(report, options)
    blocks = {
        "told": (_of(kept, report.fired), _told_lines(report)),
        "done": (_of(kept, report.done), _lines_of),
        "accounts": (kept, lambda some: _lines_of(value_cells(some, columns))),
    }

    def made(stream: IO[bytes]) -> None:
        head = json.dumps(_head(report), indent=2, ensure_ascii=False, allow_nan=False).removesuffix("\n}")
        stream.write(_bytes(head))
        for name, (rows, lines) in blocks.items():
            stream.write(_bytes(f',\n  "{name}": '))
            _write_block(rows, lines, stream)
        stream.write(b"\n}\n")

    return made


def lines(report: Report, options: Options) -> Output:
    """Write one account a line; nothing at all when there is none."""
    rows, columns = output_rows(report, options)

    def made(some: pl.DataFrame) -> bytes:
        buffer = io.BytesIO()
        _lines_of(value_cells(some, columns)).to_frame().write_csv(buffer, include_header=False, quote_style="never")
        return buffer.getvalue()

    return partial(write_slices, rows, made)


def _write_block(rows: pl.DataFrame, lines: Callable[[pl.DataFrame], pl.Series], stream: IO[bytes]) -> None:
    """Write an array, each row on a line of its own, some rows after the other."""

    def made(some: pl.DataFrame) -> bytes:
        return _bytes("".join(f",\n    {line}" for line in lines(some)))

    if rows.is_empty():
        stream.write(b"[]")
        return
    stream.write(b"[" + made(rows[:1]).removeprefix(b","))
    write_slices(rows[1:], made, stream)
    stream.write(b"\n  ]")


def _bytes(text: str) -> bytes:
    """UTF-8; a file name may hold bytes that are none, and they come out as JSON escapes."""
    return text.encode(errors="backslashreplace")


def _of(kept: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of the accounts that go out, in their order."""
    return kept.select("account_id").join(rows, on="account_id", maintain_order="left")


def _lines_of(cells: pl.DataFrame) -> pl.Series:
    """Each row as an object, for which Python's encoder takes ten times as long."""
    members = [
        part
        for place, column in enumerate(cells)
        for part in (
            pl.lit(f"{', ' if place else '{'}{json.dumps(column.name, ensure_ascii=False)}: "),
            _encoded(column).fill_null("null"),
        )
    ]
    return cells.select(pl.concat_str(*members, pl.lit("}"))).to_series()


def _encoded(cells: pl.Series) -> pl.Expr:
    """A column as JSON writes it; null stays null."""
    value = pl.col(cells.name)
    match cells.dtype:
        case pl.String():
            return '"' + _escaped(value, cells) + '"'
        case pl.List():
            texts = value.list.eval('"' + _escaped(pl.element(), cells.explode()) + '"')
            return "[" + texts.list.join(", ") + "]"
        case pl.Date():
            return '"' + value.dt.to_string("%Y-%m-%d") + '"'
        case pl.Decimal():
            text = value.cast(pl.String())
            broken = value.cast(pl.Float64()).cast(pl.String())
            return pl.when(text.str.ends_with(".00")).then(text.str.strip_suffix(".00")).otherwise(broken)
        case _:
            return value.cast(pl.String())


def _escaped(text: pl.Expr, cells: pl.Series) -> pl.Expr:
    """Text as it stands between quotes: as it is where no cell has anything to escape, as is seen of each text once."""
    return text.str.replace_many(_ESCAPES) if cells.unique().str.contains(_SPECIAL).any() else text


_ESCAPES = {character: json.dumps(character)[1:-1] for character in (*map(chr, range(32)), '"', "\\")}
_SPECIAL = r'[\x00-\x1f"\\]'


def _told_lines(report: Report) -> Callable[[pl.DataFrame], pl.Series]:
    """How rows of `fired` are written: what the signals say, one signal of one account a line."""
    texts = [signal.readings[quadrant] for signal in report.signals for quadrant in Quadrant]
    signals = {signal.name: place * len(Quadrant) for place, signal in enumerate(report.signals)}
    quadrants = {str(quadrant): place for place, quadrant in enumerate(Quadrant)}
    known = ["account_id", *sorted({name for text in texts for name in fields(text)} - {"account_id"}), "quadrant"]
    rows = report.accounts.select(name for name in dict.fromkeys(known) if name in report.accounts.columns)

    def lines(fired: pl.DataFrame) -> pl.Series:
        told = fired.select("account_id").join(rows, on="account_id", how="left", maintain_order="left")
        whole = pl.Int64()
        chosen = fired["signal"].replace_strict(signals, return_dtype=whole) + told["quadrant"].replace_strict(
            quadrants, return_dtype=whole
        )
        filled = filled_for(told, dict(enumerate(texts)), chosen, keep=True).alias("text")
        return _lines_of(fired.cast(pl.String()).with_columns(filled))

    return lines


def _head(report: Report) -> dict[str, object]:
    """Everything but the accounts."""
    return {
        "format_version": FORMAT_VERSION,
        "csq_version": report.version,
        "as_of": plain(report.as_of),
        "as_of_source": report.as_of_source,
        "weighted": report.weighted,
        "currency": report.currency,
        "windows": plain(report.windows),
        "scales": [_scale(scale) for scale in report.scales],
        "sources": plain(report.sources),
        "settings": {"label": report.settings_label, "sha256": report.settings_sha256},
        "playbook": {"label": report.playbook_label, "sha256": report.playbook_sha256},
        "tiers": plain(report.tiers),
        "cuts": plain(report.cuts),
        "totals": plain(report.totals),
        "gaps": plain(report.gaps),
        "joins": plain(report.joins),
        "plays": plain(report.plays),
        "signals": plain(report.signals),
        "weeks": plain(report.weeks),
        "counts": {
            "accounts": report.accounts.height,
            "rejected_rows": report.rejects.height,
            "cell_faults": report.faults.height,
        },
        "notes": plain(report.notes),
        "pinned": report.pinned,
        "pinned_on": plain(report.pinned_on),
    }


def _scale(scale: ScaleFound) -> dict[str, object]:
    """How the answers of a column were read; `words` are null where they are figures."""
    told = {name: getattr(scale, name) for name in ("survey", "header", "files", "scale", "why")}
    return {**told, "files": list(scale.files), "certain": scale.is_certain, "words": dict(scale.words) or None}


def plain(value: object) -> object:
    """Turn a value of the report into one that JSON has."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float():
            return round(value, 4)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(value[key]) for key in sorted(value)}
        case tuple() if hasattr(value, "_asdict"):
            return {name: plain(item) for name, item in value._asdict().items()}
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            return value
