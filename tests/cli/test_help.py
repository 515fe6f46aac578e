"""`csq help` at the door: what csq knows, as text and as Markdown, and the panels of every command's `--help`."""

import itertools
import os
import re
import subprocess
import sys

import pytest
from markdown_it import MarkdownIt

from csq.backtest.model import SHARES
from csq.backtest.plays import LATER, LEFT
from csq.done import record
from csq.errors import Exit
from csq.moves import MOVES
from csq.playbook.model import Playbook, QuadrantEntry, Rest, Step
from csq.render import plays, rejects
from csq.render.backtest import rows as backtest
from csq.render.columns import PUBLIC
from csq.render.options import SUFFIXES, Format
from csq.render.topics import TOPICS
from csq.report import TOTALS
from csq.roles import ROLES
from csq.schema import COLUMNS
from csq.section import YamlSection
from csq.settings.model import Capacity, Currency, CutRule, Settings, Tiers
from csq.sources.columns import use_words
from csq.sources.columns.presets import PRESETS, SHAPES
from csq.terms import Quadrant

ASKED_FOR = ("fields", "facts", "columns", "settings", "playbook", "metrics", "answers", "formats", "exit-codes")


def page(csq, topic, *flags):
    """What a topic prints, with its line breaks taken for spaces."""
    result = csq("help", topic, *flags)
    assert (result.code, result.stderr) == (0, "")
    return result.stdout.decode()


def first_cells(markdown, column=0):
    """The cells of a column of all tables of a page."""
    rows = re.findall(r"^\| (.*) \|$", markdown, flags=re.MULTILINE)
    return [row.replace("\\|", "\0").split(" | ")[column].replace("\0", "|") for row in rows]


def test_without_a_topic_the_topics_are_listed(csq):
    result = csq("help")
    assert result.code == 0
    assert result.stdout.decode().startswith("csq help metrics")


def test_the_vocabulary_of_usage_columns_is_printed_whole(csq):
    for form in ("text", "md"):
        result = csq("help", "metrics", "-f", form)
        assert (result.code, result.stderr) == (0, "")
        text = " ".join(result.stdout.decode().split())
        for words in (use_words.OBJECTS, use_words.DONE, use_words.PEOPLE, use_words.TIME, use_words.TROUBLE):
            assert all(word in text for word in words)
        for never in use_words.NEVER:
            assert never.what in text
            assert ", ".join(never.words) in text
        assert "metrics: {widgets_made: count}" in text


def test_lines_fit_a_terminal(csq):
    assert max(map(len, csq("help", "metrics").stdout.decode().splitlines())) <= 100


def test_an_unknown_topic_or_form_is_a_usage_error_with_the_near_miss(csq):
    result = csq("help", "metric")
    assert result.code == 2
    assert "did you mean `metrics`?" in result.stderr
    assert csq("help", "metrics", "-f", "xlsx").code == 2


@pytest.mark.parametrize("topic", ASKED_FOR)
def test_every_topic_is_listed_and_prints(csq, topic):
    assert re.search(rf"^csq help {topic} +\S", csq("help").stdout.decode(), flags=re.MULTILINE)
    lines = page(csq, topic).splitlines()
    assert len(lines) > 10
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("topic", TOPICS)
def test_as_markdown_every_topic_is_headings_and_tables_and_nothing_gets_lost(csq, topic):
    text = page(csq, topic, "-f", "md")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = [token.type for token in tokens]
    assert text.startswith("# ")
    assert kinds.count("table_open") == len(re.findall(r"^\| --- ", text, flags=re.MULTILINE)) >= 1
    # A table that is broken off would leave lines with bars outside.
    assert kinds.count("tr_open") == len(re.findall(r"^\|", text, flags=re.MULTILINE)) - kinds.count("table_open")
    inline = [child.type for token in tokens for child in token.children or ()]
    assert not {"html_inline", "link_open", "image"} & set(inline)
    for line in re.findall(r"^\|.*$", text, flags=re.MULTILINE):
        bars = len(re.findall(r"(?<!\\)\|", line))
        assert bars >= 3, line


def test_every_field_stands_in_its_role_with_its_headers(csq):
    text = page(csq, "fields", "-f", "md")
    for role, spec in ROLES.items():
        (section,) = re.findall(rf"^## --{role}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
        for field in spec.fields:
            assert f"| {field.name} | {field.cell} | {', '.join(field.names) or 'none'} |" in section


def test_every_fact_and_every_total_has_its_line(csq):
    text = page(csq, "facts", "-f", "md")
    names = first_cells(text)
    # Some totals are called like facts, and come after them.
    assert list(dict.fromkeys(name for name in names if name in COLUMNS)) == list(COLUMNS)
    assert all(f" {column.meaning} |" in text for column in COLUMNS.values())
    assert all(f"| {name} | {meaning} |" in text for name, meaning in TOTALS.items())
    assert "event_KIND_days" in names


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("contract_value", "money per year, >= 0"),
        ("seats", "whole number, seats, >= 1"),
        ("term_ended", "true or false"),
        ("quadrant", "one of advocates, frustrated, at_risk, underusers, unknown"),
        ("owner", "text"),
    ],
)
def test_a_fact_says_what_it_holds_in_words(csq, name, holds):
    assert f"| {name} | {holds} |" in page(csq, "facts", "-f", "md")


def columns_of(section):
    """The columns that the lines of a section stand for: capitals for what is counted through."""
    names = {"WEEKS": [*map(str, LATER)], "PLACE": [*Quadrant, LEFT], "N": [f"{100 * share:.0f}" for share in SHARES]}
    for name in first_cells(section)[2:]:
        parts = [names.get(each, [each]) for each in name.split("_")]
        yield from map("_".join, itertools.product(*parts))


def test_every_table_has_a_line_for_each_of_its_columns_in_order(csq):
    text = page(csq, "columns", "-f", "md")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    assert list(columns_of(sections["Columns"])) == list(PUBLIC)
    assert list(columns_of(sections["Moves"])) == list(MOVES)
    assert sorted(columns_of(sections["Plays"])) == sorted(plays.COLUMNS)
    assert list(columns_of(sections["Backtest"])) == list(backtest.COLUMNS)
    assert list(columns_of(sections["Rejects"])) == list(rejects.COLUMNS)
    assert list(columns_of(sections["Ticks"])) == list(record.HEADER)


def keys_of(model: type[YamlSection]) -> set[str]:
    return set(model.KEYS)


def test_every_key_of_the_settings_has_its_line_wherever_it_stands(csq):
    keys = first_cells(page(csq, "settings", "-f", "md"))
    assert keys_of(Settings) <= set(keys)
    for place, model in (("tiers", Tiers), ("currency", Currency), ("capacity", Capacity)):
        assert {f"{place}: {key}" for key in keys_of(model)} <= set(keys)
    assert {f"thresholds: usage/happiness: {key}" for key in keys_of(CutRule)} <= set(keys)
    # A section within a section: `capacity: {split: {rescue: 0.7}}`.
    assert {"capacity: split: rescue", "capacity: split: protect", "columns: csat", "keys: usage"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_every_key_of_the_playbook_has_its_line_wherever_it_stands(csq):
    keys = first_cells(page(csq, "playbook", "-f", "md"))
    assert keys_of(Playbook) <= set(keys)
    assert {f"quadrants: NAME: {key}" for key in keys_of(QuadrantEntry)} <= set(keys)
    assert {f"quadrants: NAME: rest: - {key}" for key in keys_of(Rest)} <= set(keys)
    # The same steps stand in plays, in `qualify` and in signals; they are told once.
    assert sum(key.endswith(": done_by") or key.endswith("- done_by") for key in keys) == 1
    assert keys_of(Step) <= {re.split(r": |- ", key)[-1] for key in keys}


def test_every_format_and_every_export_that_is_known_has_its_line(csq):
    text = page(csq, "formats", "-f", "md")
    names = first_cells(text)
    assert set(Format) | {preset.name for preset in PRESETS} | set(SHAPES) <= set(names)
    assert all(suffix in text for suffix in SUFFIXES)


def test_every_exit_code_has_its_line(csq):
    text = page(csq, "exit-codes", "-f", "md")
    assert all(f"| {int(code)} | {code.meaning} |" in text for code in Exit)


def test_a_narrow_terminal_gets_narrow_lines_and_a_wide_one_no_wider_than_a_pipe(csq, monkeypatch):
    piped = page(csq, "metrics", "--no-pager")
    isatty = os.isatty
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == 1 or isatty(descriptor))
    monkeypatch.setenv("COLUMNS", "200")
    assert page(csq, "metrics", "--no-pager") == piped
    monkeypatch.setenv("COLUMNS", "72")
    assert max(map(len, page(csq, "metrics", "--no-pager").splitlines())) <= 72


PANELS = ["What to read", "How to measure", "What to show", "How to behave"]


@pytest.mark.parametrize(
    ("command", "panels"),
    [("triage", PANELS), ("plan", PANELS), ("explain", PANELS), ("check", PANELS), ("help", PANELS[2:])],
)
def test_options_stand_in_panels_in_this_order(csq, command, panels):
    text = csq(command, "--help").stdout.decode()
    assert re.findall(r"^(\w.*):$", text, flags=re.MULTILINE) == ["Arguments", *panels]
    assert "Options:" not in text


@pytest.mark.parametrize(
    ("flag", "panel"),
    [
        ("--usage", "What to read"),
        ("--csat-scale", "What to read"),
        ("--as-of", "How to measure"),
        ("--usage-cut", "How to measure"),
        ("--owner", "What to show"),
        ("--output", "What to show"),
        ("--fail-on", "How to behave"),
        ("--no-pager", "How to behave"),
        ("--help", "How to behave"),
    ],
)
@pytest.mark.parametrize("command", ["triage", "plan"])
def test_an_option_stands_where_one_would_look(csq, command, flag, panel):
    text = csq(command, "--help").stdout.decode()
    (block,) = re.findall(rf"^{panel}:\n(.*?)\n\n", text, flags=re.MULTILINE | re.DOTALL)
    assert re.search(rf"^  (?:-\w, )?{flag}\b", block, flags=re.MULTILINE)


@pytest.mark.parametrize("first", ["triage", "rollup"])
def test_an_option_of_two_commands_stands_in_the_panel_of_each(first):
    """In whatever order the commands are loaded: here each in turn by a new process."""
    code = f"from csq.cli.main import main; main([{first!r}, '--help']); main(['{{}}', '--help'])"
    for command, panel in (("triage", "What to read"), ("rollup", "How to behave")):
        text = subprocess.run([sys.executable, "-c", code.format(command)], capture_output=True, text=True).stdout
        *_, last = re.finditer(r"^Usage: ", text, flags=re.MULTILINE)
        block = text[last.start() :].partition(f"\n{panel}:\n")[2].partition("\n\n")[0]
        assert "--column" in block
