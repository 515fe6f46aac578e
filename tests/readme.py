"""The parts of README.md that are made from the code: `python tests/readme.py` writes them anew.

A part stands between `<!-- name -->` and `<!-- /name -->`. `test_docs.py` holds what is written to what
is made.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import typer

from csq.cli.main import command_line
from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare
from csq.errors import Exit
from csq.pipeline import triage
from csq.playbook.load import load_playbook
from csq.playbook.model import (
    Need,
    Play,
    Playbook,
    QuadrantEntry,
    Risk,
    Signal,
    SignalReading,
    SignalWeights,
    Split,
    Step,
    Urgency,
)
from csq.render import Format, Options, Selection, render
from csq.render.columns import PUBLIC
from csq.render.topics.metrics import KINDS
from csq.roles import ROLES
from csq.schema import ACCOUNT, COLUMNS, CONTEXT, HAPPINESS, PLACE, PLAN, USAGE, Column
from csq.settings.model import (
    Columns,
    Currency,
    CutRule,
    Features,
    Goals,
    Keys,
    Scales,
    Settings,
    Statuses,
    Thresholds,
    Tiers,
    Windows,
)
from csq.validation import Section

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    heads = list(head)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def screen() -> str:
    """What a triage of the sample data prints, 80 columns wide: the grid, and the first accounts of a quadrant."""
    run = prepare(Inputs(directory="sample_data"), Method(), Faults(), None)
    report = triage(run.tables, run.settings, run.playbook, as_of=run.as_of)
    options = Options(selection=Selection(quadrant=("advocates",), top=2), width=80)
    text = render(report, Format.TERMINAL, options).decode()
    # The grid with all that is said above it, then the accounts; between them stand the play and its risks.
    grid = text.split("\n■ ")[0].rstrip()
    accounts = re.search(r"^ +#.*?(?=\n\n)", text, flags=re.MULTILINE | re.DOTALL)
    return f"```text\n$ csq triage sample_data --quadrant advocates --top 2\n{grid}\n\n[...]\n\n{accounts[0]}\n```"


def quadrants() -> str:
    """The quadrants of the built-in playbook in the order of attack."""
    playbook = load_playbook(None).playbook
    placed = {"advocates": "high, high", "frustrated": "high, low", "at_risk": "low, low", "underusers": "low, high"}
    rows = [
        (entry.label, placed.get(name, "an axis is unknown"), entry.play.headline, entry.queue)
        for name in playbook.order
        for entry in [playbook.entry(name)]
    ]
    return table(("quadrant", "usage, happiness", "play", "queue"), rows)


def fields() -> str:
    """The fields of each role and the headers they go by."""
    rows = [
        (role, field.name, field.cell, ", ".join(field.names)) for role, spec in ROLES.items() for field in spec.fields
    ]
    return table(("role", "field", "holds", "headers, without case, spaces and punctuation"), rows)


def facts_table(columns: Iterable[Column]) -> str:
    """Columns with what they hold."""
    rows = [(f"`{each.name}`", each.kind, each.unit, each.span, each.meaning) for each in columns]
    return table(("column", "holds", "unit", "values", "meaning"), rows)


def exits() -> str:
    """Exit codes and their meaning, from the code that defines them."""
    code = (ROOT / "csq/errors.py").read_text()
    words = dict(re.findall(r'^    \w+ = (\d+)\n    """(.+?)"""', code, flags=re.MULTILINE))
    return table(("exit code", "meaning"), ((str(int(each)), words[str(int(each))]) for each in Exit))


def keys(sections: dict[str, type[Section]]) -> str:
    """Keys of a YAML file with their meaning."""
    rows = [
        (f"`{place}{name}`", field.description or "")
        for place, section in sections.items()
        for name, field in section.model_fields.items()
    ]
    return table(("key", "meaning"), rows)


def settings() -> str:
    """The keys of csq.yaml."""
    return keys(
        {
            "": Settings,
            "columns: ": Columns,
            "keys: ": Keys,
            "windows: ": Windows,
            "features: ": Features,
            "scales: ": Scales,
            "tiers: ": Tiers,
            "thresholds: ": Thresholds,
            "thresholds: usage: ": CutRule,
            "statuses: ": Statuses,
            "goals: ": Goals,
            "currency: ": Currency,
        }
    )


def metrics() -> str:
    """How the columns of a usage table are scored."""
    return table(("kind", "scored"), ((str(kind), how) for kind, how in KINDS))


def playbook() -> str:
    """The keys of playbooks.yaml."""
    return keys(
        {
            "": Playbook,
            "quadrants: NAME: ": QuadrantEntry,
            "gate: - ": Need,
            "play: ": Play,
            "steps: - ": Step,
            "risks: - ": Risk,
            "signals: NAME: ": Signal,
            "signals: NAME: quadrants: NAME: ": SignalReading,
            "urgency: - ": Urgency,
            "signal_weights: ": SignalWeights,
            "split: ": Split,
        }
    )


def help_texts() -> str:
    """`--help` of csq and of every command."""
    root = typer.main.get_command(command_line())
    blocks = []

    def walk(command: object, words: tuple[str, ...], parent: typer.Context | None) -> None:
        context = command.make_context(words[-1], [], parent=parent, resilient_parsing=True, terminal_width=80)
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        blocks.append(f"```text\n$ {' '.join(words)} --help\n{text.strip()}\n```")
        for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
            walk(command.get_command(context, name), (*words, name), context)

    walk(root, ("csq",), None)
    return "\n\n".join(blocks)


def parts() -> dict[str, str]:
    """Every part by name."""
    return {
        "screen": screen(),
        "quadrants": quadrants(),
        "fields": fields(),
        "columns": facts_table(COLUMNS[name] for name in PUBLIC),
        "exits": exits(),
        "metrics": metrics(),
        "settings": settings(),
        "playbook": playbook(),
        "help": help_texts(),
        "facts": facts_table((*ACCOUNT, *USAGE, *HAPPINESS, *CONTEXT, *PLACE, *PLAN)),
    }


def written(text: str, name: str) -> str:
    """What stands in the README under a name. Raises LookupError when there is no such part."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", text, flags=re.DOTALL)
    if not found:
        raise LookupError(name)
    return found[1]


def main() -> None:
    """Write all parts anew."""
    text = README.read_text(encoding="utf-8")
    for name, part in parts().items():
        marked = f"<!-- {name} -->\n{part}\n<!-- /{name} -->"
        text = re.sub(rf"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, new=marked: new, text, flags=re.DOTALL)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import os

    os.chdir(ROOT)
    main()
