"""Whether it matters on which of several scales answers were given: it does where an account would stand elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

import polars as pl

from csq.errors import InputError, Location, Setting
from csq.facts.build import Facts
from csq.facts.happiness import happiness_facts
from csq.facts.roles import with_known_roles
from csq.place.scores import happiness_score, is_new
from csq.place.thresholds import take_cuts
from csq.place.tiers import assign_tiers
from csq.report import ScaleFound
from csq.settings.model import Settings
from csq.sources.load import Tables
from csq.sources.roles.score import ANSWER, OTHER, QUESTION
from csq.sources.rows.typed import RoleRows
from csq.terms import Axis, Level, Role

MOST_TRIALS = 64
"""With more ways to read the answers together, each scale is tried by itself."""
SHOWN = 3
"""Accounts that are named for each scale."""
Choice = tuple[int, ...]
Levels = Mapping[str, Level]


def settle_scales(tables: Tables, facts: Facts, settings: Settings, as_of: date | None) -> tuple[ScaleFound, ...]:
    """The scales that answers were read on, the open ones settled where each of them places all accounts alike.

    Raises:
        InputError: An account would stand on the other side of the happiness cut; with what each scale would do.
    """
    rows = tables.roles.get(Role.CSAT)
    scales = rows.scales if rows else ()
    questions = [scale for scale in scales if scale.others]
    if not questions:
        return scales
    levels = {
        choice: _levels(_read_as(tables, questions, choice), facts, settings, as_of) for choice in _choices(questions)
    }
    for place, question in enumerate(questions):
        for choice, found in levels.items():
            ways = {}
            for scale in range(len(question.others) + 1):
                other = (*choice[:place], scale, *choice[place + 1 :])
                ways[other[place]] = levels.get(other, found)
            if any(way != found for way in ways.values()):
                raise _question(question, ways)
    return tuple(_settled(scale) if scale.others else scale for scale in scales)


def _choices(questions: list[ScaleFound]) -> Iterable[Choice]:
    counts = [len(question.others) + 1 for question in questions]
    every = product(*(range(count) for count in counts))
    together = 1
    for count in counts:
        together *= count
    if together <= MOST_TRIALS:
        return every
    return [
        tuple(scale if at == place else 0 for at in range(len(counts)))
        for place, count in enumerate(counts)
        for scale in range(count)
    ]


def _read_as(tables: Tables, questions: list[ScaleFound], choice: Choice) -> RoleRows | None:
    """The answers, each question's on the scale that is chosen for it; 0 is the one they were read on."""
    rows = tables.roles[Role.CSAT]
    answer = pl.col(ANSWER)
    for question, scale in zip(questions, choice, strict=True):
        if scale:
            answer = pl.when(pl.col(QUESTION) == question.key).then(pl.col(f"{OTHER}{scale}")).otherwise(answer)
    read = replace(rows, frame=rows.frame.with_columns(answer.alias(ANSWER)))
    return with_known_roles(read, tables.roles.get(Role.CONTACTS))


def _levels(answers: RoleRows | None, facts: Facts, settings: Settings, as_of: date | None) -> Levels:
    """On which side of the happiness cut each account stands by these answers; those without any are absent."""
    measured = happiness_facts(answers, facts.frame["account_id"], as_of, settings.windows.csat).frame
    names = measured.columns[1:]
    frame = facts.frame.drop(names, strict=False).join(measured, on="account_id", maintain_order="left")
    tier, _ = assign_tiers(frame, settings.tiers)
    frame = frame.with_columns(tier, is_new=is_new(), happiness_score=happiness_score(settings.happiness))
    frame = frame.sort("tier", "account_id")
    cuts = {cut.tier: cut.at for cut in take_cuts(frame, Axis.HAPPINESS, settings.thresholds.happiness)}
    scored = frame.drop_nulls("happiness_score").select("account_id", "tier", "happiness_score")
    return {key: Level.HIGH if score >= cuts[tier] else Level.LOW for key, tier, score in scored.iter_rows()}


def _question(question: ScaleFound, ways: Mapping[int, Levels]) -> InputError:
    scales = (question.scale, *question.others)
    asks: tuple[Setting, ...] = ()
    told = []
    for scale, levels in ways.items():
        high = sorted(key for key, level in levels.items() if level is Level.HIGH)
        named = f": {', '.join(high[:SHOWN])}{' and more' if len(high) > SHOWN else ''}" if high else ""
        told.append(f"{scales[scale]}: {len(high):,} of {len(levels):,} accounts happy{named}")
    why = "it decides who is happy"
    if question.words:
        words = ", ".join(f"{word}: {points:g}" for word, points in question.words.items())
        hint = f"say in csq.yaml what the words are worth, such as `answers: {{{words}}}`"
        asks = tuple(Setting(("answers", word), f"{points:g}", why) for word, points in question.words.items())
    else:
        hint = (
            f"say which: `--csat-scale {question.scale}`, or in csq.yaml "
            f"`scales: {{{question.survey}: {{{question.header}: {question.scale}}}}}`"
        )
        asks = (Setting(("scales", question.survey, question.header), question.scale, why, question.others),)
    return InputError(
        f"no scale is certain for `{question.header}` in `{question.files[0]}`: it decides who is happy",
        details=tuple(told),
        location=Location(label=question.files[0], line=question.line),
        hint=hint,
        asks=asks,
    )


def _settled(scale: ScaleFound) -> ScaleFound:
    apart = [other for other in scale.others if other != scale.scale]
    if not apart:  # words between the same ends, of which one scale has more
        return scale._replace(others=(), is_certain=False)
    others = f"if they go {' or '.join(apart)}" if scale.words else f"on {', '.join(apart)}"
    return scale._replace(others=(), is_certain=False, why=f"{scale.why}; every account stands the same {others}")
