"""`csq help fields`, `formats` and `exit-codes`: what is read, what is written, and how a run ends."""

from collections.abc import Mapping

from csq.errors import Exit
from csq.render.options import MOST, SUFFIXES, Format
from csq.render.topics.page import HelpPage, HelpSection
from csq.roles import ROLES, RoleSpec
from csq.sources.columns.presets import PRESETS, SHAPES

_USES: Mapping[Format, str] = {
    Format.TERMINAL: "reading: one screen with the grid, whom to call first and the plays; all there is with -v",
    Format.BRIEF: "a chat or a mail: at most 40 lines and 250 words",
    Format.CSV: "spreadsheets and pipes; `--excel` adds what Excel needs",
    Format.TSV: "the same, with tabs",
    Format.JSON: "scripts: one document with cuts, totals and notes",
    Format.JSONL: "scripts: one account per line",
    Format.XLSX: "a workbook: summary with a chart, this week, accounts, plays, signals, data notes",
    Format.PARQUET: "pipelines",
    Format.MARKDOWN: "a ticket or a chat",
    Format.HTML: "one page to pass on: picture, sortable table, plays; needs no network",
    Format.CALENDAR: "a calendar: deadlines, days to look again, calls on Monday; taken in again it updates",
}
"""What each format is for."""


def _room(format: Format) -> str:
    """How many accounts a format holds."""
    return f"to {MOST[format]:,}" if format in MOST else "any number"


def fields() -> HelpPage:
    """The fields of each role and the headers they go by."""
    how = (
        "Headers are known whatever their case, spaces and punctuation: `Account ID` is accountid. Anything else is "
        'one flag, `--column seats="Licences bought"`, or one line under `columns:` in csq.yaml. `csq check DIR` says '
        "which header became which field."
    )
    return HelpPage(
        "Fields: what an export may hold, and the headers it goes by",
        (HelpSection("Headers", how), *(_role(role, spec) for role, spec in ROLES.items())),
    )


def _role(role: str, spec: RoleSpec) -> HelpSection:
    needs = "".join(f", and {each}" for each in spec.needs)
    text = (
        f"{spec.flag}. Found by a word in the file's name: {', '.join(spec.file_words)}. Needs one of "
        f"{', '.join(spec.keys)}{needs}."
    )
    rows = tuple((field.name, str(field.cell), ", ".join(field.names) or "none") for field in spec.fields)
    return HelpSection(f"--{role}", text, rows, ("field", "holds", "headers"))


def formats() -> HelpPage:
    """What can be written, and which exports are known."""
    suffixes = {each: " ".join(suffix for suffix, of in SUFFIXES.items() if of is each) for each in Format}
    known = tuple((each.name, f"--{each.role}", ", ".join(each.headers)) for each in PRESETS)
    return HelpPage(
        "Formats: what can be written, and what can be read",
        (
            HelpSection(
                "What comes out",
                "`-f` chooses, or the suffix of `-o`. The same files, settings and `--as-of` give the same bytes.",
                tuple((str(each), suffixes[each], _USES[each], _room(each)) for each in Format),
                ("format", "suffixes", "for", "accounts"),
            ),
            HelpSection(
                "What goes in",
                "CSV in any dialect and encoding, Excel workbooks and Parquet, each packed or not.",
                (
                    ("CSV", "what has to be mended to be read is told with its line; `--strict` refuses it"),
                    (
                        "workbooks",
                        "the one visible sheet with data; numbers as their formats show them; hidden rows and columns "
                        "are read and told; a formula without a stored result and an error are unknown, never 0; a "
                        "merged cell over several rows holds for all of them if it names something",
                    ),
                    (
                        "big logs",
                        "a usage log of more than 8 MB is counted as it is read, and may be larger than the memory; if "
                        "it has to be read twice, or held whole, a note says so and why",
                    ),
                ),
                ("input", "how it is read"),
            ),
            HelpSection(
                "Exports known by these headers",
                "In whatever order, among others.",
                known,
                ("export", "role", "headers"),
            ),
            HelpSection("Exports known by their shape", "", tuple(SHAPES.items()), ("export", "shape")),
        ),
    )


def exit_codes() -> HelpPage:
    """How a run ends."""
    text = (
        "`--fail-on` makes the run end with 1 when a condition over the totals holds; the outputs are written all the "
        "same. A run that fails leaves the outputs of the last one as they were."
    )
    rows = tuple((str(int(code)), code.meaning) for code in Exit)
    return HelpPage("Exit codes: how a run ends", (HelpSection("Codes", text, rows, ("exit code", "meaning")),))
