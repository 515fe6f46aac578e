"""Every account of the sample reads the same in every format for people: mark, reasons, signals and figures."""

import html
import io
import re
from collections.abc import Iterator, Mapping

import pytest
from python_calamine import CalamineWorkbook

from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare
from csq.explain.build import explain
from csq.pipeline import Triage, run
from csq.pipeline import report as reported
from csq.render import Format, Options, Selection, render
from csq.render.explain import as_text
from csq.render.markdown import escaped
from csq.render.plan import render_plan
from csq.render.view import accounts, view_of
from csq.render.view.account import Account
from csq.report import Report
from csq.terms import Axis


@pytest.fixture(scope="module")
def found(sample_data) -> Triage:
    prepared = prepare(Inputs(directory=str(sample_data)), Method(), Faults(), None)
    return run(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)


@pytest.fixture(scope="module")
def sample(found) -> Report:
    return reported(found)


@pytest.fixture(scope="module")
def everyone(sample) -> tuple[Account, ...]:
    return tuple(accounts(sample, sample.accounts))


@pytest.fixture(scope="module")
def first(sample) -> tuple[Account, ...]:
    return view_of(sample, Selection()).week.first


def sides(account: Account) -> str:
    """Its happiness where the sides are told with it: `users 94 / decision maker 0, mean 75.0 (5 of 5 asked)`."""
    return f"{account.divided}, mean {account.happiness}" if account.divided else account.happiness


def test_the_screen(sample, first):
    lines = render(sample, Format.TERMINAL, Options(width=300)).decode().splitlines()
    for account in first:
        (line,) = [line for line in lines if f"{account.rank} {account.mark} {account.name} " in line]
        assert account.value in line
        assert account.why_alone in line


def test_the_whole_page_in_the_terminal(sample):
    lines = render(sample, Format.TERMINAL, Options(whole=True)).decode().splitlines()
    for section in view_of(sample, Selection()).sections:
        for account in section.first:
            (row,) = [line for line in lines if re.match(rf" +{account.rank} [ ~]  {re.escape(account.name)} ", line)]
            figures = [account.usage, account.usage_margin, account.happiness, account.happiness_margin]
            assert re.search(" +".join(map(re.escape, filter(None, figures))), row), row


def test_the_message(sample, first):
    text = " ".join(render(sample, Format.BRIEF).decode().split())
    for account in first[:5]:
        assert f"{account.rank}. {account.mark} {account.named}, {account.value}: {', '.join(account.alone)}" in text


def test_markdown(sample, first):
    text = render(sample, Format.MARKDOWN).decode()
    for account in first:
        assert f"| {account.mark} {escaped(account.name)} | {account.value} | {escaped(account.why_alone)} |" in text
    for section in view_of(sample, Selection()).sections:
        for account in section.first:
            (row,) = [row for row in text.splitlines() if f" | {account.account_id} | " in row]
            for said in (account.usage, account.happiness, account.why):
                assert escaped(said) in row


def page_rows(sample: Report) -> Iterator[Mapping[str, str]]:
    """The table of the page, signals by their names."""
    text = render(sample, Format.HTML).decode()
    names = re.findall(r'<th scope="col" data-name="(\w+)"', text)
    (notes,) = re.findall(r'<ol data-of="signals">(.*?)</ol>', text, flags=re.DOTALL)
    told = [note.split(":")[0] for note in re.findall(r"<li>(.*?)</li>", notes, flags=re.DOTALL)]
    for row in re.findall(r"^<tr[^>]*><td>\d+<th>.*$", text, flags=re.MULTILINE):
        cells = dict(zip(names, map(html.unescape, re.split(r"<t[dh]>", row)[1:]), strict=True))
        numbers = re.findall(r"(\d+)(?:\([^)]*\))?", cells["signals"])
        yield {**cells, "signals": ", ".join(told[int(number) - 1] for number in numbers)}


def test_the_page(sample, everyone):
    rows = {row["account_id"]: row for row in page_rows(sample)}
    assert len(rows) == len(everyone)
    for account in everyone:
        row = rows[account.account_id]
        assert row["quadrant"] == f"{account.mark} {account.label}"
        assert (row["usage_score"], row["happiness_score"]) == (account.usage, account.happiness)
        assert row["reasons"] == account.why_with_parts
        assert row["sides"] == account.divided
        assert row["signals"] == ", ".join(signal.name for signal in account.signals)


def test_the_workbook(sample, everyone, first):
    book = CalamineWorkbook.from_filelike(io.BytesIO(render(sample, Format.XLSX)))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    told = [[cell for cell in row if cell != ""] for row in sheets["Summary"]]
    for account in first:
        row = [f"{account.rank}", f"{account.mark} {account.name}", account.value, account.why_alone, account.short]
        assert [*row, *filter(None, (account.owner,))] in told
    by_id = {account.account_id: account for account in everyone}
    head, *rows = (row for row in sheets["This week"] if len([cell for cell in row if cell != ""]) > 3)
    for row in (dict(zip(head, row, strict=True)) for row in rows):
        account = by_id[row["Account ID"]]
        assert (row["Why"], row["Happiness"]) == (account.why_with_parts, sides(account))
        assert row["Quadrant"] == account.quadrant
    at = sheets["Signals"].index(next(row for row in sheets["Signals"] if "Account ID" in row))
    held = {(row[3], row[0], row[1]) for row in sheets["Signals"][at + 1 :]}
    assert held == {(each.account_id, told.name, told.severity) for each in everyone for told in each.signals}


def test_the_explanation(found, everyone):
    for account in everyone[::12]:
        text = as_text(explain(found, account.account_id), account, width=None, colour=False).decode()
        assert f"{account.mark} {account.label}" in text
        assert f"  Why: {account.why}\n" in text
        for axis, score in ((Axis.USAGE, account.usage), (Axis.HAPPINESS, sides(account))):
            (heading,) = [line for line in text.splitlines() if line.startswith(f"{axis.capitalize()} ─")]
            assert score.replace(", mean ", "; mean ") in heading
        assert re.findall(r"^  [!*·] (.*) \((?:act|watch|info)\)$", text, flags=re.MULTILINE) == [
            signal.name for signal in account.signals
        ]


def test_the_plan(sample, first):
    text = render_plan(sample, Format.TERMINAL, Options(selection=Selection(planned=True))).decode()
    for account in first:
        (line,) = [line for line in text.splitlines() if f" {account.account_id} " in line and account.name in line]
        assert f"{account.mark}" in line
        assert f"happiness {account.happiness}" in line
