"""Answers in words, stars, faces and thumbs, and what stands for no answer. Data only.

A scale runs from its worst answer to its best, evenly from 0 to 100. Words are written without accents, in lower case,
with blanks for `_` and `-`, as `answers.plain` makes them of a cell.
"""

from collections.abc import Mapping

WORD_SCALES: Mapping[str, tuple[str, ...]] = {
    "any": (
        "👎; 👍",
        "bad face; good face",
        "bad face; great face",
        "terrible face; great face",
        "bad face; neutral face; good face",
        "bad face; neutral face; great face",
        "terrible face; neutral face; great face",
        "terrible face; bad face; good face; great face",
        "terrible face; bad face; neutral face; good face; great face",
    ),
    "English": (
        "bad; good",
        "no; yes",
        "dislike; like",
        "thumbs down; thumbs up",
        "negative; positive",
        "dissatisfied; satisfied",
        "unhappy; happy",
        "not good; good",
        "not helpful; helpful",
        "unhappy; neutral; happy",
        "unhappy; okay; happy",
        "sad; neutral; happy",
        "negative; neutral; positive",
        "dissatisfied; neutral; satisfied",
        "not good; okay; great",
        "not good; okay; good",
        "bad; okay; great",
        "bad; okay; good",
        "bad; neutral; good",
        "poor; okay; good",
        "detractor; passive; promoter",
        "poor; fair; good; excellent",
        "very dissatisfied; dissatisfied; satisfied; very satisfied",
        "very dissatisfied; dissatisfied; neither satisfied nor dissatisfied; satisfied; very satisfied",
        "very dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; somewhat satisfied; "
        "very satisfied",
        "extremely dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; somewhat satisfied; "
        "extremely satisfied",
        "very dissatisfied; dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; "
        "somewhat satisfied; satisfied; very satisfied",
        "extremely dissatisfied; moderately dissatisfied; slightly dissatisfied; neither satisfied nor dissatisfied; "
        "slightly satisfied; moderately satisfied; extremely satisfied",
        "not at all satisfied; slightly satisfied; moderately satisfied; very satisfied; extremely satisfied",
        "not at all satisfied; not so satisfied; somewhat satisfied; very satisfied; extremely satisfied",
        "very unhappy; unhappy; neutral; happy; very happy",
        "very poor; poor; fair; good; excellent",
        "very poor; poor; fair; good; very good",
        "poor; fair; good; very good; excellent",
        "very bad; bad; neutral; good; very good",
        "very bad; bad; okay; good; very good",
        "terrible; bad; okay; good; great",
        "strongly disagree; disagree; neither agree nor disagree; agree; strongly agree",
        "strongly disagree; disagree; somewhat disagree; neither agree nor disagree; somewhat agree; agree; "
        "strongly agree",
        "very difficult; difficult; neutral; easy; very easy",
        "very difficult; somewhat difficult; neither easy nor difficult; somewhat easy; very easy",
        "not at all likely; slightly likely; moderately likely; very likely; extremely likely",
        "not at all likely; not so likely; somewhat likely; very likely; extremely likely",
    ),
    "German": (
        "schlecht; gut",
        "nein; ja",
        "unzufrieden; zufrieden",
        "gefallt mir nicht; gefallt mir",
        "schlecht; neutral; gut",
        "schlecht; mittel; gut",
        "schlecht; okay; gut",
        "unzufrieden; neutral; zufrieden",
        "sehr unzufrieden; unzufrieden; zufrieden; sehr zufrieden",
        "sehr schlecht; schlecht; neutral; gut; sehr gut",
        "sehr schlecht; schlecht; mittel; gut; sehr gut",
        "sehr unzufrieden; unzufrieden; neutral; zufrieden; sehr zufrieden",
        "sehr unzufrieden; eher unzufrieden; neutral; eher zufrieden; sehr zufrieden",
        "mangelhaft; ausreichend; befriedigend; gut; sehr gut",
        "ungenugend; mangelhaft; ausreichend; befriedigend; gut; sehr gut",
        "stimme uberhaupt nicht zu; stimme nicht zu; neutral; stimme zu; stimme voll und ganz zu",
    ),
    "French": (
        "mauvais; bon",
        "non; oui",
        "insatisfait; satisfait",
        "je n'aime pas; j'aime",
        "mauvais; moyen; bon",
        "insatisfait; neutre; satisfait",
        "tres insatisfait; insatisfait; satisfait; tres satisfait",
        "tres mauvais; mauvais; moyen; bon; tres bon",
        "mauvais; passable; bon; tres bon; excellent",
        "tres insatisfait; insatisfait; neutre; satisfait; tres satisfait",
        "tres insatisfait; plutot insatisfait; neutre; plutot satisfait; tres satisfait",
        "pas du tout satisfait; peu satisfait; moyennement satisfait; satisfait; tres satisfait",
        "pas du tout satisfait; plutot pas satisfait; plutot satisfait; tout a fait satisfait",
        "pas du tout d'accord; pas d'accord; neutre; d'accord; tout a fait d'accord",
    ),
    "Spanish": (
        "malo; bueno",
        "mal; bien",
        "no; si",
        "insatisfecho; satisfecho",
        "no me gusta; me gusta",
        "malo; regular; bueno",
        "mal; regular; bien",
        "insatisfecho; neutral; satisfecho",
        "muy insatisfecho; insatisfecho; satisfecho; muy satisfecho",
        "muy malo; malo; regular; bueno; muy bueno",
        "muy mal; mal; regular; bien; muy bien",
        "malo; regular; bueno; muy bueno; excelente",
        "muy insatisfecho; insatisfecho; neutral; satisfecho; muy satisfecho",
        "nada satisfecho; poco satisfecho; algo satisfecho; satisfecho; muy satisfecho",
        "muy en desacuerdo; en desacuerdo; neutral; de acuerdo; muy de acuerdo",
    ),
    "Portuguese": (
        "ruim; bom",
        "mau; bom",
        "nao; sim",
        "insatisfeito; satisfeito",
        "nao gostei; gostei",
        "ruim; regular; bom",
        "mau; razoavel; bom",
        "insatisfeito; neutro; satisfeito",
        "muito insatisfeito; insatisfeito; satisfeito; muito satisfeito",
        "ruim; regular; bom; otimo",
        "muito ruim; ruim; regular; bom; muito bom",
        "muito mau; mau; razoavel; bom; muito bom",
        "pessimo; ruim; regular; bom; otimo",
        "muito insatisfeito; insatisfeito; neutro; satisfeito; muito satisfeito",
        "discordo totalmente; discordo; neutro; concordo; concordo totalmente",
    ),
    "Dutch": (
        "slecht; goed",
        "nee; ja",
        "ontevreden; tevreden",
        "niet leuk; leuk",
        "slecht; matig; goed",
        "slecht; neutraal; goed",
        "ontevreden; neutraal; tevreden",
        "zeer ontevreden; ontevreden; tevreden; zeer tevreden",
        "zeer slecht; slecht; neutraal; goed; zeer goed",
        "zeer slecht; slecht; matig; goed; zeer goed",
        "slecht; matig; voldoende; goed; uitstekend",
        "zeer ontevreden; ontevreden; neutraal; tevreden; zeer tevreden",
        "helemaal mee oneens; mee oneens; neutraal; mee eens; helemaal mee eens",
    ),
    "Italian": (
        "cattivo; buono",
        "scarso; buono",
        "no; si",
        "insoddisfatto; soddisfatto",
        "non mi piace; mi piace",
        "scarso; sufficiente; buono",
        "insoddisfatto; neutrale; soddisfatto",
        "molto insoddisfatto; insoddisfatto; soddisfatto; molto soddisfatto",
        "scarso; sufficiente; buono; ottimo",
        "per niente soddisfatto; poco soddisfatto; abbastanza soddisfatto; molto soddisfatto",
        "pessimo; scarso; sufficiente; buono; ottimo",
        "molto cattivo; cattivo; neutrale; buono; molto buono",
        "molto insoddisfatto; insoddisfatto; neutrale; soddisfatto; molto soddisfatto",
        "per niente d'accordo; in disaccordo; neutrale; d'accordo; completamente d'accordo",
    ),
}
"""Answers in words by language, each scale from its worst to its best."""

SAME_WORD: Mapping[str, tuple[str, ...]] = {
    "good": ("good, i'm satisfied", "good with comment", "good without comment"),
    "bad": (
        "bad, i'm unsatisfied", "bad, i'm dissatisfied", "bad, i'm not satisfied", "bad with comment",
        "bad without comment",
    ),
    "okay": ("ok", "o.k", "so so"),
    "fair": ("average", "acceptable"),
    "great": ("awesome", "amazing"),
    "not good": ("not so good", "not great"),
    "like": ("liked", "upvote"),
    "dislike": ("disliked", "downvote"),
    "thumbs up": ("thumb up", "thumbsup", ":thumbsup:", ":+1:", "+1"),
    "thumbs down": ("thumb down", "thumbsdown", ":thumbsdown:", ":-1:"),
    "dissatisfied": ("unsatisfied", "not satisfied"),
    "very dissatisfied": ("very unsatisfied",),
    "not helpful": ("unhelpful",),
    "neither satisfied nor dissatisfied": ("neutral", "neither"),
    "neither agree nor disagree": ("undecided", "neutral"),
    "neither easy nor difficult": ("neutral",),
    "neutral": (
        "neither satisfied nor dissatisfied", "teils teils", "weder noch", "weder zufrieden noch unzufrieden",
        "ni satisfecho ni insatisfecho", "neutro",
    ),
    "unzufrieden": ("nicht zufrieden",),
    "mittel": ("mittelmassig", "durchschnittlich"),
    "sehr gut": ("ausgezeichnet",),
    "neutre": ("ni satisfait ni insatisfait",),
    "satisfait": ("satisfaite", "content", "contente"),
    "insatisfait": ("insatisfaite", "pas satisfait", "pas satisfaite", "mecontent", "mecontente"),
    "tres satisfait": ("tres satisfaite", "tres content", "tres contente"),
    "tres insatisfait": ("tres insatisfaite", "tres mecontent", "tres mecontente"),
    "bon": ("bonne", "bien"),
    "mauvais": ("mauvaise",),
    "tres bon": ("tres bonne", "tres bien"),
    "tres mauvais": ("tres mauvaise",),
    "satisfecho": ("satisfecha", "contento", "contenta"),
    "insatisfecho": ("insatisfecha", "descontento", "descontenta"),
    "muy satisfecho": ("muy satisfecha",),
    "muy insatisfecho": ("muy insatisfecha",),
    "bueno": ("buena",),
    "malo": ("mala",),
    "muy bueno": ("muy buena",),
    "muy malo": ("muy mala",),
    "neutro": ("nem satisfeito nem insatisfeito", "indiferente"),
    "satisfeito": ("satisfeita",),
    "insatisfeito": ("insatisfeita",),
    "muito satisfeito": ("muito satisfeita",),
    "muito insatisfeito": ("muito insatisfeita",),
    "bom": ("boa",),
    "muito bom": ("muito boa",),
    "tevreden": ("blij",),
    "ontevreden": ("niet tevreden",),
    "zeer tevreden": ("heel tevreden", "erg tevreden"),
    "zeer ontevreden": ("heel ontevreden", "erg ontevreden"),
    "zeer goed": ("heel goed", "erg goed"),
    "zeer slecht": ("heel slecht", "erg slecht"),
    "neutraal": ("niet tevreden niet ontevreden", "niet tevreden en niet ontevreden"),
    "neutrale": ("neutro", "ne soddisfatto ne insoddisfatto"),
    "soddisfatto": ("soddisfatta", "contento", "contenta"),
    "insoddisfatto": ("insoddisfatta", "scontento", "scontenta", "non soddisfatto", "non soddisfatta"),
    "molto soddisfatto": ("molto soddisfatta",),
    "molto insoddisfatto": ("molto insoddisfatta",),
    "buono": ("buona",),
    "cattivo": ("cattiva",),
    "molto buono": ("molto buona",),
}  # fmt: skip
"""Other words for an answer; a scale that has the word itself takes that."""

FACES: Mapping[str, str] = {
    "terrible face": "😡😠🤬😤😫😖😣😭",
    "bad face": "🙁☹😞😟😔😕😢😒",
    "neutral face": "😐😑😶",
    "good face": "🙂😊😌☺",
    "great face": "😀😃😄😁😍🤩🥰😆",
}
"""Faces by what they say."""
FULL, EMPTY = "★⭐🌟●❤♥", "☆○♡🤍✩"
"""What is counted, and what is left of the whole, where answers are drawn."""

ENDS: Mapping[str, float] = {
    "worst": 0, "best": 100, "lowest": 0, "highest": 100, "poorest": 0, "am schlechtesten": 0, "am besten": 100,
    "schlechteste": 0, "beste": 100, "hochste": 100, "meilleur": 100, "pire": 0, "peor": 0, "mejor": 100,
    "pior": 0, "melhor": 100, "slechtst": 0, "slechtste": 0, "best mogelijk": 100, "peggiore": 0, "migliore": 100,
    "excellent": 100, "unsatisfactory": 0, "outstanding": 100,
    # effort, of which less is better, and how likely somebody is to recommend
    "very low effort": 100, "low effort": 75, "very little effort": 100, "little effort": 75, "no effort": 100,
    "high effort": 25, "very high effort": 0, "a great deal of effort": 0, "a lot of effort": 0, "much effort": 25,
    "very easy": 100, "easy": 75, "difficult": 25, "very difficult": 0, "extremely easy": 100,
    "extremely difficult": 0, "not at all likely": 0, "very unlikely": 0, "extremely unlikely": 0, "unlikely": 25,
    "likely": 75, "very likely": 100, "extremely likely": 100, "low": 0, "high": 100, "very low": 0, "very high": 100,
}  # fmt: skip
"""Words that are told of either end of a scale, beside its answers."""
HOW_MUCH = ("low", "high", "very low", "very high", "lowest", "highest")
"""Words of which it is open whether they are good where the question is about effort."""
UNITS = (
    "stars", "star", "sterne", "stern", "etoiles", "etoile", "estrellas", "estrella", "estrelas", "estrela", "sterren",
    "ster", "stelle", "stella",
)  # fmt: skip
"""What stars are called."""
POINTS = ("points", "point", "pts", "punkte", "punkt", "puntos", "pontos", "punten", "punti")
"""Words behind a number that say nothing of it."""

NO_ANSWER_CODES = frozenset(
    (*range(-9, 0), -55, -66, -77, -88, *range(-99, -89), *range(-999, -989), -888, -777, -9999,
     66, 77, 88, *range(94, 100), 777, 888, *range(994, 1000), 9999)
)  # fmt: skip
"""Numbers by which survey tools write that somebody did not answer, where they lie outside the scale."""
ASKED = (
    "offered", "sent", "pending", "no response", "no answer", "unanswered", "not answered", "skipped", "don't know",
    "dont know", "do not know", "not sure", "no opinion", "prefer not to say", "keine antwort", "keine angabe",
    "weiss nicht", "sans reponse", "pas de reponse", "ne sait pas", "sin respuesta", "no sabe", "sem resposta",
    "nao sei", "geen antwoord", "weet niet", "nessuna risposta", "non so",
)  # fmt: skip
"""Score cells that say that the question was put and not answered."""
UNASKED = ("not offered", "unoffered", "not sent", "not applicable", "no rating", "not shown", "not asked")
"""Score cells that say that the question was never put."""
ANSWERED = ("answered", "responded", "completed", "complete", "submitted", "response received", "received", "replied")
"""Values of a status column that say that the question was answered."""
UNANSWERED = (
    "not answered", "unanswered", "no answer", "no response", "not responded", "did not respond", "no reply",
    "not completed", "skipped", "declined", "opted out", "not submitted",
)  # fmt: skip
"""Values of a status column that say that it was not, whatever number stands beside them."""
WAITING = (
    "sent", "delivered", "invited", "requested", "pending", "opened", "viewed", "started", "expired", "offered",
    "scheduled", "reminded",
)  # fmt: skip
"""Values that say so too, where others of the column say that it was answered."""
