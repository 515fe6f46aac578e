"""The parts of README.md that are made from the code, and its picture: `python tests/readme.py` writes them anew.

A part stands between `<!-- name -->` and `<!-- /name -->`. `test_docs.py` holds what is written to what
is made. The reference is no part of the page: `csq help` prints it.
"""

import re
from pathlib import Path

from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare
from csq.pipeline import triage
from csq.playbook.load import load_playbook
from csq.render import Format, Options, render
from csq.render.topics import topic
from csq.render.topics.page import as_table
from csq.report import Report

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


PICTURE = ROOT / "sample_data" / "page.svg"


def sample() -> Report:
    """A triage of the sample data."""
    run = prepare(Inputs(directory="sample_data"), Method(), Faults(), None)
    return triage(run.tables, run.settings, run.playbook, as_of=run.as_of)


def picture() -> str:
    """The picture of the page for the sample data as a file of its own, with what of the page's style it needs."""
    page = render(sample(), Format.HTML).decode()
    colours, *_ = re.findall(r":root \{.*?\}", page, flags=re.DOTALL)
    rules = re.findall(r"^(?:#scatter|#marks|\.box|\.cut|\.\w+ \{ --own).*$", page, flags=re.MULTILINE)
    style = "\n".join((colours, *rules, "svg { font-family: sans-serif; background: var(--paper); }"))
    (drawn,) = re.findall(r'<svg id="scatter"(.*?</svg>)', page, flags=re.DOTALL)
    head, body = drawn.split(">", maxsplit=1)
    return f'<svg xmlns="http://www.w3.org/2000/svg" id="scatter"{head}>\n<style>\n{style}\n</style>{body}\n'


def screen() -> str:
    """What a triage of the sample data prints on a terminal of 100 columns: the first five, and the first quadrant."""
    lines = render(sample(), Format.TERMINAL, Options(width=100)).decode().splitlines()
    sixth, advocates = (
        next(number for number, line in enumerate(lines) if line.startswith(start))
        for start in ("   6 ", "● Advocates")
    )
    shown = (*lines[:sixth], "[...]", *lines[advocates : advocates + 5], "[...]")
    return "\n".join(("```text", "$ csq triage sample_data", *shown, "```"))


def quadrants() -> str:
    """The quadrants of the built-in playbook in the order of attack."""
    playbook = load_playbook(None).playbook
    placed = {"advocates": "high, high", "frustrated": "high, low", "at_risk": "low, low", "underusers": "low, high"}
    rows = tuple(
        (entry.label, placed.get(name, "an axis is unknown"), entry.play.headline, str(entry.queue))
        for name in playbook.order
        for entry in [playbook.entry(name)]
    )
    return as_table(("quadrant", "usage, happiness", "play", "queue"), rows)


def exits() -> str:
    """Exit codes and their meaning."""
    (section,) = topic("exit-codes").sections
    return as_table(section.head, section.rows)


def parts() -> dict[str, str]:
    """Every part by name."""
    return {"screen": screen(), "quadrants": quadrants(), "exits": exits()}


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
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    import os

    os.chdir(ROOT)
    main()
