"""What a column of numbers in a usage table measures, told by the whole words of its header.

Only what is known to be use is scored: every word must be known, and one that rules use out is enough to do so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

from csq.errors import ConfigError, Setting
from csq.regex import regex
from csq.roles import ROLES
from csq.sources.cells.values import squeeze
from csq.sources.columns import use_words as use
from csq.sources.reading.read import TextTable
from csq.suggest import and_more, few, first, in_yaml, nearest
from csq.terms import MetricKind, Role

SCORED = (MetricKind.COUNT, MetricKind.USERS, MetricKind.DAYS, MetricKind.TIME, MetricKind.PERCENT)
AMOUNTS = (MetricKind.COUNT, MetricKind.USERS, MetricKind.DAYS, MetricKind.TIME)
"""Kinds that are zero where nothing was done."""


class Metric(NamedTuple):
    """How a column is scored."""

    kind: MetricKind
    window_days: int | None = None
    """Length of the window that its header names by a number or a week."""
    span_days: int | None = None
    """Likewise by a month, a quarter or a year, which differ in length."""
    is_average: bool = False
    """It is one already, so that it is not summed."""
    is_per_seat: bool = True
    """Whether more seats make more of it: neither of what is told for each user, nor of features used."""
    running: str | None = None
    """Of a running total, the period that it starts again with, a key of `use_words.RUNNING`."""
    is_told: bool = False
    """Whether csq.yaml says so."""

    @property
    def is_summed(self) -> bool:
        """Whether it adds up over periods. Days of a window that reaches further than the period do not."""
        if self.kind is MetricKind.DAYS:
            return not self.is_average and self.window_days is None
        return self.kind in (MetricKind.COUNT, MetricKind.TIME) and not self.is_average

    @property
    def looks_back(self) -> bool:
        """Whether it tells of more than a day, wherever it stands."""
        return (self.window_days or self.span_days or 1) > 1

    @property
    def word(self) -> MetricKind:
        """The word by which csq.yaml tells it."""
        return MetricKind.RUNNING if self.running else self.kind

    def grown(self) -> Self:
        """What a running total grew by."""
        return self._replace(running=None, window_days=None, span_days=None)


class Meaning(NamedTuple):
    """The metric of a header, None where that is not known; of what is never use, what it is instead."""

    metric: Metric | None
    instead: str = ""


def metric_name(header: str) -> str:
    """`Active Users (30d)` becomes `active_users_30d`."""
    return re.sub(r"[\W_]+", "_", header.casefold().replace("%", " pct ")).strip("_")


def _called(header: str) -> tuple[str, str]:
    """The names that mean a column: its metric and its header, without case, spaces and punctuation."""
    return squeeze(metric_name(header)), squeeze(header)


@dataclass(frozen=True)
class KindsTold:
    """The kinds that csq.yaml tells under `metrics:`, to be asked of any column."""

    kinds: Mapping[str, MetricKind]
    """By the name of a column, or of its metric."""

    @cached_property
    def _squeezed(self) -> Mapping[str, MetricKind]:
        return {squeeze(name): kind for name, kind in self.kinds.items()}

    def of(self, header: str) -> MetricKind | None:
        """The kind of a column, where it is told."""
        return next((self._squeezed[name] for name in _called(header) if name in self._squeezed), None)


def check_metrics(told: KindsTold, tables: Sequence[TextTable]) -> None:
    """Refuse a name under `metrics:` in csq.yaml that no column of the usage files has.

    Raises:
        ConfigError: There is none, with the near miss.
    """
    headers = list(dict.fromkeys(header for table in tables for header in table.header if header))
    known = {name for header in headers for name in _called(header)} if told.kinds else set()
    for name in told.kinds if tables else ():
        if squeeze(name) not in known:
            near = nearest(headers, name, form=squeeze)
            raise ConfigError(
                f"no usage file has a column `{name}`, which `metrics:` in csq.yaml names",
                hint=f"did you mean `{near[0]}`?" if near else f"columns: {first(headers)}",
            )


def metrics_line(headers: Sequence[str]) -> str:
    """The line of csq.yaml that makes columns count as use, and how many more are like them."""
    kinds = [f"{in_yaml(header)}: count" for header in headers]
    return f"`metrics: {{{', '.join(few(kinds))}}}`{and_more(kinds)}"


def kinds_asked(headers: Iterable[str], likely: MetricKind) -> tuple[Setting, ...]:
    """The question of each column what it measures."""
    others = tuple(str(kind) for kind in MetricKind if kind is not likely)
    text = "its name does not say whether it is use"
    return tuple(Setting(("metrics", header), str(likely), text, others) for header in headers)


@lru_cache(maxsize=1 << 15)
def meaning(header: str, told: MetricKind | None = None) -> Meaning:
    """What a column measures by its header, or by the kind that is told for it."""
    text = _text(header)
    if told is MetricKind.RUNNING:
        kind = _kind({*_telling_words(text)[1]}, text)
        metric = _metric(kind if kind in _RUN else MetricKind.COUNT, text)
        return Meaning(metric._replace(running=_running(text) or use.EVER))
    if told:
        return Meaning(_metric(told, text))
    if squeeze(header) in _other_fields():
        return Meaning(None, f"`{_other_fields()[squeeze(header)]}`")
    words, singular = _telling_words(text)
    every = {*words, *singular}
    what = next((never.what for never in use.NEVER if every & {*never.words}), "")
    if every & {*use.TROUBLE} and what in ("", "a date"):  # `days_since_last_login` is none
        return Meaning(Metric(MetricKind.TROUBLE))
    if what:
        return Meaning(None, what)
    if not _without_windows(text):
        return Meaning(None, "a date")
    if words == ["active"]:
        return Meaning(None, "a flag")
    kind = _kind({*singular}, text)
    return Meaning(_metric_by_words(kind, text) if kind else None)


@lru_cache(maxsize=1)
def _other_fields() -> Mapping[str, str]:
    """Headers that are fields of other roles, and those fields: what is known to be that is nothing else."""
    own = {name for field in ROLES[Role.USAGE].fields for name in field.names}
    others = {name: field.name for spec in ROLES.values() for field in spec.fields for name in field.names}
    return {name: field for name, field in others.items() if name not in own}


_MONEY = regex(r"[$€£]")
_CHANGE = regex(r"(?<![^\W_])[YQMW]o[YQMW](?![^\W_])")
_SEAM = regex(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_PHRASES = {regex(rf"\b(?:{pattern})\b"): word for pattern, word in use.PHRASES.items()}


@lru_cache(maxsize=4096)
def _text(header: str) -> str:
    """The words of a header, lower-case: `Active Users (30d)` and `ActiveUsers30d` are `activeuser 30d`."""
    text = _MONEY.sub(" dollar ", header.replace("%", " pct ").replace("#", " number ").replace("/", " per "))
    text = _CHANGE.sub(lambda match: match[0].casefold(), text)
    text = _SEAM.sub(" ", text)
    text = " ".join(re.findall(r"[^\W_]+", text.casefold()))
    for phrase, word in _PHRASES.items():
        text = phrase.sub(word, text)
    return text


_UNIT = "|".join(use.UNITS.values())
_LAST = "l|t|d|last|past|trailing|rolling"
_COUNTED = regex(rf"(?:\b(?:{_LAST}|the|in|over|within|for) ){{0,5}}\b(\d+) ({_UNIT}|h|hrs?|hours?)\b")
_BARE = regex(rf"\b(?:{_LAST}) (\d+)\b")
_NAMED = regex(rf"\b(?:last|past|this|current|per|each|every) (?:calendar )?({_UNIT}|period)\b")
_TOTALS = {again: regex(rf"\b(?:{'|'.join(words)})\b") for again, words in use.RUNNING.items()}
_OVER = regex(rf"\bper (?:{_UNIT})\b|\b(?:daily|weekly|monthly|quarterly|yearly)\b")
"""What an average is over, so that more days do not make more of it."""


@lru_cache(maxsize=4096)
def _without_windows(text: str) -> str:
    for window in (_COUNTED, _BARE, _NAMED, *_TOTALS.values()):
        text = window.sub(" ", text)
    return " ".join(word for word in text.split() if word not in use.PERIODS)


def _telling_words(text: str) -> tuple[list[str], list[str]]:
    """The words that say what is measured, as they stand and in the singular."""
    text = re.sub(rf"\b{use.HEADS}\b", " ", _without_windows(text))
    words = [word for word in text.split() if word not in (*use.PASSED_OVER, *use.AVERAGES)]
    return words, [_singular(word) for word in words]


def _singular(word: str) -> str:
    if word in use.TIME:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _is_per_head(text: str) -> bool:
    return bool(re.search(rf"\b{use.HEADS}\b", text))


def _is_average(text: str) -> bool:
    return any(word in use.AVERAGES for word in text.split())


def _kind(words: set[str], text: str) -> MetricKind | None:
    """The kind of use that the words tell; None where one of them is not known, or they leave two readings open."""
    per_head, average = _is_per_head(text), _is_average(text)
    if _is_share(words):
        return None if per_head else MetricKind.PERCENT
    if "day" in words:
        known = words > {"day"} and words <= {"day", *use.ACTIVE, *use.MODIFIERS} - {"user", "activeuser"}
        return MetricKind.DAYS if known and words & {*use.ACTIVE} and not per_head else None
    if average and not per_head and not _OVER.search(text) and not words & {*use.USERS, *use.PEOPLE}:
        return None  # of days, of users or of sessions: nobody says
    if words & {*use.TIME} or ("time" in words and words & {*use.SPENT}):
        known = words <= {"time", *use.TIME, *use.SPENT, *use.ACTIVE, *use.MODIFIERS}
        return MetricKind.TIME if known and not (average and "session" in words) else None
    if words <= {*use.USERS, *use.PEOPLE, *use.AT_WORK, *use.MODIFIERS} and _are_at_work(words, text):
        return None if per_head else MetricKind.USERS
    return MetricKind.COUNT if _is_count(words) else None


def _is_share(words: set[str]) -> bool:
    told, rated = words & {*use.PERCENT}, words & {*use.RATES}
    of = words - {*use.PERCENT, *use.RATES}
    if not of <= {"day", *use.USED, *use.USERS, *use.PEOPLE, *use.MODIFIERS, *use.FEATURES}:
        return False
    return bool((told and of & {*use.USED, *use.USERS}) or (rated and of & {*use.RATED}) or of & {*use.SHARES})


def _are_at_work(words: set[str], text: str) -> bool:
    people = words & {*use.PEOPLE}
    has_window = _without_windows(text) != text
    return bool(words & {*use.USERS} or (people and words & {*use.AT_WORK}) or ("user" in words and has_window))


def _is_count(words: set[str]) -> bool:
    if _is_features(words):
        return True
    known = words <= {*use.COUNTS, *use.OBJECTS, *use.DONE, *use.MODIFIERS}
    return bool(known and (words & {*use.COUNTS} or (words & {*use.OBJECTS} and words & {*use.DONE})))


def _is_features(words: set[str]) -> bool:
    return bool(
        words <= {*use.FEATURES, *use.ADOPTED, "product", "unique", "distinct"}
        and words & {*use.FEATURES}
        and words & {*use.ADOPTED}
    )


_RUN = (MetricKind.COUNT, MetricKind.DAYS, MetricKind.TIME)
"""Kinds that a running total may be of."""


def _running(text: str) -> str | None:
    """The period with which a total starts again; None where it is no running total."""
    return next((again for again, words in _TOTALS.items() if words.search(text)), None)


def _metric_by_words(kind: MetricKind, text: str) -> Metric | None:
    """The metric; None of what was ever done, where it does not tell how much was done in between."""
    metric, running = _metric(kind, text), _running(text)
    if kind in _RUN and metric.is_per_seat and not metric.is_average:
        return metric._replace(running=running)
    return None if running == use.EVER else metric


def _metric(kind: MetricKind, text: str) -> Metric:
    words = set(_telling_words(text)[1])
    exact, spanned = _window(text)
    per_head = _is_per_head(text)
    return Metric(
        kind=kind,
        window_days=None if exact == 1 and kind is not MetricKind.USERS else exact,  # days add up but for people
        span_days=spanned,
        is_average=per_head or _is_average(text) or bool(re.search(rf"\bper (?:{_UNIT})\b", text)),
        is_per_seat=not per_head and not _is_features(words),
    )


def _window(text: str) -> tuple[int | None, int | None]:
    """Days of the window that a header names: told by a number or a week, and by longer words."""
    days = {name: length for length, names in use.UNITS.items() for name in names.split("|")}
    if (found := _COUNTED.search(text)) and found[2] in days:
        return int(found[1]) * days[found[2]], None
    if found := _BARE.search(text):
        return int(found[1]), None
    named = [days.get(found[1], 0)] if (found := _NAMED.search(text)) else []
    named += [use.PERIODS.get(word) or use.USERS.get(word, 0) for word in text.split()]
    longest = max(named, default=0)
    return (longest, None) if longest in (1, 7) else (None, longest if longest > 7 else None)
