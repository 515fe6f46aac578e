"""`csq explain`: everything behind one account."""

from typing import Annotated

import typer

from csq.cli import options as opt

EXAMPLES = """\b
Examples:
  csq explain A-1044 exports
  csq explain "Acme Ltd" exports --as-of 2026-11-16
  csq explain acme --usage usage.csv --csat survey.csv -f json
"""

_FORMATS = ("text", "json")


def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, name, or an unambiguous part of either")],
    directory: opt.Directory = None,
    usage: opt.Usage = None,
    csat: opt.Csat = None,
    accounts: opt.Accounts = None,
    goals: opt.Goals = None,
    contacts: opt.Contacts = None,
    events: opt.Events = None,
    output_format: Annotated[
        str, typer.Option("-f", "--format", metavar="FORMAT", help="text or json", show_default=True)
    ] = "text",
    as_of: opt.AsOf = None,
    window: opt.Window = None,
    csat_window: opt.CsatWindow = None,
    usage_cut: opt.UsageCut = None,
    happiness_cut: opt.HappinessCut = None,
    csat_scale: opt.CsatScale = None,
    date_order: opt.DateOrder = None,
    decimal: opt.Decimal = None,
    column: opt.Column = None,
    key: opt.Key = None,
    overlap: opt.Overlap = None,
    min_match: opt.MinMatch = "50",
    config: opt.Config = None,
    playbook: opt.PlaybookFile = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    color: opt.Color = "auto",
) -> None:
    """Explain one account, so that each number can be redone in a spreadsheet.

    Shows the lines it was read from, both scores part by part, how far it is from each cut, the signals that hold and
    those nobody could judge, the play step by step, and all that is on record. It names people; share it with care.
    """
    from csq.cli import emit, inputs
    from csq.cli import output as out
    from csq.errors import UsageError
    from csq.explain.build import explain as explain_account
    from csq.pipeline import run as run_triage
    from csq.render.options import Options

    if output_format not in _FORMATS:
        raise UsageError(f"no format `{output_format}`", hint=f"choose from {', '.join(_FORMATS)}")
    manner = out.Manner(quiet=quiet, verbose=verbose, color=color)
    out.targets(manner)
    run = inputs.prepare(
        inputs.Typed(
            directory=directory,
            files=inputs.by_role(
                usage=usage, csat=csat, accounts=accounts, goals=goals, contacts=contacts, events=events
            ),
            config=config,
            playbook=playbook,
            as_of=as_of,
            window=window,
            csat_window=csat_window,
            usage_cut=usage_cut,
            happiness_cut=happiness_cut,
            csat_scale=csat_scale or (),
            date_order=date_order,
            decimal=decimal,
            columns=column or (),
            keys=key or (),
            overlap=overlap,
            min_match=min_match,
        )
    )
    found = run_triage(run.tables, run.settings, run.playbook, as_of=run.as_of)
    explanation = explain_account(found, account)
    if output_format == "json":
        from csq.render.explain import as_json

        emit.to_stdout(as_json(explanation))
        return
    from csq.render.explain import as_text

    screen = out.screen(Options(), manner)
    emit.to_stdout(as_text(explanation, width=screen.width, colour=screen.colour))
