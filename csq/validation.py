"""A document against a model: every fault at once, each with its place and in plain words.

The model is a `YamlSection`: pydantic checks and types the texts, this module turns what it objects to
into `Problem`s that name the line, what is wrong with the value, and the nearest thing allowed.
"""

import json
import re
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, LiteralString, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from csq.errors import Problem
from csq.located import Document, Steps, printable
from csq.suggest import near_miss, nearest

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")]
"""Text with something in it; spaces and line ends around it do not count."""


class YamlSection(BaseModel):
    """A mapping of a document. Unknown keys are faults; a key left blank is as good as absent."""

    # Deferred: the outermost model builds one validator for the whole, which is most of the cost of a model.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _drop_blanks(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


def fault(code: LiteralString, message: str, hint: str | None = None) -> PydanticCustomError:
    """Return what a model's own check raises; `code` with underscores for dashes."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


Model = TypeVar("Model", bound=YamlSection)


def validate(document: Document, model: type[Model], area: str) -> tuple[Model | None, list[Problem]]:
    """Type the values of `document` as `model`.

    Args:
        document: What was read.
        model: What it ought to be.
        area: First half of the problems' codes, such as `playbook`.

    Returns:
        The model, or None when there are faults; and the faults.
    """
    data = {} if document.data is None else document.data
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
    # The key that an unknown one was meant to be is not missing as well.
    unknown = [each["loc"] for each in faults if each["type"] == "extra_forbidden"]
    meant = {(*loc[:-1], key) for loc in unknown for key in nearest(_keys(model, loc[:-1]), str(loc[-1]))}
    told = (each for each in faults if not _is_echo(each) and not (each["type"] == "missing" and each["loc"] in meant))
    return None, [_problem(document, model, area, each) for each in told]


@cache
def trusted(kind: Any) -> Callable[[Any], Any]:
    """How to build what `kind` annotates, such as a model, of the JSON that such a one was written as.

    Checks nothing, and so needs no validator, which takes five times as long to build as the values do.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Annotated, Union, types.UnionType):  # one kind or none, and nothing that is None is written
        return trusted(inner[0])
    if origin is tuple:
        each = trusted(inner[0])
        return lambda data: tuple(map(each, data))
    if origin is dict:
        key, value = map(trusted, inner)
        return lambda data: {key(name): value(entry) for name, entry in data.items()}
    if not issubclass(kind, YamlSection):
        return cast("Callable[[Any], Any]", kind)
    fields = {name: trusted(field.annotation) for name, field in kind.model_fields.items()}
    return lambda data: kind.model_construct(**{name: fields[name](value) for name, value in data.items()})


def schema_of(model: type[YamlSection]) -> str:
    """The JSON schema of a model, by which editors complete and check a file; the same bytes each time."""
    from pydantic.json_schema import GenerateJsonSchema  # few runs need it

    class Untitled(GenerateJsonSchema):
        """Leaves out titles, which would say each key a second time."""

        def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
            return False

    schema = model.model_json_schema(schema_generator=Untitled)
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(named, indent=2, ensure_ascii=False) + "\n"


def problem(
    document: Document, path: Steps, message: str, code: str, hint: str | None = None, *, at_key: bool = False
) -> Problem:
    """Return the fault of the value at `path`, or of its key."""
    location = document.locate(path, key=at_key)
    return Problem(location=location, path=spell(path), message=message, code=code, hint=hint)


def spell(path: Steps) -> str:
    """Write a path as people read it, `play.steps[2].do`; positions count from 1, like lines."""
    words = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{printable(step)}" for step in path)
    return words.removeprefix(".")


def shown(value: object) -> str:
    """Quote a value of the document for a message; what is not text is only named."""
    match value:
        case None:
            return "blank"
        case str() if not value.strip():
            return "blank"
        case str() if len(value) <= 40:
            return f"`{printable(value)}`"
        case str():
            return f"`{printable(value[:37])}...`"
        case dict():
            return "a group of keys"
        case _:
            return "a list"


def _is_echo(error: Mapping[str, Any]) -> bool:
    """Whether a fault only follows from another: a default made of a faulty value, a list without a good entry."""
    return error["type"] == "default_factory_not_called" or (error["type"] == "too_short" and bool(error["input"]))


def _problem(document: Document, model: type[YamlSection], area: str, error: Mapping[str, Any]) -> Problem:
    loc: Steps = tuple(step for step in error["loc"] if step != "[key]")
    unknown = error["type"] == "extra_forbidden"
    path = loc if unknown or error["type"] == "missing" else document.nearest(loc)
    name = next((f"`{printable(step)}`" for step in reversed(path) if isinstance(step, str)), "the file")
    if unknown:
        known = _keys(model, path[:-1])
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
    "model_type": _KEYS,
    "dict_type": _KEYS,
    "tuple_type": _LIST,
    "string_type": _TEXT,
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
    if kind not in _MUST_BE:
        # A check of csq's own; it brings its words with it.
        return kind.replace("_", "-"), error["msg"], context.get("hint")
    code, what = _MUST_BE[kind]
    hint = None
    if kind == "enum":
        words = re.findall("'([^']*)'", context["expected"])
        context["expected"] = ", ".join(f"`{word}`" for word in words)
        hint = near_miss(str(value), words)
    limits = {
        key: limit if isinstance(limit, str) else f"{limit:,}".removesuffix(".0") for key, limit in context.items()
    }
    return code, f"{name} must be {what.format(**limits)}, not {shown(value)}", hint


def _keys(model: type[YamlSection], path: Steps) -> list[str]:
    """Return the keys that the model allows at `path`, in its own order."""
    kind: Any = model
    for step in path:
        if isinstance(kind, type) and issubclass(kind, YamlSection):
            kind = kind.model_fields[str(step)].annotation
        else:
            kind = get_args(kind)[0 if isinstance(step, int) else 1]
        while get_origin(kind) in (Annotated, Union, types.UnionType):
            kind = get_args(kind)[0]
    return list(kind.model_fields)
