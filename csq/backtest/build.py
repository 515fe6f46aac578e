"""The backtest as a sentence: who decided what, what was known before, where they stood, and what told it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from csq import pipeline
from csq.backtest.decisions import Decisions, decisions, own_rows
from csq.backtest.model import Backtest, Hangs, Leak, Order, Verdict
from csq.backtest.orders import Compared, compare
from csq.backtest.statistics import REPLICATES, SEED
from csq.backtest.tables import cut_points, groups, held, leaks, surprises, with_worth
from csq.backtest.then import Then, as_then, common_day
from csq.errors import InputError
from csq.facts.build import build_facts, population
from csq.fate import FATE, ROW, ROWS
from csq.mask import with_codes
from csq.pipeline import AsOf, Triage
from csq.place.place import place
from csq.place.scale_choice import settle_scales
from csq.plan.prescribe import steps_of
from csq.plan.texts import general
from csq.playbook.load import LoadedPlaybook
from csq.playbook.model import Playbook
from csq.roles import MONEY_FIELDS
from csq.schema import FACTS, event_column
from csq.settings.load import LoadedSettings
from csq.sources.load import Tables
from csq.terms import Aside, Fate, Role

FROM_SNAPSHOT = (
    *("tier", "contract_value", "quadrant", "usage_score", "happiness_score", "silence", "evidence", "responses"),
    *("active_users", "signals", "queue", "priority"),
)
"""Columns that a snapshot tells better than exports of today: it was taken then."""
SNAPSHOT_DAYS = 7
"""Days that a snapshot may be older than the day a decision is placed on."""
_NO_FACTS = {"account_id", "account_name", "key", "key_kind", *MONEY_FIELDS, *ROW}
_OF_AXES = ("seats", "features_entitled", "usage_score", "happiness_score", "csat_mean", "events", "active_days",
    "active_users", "seat_use_pct", "breadth_pct", "features_used", "responses")  # fmt: skip


def backtest(
    tables: Tables,
    settings: LoadedSettings,
    playbook: LoadedPlaybook,
    *,
    horizon: int,
    as_of: date | None = None,
    today: date | None = None,
    snapshots: pl.DataFrame | None = None,
    replicates: int = REPLICATES,
) -> Backtest:
    """Hold the placing against what became of the accounts. Raises InputError without outcomes, or anybody to place.

    No log is counted as it was read. An account is placed `horizon` days before each outcome up to as_of, else today.
    Of triages kept `snapshots` tells account_id, snapshot_on and columns `FROM_SNAPSHOT`.
    """
    decided = decisions(tables, horizon, as_of, lambda day: _current(tables, settings, day), today)
    day = common_day(decided.frame)
    then = as_then(tables, decided.frame, day, settings.settings.windows.usage)
    found = pipeline.run(then.tables, settings, playbook, as_of=AsOf(day, "--as-of"))
    cases, from_history = _with_snapshots(_cases(found, decided), snapshots)
    compared = compare(cases, replicates=replicates)
    leaking = _leaks(cases, tables, found)
    is_leaking = compared.verdict is not Verdict.TOO_FEW and any(each.is_of_axis for each in leaking)
    return Backtest(
        horizon=horizon,
        **_counted(decided, cases),
        from_history=from_history,
        uncovered=int(cases["decision"].is_in(then.uncovered.implode()).sum()),
        later=then.later,
        left_out=then.left_out,
        compared=compared.cases.height,
        compared_lost=compared.lost,
        verdict=Verdict.LEAK if is_leaking else compared.verdict,
        difference=compared.difference,
        groups=tuple(groups(cases)),
        ranked=compared.ranked,
        held=tuple(held(cases, _signals(playbook.playbook), _steps(playbook.playbook, cases))),
        cuts=tuple(cut_points(cases)),
        surprises=tuple(surprises(with_codes(cases, ("account_id", "account_name")))),
        hangs=_without_undated(tables, settings, decided, then, cases, compared),
        leaks=tuple(leaking),
        cases=cases,
        currency=found.facts.currency,
        replicates=replicates,
        seed=SEED,
    )


def _counted(decided: Decisions, cases: pl.DataFrame) -> dict[str, Any]:
    """What became of the rows of outcomes, and how many decisions of whom they come to."""
    counted = decided.rows.group_by(FATE).agg(pl.col(ROWS).sum()).sort(FATE)
    fates = dict(counted.iter_rows())
    # Rows of accounts that no accounts file has are used here: those who left.
    used = fates.pop(Fate.USED, 0) + fates.pop(str(Aside.UNMATCHED), 0)
    return {
        "first": cases["date"].min(),
        "last": cases["date"].max(),
        "read": int(counted[ROWS].sum()),
        "used": used,
        "set_aside": {name: rows for name, rows in fates.items() if name != Fate.REJECTED},
        "rejected": fates.get(Fate.REJECTED, 0),
        "outcomes": cases.height,
        "accounts": cases["account_id"].n_unique(),
        "lost": int(cases["lost"].sum()),
        "not_yet": decided.frame.height - cases.height,
        "still_here": decided.still_here,
        "disputed": decided.disputed,
        "assumed": int(cases["assumed"].sum()),
    }


def _current(tables: Tables, settings: LoadedSettings, day: date) -> pl.Series:
    """Who is a customer on a day, where an accounts file says so."""
    if Role.ACCOUNTS not in tables.roles:
        return pl.Series("account_id", [], dtype=pl.String())
    return population(tables, settings.settings, day).frame["account_id"]


def _cases(found: Triage, decided: Decisions) -> pl.DataFrame:
    """Every decision with what was known of it, by account and day; who was no customer then is left out."""
    unjudged = found.judged.unjudged.group_by("account_id").agg(unjudged=pl.col("signal"))
    placed = found.accounts.join(unjudged, on="account_id", how="left").with_columns(pl.col("unjudged").fill_null([]))
    taken = placed.rename({"account_id": "decision"}).drop("value_after", "date", "known_on", strict=False)
    joined = decided.frame.join(taken, on="decision", how="inner")
    if joined.is_empty():
        raise InputError("nobody who decided was a customer then", hint="a shorter `--horizon` places them later")
    return with_worth(joined.sort("account_id", "date"))


def _with_snapshots(cases: pl.DataFrame, snapshots: pl.DataFrame | None) -> tuple[pl.DataFrame, int]:
    """The decisions, placed as a triage of those days has placed them where one was kept; and how many those are."""
    if snapshots is None or snapshots.is_empty():
        return cases, 0
    own = snapshots.sort("snapshot_on").rename({name: f"_{name}" for name in FROM_SNAPSHOT})
    joined = cases.sort("known_on").join_asof(
        own,
        left_on="known_on",
        right_on="snapshot_on",
        by="account_id",
        tolerance=f"{SNAPSHOT_DAYS - 1}d",
        check_sortedness=False,
    )
    is_kept = pl.col("snapshot_on").is_not_null()
    told = joined.with_columns(
        pl.when(is_kept).then(pl.col(f"_{name}").cast(cases.schema[name])).otherwise(name).alias(name)
        for name in FROM_SNAPSHOT
    )
    number = int(told["snapshot_on"].count())
    return with_worth(told.select(cases.columns).sort("account_id", "date")), number


def _signals(playbook: Playbook) -> Iterator[tuple[str, str]]:
    yield from ((name, general(signal.text)) for name, signal in playbook.signals.items())


def _steps(playbook: Playbook, cases: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """The steps that an event shows to be done, of those that the data tell of: id, text, column."""
    seen = set()
    for step in steps_of(playbook):
        column = event_column(step.done_by) if step.done_by else ""
        if column in cases.columns and step.id not in seen:
            seen.add(step.id)
            yield step.id, step.short or general(step.do), column


def _leaks(cases: pl.DataFrame, tables: Tables, found: Triage) -> list[Leak]:
    """Facts as they were known, and columns of the accounts as they are today, that separate the lost perfectly."""
    facts = [column.name for column in FACTS if column.name not in _NO_FACTS and not column.personal]
    own = [*facts, "usage_score", "happiness_score", *(f"metric_{name}" for name in found.facts.metrics)]
    known = [name for name in dict.fromkeys(own) if name in cases.columns]
    metrics = [name for name in known if name.startswith("metric_")]
    leaking = leaks(cases, known, (*_OF_AXES, *metrics))
    rows = tables.roles.get(Role.ACCOUNTS)
    if rows is None:
        return leaking
    mine = own_rows(rows)
    told = [name for name in mine.columns if name not in _NO_FACTS]
    today = mine.group_by("account_id").agg(pl.col(told).drop_nulls().first())
    joined = cases.select("account_id", "decision", "lost").join(today, on="account_id", how="left")
    have = {each.fact for each in leaking}
    return [*leaking, *(each for each in leaks(joined, told) if each.fact not in have)]


def _without_undated(
    tables: Tables, settings: LoadedSettings, decided: Decisions, then: Then, cases: pl.DataFrame, compared: Compared
) -> Hangs:
    """What the answer is without what has no date."""
    axes = (Order.USAGE, Order.HAPPINESS)
    if not then.undated or compared.verdict is Verdict.TOO_FEW:
        return Hangs(then.undated, compared.verdict, *map(compared.auc_of, axes))
    scores = scored(tables, settings, decided, with_undated=False)
    other = compare(cases.drop("usage_score", "happiness_score").join(scores, on="decision", how="inner"), axes)
    return Hangs(then.undated, other.verdict, *map(other.auc_of, axes))


def scored(tables: Tables, settings: LoadedSettings, decided: Decisions, *, with_undated: bool) -> pl.DataFrame:
    """Both scores of every decision, without a plan: decision, usage_score, happiness_score."""
    day, own = common_day(decided.frame), settings.settings
    then = as_then(tables, decided.frame, day, own.windows.usage, with_undated=with_undated).tables
    facts = build_facts(then, own, day)
    settle_scales(then, facts, own, day)
    return place(facts, own).frame.select("usage_score", "happiness_score", decision="account_id")
