"""`csq help answers`: the words, stars and faces that are answers, and what each is worth."""

from csq.render.topics.page import HelpPage, HelpSection
from csq.sources.cells.answer_words import ASKED, FACES, NO_ANSWER_CODES, SAME_WORD, UNASKED, WORD_SCALES
from csq.sources.roles.scales import DIFFERENT, MANY, SOME, STANDARD


def page() -> HelpPage:
    """Everything that tells what an answer is."""
    words = tuple(
        HelpSection(
            f"Words: {language}" if language != "any" else "Thumbs and faces",
            "Each scale from its worst answer to its best, with what the answer is worth. Case, accents, `-` and `_` "
            "make no difference.",
            tuple((_count(scale), _worth(scale)) for scale in scales),
        )
        for language, scales in WORD_SCALES.items()
    )
    return HelpPage(
        "Answers: what the cells of a score column are worth, from 0 to 100",
        (
            HelpSection(
                "Figures",
                f"A scale is told (`--csat-scale 1-5`, the worst answer first; `scales:` in csq.yaml), or named by a "
                f"header, `(1-5)` or `out of 5`, or by the cells, `4/5`. Else {MANY} answers show it, {DIFFERENT} "
                f"different ones and its top among them, or {SOME} answers, {DIFFERENT} different ones and both ends "
                "among them. Else csq asks, if it decides who is happy.",
                (
                    ("scales", ", ".join(f"{low:g}-{high:g}" for low, high in STANDARD)),
                    ("stars", "★★★★☆ and 4 stars are 4 of 1-5: 75"),
                    ("with words", "1 (very good) says that 1 is the best"),
                    ("no answer", f"outside the scale: {', '.join(map(str, sorted(NO_ANSWER_CODES)))}"),
                    ("dates", "5-Apr is what a spreadsheet makes of 4/5: refused"),
                ),
            ),
            *words,
            HelpSection(
                "Faces", "What each face says.", tuple((name, " ".join(faces)) for name, faces in FACES.items())
            ),
            HelpSection(
                "Other words",
                "They stand for the word before them, on a scale that has not got them itself.",
                tuple((word, "; ".join(others)) for word, others in SAME_WORD.items()),
            ),
            HelpSection(
                "No answers",
                "Cells that speak of asking.",
                (("asked, without an answer", "; ".join(ASKED)), ("never asked", "; ".join(UNASKED))),
            ),
            HelpSection(
                "What csq.yaml says comes first",
                "`answers: {superb: 100, meh: 40}` says what any other word is worth. Two kinds of answers in one "
                "column, such as good and bad beside 1 to 5, are refused: give each a column of its own, or say there "
                "what the words are worth.",
            ),
        ),
    )


def _count(scale: str) -> str:
    return f"{scale.count(';') + 1} answers"


def _worth(scale: str) -> str:
    words = scale.split("; ")
    return ", ".join(f"{word} {100 * place / (len(words) - 1):.3g}" for place, word in enumerate(words))
