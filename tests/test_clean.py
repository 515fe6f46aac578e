"""What people read is made safe to print, and short enough to be read."""

import pytest

from csq.render.clean import LONGEST, short, shown
from csq.render.terminal import layout
from csq.render.terminal.layout import cells, fitted, wrapped
from csq.render.wording import NOTES, first_notes

EMOJI = "\N{GRINNING FACE}"


@pytest.mark.parametrize("text", ["", "Acme", EMOJI * LONGEST, "x\u0301" * (LONGEST // 2)])
def test_what_somebody_reads_to_its_end_is_not_cut(text):
    assert short(text) == text


def test_of_a_longer_text_no_more_is_measured_than_is_shown(monkeypatch):
    measured = []
    monkeypatch.setattr(layout, "cell_len", lambda text: measured.append(len(text)) or len(text))
    text = EMOJI * 1_000_000
    assert shown(text) == EMOJI * (LONGEST - 1) + "…"
    assert cells(text) == LONGEST
    assert fitted(text, LONGEST) == shown(text)
    assert wrapped(text, 10 * LONGEST) == [shown(text)]
    assert max(measured) <= LONGEST


def test_a_list_is_whole_where_no_line_is_broken():
    text = ", ".join(f"account {number}" for number in range(5_000))
    assert wrapped(text, None) == [text]


def test_of_very_many_notes_the_first_are_shown_and_the_others_counted():
    notes = [f"note {number}" for number in range(NOTES + 1_000)]
    assert first_notes(notes[:NOTES]) == notes[:NOTES]
    assert first_notes(notes) == [*notes[:NOTES], "and 1,000 more: `csq triage -f json` has them all"]
