"""Options that several commands share, each named and described once, in groups that commands take whole.

A command names the groups it wants as parameters, such as `inputs: Inputs`; `expanded` shows typer
their options one by one.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import typer

from csq.roles import ROLES
from csq.terms import Role

FLAGS = {
    role: Annotated[list[str] | None, typer.Option(f"--{role}", metavar="FILE", help=spec.flag)]
    for role, spec in ROLES.items()
}
"""The flag of each role, which stand where a group has `files`."""


class Inputs(NamedTuple):
    """What to read, and how."""

    directory: Annotated[str | None, typer.Argument(metavar="DIR", help="Folder with the exports, found by name")] = (
        None
    )
    files: Mapping[Role, list[str] | None] = {}
    """What is given to the flag of each role."""
    csat_scale: Annotated[
        list[str] | None,
        typer.Option("--csat-scale", metavar="[FILE=]LOW-HIGH", help="Scale of the answers, such as 1-5"),
    ] = None
    date_order: Annotated[
        str | None, typer.Option("--date-order", metavar="dmy|mdy|ymd", help="Order in dates like 03/04/2026")
    ] = None
    decimal: Annotated[
        str | None, typer.Option("--decimal", metavar=",|.", help="Decimal mark in numbers like 1,234")
    ] = None
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="FIELD=HEADER", help="Header of a field; may repeat")
    ] = None
    key: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="ROLE=FIELD", help="Key column of the accounts that a role's key refers to"),
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="Encoding of the text files, where it is told wrongly"),
    ] = None
    overlap: Annotated[
        str | None, typer.Option("--overlap", metavar="dedupe|add", help="What to do where usage files overlap")
    ] = None
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="csq.yaml to use, else DIR/csq.yaml, ./csq.yaml")
    ] = None
    playbook: Annotated[
        str | None,
        typer.Option(
            "--playbook", metavar="FILE", help="Playbook to use, else DIR/ or ./playbooks.yaml, else the built-in"
        ),
    ] = None
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day to look back from, YYYY-MM-DD; default newest usage date"),
    ] = None


class Method(NamedTuple):
    """How to measure."""

    window: Annotated[
        int | None, typer.Option("--window", metavar="DAYS", min=1, help="Days of usage that count; default 28")
    ] = None
    csat_window: Annotated[
        int | None, typer.Option("--csat-window", metavar="DAYS", min=1, help="Days of answers that count; default 365")
    ] = None
    usage_cut: Annotated[
        str | None,
        typer.Option(
            "--usage-cut",
            metavar="CUT",
            help="Where high usage begins: NUMBER, median, qNN, weighted_median; default median",
        ),
    ] = None
    happiness_cut: Annotated[
        str | None,
        typer.Option("--happiness-cut", metavar="CUT", help="Where high happiness begins, likewise; default 70"),
    ] = None


class Faults(NamedTuple):
    """What becomes of faults in the inputs."""

    rejects: Annotated[
        str | None, typer.Option("--rejects", metavar="FILE", help="Write the rejected rows to FILE, as CSV")
    ] = None
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Stop at any repair, rejected row, unreadable cell or row without an account"),
    ] = False


class Limits(NamedTuple):
    """How much of the inputs must be usable for a run to go on."""

    min_match: Annotated[
        str,
        typer.Option("--min-match", metavar="PERCENT", help="Least share of a role's rows that must match an account"),
    ] = "50"
    max_rejects: Annotated[
        str,
        typer.Option("--max-rejects", metavar="N|N%", help="Rows of a file that may be rejected before the run stops"),
    ] = "5%"


class Alarm(NamedTuple):
    """What the run is to be judged by."""

    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="CONDITION",
            help="Exit 1 when it holds over the totals, such as `act > 0`; may repeat",
        ),
    ] = None


class Shown(NamedTuple):
    """Which accounts to show, in which order, with which columns."""

    quadrant: Annotated[
        list[str] | None, typer.Option("--quadrant", metavar="NAME", help="Show this quadrant only; may repeat")
    ] = None
    tier: Annotated[
        list[str] | None, typer.Option("--tier", metavar="NAME", help="Show this tier only; may repeat")
    ] = None
    owner: Annotated[
        list[str] | None, typer.Option("--owner", metavar="NAME", help="Show this owner's accounts only; may repeat")
    ] = None
    segment: Annotated[
        list[str] | None, typer.Option("--segment", metavar="NAME", help="Show this segment only; may repeat")
    ] = None
    top: Annotated[
        int | None,
        typer.Option(
            "--top", metavar="N", min=0, help="Show at most N accounts: per quadrant in the terminal, else overall"
        ),
    ] = None
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="COLUMN", help="Sort by a column, -COLUMN for the largest first; default rank"),
    ] = None
    fields: Annotated[
        list[str] | None, typer.Option("--fields", metavar="A,B", help="Columns to add to those of the output")
    ] = None


class Outputs(NamedTuple):
    """Where the result goes, and in what form."""

    output_format: Annotated[
        str | None,
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="terminal, csv, tsv, json, jsonl, xlsx, html, md or parquet; default terminal",
        ),
    ] = None
    output: Annotated[
        list[str] | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write a file, format by its suffix; may repeat"),
    ] = None
    raw: Annotated[
        bool, typer.Option("--raw", help="Leave text that a spreadsheet would run as a formula as it is")
    ] = False
    excel: Annotated[bool, typer.Option("--excel", help="Write CSV as Excel wants it: byte order mark and CRLF")] = (
        False
    )


class Speech(NamedTuple):
    """How the run speaks."""

    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors")] = False
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more")] = False
    color: Annotated[
        str, typer.Option("--color", metavar="auto|always|never", help="Colour in the terminal output")
    ] = "auto"


def expanded(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Return `command` as typer wants it: each group of options among its parameters in single options."""
    # Nothing here is written as text, so that nothing has to be looked up: that would cost every start.
    hints = inspect.get_annotations(command)
    result = hints.pop("return")
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if hasattr(kind, "_fields")}
    own = inspect.signature(command).parameters
    parameters = [parameter for name, parameter in own.items() if name not in groups]
    for kind in groups.values():
        parameters += _options(kind)

    def take(values: dict[str, Any], name: str) -> Any:
        return {role: values.pop(role) for role in FLAGS} if name == "files" else values.pop(name)

    def run(**values: Any) -> int | None:
        taken = {name: kind(**{each: take(values, each) for each in kind._fields}) for name, kind in groups.items()}
        return command(**taken, **values)

    run.__doc__ = command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": result}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _options(kind: Any) -> Iterator[inspect.Parameter]:
    """The single options of a group."""
    told = inspect.get_annotations(kind)
    for name, default in kind._field_defaults.items():
        if name == "files":
            options = [(str(role), None, flag) for role, flag in FLAGS.items()]
        else:
            options = [(name, default, told[name])]
        for each, value, annotation in options:
            yield inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=annotation)
