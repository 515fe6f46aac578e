"""The README cannot drift from the code."""

import contextlib
import re

import pytest

import readme


@pytest.fixture(scope="module")
def page():
    return readme.README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts():
    with contextlib.chdir(readme.ROOT):
        return readme.parts()


@pytest.mark.parametrize(
    "name", ["screen", "quadrants", "fields", "columns", "exits", "metrics", "settings", "playbook", "help", "facts"]
)
def test_the_readme_says_what_the_code_does(name, page, parts):
    assert readme.written(page, name) == parts[name], "run `python tests/readme.py`"


def test_exactly_two_commands_set_up_everything(page):
    commands = re.findall(r"^python3 -m venv .*$", page, flags=re.MULTILINE)
    assert len(commands) == 2
    assert "csq triage sample_data" in commands[0]
    assert "pytest" in commands[1]


def test_every_flag_the_readme_names_exists(page):
    known = set(re.findall(r"--[a-z][a-z-]+", readme.written(page, "help")))
    prose = re.sub(r"<!-- help -->.*?<!-- /help -->", "", page, flags=re.DOTALL)
    # Flags of the set-up commands are those of pip and pytest.
    prose = re.sub(r"^python3 -m venv .*$", "", prose, flags=re.MULTILINE)
    assert set(re.findall(r"--[a-z][a-z-]+", prose)) <= known


def test_every_command_the_readme_shows_is_a_command(page):
    known = set(re.findall(r"^\$ csq ?(.*?) ?--help$", page, flags=re.MULTILINE))
    shown = re.findall(r"(?:^|`|\s)csq ((?:playbook )?[a-z]+)(?= |`|$)", page, flags=re.MULTILINE)
    commands = {words for words in shown if words.split()[0] in {name.split()[0] for name in known if name}}
    assert commands <= known
    assert {"triage", "check", "playbook lint", "playbook init", "playbook show"} <= commands
