"""The files in which people tick steps off: a workbook, a checklist, or a folder of them."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from csq.done.checklist import ticks_of_checklist
from csq.done.sheet import ticks_of_workbook
from csq.done.ticks import Ticks
from csq.errors import InputError
from csq.sources.reading.read import label_of
from csq.sources.reading.streams import MAX_BYTES, read_bytes

READERS: Mapping[str, Callable[[bytes, str, date], Ticks]] = {
    ".md": ticks_of_checklist,
    ".txt": ticks_of_checklist,
    ".xlsx": ticks_of_workbook,
    ".xlsm": ticks_of_workbook,
    ".ods": ticks_of_workbook,
}


def read_ticks(path: Path, today: date) -> Ticks:
    """Read what is ticked in a file, or in the files of a folder. No step can have been done after today.

    Raises InputError when a file cannot be read, holds no planned steps, or holds a tick that cannot be understood.
    """
    files = [path]
    if path.is_dir():
        found = [each for each in sorted(path.iterdir()) if each.suffix.casefold() in READERS and each.is_file()]
        files = [each for each in found if not each.name.startswith((".", "~$"))]
        if not files:
            hint = "`csq plan DIR -o plans/` writes a checklist per owner"
            raise InputError(f"`{path}` holds nothing to tick steps off in", hint=hint)
    read = [_read(each, today) for each in files]
    return Ticks(
        ticked=tuple(ticked for each in read for ticked in each.ticked),
        warnings=tuple(text for each in read for text in each.warnings),
        strays=tuple(stray for each in read for stray in each.strays),
    )


def _read(path: Path, today: date) -> Ticks:
    reader = READERS.get(path.suffix.casefold())
    if reader is None:
        hint = f"name a file that ends in {', '.join(READERS)}, or a folder of them"
        raise InputError(f"`{path}`: its suffix tells no place to tick steps off", hint=hint)
    return reader(read_bytes(path, MAX_BYTES), label_of(path), today)
