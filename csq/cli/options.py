"""Options that several commands share, each named and described once."""

from typing import Annotated

import typer

_INPUTS = "Inputs"
_METHOD = "Method"
_READING = "Reading"
_OUTPUT = "Selection and output"

Directory = Annotated[str | None, typer.Argument(metavar="[DIR]", help="Folder with the exports, found by name")]
Usage = Annotated[
    list[str] | None, typer.Option("--usage", metavar="FILE", help="Usage export; may repeat, may be a pattern")
]
Csat = Annotated[list[str] | None, typer.Option("--csat", metavar="FILE", help="Survey export; may repeat")]
Accounts = Annotated[
    list[str] | None, typer.Option("--accounts", metavar="FILE", help="Accounts or subscriptions; may repeat")
]
Goals = Annotated[
    list[str] | None, typer.Option("--goals", metavar="FILE", help="What customers want to reach, and by when")
]
Contacts = Annotated[
    list[str] | None, typer.Option("--contacts", metavar="FILE", help="People at the customers, and their roles")
]
Events = Annotated[
    list[str] | None, typer.Option("--events", metavar="FILE", help="What happened at the customers, and when")
]
Config = Annotated[
    str | None, typer.Option("--config", metavar="FILE", help="csq.yaml to use, else DIR/csq.yaml, ./csq.yaml")
]
PlaybookFile = Annotated[
    str | None,
    typer.Option(
        "--playbook", metavar="FILE", help="Playbook to use, else DIR/ or ./playbooks.yaml, else the built-in"
    ),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Day to look back from, YYYY-MM-DD; newest usage date")
]
Window = Annotated[int | None, typer.Option("--window", metavar="DAYS", min=1, help="Days of usage that count; 28")]
CsatWindow = Annotated[
    int | None, typer.Option("--csat-window", metavar="DAYS", min=1, help="Days of answers that count; 365")
]
UsageCut = Annotated[
    str | None,
    typer.Option("--usage-cut", metavar="CUT", help="Where high usage begins: NUMBER, median, qNN, weighted_median"),
]
HappinessCut = Annotated[
    str | None, typer.Option("--happiness-cut", metavar="CUT", help="Where high happiness begins, like --usage-cut; 70")
]
CsatScale = Annotated[
    list[str] | None, typer.Option("--csat-scale", metavar="[FILE=]LOW-HIGH", help="Scale of the answers, such as 1-5")
]
DateOrder = Annotated[
    str | None, typer.Option("--date-order", metavar="dmy|mdy|ymd", help="Order in dates like 03/04/2026")
]
Decimal = Annotated[str | None, typer.Option("--decimal", metavar=",|.", help="Decimal mark in numbers like 1,234")]
Column = Annotated[
    list[str] | None, typer.Option("--column", metavar="FIELD=HEADER", help="Header of a field; may repeat")
]
Key = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="ROLE=FIELD", help="Key column of the accounts that a role's key refers to"),
]
Overlap = Annotated[
    str | None, typer.Option("--overlap", metavar="dedupe|add", help="What to do where usage files overlap")
]
MinMatch = Annotated[
    str, typer.Option("--min-match", metavar="PERCENT", help="Least share of a role's rows that must match an account")
]
Quadrant = Annotated[
    list[str] | None, typer.Option("--quadrant", metavar="NAME", help="Show this quadrant only; may repeat")
]
Tier = Annotated[list[str] | None, typer.Option("--tier", metavar="NAME", help="Show this tier only; may repeat")]
Owner = Annotated[
    list[str] | None, typer.Option("--owner", metavar="NAME", help="Show this owner's accounts only; may repeat")
]
Segment = Annotated[
    list[str] | None, typer.Option("--segment", metavar="NAME", help="Show this segment only; may repeat")
]
Top = Annotated[
    int | None,
    typer.Option(
        "--top", metavar="N", min=0, help="Show at most N accounts: per quadrant in the terminal, else overall"
    ),
]
Sort = Annotated[
    str | None, typer.Option("--sort", metavar="COLUMN", help="Sort by a column, -COLUMN for largest first; rank")
]
Fields = Annotated[
    list[str] | None, typer.Option("--fields", metavar="A,B", help="Columns to add to those of the output")
]
OutputFormat = Annotated[
    str | None, typer.Option("-f", "--format", metavar="FORMAT", help="terminal, csv, tsv, json or jsonl; terminal")
]
Output = Annotated[
    list[str] | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write a file, format by its suffix; may repeat"),
]
Raw = Annotated[bool, typer.Option("--raw", help="Leave text that a spreadsheet would run as a formula as it is")]
Excel = Annotated[bool, typer.Option("--excel", help="Write CSV as Excel wants it: byte order mark and CRLF")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more")]
Color = Annotated[str, typer.Option("--color", metavar="auto|always|never", help="Colour in the terminal output")]
