"""The JSON schema of playbooks.yaml, by which editors complete and check a file while it is written.

A whole playbook has to say everything; one that `extends: built-in` holds only what differs. What the two are merged
by decides what may be left out: keys of a group and steps of a list may, entries of any other list may not.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from csq.playbook.model import Playbook
from csq.validation import schema_of

FILE_NAME = ".playbooks.schema.json"
POINTER = f"# yaml-language-server: $schema={FILE_NAME}\n"
"""First line of a playbook that csq writes, so that an editor finds the schema beside it."""

_MERGED = ("Quadrants", "QuadrantEntry", "Play", "Step", "Signal")
"""What a short file may give in part: all models with required keys that stand in no list but one of steps."""


def json_schema() -> str:
    """Return the JSON schema of playbooks.yaml; the same bytes each time."""
    whole = json.loads(schema_of(Playbook))
    dialect, models = whole.pop("$schema"), whole.pop("$defs")
    parts = {f"{name}Change": _in_part(models[name]) for name in _MERGED}
    short = _in_part(whole)
    schema = {
        "$schema": dialect,
        "if": {"required": ["extends"], "properties": {"extends": {"const": "built-in"}}},
        "then": {"$ref": "#/$defs/Changes"},
        "else": {"$ref": "#/$defs/Playbook"},
        "$defs": {**models, **_with_off(parts), "Playbook": whole, "Changes": _with_signals_off(short)},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _in_part(model: Mapping[str, Any]) -> dict[str, Any]:
    """A model of which every key may be left to the built-in playbook, at any depth."""
    kept = json.dumps({key: value for key, value in model.items() if key != "required"})
    part: dict[str, Any] = json.loads(re.sub(rf'/({"|".join(_MERGED)})"', r'/\1Change"', kept))
    if "steps" in part["properties"]:
        # A step is found by its id; one without an id is new, and says what to do.
        found_or_new = [{"required": ["id"]}, {"required": ["do"]}]
        part["properties"]["steps"] |= {"items": {"$ref": "#/$defs/StepChange", "anyOf": found_or_new}, "minItems": 0}
    return part


def _with_off(parts: dict[str, Any]) -> dict[str, Any]:
    """Let steps and signals say that they are left out."""
    for name in ("StepChange", "SignalChange"):
        parts[name]["properties"]["off"] = {"description": "true leaves it out", "type": "boolean"}
    return parts


def _with_signals_off(short: dict[str, Any]) -> dict[str, Any]:
    """Let one word stand for a signal that is left out; older readers of YAML take `off` for false."""
    short["properties"]["signals"]["additionalProperties"] = {
        "anyOf": [{"$ref": "#/$defs/SignalChange"}, {"enum": ["off", False]}]
    }
    return short
