"""`csq init`: look at the exports, ask what they leave open, and write csq.yaml."""

import codecs
from pathlib import Path
from typing import Annotated

import typer

from csq.cli import diagnostics, emit
from csq.cli.options import Speech, expanded
from csq.errors import Exit, UsageError
from csq.located import read
from csq.suggest import in_shell

EXAMPLES = """\b
Examples:
  csq init exports
  csq init exports --update   add what is new, leave what is there
"""

HEAD = """\
# yaml-language-server: $schema={schema}
# How csq reads and measures the exports in this folder: `csq help settings` lists what there is to say.
# A remark tells what a line was taken from. A line that begins with `# ` is open: complete it, and take that away.
"""

Folder = Annotated[str, typer.Argument(metavar="DIR", help="Folder with the exports, where csq.yaml is written")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite csq.yaml if there is one")]
Update = Annotated[bool, typer.Option("--update", help="Add to csq.yaml what is new; its lines stay as they are")]


@expanded
def init(speech: Speech, *, directory: Folder = ".", force: Force = False, update: Update = False) -> int:
    """Look at the exports in DIR and write csq.yaml: how they are read and measured, so that the next run need not ask.

    What the exports leave open is asked on a terminal: Enter takes what is offered, Ctrl-C writes nothing. Without a
    terminal it is written as a comment, to be completed, and listed; exit 1. Where keys of no account come near to one,
    accounts are offered in aliases.csv.
    """
    from csq.cli.asking import explore
    from csq.cli.output import speak
    from csq.settings.edit import add, in_one_line
    from csq.settings.load import FILE_NAME, SCHEMA_NAME
    from csq.settings.model import Settings
    from csq.validation import schema_of

    speak(speech)
    folder = Path(directory)
    path = folder / FILE_NAME
    before = _begin(path, force=force, update=update)
    found = explore(folder, before, str(path))
    edited = add(before, found.lines, str(path))
    mark = codecs.BOM_UTF8 if path.exists() and update and path.read_bytes().startswith(codecs.BOM_UTF8) else b""
    files = [(path, mark + edited.text.encode()), (folder / SCHEMA_NAME, schema_of(Settings).encode())]
    if found.aliases:
        files.append((found.aliases.path, found.aliases.data))
    emit.to_files(files)
    for setting in dict.fromkeys((*found.left, *edited.left)):
        diagnostics.found(f"open: `{in_one_line(setting)}`: {setting.why}")
    what = f"{edited.added:,} {'line' if edited.added == 1 else 'lines'} added to" if update else "wrote"
    diagnostics.note(f"{what} `{path}`; `csq triage {in_shell(directory)}` goes by it")
    return Exit.FOUND if found.left or edited.left else Exit.OK


def _begin(path: Path, *, force: bool, update: bool) -> str:
    """What csq.yaml says before anything is added to it."""
    from csq.settings.load import SCHEMA_NAME

    if force and update:
        raise UsageError("`--force` writes csq.yaml anew, and `--update` adds to it", hint="give one of them")
    if path.exists() and update:
        return read(path).text
    if path.exists() and not force:
        raise UsageError(f"`{path}` exists already", hint="`--update` adds what is new, `--force` overwrites it")
    return HEAD.format(schema=SCHEMA_NAME)
