"""From files to typed tables and rejects: the only room that opens an input."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csq.sources.read import read_text_table as read_text_table

__all__ = ["read_text_table"]


def __getattr__(name: str) -> object:
    """Load the reader when it is asked for: it brings polars along."""
    if name == "read_text_table":
        from csq.sources.read import read_text_table

        return read_text_table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
