"""The README cannot drift from the code, and what it tells people to type works."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from itertools import pairwise

import pytest
import typer

import readme
from csq.cli.main import command_line

EXPORTS = {
    "accounts.csv": "Account ID,CRM number,ARR,Licences bought,Account Owner,Status\n"
    "A-1,C-77,120000,20,Dana Reyes,active\nA-2,C-78,30000,10,Sam Lee,active\nA-3,C-79,9000,5,Dana Reyes,on notice\n",
    "usage.csv": "account,week,active users,widgets made\nC-77,2026-11-09,12,40\nC-78,2026-11-09,9,100\n"
    "C-79,2026-11-09,1,3\n",
    "survey.csv": "Account ID,Submitted At,Happy with us?\nA-1,2026-11-01,5\nA-2,2026-11-02,2\nA-3,2026-11-03,3\n",
}
"""Exports as the README's csq.yaml describes them: one account in the CRM's words, none understood without it."""

PAGE = readme.README.read_text(encoding="utf-8")
CSQ = re.compile(
    r"(?:^|[\s=\"'\\/])csq(?:\.exe)? ((?:triage|brief|plan|explain|check|help|playbook|history|movers|whatif)\b.*)$"
)


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """What stands after `csq` in the blocks for shells and services, where it is not part of the set-up."""
    lines = "\n".join(each for language in ("sh", "ini", "powershell") for each in blocks(language)).splitlines()
    return [
        found[1].strip() for line in lines if not line.startswith("python3 -m venv ") if (found := CSQ.search(line))
    ]


def walk() -> dict[str, set[str]]:
    """Every command of csq with its flags."""
    found = {}

    def visit(command: object, words: tuple[str, ...], parent: typer.Context | None) -> None:
        context = command.make_context("csq", [], parent=parent, resilient_parsing=True)
        found[" ".join(words)] = {flag for each in command.get_params(context) for flag in each.opts}
        for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
            visit(command.get_command(context, name), (*words, name), context)

    visit(typer.main.get_command(command_line()), (), None)
    return found


@pytest.mark.parametrize("name", ["screen", "quadrants", "exits"])
def test_the_readme_says_what_the_code_does(name):
    with contextlib.chdir(readme.ROOT):
        made = readme.parts()[name]
    assert readme.written(PAGE, name) == made, "run `python tests/readme.py`"


def test_the_picture_is_what_the_page_draws_small_and_no_data_of_the_folder(csq):
    with contextlib.chdir(readme.ROOT):
        made = readme.picture()
    assert readme.PICTURE.read_text(encoding="utf-8") == made, "run `python tests/readme.py`"
    assert len(made.encode()) < 100_000
    assert f"(sample_data/{readme.PICTURE.name})" in PAGE
    assert readme.PICTURE.name not in csq("check", readme.PICTURE.parent).stdout.decode()


def test_the_readme_can_be_read_in_one_go():
    assert len(PAGE.splitlines()) <= 250
    assert len(readme.written(PAGE, "screen").splitlines()) <= 35 + 2  # and the fence


def test_exactly_two_commands_set_up_everything():
    found = re.findall(r"^python3 -m venv .*$", PAGE, flags=re.MULTILINE)
    assert len(found) == 2
    assert "csq triage sample_data" in found[0]
    assert "pytest" in found[1]


def test_every_flag_the_readme_names_exists():
    known = set().union(*walk().values())
    # Flags of the other commands are theirs.
    prose = re.sub(r"^python3 -m venv .*$|systemctl [^`]*|^.* \| (?=csq)", "", PAGE, flags=re.MULTILINE)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", prose)) <= known


def test_every_command_the_readme_shows_is_a_command():
    known = walk()
    shown = {
        words
        for words in re.findall(r"[\s`]csq ((?:playbook |history )?[a-z]+)(?=[ `\n])", PAGE)
        if words.split()[0] in known
    }
    assert shown <= set(known)
    assert {
        "triage",
        "check",
        "explain",
        "plan",
        "help",
        "movers",
        "whatif",
        "history fill",
        "playbook lint",
        "playbook init",
    } <= shown


def test_every_topic_the_readme_sends_people_to_is_one():
    from csq.render.topics import TOPICS

    sent = set(re.findall(r"`csq help ([a-z-]+)", PAGE))
    assert (
        {"fields", "facts", "columns", "settings", "playbook", "metrics", "answers", "formats"} <= sent <= set(TOPICS)
    )


def test_blocks_for_shells_hold_the_weeks_commands():
    assert len(commands()) >= 12
    assert (
        sum("sample_data" not in each for each in commands()) == 8
    )  # help, one each for cron, systemd, Windows, and four pipes


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_readme_works_on_the_sample(command, csq, sample_data, tmp_path):
    """Folders of a server stand for the sample's, and what comes after a pipe is another program's."""
    (tmp_path / "sample_data").symlink_to(sample_data)
    (tmp_path / "out").mkdir()
    line = re.sub(r'"$', "", command) if command.count('"') % 2 else command
    line = re.sub(r"(?:C:\\|/srv/)exports", "sample_data", line)
    line = re.sub(r"(?:C:\\|/srv/)out[\\/]", "out/", line)
    words = shlex.split(line, comments=True)
    argv = words[: words.index("|")] if "|" in words else words
    if argv[0] == "movers":  # the line before it has made a past
        csq("history", "fill", "sample_data", "--weeks", "1", "--history", "history", "-q")
    usage = (sample_data / "usage.csv").read_bytes()
    result = csq(*argv, stdin=usage if "-" in argv else b"")
    # The sample has rejected rows, and more at risk than the cron line allows.
    is_told = argv[0] == "check" or "--fail-on" in argv
    assert result.code == (1 if is_told else 0), result.stderr
    written = [tmp_path / name for flag, name in pairwise(argv) if flag == "-o"]
    assert all(path.exists() for path in written)
    assert result.stdout or written or argv[0] == "history"


@pytest.mark.parametrize(
    "recipe", [line for line in "".join(blocks("sh")).splitlines() if line.startswith("csq brief")]
)
def test_a_message_arrives_where_the_readme_sends_it(recipe, sample_data, tmp_path):
    """As a shell runs it: the senders stand-ins that keep what they are given."""
    if "|" not in recipe:
        return
    senders = {"csq": f'exec "{sys.executable}" -m csq "$@"', "apprise": "cat > got", "mail": "cat > got"}
    for name, does in senders.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "sample_data").symlink_to(sample_data)
    path = f"{tmp_path}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(readme.ROOT)}
    subprocess.run(["sh", "-c", recipe], cwd=tmp_path, env=environment, check=True)
    text = (tmp_path / "got").read_text(encoding="utf-8")
    assert text.startswith("Triage as of 2026-11-15")
    assert len(text.split()) <= 250


DATABASES = ("duckdb", "psql", "bq", "snowsql")
"""What asks a database in the README."""


@pytest.mark.parametrize("program", DATABASES)
def test_a_database_writes_to_a_pipe_as_the_readme_says(program, sample_data, tmp_path):
    """As a shell runs it: the program is a stand-in that writes what it would, a header and rows."""
    (recipe,) = [
        line for line in "".join(blocks("sh")).splitlines() if line.startswith(f"{program} ") and "| csq" in line
    ]
    senders = {"csq": f'exec "{sys.executable}" -m csq "$@" -q -f csv', program: f"cat '{sample_data}/usage.csv'"}
    for name, does in senders.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(readme.ROOT)}
    done = subprocess.run(["sh", "-c", recipe], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert done.stdout.startswith(b"rank,account_id,")
    assert len(done.stdout.splitlines()) > 100


def test_the_readmes_settings_settle_what_they_say(csq, tmp_path):
    (settings,) = blocks("yaml")
    for name, text in EXPORTS.items():
        (tmp_path / name).write_text(text)
    assert csq("check", ".").code == 3
    (tmp_path / "csq.yaml").write_text(settings)
    result = csq("check", ".")
    assert result.code == 0, result.stderr
    told = result.stdout.decode()
    for line in (
        r"Licences bought +-> seats",
        r"CRM number +-> external_id",
        r"Happy with us\? +-> score",
        r"usage joined to accounts by external_id",
        r"3 of 3 rows match, for 2 accounts",
        r"`widgets_made` count",
        r"scale 1-5 for csat",
        r"1 not a current customer",
    ):
        assert re.search(line, told), line
