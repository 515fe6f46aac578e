"""playbooks.yaml: read whole, refused with every fault in its place, shown, and made one's own."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csq.errors import ConfigError
from csq.plan.steps import general
from csq.playbook.document import WIDTH, lay_out
from csq.playbook.load import check_playbook, find_playbook, load_playbook
from csq.playbook.model import Playbook
from csq.playbook.names import names
from csq.playbook.text import check, fields, fill, say, spelled
from csq.schema import Kind
from csq.section import YamlSection
from csq.settings import model as settings_model
from csq.terms import Quadrant, Queue, Severity, Touch, Who
from small_playbook import ORDER, SMALL, small


def playbook(text: str) -> Playbook:
    found, problems = check_playbook(text, "p.yaml")
    assert not problems
    assert found is not None
    return found


def faults(text: str) -> list[str]:
    """Every fault as `path: message | hint`."""
    found, problems = check_playbook(text, "p.yaml")
    assert found is None
    return [" | ".join(filter(None, (f"{p.path}: {p.message}", p.hint))) for p in problems]


def places(text: str) -> list[str]:
    """Every fault as `line:column` and the part of the line that it underlines."""
    locations = [problem.location for problem in check_playbook(text, "p.yaml")[1]]
    return [f"{at.line}:{at.column} {(at.excerpt or '')[(at.column or 1) - 1 :][: at.width]}" for at in locations]


def test_the_built_in_playbook_has_no_faults_and_says_something_for_every_quadrant():
    found = load_playbook(None)
    assert found.label == "built in"
    for quadrant in Quadrant:
        entry = found.playbook.entry(quadrant)
        assert entry.reasons
        assert entry.risks
        assert len(entry.play.steps) > 1


def test_the_first_step_that_always_applies_is_in_every_play_of_the_built_in_playbook():
    for quadrant in Quadrant:
        assert load_playbook(None).playbook.entry(quadrant).play.steps[-1].when is None


def test_what_is_left_out_has_its_default():
    found = playbook(SMALL)
    (step,) = found.entry(Quadrant.AT_RISK).play.steps
    assert (step.who, step.human, step.hours, step.when, step.done_by) == (Who.CSM, True, 1.0, None, None)
    assert [(each.within_days, each.factor) for each in found.urgency] == [(90, 1.5), (180, 1.2)]
    assert (found.signal_weights.act, found.signal_weights.watch, found.signal_weights.info) == (3.0, 1.2, 1.0)
    assert (found.split.rescue, found.split.protect) == (0.8, 0.2)
    assert found.signals == {}
    assert found.custom == {}


def test_a_step_for_a_machine_takes_no_hours_and_no_person_unless_it_says_so():
    found = playbook(
        small(
            (
                "- do: Call them",
                "- {do: Mail, who: automation}\n        - {do: Read, who: automation, hours: 2, human: yes}",
            )
        )
    )
    first, second = found.entry(Quadrant.ADVOCATES).play.steps
    assert (first.human, first.hours) == (False, 0.0)
    assert (second.human, second.hours) == (True, 2.0)


def test_a_step_without_an_id_has_its_first_words_for_one_and_alike_ones_are_numbered():
    steps = """- {do: "Call them by name this week, unasked", id: call}
        - do: "Seats in use: {seat_use_pct} %. Ask who else there could use it"
        - do: "Call"
        - do: "Call"
        - do: "99 %\""""
    found = playbook(small(("- do: Call them", steps))).entry(Quadrant.ADVOCATES).play.steps
    assert [step.id for step in found] == ["call", "seats_in_use_ask_who_else", "call_2", "call_3", "step"]


def test_every_step_of_the_built_in_playbook_has_an_id_and_a_line_of_its_own():
    found = load_playbook(None).playbook
    entries = [found.entry(quadrant) for quadrant in Quadrant]
    lists = [each.play.steps for each in entries] + [each.steps for each in found.signals.values()]
    steps = [step for each in lists for step in each] + [each.qualify for each in entries if each.qualify]
    assert [step.do for step in steps if not step.short or "id" not in vars(step)] == []


def test_everything_that_can_be_said_is_understood():
    more = """
signals:
  champion_left:
    when: champion_left_days <= 90 AND csm_mood > 2
    severity: act
    text: "Champion left {champion_left_days} days ago"
    quadrants: {underusers: {severity: info, text: "Mood {csm_mood}"}}
    steps: [{do: "Call {owner}", who: executive, when: NOT willing, done_by: called}]
    risks: [{text: Nobody there}]
    mutes: [quiet]
  quiet: {when: idle_days > 30, severity: watch, text: Quiet}
urgency: [{within_days: 30, factor: 3}]
signal_weights: {act: 4}
split: {rescue: 0.5, protect: 0.5}
facts: {csm_mood: number, on_legacy_plan: bool, tried: date}
"""
    gate = "play:\n      headline: Do it"
    found = playbook(small((gate, f"gate: [{{need: a good fit, when: fit = 'good'}}]\n    {gate}"), more=more))
    signal = found.signals["champion_left"]
    assert signal.severity is Severity.ACT
    assert signal.quadrants[Quadrant.UNDERUSERS].severity is Severity.INFO
    assert signal.steps[0].done_by == "called"
    assert signal.mutes == ("quiet",)
    assert found.entry(Quadrant.ADVOCATES).gate[0].need == "a good fit"
    assert found.entry(Quadrant.ADVOCATES).queue is Queue.REST
    assert (found.signal_weights.act, found.signal_weights.watch) == (4.0, 1.2)
    assert found.custom == {"csm_mood": Kind.NUMBER, "on_legacy_plan": Kind.BOOL, "tried": Kind.DATE}


def test_words_that_other_readers_take_for_something_else_stay_text():
    found = playbook(small(("label: advocates", "label: no"), ("do: Call them", "do: 12:30")))
    assert found.quadrants.advocates.label == "no"
    assert found.quadrants.advocates.play.steps[0].do == "12:30"


PLAY = "quadrants.advocates.play"
STEP = f"{PLAY}.steps[1]"
WHO = "one of `csm`, `support`, `product`, `sales`, `executive`, `automation`"
QUADRANT = "one of `advocates`, `frustrated`, `at_risk`, `underusers`, `unknown`"
OWN = "is a column of csq's own | leave it out to use csq's, or give yours another name"


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (
            ("label: advocates", "labell: x"),
            ["quadrants.advocates.labell: unknown key `labell` | did you mean `label`?"],
        ),
        (("label: advocates", "label:"), ["quadrants.advocates.label: `label` is blank"]),
        (
            ("queue: rest", "queue: resuce"),
            [
                "quadrants.advocates.queue: `queue` must be one of `rescue`, `protect`, `rest`, not `resuce` "
                "| did you mean `rescue`?"
            ],
        ),
        (("weight: 1", "weight: -1"), ["quadrants.advocates.weight: `weight` must be above 0, not `-1`"]),
        (("weight: 1", "weight: heavy"), ["quadrants.advocates.weight: `weight` must be a number, not `heavy`"]),
        (("- do: Call them", "[]"), [f"{PLAY}.steps: `steps` is empty"]),
        (
            ("- do: Call them", "Call them"),
            [f"{PLAY}.steps: `steps` must be a list, each entry after `- `, not `Call them`"],
        ),
        (
            ("- do: Call them", "- Call them"),
            [f"{STEP}: `steps` must be a group of `key: value` lines, not `Call them`"],
        ),
        (
            ("do: Call them", "{do: x, who: cms}"),
            [f"{STEP}.who: `who` must be {WHO}, not `cms` | did you mean `csm`?"],
        ),
        (("do: Call them", "{do: x, hours: -1}"), [f"{STEP}.hours: `hours` must be at least 0, not `-1`"]),
        (("do: Call them", "{do: x, human: maybe}"), [f"{STEP}.human: `human` must be `true` or `false`, not `maybe`"]),
        (
            ("do: Call them", "{do: x, done_by: First Effort}"),
            [f"{STEP}.done_by: `First Effort` is not a name | write `first_effort`"],
        ),
        (
            ("do: Call them", "{do: x, when: seets > 5}"),
            [f"{STEP}.when: unknown column `seets` | did you mean `seats`?"],
        ),
        (
            ("do: Call them", "{do: x, when: willing = NULL}"),
            [f"{STEP}.when: `= NULL` never holds: nothing equals NULL | write IS NULL"],
        ),
        (
            ("do: Call them", "do: Ask about {xyz}"),
            [f"{STEP}.do: unknown fact `xyz` in braces | declare it under `facts:` if `xyz` is a column of yours"],
        ),
        (
            ("do: Call them", "do: Ask about {nextfeature}"),
            [f"{STEP}.do: unknown fact `nextfeature` in braces | did you mean `next_feature`?"],
        ),
        (
            ("do: Call them", "do: Ask about next_feature}"),
            [f"{STEP}.do: a `}}` that belongs to no name | write `}}}}` for a brace itself"],
        ),
        (("do: Call them", "do: 'Lacks {missing}'"), [f"{STEP}.do: `missing` is a list: a text cannot name it"]),
        (
            ("headline: Do it", "headline: 'Call {owner}'"),
            [f"{PLAY}.headline: `{{owner}}` would be printed as it stands: braces are filled in `do` and `text` only"],
        ),
        (("order: [advocates, ", "order: ["), ["order: the order lacks `advocates` | name every quadrant once"]),
        (
            ("order: [advocates, ", "order: [unknown, "),
            ["order: the order lacks `advocates` and repeats `unknown` | name every quadrant once"],
        ),
        (
            ("order: [advocates, ", "order: [champions, "),
            [f"order[1]: `order` must be {QUADRANT}, not `champions`"],
        ),
        (
            ("- do: Call them", "- {do: Call, id: call}\n        - {do: Mail, id: call}"),
            [f"{PLAY}.steps: two steps have the id `call` | give one of them another"],
        ),
        (
            ("do: Call them", f"{{do: x, short: {'a' * 81}}}"),
            [f"{STEP}.short: `short` has 81 characters, of at most 80"],
        ),
        ((ORDER, ""), ["order: `order` is missing"]),
        (
            ("  advocates:\n    label", "  advocats:\n    label"),
            ["quadrants.advocats: unknown key `advocats` | did you mean `advocates`?"],
        ),
    ],
)
def test_a_mistake_in_a_quadrant_is_told_with_the_nearest_thing_allowed(swap, expected):
    assert faults(small(swap)) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            "facts: {csm_mood: numbr}",
            [
                "facts.csm_mood: `csm_mood` must be one of `number`, `text`, `bool`, `date`, not `numbr` "
                "| did you mean `number`?"
            ],
        ),
        (
            "facts: {seats: number}",
            [f"facts.seats: `seats` {OWN}"],
        ),
        (
            "facts: {priority: number}",
            [f"facts.priority: `priority` {OWN}"],
        ),
        (
            "facts: {event_x_days: number}",
            [f"facts.event_x_days: `event_x_days` {OWN}"],
        ),
        ("facts: {CSM Mood: number}", ["facts.CSM Mood: `CSM Mood` is not a name | write `csm_mood`"]),
        ("split: {rescue: 0.5, protect: 0.4}", ["split: rescue and protect add up to 0.9, not to 1"]),
        (
            "split: {rescue: 1.5, protect: -0.5}",
            [
                "split.rescue: `rescue` must be at most 1, not `1.5`",
                "split.protect: `protect` must be at least 0, not `-0.5`",
            ],
        ),
        (
            "urgency: [{within_days: 9, factor: 2}, {within_days: 3, factor: 3}]",
            ["urgency: a line of `urgency` is never reached | put the fewest days first"],
        ),
        ("signals: {a: {when: seats > 1, severity: act}}", ["signals.a.text: `text` is missing"]),
        (
            "signals: {a: {when: seats > '1', severity: act, text: x}}",
            [
                "signals.a.when: `seats` is a number and `'1'` is text: they cannot be compared "
                "| numbers stand without quotes, text in single quotes"
            ],
        ),
        (
            "signals: {a: {when: seats > 1, severity: act, text: x, mutes: [a]}}",
            ["signals.a.mutes[1]: a signal cannot mute itself"],
        ),
        (
            "signals:\n  quiet: {when: willing, severity: act, text: x}\n"
            "  a: {when: willing, severity: act, text: x, mutes: [quite]}",
            ["signals.a.mutes[1]: there is no signal `quite` | did you mean `quiet`?"],
        ),
        (
            "signals: {a: {when: willing, severity: act, text: x, quadrants: {at_rsk: {}}}}",
            [f"signals.a.quadrants.at_rsk: `at_rsk` must be {QUADRANT}, not `at_rsk` | did you mean `at_risk`?"],
        ),
        ("singals: {}", ["singals: unknown key `singals` | did you mean `signals`?"]),
    ],
)
def test_a_mistake_elsewhere_is_told_with_the_nearest_thing_allowed(more, expected):
    assert faults(small(more=more)) == expected


def test_all_mistakes_are_told_at_once_each_at_its_place():
    text = small(
        ("weight: 1", "weight: none"),
        (
            "do: Call them",
            "do: >-\n            Ask for {owner},\n            then {ownr}\n          when: seats > 5 AND fit = 5",
        ),
        more="facts: {seats: number}\nsplit: {rescue: 2}\n",
    )
    assert places(text) == ["7:13 none", "13:18 {ownr}", "14:37 5", "55:9 seats", "56:17 2"]


def test_a_fault_in_a_folded_condition_is_found_on_its_own_line():
    text = small(
        (
            "do: Call them",
            "do: x\n          when: >-\n            (seats > 5 OR willing)\n            AND fitt = 'good'",
        )
    )
    assert places(text) == ["14:17 fitt"]


def test_a_text_has_room_for_two_thousand_characters_and_of_its_faults_a_longer_one_tells_that_alone():
    assert len(playbook(small(("do: Call them", f"do: {'x' * 2_000}"))).quadrants.advocates.play.steps[0].do) == 2_000
    assert faults(small(("do: Call them", f"do: x{' {xyz}' * 500}"))) == [
        f"{STEP}.do: a text of 3,001 characters, of at most 2,000"
    ]
    assert faults(small(("means: What", f"means: {'What ' * 500}")))[0].endswith("of at most 2,000")


@pytest.mark.parametrize(("count", "more"), [(1_000, []), (1_001, ["there are more faults of texts"])])
def test_of_very_many_faults_of_texts_the_first_thousand_are_told_and_that_there_are_more(count, more):
    steps = "".join(f"        - do: Ask {number} {{xyz}}\n" for number in range(count))
    found = faults(small(("        - do: Call them\n", steps)))
    assert len(found) == 1_000 + len(more)
    assert [each for each in more if each not in found[0]] == []


def test_a_custom_fact_can_be_used_in_conditions_and_braces():
    text = small(("do: Call them", "{do: 'Mood {csm_mood}', when: csm_mood > 2}"), more="facts: {csm_mood: number}\n")
    assert playbook(text).quadrants.advocates.play.steps[0].when == "csm_mood > 2"


def test_a_condition_too_many_is_a_fault_and_no_crash():
    (fault,) = faults(small(("do: Call them", f"{{do: x, when: {'willing AND ' * 1_700}willing}}")))
    assert "a condition of 20,407 characters, of at most 1,000" in fault


def test_a_run_refuses_a_playbook_with_faults_and_carries_them_all():
    Path("p.yaml").write_text(small(("weight: 1", "weight: 0"), ("queue: rest", "queue: now")))
    with pytest.raises(ConfigError) as caught:
        load_playbook(Path("p.yaml"))
    assert caught.value.message == "2 faults in `p.yaml`"
    assert [problem.code for problem in caught.value.problems] == ["playbook/not-a-choice", "playbook/out-of-range"]


def test_what_was_read_is_named_and_fingerprinted():
    Path("p.yaml").write_text(SMALL)
    loaded = load_playbook(Path("p.yaml"))
    assert (loaded.label, loaded.sha256) == ("p.yaml", hashlib.sha256(SMALL.encode()).hexdigest())


def test_the_playbook_named_wins_then_that_of_the_settings_then_those_found():
    flag, told, inputs, here = Path("f.yaml"), Path("s.yaml"), Path("in"), Path()
    inputs.mkdir()
    assert find_playbook(None, None, inputs, here) is None
    Path("playbooks.yaml").touch()
    assert find_playbook(None, None, inputs, here) == Path("playbooks.yaml")
    (inputs / "playbooks.yaml").touch()
    assert find_playbook(None, None, inputs, here) == Path("in/playbooks.yaml")
    assert find_playbook(None, told, inputs, here) == told
    assert find_playbook(flag, told, inputs, here) == flag


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{features_used} of {features_available} features", "3 of 1,200.5 features"),
        ("left on {start_date}", "left on 2026-01-31"),
        ("{owner}: {nothing}, {absent}", ""),
        # An unknown fact leaves its sentence out, or the part in brackets that names it.
        ("Call them. {nothing} tickets. Ask why", "Call them. Ask why"),
        ("Call[, {nothing} days on][: {seats} seats]. Ask", "Call: 40 seats. Ask"),
        ("[{nothing} days since. ]Call[ by {start_date}.]", "Call by 2026-01-31."),
        ("See [this] and [{{that}}]", "See [this] and {that}"),
        # The sign turned, and one of what is counted.
        ("down {-change} points, up {change} %", "down 20.5 points, up -20.5 %"),
        ("{one} days, {one} dayshift, {-minus_one} points", "1 day, 1 dayshift, 1 point"),
        # The day itself, and names out of a list as words; those of the data stay as they are.
        ("Due in {zero} days, met {zero} days ago, quiet for {zero} days", "Due today, met today, quiet for 0 days"),
        ("Due in {one} days, on day {zero}0 days", "Due in 1 day, on day 00 days"),
        ("{lowest_role}, {cause}, {next_feature}", "decision maker, no time, export_csv"),
        ("{is_reference} {willing}", "yes no"),
        ("{contract_value}", "12,000"),
        ("{ seats }", "40"),
        ("{{seats}} {{", "{seats} {"),
        ("{seats.__class__} {0} {seats!r:>9}", ""),
    ],
)
def test_braces_are_filled_with_facts_and_reach_nothing_else(template, expected):
    row = {
        "features_used": 3,
        "features_available": 1200.4999,
        "start_date": date(2026, 1, 31),
        "owner": "Ann {seats}",
        "nothing": None,
        "is_reference": True,
        "willing": False,
        "contract_value": Decimal("12000.00"),
        "seats": 40,
        "change": -20.5,
        "one": 1,
        "minus_one": -1.0,
        "zero": 0,
        "lowest_role": "decision_maker",
        "cause": "no_time",
        "next_feature": "export_csv",
    }
    assert fill(template, row) == expected


def test_where_nothing_would_be_left_of_a_text_it_is_kept_with_a_word_for_what_is_not_known():
    assert spelled("Write to {owner}[ in {days} days]", {}) == "Write to unknown in unknown days"
    assert spelled("Write to {owner}", {}, unknown="…") == "Write to …"
    assert spelled("Write. {owner} knows", {}) == "Write."


def test_no_text_of_the_built_in_playbook_shows_a_gap_where_it_is_worded_for_nobody_in_particular():
    found = load_playbook(None).playbook
    entries = [found.entry(quadrant) for quadrant in Quadrant]
    steps = [step for each in entries for step in each.play.steps] + [e.qualify for e in entries if e.qualify]
    steps += [step for each in found.signals.values() for step in each.steps]
    texts = [each.do for step in steps for each in (step, *map(step.for_touch, Touch))]
    texts += [risk.text for each in (*entries, *found.signals.values()) for risk in each.risks]
    texts += [more.text for each in found.signals.values() for more in each.also]
    for signal in found.signals.values():
        texts += [signal.text, *(each.text for each in signal.quadrants.values() if each.text)]
    assert [text for text in map(general, texts) if not text or set(text) & set("…[]{}")] == []
    # A key that stands too far in is read as part of the text above it.
    assert [text for text in texts if re.search(r"\b(when|do|kind|who|hours|done_by): ", text)] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.04, "0"),
        (-0.04, "0"),
        (0.06, "0.1"),
        (1e6, "1,000,000"),
        (float("nan"), "unknown"),
        (float("inf"), "unknown"),
    ],
)
def test_numbers_are_written_as_in_a_sentence(value, expected):
    assert say(value) == expected


@given(st.text(alphabet="{}[]ab_- "))
def test_a_text_without_faults_is_filled_without_a_brace_left_that_was_not_asked_for(template):
    known = names({"a": Kind.NUMBER, "b": Kind.TEXT})
    if not check(template, known):
        assert set(fields(template)) <= {"a", "b"}
        assert spelled(template, {"a": 1, "b": "x"}).count("{") == template.count("{{")


@given(st.text())
def test_any_text_as_a_playbook_ends_in_faults(text):
    assert check_playbook(text, "p.yaml")[1]


def test_every_key_of_both_files_has_a_description():
    assert settings_model.Settings in YamlSection.__subclasses__()
    undescribed = [
        f"{model.__name__}.{name}"
        for model in YamlSection.__subclasses__()
        for name, field in model.KEYS.items()
        if not field.description
    ]
    assert undescribed == []


def test_a_quadrant_is_laid_out_whole_within_eighty_columns():
    found = load_playbook(None).playbook
    for quadrant in Quadrant:
        text = lay_out(found, quadrant)
        assert max(len(line) for line in text.splitlines()) <= WIDTH
        entry = found.entry(quadrant)
        said = " ".join(text.split())
        parts = [entry.label, entry.means, *(each.reason for each in entry.reasons), entry.play.headline]
        parts += [
            part for step in entry.play.steps for part in (step.do, step.when or "", step.done_by or "", step.who)
        ]
        parts += [part for risk in entry.risks for part in (risk.text, risk.when or "")]
        assert [part for part in parts if " ".join(part.split()) not in said] == []
