"""Answers in figures, kind by kind: their scale, its direction, and the codes among them that are no answers."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, Setting, UsageError
from csq.report import BY_SETTINGS, ScaleFound
from csq.roles import Cell
from csq.sources.cells.answer_words import HOW_MUCH
from csq.sources.cells.answers import direction, pairs_in
from csq.sources.cells.values import nowhere, squeeze
from csq.sources.roles.scales import (
    NPS,
    Scale,
    UnknownScale,
    codes_in,
    faces_or_nps,
    find_scales,
    parse_scale,
    scale_in_header,
    to_hundred,
    top_in_header,
)
from csq.sources.roles.score import CODES, Scores, count_silent
from csq.sources.rows.tables import ReadOptions, convert
from csq.sources.rows.typed import FILE, Typed
from csq.suggest import in_shell
from csq.terms import NoteKind, Survey

ALL = "all"
"""Stands for every header, or every file, that is not named."""


class Figures(NamedTuple):
    """The numbers of one kind of survey in one column."""

    kind: Survey
    here: pl.Series
    """Which rows they are."""
    values: pl.Series
    """Null where they are not."""
    asks: str
    """Header and labels."""


def read_figures(scores: Scores, asks: str, fixed: Mapping[Survey, Scale]) -> None:
    """Put answers in figures on 0-100.

    Args:
        scores: The column.
        asks: Its header and labels.
        fixed: The scale of each kind of survey that the export is known to have.

    Raises:
        InputError: Nothing says on which scale, or the cells contradict each other or what was told.
    """
    cells = convert(scores.typed, scores.name, Cell.NUMBER, scores.cells["number"], scores.options)
    scores.reject(cells.unreadable, "score is not a number")
    is_number = cells.values.is_not_null()
    for kind in Survey:
        here = (scores.kinds == kind) & is_number
        if here.any():
            _read_kind(scores, Figures(kind, here, cells.values.set(~here, None), asks), fixed.get(kind))


def _read_kind(scores: Scores, figures: Figures, fixed: Scale | None) -> None:
    told = _told(scores, figures)
    labels = scores.typed.frame[FILE].filter(figures.here).unique(maintain_order=True).to_list()
    open_labels = [label for label in labels if label not in told]
    if open_labels:
        part = figures if open_labels == labels else _of(scores, figures, open_labels)
        _read_part(scores, part, _candidates(scores, part, fixed), open_labels, is_told=False)
    for scale in dict.fromkeys(told[label] for label in labels if label in told):
        mine = [label for label in labels if told.get(label) == scale]
        _read_part(scores, _of(scores, figures, mine), (scale,), mine, is_told=True)


def _of(scores: Scores, figures: Figures, labels: list[str]) -> Figures:
    """Those of some files."""
    mine = scores.typed.frame[FILE].is_in(labels)
    return figures._replace(here=figures.here & mine, values=figures.values.set(~mine, None))


def _read_part(
    scores: Scores, figures: Figures, candidates: tuple[Scale, ...], labels: list[str], *, is_told: bool
) -> None:
    """Put the answers of files that go by the same scales on 0-100."""
    candidates = _directed(scores, figures, candidates, is_told=is_told)
    points = [to_hundred(figures.values, scale) for scale in candidates]
    outside = figures.here & points[0].is_null()
    codes = outside & codes_in(figures.values)
    if codes.any():
        count_silent(scores, codes, CODES)
    lost = outside & ~codes
    first = next(table for table in scores.typed.tables if table.label == labels[0])
    found = ScaleFound(
        survey=figures.kind,
        header=scores.header,
        files=tuple(labels),
        line=first.header_line,
        scale=str(candidates[0]),
        why=candidates[0].why,
        others=tuple(str(scale) for scale in candidates[1:]),
    )
    scores.put(figures.here, points, found)
    scores.reject(lost, f"score outside the scale {candidates[0]}")
    if figures.kind is Survey.NPS:
        _count_promoters(scores, figures, candidates[0])


def _count_promoters(scores: Scores, figures: Figures, scale: Scale) -> None:
    """Promoters (9 and up), passives (7 and up) and detractors (below) of answers on 0-10; of others nothing."""
    if (scale.worst, scale.best) != NPS:
        return
    values = figures.values
    side = (values >= 7).cast(pl.Int8) + (values >= 9).cast(pl.Int8) - 1
    inside = figures.here & scores.answer.is_not_null()
    scores.side = scores.side.zip_with(~inside, side)
    if inside.any() and not (values > 5).any():
        text = f"no answer of `{scores.header}` is above 5 of 10: if it is no 0-10 scale, say `--csat-scale`"
        scores.typed = scores.typed.noting(text, NoteKind.WARNING)


def _candidates(scores: Scores, figures: Figures, fixed: Scale | None) -> tuple[Scale, ...]:
    """The scales the answers may be on, by header, cells and answers."""
    top = _top(scores, figures)
    named = fixed or _ends(scores, figures) or scale_in_header(figures.asks, scores.header)
    if named and (top is None or top == named.span[1]):
        return (named,)
    if named:
        raise _contradiction(scores, figures, top or 0.0, named)
    values = figures.values.drop_nulls()
    plain = values.filter(~codes_in(values))
    stars = bool(scores.cells["is_stars"].filter(figures.here).any())
    if figures.kind is Survey.NPS and not stars and top in (None, NPS[1]):
        return faces_or_nps(plain) if top is None else (Scale(*NPS, "NPS"),)
    if figures.kind is Survey.CES and top is None and plain.is_between(1, 7).all() and (plain > 5).any():
        return (Scale(1.0, 7.0, "that of effort"),)
    try:
        _check_files(scores, figures, stars=stars, top=top)
        return find_scales(plain, top=top, is_stars=stars)
    except UnknownScale as unknown:
        raise InputError(
            f"no scale is certain for `{scores.header}` in `{scores.where(figures.here).label}`: "
            f"the answers go from {unknown.low:g} to {unknown.high:g}",
            location=scores.where(figures.here),
            hint=_hint(scores, figures, "LOW-HIGH"),
            asks=(
                Setting(("scales", figures.kind, scores.header), "", f"answers {unknown.low:g} to {unknown.high:g}"),
            ),
        ) from None


def _ends(scores: Scores, figures: Figures) -> Scale | None:
    """The scale whose ends a header puts into words: `1 = worst, 10 = best`."""
    numbers = {number for number, _ in pairs_in(figures.asks)}
    if len(numbers) < 2:
        return None
    return Scale(min(numbers), max(numbers), f"named in the header or label of `{scores.header}`")


def _hint(scores: Scores, figures: Figures, scale: str) -> str:
    return (
        f"say which: `--csat-scale {scale}`, such as `--csat-scale 1-5`, or in csq.yaml "
        f"`scales: {{{figures.kind}: {{{scores.header}: {scale}}}}}`"
    )


def _check_files(scores: Scores, figures: Figures, *, stars: bool, top: float | None) -> None:
    """Files with one header count together, unless enough answers show that they have different scales."""
    shown = {}
    for label in scores.typed.frame[FILE].filter(figures.here).unique(maintain_order=True):
        mine = figures.values.filter(scores.typed.frame[FILE] == label).drop_nulls()
        scales = find_scales(mine.filter(~codes_in(mine)), top=top, is_stars=stars)
        if len(scales) == 1:
            shown[label] = str(scales[0])
    if len(set(shown.values())) > 1:
        names = ", ".join(f"`{label}` {scale}" for label, scale in shown.items())
        raise InputError(
            f"files with the same columns seem to have different scales: {names}",
            hint="say which: `--csat-scale LOW-HIGH`, or `--csat-scale FILE=LOW-HIGH` for one of them",
        )


def _top(scores: Scores, figures: Figures) -> float | None:
    """The top of the scale that the cells name, else the header. Raises InputError where cells name different ones."""
    tops = scores.cells["top"].set(~figures.here, None)
    if not tops.count():
        return top_in_header(figures.asks)
    named = tops.drop_nulls().unique().sort()
    if len(named) > 1:
        cells = " and ".join(scores.cell(tops == top) for top in named[:2])
        raise InputError(
            f"`{scores.header}` has answers out of {named[0]:g} and out of {named[1]:g}: {cells}",
            location=scores.where(tops == named[1]),
            hint="give each scale a file or a column of its own",
        )
    return float(named[0])


def _contradiction(scores: Scores, figures: Figures, top: float, scale: Scale) -> InputError:
    tops = scores.cells["top"].set(~figures.here, None)
    where = scores.where(tops == top)
    cell = scores.cell(tops == top) if (tops == top).any() else f"the header `{scores.header}`"
    return InputError(
        f"{cell} is out of {top:g}, and the scale is {scale}, {scale.why}",
        location=where,
        hint=f"leave the scale to the file, or give its own: `--csat-scale {in_shell(f'{where.label}=LOW-HIGH')}`",
    )


def _directed(scores: Scores, figures: Figures, candidates: tuple[Scale, ...], *, is_told: bool) -> tuple[Scale, ...]:
    """The scales the way the words beside the numbers run.

    Raises:
        InputError: They run either way, the other way than was told, or csq knows none of them.
    """
    label = scores.cells["label"].set(~figures.here, None)
    labelled = label.is_not_null() if label.count() else nowhere(len(label))
    beside = pl.DataFrame({"number": figures.values, "label": label}).filter(labelled).unique()
    pairs = [*beside.rows(), *pairs_in(figures.asks)]
    if figures.kind is Survey.CES:
        pairs = [(number, words) for number, words in pairs if words not in HOW_MUCH]
    scale = candidates[0]
    hint = (
        f"say which way it runs, the worst answer first: `--csat-scale {scale}` or `--csat-scale {scale.reversed('')}`"
    )
    why = "whether a high number is a good one"
    asks = (Setting(("scales", figures.kind, scores.header), str(scale), why, (str(scale.reversed("")),)),)

    def refused(told: str, where: pl.Series, asks: tuple[Setting, ...] = asks) -> InputError:
        return InputError(told, location=scores.where(where), hint=hint, asks=asks)

    if is_told:
        _check_top(scores, figures, scale)
        if not labelled.any():
            return candidates
    try:
        rises = direction(pairs, *scale.span)
    except ValueError:
        told = f"the words in `{scores.header}` run both ways beside the numbers: {scores.cell(labelled)}"
        raise refused(told, labelled) from None
    told_apart = len({number for number, _ in pairs_in(figures.asks)}) > 1
    if rises is None and told_apart and not labelled.any():
        raise refused(f"{why} cannot be told by the words in the header `{scores.header}`", figures.here)
    if rises is None and labelled.any() and not is_told:
        told = f"whether a high number in `{scores.header}` is a good one cannot be told by {scores.cell(labelled)}"
        raise refused(told, labelled)
    if rises is None or rises == (scale.worst < scale.best):
        return candidates
    if is_told:
        told = f"{scores.cell(labelled)} of `{scores.header}` runs the other way than the scale {scale}, {scale.why}"
        raise refused(told, labelled, ())
    why = "the words beside the numbers say that the lowest is the best"
    return tuple(each.reversed(why) for each in candidates)


def _check_top(scores: Scores, figures: Figures, scale: Scale) -> None:
    top = _top(scores, figures)
    if top is not None and top != scale.span[1]:
        raise _contradiction(scores, figures, top, scale)


def _told(scores: Scores, figures: Figures) -> dict[str, Scale]:
    """The scales that somebody told for files, by label: by the flag, else in csq.yaml."""
    by_flag = _by_flag(scores.options, scores.typed)
    of_kind = scores.options.scales.get(figures.kind, {})
    written = next((of_kind[name] for name in of_kind if squeeze(name) == squeeze(scores.header)), of_kind.get(ALL))
    by_file = parse_scale(written, BY_SETTINGS) if written else None
    found = {}
    for table in scores.typed.tables:
        scale = by_flag.get(table.label) or _fitting(by_flag.get(ALL), figures) or by_file
        if scale:
            found[table.label] = scale
    return found


def _fitting(scale: Scale | None, figures: Figures) -> Scale | None:
    """A scale told for all files: it is that of the answers themselves, and of NPS or effort where it holds these."""
    if scale is None or figures.kind is Survey.CSAT:
        return scale
    values = figures.values.drop_nulls()
    values = values.filter(~codes_in(values))
    return scale if values.is_between(*scale.span).all() else None


def _by_flag(options: ReadOptions, typed: Typed) -> dict[str, Scale]:
    """Scales told by flag, by file label; `all` for those that are told for no file."""
    told: dict[str, Scale] = {}
    for text in options.csat_scale:
        name, _, scale = text.rpartition("=")
        labels = [table.label for table in typed.tables if re.search(rf"(^|[/\\]){re.escape(name)}$", table.label)]
        try:
            for label in labels if name else [ALL]:
                told[label] = parse_scale(scale)
        except ValueError:
            raise UsageError(
                f"`--csat-scale {text}` is no scale", hint="write the worst and the best answer: `--csat-scale 1-5`"
            ) from None
    return told
