"""What is shipped is what is in the repository."""

import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata, resources
from pathlib import Path

import pytest

import csq
from csq.playbook.load import AS_JSON, BUILT_IN, PACKAGED, check_playbook, load_playbook
from golden_files import packaged_as_json

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.Path:
    """The wheel that an ordinary install unpacks."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return zipfile.Path(path)


def test_the_playbook_at_the_top_is_the_one_that_csq_uses():
    packaged = resources.files("csq.playbook").joinpath("default.yaml").read_bytes()
    assert packaged == (ROOT / "playbooks.yaml").read_bytes()


def test_a_run_reads_the_packaged_playbook_as_people_do():
    assert AS_JSON.read_text(encoding="utf-8") == packaged_as_json(), "write it anew: python tests/golden_files.py"
    assert load_playbook(None).playbook == check_playbook(PACKAGED.read_text(encoding="utf-8"), BUILT_IN)[0]


def test_an_ordinary_install_has_the_playbook(wheel):
    assert (wheel / "csq/playbook/default.yaml").read_bytes() == (ROOT / "playbooks.yaml").read_bytes()


def test_an_ordinary_install_has_all_of_the_package_and_nothing_else(wheel):
    shipped = {name for name in wheel.root.namelist() if ".dist-info/" not in name and not name.endswith("/")}
    package = [path for path in (ROOT / "csq").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert shipped == {path.relative_to(ROOT).as_posix() for path in package}


def test_there_is_one_version(wheel):
    (folder,) = (entry for entry in wheel.iterdir() if entry.name.endswith(".dist-info"))
    assert folder.name == f"csq-{csq.__version__}.dist-info"
    assert metadata.version("csq") == csq.__version__


def test_every_dependency_is_bounded_below_and_above():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert all(">=" in line and ",<" in line for line in project["dependencies"])
