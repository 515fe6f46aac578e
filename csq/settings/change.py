"""Single keys of csq.yaml that are to hold something else for one run: `thresholds.happiness.at=75`."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from csq import yamlfile
from csq.errors import ConfigError, UsageError
from csq.located import Data, spell
from csq.regex import regex
from csq.settings.model import ALL_TIERS

MOST = 100
"""Values that a key can be swept over; each takes a run."""
EXAMPLE = {
    "--set": "`--set thresholds.happiness.at=75`",
    "--sweep": "`--sweep thresholds.happiness.at=60:80:5`",
}
_STEP = regex(r'\s*(?:"([^"]+)"|([^".=]+?))\s*(\.|=|$)')
_INSTEAD = (
    ("thresholds.usage", "at", "method"),
    ("thresholds.happiness", "at", "method"),
    ("tiers", "bands", "column"),
)
"""Groups of which one key stands in place of another."""
_FOR_ALL = regex(r"thresholds\.(usage|happiness)\.at|scales\.(csat|nps|ces)")
"""Keys where a value alone is that of all."""
_CUT = regex(r"thresholds\.(usage|happiness)")


_DEEPEST = 20
"""Steps of a key; csq.yaml has none that is half as deep."""


class KeyChange(NamedTuple):
    """A key and what it is to hold."""

    path: tuple[str, ...]
    value: Data
    """None: as if it was not there."""
    told: str
    """As it was typed, with its flag."""


class Sweep(NamedTuple):
    """A key and the values that it is to take one after the other."""

    key: str
    changes: tuple[KeyChange, ...]
    values: tuple[str, ...]


def parse_change(text: str, flag: str = "--set") -> KeyChange:
    """Read `KEY=VALUE`, the value as csq.yaml would have it; a part of the key with a dot in it stands in quotes.

    Raises UsageError when it is none.
    """
    told = f"{flag} {text}"
    path, value = _parted(text, flag)
    try:
        return KeyChange(path, yamlfile.parse(value, flag).data, told)
    except ConfigError as error:
        hint = "write the value as in csq.yaml, in quotes where it has signs of YAML"
        raise UsageError(f"`{told}`: {error.problems[0].message}", hint=hint) from error


def parse_sweep(text: str) -> Sweep:
    """Read `KEY=FROM:TO:STEP`, both ends included. Raises UsageError when it is none, or more values than `MOST`."""
    values = _parted(text, "--sweep")[1]
    key = text.removesuffix(f"={values}")
    hint = f"write `--sweep KEY=FROM:TO:STEP`, such as {EXAMPLE['--sweep']}"
    try:
        first, last, step = (Decimal(each.strip()) for each in values.split(":"))
        count = int((last - first) / step) + 1
    except (ValueError, ArithmeticError) as error:
        raise UsageError(f"`--sweep {text}` is no range", hint=hint) from error
    if not 0 < count <= MOST or (last - first) / step < 0:
        told = f"{count:,} values, of at most {MOST}" if count > MOST else "no value"
        raise UsageError(f"`--sweep {text}` has {told}", hint=hint)
    swept = [f"{first + step * number:f}" for number in range(count)]
    return Sweep(key.strip(), tuple(parse_change(f"{key}={each}", "--sweep") for each in swept), tuple(swept))


def _parted(text: str, flag: str) -> tuple[tuple[str, ...], str]:
    """The steps of a key, and what follows the `=`."""
    path: list[str] = []
    at, end = 0, "."
    while end == ".":
        step = _STEP.match(text, at)
        if step is None or len(path) > _DEEPEST:
            raise UsageError(f"`{flag} {text}` names no key", hint=f"such as {EXAMPLE[flag]}")
        path.append(step[1] or step[2])
        at, end = step.end(), step[3]
    if not end:
        raise UsageError(f"`{flag} {text}` says no value", hint=f"such as {EXAMPLE[flag]}")
    return tuple(path), text[at:]


def changed(data: Data, changes: Sequence[KeyChange]) -> str:
    """The text of a csq.yaml that says what `data` says, but for the changes."""
    for change in changes:
        data = _put(data, (), change)
    return json.dumps(data, indent=1, ensure_ascii=False)


def _put(data: Data, above: tuple[str, ...], change: KeyChange) -> Data:
    """What stands under the keys `above`, with the change in it."""
    if above == change.path:
        return change.value
    group: dict[str, Any] = dict(_opened(data, ".".join(above)))
    key = change.path[len(above)]
    for where, *others in _INSTEAD:
        if ".".join(above) == where and key in others and change.value is not None:
            group = {name: held for name, held in group.items() if name == key or name not in others}
    group[key] = _put(group.get(key), (*above, key), change)
    return group


def _opened(data: Data, where: str) -> dict[str, Data]:
    """A group of keys, where its short form may stand."""
    if isinstance(data, dict):
        return data
    if isinstance(data, str) and _FOR_ALL.fullmatch(where):
        return {ALL_TIERS: data}
    if isinstance(data, str) and _CUT.fullmatch(where):
        return {"at" if re.match(r"[-+.]?\d", data) else "method": data}
    return {}


def meant(path: str, changes: Sequence[KeyChange]) -> str:
    """The change that is at fault for what stands at a path, as it was typed."""
    own = ((spell(each.path), each.told) for each in changes)
    return next((told for at, told in own if at.startswith(path) or path.startswith(at)), changes[0].told)
