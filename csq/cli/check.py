"""`csq check`: read and validate only."""

from csq.cli import options as opt

EXAMPLES = """\b
Examples:
  csq check exports
  csq check --csat survey.csv --csat-scale 1-5
"""


def check(
    directory: opt.Directory = None,
    usage: opt.Usage = None,
    csat: opt.Csat = None,
    accounts: opt.Accounts = None,
    goals: opt.Goals = None,
    contacts: opt.Contacts = None,
    events: opt.Events = None,
    as_of: opt.AsOf = None,
    csat_scale: opt.CsatScale = None,
    date_order: opt.DateOrder = None,
    decimal: opt.Decimal = None,
    column: opt.Column = None,
    key: opt.Key = None,
    overlap: opt.Overlap = None,
    config: opt.Config = None,
    playbook: opt.PlaybookFile = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    color: opt.Color = "auto",
) -> int:
    """Read and validate the exports, and say how they were understood.

    Prints which header became which field, the scales and conventions found, how the keys met the accounts, and the
    fate of every row. Exit 1 when a row is rejected, a cell unreadable or a key unmatched.
    """
    from csq.cli import emit, inputs
    from csq.cli import output as out
    from csq.errors import Exit
    from csq.pipeline import triage as run_triage
    from csq.render.check import check_text, is_clean

    out.targets(out.Manner(quiet=quiet, verbose=verbose, color=color))
    run = inputs.prepare(
        inputs.Typed(
            directory=directory,
            files=inputs.by_role(
                usage=usage, csat=csat, accounts=accounts, goals=goals, contacts=contacts, events=events
            ),
            config=config,
            playbook=playbook,
            as_of=as_of,
            csat_scale=csat_scale or (),
            date_order=date_order,
            decimal=decimal,
            columns=column or (),
            keys=key or (),
            overlap=overlap,
            min_match="0",
        )
    )
    report = run_triage(run.tables, run.settings, run.playbook, as_of=run.as_of)
    emit.to_stdout(check_text(report).encode())
    return Exit.OK if is_clean(report) else Exit.FOUND
