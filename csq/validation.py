"""A document against a section: every fault at once, each with its place and in plain words.

What a `YamlSection` tells of its keys is told to pydantic, which checks and types the texts; what that objects to
becomes `Problem`s that name the line, what is wrong with the value, and the nearest thing allowed. Pydantic takes long
to import, so that who needs this module imports it where a file is checked.
"""

import json
import re
import types
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, model_validator

from csq.errors import Problem
from csq.located import Document, Steps, printable, problem, shown
from csq.section import Objection, Section, YamlSection, plain
from csq.suggest import near_miss, nearest


class _Model(BaseModel):
    """A section as pydantic checks it. Unknown keys are faults; a key left blank is as good as absent."""

    # Deferred: the outermost model builds one validator for the whole, which is most of the cost of a model.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False)
    section: ClassVar[type[YamlSection]]

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, data: Any) -> Any:
        data = cls.section.long_form(data)
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None or name not in cls.model_fields}

    @model_validator(mode="after")
    def _as_section(self) -> Any:
        given = {name: getattr(self, name) for name in self.section.KEYS if name in self.model_fields_set}
        made = self.section(**given)
        made.check()
        return made


def model_of(section: type[YamlSection]) -> type[Any]:
    """A section in pydantic's terms, of which it makes that section. Its defaults are for editors only."""
    if section not in _MODELS:
        fields: dict[str, Any] = {}
        for name, key in section.KEYS.items():
            default: Any = {"default_factory": dict} if key.make else {"default": plain(key.default)}
            fields[name] = (key.kind, Field(**default, description=key.description))
        _MODELS[section] = create_model(section.__name__, __base__=_Model, __doc__=section.__doc__, **fields)
        _MODELS[section].section = section
    return _MODELS[section]


_MODELS: dict[type[YamlSection], type[Any]] = {}


def validate(document: Document, section: type[Section], area: str) -> tuple[Section | None, list[Problem]]:
    """Type the values of `document` as `section`.

    Args:
        document: What was read.
        section: What it ought to be.
        area: First half of the problems' codes, such as `playbook`.

    Returns:
        The section, or None when there are faults; and the faults.
    """
    data = {} if document.data is None else document.data
    try:
        return model_of(section).model_validate(data), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
    # The key that an unknown one was meant to be is not missing as well.
    unknown = [each["loc"] for each in faults if each["type"] == "extra_forbidden"]
    meant = {(*loc[:-1], key) for loc in unknown for key in nearest(_names(section, loc[:-1]), str(loc[-1]))}
    told = (each for each in faults if not _is_echo(each) and not (each["type"] == "missing" and each["loc"] in meant))
    return None, [_problem(document, section, area, each) for each in told]


def schema_of(section: type[YamlSection]) -> str:
    """The JSON schema of a section, by which editors complete and check a file; the same bytes each time."""
    from pydantic.json_schema import GenerateJsonSchema  # few runs need it

    class Untitled(GenerateJsonSchema):
        """Leaves out titles, which would say each key a second time."""

        def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
            return False

    schema = model_of(section).model_json_schema(schema_generator=Untitled)
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(named, indent=2, ensure_ascii=False) + "\n"


def _is_echo(error: Mapping[str, Any]) -> bool:
    """Whether a fault only follows from another: a list without a good entry."""
    return error["type"] == "too_short" and bool(error["input"])


def _problem(document: Document, section: type[YamlSection], area: str, error: Mapping[str, Any]) -> Problem:
    loc: Steps = tuple(step for step in error["loc"] if step != "[key]")
    unknown = error["type"] == "extra_forbidden"
    path = loc if unknown or error["type"] == "missing" else document.nearest(loc)
    name = next((f"`{printable(step)}`" for step in reversed(path) if isinstance(step, str)), "the file")
    if unknown:
        known = _names(section, path[:-1])
        code, message = "unknown-key", f"unknown key {name}"
        hint = near_miss(str(path[-1]), known) or f"keys here: {', '.join(known)}"
    elif error["type"] == "missing":
        code, hint = "missing-key", None
        message = f"{name} is blank" if document.nearest(loc) == loc else f"{name} is missing"
    else:
        code, message, hint = _wrong_value(name, error)
    at_key = unknown or "[key]" in error["loc"] or error["type"] == "missing" or error["input"] is None
    return problem(document, path, message, f"{area}/{code}", hint, at_key=at_key)


_NUMBER = ("not-a-number", "a number")
_WHOLE = ("not-a-whole-number", "a whole number")
_BOOL = ("not-true-or-false", "`true` or `false`")
_CHOICE = ("not-a-choice", "one of {expected}")
_KEYS = ("not-a-group", "a group of `key: value` lines")
_LIST = ("not-a-list", "a list, each entry after `- `")
_TEXT = ("not-text", "text")
_MUST_BE = {
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _BOOL,
    "bool_parsing": _BOOL,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "model_type": _KEYS,
    "dict_type": _KEYS,
    "tuple_type": _LIST,
    "string_type": _TEXT,
    "string_pattern_mismatch": ("not-text", "text without a NUL in it"),
    "greater_than": ("out-of-range", "above {gt}"),
    "greater_than_equal": ("out-of-range", "at least {ge}"),
    "less_than": ("out-of-range", "below {lt}"),
    "less_than_equal": ("out-of-range", "at most {le}"),
    "decimal_max_places": ("too-exact", "a number with at most {decimal_places} decimals"),
}
"""What pydantic objects to -> the code, and what the value must be."""


def _wrong_value(name: str, error: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """Return code, message and hint."""
    kind, value, context = error["type"], error["input"], dict(error.get("ctx", {}))
    if kind in ("too_short", "string_too_short"):
        return "empty", f"{name} is empty", None
    if kind == "string_too_long":
        return (
            "too-long",
            f"{name} has {len(str(value).strip()):,} characters, of at most {context['max_length']}",
            None,
        )
    if isinstance(own := context.get("error"), Objection):
        return own.args[0], own.args[1], own.args[2] if own.args[2:] else None
    if kind not in _MUST_BE:
        return kind.replace("_", "-"), error["msg"], None
    code, what = _MUST_BE[kind]
    hint = None
    if kind in ("enum", "literal_error"):
        words = re.findall("'([^']*)'", context["expected"])
        context["expected"] = ", ".join(f"`{word}`" for word in words)
        hint = near_miss(str(value), words)
    limits = {
        key: limit if isinstance(limit, str) else f"{limit:,}".removesuffix(".0") for key, limit in context.items()
    }
    return code, f"{name} must be {what.format(**limits)}, not {shown(value)}", hint


def _names(section: type[YamlSection], path: Steps) -> list[str]:
    """Return the keys that the section allows at `path`, in its own order."""
    kind: Any = section
    for step in path:
        if isinstance(kind, type) and issubclass(kind, YamlSection):
            kind = kind.KEYS[str(step)].kind
        else:
            kind = get_args(kind)[0 if isinstance(step, int) else 1]
        while get_origin(kind) in (Annotated, Union, types.UnionType):
            kind = get_args(kind)[0]
    return list(kind.KEYS)
