"""`csq help settings` and `csq help playbook`: every key of the two files, read off their models.

A model is imported when its page is asked for: that of the playbook needs polars.
"""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from csq.render.topics.page import HelpPage, HelpSection
from csq.section import YamlSection

_HEAD = ("key", "meaning")


def settings() -> HelpPage:
    """The keys of csq.yaml."""
    from csq.settings.model import Settings

    text = (
        "All of it is optional. It is looked for in the folder with the exports and in the working directory; "
        "`--config` names another. A flag comes before it. The lines that a run prints for pinning are valid here."
    )
    return HelpPage("Settings: the keys of csq.yaml", (HelpSection("Keys", text, _rows(Settings), _HEAD),))


def playbook() -> HelpPage:
    """The keys of playbooks.yaml."""
    from csq.playbook.model import Playbook

    text = (
        "`csq playbook init` writes the built-in one, `csq playbook lint` checks yours. NAME stands for names of your "
        "own or of csq, and `-` for each entry of a list. `csq help facts` lists what `when` and braces may name."
    )
    return HelpPage("Playbook: the keys of playbooks.yaml", (HelpSection("Keys", text, _rows(Playbook), _HEAD),))


def _rows(model: type[YamlSection]) -> tuple[tuple[str, str], ...]:
    return tuple(_keys(model, "", set()))


def _keys(model: type[YamlSection], place: str, seen: set[type[YamlSection]]) -> Iterator[tuple[str, str]]:
    """The keys of a model at a place, then those of the models within; what several keys hold is told once."""
    seen.add(model)
    within: dict[tuple[type[YamlSection], str], list[str]] = {}
    for name, field in model.KEYS.items():
        yield f"{place}{name}", field.description
        for inner, path in _models(field.kind):
            within.setdefault((inner, path), []).append(name)
    for (inner, path), names in within.items():
        if inner not in seen:
            where = "/".join(names) if len(names) < 3 else "NAME"
            yield from _keys(inner, f"{place}{where}: {path}", seen)


def _models(kind: Any, path: str = "") -> Iterator[tuple[type[YamlSection], str]]:
    """The models that a key may hold, each with the way to it: `NAME: ` in a mapping, `- ` in a list."""
    if isinstance(kind, type) and issubclass(kind, YamlSection):
        yield kind, path
    elif get_origin(kind) is dict:
        yield from _models(get_args(kind)[1], f"{path}NAME: ")
    else:
        step = f"{path}- " if get_origin(kind) in (list, tuple) else path
        for each in get_args(kind):
            yield from _models(each, step)
