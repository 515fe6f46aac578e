"""The page in a real browser: it answers mouse and keyboard, prints, turns dark, and runs and fetches nothing else."""

import os
import re
import time
from pathlib import Path

import pytest

from browser.chromium import Chromium, find
from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare
from csq.pipeline import triage
from csq.render import Format, render
from factories import accounts, report
from hostile import HOSTILE, hostile_report

ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("CSQ_AXE", ROOT / "node_modules/axe-core/axe.min.js"))
PROGRAM = find()

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here: nobody tried the page in a browser")

CENTRE = """(() => {
  const box = document.querySelector("%s").getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""
NAMES = "[...document.querySelectorAll('#accounts tbody tr:not(.more)')].filter((row) => !row.hidden)"
NAMES = f"{NAMES}.map((row) => row.cells[1].textContent)"


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    made = Chromium(PROGRAM, tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The pages as files: one with 4 plain accounts, the awkward one, the hostile one and the empty one."""
    folder = tmp_path_factory.mktemp("pages")
    plain = accounts(
        {
            "account_name": "Beta",
            "contract_value": 9_000,
            "usage_score": 80.0,
            "owner": "Zed",
            "risks": ["Mind 7 of 9"],
        },
        {"account_name": "Gamma", "contract_value": 120_000, "usage_score": 60.0, "risks": ["Mind 8 of 9", "And this"]},
        {
            "account_name": "Alpha",
            "contract_value": None,
            "usage_score": 20.0,
            "happiness_score": 10.0,
            "quadrant": "at_risk",
            "tier": "unvalued",
        },
        {"account_name": "Delta", "contract_value": 500, "usage_score": None, "quadrant": "unknown"},
    )
    made = {
        "plain": report(accounts=plain),
        "awkward": report(),
        "hostile": hostile_report(),
        "many": report(accounts=accounts(*({"usage_score": place % 101.0} for place in range(1200)))),
        "empty": report(accounts=accounts(), cuts=(), gaps=(), notes=(), weighted=False),
    }
    for name, each in made.items():
        (folder / f"{name}.html").write_bytes(render(each, Format.HTML))
    return folder


@pytest.fixture
def plain(browser, pages):
    browser.open(pages / "plain.html")
    return browser


def click(browser, selector: str) -> None:
    browser.run(f"document.querySelector('{selector}').scrollIntoView({{block: 'center'}})")
    browser.click(*browser.run(CENTRE % selector))


def tip(browser) -> str | None:
    return browser.run("document.querySelector('#tip').hidden ? null : document.querySelector('#tip').innerText")


@pytest.mark.parametrize("name", ["plain", "awkward", "hostile", "empty"])
def test_the_page_runs_without_a_complaint_and_asks_for_nothing_but_itself(browser, pages, name):
    path = pages / f"{name}.html"
    browser.open(path)
    browser.run("document.querySelectorAll('#accounts button').forEach((button) => button.click())")
    assert browser.complaints == []
    assert browser.requests == [path.as_uri()]


def test_no_hostile_name_runs(browser, pages):
    browser.open(pages / "hostile.html")
    browser.run("rows.forEach((entry) => { point(entry); unfold(entry, true); })")
    browser.run("heads.forEach(sort)")
    assert browser.run("window.ran") is None
    assert browser.run("document.querySelectorAll('img, iframe, script').length") == 1
    assert sorted(browser.run(NAMES)) == sorted(HOSTILE)


def test_the_policy_stops_what_an_attack_would_bring_in(plain):
    stopped = """new Promise((done) => {
      const told = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        told.push(event.effectiveDirective);
        if (told.length === 3) done(told.sort());
      });
      document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = 1" }));
      document.body.append(Object.assign(new Image(), { src: "https://csq.invalid/x.png" }));
      document.body.setAttribute("style", "color: red");
    })"""
    assert plain.run(stopped) == ["img-src", "script-src-elem", "style-src-attr"]
    assert plain.run("window.ran") is None


def test_pointing_at_a_mark_names_the_account_and_leaving_it_is_quiet(plain):
    plain.run("document.querySelector('#scatter').scrollIntoView()")
    plain.point(*plain.run(CENTRE % "#marks .advocates path"))
    assert tip(plain).split("\n") == [
        "Beta",
        "Quadrant: ● Advocates",
        "Value, EUR: 9,000",
        "Usage: 80.0",
        "Happiness: 88.0 (4 answers)",
        "Why: usage high, happiness high",
    ]
    plain.point(2, 2)
    assert tip(plain) is None


def test_clicking_a_mark_opens_its_row(plain):
    click(plain, "#marks .at_risk path")
    assert plain.run("document.activeElement.textContent") == "Alpha"
    assert plain.run("document.querySelector('tr.more').previousSibling.cells[1].textContent") == "Alpha"


def test_the_keyboard_reaches_every_mark_and_enter_opens_the_row(plain):
    for _ in range(12):
        plain.press("Tab")
    assert plain.run("document.activeElement.closest('#marks') !== null")
    assert plain.run("document.activeElement.getAttribute('aria-label')").startswith("Beta, Quadrant: ● Advocates")
    seen = [tip(plain).split("\n")[0]]
    for _ in range(3):
        plain.press("ArrowRight")
        seen.append(tip(plain).split("\n")[0])
    assert seen == ["Beta", "Gamma", "Alpha", "Delta"]
    plain.press("Escape")
    assert tip(plain) is None
    plain.press("ArrowLeft")
    plain.press("Enter")
    assert plain.run("document.activeElement.textContent") == "Alpha"
    assert plain.run("document.activeElement.getAttribute('aria-expanded')") == "true"
    plain.press("Enter")
    assert plain.run("document.querySelector('tr.more')") is None


def test_a_row_unfolds_to_its_next_step_and_its_risks_with_their_numbers(plain):
    click(plain, "#accounts tbody tr:nth-child(2) button")
    told = plain.run("document.querySelector('tr.more').innerText").split("\n")
    told = [line for line in told if line]
    assert told == ["Next step", "Write a thank-you note", "Risks", "Mind 8 of 9", "And this"]


def test_columns_sort_both_ways_with_the_unknown_last(plain):
    click(plain, "[data-name=contract_value] button")
    assert plain.run(NAMES) == ["Gamma", "Beta", "Delta", "Alpha"]
    assert plain.run("document.querySelector('[data-name=contract_value]').getAttribute('aria-sort')") == "descending"
    click(plain, "[data-name=contract_value] button")
    assert plain.run(NAMES) == ["Delta", "Beta", "Gamma", "Alpha"]
    assert plain.run("document.querySelector('[aria-sort]').getAttribute('aria-sort')") == "ascending"
    click(plain, "[data-name=account_name] button")
    assert plain.run(NAMES) == ["Alpha", "Beta", "Delta", "Gamma"]
    assert plain.run("document.querySelectorAll('[aria-sort]').length") == 1


CHOOSE = """(() => {
  const field = document.querySelector("#filters %s");
  field.value = "%s";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return document.querySelector("#filters output").textContent;
})()"""


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("[data-column=quadrant]", "● Advocates", ["Beta", "Gamma"]),
        ("[data-column=owner]", "Zed", ["Beta"]),
        ("[data-column=tier]", "unvalued", ["Alpha"]),
        ("input", "GAM", ["Gamma"]),
        ("input", "gámmä", ["Gamma"]),
        ("input", "nobody at all", []),
    ],
)
def test_filters_leave_rows_and_marks_that_fit_and_say_how_many(plain, field, value, left):
    assert plain.run(CHOOSE % (field, value)) == f"{len(left)} of 4 accounts"
    assert plain.run(NAMES) == left
    assert plain.run("document.querySelectorAll('#marks path:not(.away)').length") == len(left)


def test_of_thousands_of_rows_the_screen_gets_some_until_all_are_asked_for(browser, pages):
    browser.open(pages / "many.html")
    shown = "all('#accounts tbody tr').filter((row) => row.offsetHeight).length"
    assert browser.run(shown) == 200
    assert browser.run("document.querySelectorAll('#marks path:not(.away)').length") == 1200
    browser.run("sort(heads[0])")
    assert browser.run(shown) == 200
    assert browser.run("all('#accounts tbody tr')[0].cells[0].textContent") == "1200"
    browser.media("print")
    assert browser.run(shown) == 40
    browser.media("screen")
    click(browser, "#accounts ~ button")
    assert browser.run(shown) == 1200


def test_a_mark_drawn_with_thousands_of_others_still_names_its_account(browser, pages):
    browser.open(pages / "many.html")
    assert browser.run("rows[700].mark.textContent") == "Account 701"
    browser.run("show(rows[700])")
    assert browser.run("document.activeElement.textContent") == "Account 701"


def test_a_link_to_a_row_that_is_filtered_away_brings_it_back(plain):
    plain.run(CHOOSE % ("input", "Beta"))
    click(plain, "#week li:nth-child(1) a")
    plain.run(CHOOSE % ("input", "Gamma"))
    click(plain, "#week a")
    assert len(plain.run(NAMES)) == 4


def test_paper_has_no_controls_and_none_of_the_numbers_that_stand_for_texts(plain):
    plain.media("print")
    assert plain.run("getComputedStyle(document.querySelector('#filters')).display") == "none"
    assert plain.run("getComputedStyle(document.querySelector('.footnotes')).display") == "none"
    assert plain.run("getComputedStyle(document.querySelector('[data-name=risks]')).display") == "none"
    assert plain.paper().startswith(b"%PDF")


def test_paper_is_white_even_where_the_screen_is_dark(browser, pages):
    colours = []
    for medium, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
        browser.open(pages / "plain.html", prefers_color_scheme=scheme)
        browser.media(medium, prefers_color_scheme=scheme)
        colours.append(browser.run("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 24, 30)", "rgb(255, 255, 255)"]


def test_without_a_script_it_is_a_document_that_reads(browser, pages):
    browser.open(pages / "plain.html", script=False)
    browser.tell("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.run("getComputedStyle(document.querySelector('#filters')).display") == "none"
    assert browser.run("getComputedStyle(document.querySelector('.footnotes')).display") == "block"
    assert browser.run("document.querySelector('#accounts tbody tr').cells.length") == browser.run(
        "document.querySelectorAll('#accounts thead th').length"
    )
    assert browser.run("document.querySelector('#marks title').textContent") == "Beta"


@pytest.mark.parametrize("width", [400, 800, 1280])
@pytest.mark.parametrize("name", ["plain", "awkward"])
def test_nothing_sticks_out_of_the_page(browser, pages, name, width):
    browser.open(pages / f"{name}.html", width=width)
    browser.run("rows.forEach((entry) => unfold(entry, true))")
    assert browser.run("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="session")
def sample(tmp_path_factory, sample_data):
    prepared = prepare(Inputs(directory=str(sample_data)), Method(), Faults(), None)
    made = triage(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)
    path = tmp_path_factory.mktemp("sample") / "week.html"
    path.write_bytes(render(made, Format.HTML))
    return path


def test_the_sample_has_its_table_on_the_first_screen_and_prints_on_four_pages(browser, sample):
    browser.open(sample, width=1400, height=900)
    assert browser.run("document.querySelector('#accounts').getBoundingClientRect().top") < 900
    assert browser.run("document.documentElement.scrollWidth") <= 1400
    assert 0 < len(re.findall(rb"/Type\s*/Page\b", browser.paper())) <= 4


def test_the_sample_on_a_phone_is_short_and_nothing_sticks_out_or_is_broken(browser, sample):
    browser.open(sample, width=390, height=800)
    assert browser.run("document.documentElement.scrollHeight") < 6000
    assert browser.run("document.documentElement.scrollWidth") <= 390
    # A word that is broken makes its cell two lines high.
    heads = "[...document.querySelectorAll('.grid tbody th')].map((head) => head.firstChild)"
    lines = f"{heads}.map((text) => {{ const range = document.createRange(); range.selectNode(text);"
    assert browser.run(f"{lines} return range.getClientRects().length; }})") == [1, 1, 1]
    sticks_out = "[...document.querySelectorAll('#scatter text')].filter((text) =>"
    assert browser.run(f"{sticks_out} text.getBoundingClientRect().right > 390).map((text) => text.textContent)") == []


def test_a_page_of_twenty_thousand_accounts_is_capped_and_answers(browser, tmp_path):
    """Of 20,000 it has 5,000: as many as a browser reads, filters and sorts while somebody waits."""
    rows = ({"usage_score": place % 101.0, "account_name": f"Client {place}"} for place in range(20_000))
    path = tmp_path / "huge.html"
    path.write_bytes(render(report(accounts=accounts(*rows)), Format.HTML))
    assert path.stat().st_size < 8_000_000
    browser.open(path)
    assert "The first 5,000 of 20,000 accounts" in browser.run("document.querySelector('header').textContent")
    assert browser.run("performance.getEntriesByType('navigation')[0].domInteractive") < 20_000
    began = time.monotonic()
    assert browser.run(CHOOSE % ("input", "client 4999")) == "1 of 5,000 accounts"
    assert browser.run(NAMES) == ["Client 4999"]
    assert time.monotonic() - began < 10


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not in node_modules: nobody checked the page's accessibility"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("name", ["plain", "awkward", "empty"])
def test_axe_has_no_serious_finding(browser, pages, name, width, scheme):
    browser.open(pages / f"{name}.html", width=width, prefers_color_scheme=scheme)
    browser.run("rows.slice(0, 2).forEach((entry) => unfold(entry, true))")
    browser.run(AXE.read_text(encoding="utf-8"))
    found = browser.run("axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)")
    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []
