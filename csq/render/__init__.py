"""Outputs: a `Report` in, bytes out. Pure: no file, no clock, no terminal is looked at.

A format is one function in one file, named once in the registry below. It is imported when it is
asked for, so that naming the formats, as `--help` does, loads no library.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from csq.render.options import SUFFIXES, Format, Options, Selection

if TYPE_CHECKING:
    from csq.report import Report

__all__ = ["SUFFIXES", "Format", "Options", "Selection", "render"]

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
    """Write `report` in `format`; text is UTF-8.

    Raises:
        UsageError: `options` name a column, quadrant, tier, owner or segment that is not there.
    """
    module, name = _RENDERERS[format]
    renderer: Callable[[Report, Options], bytes] = getattr(import_module(module), name)
    return renderer(report, options or Options())
