"""Outputs: a `Report` in, bytes out. Pure: no file, no clock, no terminal is looked at.

A format is one function in one file, named once in the registry below. It is imported when it is
asked for, so that naming the formats, as `--help` does, loads no library. Those whose bytes grow fastest
with the accounts give who writes them slice by slice instead, so that they are never all in memory.
"""

import io
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import IO, TYPE_CHECKING

from csq.render.options import SUFFIXES, Format, Options, Selection

if TYPE_CHECKING:
    from csq.report import Report

__all__ = ["SUFFIXES", "Format", "Options", "Output", "Selection", "render", "rendered", "whole", "write"]

Output = bytes | Callable[[IO[bytes]], object]
"""Bytes, or who writes them to an open file as they are made."""

_RENDERERS: Mapping[Format, tuple[str, str]] = {
    Format.TERMINAL: ("csq.render.terminal", "terminal"),
    Format.BRIEF: ("csq.render.brief", "brief"),
    Format.CSV: ("csq.render.delimited", "csv"),
    Format.TSV: ("csq.render.delimited", "tsv"),
    Format.JSON: ("csq.render.json_text", "document"),
    Format.JSONL: ("csq.render.json_text", "lines"),
    Format.XLSX: ("csq.render.workbook", "workbook"),
    Format.PARQUET: ("csq.render.parquet", "parquet"),
    Format.MARKDOWN: ("csq.render.markdown", "markdown"),
    Format.HTML: ("csq.render.html", "html"),
    Format.CALENDAR: ("csq.render.calendar", "calendar"),
}


def render(report: "Report", format: Format, options: Options | None = None) -> bytes:
    """Write `report` in `format`, all of it at once; raises what `rendered` does."""
    return whole(rendered(report, format, options or Options()))


def rendered(report: "Report", format: Format, options: Options) -> Output:
    """What is written of `report` in `format`; text is UTF-8.

    Raises:
        UsageError: `options` name a column, quadrant, tier, owner or segment that is not there.
    """
    module, name = _RENDERERS[format]
    renderer: Callable[[Report, Options], Output] = getattr(import_module(module), name)
    return renderer(report, options)


def write(output: Output, stream: IO[bytes]) -> None:
    """Write all of an output to an open file."""
    if isinstance(output, bytes):
        stream.write(output)
    else:
        output(stream)


def whole(output: Output) -> bytes:
    """All bytes of an output."""
    stream = io.BytesIO()
    write(output, stream)
    return stream.getvalue()
