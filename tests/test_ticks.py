"""Ticks read back from where people make them, whatever else was changed there, and laid out as events."""

from datetime import date

import pytest

from csq.done.checklist import ticks_of_checklist
from csq.done.record import HEADER, TickDefaults, added, events_of, read_record, unknown_to
from csq.done.sheet import ticks_of_workbook
from csq.done.ticks import Said, Ticked
from csq.errors import InputError
from csq.plan.prescribe import steps_by_id
from csq.planned import PlannedStep, parse, week_of
from csq.playbook.load import load_playbook
from csq.terms import Tick
from sheets import workbook

TODAY = date(2026, 11, 26)
MONDAY = date(2026, 11, 16)
STEPS = steps_by_id(load_playbook(None).playbook)
HEAD = ("Rank", "Account", "Hours", "done", "note", "step")


def sheet(*rows, head=HEAD):
    """The ticks of a workbook: account, tick, note and what warnings say."""
    found = ticks_of_workbook(workbook([("This week",), (), head, *rows]), "week.xlsx", TODAY)
    return [
        (each.planned.account_id, each.said.tick, each.said.note, each.line) for each in found.ticked
    ], found.warnings


def listed(text, *, end="\n"):
    found = ticks_of_checklist(text.replace("\n", end).encode(), "dana.md", TODAY)
    return [
        (each.planned.account_id, each.said.tick, each.said.note, each.line) for each in found.ticked
    ], found.warnings


def a_step(account="A-1", step="case_study", week="2026-11-16"):
    return f"{account}/{step}/{week}"


def test_the_week_of_a_run_is_the_one_of_the_nearest_monday():
    # Friday 13 to Thursday 19 November plan the week of Monday 16.
    assert {week_of(date(2026, 11, day)) for day in range(13, 20)} == {MONDAY}
    assert week_of(date(2026, 11, 20)) == date(2026, 11, 23)


@pytest.mark.parametrize("account", ["A-1", "a/b", "00123", "Ünal & Söhne", "=1+1", "A`1", "x/y/2026-11-16"])
def test_an_id_is_read_back_as_what_it_stands_for(account):
    planned = PlannedStep(account, "case_study", MONDAY)
    assert parse(str(planned)) == planned


@pytest.mark.parametrize(
    "text", ["", "A-1", "A-1/case_study", "A-1/case_study/2026-02-31", "A-1/case study/2026-11-16"]
)
def test_other_text_is_no_id(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("cell", "tick"),
    [(word, Tick.DONE) for word in ("done", "Done ", "x", "X", "✓", "✔️", "yes", "TRUE", 1.0)]
    + [(word, Tick.TRIED) for word in ("tried", "Tried: no answer", "tried to reach them")]
    + [(word, Tick.NOT_NOW) for word in ("Not now", "not_now")]
    + [("no longer", Tick.NO_LONGER)],
)  # fmt: skip
def test_a_cell_is_ticked_in_any_of_the_ways_people_tick(cell, tick):
    ((account, found, _, line),), warnings = sheet((1.0, "Acme", 2.0, cell, None, a_step()))
    assert (account, found, line, warnings) == ("A-1", tick, 4, ())


@pytest.mark.parametrize("cell", [None, "", "  ", "no", "0", 0.0, "-"])
def test_what_says_no_is_no_tick(cell):
    told = "line 4 of `week.xlsx` has a note and no tick: it is not recorded"
    assert sheet((1.0, "Acme", 2.0, cell, None, a_step())) == ([], ())
    assert sheet((1.0, "Acme", 2.0, cell, "later maybe", a_step())) == ([], (told,))


@pytest.mark.parametrize(
    ("cell", "day", "note"),
    [
        ("2026-11-18", date(2026, 11, 18), ""),
        ("done 2026-11-18", date(2026, 11, 18), ""),
        ("done: 2026-11-18, by phone", date(2026, 11, 18), "by phone"),
        # A day as spreadsheets count: 46344 days after 30 December 1899.
        (46344.0, date(2026, 11, 18), ""),
        ("done: they liked it", None, "they liked it"),
        ("x - they liked it", None, "they liked it"),
    ],
)
def test_a_cell_may_tell_the_day_or_say_more(cell, day, note):
    (found,) = ticks_of_workbook(workbook([HEAD, (1.0, "", 2.0, cell, None, a_step())]), "w.xlsx", TODAY).ticked
    assert found.said == Said(Tick.DONE, note, day)


@pytest.mark.parametrize("cell", ["maybe", "done?", "18/11/2026", "2026-12-24", "doing", 7.0])
def test_a_cell_that_is_no_tick_is_asked_about_with_its_place(cell):
    with pytest.raises(InputError) as caught:
        sheet((1.0, "Acme", 2.0, "done", None, a_step()), (2.0, "Bolt", 1.0, cell, None, a_step("A-2")))
    assert str(caught.value.location) == "week.xlsx:5:4"
    assert caught.value.hint


def test_rows_may_be_sorted_and_columns_moved_or_put_between():
    rows = [(a_step("A-9"), "rang twice", "x", "mine", 9.0), (a_step("A-2"), None, None, "mine", 2.0)]
    assert sheet(*rows, head=("step", "note", "done", "Whose?", "Rank"))[0] == [("A-9", Tick.DONE, "rang twice", 4)]


def test_headings_may_be_renamed_where_one_column_alone_holds_ticks():
    rows = [(1.0, "Acme", 2.0, "done", "well", a_step()), (2.0, "Bolt", 1.0, None, None, a_step("A-2"))]
    found, warnings = sheet(*rows, head=("Rang", "Kunde", "Std", "erledigt", "note", "id"))
    assert (found, warnings) == ([("A-1", Tick.DONE, "well", 4)], ())


def test_two_columns_that_may_both_be_the_ticks_are_asked_about():
    rows = [("yes", "done", a_step())]
    with pytest.raises(InputError, match=r"columns A and B of .* may both be the ticks"):
        sheet(*rows, head=("Renewed?", "erledigt", "id"))
    # The heading settles it.
    assert sheet(*rows, head=("Renewed?", "done", "id"))[0] == [("A-1", Tick.DONE, "", 4)]


def test_a_tick_that_lost_its_id_is_told_with_its_line():
    _, (told,) = sheet((1.0, "Acme", 2.0, "x", None, a_step()), (2.0, "Bolt", 1.0, "x", None, None))
    assert told == "line 5 of `week.xlsx` is ticked and has lost its id: it is not recorded"


def test_a_workbook_without_planned_steps_is_refused():
    with pytest.raises(InputError, match="holds no planned steps"):
        sheet(("a", "b"))


CHECKLIST = """# Plan as of 2026-11-15

## Dana: 2 accounts

- [x] 1 **Acme** ● Advocates · `A-1/case_study/2026-11-16`
  - Why: usage high
  - Next: csm 2 h: Ask for a case study
- [ ] 2 **Bolt** ■ Underusers · `A-2/next_feature/2026-11-16`
  - Why: usage low

Check in, on accounts that tools look after:

- [X] Cog (A-3): Call (0.5 h) · `A-3/check_in/2026-11-16`
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ticked_lines_are_read_and_others_are_not(end):
    assert listed(CHECKLIST, end=end) == ([("A-1", Tick.DONE, "", 5), ("A-3", Tick.DONE, "", 13)], ())


@pytest.mark.parametrize(
    ("written", "tick", "note"),
    [
        ("` they will think about it\n", Tick.DONE, "they will think about it"),
        ("`: they will\n  think about it\n\n  Until May.\n", Tick.DONE, "they will; think about it; Until May."),
        ("`\n  - asked Eve\n  - Why: usage high\n    and growing\n  * and Bob\n", Tick.DONE, "asked Eve; and Bob"),
        ("` tried to reach them\n", Tick.TRIED, "tried to reach them"),
        ("` tried: no answer\n", Tick.TRIED, "no answer"),
        ("` not now, budget is frozen\n", Tick.NOT_NOW, "budget is frozen"),
        ("` no longer a customer\n", Tick.NO_LONGER, "no longer a customer"),
        ("`\n\nA line of its own is none of it.\n", Tick.DONE, ""),
    ],
)
def test_a_note_stands_behind_the_id_or_below(written, tick, note):
    text = f"- [x] 1 **Acme** · `{a_step()}{written}- [ ] 2 **Bolt** · `{a_step('A-2')}`\n"
    assert listed(text)[0] == [("A-1", tick, note, 1)]


@pytest.mark.parametrize(
    ("box", "tick", "day", "note"),
    [
        ("- [tried]", Tick.TRIED, None, ""),
        ("- [not now]", Tick.NOT_NOW, None, ""),
        ("- [no longer]", Tick.NO_LONGER, None, ""),
        ("- [x 2026-11-18]", Tick.DONE, date(2026, 11, 18), ""),
        ("- [done 2026-11-18]", Tick.DONE, date(2026, 11, 18), ""),
        ("- [2026-11-18]", Tick.DONE, date(2026, 11, 18), ""),
        ("-[x]", Tick.DONE, None, ""),
        ("> - [x]", Tick.DONE, None, ""),
        ("- \\[x\\]", Tick.DONE, None, ""),
    ],
)
def test_a_box_may_say_more_than_a_mark(box, tick, day, note):
    ticks = ticks_of_checklist(f"{box} 1 Acme `{a_step()}`\n".encode(), "dana.md", date(2026, 11, 20))
    assert [each.said for each in ticks.ticked] == [Said(tick, note, day)]


def test_a_day_behind_the_id_is_the_day_it_was_done():
    for written in ("done 2026-11-18", "2026-11-18", "Done 2026-11-18: they agreed"):
        ticks = ticks_of_checklist(f"- [x] 1 Acme `{a_step()}` {written}\n".encode(), "dana.md", date(2026, 11, 20))
        assert ticks.ticked[0].said.on == date(2026, 11, 18), written


def test_a_link_and_a_line_without_a_step_are_no_boxes():
    links = "- [the page](https://example.com)\n- [1](https://example.com)\n- [what we agreed] last week\n"
    text = f"- [ ] 1 Acme `{a_step()}`\n{links}"
    assert listed(text) == ([], ())


def test_a_note_without_a_tick_and_a_tick_without_an_id_are_told():
    text = f"- [ ] 1 Acme `{a_step()}` rang them\n- [x] 2 Bolt\n"
    assert listed(text) == ([], (
        "line 1 of `dana.md` has a note and no tick: it is not recorded",
        "line 2 of `dana.md` is ticked and has lost its id: it is not recorded",
    ))  # fmt: skip


def test_a_mark_that_nobody_can_understand_is_asked_about():
    with pytest.raises(InputError) as caught:
        listed(f"- [?] 1 Acme `{a_step()}`\n")
    assert str(caught.value.location) == "dana.md:1:4"


def events(step, tick=Tick.DONE, *, cause="", note="", account="A-1"):
    ticked = Ticked(PlannedStep(account, step, MONDAY), Said(tick, note), "week.xlsx", 7)
    return events_of(ticked, STEPS, {}, TickDefaults(TODAY, "Dana", cause))


@pytest.mark.parametrize(
    ("step", "tick", "kinds"),
    [
        ("find_cause", Tick.DONE, ["cause_found"]),  # its `done_by`
        ("decide_fit", Tick.DONE, ["step_done"]),  # it has none
        ("decide_fit", Tick.TRIED, ["step_tried"]),
        ("find_cause", Tick.NOT_NOW, ["step_not_now"]),
        ("find_cause", Tick.NO_LONGER, ["step_no_longer"]),
        ("case_study", Tick.DONE, ["case_study_done", "favour_asked"]),  # a favour counts as asked
        ("case_study", Tick.TRIED, ["step_tried", "favour_asked"]),  # also where nothing came of it
        ("case_study", Tick.NOT_NOW, ["step_not_now"]),
        ("product_advice", Tick.DONE, ["favour_asked"]),
        ("check_in", Tick.DONE, ["last_contact"]),
        ("gone_from_the_playbook", Tick.DONE, ["step_done"]),
    ],
)
def test_a_tick_is_the_event_of_its_step(step, tick, kinds):
    assert [each["kind"] for each in events(step, tick)] == kinds


def test_each_event_says_who_when_what_and_from_where():
    assert events("find_cause", cause="too_complex", note="asked Eve") == [
        {
            "account_id": "A-1", "date": "2026-11-26", "kind": "cause_found", "note": "asked Eve",
            "cause": "too_complex", "by": "Dana", "planned_step": "A-1/find_cause/2026-11-16", "source": "week.xlsx:7",
        }
    ]  # fmt: skip


def test_a_cause_that_another_step_found_is_an_event_of_its_own():
    own, found = events("decide_fit", cause="too_complex")
    assert (own["kind"], own["cause"], found["kind"], found["cause"]) == ("step_done", "", "cause_found", "too_complex")


def test_notes_that_a_spreadsheet_would_run_get_an_apostrophe():
    assert events("decide_fit", note="=1+1")[0]["note"] == "'=1+1"


def test_a_record_grows_and_what_stands_in_it_stays_to_the_byte():
    before = b""
    for account in ("A-1", "A-2", "A-2"):
        record = read_record(before, "csq-events.csv")
        ticked = Ticked(PlannedStep(account, "case_study", MONDAY), Said(Tick.DONE), "w.md", 1)
        for each in unknown_to(record, [ticked]):
            grown = before + added(record, events_of(each, STEPS, {}, TickDefaults(TODAY)))
            assert grown.startswith(before)
            before = grown
    lines = before.decode().splitlines()
    assert lines[0] == ",".join(HEADER)
    # Each a case study and the favour that it is; the second tick of A-2 is on record.
    assert [line.split(",")[0] for line in lines[1:]] == ["A-1", "A-1", "A-2", "A-2"]


PLANNED = "A-1/decide_fit/2026-11-16"
# As Excel saves it where commas are decimal: semicolons, CRLF, a byte order mark, no newline at the end.
EXCEL = "\ufeff" + ";".join(HEADER) + "\r\nA-9;1.2.2026;step_done;;;;;"
# Columns in another order, and one of somebody's own.
MOVED = "source,mine,account_id,kind,date,note,cause,by,planned_step\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (EXCEL, f"\r\nA-1;2026-11-26;step_done;;;;{PLANNED};w.md:1\r\n"),
        (MOVED, f"w.md:1,,A-1,step_done,2026-11-26,,,,{PLANNED}\n"),
    ],
)
def test_a_record_that_was_saved_otherwise_is_added_to_in_its_own_form(text, line):
    record = read_record(text.encode(), "e.csv")
    ticked = Ticked(PlannedStep("A-1", "decide_fit", MONDAY), Said(Tick.DONE), "w.md", 1)
    assert added(record, events_of(ticked, STEPS, {}, TickDefaults(TODAY))).decode() == line


def test_a_file_that_cannot_hold_ticks_is_refused_with_what_it_lacks():
    with pytest.raises(InputError, match="has no column `cause` and none `planned_step` and none `source`"):
        read_record(b"account_id,date,kind,note,by\n", "events.csv")
    with pytest.raises(InputError, match="not UTF-8"):
        read_record(b"account_id\n\xff\xfe\n", "events.csv")


def test_another_tick_of_a_step_is_another_event_and_the_same_one_is_not():
    ticks = [Tick.TRIED, Tick.DONE, Tick.TRIED, Tick.DONE]
    planned = PlannedStep("A-1", "case_study", MONDAY)
    record, text = read_record(b"", "e.csv"), b""
    for tick in ticks:
        new = unknown_to(record, [Ticked(planned, Said(tick), "w.md", 1)])
        text += (
            added(record, [each for one in new for each in events_of(one, STEPS, {}, TickDefaults(TODAY))])
            if new
            else b""
        )
        record = read_record(text, "e.csv")
    # Tried and then done; of one week that is one favour.
    kinds = [line.split(",")[2] for line in text.decode().splitlines()[1:]]
    assert kinds == ["step_tried", "favour_asked", "case_study_done"]
