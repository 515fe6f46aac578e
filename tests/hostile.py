"""A report in which every text that comes from outside tries to be more than text."""

from csq.report import Cut, Report
from csq.terms import Axis, Quadrant
from factories import accounts, report

HOSTILE = (
    "</script><script>window.ran = 1</script>",
    "<img src=x onerror=alert(1)>",
    "\"' onmouseover='alert(1)",
    "</title></svg><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "<!-- -->&lt;b&amp;",
)


def hostile_report() -> Report:
    """Put hostile text wherever a file, a setting or a playbook can put text."""
    rows = [
        {
            "account_id": text + str(place),
            "account_name": text,
            "owner": text,
            "tier": text,
            "next_step": text,
            "risks": [text, text + " 2"],
            "quadrant": quadrant,
        }
        for place, text in enumerate(HOSTILE)
        for quadrant in [list(Quadrant)[place % 5]]
    ]
    made = report(accounts=accounts(*rows))
    return made._replace(
        as_of_source=HOSTILE[0],
        currency=HOSTILE[1],
        settings_label=HOSTILE[0],
        pinned=HOSTILE[0],
        cuts=(Cut(axis=Axis.USAGE, tier=HOSTILE[3], at=50.0, method=HOSTILE[0], scored=7, note=HOSTILE[1]),),
        plays=tuple(play._replace(label=play.label + HOSTILE[0], means=HOSTILE[1]) for play in made.plays),
        sources=tuple(source._replace(label=HOSTILE[1]) for source in made.sources),
        notes=tuple(note._replace(text=HOSTILE[0]) for note in made.notes),
        gaps=tuple(gap._replace(text=HOSTILE[3]) for gap in made.gaps),
    )
