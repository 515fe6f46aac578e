"""`csq triage`: the weekly run."""

from csq.cli import options as opt

EXAMPLES = """\b
Examples:
  csq triage exports
  csq triage --usage usage.csv --csat survey.csv --as-of 2026-11-16
  csq triage exports --owner "Dana Reyes" -f csv | head
"""


def triage(
    directory: opt.Directory = None,
    usage: opt.Usage = None,
    csat: opt.Csat = None,
    accounts: opt.Accounts = None,
    goals: opt.Goals = None,
    contacts: opt.Contacts = None,
    events: opt.Events = None,
    output_format: opt.OutputFormat = None,
    output: opt.Output = None,
    quadrant: opt.Quadrant = None,
    tier: opt.Tier = None,
    owner: opt.Owner = None,
    segment: opt.Segment = None,
    top: opt.Top = None,
    sort: opt.Sort = None,
    fields: opt.Fields = None,
    raw: opt.Raw = False,
    excel: opt.Excel = False,
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
    """Place every account and print what to do.

    Finds usage, csat and accounts by name in DIR, or takes the files that are named. The result goes to stdout or, with
    -o, to files; what was chosen and noticed on the way is in the result and, for machine formats, on stderr.
    """
    from csq.cli import inputs
    from csq.cli import output as out
    from csq.pipeline import triage as run_triage
    from csq.render.options import Options, Selection

    manner = out.Manner(format=output_format, outputs=tuple(output or ()), quiet=quiet, verbose=verbose, color=color)
    targets = out.targets(manner)
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
            outputs=output or (),
        )
    )
    report = run_triage(run.tables, run.settings, run.playbook, as_of=run.as_of)
    selection = Selection(
        quadrant=tuple(quadrant or ()),
        tier=tuple(tier or ()),
        owner=tuple(owner or ()),
        segment=tuple(segment or ()),
        top=top,
        sort=sort,
    )
    asked = tuple(name.strip() for text in fields or () for name in text.split(",") if name.strip())
    out.deliver(report, targets, Options(selection=selection, fields=asked, raw=raw, excel=excel), manner)
