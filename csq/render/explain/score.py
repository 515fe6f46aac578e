"""One axis: the score, its parts and their arithmetic, the cut, and how far it is from the other side."""

from collections.abc import Iterator

from csq.explain.model import AxisStanding, Explanation
from csq.explain.standing import exact
from csq.render import prose, wording
from csq.render.explain.words import Columns, day, label, listed, section, text, where
from csq.render.terminal.layout import BLANK, Line, PageWidth
from csq.terms import Axis

_EDGES = (0.0, 100.0)


def standing_section(found: Explanation, standing: AxisStanding, sheet: PageWidth) -> Iterator[Line]:
    """Lay out one axis."""
    yield from section(sheet, standing.axis.capitalize(), _summary(found, standing))
    if standing.parts:
        parts = [("part", "score", "weight", "how")]
        for part in standing.parts:
            score = "unknown" if part.score is None else prose.score(part.score, edges=_EDGES)
            parts.append((label(part.name), score, exact(part.weight), part.how))
        yield from sheet.table(parts, right=(1, 2), header=True)
        yield BLANK
    rows = [("score", standing.how), ("cut", _cut(standing)), ("distance", standing.distance)]
    if window := next((each for each in found.windows if each.axis is standing.axis and each.first), None):
        rows.append(("window", f"{window.first} to {window.last}"))
    if standing.axis is Axis.HAPPINESS:
        rows.append(("evidence", _certainty(found)))
        rows.append(("by role", _by_role(found)))
    yield from sheet.table(rows)
    if standing.axis is Axis.HAPPINESS and found.answers:
        yield BLANK
        yield from listed(sheet, found.answers, _ANSWER, right=(0, 1))


def _sides(found: Explanation) -> str:
    facts = {fact.name: fact.value for fact in found.facts}
    cut = next(standing.cut for standing in found.standings if standing.axis is Axis.HAPPINESS)
    users, makers = (value if isinstance(value := facts[name], float) else None for name in wording.SIDES[:2])
    return wording.divided(users, makers, cut.at if cut else None, found.unhappy_side)


def _summary(found: Explanation, standing: AxisStanding) -> str:
    """`low: 41.2 (5 of 6 asked), 28.8 under the cut of 70 (3.8 of 5, 7 of 10)`."""
    behind = wording.answers(found.certainty.responses, found.certainty.asked)
    if standing.score is None or standing.cut is None or standing.margin is None:
        return str(standing.level)
    score = prose.score(standing.score, edges=(*_EDGES, standing.cut.at))
    if behind and standing.axis is Axis.HAPPINESS:
        score += f" ({behind})"
    margin = prose.score(abs(standing.margin), edges=wording.MARGIN_EDGES)
    side = "under" if standing.margin < 0 else "above"
    far = f"{margin} {side} the cut of" if standing.margin else "at the cut of"
    sides = _sides(found) if standing.axis is Axis.HAPPINESS else ""
    mean = f"{sides}; mean {score}" if sides else score
    return f"{standing.level}: {mean}, {far} {wording.at(standing.cut)}"


def _cut(standing: AxisStanding) -> str:
    cut = standing.cut
    if cut is None:
        return "none: too little is scored to take one"
    if cut.method == "number":
        return f"{prose.exact(cut.at)}, a number from the settings"
    tier = "all accounts" if cut.tier == "all" else f"the tier {cut.tier}"
    note = f"; {cut.note}" if cut.note else ""
    how = wording.taken_how(cut.method, tier)
    return f"{prose.exact(cut.at)} over {prose.count(cut.scored, 'account')} of {tier}, {how}{note}"


def _certainty(found: Explanation) -> str:
    """`thin: 2 answers of 6 asked (33 %); the mean within 9 to 91 (95 %); 50 % of them at 75 or above, ...`."""
    sure = found.certainty
    answers = "answers unknown" if sure.responses is None else prose.count(sure.responses, "answer")
    if sure.asked:
        rate = f" ({prose.share(min((sure.responses or 0) / sure.asked * 100, 100))})"
        answers += f" of {sure.asked:,} asked{rate}"
    told = f"{sure.evidence}: {answers}"
    if sure.mean_low is not None and sure.mean_high is not None:
        told += f"; the score lies within {sure.mean_low:.1f} to {sure.mean_high:.1f} (95 % interval)"
    if sure.top_box_pct is None or sure.low_pct is None or sure.high_pct is None:
        return told
    return (
        f"{told}; {prose.share(sure.top_box_pct)} of them high, "
        f"95 % interval {prose.share(sure.low_pct)} to {prose.share(sure.high_pct)} (Wilson)"
    )


def _by_role(found: Explanation) -> str:
    """`decision maker 0.0 (1); end user 93.8 (4)`: mean and count of each role, never averaged away."""
    told = next(fact.value for fact in found.facts if fact.name == "csat_by_role")
    return label(text(told)) or "no role is known"


_ANSWER: Columns = {
    "answer": lambda answer: text(answer["answer"]),
    "pull": lambda answer: f"{pull:+.1f}" if isinstance(pull := answer["pull"], float) else "",
    "role": lambda answer: label(text(answer["role"])),
    "on": lambda answer: day(answer["answered_on"]),
    "row": where,
    "who, and why": lambda answer: ": ".join(filter(None, (text(answer["respondent"]), text(answer["comment"])))),
}
"""Each answer that counts, with how far it pulls the mean, so that those who skew it are seen."""
