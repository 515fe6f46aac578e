"""`csq help`: what csq knows, topic by topic, from the tables that it goes by itself."""

import os
import shutil
from typing import Annotated

import typer

from csq.cli import emit, pager
from csq.cli.options import SHOW, NoPager, Text, option
from csq.errors import UsageError
from csq.suggest import unknown_name

EXAMPLES = """\b
Examples:
  csq help
  csq help fields
  csq help answers -f md
"""


def help(
    topic: Annotated[Text, typer.Argument(metavar="TOPIC", help="What to read about; all topics by default")] = None,
    *,
    output_format: Annotated[
        Text, option("text|md", "Form of the page; default text", "--format", "-f", panel=SHOW)
    ] = None,
    no_pager: NoPager = False,
) -> None:
    """Print a topic of the reference, such as the fields of the exports or the keys of csq.yaml."""
    from csq.cli.main import COMMANDS, GROUPS
    from csq.render.topics import TOPICS, list_topics
    from csq.render.topics import topic as page_of
    from csq.render.topics.page import WIDTH, as_markdown, as_text

    if output_format not in (None, "text", "md"):
        raise UsageError(f"no format `{output_format}`", hint="choose from text, md")
    if topic is not None and topic not in TOPICS:
        if topic in (*COMMANDS, *GROUPS):
            raise UsageError(f"`{topic}` is a command", hint=f"`csq {topic} --help`")
        raise unknown_name("no topic", topic, TOPICS)
    if topic is None:
        emit.to_stdout(list_topics().encode())
    elif output_format == "md":
        emit.to_stdout(as_markdown(page_of(topic)).encode())
    else:
        width = shutil.get_terminal_size().columns if os.isatty(emit.STDOUT) else WIDTH
        pager.show(as_text(page_of(topic), min(width, WIDTH)).encode(), wanted=not no_pager)
