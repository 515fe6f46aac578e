"""What people write where they tick a step off, and what it means."""

from collections.abc import Mapping

from csq.terms import Tick

WORDS: Mapping[str, Tick | None] = {
    "done": Tick.DONE, "x": Tick.DONE, "✓": Tick.DONE, "✔": Tick.DONE, "☑": Tick.DONE, "✅": Tick.DONE,
    "yes": Tick.DONE, "y": Tick.DONE, "true": Tick.DONE, "1": Tick.DONE, "checked": Tick.DONE, "completed": Tick.DONE,
    "tried": Tick.TRIED, "not now": Tick.NOT_NOW, "no longer": Tick.NO_LONGER,
    "no": None, "n": None, "false": None, "0": None, "-": None, "☐": None, "open": None, "not done": None,
}  # fmt: skip
"""By word, in lower case, the tick that it is; None: nothing is ticked."""
DONE, NOTE = "done", "note"
"""Headings of the columns in which people tick, and say more."""
OURS = ("Why: ", "Next: ", "Risk: ")
"""What the lines below a step begin with that csq wrote; others are notes of whoever ticked it."""
