"""The answers of one score column: put on 0-100 under each scale they may be given on.

What the cells leave open is kept beside the likeliest reading, so that whoever places accounts can say whether it
matters.
"""

from dataclasses import dataclass, field

import polars as pl

from csq.errors import InputError, Location, Setting
from csq.report import ScaleFound
from csq.sources.cells.answer_words import NO_ANSWER_CODES
from csq.sources.cells.answers import WordScale, are_known, plain, read_answers, with_spellings, word_scales
from csq.sources.cells.values import tidy
from csq.sources.reading.read import LINE, column
from csq.sources.roles.scales import MANY, SOME
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import FILE, Typed, labels
from csq.terms import NoteKind, Role, Survey

ANSWER, QUESTION, OTHER, SIDE = "answer", "_question", "_other_", "nps_side"
"""Columns of answers: on 0-100; under which open scale; on the other candidates, numbered; promoter 1, detractor -1."""
SPOILED = "reads like a date, which a spreadsheet makes of 4/5"
CODES = "are codes outside the scale: counted as asked, without an answer"
UNKNOWN_WORD = "not an answer csq knows in words"
REMEDIES = {
    SPOILED: "export the answers again, with that column as text",
    UNKNOWN_WORD: "say what each is worth in csq.yaml: `answers: {WORD: 0-100}`",
    "score is not a number": "say what each is worth in csq.yaml: `answers: {WORD: 0-100}`",
    "score outside the scale": "say which scale it is: `--csat-scale LOW-HIGH`",
}
"""What mends cells that are no answers, by how the reason begins."""


@dataclass(kw_only=True, eq=False)
class Scores:
    """One score column while it is read; each part has a row per row of `typed`."""

    typed: Typed
    name: str
    kinds: pl.Series
    options: ReadOptions
    tidied: pl.Series
    cells: pl.DataFrame
    answer: pl.Series
    side: pl.Series
    question: pl.Series
    others: list[pl.Series] = field(default_factory=list)

    @property
    def header(self) -> str:
        """The header of the column."""
        return self.typed.header(self.name)

    @property
    def words(self) -> pl.Series:
        """The words of cells without a number."""
        return self.cells["word"]

    def where(self, mask: pl.Series) -> Location:
        """The first cell where `mask` holds."""
        row = int(mask.arg_max() or 0)
        return Location(label=self.typed.frame[FILE][row], line=self.typed.frame[LINE][row])

    def cell(self, mask: pl.Series) -> str:
        """The first cell where `mask` holds, and its line."""
        row = int(mask.arg_max() or 0)
        return f"`{self.tidied[row]}` on line {self.typed.frame[LINE][row]:,}"

    def reject(self, mask: pl.Series, reason: str) -> None:
        """Reject the rows where `mask` holds."""
        self.typed = self.typed.reject(mask, self.name, reason)

    def put(self, mask: pl.Series, points: list[pl.Series], found: ScaleFound) -> None:
        """Keep the answers where `mask` holds: the points on the scale taken, then those on its other candidates."""
        self.answer = self.answer.zip_with(~mask, points[0])
        if found.others:
            self.question = self.question.set(mask, found.key)
            while len(self.others) < len(points) - 1:
                self.others.append(self.answer.clear(len(self.answer)))
            self.others = [
                other.zip_with(~mask, points[place]) if place < len(points) else other
                for place, other in enumerate(self.others, start=1)
            ]
        self.typed = self.typed.replace(scales=(*self.typed.scales, found)).noting(found.text)

    def columns(self) -> list[pl.Series]:
        """What the frame of the answers gains."""
        others = [other.alias(f"{OTHER}{place}") for place, other in enumerate(self.others, start=1)]
        return [self.answer.alias(ANSWER), self.side.alias(SIDE), self.question.alias(QUESTION), *others]


def open_scores(typed: Typed, name: str, text: pl.Series, kinds: pl.Series, options: ReadOptions) -> Scores:
    """Look at every cell of a score column."""
    tidied = tidy(text)
    return Scores(
        typed=typed,
        name=name,
        kinds=kinds,
        options=options,
        tidied=tidied,
        cells=read_answers(tidied),
        answer=pl.Series([None] * len(text), dtype=pl.Float64()),
        side=pl.Series([None] * len(text), dtype=pl.Int8()),
        question=pl.Series([None] * len(text), dtype=pl.String()),
    )


def read_told(scores: Scores) -> None:
    """Take the answers whose points csq.yaml tells; whatever else is in the column is read without them."""
    if not scores.options.answers:
        return
    told = with_spellings(scores.options.answers)
    words = scores.tidied.drop_nulls().unique()
    spelled = {cell: told[plain(cell)] for cell in words if plain(cell) in told}
    points = scores.tidied.replace_strict(spelled, default=None, return_dtype=pl.Float64())
    here = points.is_not_null()
    if here.any():
        scores.answer = scores.answer.zip_with(~here, points)
        scores.typed = scores.typed.noting(f"answers in `{scores.header}` worth what csq.yaml says under `answers:`")
        hide(scores, here)


def hide(scores: Scores, mask: pl.Series) -> None:
    """Take cells that are settled, or no answers, out of what is still to be read."""
    scores.tidied = scores.tidied.set(mask, None)
    nothing = pl.lit(None)
    scores.cells = scores.cells.with_columns(pl.when(~pl.lit(mask)).then(pl.all()).otherwise(nothing))


def drop_codes(scores: Scores) -> None:
    """Where every number beside words is a code for no answer, such as -99, take it for that."""
    numbers = scores.cells["number"].cast(pl.Float64, strict=False)
    codes = numbers.is_in([float(code) for code in NO_ANSWER_CODES])
    if codes.any() and scores.words.count() and codes.sum() == scores.cells["number"].count():
        codes = codes.fill_null(value=False)
        count_silent(scores, codes, CODES)
        hide(scores, codes)


def refuse_mixtures(scores: Scores) -> None:
    """Stop where a column holds nothing that can be read, or two kinds of answers, of which one would be lost.

    Raises:
        InputError: It does.
    """
    is_number, is_date, given, is_settled = scores.cells.select(
        pl.col("number").is_not_null(),
        pl.col("is_date").fill_null(value=False),
        given=pl.lit(scores.tidied).is_not_null(),
        is_settled=pl.lit(scores.answer).is_not_null(),
    ).get_columns()
    is_known = are_known(scores.words)
    read = is_number | is_known | is_settled
    if given.any() and not read.any():
        reason = SPOILED if is_date.any() else UNKNOWN_WORD
        first = is_date if is_date.any() else given
        words = sorted(scores.tidied.drop_nulls().unique().to_list())
        hint = REMEDIES[SPOILED]
        asks: tuple[Setting, ...] = ()
        if not is_date.any():
            told = ", ".join(f"{word}: " for word in words[:5] if "@" not in word)
            hint = f"say in csq.yaml what each is worth, 0-100: `answers: {{{told.strip()}}}`"
            by_flag = scores.options.told(Role.CSAT, scores.typed.tables).get(scores.name)
            why = f"; `--column {scores.name}={by_flag}` took it: " if by_flag else "; or "
            hint += f"{why}name another column: `--column {scores.name}=HEADER`"
            asks = tuple(Setting(("answers", word), "", "worth 0-100") for word in words[:20] if "@" not in word)
        where = scores.where(first)
        shown = scores.cell(first) if "@" not in str(scores.tidied.filter(first)[0]) else "an e-mail address"
        raise InputError(
            f"no cell of `{scores.header}` in `{where.label}` is an answer: {shown} {_said(reason)}",
            location=where,
            hint=hint,
            asks=asks,
        )
    if is_number.any() and is_known.sum() > 1:  # a lone word among figures is a slip, and its row is rejected
        raise InputError(
            f"`{scores.header}` holds two kinds of answers: {scores.cell(is_known)} and {scores.cell(is_number)}",
            location=scores.where(is_known),
            hint="give each kind a column of its own, or say in csq.yaml what the words are worth: "
            f"`answers: {{{scores.words.filter(is_known)[0]}: 0-100}}`",
        )
    scores.reject(is_date, SPOILED)


def _said(reason: str) -> str:
    return reason if reason == SPOILED else "is neither a number nor a word csq knows"


def read_worded(scores: Scores) -> None:
    """Put answers in words on 0-100, kind by kind; numbers are left.

    Raises:
        InputError: Two kinds of words, or two faces that say the same.
    """
    if not scores.words.count():
        return
    is_word = scores.words.is_not_null()
    known = are_known(scores.words)
    has_numbers = bool(scores.cells["number"].count())
    if has_numbers or not known.any():
        scores.reject(is_word, "score is not a number" if has_numbers else UNKNOWN_WORD)
        return
    scores.reject(is_word & ~known, UNKNOWN_WORD)
    _check_faces(scores)
    for kind in scores.kinds.filter(known).unique(maintain_order=True):
        here = known & (scores.kinds == kind)
        words = scores.words.filter(here)
        scales = _word_scales(scores, words, here)
        points = [_points(scores.words, scale) for scale in scales]
        why = "they can be nothing else" if len(scales) == 1 else "the smallest scale that has them"
        files = tuple(scores.typed.frame[FILE].filter(here).unique(maintain_order=True))
        found = ScaleFound(
            survey=Survey(kind),
            header=scores.header,
            files=files,
            line=next(table.header_line for table in scores.typed.tables if table.label == files[0]),
            scale=str(scales[0]),
            why=why,
            others=tuple(str(scale) for scale in scales[1:]),
            words=dict(zip(scales[0].words, _even(len(scales[0].words)), strict=True)),
        )
        scores.put(here, points, found)
        if "promoter" in scales[0].points and kind == Survey.NPS:
            scores.side = scores.side.zip_with(~here, ((points[0] - 50) / 50).cast(pl.Int8))


def _even(count: int) -> list[float]:
    return [round(100.0 * place / (count - 1), 4) for place in range(count)]


def _points(words: pl.Series, scale: WordScale) -> pl.Series:
    return words.replace_strict(dict(scale.points), default=None, return_dtype=pl.Float64())


def _word_scales(scores: Scores, words: pl.Series, here: pl.Series) -> list[WordScale]:
    """The scales that words may be from, each with other points; one where enough of them show it."""
    given = set(words)
    holding = [scale for scale in word_scales() if given <= scale.points.keys()]
    if not holding:
        most = max(word_scales(), key=lambda scale: len(given & scale.points.keys()))
        odd = here & ~scores.words.is_in(list(most.points))
        raise InputError(
            f"`{scores.header}` holds two kinds of words: {scores.cell(here & ~odd)} and {scores.cell(odd)}",
            location=scores.where(odd),
            hint="give each kind a column of its own, or say in csq.yaml what each word is worth: "
            f"`answers: {{{', '.join(f'{word}: ' for word in sorted(given)[:5]).strip()}}}`",
        )
    topped = [scale for scale in holding if given & scale.ends[1]]
    if topped and len(words) >= MANY:
        return topped[:1]
    likely = [scale for scale in topped if given & scale.ends[0] and len(words) >= SOME] or holding
    distinct = {tuple(scale.points[word] for word in sorted(given)): scale for scale in reversed(likely)}
    return sorted(distinct.values(), key=likely.index)


def _check_faces(scores: Scores) -> None:
    """Refuse faces that csq cannot tell apart: of two that say the same one would be lost."""
    faces = pl.DataFrame({"word": scores.words, "cell": scores.tidied}).drop_nulls().unique()
    faces = faces.filter(pl.col("word").str.ends_with(" face"))
    faces = faces.with_columns(pl.col("cell").str.replace_all("[\ufe0e\ufe0f]", ""))
    alike = faces.unique().group_by("word").agg(pl.col("cell").sort()).filter(pl.col("cell").list.len() > 1)
    if alike.height:
        told = " and ".join(f"`{face}`" for face in alike["cell"][0])
        raise InputError(
            f"{told} in `{scores.header}` of {labels(scores.typed.tables)} say much the same",
            location=scores.where(scores.words == alike["word"][0]),
            hint=f"say in csq.yaml what each is worth, 0-100: `answers: {{{alike['cell'][0][0]}: 25, ...}}`",
        )


def count_silent(scores: Scores, mask: pl.Series, what: str) -> None:
    """Say how many cells are no answers, and where the first are."""
    rows = scores.typed.frame.filter(mask).select(FILE, LINE).rows()
    text = scores.typed.text[column(scores.typed.fields[scores.name])].filter(mask)
    shown = ", ".join(f"{cell} on line {line:,}" for cell, (_, line) in zip(text.head(5), rows, strict=False))
    more = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""
    cells = "a cell" if len(rows) == 1 else f"{len(rows):,} cells"
    told = f"{cells} of `{scores.header}` in `{rows[0][0]}` {what}: {shown}{more}"
    scores.typed = scores.typed.noting(told, NoteKind.WARNING)
