"""What any signal does, whatever it is about: its order, its step, its lift, its mutes, and when it is not judged."""

import pytest

from csq.plan.signals import judge, reading
from csq.playbook.load import check_playbook
from signal_accounts import frame_of, judged, judged_all, playbook_of
from small_playbook import small

LOUD = """
  quiet: {when: seats > 0, severity: info, text: T}
  known: {when: seats > 10, severity: watch, text: T}
  loud:
    when: seats > 100
    severity: act
    text: T
    steps: [{do: "of the signal, {seats}", done_by: told}]
    risks: [{text: R}]
  louder: {when: seats > 1000, severity: act, text: T, steps: [{do: of the other}]}
"""


def test_signals_are_told_act_first_then_watch_then_info_then_in_the_order_of_the_playbook() -> None:
    assert judged({"seats": 5000}, playbook_of(LOUD))["signals"] == ["loud", "louder", "known", "quiet"]


def test_an_act_signal_brings_its_own_step_and_its_risk() -> None:
    row = judged({"seats": 200}, playbook_of(LOUD))
    assert (row["next_step"], row["risks"]) == ("of the signal, 200", ["R"])


def test_the_event_that_shows_a_step_to_be_done_makes_the_next_step_move_on() -> None:
    playbook = playbook_of(LOUD)
    done = {"event_told_days": 3}
    assert judged({"seats": 5000, **done}, playbook)["next_step"] == "of the other"
    assert judged({"seats": 200, **done}, playbook)["next_step"] == "of the play"


@pytest.mark.parametrize(
    ("quadrant", "queue"),
    [
        ("advocates", "protect"),
        ("underusers", "protect"),
        ("frustrated", "rescue"),
        ("at_risk", "rescue"),
        ("unknown", "rescue"),
    ],
)
def test_an_act_signal_ends_the_rest_of_an_account_and_leaves_it_in_its_quadrant(quadrant: str, queue: str) -> None:
    loud, known = judged_all(
        [{"seats": 200, "quadrant": quadrant}, {"seats": 50, "quadrant": quadrant}], playbook_of(LOUD)
    )
    assert (loud["queue"], known["queue"]) == (queue, "rest")
    assert loud["quadrant"] == known["quadrant"] == quadrant


def test_an_act_signal_does_not_move_an_account_that_has_a_queue() -> None:
    assert judged({"seats": 200}, playbook_of(LOUD, queue="rescue"))["queue"] == "rescue"


def test_an_act_signal_weighs_three_times_and_puts_no_account_before_money() -> None:
    # 10 x 3 is less than 31 x 1.2, and more than 24 x 1.2.
    act, more, less = {"seats": 200, "contract_value": 10}, {"seats": 50, "contract_value": 31}, {"contract_value": 24}
    rows = judged_all([act, more, {"seats": 60, **less}], playbook_of(LOUD, queue="rescue"))
    assert [row["rank"] for row in rows] == [2, 1, 3]


def test_a_signal_is_told_in_place_of_those_it_mutes_and_a_muted_one_mutes_nothing() -> None:
    playbook = playbook_of("""
  first: {when: seats > 100, severity: info, text: T, mutes: [second]}
  second: {when: seats > 10, severity: act, text: T, mutes: [third], steps: [{do: of the second}]}
  third: {when: seats > 1, severity: watch, text: T}
""")
    large, mid = judged_all([{"seats": 200}, {"seats": 50}], playbook)
    assert (large["signals"], large["next_step"]) == (["third", "first"], "of the play")
    assert (mid["signals"], mid["next_step"]) == (["second"], "of the second")


def test_signals_that_mute_each_other_in_a_circle_are_a_fault_with_its_line() -> None:
    text = """signals:
  a: {when: seats > 1, severity: act, text: T, mutes: [b]}
  b: {when: seats > 1, severity: act, text: T, mutes: [a]}
"""
    _, problems = check_playbook(text, "playbooks.yaml")
    circles = [problem for problem in problems if "circle" in problem.message]
    assert [problem.code for problem in circles] == ["playbook/mute-circle"]
    assert circles[0].location.line in (2, 3)


def test_a_quadrant_may_read_a_signal_differently_and_its_step_follows_the_severity_there() -> None:
    playbook = playbook_of("""
  left:
    when: seats > 1
    severity: act
    text: T
    quadrants: {underusers: {severity: info, text: an opening}}
    steps: [{do: of the signal}]
""")
    calm, loud = judged_all([{"seats": 5, "quadrant": "underusers"}, {"seats": 5}], playbook)
    assert (calm["next_step"], calm["queue"]) == ("of the play", "rest")
    assert (loud["next_step"], loud["queue"]) == ("of the signal", "protect")
    assert reading(playbook.signals["left"], "underusers") == ("info", "an opening")


def test_no_such_event_is_an_answer_once_there_is_a_record_and_none_without_one() -> None:
    playbook = playbook_of("  moved: {when: event_office_moved_days <= 90, severity: act, text: T}\n")
    recorded, unrecorded = judged_all([{}, {"record_of_events": False}], playbook)
    assert (recorded["signals"], recorded["unjudged"]) == ([], {})
    assert (unrecorded["signals"], unrecorded["unjudged"]) == ([], {"moved": ["event_office_moved_days"]})


def test_that_nothing_happened_in_a_long_time_is_not_concluded_from_a_record_that_may_be_short() -> None:
    playbook = playbook_of("  quiet: {when: event_called_days > 90, severity: act, text: T}\n")
    assert judged({}, playbook)["unjudged"] == {"quiet": ["event_called_days"]}


def test_a_condition_that_provides_for_never_itself_is_left_to_do_so() -> None:
    playbook = playbook_of('  due: {when: "seats > 1 AND event_called_days IS NULL", severity: act, text: T}\n')
    assert judged({"seats": 5}, playbook)["signals"] == ["due"]
    assert judged({"seats": None}, playbook)["unjudged"] == {"due": ["seats"]}


def test_a_playbook_without_signals_tells_none() -> None:
    row = judged({"seats": 5}, playbook_of("  {}\n"))
    assert (row["signals"], row["unjudged"], row["next_step"]) == ([], {}, "of the play")


def test_the_totals_say_how_many_accounts_and_how_much_money_each_signal_speaks_of() -> None:
    playbook = playbook_of('  large: {when: seats > 100, severity: act, text: "{seats} seats"}\n')
    frame = frame_of({"seats": 200, "contract_value": 10}, {"seats": 300, "contract_value": None}, {"seats": None})
    (total,) = judge(frame, playbook, are_events_given=True).totals
    assert (total.accounts, total.contract_value, total.text) == (2, 10, "… seats")
    assert (total.unjudged, total.unjudged_value, total.missing) == (1, 24000, ("seats",))


LED = """
  gap:
    when: seats > 100
    severity: watch
    text: T
    steps: [{do: of the gap, done_by: told}]
    takes_over: true
  shown: {when: seats > 10, severity: watch, text: T, steps: [{do: of the shown}]}
  heard: {when: seats > 1000, severity: act, text: T, takes_over: false, steps: [{do: of the heard}]}
"""


def test_a_signal_that_takes_over_leads_where_it_says_watch_and_one_that_does_not_leaves_the_play_to_go_on() -> None:
    playbook = playbook_of(LED, queue="rescue")
    rows = judged_all([{"seats": 200}, {"seats": 200, "event_told_days": 3}, {"seats": 50}, {"seats": 2000}], playbook)
    assert [row["next_step"] for row in rows] == ["of the gap", "of the play", "of the play", "of the gap"]


def test_a_signal_that_says_less_than_act_leads_no_account_that_rests() -> None:
    row = judged({"seats": 200}, playbook_of(LED))
    assert (row["queue"], row["next_step"]) == ("rest", "of the play")


BLOCKING = """
  debt: {when: seats > 100, severity: info, text: T, blocks: [favour]}
  asking:
    when: seats > 10
    severity: act
    text: T
    steps: [{do: ask, kind: favour}, {do: thank, kind: thanks}]
"""


def test_a_step_of_a_kind_that_a_signal_blocks_is_passed_over_also_where_it_is_a_signals_own() -> None:
    few, many = judged_all([{"seats": 50}, {"seats": 200}], playbook_of(BLOCKING))
    assert (few["next_step"], many["next_step"]) == ("ask", "thank")


def test_where_every_step_is_blocked_the_account_rests_and_says_so() -> None:
    text = small(
        ("        - do: Call them\n", "        - {do: Call them, kind: favour}\n"), ("queue: rest", "queue: protect")
    )
    text += "signals:\n  debt: {when: seats > 100, severity: act, text: T, blocks: [favour]}\n"
    playbook, problems = check_playbook(text, "p")
    assert playbook is not None, problems
    row = judged({"seats": 200}, playbook)
    assert (row["queue"], row["next_step"], row["why"]) == ("rest", None, "no step of the play is left to take now")


ADDING = """
  tickets:
    when: open_tickets > 5
    severity: watch
    text: Tickets
    steps: [{do: Answer them., when: seats = 1}]
    also:
      - text: "Mind the {open_tickets} tickets."
      - {text: Never said., when: open_tickets > 50}
      - {text: Move them., human: false}
    takes_over: true
  rich: {when: contract_value >= 500, severity: info, text: Rich, also: [{text: Bring flowers.}]}
"""


@pytest.mark.parametrize(
    ("given", "queue", "step"),
    [
        ({"open_tickets": 7}, "rescue", "of the play. Mind the 7 tickets. Move them. Bring flowers."),
        ({"open_tickets": 5, "contract_value": 499}, "rescue", "of the play"),
        ({"open_tickets": 7, "seats": 1}, "rescue", "Answer them. Bring flowers."),  # its own step says it all
        ({"open_tickets": 7}, "rest", "of the play"),
    ],
)
def test_what_signals_have_to_add_comes_after_a_step_that_is_not_their_own(given, queue, step) -> None:
    assert judged(given, playbook_of(ADDING, queue))["next_step"] == step
