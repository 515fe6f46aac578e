from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from csq.render import Format, Options, Selection, render
from csq.render.clean import clean
from csq.render.markdown import escaped
from factories import AWKWARD, accounts, report
from golden_files import EMPTY

JOINER = "\u2060"
PLAIN = {"text", "softbreak", "strong_open", "strong_close"}


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def inline(text: str) -> list[Token]:
    """Every run of text in a document, in order."""
    return [token for token in parsed(text) if token.type == "inline"]


def read(token: Token) -> str:
    """What a person reads of it, without the joiners that nobody sees."""
    assert {child.type for child in token.children} <= PLAIN
    return "".join(child.content for child in token.children).replace(JOINER, "")


def page(**options: object) -> str:
    return render(report(), Format.MARKDOWN, Options(**options)).decode()


def table_rows(text: str) -> list[list[str]]:
    """The rows of every table, headings too."""
    rows: list[list[str]] = []
    tokens = parsed(text)
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in {"td_open", "th_open"}:
            rows[-1].append(read(token))
    return rows


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "`*_[]<>|~$&\\#@:!()-+=1. a", max_size=20
)


@given(ANY_TEXT)
@example("__b__")
@example("1. one")
@example("<b>&lt;</b>")
@example("--- | ---")
@example("[a](http://x) <http://x> ![b](c)")
def test_any_text_reads_as_itself_wherever_it_stands(text):
    told = " ".join(clean(text).split()).replace(JOINER, "")
    for form in ("{}", "- {}", "1. {}", "**Play: {}**", "## ● {}", "| a |\n| --- |\n| {} |"):
        document = form.format(escaped(text) or "empty")
        found = read(inline(document)[-1])
        assert found.removeprefix("Play: ").removeprefix("● ") == (told or "empty")


@pytest.mark.parametrize("text", ["@here", "ann@x.org", "#12", "http://x.org", "www.x.org", ":skull:", "GH issue #1"])
def test_names_numbers_and_addresses_are_broken_so_that_nothing_is_linked_or_notified(text):
    assert JOINER in escaped(text)
    assert escaped(text).replace(JOINER, "") == text


@pytest.mark.parametrize(
    "text", ["at_risk", "R&D", "41.5", "<1 %", "-1.5", "a = b", "C# & co.", "50 % (ca.)", "plan: B"]
)
def test_text_that_marks_nothing_stays_as_it_is(text):
    assert escaped(text) == text


def test_the_page_has_no_mark_up_but_its_own():
    for token in inline(page()):
        read(token)
    assert not [token for token in parsed(page()) if token.type.startswith(("html", "fence", "code"))]


def test_the_grid_stands_as_it_does_on_the_map():
    heads, high, low = table_rows(page())[:3]
    assert heads == ["", "usage low", "usage high"]
    assert high[0] == "happiness high"
    assert high[1].startswith("■ Underusers: 1 account")
    assert high[2] == "● Advocates: 2 accounts, 1.2 M EUR · 96 %, 1 borderline"
    assert [low[1][:9], low[2][:12]] == ["▲ At risk", "◆ Frustrated"]


def test_an_account_is_a_row_with_what_a_reader_has_to_know():
    rows = {row[2]: row for row in table_rows(page()) if len(row) == 9}
    assert list(rows) == ["ID", *(clean(account["account_id"]) for account in AWKWARD)]
    assert rows["-5"] == [
        "3 ~",
        "=cmd|' /C calc'!A0",
        "-5",
        "0 EUR",
        "55.0 (+4.9)",
        "69.9 (4 answers) (-0.1)",
        "usage high, happiness low",
        "thin evidence, stale answers",
        "-1 e-mail: call instead",
    ]
    assert rows["'=quoted"][1] == "'=quoted"
    assert rows["'=quoted"][3:6] == ["value unknown", "unknown", "unknown"]


def test_each_quadrant_shows_its_top_five_unless_told_otherwise():
    many = report(accounts=accounts(*({} for _ in range(7))))
    five, two, none = (
        render(many, Format.MARKDOWN, Options(selection=Selection(top=top))).decode() for top in (None, 2, 0)
    )
    week = 7  # the list of whom to turn to first, which no quadrant limits
    assert [text.count("Write a thank-you note") - week for text in (five, two, none)] == [5, 2, 0]
    assert "2 more; `--top N` shows N of each quadrant" in five
    assert "5 more" in two
    assert "7 more" in none


def test_filters_leave_the_totals_and_say_what_is_shown():
    text = page(selection=Selection(quadrant=("at_risk",)))
    assert "Shown: only quadrant at_risk; totals and cuts are over all accounts" in text
    assert "8 accounts, 1.3 M EUR a year" in text
    assert "## ▲ At risk" in text
    assert "## ● Advocates" not in text


def test_fields_are_columns_at_the_end():
    rows = [row for row in table_rows(page(fields=("is_new", "rank", "csat_mean"))) if len(row) == 11]
    assert rows[0][-2:] == ["Is new", "CSAT mean"]
    assert rows[1][-2:] == ["false", "unknown"]


def test_without_contract_values_no_money_is_shown():
    text = render(report(accounts=accounts({"contract_value": None})), Format.MARKDOWN).decode()
    assert "nothing is weighted, because no contract value is known" in text
    assert "value" not in {cell for row in table_rows(text) for cell in row}


def test_an_empty_report_says_so():
    text = render(EMPTY, Format.MARKDOWN).decode()
    assert "0 accounts" in text
    assert "no cut: nothing is scored" in text
    assert text.count("No account.") == 5
