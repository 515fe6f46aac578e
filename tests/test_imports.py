"""What a start of csq pays for: only what it needs."""

import subprocess
import sys

import pytest

LIST = "import sys; before = set(sys.modules); {}; print(*sorted(set(sys.modules) - before), file=sys.stderr)"
HEAVY = {"polars", "rich", "yaml", "jinja2", "xlsxwriter", "pydantic_core", "csq.settings.model", "csq.playbook.model"}


def loaded(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded because of `statement`."""
    result = subprocess.run([sys.executable, "-c", LIST.format(statement)], capture_output=True, text=True, check=True)
    return set(result.stderr.split())


@pytest.mark.parametrize(
    "argv", [["--help"], ["--version"], ["triage", "--help"], ["plan", "-h"], ["check", "-h"], ["playbook", "-h"]]
)
def test_help_and_version_load_nothing_heavy(argv):
    modules = loaded(f"from csq.cli.main import main; assert main({argv}) == 0")
    assert "csq.cli.options" in modules
    assert not modules & HEAVY


def test_a_command_loads_no_other_that_it_has_no_use_for():
    modules = loaded("from csq.cli.main import main; assert main(['check', '--help']) == 0")
    others = {"csq.cli.triage", "csq.cli.rollup", "csq.cli.help", "csq.cli.history"}
    assert "csq.cli.check" in modules
    assert not modules & others


def test_a_rollup_loads_no_more_of_a_run_than_its_reading(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("account_id,user_id,date\nA-1,u1,2026-11-15\n")
    argv = ["rollup", str(log), "-o", str(tmp_path / "rolled"), "-q"]
    modules = loaded(f"from csq.cli.main import main; assert main({argv}) == 0")
    assert "csq.sources.roll_up" in modules
    assert not modules & {"csq.pipeline", "csq.facts.build", "csq.plan.prescribe", "csq.render.cells"}


def test_a_triage_of_accounts_with_values_loads_no_numpy(sample_data):
    """Where it is installed, for csq does not ask for it."""
    argv = ["triage", str(sample_data), "-f", "csv", "-q"]
    modules = loaded(f"from csq.cli.main import main; assert main({argv}) == 0")
    assert "polars" in modules
    assert "numpy" not in modules


def test_what_is_built_in_is_not_checked_at_every_run(sample_data, tmp_path):
    """What checks a csq.yaml or a playbook takes long to import, and a run without such a file needs none of it."""
    config = tmp_path / "rules.yaml"
    config.write_text("windows: {usage: 28}\n")
    argv = ["triage", str(sample_data), "-f", "csv", "-q"]
    run = "from csq.cli.main import main; assert main({}) == 0"
    assert "pydantic_core" not in loaded(run.format(argv))
    assert "pydantic_core" in loaded(run.format([*argv, "--config", str(config)]))


@pytest.mark.parametrize(
    ("topic", "heavy"),
    [
        ([], set()),
        (["fields"], set()),
        (["formats"], set()),
        (["metrics"], set()),
        (["exit-codes"], set()),
        (["settings"], {"csq.settings.model"}),  # its own model, and no table
    ],
)
def test_a_topic_of_help_loads_no_more_than_it_is_made_of(topic, heavy):
    modules = loaded(f"from csq.cli.main import main; assert main({['help', *topic]}) == 0")
    assert modules & HEAVY == heavy


def test_importing_the_package_loads_nothing_else():
    assert loaded("import csq") == {"csq"}


def test_a_near_miss_is_found_without_a_library():
    assert not loaded("import csq.suggest") & HEAVY
