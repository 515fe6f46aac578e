"""The survey tool's export: one row per person asked, with the answer if there is one."""

from collections.abc import Iterable, Iterator

from harbourline.accounts import Account, people_of
from harbourline.dice import Dice
from harbourline.names import COMMENTS
from harbourline.story import AS_OF, Mood, Said, on

HEADER = ("Response ID", "Account ID", "Email", "Role", "Sent At", "Submitted At", "Score", "Comment")

Row = tuple[str, ...]


def make_survey(accounts: Iterable[Account]) -> list[Row]:
    """The rows in the order in which they were sent; one score is a word, and one row was exported twice."""
    rows = [(account.account_id, *row) for account in accounts for row in _survey_of(account)]
    rows.append(
        ("0001328", "front.desk@rosebank-pharmacy.example", "end_user", on(-61), on(-60), "five", "Very happy!")
    )
    rows.sort(key=lambda row: (row[3], row))
    numbered = [(f"R-{number}", *row) for number, row in enumerate(rows, start=20001)]
    twice = next(place for place, row in enumerate(numbered) if row[1] == "0001334" and row[6])
    return [*numbered[: twice + 1], *numbered[twice:]]


def _survey_of(account: Account) -> Iterator[Row]:
    mood, dice = account.mood, Dice("survey", account.account_id)
    if mood is None:
        return
    people = [(person.email, person.role) for person in people_of(account)]
    told = list(_told(mood)) if mood.said else list(_drawn(account, mood, people, dice))
    earlier = [] if mood.said else list(_before(account, mood, told))
    for person, said in told:
        talks = mood.comments and dice.chance(0.45)
        comment = said.comment or (dice.pick(COMMENTS[said.score]) if talks else "")
        sent = said.days_ago + dice.whole((0, 6))
        yield *people[person], on(-sent), on(-said.days_ago), str(said.score), comment
    for person, said in earlier:
        yield *people[person], on(-said.days_ago - 3), on(-said.days_ago), str(said.score), ""
    answered = {person for person, _ in told}
    wave = min((said.days_ago for _, said in told), default=dice.whole(mood.days_ago))
    for person, who in enumerate(people):
        if person not in answered:
            yield *who, on(-wave - 6), "", "", ""


def _told(mood: Mood) -> Iterator[tuple[int, Said]]:
    """The answers of a part, each with the number of the person who gave it."""
    person = -1
    for said in mood.said:
        person += not said.again
        yield person, said


def _drawn(account: Account, mood: Mood, people: list[tuple[str, str]], dice: Dice) -> Iterator[tuple[int, Said]]:
    """Answers to one wave, sometimes to the one before and to the one of a year ago."""
    tenure = (AS_OF - account.start).days
    wave = min(dice.whole(mood.days_ago), tenure - 14)
    asked_before = tenure > wave + 180 and dice.chance(0.2)
    asked_last_year = tenure > wave + 400 and dice.chance(0.35)
    for person, (_, role) in enumerate(people):
        if mood.rate and (person == 0 or dice.chance(mood.rate)):
            waves = [wave] + [wave + 150] * asked_before + [wave + 368] * asked_last_year
            for days_ago in waves:
                yield person, Said(role, dice.pick(mood.scores), days_ago + dice.whole((0, 6)))


def _before(account: Account, mood: Mood, told: list[tuple[int, Said]]) -> Iterator[tuple[int, Said]]:
    """Answers to the wave before a recent one, of who was a customer then: nobody is asked once and never before."""
    waves = {person: said.days_ago for person, said in reversed(told)}
    dice = Dice("survey", account.account_id, "before")
    is_first = len(waves) == len(told)
    for person, days_ago in waves.items():
        before = days_ago + 150 + dice.whole((0, 6))
        if is_first and days_ago < 100 and (AS_OF - account.start).days > before + 14:
            yield person, Said(people_of(account)[person].role, dice.pick(mood.scores), before)
