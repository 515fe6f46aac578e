"""The page about one account, in the order of its questions: who, what now, why, how sure, and from where."""

from collections.abc import Iterator

from csq.explain.model import Explanation
from csq.render import prose
from csq.render.explain.playbook import place_section, play_section, signal_sections
from csq.render.explain.record import record_sections
from csq.render.explain.score import standing_section
from csq.render.explain.words import value
from csq.render.terminal.layout import BLANK, Line, PageWidth, chip, hanging, line, strong
from csq.render.view.account import Account
from csq.render.wording import BORDERLINE
from csq.terms import Outcome


def page(explanation: Explanation, account: Account, width: int | None) -> list[Line]:
    """Lay out the page."""
    sheet = PageWidth.of(width)
    return [
        *_head(explanation, account, sheet),
        *signal_sections(explanation, sheet),
        *play_section(explanation, sheet),
        *place_section(explanation, sheet),
        *(each for standing in explanation.standings for each in standing_section(explanation, standing, sheet)),
        *record_sections(explanation, sheet),
    ]


def _head(found: Explanation, account: Account, sheet: PageWidth) -> Iterator[Line]:
    """Who it is, where it stands, why it is to be turned to, what to do next."""
    name = found.account_name or found.account_id
    key = f" ({found.account_id})" if found.account_name else ""
    yield line(strong(name), key)
    mark = f" {BORDERLINE} borderline" if found.borderline else ""
    place = f" · rank {found.rank:,} of {found.accounts:,} · {found.queue} queue{mark}"
    divided = ", divided" if account.divided else ""
    yield line(chip(found.quadrant), " ", strong(found.quadrant_label), divided, place)
    as_of = f"as of {found.as_of} ({found.as_of_source})" if found.as_of else "without dates"
    method = f"{as_of} · settings {found.settings_label} · playbook {found.playbook_label}"
    for each in (" · ".join(_about(found)), method):
        yield from hanging(line("  "), each, sheet.prose)
    yield BLANK
    yield from sheet.text(found.means)
    yield BLANK
    yield from sheet.item(strong("Why:"), account.why)
    if found.next_step:
        yield from sheet.item(strong("→"), found.next_step)


def _about(found: Explanation) -> Iterator[str]:
    facts = {fact.name: fact for fact in found.facts}
    yield (
        "contract value unknown"
        if found.contract_value is None
        else f"{prose.money(found.contract_value, found.currency)} a year"
    )
    yield _tier(found)
    for name, lead in (("segment", ""), ("owner", "owner ")):
        if facts[name].value is not None:
            yield lead + value(facts[name], found.currency)
    if facts["renewal_overdue_days"].value:
        yield f"renewal {value(facts['renewal_overdue_days'], found.currency)} overdue"
    elif (days := facts["days_to_renewal"].value) is not None:
        if isinstance(days, int) and days < 0:
            yield f"renewal date {prose.count(-days, 'day')} ago, settled"
        else:
            is_signed = facts["days_to_deadline"].value is None and facts["last_outcome"].value == Outcome.RENEWED
            signed = ", signed" if is_signed else ""
            yield f"renewal in {value(facts['days_to_renewal'], found.currency)}{signed}"


def _tier(found: Explanation) -> str:
    """`tier mid, 9,600 to under 48,000 EUR, 65 accounts`."""
    tier = found.tier
    band = ""
    if tier.at_least is not None:
        start = prose.money(tier.at_least, None if found.below else found.currency)
        end = f" to under {prose.money(found.below, found.currency)}" if found.below else " or more"
        band = f", {start}{end}"
    return f"tier {tier.name}{band}, {prose.count(tier.accounts, 'account')}"
