"""`csq help`: what csq knows, topic by topic, from the tables that it goes by itself."""

from typing import Annotated

import typer

from csq.cli.options import Text, option

EXAMPLES = """\b
Examples:
  csq help
  csq help metrics
  csq help answers -f md
"""


def explain_topic(
    topic: Annotated[Text, typer.Argument(metavar="TOPIC", help="What to read about; all topics by default")] = None,
    *,
    output_format: Annotated[Text, option("text|md", "Form of the page; default text", "--format", "-f")] = None,
) -> None:
    """Explain a topic, such as which columns of a usage table are scored, or which words are answers."""
    from csq.cli import emit
    from csq.errors import UsageError
    from csq.render.topics import TOPICS, list_topics
    from csq.render.topics import topic as page
    from csq.suggest import unknown_name

    if output_format not in (None, "text", "md"):
        raise UsageError(f"no format `{output_format}`", hint="choose from text, md")
    if topic is not None and topic not in TOPICS:
        raise unknown_name("no topic", topic, TOPICS)
    text = list_topics() if topic is None else page(topic, markdown=output_format == "md")
    emit.to_stdout(text.encode())
