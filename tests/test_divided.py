"""Where decision makers and users stand on different sides of the cut, the mean is never shown alone."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from csq.render import Format, Options, Selection, render
from csq.render.plan import FIELDS, render_plan
from csq.render.wording import divided
from tables import AS_OF, by_id, lines, run

USAGE = lines("account_id,logins", "both,90", "one,80", "same,70", "low,1")
CSAT = lines(
    "account_id,csat,email,role,submitted_at",
    # Users 0 and 25 of 100, their mean 12.5; the decision makers 100 and 88 make 94 on a scale of 0-100.
    "both,0,u1@x.example,end_user,2026-11-01",
    "both,25,u2@x.example,power_user,2026-11-01",
    "both,100,d1@x.example,decision_maker,2026-11-01",
    "both,88,d2@x.example,decision_maker,2026-11-01",
    "one,100,u3@x.example,end_user,2026-11-01",
    "one,69.9,d3@x.example,decision_maker,2026-11-01",
    "same,100,u4@x.example,end_user,2026-11-01",
    "same,70,d4@x.example,decision_maker,2026-11-01",
    "low,80,u5@x.example,end_user,2026-11-01",
)
SAID = "users 12 / decision maker 94"


@pytest.fixture
def report():
    return run(USAGE, CSAT, csat_scale=("0-100",), as_of=AS_OF, settings="thresholds: {usage: 50}")


def test_who_is_unhappy_is_told_where_the_sides_of_the_cut_differ(report) -> None:
    rows = by_id(report)
    assert {key: row["unhappy_side"] for key, row in rows.items()} == {
        "both": "users", "one": "decision_makers", "same": None, "low": None
    }  # fmt: skip
    assert (rows["both"]["users_mean"], rows["both"]["decision_maker_mean"]) == (12.5, 94)


def test_the_play_begins_with_the_unhappy_side_also_where_the_gap_is_not_large(report) -> None:
    rows = by_id(report)
    assert rows["both"]["next_step"].startswith("Talk to two daily users")
    # 100 and 69.9 are 30.1 apart; 71 and 69 would be 2 apart, and on both sides of the cut all the same.
    near = run(
        USAGE, CSAT.replace("one,100", "one,71").replace("one,69.9", "one,69"), csat_scale=("0-100",), as_of=AS_OF,
        settings="thresholds: {usage: 50}",
    )  # fmt: skip
    assert by_id(near)["one"]["next_step"].startswith("Show the decision makers on one page")


@pytest.mark.parametrize("format", [Format.TERMINAL, Format.MARKDOWN, Format.HTML])
def test_both_sides_stand_in_every_page(report, format: Format) -> None:
    text = render(report, format, Options(width=80 if format is Format.TERMINAL else None)).decode()
    assert SAID in text
    assert "users 100 / decision maker 69.9" in text
    assert "/ decision maker 70" not in text
    assert "divided" in text


def test_both_sides_stand_in_the_workbook_as_text_and_in_how_the_score_is_shown(report) -> None:
    with zipfile.ZipFile(BytesIO(render(report, Format.XLSX, Options()))) as book:
        texts, styles = (book.read(f"xl/{name}.xml").decode() for name in ("sharedStrings", "styles"))
    assert SAID in texts
    assert f"({SAID})" in styles
    assert "divided" in styles


@pytest.mark.parametrize("format", [Format.TERMINAL, Format.MARKDOWN, Format.HTML])
def test_both_sides_stand_in_the_plan(report, format: Format) -> None:
    options = Options(fields=FIELDS, selection=Selection(planned=True))
    assert f"divided: {SAID}" in render_plan(report, format, options).decode()


def test_both_sides_stand_in_explain(csq) -> None:
    Path("usage.csv").write_text(USAGE)
    Path("csat.csv").write_text(CSAT)
    said = csq(
        "explain", "both", ".", "--csat-scale", "0-100", "--as-of", str(AS_OF), "--usage-cut", "50"
    ).stdout.decode()
    assert f"{SAID}; mean 53.2" in said
    assert "Frustrated, divided" in said


@pytest.mark.parametrize(
    ("users", "makers", "cut", "said"),
    [
        (12.4, 94.0, 70.0, "users 12 / decision maker 94"),
        (69.7, 70.2, 70.0, "users 69.7 / decision maker 70.2"),  # whole, both would be 70
        (0.2, 99.8, 70.0, "users 0.2 / decision maker 99.8"),  # 0 and 100 would be all there is
        (0.0, 100.0, 70.0, "users 0 / decision maker 100"),
    ],
)
def test_rounding_never_takes_a_mean_over_the_cut(users: float, makers: float, cut: float, said: str) -> None:
    assert divided(users, makers, cut, "users") == said
