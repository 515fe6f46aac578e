"""What can go wrong, as values: where it happened, what it was, and what to do next.

Every error that a user can cause is a `CsqError`; anything else that escapes is a bug in csq.
The exit code of a run is decided by the class alone.
"""

from enum import IntEnum
from typing import NamedTuple, Self


class Exit(IntEnum):
    """Exit codes of the command line, with what each means."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        """Keep the meaning beside the number."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, "Done."
    FOUND = 1, "It worked, and found what you asked to be told about."
    USAGE = 2, "The command line is wrong."
    INPUT = 3, "Input is missing, empty, unreadable or unusable."
    CONFIG = 4, "csq.yaml or playbooks.yaml cannot be used."
    OUTPUT = 5, "An output cannot be written or locked."
    BUG = 70, "A bug in csq."
    INTERRUPTED = 130, "Interrupted from the keyboard."
    PIPE = 141, "The reader of the output went away."
    TERMINATED = 143, "Terminated."


class Location(NamedTuple):
    """A place in a file. `line` and `column` count from 1; `excerpt` is that line's text, made safe to print."""

    label: str
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    width: int = 1
    """How many characters of the excerpt the caret line underlines."""

    def __str__(self) -> str:
        """`label:line:column`, as far as it is known."""
        return ":".join(str(part) for part in (self.label, self.line, self.column) if part is not None)


class Problem(NamedTuple):
    """One fault in a file that is checked as a whole.

    `path` says where in the document (`quadrants.at_risk.play`), `code` is a stable slug such as
    `playbook/unknown-key`.
    """

    location: Location
    path: str
    message: str
    code: str
    hint: str | None = None

    def __str__(self) -> str:
        """`file:line:col: path: message`, the form editors understand."""
        where = f"{self.location}: {self.path}: " if self.path else f"{self.location}: "
        return where + self.message


class Setting(NamedTuple):
    """A line of csq.yaml that settles something: what was found, or what is open."""

    path: tuple[str, ...]
    """Its keys, from the outermost."""
    value: str
    """As YAML has it; of what is open the likeliest, or nothing where none is."""
    why: str
    """What it was taken from, or what the question is."""
    others: tuple[str, ...] = ()
    """Values that it may have as well; where it has one and there are no others, any may be given."""
    is_item: bool = False
    """Whether the value is one of a list at `path`."""


class CsqError(Exception):
    """Something the user can mend.

    Attributes:
        message: What happened, one clause, lower case, no full stop.
        location: Where, if it is a place in a file.
        hint: The next thing to do.
        details: Lines to print under the message, such as candidates.
        asks: Lines of csq.yaml that would settle it.
    """

    exit = Exit.INPUT

    def __init__(
        self,
        message: str,
        *,
        location: Location | None = None,
        hint: str | None = None,
        details: tuple[str, ...] = (),
        asks: tuple[Setting, ...] = (),
    ) -> None:
        """Keep the parts apart; the command line lays them out."""
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint
        self.details = details
        self.asks = asks


class UsageError(CsqError):
    """The command line asks for something that cannot be."""

    exit = Exit.USAGE


class InputError(CsqError):
    """An input file is missing, empty, unreadable or unusable."""

    exit = Exit.INPUT


class TooFewMatch(InputError):
    """So few rows of a role match an account that quadrants would be made of the rest."""


class TooBigError(InputError):
    """An input file holds more than is read of one."""


class NoKeyError(InputError):
    """No column of an input file can name an account that is known."""


class OutputError(CsqError):
    """An output cannot be written."""

    exit = Exit.OUTPUT


class ConfigError(CsqError):
    """csq.yaml or playbooks.yaml cannot be used; carries every fault found."""

    exit = Exit.CONFIG

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = (), hint: str | None = None) -> None:
        """Take all the faults of one file, in the order of the file."""
        super().__init__(message, hint=hint)
        self.problems = problems
