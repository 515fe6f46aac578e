"""Options that several commands share, each named and described once, in groups that commands take whole.

A command names the groups it wants as parameters, such as `inputs: Inputs`; `expanded` shows typer
their options one by one.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import partial
from operator import getitem
from typing import Annotated, Any, NamedTuple, TypeAlias, cast

import typer
from typer.core import TyperCommand, TyperGroup

from csq.errors import UsageError
from csq.roles import ROLES
from csq.sources.reading.streams import refuse_no_memory
from csq.terms import Role

Text: TypeAlias = str | None
Texts: TypeAlias = list[str] | None
Whole: TypeAlias = int | None

READ, MEASURE, SHOW, BEHAVE = "What to read", "How to measure", "What to show", "How to behave"
"""The panels of a command's help, in this order."""

MOST = 10**9
"""The largest number of accounts that anybody can ask for."""


def option(
    metavar: str, help: str, *flags: str, min: int | None = None, max: int | None = None, panel: str | None = None
) -> Any:
    """An option that takes a value; `flags` where it is not simply called like its parameter.

    One without a panel stands in that of its group.
    """
    return typer.Option(*flags, metavar=metavar, help=help, min=min, max=max, rich_help_panel=panel)


FLAGS = {role: Annotated[Texts, option("FILE", spec.flag)] for role, spec in ROLES.items()}
"""The flag of each role, which stand where a group has `files`."""

DateOrders: TypeAlias = Annotated[Texts, option("[FILE=]dmy|mdy|ymd", "Order in dates like 03/04/2026; may repeat")]
Decimals: TypeAlias = Annotated[Texts, option("[FILE=],|.", "Decimal mark in numbers like 1,234; may repeat")]
Headers: TypeAlias = Annotated[Texts, option("FIELD=[FILE:]HEADER", "Header of a field; may repeat")]
MaxSize: TypeAlias = Annotated[Text, option("SIZE", "Most that a file read whole, or a pipe, may have; default 500MB")]


class Inputs(NamedTuple):
    """What to read, and how."""

    directory: Annotated[
        str | None, typer.Argument(metavar="DIR", help="Folder with the exports, told by their content")
    ] = None
    files: Mapping[Role, Texts] = {}
    """What is given to the flag of each role."""
    csat_scale: Annotated[Texts, option("[FILE=]LOW-HIGH", "Scale of the answers, the worst first, such as 1-5")] = None
    date_order: DateOrders = None
    decimal: Decimals = None
    column: Headers = None
    aliases: Annotated[Text, option("FILE", "Keys that are said to be an account; `csq check` offers them")] = None
    key: Annotated[Texts, option("ROLE=FIELD", "Key column of the accounts that a role's key refers to")] = None
    encoding: Annotated[Text, option("NAME", "Encoding of the text files, where it is told wrongly")] = None
    max_size: MaxSize = None
    overlap: Annotated[Text, option("dedupe|add", "What to do where usage files overlap")] = None
    config: Annotated[Text, option("FILE", "csq.yaml to use, else DIR/csq.yaml, ./csq.yaml")] = None
    playbook: Annotated[Text, option("FILE", "Playbook to use, else DIR/ or ./playbooks.yaml, else the built-in")] = (
        None
    )
    as_of: Annotated[
        Text,
        option("DATE", "Day to look back from, 1970-01-01 to 2199-12-31, else newest use", panel=MEASURE),
    ] = None


class Method(NamedTuple):
    """How to measure."""

    window: Annotated[Whole, option("DAYS", "Days of usage counted, 1-3660; default 28", min=1, max=3660)] = None
    csat_window: Annotated[Whole, option("DAYS", "Days of answers counted, 1-3660; default 365", min=1, max=3660)] = (
        None
    )
    usage_cut: Annotated[
        Text,
        option("CUT", "Where high usage begins: NUMBER, median, qNN, weighted_median; default median"),
    ] = None
    happiness_cut: Annotated[Text, option("CUT", "Where high happiness begins, likewise; default 70")] = None
    history: Annotated[Text, option("DIR", "Snapshots of earlier runs; each triage adds its own", panel=READ)] = None
    recut: Annotated[
        bool,
        typer.Option("--recut", help="Take tiers, cuts and references anew, which the history holds fast"),
    ] = False


class Faults(NamedTuple):
    """What becomes of faults in the inputs."""

    rejects: Annotated[Text, option("FILE", "Write the rejected rows to FILE, as CSV")] = None
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Stop at any repair, rejected row, unreadable cell or row without an account"),
    ] = False


class Limits(NamedTuple):
    """How much of the inputs must be usable for a run to go on."""

    min_match: Annotated[str, option("PERCENT", "Least share of a role's rows that must match an account")] = "50"
    max_rejects: Annotated[str, option("N|N%", "Rows of a file that may be rejected before the run stops")] = "5%"


class Alarm(NamedTuple):
    """What the run is to be judged by."""

    fail_on: Annotated[
        Texts, option("CONDITION", "Exit 1 when it holds over the totals, such as `act > 0`; may repeat")
    ] = None


class Shown(NamedTuple):
    """Which accounts to show, in which order, with which columns."""

    quadrant: Annotated[Texts, option("NAME", "Show this quadrant only; may repeat")] = None
    tier: Annotated[Texts, option("NAME", "Show this tier only; may repeat")] = None
    owner: Annotated[Texts, option("NAME", "Show this owner's accounts only; may repeat")] = None
    segment: Annotated[Texts, option("NAME", "Show this segment only; may repeat")] = None
    top: Annotated[Whole, option("N", "At most N accounts: per quadrant in the terminal", min=0, max=MOST)] = None
    sort: Annotated[Text, option("COLUMN", "Sort by a column, -COLUMN for the largest first; default rank")] = None
    fields: Annotated[Texts, option("A,B", "Columns to add to those of the output")] = None


class Outputs(NamedTuple):
    """Where the result goes, and in what form."""

    output_format: Annotated[
        Text,
        option(
            "FORMAT",
            "terminal, brief, csv, tsv, json, jsonl, xlsx, html, md, ics, parquet; default terminal",
            "-f",
            "--format",
        ),
    ] = None
    output: Annotated[Texts, option("FILE", "Write a file, format by its suffix; may repeat", "-o", "--output")] = None
    raw: Annotated[
        bool, typer.Option("--raw", help="Leave text that a spreadsheet would run as a formula as it is")
    ] = False
    excel: Annotated[bool, typer.Option("--excel", help="Write CSV as Excel wants it; ids keep their zeros")] = False


class LogInputs(NamedTuple):
    """How usage logs are read, and by whom."""

    column: Headers = None
    date_order: DateOrders = None
    decimal: Decimals = None
    encoding: Annotated[Text, option("NAME", "Encoding of the logs, where it is told wrongly")] = None
    max_size: MaxSize = None
    overlap: Annotated[Text, option("dedupe|add", "What to do where logs overlap")] = None
    config: Annotated[Text, option("FILE", "csq.yaml to use, else ./csq.yaml")] = None
    engine: Annotated[str, option("local|spark", "Who counts; spark reads each LOG, a path or table, itself")] = "local"
    remote: Annotated[Text, option("sc://HOST:PORT", "Spark Connect server that counts, with `--engine spark`")] = None


NoPager = Annotated[bool, typer.Option("--no-pager", help="Print at once what is longer than the terminal")]


class Speech(NamedTuple):
    """How the run speaks."""

    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors")] = False
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Print everything, and say more")] = False
    color: Annotated[str, option("auto|always|never", "Colour in the terminal output")] = "auto"
    no_pager: NoPager = False
    log: Annotated[Text, option("FILE", "Add a line to FILE when the run ends: day, exit code, counts, seconds")] = None


PANELS: Mapping[type, str] = {
    Inputs: READ,
    Method: MEASURE,
    Shown: SHOW,
    Outputs: SHOW,
    LogInputs: BEHAVE,
    Faults: BEHAVE,
    Limits: BEHAVE,
    Alarm: BEHAVE,
    Speech: BEHAVE,
}
"""The panel of each group."""


def application(help: str, **more: Any) -> typer.Typer:
    """A command line, or a group of commands of it."""
    names = {"help_option_names": ["-h", "--help"]}
    return typer.Typer(
        help=help, cls=CommandGroup, no_args_is_help=True, rich_markup_mode=None, context_settings=names, **more
    )


class _Lean:
    """Spares a command line typer's validators, each of which takes long to build, and more to import what it is of."""

    def get_params(self, ctx: Any) -> list[Any]:
        """All options, help among them."""
        found: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for each in found:
            each.process_value = partial(_taken, each)
        return found


class CommandGroup(_Lean, TyperGroup):
    """A group of commands."""


class Command(_Lean, TyperCommand):
    """A command whose help lays its options out in panels, as plain text: rich would cost every `--help` its import."""

    def invoke(self, ctx: Any) -> Any:
        """Run it, where there is the memory that a run takes."""
        refuse_no_memory()
        return super().invoke(ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, then the panels; what belongs to none stands in the last."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], READ: [], MEASURE: [], SHOW: [], BEHAVE: []}
        for parameter in self.get_params(ctx):
            is_argument = parameter.param_type_name == "argument"
            panel = "Arguments" if is_argument else getattr(parameter, "rich_help_panel", None) or BEHAVE
            if (record := parameter.get_help_record(ctx)) is not None:
                sections[panel].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def _taken(option: Any, ctx: Any, value: Any) -> Any:
    """What an option was given: text as it is, and nothing where it was given none."""
    if value is None and not option.required:
        return None
    if option.type_descriptor.annotation in (str, list[str]) and not option.value_is_missing(value):
        return list(value) if isinstance(value, tuple) else value
    if option.type_descriptor.annotation is int and isinstance(value, str):
        return _whole(option, value)
    return type(option).process_value(option, ctx, value)


def _whole(option: Any, text: str) -> int:
    """A whole number within the limits of its option. Raises UsageError."""
    least, most = -MOST if option.min is None else option.min, MOST if option.max is None else option.max
    # Of thousands of digits Python makes no number.
    if re.fullmatch(r"[+-]?[0-9]{1,10}", text.strip()) and least <= int(text) <= most:
        return int(text)
    limits = f" from {least} to {most}" if option.max is not None else f" from {least} up" if least > -MOST else ""
    raise UsageError(f"`{option.opts[0]} {text}` is no whole number{limits}", hint=option.help)


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
        options: list[tuple[str, Any, Any]] = [(name, default, told[name])]
        if name == "files":
            options = [(str(role), None, flag) for role, flag in FLAGS.items()]
        for each, value, annotation in options:
            info = copy(annotation.__metadata__[0])  # groups share some, each in a panel of its own
            info.rich_help_panel = info.rich_help_panel or PANELS[kind]
            mine = getitem(cast("Any", Annotated), (annotation.__origin__, info))
            yield inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=mine)
