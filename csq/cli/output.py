"""A report to its targets: all are rendered, or it is certain that they can be, then written; narrated on stderr."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from csq.cli import diagnostics, emit, pager, run_log
from csq.cli.options import Faults, Outputs, Shown, Speech
from csq.errors import UsageError
from csq.render import SUFFIXES, Format, Options, Output, Selection, rendered, whole
from csq.render.clean import clean_lines
from csq.render.options import MOST
from csq.report import BY_SETTINGS, Report
from csq.sources.load import Tables
from csq.terms import NoteKind, Role

if TYPE_CHECKING:
    from csq.cli.keep import Keep

COLOURS: Mapping[str, bool | None] = {"auto": None, "always": True, "never": False}
"""What `--color` can be, and whether that means colour; None: as the terminal and `NO_COLOR` have it."""

PAGES = (Format.TERMINAL, Format.BRIEF)
"""Formats that a person reads at once."""
BINARY = (Format.XLSX, Format.PARQUET)
"""Formats that a terminal cannot show."""


class Target(NamedTuple):
    """One output; without a path it is stdout."""

    format: Format
    path: Path | None = None
    is_told: bool = True
    """Whether `-o` names it; else a person may be about to read it."""


def speak(speech: Speech) -> None:
    """Settle how this run speaks on stderr, and where its line goes.

    Raises:
        UsageError: There is no such colour setting.
        OutputError: The line cannot be written there.
    """
    if speech.color not in COLOURS:
        raise UsageError(f"`--color` cannot be `{speech.color}`", hint=f"choose from {', '.join(COLOURS)}")
    level = diagnostics.Verbosity.QUIET if speech.quiet else diagnostics.Verbosity(1 + speech.verbose)
    diagnostics.configure(level=level, colour=COLOURS[speech.color])
    run_log.begin(speech.log)


def targets(outputs: Outputs) -> tuple[Target, ...]:
    """Settle what is written where, before anything is read.

    Raises:
        UsageError: A format or a suffix that csq does not know.
    """
    told = None
    if outputs.output_format is not None:
        if outputs.output_format not in list(Format):
            raise UsageError(f"no format `{outputs.output_format}`", hint=f"choose from {', '.join(Format)}")
        told = Format(outputs.output_format)
    if not outputs.output:
        if told in BINARY and _is_open(emit.STDOUT) and os.isatty(emit.STDOUT):
            raise UsageError(f"`{told}` is nothing to read on a terminal", hint=f"write a file: `-o week.{told}`")
        return (Target(told or Format.TERMINAL, is_told=False),)
    found = tuple(_target(name, told) for name in outputs.output)
    if sum(target.path is None for target in found) > 1:
        raise UsageError("standard output is named twice as an output", hint="give each output its own name")
    return found


def _target(name: str, told: Format | None) -> Target:
    if not name.strip():
        raise UsageError("`-o` names no file", hint="`-o week.csv` writes a file, `-o -` standard output")
    if name == "-":
        return Target(told or Format.TERMINAL)
    path = Path(name)
    by_suffix = SUFFIXES.get(path.suffix.casefold())
    if by_suffix is None and told is None:
        folder = "" if path.suffix else "; the folder that `csq plan` fills ends in `/`"
        hint = f"end it in {', '.join(SUFFIXES)}, or give `--format`{folder}"
        raise UsageError(f"`{name}`: its suffix tells no format", hint=hint)
    if by_suffix is Format.TERMINAL and told in PAGES:
        by_suffix = told
    return Target(by_suffix or told or Format.TERMINAL, path)


def check_room(to: Sequence[Target], tables: Tables, shown: Shown) -> None:
    """Refuse formats that cannot hold so many accounts, before any is placed; those that are chosen may be fewer.

    Raises:
        UsageError: A format holds less.
    """
    if any(value is not None for name, value in shown._asdict().items() if name not in ("sort", "fields")):
        return
    rows = tables.roles.get(Role.ACCOUNTS)
    parts = [rows.frame["account_id"]] if rows else [each.keyed["account_id"] for each in tables.roles.values()]
    for target in to:
        most = MOST.get(target.format)
        if most is not None and (count := pl.concat(parts).n_unique()) > most:
            raise UsageError(
                f"`{target.format}` holds {most:,} accounts, and there are {count:,}",
                hint="csv, tsv, jsonl and parquet hold them all; `--quadrant`, `--owner` or `--top` choose some",
            )


def asked_for(shown: Shown, outputs: Outputs, speech: Speech) -> Options:
    """What the flags say of rows, columns and form; `COLUMNS` says how wide a page is that no terminal shows."""
    told = os.environ.get("COLUMNS", "")
    return Options(
        selection=_selection(shown),
        fields=field_names(shown.fields),
        raw=outputs.raw,
        excel=outputs.excel,
        width=int(told) if told.isdecimal() and not speech.verbose else None,
        whole=speech.verbose,
    )


def field_names(told: Sequence[str] | None) -> tuple[str, ...]:
    """The columns that `--fields` names, however they are divided over its uses."""
    return tuple(name.strip() for text in told or () for name in text.split(",") if name.strip())


def deliver(
    report: Report,
    to: Sequence[Target],
    options: Options,
    speech: Speech,
    made: Callable[[Report, Format, Options], Output] = rendered,
    also: Sequence[tuple[Path, bytes]] = (),
    keep: "Keep | None" = None,
) -> None:
    """Render every target, then write them, then say what happened.

    Args:
        report: What to write.
        to: Where, and in which format.
        options: What of it; width and colour are those of the terminal.
        speech: How the run speaks.
        made: Turns a report into what is written of it in a format.
        also: Further files, which are written together with the targets or not at all.
        keep: A snapshot, which is so too.

    Raises:
        UsageError: The options name something the report does not have.
        OutputError: A target cannot be written.
    """
    run_log.counted(report)
    on_screen = screen(options, speech)
    told = [(target, made(report, target.format, options if target.path else on_screen)) for target in to]
    files = [*((target.path, data) for target, data in told if target.path is not None), *also]
    with ExitStack() as held:
        shown = [(target, held.enter_context(emit.complete(data))) for target, data in told if target.path is None]
        hold: AbstractContextManager[list[tuple[Path, bytes]]] = keep.held() if keep else nullcontext([])
        with hold as kept:
            emit.to_files([*files, *kept], private=[path for path, _ in kept])
        _say(report, to, options, is_page=made is rendered)
        for target, data in shown:
            _print(target, data, speech)


def _say(report: Report, to: Sequence[Target], options: Options, *, is_page: bool) -> None:
    """Say on stderr what was chosen, written and noticed, as far as no page does."""
    for scale in report.scales:
        if scale.why != BY_SETTINGS:  # then nothing was chosen
            diagnostics.note(scale.text)
    if written := [f"`{target.path}`" for target in to if target.path is not None]:
        diagnostics.note(f"wrote {', '.join(written)}")
    if any(target.format not in PAGES or target.path for target in to):
        narrate(report)
    elif is_page and not (options.whole and to[0].format is Format.TERMINAL):
        # A page that counts the notes does not tell them; beside it on a terminal they would push it off the screen.
        narrate(report, only_warnings=_is_open(emit.STDOUT) and os.isatty(emit.STDOUT))
    _guarded(report, to, options)


def in_formats(
    to: Sequence[Target], outputs: Outputs, speech: Speech, write: Callable[[Format, Options], bytes]
) -> list[tuple[Target, bytes]]:
    """What `write` makes of each target's format. Raises UsageError where there is none."""
    options = asked_for(Shown(), outputs, speech)
    on_screen = screen(options, speech)
    return [(each, write(each.format, options if each.path else on_screen)) for each in to]


def put(rendered: Sequence[tuple[Target, bytes]], speech: Speech) -> None:
    """Write what is rendered of every target, and say which files. Raises OutputError when one cannot be written."""
    emit.to_files([(target.path, data) for target, data in rendered if target.path is not None])
    if written := [f"`{target.path}`" for target, _ in rendered if target.path is not None]:
        diagnostics.note(f"wrote {', '.join(written)}")
    for target, data in rendered:
        if target.path is None:
            _print(target, data, speech)


def _print(target: Target, data: Output, speech: Speech) -> None:
    """Write to standard output what goes there."""
    if target.format is Format.TERMINAL:
        pager.show(whole(data), wanted=not (target.is_told or speech.no_pager))
    else:
        emit.to_stdout(_for_the_eye(data) if target.format in (Format.CSV, Format.TSV) else data)


def _for_the_eye(data: Output) -> Output:
    """What a terminal shows of a table, and obeys none of. Other readers get it to the byte."""
    if not os.isatty(emit.STDOUT):
        return data
    return clean_lines(line.replace("\t", "    ") for line in whole(data).decode().splitlines()).encode()


def write_rejects(tables: Tables, faults: Faults) -> None:
    """Write the rejected rows where they are asked for. Raises OutputError when that cannot be written."""
    if faults.rejects is not None:
        from csq.render.rejects import rejects_csv

        emit.to_file(Path(faults.rejects), rejects_csv(tables.rejects))


def _selection(shown: Shown) -> Selection:
    return Selection(
        quadrant=tuple(shown.quadrant or ()),
        tier=tuple(shown.tier or ()),
        owner=tuple(shown.owner or ()),
        segment=tuple(shown.segment or ()),
        top=shown.top,
        sort=shown.sort,
    )


def narrate(report: Report, *, only_warnings: bool = False) -> None:
    """Say on stderr what the whole page says in its notes."""
    said = {scale.text for scale in report.scales}
    for note in report.notes:
        if note.text in said or (only_warnings and note.kind is not NoteKind.WARNING):
            continue
        if note.kind in (NoteKind.WARNING, NoteKind.FAULT, NoteKind.REJECTED, NoteKind.UNMATCHED):
            diagnostics.warning(note.text) if note.kind is NoteKind.WARNING else diagnostics.note(note.text)
        else:
            diagnostics.detail(f"note: {note.text}")


def _guarded(report: Report, to: Sequence[Target], options: Options) -> None:
    """Name columns that were changed for the sake of spreadsheets, since joins on them would fail."""
    from csq.render.delimited import guarded_keys, kept

    if options.raw or not any(target.format in (Format.CSV, Format.TSV) for target in to):
        return
    if names := guarded_keys(report, options):
        told = " and ".join(f"`{name}`" for name in names)
        diagnostics.note(
            f"a `'` was put before values of {told} that a spreadsheet would run as a formula; `--raw` leaves them"
        )
    if names := kept(report, options):
        told = " and ".join(f"`{name}`" for name in names)
        diagnostics.note(
            f'values of {told} like 00123 are written as ="00123", so that a spreadsheet keeps them as text; '
            "an xlsx keeps them without that"
        )


def screen(options: Options, speech: Speech) -> Options:
    """The options with what stdout can do: its width and colour, when it is a terminal."""
    terminal = os.isatty(emit.STDOUT) if _is_open(emit.STDOUT) else False
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    told = COLOURS[speech.color]
    colour = (terminal and not plain) if told is None else told
    return options._replace(width=shutil.get_terminal_size().columns if terminal else options.width, colour=colour)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
