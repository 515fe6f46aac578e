"""`csq help rules`: every rule by which an account is measured and placed, so that somebody else could redo it."""

from csq.engine.base import YEAR_AGO_DAYS
from csq.facts.context import CONVERSATIONS
from csq.facts.happiness import STALE_DAYS
from csq.facts.renewals import EARLY_DAYS
from csq.facts.survey import TOP_BOX
from csq.place.quadrants import FIRM_ANSWERS, FIRM_FLIPS
from csq.place.scores import LEAST_IN_TIER, NEW_DAYS
from csq.place.tiers import LEAST_FOR_THIRDS
from csq.render.topics.page import HelpPage, HelpSection
from csq.schema import BORDERLINE, PLACES
from csq.settings.model import Goals, Windows

_USAGE_DAYS = Windows.KEYS["usage"].default
_CSAT_DAYS = Windows.KEYS["csat"].default
_TOLERANCE = Goals.KEYS["tolerance"].default


def page() -> HelpPage:
    """All rules, in the order in which they are applied."""
    return HelpPage(
        "Rules: how an account is measured and placed",
        (
            _NUMBERS,
            _POPULATION,
            _USAGE,
            _CHANGE,
            _HAPPINESS,
            _SILENCE,
            _GOALS,
            _RENEWAL,
            _TIERS,
            _SCORE,
            _CUTS,
            _EVIDENCE,
            _PRIORITY,
        ),
    )


_NUMBERS = HelpSection(
    "Numbers and days",
    f"Facts, scores and cuts are rounded once to {PLACES} places, a half to the even digit, before anything compares "
    "or prints them: scores are made of parts as they are, margins of rounded scores and cuts. What is not known is "
    "null, and never 0. Both ends of a window count.",
    (
        ("as of", "`--as-of`, else the newest usage date, else the newest csat date, of whatever key; rows after it do "
         "not count"),
        ("usage window", f"{_USAGE_DAYS} days ending on it; the window before: the {_USAGE_DAYS} days before those; a "
         f"year ago: the window {YEAR_AGO_DAYS} days earlier. Either of these is not known where it begins before the "
         "first row of the log, of whatever key"),
        ("csat window", f"{_CSAT_DAYS} days ending on it; the window before: the {_CSAT_DAYS} days before those"),
    ),
)  # fmt: skip
_POPULATION = HelpSection(
    "Who is a customer",
    "Without an accounts file: every key of a row in usage and csat that is not dated after the day. With one: its "
    "accounts, except those below. What else the subscriptions of an account say is taken where they agree.",
    (
        ("status", "one that says churned, cancelled, prospect, trial and the like; `statuses:` adds words. A "
         "subscription that says so is left out, the account where all do"),
        ("start", "its own row, or all of its subscriptions, start after the day: not yet a customer. The start of "
         "several is the earliest by the day, of those left out too"),
        ("end", "its end date, or those of all its subscriptions, is the day or earlier, unless a status says active, "
         "the contract renews by itself or there was use after the last of the ends, in the window"),
        ("value", "ARR, where that is blank ACV, where that is blank 12 x MRR, row by row; of subscriptions the sum "
         "over those that start by the day and end after it; where all have ended, over those that a status says are "
         "active, else over those that ended last. Blank ones add nothing, and where all are blank it is not known"),
        ("seats", "likewise summed; 0 is not known"),
        ("new", f"under {NEW_DAYS} days since the start date; not known without one"),
    ),
)  # fmt: skip
_USAGE = HelpSection(
    "Usage, of an event log",
    "A row is one event, or as many as `events` says; blank is one, and 0 is a row without an event. An account "
    "without a row by the day is not known; one with rows by then but none in the window did nothing in it: 0. Of an "
    "event id that comes again, at whatever account of the accounts file, the newest row by the day counts, of one "
    "moment the first by account, user, feature and events, blank before any. Rows alike without an id all count.",
    (
        ("active_users", "distinct users with an event; not known where there were events and no user is named, and "
         "of a log that names none at all"),
        ("active_days", "distinct days with an event"),
        ("features_used", "distinct features, but for everyday ones such as logins; not known where there were events "
         "but for everyday ones and none names a feature, and of a log that names none at all"),
        ("features_available", "those in `features_entitled`, names between `;` but for everyday ones, or a number; "
         "else all with an event in the log of these customers by the day. An account need not be in the log"),
        ("features_unused", "entitled by name and not used, else available less used, at least 0; not known where "
         "features_used is not"),
        ("breadth_pct", "all features used / available, at most 100"),
        ("features_dropped", "used in the window before and not in this one"),
        ("idle_days", "days since the last day with an event"),
        ("top user", "most events in this window and the one before, ties by id; its share of the events "
         "of named users"),
    ),
)  # fmt: skip
_CHANGE = HelpSection(
    "Change of use",
    "In percent of the events before; not known from 0. It is sure where active user-days (pairs of user and day with "
    "an event) differ by more than twice the square root of their sum over both windows; of an account without any "
    "named user in either, active days. That is judged from 0 too, and not where the other window is not known. Of "
    "tables: of active days, else of users, else of events. `usage_trend_pct` "
    "and `usage_trend_sure` are the change on a year ago where the account has a season, else on the window before.",
)
_HAPPINESS = HelpSection(
    "Happiness",
    "An answer is put on 0-100: (answer - lowest) / (highest - lowest) x 100. One kind feeds the axis of all: "
    "CSAT where any customer has an answer in the window, else NPS, else CES (where none has one, the first with an "
    "answer by the day, else with a row). All but `nps` and `ces` is told of this kind alone. "
    "A row is dated by its answer, else by its request; without a date it counts in the newest window.",
    (
        ("answers", "in the window the latest of each respondent, a date without a time as midnight, none before any; "
         "of one time the lower, of those alike the last by role; without a respondent each"),
        ("asked", "distinct respondents with a row in the window, and each row without one, as often as `responses` "
         "says; known where the files have a status or a sending date, or rows without a score"),
        ("response_rate_pct", "responses / asked, at most 100; of none asked not known"),
        ("top_box_pct", f"answers of {TOP_BOX:g} or more; its interval is Wilson's for 95 %, z = 1.959964. Not known "
         "where one row averages several answers"),
        ("csat_change", "the mean less that of the window before, the latest of each respondent there"),
        ("role_gap", "highest mean of a role less the lowest, of two roles or more, blank being none and the first by "
         "name of those alike; `role_gap_answers` says how many stand behind each side, such as `2 and 1 answers`"),
        ("days_since_response", "to the newest answer by the day, whatever its window"),
        ("nps", "share of promoters (9-10) less detractors (0-6)"),
        ("responses", "a row that averages several answers counts as so many; a score of 0 answers is a fault"),
    ),
)  # fmt: skip
_SILENCE = HelpSection(
    "Silence, in this order",
    "Only the first is known where the files do not tell who was asked.",
    (
        ("stale", f"the newest answer is older than {STALE_DAYS} days"),
        ("asked_before", "never answered, and asked before the window only"),
        ("never_asked", "never answered and never asked"),
        ("no_answer", "asked in the window, and no answer in it"),
    ),
)
_GOALS = HelpSection(
    "Goals and promises",
    f"An open goal is behind when its progress lies more than {_TOLERANCE:g} points under the share of its time that "
    "is gone, from its start date to its target date; `goals: {tolerance: 10}` in csq.yaml settles how many. Without a "
    "start date that is not known. Past its date it is overdue instead. A promise that is kept closes the oldest that "
    "is open by then, one made the same day among them.",
)
_RENEWAL = HelpSection(
    "Renewals and conversations",
    "Days to the deadline are negative once it is past, and not known where the term is settled.",
    (
        ("deadline", "the opt-out date, if it is not after the renewal that is ahead, else renewal date less notice"),
        ("settled", f"an outcome `renewed` is dated in the {EARLY_DAYS} days before the renewal date or since; or the "
         "date is past, and another outcome is dated since or the contract renews by itself"),
        ("last contact", f"the newest of last_contact_date and of the events {', '.join(CONVERSATIONS)}"),
    ),
)  # fmt: skip
_TIERS = HelpSection(
    "Tiers",
    f"Thirds, where {LEAST_FOR_THIRDS} accounts or more have a value: of n values in ascending order, counted from 0, "
    "`large` begins at number 2n/3, `mid` at number n/3 (both rounded down) and `small` at 0; a band that begins where "
    "a higher one does is left out. With fewer all are one tier, `all`. Bands of csq.yaml begin at their least value. "
    "Without a value: `unvalued`; below the lowest band, or without a name in the column of `tiers:`, `other`.",
)
_SCORE = HelpSection(
    "Usage score",
    "The mean of the parts that are known, each at most 100; `weights:` may weigh them. A new account is asked for the "
    "days since its start, that day among them, and is no yardstick for others; one whose start is not known counts as "
    "settled, and where none is settled all do.",
    (
        ("seat_use", "active users / seats"),
        ("breadth", "features used / available"),
        ("active_days", "active days / Mondays to Fridays of the window, at least 1"),
        ("volume", "events that are not everyday, per seat and by the share of the window asked for / the reference; "
         "where no account has seats per account"),
        ("reference", f"the 75th percentile of such amounts of the tier's settled accounts, ten digits of it; with "
         f"under {LEAST_IN_TIER} amounts, or where it is 0, that of all accounts; where that is 0 too there is no such "
         "part"),
        ("usage_parts", "how many parts are known; an account that lacks one that more than half of the scored "
         "accounts of its tier have says so"),
    ),
)  # fmt: skip
_CUTS = HelpSection(
    "Cuts, levels, quadrant",
    f"Usage: the median of the tier's settled scores; with under {LEAST_IN_TIER} of them, of all settled accounts. "
    "Happiness: 70, which is 3.8 of 5 or 7 of 10; by a method, likewise of settled scores within tiers. Percentiles "
    "lie on the line between neighbours, qNN at NN of 100. The weighted median is the score at which half of the "
    "contract value is reached, from the lowest up; where it is half to the cent, the mean of it and the next with a "
    "value; without any value, the median. A median makes half of each tier high by construction: pin the cuts to see "
    "shares move. A tier that csq.yaml gives no number, where others have one, is cut at the median of all settled "
    "accounts, and held against the reference of all.",
    (
        ("high", "the score is the cut or more; without any event in the window but everyday ones usage is low, "
         "whatever the score (of a log that has no others these count, and there is no volume)"),
        ("borderline", f"less than {BORDERLINE:g} points from a cut, whichever is known"),
        ("quadrant", "usage, happiness: high, high advocates; high, low frustrated; low, high underusers; low, low "
         "at_risk; else unknown"),
    ),
)  # fmt: skip
_EVIDENCE = HelpSection(
    "Evidence",
    f"`answers_to_flip` is the least number of further answers at the other end of the scale (0 for a happy account, "
    f"100 for an unhappy one) that takes the score across the cut: (score x answers + end x further) / (answers + "
    "further), rounded; null where none does, at a cut of 0 or 100, which is as good as many. "
    f"Firm: {FIRM_ANSWERS} answers or more, {FIRM_FLIPS} or more to flip, and not stale; thin: any other answers; "
    "none: no answer.",
)
_PRIORITY = HelpSection(
    "Priority",
    "Contract value x weight of the quadrant x urgency x signal: weighted money, an index that only orders the work. "
    "It is rounded to cents (a tie goes to the even cent).",
)
