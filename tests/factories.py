"""Reports for tests: valid by default, so that a test shows only the value that matters to it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl

from csq.report import (
    REJECT_SCHEMA,
    Cut,
    Gap,
    Join,
    Note,
    PrintedStep,
    QuadrantPlay,
    Report,
    SignalTotal,
    SourceFile,
    Tier,
    Total,
    Window,
)
from csq.schema import COLUMNS, complete
from csq.terms import Aside, Axis, Grain, NoteKind, Quadrant, Queue, Role, Severity, Who

_ACCOUNT: Mapping[str, object] = {
    "contract_value": Decimal(12000),
    "owner": "Ann Lee",
    "segment": "mid-market",
    "seats": 20,
    "active_users": 15.0,
    "seat_use_pct": 75.0,
    "usage_change_pct": 4.5,
    "responses": 4,
    "response_rate_pct": 50.0,
    "days_to_renewal": 120,
    "tier": "all",
    "usage_score": 71.25,
    "happiness_score": 88.0,
    "usage_level": "high",
    "happiness_level": "high",
    "usage_cut": 50.0,
    "happiness_cut": 70.0,
    "usage_margin": 21.25,
    "happiness_margin": 18.0,
    "borderline": False,
    "evidence": "firm",
    "is_new": False,
    "quadrant": "advocates",
    "play": "Thank them, and ask for one thing",
    "next_step": "Write a thank-you note",
    "queue": "protect",
    "priority": 12000.0,
    "hours": 0.5,
    "missing": ["goals"],
}


def accounts(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Make one account of each mapping; what it leaves out is valid, or null where csq does not compute it yet.

    A key that is no column of the schema makes a custom column.
    """
    full = [
        {"account_id": f"A-{number}", "account_name": f"Account {number}", "rank": number, **_ACCOUNT, **row}
        for number, row in enumerate(rows, start=1)
    ]
    custom = {name: None for row in rows for name in row if name not in COLUMNS}
    known = {name: column.dtype for name, column in COLUMNS.items()}
    data = {name: pl.Series(name, [row.get(name) for row in full], dtype=known.get(name)) for name in (*known, *custom)}
    return complete(pl.DataFrame(data), COLUMNS.values())


AWKWARD: tuple[Mapping[str, object], ...] = (
    {
        "account_id": "00123",
        "account_name": "Acme [/] [red]Ltd[/red] :skull:",
        "contract_value": Decimal("1204500.50"),
        "owner": 'Zoë "Zed" O\'Hara, Jr',
        "priority": 1204500.5,
        "signals": ["=first", "second; with a semicolon"],
        "risks": ["Quiet power user", "Asked too often, lately"],
    },
    {
        "account_id": "12345678901234567890",
        "account_name": "山田商事株式会社 東京本社営業第二部",
        "contract_value": Decimal("999.99"),
        "usage_score": 50.0,
        "usage_margin": 0.0,
        "borderline": True,
        "priority": 0.30000000000000004,
    },
    {
        "account_id": "-5",
        "account_name": "=cmd|' /C calc'!A0",
        "contract_value": Decimal(0),
        "usage_score": 54.96,
        "usage_margin": 4.96,
        "happiness_score": 69.96,
        "happiness_margin": -0.04,
        "happiness_level": "low",
        "borderline": True,
        "evidence": "thin",
        "silence": "stale",
        "quadrant": "frustrated",
        "play": "Find out what hurts",
        "next_step": "-1 e-mail:\ncall instead",
        "queue": "rescue",
        "priority": -0.00001,
        "usage_change_pct": -12.5,
        "days_to_renewal": -3,
    },
    {
        "account_id": "1E5",
        "account_name": "Line\nfeed, carriage\rreturn and\ttab",
        "owner": '=HYPERLINK("http://x")',
        "happiness_score": 0.0,
        "happiness_margin": -70.0,
        "happiness_level": "low",
        "quadrant": "frustrated",
        "play": "Find out what hurts",
        "next_step": "Call, listen, and write down what would have to be true for them to stay",
        "queue": "rescue",
        "seat_use_pct": 1 / 3,
    },
    {
        "account_id": "esc",
        "account_name": "\x1b[31mRed\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \x9b2J",
        "contract_value": Decimal("33432.50"),
        "usage_score": 0.0,
        "usage_margin": -50.0,
        "usage_level": "low",
        "happiness_score": 12.3456,
        "happiness_margin": -57.6544,
        "happiness_level": "low",
        "quadrant": "at_risk",
        "play": "Find the reason they bought",
        "next_step": "Find out who bought it, and why",
        "queue": "rescue",
        "this_week": True,
        "is_new": True,
    },
    {
        "account_id": "rtl",
        "account_name": "שלום \u202eמתהפך\u202c בע״מ",
        "contract_value": None,
        "usage_score": 20.0,
        "usage_margin": -30.0,
        "usage_level": "low",
        "quadrant": "underusers",
        "play": "Show them one more thing",
        "next_step": "Show them \u2018exports\u2019",
        "queue": "rescue",
        "this_week": False,
    },
    {
        "account_id": "👩‍💻-1",
        "account_name": "Ünï 🇩🇪 ❤️ e\u0301 & Söhne — a name that goes on for longer than any column has room for",
        "contract_value": Decimal(5),
        "usage_score": None,
        "usage_level": "unknown",
        "usage_margin": None,
        "quadrant": "unknown",
        "unknown_reason": "usage: not_in_usage",
        "play": "Find out",
        "next_step": "Ask why they are not in the usage export",
        "queue": "rest",
    },
    {
        "account_id": "'=quoted",
        "account_name": None,
        **{name: None for name in _ACCOUNT if name not in {"tier", "quadrant", "borderline", "is_new"}},
        "tier": "unvalued",
        "usage_level": "unknown",
        "happiness_level": "unknown",
        "evidence": "none",
        "quadrant": "unknown",
        "unknown_reason": "usage: not_in_usage; happiness: never_asked",
        "silence": "never_asked",
        "queue": "rest",
    },
)
"""Accounts with all that has ever broken an output: one of them has nothing but its ID."""

_SHA = "0123456789abcdef" * 4


def report(**overrides: object) -> Report:
    """Make a report over `AWKWARD`, or over the `accounts` given; totals and tiers follow from them."""
    rows = overrides.get("accounts")
    table = accounts(*AWKWARD) if rows is None else rows
    assert isinstance(table, pl.DataFrame)
    weighted = table["contract_value"].count() > 0
    plain = Report(
        version="0.1.0",
        as_of=date(2026, 11, 16),
        as_of_source="newest usage date",
        windows=(
            Window(axis=Axis.USAGE, first=date(2026, 10, 20), last=date(2026, 11, 16)),
            Window(axis=Axis.HAPPINESS, first=date(2025, 11, 17), last=date(2026, 11, 16)),
        ),
        accounts=table,
        sources=_SOURCES,
        joins=_JOINS,
        rejects=pl.DataFrame([("csat", "survey.csv", 37, "score", "11", "off the scale")], REJECT_SCHEMA, orient="row"),
        faults=pl.DataFrame(schema=REJECT_SCHEMA),
        tiers=(Tier(name="all", at_least=None, accounts=table.height, contract_value=_worth(table)),),
        cuts=(
            Cut(axis=Axis.USAGE, tier="all", at=50.0, method="median", scored=7, note="under 10 scored accounts"),
            Cut(axis=Axis.HAPPINESS, tier="all", at=70.0, method="number", scored=7),
        ),
        totals=tuple(total(table, quadrant) for quadrant in Quadrant),
        gaps=(
            Gap(reason="not_in_usage", text="not in the usage export", accounts=1, contract_value=Decimal(5)),
            Gap(reason="never_asked", text="never asked by a survey", accounts=1, contract_value=Decimal(0)),
            Gap(reason="contract_value", text="no contract value", accounts=2, contract_value=Decimal(0)),
        ),
        plays=tuple(play(quadrant) for quadrant in Quadrant),
        first=(),
        signals=(
            SignalTotal(
                name="first",
                severity=Severity.ACT,
                text="Champion left [champion left days] days ago",
                readings=dict.fromkeys(Quadrant, "Champion left {champion_left_days} days ago"),
                steps=(PrintedStep(do="Ask who follows", who=Who.CSM, human=True, hours=2.0),),
                risks=("Whoever follows owes us nothing",),
                accounts=1,
                contract_value=Decimal("1204500.50"),
                unjudged=2,
                unjudged_value=Decimal(5),
                missing=("champion_left_days",),
            ),
            SignalTotal(
                name="second",
                severity=Severity.WATCH,
                text="A [bold]busy[/] user is idle",
                readings=dict.fromkeys(Quadrant, "A [bold]busy[/] user is idle"),
                steps=(),
                risks=(),
                accounts=1,
                contract_value=Decimal("1204500.50"),
                unjudged=0,
                unjudged_value=Decimal(0),
            ),
        ),
        fired=pl.DataFrame(
            [("00123", "first", "act"), ("00123", "second", "watch")],
            ["account_id", "signal", "severity"],
            orient="row",
        ),
        notes=(
            Note(kind=NoteKind.SET_ASIDE, text="3 rows of survey.csv are set aside: older answer of the same person"),
            Note(
                kind=NoteKind.CHOICE, text="scale 1-5 for survey.csv: the smallest that holds \x1b[1mall\x1b[0m values"
            ),
            Note(kind=NoteKind.UNMATCHED, text="2 keys of usage.csv are among no account: `X-1`, `X-2`"),
        ),
        pinned="thresholds:\n  usage: {at: {all: 50}}\n  happiness: {at: 70}\n",
        weighted=weighted,
        currency="EUR",
        settings_sha256=_SHA,
        playbook_sha256=_SHA[::-1],
        settings_label="built in",
        playbook_label="playbooks.yaml",
    )
    return plain._replace(**overrides)


def total(table: pl.DataFrame, quadrant: Quadrant) -> Total:
    """Add up one quadrant of `table`."""
    rows = table.filter(pl.col("quadrant") == quadrant)
    worth, all_of_it = _worth(rows), _worth(table)
    return Total(
        quadrant=quadrant,
        accounts=rows.height,
        contract_value=worth,
        share_pct=float(worth / all_of_it * 100) if all_of_it else None,
        unvalued=rows["contract_value"].null_count(),
        borderline=int(rows["borderline"].sum()),
    )


def play(quadrant: Quadrant, **overrides: object) -> QuadrantPlay:
    """Make the play of a quadrant."""
    plain = QuadrantPlay(
        quadrant=quadrant,
        label=quadrant.replace("_", " ").capitalize(),
        means=f"What it is to be one of the {quadrant.replace('_', ' ')}.",
        reasons=("A likely reason", "Another [bold]one[/]"),
        queue=Queue.REST if quadrant is Quadrant.UNKNOWN else Queue.RESCUE,
        headline="Talk to them, and then do one thing",
        steps=(
            PrintedStep(do="Ask how it is going", who=Who.CSM, human=True, hours=1.0),
            PrintedStep(do="Mend what is broken, and say so", who=Who.PRODUCT, human=True, hours=2.5),
            PrintedStep(do="Send the monthly summary", who=Who.AUTOMATION, human=False, hours=0.0),
        ),
        risks=("They are asked too often",),
    )
    return plain._replace(**overrides)


def _worth(table: pl.DataFrame) -> Decimal:
    return sum(table["contract_value"].drop_nulls().to_list(), start=Decimal(0))


_SOURCES = (
    SourceFile(
        role=Role.USAGE,
        label="usage.csv",
        sha256=_SHA,
        read=12045,
        used=12040,
        set_aside={Aside.UNMATCHED: 3, Aside.AFTER_AS_OF: 2},
        grain=Grain.LOG,
        columns=(("Account ID", "account_id"), ("Day", "date")),
        unused=("Browser",),
    ),
    SourceFile(
        role=Role.CSAT,
        label="survey.csv",
        sha256=_SHA,
        read=52,
        used=48,
        set_aside={Aside.OLDER_ANSWER: 3},
        rejected={"off the scale": 1},
        columns=(("Account", "account_id"), ("Score", "score")),
    ),
    SourceFile(role=Role.ACCOUNTS, label="crm.csv", sha256=_SHA, read=8, used=8, columns=(("Id", "account_id"),)),
)
_JOINS = (
    Join(
        role=Role.USAGE,
        key="account_id",
        rows=12043,
        matched=12040,
        accounts=6,
        only_here=("X-1", "X-2"),
        only_here_count=2,
        absent_accounts=2,
        absent_value=Decimal(5),
    ),
)
