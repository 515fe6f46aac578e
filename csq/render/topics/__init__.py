"""What `csq help TOPIC` prints: pages made from the tables that csq itself goes by, as text or as Markdown."""

from collections.abc import Callable, Mapping

from csq.render.topics import answers, metrics, rules
from csq.render.topics.page import Page, as_markdown, as_text

TOPICS: Mapping[str, tuple[str, Callable[[], Page]]] = {
    "metrics": ("which columns of a usage table are scored, and as what", metrics.page),
    "answers": ("which words, stars and faces are answers, and what they are worth", answers.page),
    "rules": ("how an account is measured and placed, rule by rule", rules.page),
}
"""The topics, with what they are about."""


def topic(name: str, *, markdown: bool = False) -> str:
    """The page of a topic."""
    page = TOPICS[name][1]()
    return as_markdown(page) if markdown else as_text(page)


def list_topics() -> str:
    """What there is help about."""
    return "".join(f"csq help {name:<12} {about}\n" for name, (about, _) in TOPICS.items())
