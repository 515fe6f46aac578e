"""The head of the page: as of when, from what, over which days, and where high begins."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

from csq.render import prose
from csq.render.options import Selection
from csq.render.terminal.lines import BLANK, Line, Tone, hanging, line, strong
from csq.render.terminal.page import MARK, Page, block
from csq.report import Cut, SourceFile, Window
from csq.schema import COLUMNS
from csq.terms import Axis


def head(page: Page, selection: Selection) -> list[Line]:
    """Lay out the head."""
    report = page.report
    entries = [
        *(("Read", source.role, _fate(source)) for source in report.sources),
        *(("Windows", window.axis, _days(window)) for window in report.windows),
        *(("High from", axis, _cuts(axis, report.cuts)) for axis in Axis),
        ("Borderline", MARK, f"{COLUMNS['borderline'].meaning}; at the cut is high"),
        ("Rules", "settings", report.settings_label),
        ("Rules", "playbook", report.playbook_label),
        *(("Shown", "only", f"{chosen}; totals and cuts are over all accounts") for chosen in _chosen(selection)),
    ]
    return [*_title(page), *_base(page), BLANK, *block(entries, page.prose)]


def _title(page: Page) -> list[Line]:
    report = page.report
    if report.as_of is None:
        return [line(strong("Triage without dates"))]
    return hanging(line(strong(f"Triage as of {report.as_of}"), " "), f"({report.as_of_source})", page.prose)


def _base(page: Page) -> list[Line]:
    """Say how many accounts there are and what they are worth together."""
    report = page.report
    accounts = prose.count(report.accounts.height, "account")
    if not report.weighted:
        text = "nothing is weighted, because no contract value is known"
        return hanging(line(f"{accounts}; "), text, page.prose, Tone.STRONG)
    value = page.money(sum((total.contract_value for total in report.totals), start=Decimal(0)))
    unvalued = sum(total.unvalued for total in report.totals)
    rest = f"; {unvalued:,} without a contract value" if unvalued else ""
    return hanging(BLANK, f"{accounts}, {value} a year{rest}", page.prose)


def _fate(source: SourceFile) -> str:
    """`crm.csv: 204 rows, 199 used, 3 set aside, 2 rejected`; only the fates that occurred."""
    fates = [
        f"{number:,} {fate}"
        for number, fate in (
            (source.used, "used"),
            (sum(source.set_aside.values()), "set aside"),
            (sum(source.rejected.values()), "rejected"),
        )
        if number
    ]
    what = "all used" if source.read and source.used == source.read else ", ".join(fates)
    return f"{source.label}: " + ", ".join(filter(None, (prose.count(source.read, "row"), what)))


def _days(window: Window) -> str:
    if window.first is None or window.last is None:
        return "all of it, for want of dates"
    return f"{window.first} to {window.last}, {prose.count((window.last - window.first).days + 1, 'day')}"


def _cuts(axis: Axis, cuts: Iterable[Cut]) -> str:
    """`70` for one cut, else `52.3 in enterprise, 48 in mid (median)`; the direction is in the title."""
    mine = [cut for cut in cuts if cut.axis is axis]
    if not mine:
        return "no cut: nothing is scored"
    tiers: dict[str, list[str]] = {}
    for cut in mine:
        if cut.note:
            tiers.setdefault(cut.note, []).append(cut.tier)
    notes = (f"{', '.join(names)}: {note}" for note, names in tiers.items())
    return "; ".join((*_by_method(mine), *notes))


def _by_method(cuts: list[Cut]) -> Iterator[str]:
    for method, group in groupby(cuts, key=lambda cut: cut.method):
        same = list(group)
        how = "" if method == "number" else f" ({method.replace('_', ' ')})"
        if len({cut.at for cut in cuts}) == 1:
            yield prose.exact(same[0].at) + how
        else:
            yield ", ".join(f"{prose.exact(cut.at)} in {cut.tier}" for cut in same) + how


def _chosen(selection: Selection) -> list[str]:
    """Say which accounts the filters leave, in one text; in none when all are left."""
    filters = (
        ("quadrant", selection.quadrant),
        ("tier", selection.tier),
        ("owner", selection.owner),
        ("segment", selection.segment),
    )
    texts = [f"{name} {' or '.join(values)}" for name, values in filters if values]
    return [", ".join(texts)] if texts else []
