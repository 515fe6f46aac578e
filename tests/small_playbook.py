"""A small playbook that is valid, for tests to put their one fault into."""

from csq.terms import Quadrant

ENTRY = """
  {name}:
    label: {name}
    means: What it means.
    queue: rest
    weight: 1
    play:
      headline: Do it
      steps:
        - do: Call them
"""
ORDER = "order: [advocates, frustrated, at_risk, underusers, unknown]\n"
SMALL = ORDER + "quadrants:" + "".join(ENTRY.format(name=name) for name in Quadrant)


def small(*swaps: tuple[str, str], more: str = "") -> str:
    """A small playbook that is valid until a part of it is swapped for another."""
    text = SMALL + more
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text
