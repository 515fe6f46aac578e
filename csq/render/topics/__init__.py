"""What `csq help TOPIC` prints: pages made from the tables that csq itself goes by, as text or as Markdown.

A page is imported when it is asked for, so that a topic costs what it needs and naming the topics costs nothing.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from csq.render.topics.page import HelpPage

TOPICS: Mapping[str, tuple[str, str, str]] = {
    "metrics": ("which columns of a usage table are scored, and as what", "metrics", "page"),
    "answers": ("which words, stars and faces are answers, and what they are worth", "answers", "page"),
    "rules": ("how an account is measured and placed, rule by rule", "rules", "page"),
    "fields": ("what an export may hold, and the headers it goes by", "files", "fields"),
    "formats": ("what can be read, and what can be written", "files", "formats"),
    "settings": ("the keys of csq.yaml", "keys", "settings"),
    "playbook": ("the keys of playbooks.yaml", "keys", "playbook"),
    "facts": ("what conditions of the playbook and of `--fail-on` may ask about", "accounts", "facts"),
    "columns": ("the columns of every table that is written", "tables", "columns"),
    "exit-codes": ("how a run ends, and what a script may make of it", "files", "exit_codes"),
}
"""The topics, with what each is about, and the module and function that make its page."""


def topic(name: str) -> HelpPage:
    """The page of a topic."""
    _, module, function = TOPICS[name]
    make: Callable[[], HelpPage] = getattr(import_module(f"csq.render.topics.{module}"), function)
    return make()


def list_topics() -> str:
    """What there is help about."""
    lines = "".join(f"csq help {name:<12} {about}\n" for name, (about, *_) in TOPICS.items())
    return (
        f"{lines}\n`-f md` writes a topic as Markdown, for a wiki; `csq COMMAND --help` lists the flags of a command.\n"
    )
