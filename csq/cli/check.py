"""`csq check`: read and validate only, and offer accounts for keys without one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csq.cli import diagnostics, emit, pager, run_log
from csq.cli.options import SHOW, Faults, Inputs, Method, Speech, expanded, option
from csq.errors import Exit, UsageError
from csq.terms import Role

if TYPE_CHECKING:
    from csq.cli.run import Run
    from csq.pipeline import Checked

EXAMPLES = """\b
Examples:
  csq check exports
  csq check --accounts crm.csv
  csq check exports --aliases aliases.csv   offer accounts for the keys without one
  csq check --csat survey.csv --csat-scale 1-5
  csq check --formats
"""

Formats = Annotated[
    bool, typer.Option("--formats", help="List the exports that are known, with their headers", rich_help_panel=SHOW)
]
MinMatch = Annotated[
    str, option("PERCENT", "Least share of a role's rows that must match an account in a run", panel=SHOW)
]


@expanded
def check(
    inputs: Inputs, faults: Faults, speech: Speech, *, min_match: MinMatch = "50", formats: Formats = False
) -> int:
    """Read and validate the exports, and say how they were understood.

    Prints which header became which field, the scales and conventions found, how the keys met the accounts, the fate of
    every row, and a verdict on every file; one file of any role is enough. With --aliases, accounts are offered in FILE
    for the keys that meet none; what FILE says already stays. Exit 1 when a row is rejected, a cell unreadable or a key
    unmatched.
    """
    from csq.cli.output import speak, write_rejects
    from csq.cli.quality import check_strict
    from csq.cli.run import aliases_command, prepare, share
    from csq.pipeline import check as check_tables
    from csq.render.check import check_text, exports_text, is_clean

    speak(speech)
    if formats:
        pager.show(exports_text().encode(), wanted=not speech.no_pager)
        return Exit.OK
    least = share(min_match)
    # Keys that meet nobody and rows that cannot be read are what check is asked about, so they do not stop it.
    run = prepare(inputs, Method(), faults, None, checks=True)
    write_rejects(run.tables, faults)
    report = check_tables(run.tables, run.settings, run.playbook, as_of=run.as_of)
    run_log.counted(report)
    if inputs.aliases is not None:
        _write_aliases(run, report, Path(inputs.aliases))
    text = check_text(report, least, aliases_command(run), run.tables.findings)
    pager.show(text.encode(), wanted=not speech.no_pager)
    if faults.strict:
        check_strict(run.tables)
    return Exit.OK if is_clean(report) else Exit.FOUND


def _write_aliases(run: "Run", report: "Checked", path: Path) -> None:
    """Write what is said of aliases already, and candidates for the keys that nothing is said of."""
    from csq.render.rejects import aliases_csv
    from csq.sources.joining.aliases import read_aliases
    from csq.sources.joining.candidates import find_candidates, may_be_meant
    from csq.sources.joining.identity import key_map

    accounts = run.tables.roles.get(Role.ACCOUNTS)
    if accounts is None:
        raise UsageError(
            "`--aliases` offers accounts of the accounts file, and there is none", hint="give it by `--accounts FILE`"
        )
    told = read_aliases(run.aliases)
    meant = may_be_meant(accounts.frame, report.accounts)
    found = find_candidates(run.tables.roles, key_map(accounts.frame), meant)
    table = found.table.join(told, on=["role", "key"], how="anti", maintain_order="left")
    emit.to_file(path, aliases_csv(told, table))
    filled = table["account_id"].count()
    diagnostics.note(
        f"`{path}`: {filled:,} keys filled in, {table.height - filled:,} yours to choose, {told.height:,} lines left "
        f"as they were; {found.left:,} other keys come near to no account"
    )
