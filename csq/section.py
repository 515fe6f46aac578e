"""Sections of a YAML file: their keys, what each may hold, its default and its meaning.

What is built in is taken as it is. What a file of the user's says is checked by pydantic, which is only imported then:
it asks each section and each rule how.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, ClassVar, TypeVar, Union, cast, get_args, get_origin


class Rule:
    """What a value is held to, as a part of its type: limits, which are called as pydantic calls them, and functions.

    `before` makes it of the kinds that may be `written`, `after` checks it and raises Objection.
    """

    __is_annotated_types_grouped_metadata__ = True

    def __init__(self, *, before: Any = None, written: Any = None, after: Any = None, **limits: Any) -> None:
        """Take it as it is."""
        self.before, self.written, self.after, self.limits = before, written, after, limits

    def __iter__(self) -> Iterator[Any]:
        """The same in pydantic's terms, in the order in which they enclose a value."""
        import pydantic

        if "strip_whitespace" in self.limits:
            yield from pydantic.StringConstraints(**self.limits)
        elif self.limits:
            yield from pydantic.Field(**self.limits).metadata
        if self.after:
            yield pydantic.AfterValidator(self.after)
        if self.before:
            yield pydantic.BeforeValidator(self.before, json_schema_input_type=self.written)


Text = Annotated[str, Rule(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")]
"""Text with something in it; spaces and line ends around it do not count."""


class Objection(ValueError):
    """What a check of csq's own has against a value: the second half of the problem's code, its words, and a hint."""


class Key:
    """A key of a section, which yields the default where the section was given no value; `...` is no default."""

    kind: Any
    """What it holds, as annotated."""

    def __init__(self, default: Any, description: str, *, make: Callable[[Any], Any] | None = None) -> None:
        """Take a default, or what makes it of the section."""
        self.default, self.description, self.make = default, description, make

    def __set_name__(self, section: type, name: str) -> None:
        """Take the kind from beside the name."""
        self.kind = section.__annotations__[name]

    def __get__(self, section: Any, kind: type) -> Any:
        """The default, in a section; in the class the key."""
        if section is None:
            return self
        return self.make(section) if self.make else self.default


key: Any = Key
"""As a key stands in a section, where it has the type of what it holds."""


class YamlSection:
    """A mapping of a document, which does not change; what it was given are its own attributes."""

    KEYS: ClassVar[Mapping[str, Key]] = {}
    """By name, those that it shares with another first."""

    def __init_subclass__(cls) -> None:
        """Take the keys that the class lists."""
        cls.KEYS = {**cls.KEYS, **{name: each for name, each in vars(cls).items() if isinstance(each, Key)}}

    def __init__(self, /, **given: Any) -> None:
        """Take values that are known to be right."""
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: `replace` makes another one."""
        raise AttributeError(f"{type(self).__name__}.{name} does not change")

    def __eq__(self, other: object) -> bool:
        """Whether all keys have the same values, given or not."""
        return type(other) is type(self) and all(getattr(self, name) == getattr(other, name) for name in self.KEYS)

    @classmethod
    def long_form(cls, data: Any) -> Any:
        """What a short way to write it stands for; anything else as it is."""
        return data

    def check(self) -> None:
        """Raise Objection where its values do not go together."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """How it is checked."""
        from csq.validation import model_of

        return handler.generate_schema(model_of(cls))


Section = TypeVar("Section", bound=YamlSection)


def replace(section: Section, /, **changes: Any) -> Section:
    """The section with other values."""
    return type(section)(**{**vars(section), **changes})


def plain(value: Any, *, with_defaults: bool = True) -> Any:
    """A section, or a value of one, as JSON has it."""
    inner = partial(plain, with_defaults=with_defaults)
    match value:
        case YamlSection():
            names = value.KEYS if with_defaults else vars(value)
            return {name: inner(getattr(value, name)) for name in value.KEYS if name in names}
        case Mapping():
            return {str(name): inner(each) for name, each in value.items()}
        case list() | tuple():
            return [inner(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


@cache
def trusted(kind: Any) -> Callable[[Any], Any]:
    """How to build what `kind` annotates, such as a section, of the JSON that such a one was written as, unchecked."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Annotated, Union, UnionType):  # one kind or none, and nothing that is None is written
        return trusted(inner[0])
    if origin is tuple:
        each = trusted(inner[0])
        return lambda data: tuple(map(each, data))
    if origin is dict:
        name, value = map(trusted, inner)
        return lambda data: {name(key): value(entry) for key, entry in data.items()}
    if not issubclass(kind, YamlSection):
        return cast("Callable[[Any], Any]", kind)
    made = {name: trusted(each.kind) for name, each in kind.KEYS.items()}
    return lambda data: kind(**{name: made[name](value) for name, value in data.items()})
