"""The first screen and the message, on the sample data: short enough, and the answer first."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

SECTIONS = ("usage low", "First this week", "Advocates ─", "Frustrated ─", "At risk ─", "Underusers ─", "Unknown ─",
            "Data   ", "Rules  ")  # fmt: skip


@pytest.fixture
def screen(csq, sample_data, monkeypatch):
    def at(width: int, *flags: str, command: str = "triage") -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.chdir(sample_data.parent)
        result = csq(command, "sample_data", "-q", *flags)
        assert result.code == 0
        return result.stdout.decode().splitlines()

    return at


def test_the_sample_is_one_screen_with_the_answer_first(screen):
    lines = screen(100)
    assert len(lines) <= 60
    top = "\n".join(lines[:24])
    assert "Advocates, 56 accounts" in top
    # The first five, each with its reason: they are read off the sample by hand.
    for said in (
        "1 ● Ravensworth University Hospital   314,700  champion left, renewal in 68 days",
        "2 ● Maison Vauclair Hôtels            292,000  champion left",
        "3 ◆ Sakura Rail Services              189,400  competitor request, renewal in 84 days",
        "4 ● Brinkmann & Söhne Spedition       212,500  hostile successor, users 94 / decision maker 0",
        "5 ● Castellan Security                177,700  investor conflict",
    ):
        assert said in top


# Read off the sample by hand: the first five in their order, each with the reason that comes first.
FIRST = (
    ("Ravensworth University Hospital", "champion left"),
    ("Maison Vauclair Hôtels", "champion left"),
    ("Sakura Rail Services", "competitor request"),
    ("Brinkmann & Söhne Spedition", "hostile successor"),
    ("Castellan Security", "investor conflict"),
)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_sixty_lines_hold_it_at_any_width_and_twenty_four_the_first_five(screen, width):
    lines = screen(width)
    assert len(lines) <= 60
    told = [line for line in lines[:24] if re.match(r" +[1-5] [●◆▲■○] ", line)]
    for number, (line, (name, why)) in enumerate(zip(told, FIRST, strict=True), start=1):
        assert re.match(rf" +{number} . {re.escape(name)} +[\d,]+  {why}", line), line
    # Each of them has its step on the line below.
    assert sum(line.lstrip().startswith("→ ") for line in lines[:24]) == len(FIRST)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_order_is_the_same_at_any_width_and_nothing_is_cut(screen, width):
    lines = screen(width)
    text = "\n".join(lines)
    places = [text.index(section) for section in SECTIONS]
    assert places == sorted(places)
    assert "…" not in text
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("flags", [(), ("-f", "brief")])
def test_people_are_told_one_place_at_most(screen, flags):
    """3.8 of 5, 2.4 M, 314,700: never 65.7834."""
    assert not re.findall(r"\d\.\d\d", "\n".join(screen(100, *flags)))


def test_everything_is_told_by_v_in_the_same_order(screen):
    lines = screen(100, "-v")
    text = "\n".join(lines)
    sections = (*SECTIONS[:-2], "Signals ─", "Data quality ─", "Rules ─", "thresholds:")
    places = [text.index(section) for section in sections]
    assert places == sorted(places)
    for said in ("Not known: accounts", "Not judged: ", "Read        accounts", "Unmatched ", "Windows     usage"):
        assert said in text
    assert len(lines) > 200


def test_rows_are_shown_where_rows_are_chosen(screen):
    chosen = "\n".join(screen(100, "--quadrant", "at_risk", "--top", "2", "--fields", "csat_mean"))
    assert chosen.count("CSAT mean: ") == 2
    assert "30 more; `--top N` shows N of each quadrant" in chosen


def test_a_message_is_short_enough_for_a_chat(screen):
    lines = screen(80, command="brief")
    assert lines == screen(80, "-f", "brief")
    assert len(lines) <= 40
    assert len(" ".join(lines).split()) <= 250
    assert max(map(cell_len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "Ravensworth University Hospital, 314,700: champion left, renewal in 68 days" in text
    assert "▲ At risk: 32 accounts · 2.4 M · 21 %" in text


def test_a_message_of_an_owner_is_about_theirs(csq, sample_data):
    told = csq("brief", sample_data, "-q", "--owner", "Tomás Ferreira", "-o", "week.txt")
    assert (told.code, told.stdout) == (0, b"")
    text = Path("week.txt").read_text(encoding="utf-8")
    assert "only owner Tomás Ferreira" in text
    assert "Ingrid Solheim" not in text
    assert text.startswith("Triage as of 2026-11-15: 195 accounts")


def test_what_the_page_only_counts_is_told_beside_it(csq, sample_data):
    short, whole = csq("triage", sample_data), csq("triage", sample_data, "-v")
    note = "first on line 144: not a whole number, taken as unknown"
    assert note not in short.stdout.decode()
    assert note in short.stderr
    assert note in whole.stdout.decode()
