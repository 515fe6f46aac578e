"""`csq help metrics`: the vocabulary by which columns of a usage table are known."""

from collections.abc import Iterable

from csq.render.topics.page import HelpPage, HelpSection
from csq.sources.columns import use_words as use
from csq.terms import MetricKind

KINDS: tuple[tuple[MetricKind, str], ...] = (
    (MetricKind.COUNT, "per seat, as a share of the 75th percentile of the tier"),
    (MetricKind.RUNNING, "what a total that only grows grew by since the period before, like a count"),
    (MetricKind.USERS, "as a share of the seats"),
    (MetricKind.DAYS, "as a share of the days of the window that the header names, else of the period; never per seat"),
    (MetricKind.TIME, "like a count"),
    (MetricKind.PERCENT, "as it is"),
    (MetricKind.TROUBLE, "shown, not scored"),
    (MetricKind.IGNORE, "left out"),
)
"""How each kind of metric is scored."""
_SPOKEN = {
    "activeuser": "active users",
    "apicall": "api calls",
    "apirequest": "api requests",
    "loggedin": "logged in",
    "pageview": "page views",
    "seatusage": "seat usage",
    "seatutilization": "seat utilization",
    "usedseat": "seats used",
}
"""How words are spoken of that stand for several."""


def page() -> HelpPage:
    """Everything that tells what a column is."""
    return HelpPage(
        "Metrics: which columns of a usage table are scored",
        (
            HelpSection(
                "Kinds",
                "A column of numbers is scored when every word of its header is known. Case, plurals and the window "
                "(`30d`, `last 30 days`, `per week`, `total`) make no difference. A negative number is a fault. "
                f"More than {use.MOST:,} such columns are refused, until csq.yaml says what each is.",
                tuple((str(kind), how) for kind, how in KINDS),
            ),
            HelpSection("Words of use", "One word of a kind, alone or beside others of the list.", _use()),
            HelpSection(
                "Never use",
                "One of these words is enough, whatever else a header says; so is the name of a field of another file.",
                (
                    *((never.what, _listed(never.words)) for never in use.NEVER),
                    ("trouble, or time without use", _listed(use.TROUBLE)),
                ),
            ),
            HelpSection(
                "Everyday events",
                "Events of a log that say no more than that somebody was there: they count for active users and days, "
                "not for breadth, volume or the next feature. `features: {ignore: [...]}` in csq.yaml replaces the "
                "list, `features: {count: [...]}` takes events out of it.",
                (("events", _listed(use.EVERYDAY)),),
            ),
            HelpSection(
                "What csq.yaml says comes first",
                "Every other column is named once and not scored. `metrics: {widgets_made: count}` scores it, "
                "`metrics: {widgets_made: ignore}` leaves it out and says nothing. Contract value is never scored.",
            ),
        ),
    )


def _use() -> tuple[tuple[str, str], ...]:
    """The words of each kind, with those that stand beside them."""
    return (
        ("count", _listed(use.COUNTS)),
        ("", f"{_listed(use.OBJECTS)}; each with what is done to it: {_listed(use.DONE)}"),
        ("", f"{_listed(use.FEATURES)}; each with {_listed(use.ADOPTED)}, whatever the seats"),
        ("running", f"a count, days or time, with {_listed(word for words in use.RUNNING.values() for word in words)}"),
        ("users", _listed(use.USERS)),
        ("", f"{_listed(use.PEOPLE)}; each with {_listed(use.AT_WORK)}, or `users` with a window"),
        ("days", f"day, with {_listed(use.ACTIVE)}"),
        ("time", _listed(use.TIME)),
        ("", f"time, with {_listed(use.SPENT)}"),
        ("percent", _listed(use.SHARES)),
        ("", f"{_listed(use.PERCENT)}; each with {_listed(use.USED)}"),
        ("", f"{_listed(use.RATES)}; each with {_listed(use.RATED)}"),
        ("beside them", _listed(use.MODIFIERS)),
        ("passed over", _listed((*use.PASSED_OVER, *use.PERIODS, *use.AVERAGES))),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(_SPOKEN.get(word, word) for word in words)
