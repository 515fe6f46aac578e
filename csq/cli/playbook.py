"""`csq playbook`: start a playbook of your own, check it, read it, and help editors with it."""

from pathlib import Path
from typing import Annotated

import typer

from csq.cli import diagnostics, emit
from csq.cli.options import Faults, Inputs, Method, application
from csq.errors import Exit, UsageError
from csq.terms import Quadrant, Role

app = application("Write, check and read the playbook: what to do for each quadrant.")


@app.command(
    epilog="""\b
Examples:
  csq playbook init
  csq playbook init --extends
  csq playbook init teams/emea.yaml
"""
)
def init(
    file: Annotated[Path, typer.Argument(help="File to write")] = Path("playbooks.yaml"),
    *,
    extends: Annotated[
        bool, typer.Option("--extends", help="Write a short file that holds only what differs from the built-in one")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists")] = False,
) -> None:
    """Write the built-in playbook to a file, to make it your own.

    With `--extends` a short file instead, that builds on the built-in playbook and gets its later fixes. The schema by
    which editors complete and check the file is written beside it.
    """
    from csq.playbook.json_schema import FILE_NAME, POINTER, json_schema
    from csq.playbook.load import PACKAGED, TEMPLATE

    if file.exists() and not force:
        raise UsageError(f"`{file}` exists already", hint="`--force` overwrites it; another name keeps both")
    written = POINTER.encode() + (TEMPLATE if extends else PACKAGED).read_bytes()
    emit.to_files([(file, written), (file.with_name(FILE_NAME), json_schema().encode())])
    diagnostics.note(f"wrote `{file}`; `csq playbook lint {file}` checks it after a change")


@app.command(
    epilog="""\b
Examples:
  csq playbook lint
  csq playbook lint teams/emea.yaml
  csq playbook lint --data exports
"""
)
def lint(
    file: Annotated[Path | None, typer.Argument(help="Playbook to check; by default the one a run here uses")] = None,
    *,
    data: Annotated[
        str | None,
        typer.Option("--data", metavar="DIR", help="Exports to try it on: how many accounts each condition hits"),
    ] = None,
) -> None:
    """Check a playbook and list every fault with its line.

    Ends with 1 when there are faults, and with 4 only when the file cannot be opened. A warning is no fault: a kind of
    event that is nearly one the built-in playbook knows, and so will hold for nobody. With `--data` a playbook without
    faults is tried on a folder of exports: how many accounts each condition hits, which steps and signals never hold,
    for want of facts or not, and which steps contradict a signal that holds.
    """
    from csq.playbook.load import BUILT_IN, doubts, lint_playbook
    from csq.render.clean import clean_lines

    path = _in_use(file)
    problems = lint_playbook(path)
    lines = (f"{problem}; {problem.hint}" if problem.hint else str(problem) for problem in problems)
    emit.to_stdout(clean_lines(lines).encode())
    if problems:
        raise typer.Exit(Exit.FOUND)
    warnings = (f"{each.location}: warning: {each.path}: {each.message}; {each.hint}" for each in doubts(path))
    emit.to_stdout(clean_lines(warnings).encode())
    diagnostics.note(f"no faults in {f'`{path}`' if path else f'the {BUILT_IN} playbook'}")
    if data is not None:
        _try_on(data, path)


def _try_on(data: str, path: Path | None) -> None:
    """Print how many accounts of a folder each condition of a playbook hits."""
    from csq.cli.run import prepare
    from csq.pipeline import run
    from csq.plan.condition_coverage import condition_coverage, find_clashes
    from csq.playbook.load import PACKAGED
    from csq.render.condition_coverage import coverage_text

    prepared = prepare(Inputs(directory=data, playbook=str(path or PACKAGED)), Method(), Faults(), None)
    found = run(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)
    playbook = prepared.playbook.playbook
    hits = condition_coverage(found.placed.frame, playbook, are_events_given=Role.EVENTS in prepared.tables.roles)
    clashes = find_clashes(found.placed.frame, playbook, found.judged)
    emit.to_stdout(coverage_text(hits, clashes, found.placed.frame.height).encode())


@app.command(
    epilog="""\b
Examples:
  csq playbook show at_risk
  csq playbook show --diff
  csq playbook show --playbook teams/emea.yaml
"""
)
def show(
    quadrant: Annotated[Quadrant | None, typer.Argument(help="Quadrant to show; all of them by default")] = None,
    *,
    playbook: Annotated[
        Path | None,
        typer.Option("--playbook", metavar="FILE", help="Playbook to read; by default the one a run here uses"),
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what differs from the built-in playbook instead")] = False,
) -> None:
    """Show what the playbook says about a quadrant.

    What it means to be there, likely reasons, the play step by step, and the risks. With `--diff` each entry that
    differs from the built-in playbook, with a QUADRANT only those of it.
    """
    from csq.playbook.differ import differences
    from csq.playbook.differ import lines as lines_of
    from csq.playbook.document import lay_out
    from csq.playbook.load import load_playbook
    from csq.render.clean import clean_lines

    found = load_playbook(_in_use(playbook)).playbook
    if diff:
        path = f"quadrants.{quadrant}." if quadrant else ""
        differing = differences(found, load_playbook(None).playbook, path)
        emit.to_stdout(clean_lines(line for each in differing for line in lines_of(each)).encode())
        return
    pages = [lay_out(found, each) for each in ([quadrant] if quadrant else found.order)]
    lines = "\n\n".join(pages).splitlines()
    emit.to_stdout(clean_lines(lines).encode())


@app.command(
    epilog="""\b
Examples:
  csq playbook schema > playbooks.schema.json
  csq playbook schema | head
"""
)
def schema() -> None:
    """Print the JSON schema of a playbook.

    With it editors complete and check the file while it is written.
    """
    from csq.playbook.json_schema import json_schema

    emit.to_stdout(json_schema().encode())


def _in_use(named: Path | None) -> Path | None:
    """Return the playbook that is named, else the one a run in this directory uses; None for the built-in one."""
    if named is not None:
        return named
    from csq.playbook.load import find_playbook
    from csq.settings.load import find_settings, load_settings

    here = Path()
    return find_playbook(None, load_settings(find_settings(None, None, here)).playbook, None, here)
