"""The JSON schema of playbooks, as an editor goes by it: what fits, and which faults it shows while they are typed.

An editor reads the file by YAML's own rules, in which numbers are numbers; so does `fits` below.
"""

import json
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from csq.errors import Exit
from csq.playbook.json_schema import json_schema
from csq.playbook.load import PACKAGED, TEMPLATE, check_playbook
from csq.playbook.model import Playbook
from small_playbook import SMALL, small

jsonschema = pytest.importorskip("jsonschema", reason="comes with `pip install csq[dev]`")


class Editor(yaml.SafeLoader):
    """Reads `off` as a word, as YAML has it since 1.2 and editors do."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def fits(text: str) -> bool:
    return jsonschema.Draft202012Validator(json.loads(json_schema())).is_valid(yaml.load(text, Editor))


def uncommented(text: str) -> str:
    head, mark, examples = text.partition("extends: built-in\n")
    return head + mark + "".join(line.removeprefix("# ") for line in examples.splitlines(keepends=True))


STEPS = "extends: built-in\nquadrants: {at_risk: {play: {steps: "

FITTING = [
    PACKAGED.read_text(encoding="utf-8"),
    TEMPLATE.read_text(encoding="utf-8"),
    uncommented(TEMPLATE.read_text(encoding="utf-8")),
    SMALL,
    small(("    queue: rest", "    reasons: [A text alone, {reason: Or more, code: more}]\n    queue: rest")),
    "extends: built-in\n",
    STEPS + "[{id: find_buyer, hours: 2}, {do: One more}, {id: ceo_call, off: true}]}}}\n",
    STEPS + "[]}}}\n",
    "extends: built-in\nquadrants: {at_risk: {qualify: {hours: 2}, weight: 0.5}}\n",
    "extends: built-in\nsignals: {took_more: off, renewal_near: {off: true}, new_boss: {severity: act}}\n",
    "extends: built-in\nsignals: {new_boss: {steps: [{id: introduce_yourself, hours: 2}]}}\n",
    "extends: built-in\nsignal_weights: {act: 4}\nsplit: {rescue: 0.7, protect: 0.3}\n",
]

FAULTY = [
    # A whole file says everything.
    "order: [advocates, frustrated, at_risk, underusers, unknown]\n",
    SMALL.partition("\n")[2],
    small(("    label: advocates\n", "")),
    small(("    queue: rest\n", "")),
    small(("- do: Call them", "- short: Call them")),
    small(("- do: Call them", "- {do: Call them, off: true}")),
    small(("weight: 1", "weigth: 1")),
    small(more="signals: {took_more: off}\n"),
    small(more="signals: {mood: {severity: info}}\n"),
    # A short one need not, but what it says has a form.
    "extends: theirs\n",
    "extends: built-in\nquadrant: {}\n",
    "extends: built-in\nquadrants: {at_risk: {weigth: 1}}\n",
    "extends: built-in\nquadrants: {at_risk: {weight: 0}}\n",
    "extends: built-in\nquadrants: {risky: {weight: 1}}\n",
    # A step is a known one by its id, or says what to do.
    STEPS + "[{hours: 2}]}}}\n",
    STEPS + "[{id: find_buyer, huors: 2}]}}}\n",
    STEPS + "[{id: find_buyer, who: boss}]}}}\n",
    "extends: built-in\nsignals: {took_more: away}\n",
    "extends: built-in\nsignals: {took_more: {severity: loud}}\n",
    # Lists other than of steps are replaced whole, so their entries have to be whole.
    "extends: built-in\nquadrants: {at_risk: {risks: [{when: seats > 1}]}}\n",
    "extends: built-in\nquadrants: {at_risk: {gate: [{need: Money}]}}\n",
    "extends: built-in\nurgency: [{within_days: 30}]\n",
]


@pytest.mark.parametrize("text", FITTING)
def test_a_playbook_without_faults_fits_whole_or_short(text: str) -> None:
    assert check_playbook(text, "p.yaml")[1] == ()
    assert fits(text)


@pytest.mark.parametrize("text", FAULTY)
def test_a_fault_of_form_does_not_fit(text: str) -> None:
    assert check_playbook(text, "p.yaml")[1] != ()
    assert not fits(text)


def test_the_schema_allows_exactly_the_keys_of_the_model() -> None:
    schema = json.loads(json_schema())
    assert json_schema() == json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    whole, short = (schema["$defs"][name] for name in ("Playbook", "Changes"))
    assert list(whole["properties"]) == list(short["properties"]) == list(Playbook.KEYS)
    assert (whole["required"], "required" in short) == (["order", "quadrants"], False)
    for each in schema["$defs"].values():
        if each["type"] == "object":
            assert each["additionalProperties"] is False
            assert all("description" in key or "$ref" in key for key in each["properties"].values())


@pytest.mark.parametrize("flags", [(), ("--extends",)])
def test_what_init_writes_names_the_schema_that_lies_beside_it(csq, flags: tuple[str, ...]) -> None:
    Path("teams").mkdir()
    assert csq("playbook", "init", "teams/emea.yaml", *flags).code == Exit.OK
    first = Path("teams/emea.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=.playbooks.schema.json"
    assert Path("teams/.playbooks.schema.json").read_text(encoding="utf-8") == json_schema()
    assert csq("playbook", "lint", "teams/emea.yaml").code == Exit.OK


def test_a_schema_that_cannot_be_written_leaves_no_playbook_either(csq) -> None:
    Path(".playbooks.schema.json").mkdir()
    assert csq("playbook", "init").code == Exit.OUTPUT
    assert not Path("playbooks.yaml").exists()
