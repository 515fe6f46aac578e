import re
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from csq.render import Format, Options, Selection, prose, render
from csq.render.clean import clean
from csq.render.terminal.layout import PageWidth, fitted, painted, wrapped
from csq.report import Cut, Gap, Note, PrintedStep, Report
from csq.terms import Axis, NoteKind, Quadrant, Who
from factories import AWKWARD, accounts, play, report
from golden_files import EMPTY

ANSI = re.compile(r"\x1b\[(1|31|32|35|36|0)m")
WIDTHS = [60, 72, 80, 100, 120, 200]
HOSTILE = (
    "[red]x[/] :skull: \x1b[31m\x1b]8;;http://x\x07y\x1b\\ \x9b2J\x90 "
    "a\u202eb\u2066c\u200dd\u00ade\ue000 \r\n\tz\x00\x7f"
)


def page(made: Report, **options: object) -> str:
    """All there is; `whole=False` for the first screen."""
    return render(made, Format.TERMINAL, Options(**{"whole": True, **options})).decode()


def line_with(text: str, start: str) -> str:
    (found,) = (line for line in text.split("\n") if line.startswith(start))
    return found


def hostile(made: Report) -> Report:
    """The report with hostile text wherever text can come from a file."""
    table = made.accounts.with_columns(
        pl.lit(HOSTILE).alias(name) for name in ("account_id", "account_name", "owner", "next_step", "unknown_reason")
    )
    return made._replace(
        accounts=table,
        as_of_source=HOSTILE,
        currency="\x1b[1mEUR",
        settings_label=HOSTILE,
        playbook_label=HOSTILE,
        pinned=HOSTILE,
        sources=tuple(source._replace(label=HOSTILE) for source in made.sources),
        cuts=tuple(
            cut._replace(tier=HOSTILE + str(at), at=float(at), note=HOSTILE) for at, cut in enumerate(made.cuts)
        ),
        gaps=tuple(gap._replace(text=HOSTILE) for gap in made.gaps),
        notes=tuple(Note(kind=kind, text=HOSTILE) for kind in NoteKind),
        plays=tuple(
            each._replace(
                label=HOSTILE,
                means=HOSTILE,
                headline=HOSTILE,
                steps=tuple(step._replace(do=HOSTILE) for step in each.steps),
                risks=(HOSTILE,),
            )
            for each in made.plays
        ),
    )


@pytest.mark.parametrize("width", [*WIDTHS, None])
def test_nothing_from_the_data_acts_on_the_terminal(width):
    text = page(hostile(report()), width=width, fields=("owner", "segment"), selection=Selection(owner=(HOSTILE,)))
    assert not [character for character in text.replace("\n", "") if not character.isprintable()]
    assert "[red]x[/] :skull:" in text


@pytest.mark.parametrize("width", [*WIDTHS, None])
@pytest.mark.parametrize("made", [report(), EMPTY, hostile(report())], ids=["awkward", "empty", "hostile"])
def test_colour_adds_codes_and_nothing_else(made, width):
    coloured = page(made, width=width, colour=True)
    assert ANSI.sub("", coloured) == page(made, width=width)
    assert "\x1b" not in ANSI.sub("", coloured)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "made", [report(pinned=""), EMPTY, hostile(report(pinned=""))], ids=["awkward", "empty", "hostile"]
)
def test_no_line_is_wider_than_the_terminal(made, width):
    text = page(made._replace(pinned=""), width=width, fields=("csat_by_role",))
    assert max(cell_len(line) for line in text.split("\n")) <= width


def test_a_very_narrow_terminal_gets_the_narrowest_page():
    assert page(report(), width=12) == page(report(), width=60)


def test_off_a_terminal_nothing_is_cut_or_wrapped():
    text = page(report())
    assert "…" not in text
    row = line_with(text, "  7    ")
    assert AWKWARD[6]["account_name"] in row
    assert row.endswith("→ Ask why they are not in the usage export")


def test_only_names_are_cut_and_the_id_stays_whole():
    row = {"account_id": "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "account_name": "A name of some length " * 3}
    assert row["account_id"] in page(report(accounts=accounts(row)), width=60)
    nameless = page(report(accounts=accounts({**row, "account_name": None})), width=60)
    assert row["account_id"] in nameless


def test_the_head_says_as_of_when_and_over_what():
    text = page(report(), width=100)
    assert text.startswith("Triage as of 2026-11-16 (newest usage date)\n8 accounts, 1.3 M EUR a year; 2 without a")
    assert "usage.csv: 12,045 rows, 12,040 used, 5 set aside" in text
    assert "2026-10-20 to 2026-11-16, 28 days" in text
    assert "happiness  70 (3.8 of 5, 7 of 10)\n" in text
    assert "at the cut is high" in text


def test_cuts_that_differ_are_named_by_tier():
    cuts = tuple(
        Cut(axis=Axis.USAGE, tier=tier, at=at, method=method, scored=12, note=note)
        for tier, at, method, note in (
            ("top", 54.2143, "median", None),
            ("mid", 48.5, "median", "under 10"),
            ("low", 40.0, "number", "under 10"),
        )
    )
    line = line_with(page(report(cuts=cuts)), "High from   usage")
    assert line.endswith(
        "54.2 in top (n 12), 48.5 in mid (n 12) (median: half of each tier is high by construction; "
        "pin the cuts to see shares move); 40 in low; mid, low: under 10"
    )


def test_without_any_contract_value_the_page_says_that_nothing_is_weighted():
    made = report(accounts=accounts({"contract_value": None}), weighted=False, gaps=(), signals=())
    text = page(made, width=80)
    assert "1 account; nothing is weighted, because no contract value is known" in text
    narrow = page(made, width=60).splitlines()
    assert narrow[1:3] == ["1 account", "nothing is weighted, because no contract value is known"]
    assert "EUR" not in text
    assert "%" not in text
    assert "value" not in line_with(text, "  #")


def test_without_dates_the_page_says_so():
    text = page(report(as_of=None, as_of_source="no dates", windows=()), width=80)
    assert text.startswith("Triage without dates\n")


def test_the_grid_has_usage_from_left_to_right_and_happiness_from_bottom_to_top():
    lines = page(report(), width=80).split("\n")
    top = next(number for number, line in enumerate(lines) if "usage low" in line)
    assert lines[top].index("usage low") < lines[top].index("usage high")
    high, low = (line for line in lines if line.startswith(" happiness"))
    assert high.split("│")[1:3] == [f" {name:<26} " for name in ("■ Underusers, 1 account", "● Advocates, 2 accounts")]
    assert low.split("│")[1:3] == [f" {name:<26} " for name in ("▲ At risk, 1 account", "◆ Frustrated, 2 accounts")]
    assert lines[lines.index(high) + 1].startswith("      high")
    assert lines[lines.index(low) + 1].startswith("       low")


def test_each_cell_has_its_accounts_value_share_and_borderline_ones():
    lines = page(report(), width=80).split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith(" happiness"))
    advocates = [line.split("│")[2].strip() for line in lines[first : first + 4]]
    assert advocates == ["● Advocates, 2 accounts", "1.2 M EUR · 96 %", "━" * 25, "1 borderline"]


def test_what_is_not_known_is_told_with_its_reason_and_worth():
    gap = Gap(reason="no_answer", text="asked, and nobody answered", accounts=1204, contract_value=Decimal("88000.4"))
    for width in (60, 80, None):
        assert "\n1,204  88 k EUR  asked, and nobody answered\n" in page(report(gaps=(gap,)), width=width)
    assert "  1,204  88 k EUR  asked, and nobody answered\n" in page(report(gaps=(gap,)), width=120)
    assert "Not known: nothing" in page(report(gaps=()), width=80)


def test_quadrants_come_in_the_order_of_attack():
    order = list(reversed(Quadrant))
    text = page(report(plays=tuple(play(quadrant, label=f"The {quadrant}") for quadrant in order)), width=80)
    assert re.findall(r"^\S The (\S+)", text, re.MULTILINE) == order


def test_a_play_has_numbered_steps_with_who_and_for_how_long():
    text = page(report(), width=80)
    assert "  Play: Talk to them, and then do one thing\n  1  csm 1 h        Ask how it is going\n" in text
    assert "  2  product 2.5 h  Mend what is broken, and say so\n" in text
    assert "  3  automated      Send the monthly summary\n\n  Risks\n  !  They are asked too often\n" in text


def test_a_step_done_by_a_machine_is_told_from_one_done_by_a_person():
    steps = (
        PrintedStep(do="one", who=Who.PRODUCT, human=False, hours=3.0),
        PrintedStep(do="two", who=Who.SALES, human=True, hours=None),
        PrintedStep(do="three", who=Who.EXECUTIVE, human=True, hours=0.0),
    )
    text = page(report(accounts=accounts({}), plays=(play(Quadrant.ADVOCATES, steps=steps),)))
    assert re.findall(r"^  \d  (.+?)  +(\w+)$", text, re.MULTILINE) == [
        ("product, automated", "one"),
        ("sales", "two"),
        ("executive", "three"),
    ]


def test_long_text_hangs_under_where_it_began():
    made = report(accounts=accounts({}), plays=(play(Quadrant.ADVOCATES, risks=("word " * 30,)),))
    lines = page(made, width=60).split("\n")
    first = lines.index(line_with("\n".join(lines), "  !  word"))
    assert lines[first + 1].startswith("     word")


def test_an_account_row_says_where_it_stands_and_what_is_next():
    row = {
        "account_name": "Globex",
        "account_id": "C-7",
        "contract_value": Decimal(1204500),
        "happiness_score": 68.1,
        "happiness_margin": -1.9,
        "borderline": True,
        "evidence": "thin",
        "silence": "stale",
    }
    lines = page(report(accounts=accounts(row)), width=80).split("\n")
    at = lines.index(line_with("\n".join(lines), "  1 ~"))
    assert lines[at].split() == [
        "1",
        "~",
        "Globex",
        "C-7",
        "1,204,500",
        "EUR",
        "71.2",
        "+21.2",
        "68.1",
        "(4",
        "answers)",
        "-1.9",
    ]
    assert [line.strip() for line in lines[at + 1 : at + 3]] == [
        "thin evidence, stale answers",
        "→ Write a thank-you note",
    ]


@pytest.mark.parametrize(("words", "is_beside"), [(15, True), (30, False)])
def test_on_a_wide_page_the_next_step_stands_beside_the_row_if_two_lines_hold_it(words, is_beside):
    made = report(accounts=accounts({"account_name": "Globex", "next_step": "word " * words}))
    lines = page(made, width=120).split("\n")
    row = [number for number, line in enumerate(lines) if "Globex" in line][1]
    assert ("→" in lines[row]) is is_beside
    first = lines[row if is_beside else row + 1]
    following = lines[row + 1 if is_beside else row + 2]
    assert first.index("word") == following.index("word")


def test_an_unknown_score_is_called_unknown_with_the_reason_once():
    row = {"happiness_score": None, "happiness_margin": None, "quadrant": "unknown"}
    why = {"unknown_reason": "happiness: never_asked", "silence": "never_asked"}
    text = page(report(accounts=accounts({**row, **why})))
    assert re.search(r"Account 1 .+ 71\.2 \+21\.2 +unknown  happiness: never asked  →", text)


def test_five_accounts_a_quadrant_are_shown_unless_top_says_otherwise():
    made = report(accounts=accounts(*[{}] * 7, {"quadrant": "at_risk"}))

    def shown(**selection: object) -> list[str]:
        return re.findall(r"A-\d", page(made, width=80, selection=Selection(**selection)))

    assert shown() == ["A-1", "A-2", "A-3", "A-4", "A-5", "A-8"]
    assert "\n  2 more; `--top N` shows N of each quadrant\n" in page(made, width=80)
    assert shown(top=1) == ["A-1", "A-8"]
    assert shown(top=0) == []
    assert len(shown(top=99)) == 8
    assert shown(top=1, sort="-account_id") == ["A-7", "A-8"]


def test_filters_hide_accounts_and_leave_the_grid_alone():
    whole = page(report(), width=80)
    part = page(report(), width=80, selection=Selection(quadrant=("at_risk",), owner=("Ann Lee",)))
    assert "Shown: only quadrant at_risk, owner Ann Lee; totals and cuts" in part
    grid = whole[whole.index("┌") : whole.index("Not known")]
    assert grid in part
    assert re.findall(r"^\S (.+?) ─", part, re.MULTILINE) == ["At risk"]


def test_a_quadrant_without_a_selected_account_has_no_play():
    made = report(accounts=accounts({"owner": "Ann"}, {"owner": "Bob", "quadrant": "at_risk"}))
    text = page(made, width=80, selection=Selection(owner=("Bob",)))
    assert text.count("none of the selected accounts") == 1
    assert text.count("  no account\n") == 3
    assert text.count("Play") == 1


def test_fields_are_shown_under_the_account():
    made = report(accounts=accounts({"csat_mean": 66.66666, "mood": None}, {"csat_mean": 50.0, "mood": "good"}))
    text = page(made, width=80, fields=("csat_mean", "mood", "rank"))
    assert "CSAT mean: 66.6667, Mood: unknown\n" in text
    assert "CSAT mean: 50, Mood: good\n" in text


def test_notes_come_by_kind_and_pinned_lines_stand_as_they_are():
    text = page(report(), width=80)
    titles = [text.index(title) for title in ("\nChosen", "\nSet aside", "\nUnmatched")]
    assert titles == sorted(titles)
    assert text.endswith("\n\nthresholds:\n  usage: {at: {all: 50}}\n  happiness: {at: 70}\n")


def test_every_kind_of_note_is_shown():
    text = page(report(notes=tuple(Note(kind=kind, text=f"about {kind}") for kind in NoteKind)), width=80)
    assert re.findall(r"·  about (.+)", text) == list(NoteKind)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1204500", "1,204,500 EUR"),
        ("1000.50", "1,001 EUR"),
        ("999.99", "1,000 EUR"),
        ("5.50", "6 EUR"),
        ("0.40", "<1 EUR"),
        ("0", "0 EUR"),
    ],
)
def test_the_money_of_an_account_is_whole(value, text):
    assert prose.money(Decimal(value), "EUR") == text
    assert prose.money(Decimal(value)) == text.removesuffix(" EUR")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("9999.4", "9,999"),
        ("10000", "10 k"),
        ("345678", "346 k"),
        ("999499", "999 k"),
        ("999500", "1.0 M"),
        ("1249999", "1.2 M"),
        ("99949999", "99.9 M"),
        ("123456789", "123 M"),
        ("12345678901", "12,346 M"),
    ],
)
def test_a_sum_is_told_in_the_unit_it_is_spoken_in(value, text):
    assert prose.total(Decimal(value)) == text
    assert prose.total(Decimal(value), "EUR") == f"{text} EUR"


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (0.0, "0 %"),
        (0.0004, "<1 %"),
        (0.6, "<1 %"),
        (1.4, "1 %"),
        (52.5, "52 %"),
        (99.4, ">99 %"),
        (99.99, ">99 %"),
        (100.0, "100 %"),
    ],
)
def test_a_share_is_none_or_all_only_when_it_is(percent, text):
    assert prose.share(percent) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (70.0, "70.0"),
        (69.96, "69.9"),
        (69.9999, "69.9"),
        (70.04, "70.1"),
        (71.26, "71.3"),
        (99.96, "99.9"),
        (0.04, "0.1"),
    ],
)
def test_a_score_is_never_shown_on_the_wrong_side_of_its_cut(value, text):
    assert prose.score(value, edges=(0.0, 100.0, 70.0)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "+0.0"), (-0.04, "-0.1"), (4.96, "+4.9"), (5.0, "+5.0"), (-19.26, "-19.3")]
)
def test_a_margin_is_never_shown_as_none_or_as_no_longer_borderline(value, text):
    assert prose.score(value, edges=(0.0, 5.0, -5.0), signed=True) == text


@given(st.decimals(0, 100, places=4), st.decimals(0, 100, places=4))
def test_a_shown_score_is_high_exactly_when_the_score_is(score, cut):
    shown = float(prose.score(float(score), edges=(float(cut),)))
    assert (shown >= float(f"{cut:.1f}")) == (score >= cut)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Zoë & 山田 🇩🇪 ❤️ שלום", "Zoë & 山田 🇩🇪 ❤️ שלום"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\tb\r\nc\u00a0d\u2028e", "a b  c d e"),
        ("a\u202eb\u2067c\x9bd\x00e\u00adf\ufeffg", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg"),
        ("👩\u200d💻 नि\u200cव", "👩\u200d💻 नि\u200cव"),
        ("A\u200d1", "A\ufffd1"),
        ("\ud800", "\ufffd"),
    ],
)
def test_text_is_made_safe_to_print(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(2, 30))
def test_wrapping_keeps_every_word_and_the_width(text, width):
    lines = wrapped(text, width)
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "").replace("\u3000", "")


@given(st.text(), st.integers(2, 30), st.booleans())
def test_fitted_text_is_exactly_as_wide_as_asked(text, width, right):
    assert cell_len(fitted(text, width, right=right)) == width


FIGURES = (
    ("Step", "Planned times", "Done"),
    ("Open the renewal: what did they gain, what should next year bring them?", "1,204", "17"),
    ("Say thank you", "6", "0"),
)


@pytest.mark.parametrize(("width", "head"), [(94, "Planned times  Done"), (93, "Planned  Done"), (60, "Planned  Done")])
def test_figures_stay_in_their_row_and_under_their_head_however_narrow_the_page(width, head):
    """All fits in 94: indent 2, the step 71, heads 13 and 4, gaps 4. Narrower, a head is broken, then the step."""
    text = painted(PageWidth(width).table(FIGURES, right=(1, 2), header=True), colour=False)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].endswith(f"  {head}")
    assert [re.split("  +", line)[-2:] for line in lines if re.search(r" (17|0)$", line)] == [
        ["1,204", "17"],
        ["6", "0"],
    ]
