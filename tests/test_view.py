"""What one page for people says of an account, all say: the same mark, signal, reason, step and figure."""

from decimal import Decimal

import polars as pl
import pytest

from csq.render import Format, Options, Selection, render
from csq.render.markdown import escaped
from csq.render.marks import MARKS
from csq.render.plan import render_plan
from csq.render.view import view_of
from csq.render.view.accounts import in_short
from csq.report import Gap, OwnerWeek, Report
from csq.terms import Quadrant
from factories import accounts, report

RENEWING = {"account_name": "Globex", "contract_value": Decimal(314700), "days_to_renewal": 68, "days_to_deadline": 68}


def heard(*signals: tuple[str, str, str], **row: object) -> Report:
    """One account for which signals hold, each with its severity and its text."""
    plain = report()
    (shape, _) = plain.signals
    return report(
        accounts=accounts({**RENEWING, **row}),
        signals=tuple(shape._replace(name=name, readings=dict.fromkeys(Quadrant, text)) for name, _, text in signals),
        fired=pl.DataFrame(
            [("A-1", name, severity) for name, severity, _ in signals], plain.fired.schema, orient="row"
        ),
    )


def reasons(made: Report) -> tuple[str, ...]:
    return view_of(made, Selection()).week.first[0].reasons


def told(made: Report, how: str) -> str:
    """A page for people, its lines joined so that where one is broken does not matter."""
    match how:
        case "screen" | "whole":
            text = render(made, Format.TERMINAL, Options(width=200, whole=how == "whole")).decode()
        case "plan":
            text = render_plan(made, Format.TERMINAL, Options(selection=Selection(planned=True))).decode()
        case _:
            text = render(made, Format(how)).decode()
    return " ".join(text.split())


WEEK = OwnerWeek(
    owner="Ann Lee",
    hours=None,
    rescue_hours=0.0,
    protect_hours=0.0,
    check_in_hours=0.0,
    wanted_hours=1.0,
    left_out=0,
    left_out_value=Decimal(0),
    left_out_unvalued=0,
    more_hours=0.0,
)
CHAMPION = ("champion_left", "act", "The champion left 80 days ago")
IDLE = ("power_user_idle", "watch", "The busiest user is idle")
PAGES = ("screen", "whole", "brief", "md")


@pytest.mark.parametrize("how", PAGES)
def test_every_page_says_the_same_of_an_account(how):
    made = heard(CHAMPION, IDLE, users_mean=93.75, decision_maker_mean=0.0, unhappy_side="decision_makers", asked=5)
    (account,) = view_of(made, Selection()).week.first
    text = told(made, how)
    for said in (
        f"{account.mark} {account.name}",
        "314,700",
        "champion left, renewal in 68 days, users 94 / decision maker 0, divided, power user idle",
        account.short,
        account.owner,
    ):
        assert (escaped(said) if how == "md" else said) in text


@pytest.mark.parametrize("how", ["whole", "md", "plan"])
def test_every_page_with_scores_has_the_same_figures(how):
    """45.04 over a cut of 45: one place would take it onto the cut, 45.1 does not."""
    score = {"happiness_score": 45.04, "happiness_cut": 45.0, "happiness_margin": 0.04, "responses": 5, "asked": 6}
    text = told(report(accounts=accounts({"desk": "Ann Lee", **score}), weeks=(WEEK,)), how)
    assert "45.1 (5 of 6 asked)" in text
    assert "45.04" not in text


@pytest.mark.parametrize("how", [*PAGES, "html"])
@pytest.mark.parametrize("quadrant", list(Quadrant))
def test_a_quadrant_has_one_mark_everywhere(how, quadrant):
    label = next(play.label for play in report().plays if play.quadrant is quadrant)
    text = told(report(), how).replace("**", "")
    assert f"{MARKS[quadrant]} {label}" in text


def test_marks_can_be_told_apart_without_colour():
    assert len(set(MARKS.values())) == len(Quadrant)


def test_the_loudest_signal_comes_first_then_the_deadline_then_the_rest():
    assert reasons(heard(CHAMPION, IDLE)) == ("champion left", "renewal in 68 days", "power user idle")


def test_a_signal_about_the_deadline_is_told_by_the_deadline():
    near = ("renewal_near", "watch", "Unhappy, and the renewal is {days_to_renewal} days away")
    assert reasons(heard(near, IDLE)) == ("power user idle", "renewal in 68 days")
    assert reasons(heard(near, days_to_renewal=200, days_to_deadline=200)) == ("renewal near",)


def test_signals_that_only_inform_are_no_reason():
    """Nothing loud and no deadline: what is left to say is where it stands."""
    informing = heard(("thin_evidence", "info", "Thin"), days_to_renewal=None, days_to_deadline=None)
    assert reasons(informing) == ("usage high", "happiness high")


def test_the_reason_of_an_account_without_a_place_is_what_is_unknown():
    row = {"quadrant": "unknown", "unknown_reason": "happiness: never_asked", "days_to_renewal": None}
    assert reasons(report(accounts=accounts(row))) == ("happiness: never asked",)


@pytest.mark.parametrize(
    ("renewal", "deadline", "overdue", "text"),
    [
        (0, 0, 0, "renewal today"),
        (30, 0, 0, "last day to give notice today"),
        (30, None, 0, "renewal signed"),
        (1, 1, 0, "renewal in 1 day"),
        (90, 90, 0, "renewal in 90 days"),
        (91, 91, 0, ""),
        (60, 30, 0, "last day to give notice in 30 days"),
        (120, 90, 0, "last day to give notice in 90 days"),
        (20, -10, 0, "renewal in 20 days"),
        (-14, -14, 14, "renewal 14 days overdue"),
        (None, None, 0, ""),
    ],
)
def test_a_deadline_is_told_within_ninety_days_and_when_it_is_past(renewal, deadline, overdue, text):
    days = {"days_to_renewal": renewal, "days_to_deadline": deadline, "renewal_overdue_days": overdue}
    (account,) = view_of(report(accounts=accounts({**days, "last_outcome": "renewed"})), Selection()).week.first
    assert account.deadline == text


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Call them. Then write.", "Call them."),
        ("Meet at 3 p.m. on site", "Meet at 3 p.m. on site"),
        ("Seats in use: [seat use pct] %. Ask who else there has the task.", "Ask who else there has the task."),
        ("Renewal in [days to renewal] days", "Renewal in [days to renewal] days"),
        ("Is it so? Ask.", "Is it so?"),
        ("", ""),
    ],
)
def test_a_text_in_short_is_a_whole_sentence_and_needs_no_fact_if_it_can(text, short):
    assert in_short(text) == short


def test_a_level_that_stands_alone_has_the_answers_behind_it_and_a_score_that_lacks_parts_says_so():
    """No score stands beside the reasons of the week, so 4 of 5 asked and 3 of 4 parts stand with them."""
    row = {"asked": 5, "usage_parts": 3, "usage_parts_possible": 4, "usage_parts_lacking": "seat_use"}
    (account,) = view_of(report(accounts=accounts(row)), Selection()).week.first
    assert account.why == "usage high, happiness high"
    assert account.why_alone == "usage high, happiness high (4 of 5 asked), usage on 3 of 4 parts"
    assert account.named == "Account 1 (usage on 3 of 4 parts)"
    (loud,) = view_of(heard(CHAMPION, **row), Selection()).week.first
    assert loud.why_alone == "champion left, renewal in 68 days, usage on 3 of 4 parts"


def test_what_is_known_of_no_account_is_one_line():
    """Of two accounts one has no seats on record, none has goals, a champion or a known fit."""
    gaps = tuple(
        Gap(reason=text, text=text, accounts=number, contract_value=Decimal(number * 12000))
        for text, number in (("seats unknown", 1), ("no goals", 2), ("no champion", 2), ("fit unknown", 2))
    )
    grid = view_of(report(accounts=accounts({}, {}), gaps=gaps), Selection()).grid
    assert [(gap.accounts, gap.value, gap.text) for gap in grid.gaps] == [
        ("1", "12 k EUR", "seats unknown"),
        ("2", "24 k EUR", "all accounts: no goals; no champion; fit unknown"),
    ]


def test_first_come_accounts_that_fit_the_week_or_else_those_not_at_rest_by_rank():
    rows = [{"queue": "rescue"}, {"queue": "rest"}, {"queue": "protect"}]
    week = view_of(report(accounts=accounts(*rows)), Selection(sort="-account_id")).week
    assert [account.rank for account in week.first] == [1, 3]
    many = view_of(report(accounts=accounts(*[{}] * 12)), Selection()).week
    assert (len(many.first), many.more) == (10, "2 more: `csq plan -v` lists them")


def test_a_quadrant_in_short_tells_what_most_of_its_accounts_that_do_not_rest_need_next():
    call, mail = {"step_short": "Call", "queue": "rescue"}, {"step_short": "Mail", "queue": "protect"}
    rows = [mail, call, call, {**mail, "queue": "rest"}, {**mail, "queue": "rest"}, {"step_short": None}]
    told = report(accounts=accounts(*({"quadrant": "at_risk", **row} for row in rows)))
    (section,) = view_of(told, Selection(quadrant=(Quadrant.AT_RISK,))).sections
    assert section.usual == ("2 × Call", "1 × Mail")
    assert " → 2 × Call; 1 × Mail\n" in render(told, Format.TERMINAL, Options(width=80)).decode()


def test_a_message_is_short_whatever_accounts_are_called():
    """Ten words a name and reasons without end: fewer accounts are told, never half of one."""
    names = [{"account_name": f"{number} " + "very long name " * 12, "next_step": "word " * 40} for number in range(6)]
    text = render(report(accounts=accounts(*names)), Format.BRIEF).decode()
    assert len(text.splitlines()) <= 40
    assert len(text.split()) <= 250
    assert "First this week:" in text
