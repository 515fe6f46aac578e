"""What cells of a score column say, kind by kind; each right value is worked out in the words beside it."""

import json

import pytest

from csq.errors import InputError
from csq.sources.cells.answer_words import WORD_SCALES
from csq.sources.cells.answers import Answer, direction, read_answer
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Role
from reading import RUN_DAY, notes, read, rows


def answers(tables):
    return [answer for (answer,) in rows(tables.roles[Role.CSAT].frame, "answer")]


def column(tmp_path, *cells, header="score", **told):
    text = "; ".join([f"account_id,{header}", *(f'A{n},"{cell}"' for n, cell in enumerate(cells))])
    return read(tmp_path, csat=text, options=ReadOptions(run_day=RUN_DAY, **told))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # One to five stars, so that four are three steps of four: 75.
        (("★★★★★", "★★★★☆", "★★★☆☆", "★★☆☆☆", "★☆☆☆☆"), [100, 75, 50, 25, 0]),
        (("⭐⭐⭐☆☆", "★★★★★"), [50, 100]),
        (("●●●●○", "●○○○○"), [75, 0]),
        (("4 stars out of 5", "★☆☆☆☆"), [75, 0]),
        (("4/5 stars", "1/5 stars"), [75, 0]),
        (("4/7", "7/7", "1 / 7"), [50, 100, 0]),  # three steps of six
        (("0 of 10", "5 out of 10", "10 von 10"), [0, 50, 100]),
        (("62%", "80 %"), [62, 80]),
        (("👍", "👎", "👍🏽"), [100, 0, 100]),
        (("like", "Dislike", "LIKE"), [100, 0, 100]),
        (("thumbs_up", "thumbs-down", ":+1:"), [100, 0, 100]),
        (("Great", "Okay", "Not Good", "not_good"), [100, 50, 0, 0]),
        (("😡", "🙁", "😐", "🙂", "😍"), [0, 25, 50, 75, 100]),
        (("🙁", "😐", "🙂"), [0, 50, 100]),
        (("Très satisfait", "insatisfaite", "NEUTRE"), [100, 25, 50]),
        (("sehr zufrieden", "Unzufrieden", "teils-teils"), [100, 25, 50]),
        (("muy satisfecha", "insatisfecho", "Neutral"), [100, 25, 50]),
        (("péssimo", "ruim", "ótimo"), [0, 25, 100]),
        (("Heel tevreden", "ontevreden", "neutraal"), [100, 25, 50]),
        (("molto soddisfatto", "insoddisfatto", "né soddisfatto né insoddisfatto"), [100, 25, 50]),
    ],
)
def test_a_cell_is_more_than_its_digits(tmp_path, cells, expected):
    assert answers(column(tmp_path, *cells)) == pytest.approx(expected)


@pytest.mark.parametrize("cell", ["5-Apr", "Apr-05", "05-Apr-26", "2026-04-05", "4/5/2026", "05.04.2026", "3 mars"])
def test_what_a_spreadsheet_made_a_date_of_is_refused_and_said_why(tmp_path, cell):
    with pytest.raises(InputError, match="reads like a date") as refused:
        column(tmp_path, cell, cell)
    assert (refused.value.location.line, cell in refused.value.message) == (2, True)
    tables = column(tmp_path, "4/5", "5/5", cell)
    assert rows(tables.rejects, "line", "value", "reason") == [
        (4, cell, "reads like a date, which a spreadsheet makes of 4/5")
    ]


@pytest.mark.parametrize("cells", [("4/5", "3/10"), ("★★★★☆", "★★★★☆☆"), ("4 of 5", "4 out of 7")])
def test_two_denominators_stop_the_run(tmp_path, cells):
    with pytest.raises(InputError, match="answers out of"):
        column(tmp_path, *cells)


@pytest.mark.parametrize(("cells", "header"), [(("4/5",), "score"), (("4", "1 (very bad)"), "score (out of 5)")])
def test_a_denominator_that_contradicts_what_was_told_stops_the_run(tmp_path, cells, header):
    with pytest.raises(InputError, match="out of 5, and the scale is 1-10, told"):
        column(tmp_path, *cells, header=header, csat_scale=("1-10",))


DOWN = ("1 = very good", "2 = good", "3 = average", "4 = not so good", "5 = bad", "1 = very good", "2 = good", "3")


@pytest.mark.parametrize(
    "cells",
    [
        DOWN,
        tuple(cell.replace("=", "-") for cell in DOWN),
        tuple(cell.replace("= ", "(") + ")" * ("=" in cell) for cell in DOWN),
        ("sehr gut (1)", "gut (2)", "befriedigend (3)", "ausreichend (4)", "mangelhaft (5)", "1", "2", "3"),
        ("1 - muy satisfecho", "2", "3 - neutral", "4", "5 - muy insatisfecho", "1", "2", "3"),
    ],
)
def test_a_scale_runs_the_way_of_its_words(tmp_path, cells):
    # One is best: 1 is 100, 2 is 75, 3 is 50, 4 is 25 and 5 is 0.
    assert answers(column(tmp_path, *cells)) == [100, 75, 50, 25, 0, 100, 75, 50]
    with pytest.raises(InputError, match="runs the other way than the scale 1-5"):
        column(tmp_path, *cells, csat_scale=("1-5",))
    assert answers(column(tmp_path, *cells, csat_scale=("5-1",)))[:2] == [100, 75]


def test_words_that_csq_does_not_know_beside_digits_are_asked_about(tmp_path):
    with pytest.raises(InputError, match="whether a high number in `score` is a good one") as question:
        column(tmp_path, *["1 - grum", "5 - blop"] * 4, "3")
    assert "`--csat-scale 1-5` or `--csat-scale 5-1`" in question.value.hint


def test_the_header_may_say_which_way_the_digits_run(tmp_path):
    # One is best: 2 of 1-6 is one step of five from the best, 80.
    assert answers(column(tmp_path, "1", "2", "6", header='"Rating (1 = best, 6 = worst)"')) == [100, 80, 0]
    assert answers(column(tmp_path, "1", "2", "6", header='"Rating (1 = worst, 6 = best)"')) == [0, 20, 100]


@pytest.mark.parametrize("code", ["-99", "-77", "-1", "99", "88", "999"])
def test_a_code_outside_the_scale_is_no_answer(tmp_path, code):
    cells = ("4", "5", "3", "2", "4", "5", "1", "4", code)
    for told in ((), ("1-5",)):
        tables = column(tmp_path, *cells, csat_scale=told)
        assert answers(tables) == [75, 100, 50, 25, 75, 100, 0, 75, None]
        assert f"codes outside the scale: counted as asked, without an answer: {code} on line 10" in notes(tables)
    assert answers(column(tmp_path, "good", "bad", code)) == [100, 0, None]


NINES = (5, 5, 9, 5, 5, 9, 4, 5, 5, 2) * 2


def test_nines_above_answers_up_to_5_may_be_codes_and_are_asked_about_where_it_matters(csq, tmp_path):
    rows = "\n".join(f"{'ABC'[n % 3]},{answer}" for n, answer in enumerate(NINES))
    (tmp_path / "csat.csv").write_text(f"account_id,csat\n{rows}\n")
    asked = csq("triage", tmp_path)
    # On 1-10 a 5 is 44 and nobody is happy; on 1-5, where 9 is "don't know", nearly all are.
    assert (asked.code, "1-5: 3 of 3 accounts happy" in asked.stderr) == (3, True)
    told = csq("triage", tmp_path, "--csat-scale", "1-5")
    assert (told.code, "4  `csat`: score outside the scale 1-5, first on line 4: `9`" in told.stderr) == (3, True)
    assert "if they are codes for no answer, `--max-rejects 20%` leaves them out" in told.stderr
    left = json.loads(csq("triage", tmp_path, "--csat-scale", "1-5", "--max-rejects", "20%", "-f", "json").stdout)
    # A has 5, 5, 4, 5, 2 but for its nines: (100 + 100 + 75 + 100 + 25) / 5.
    assert {row["account_id"]: row["happiness_score"] for row in left["accounts"]}["A"] == 80


def test_a_code_inside_the_scale_is_an_answer(tmp_path):
    assert answers(column(tmp_path, "99", "88", "40", "100")) == [99, 88, 40, 100]


@pytest.mark.parametrize(
    "cells", [("Good", "Bad", "5", "4"), ("Good", "Bad", "Satisfied"), ("1 star", "good", "bad"), ("🙂", "😊", "😐")]
)
def test_two_kinds_of_words_in_one_column_are_asked_about_with_the_cause(tmp_path, cells):
    with pytest.raises(InputError) as question:
        column(tmp_path, *cells)
    assert "two kinds of" in question.value.message or "say much the same" in question.value.message
    assert question.value.location.line is not None
    assert "`answers: {" in question.value.hint


def test_other_words_are_worth_what_csq_yaml_says(tmp_path):
    with pytest.raises(InputError, match="`Superb` on line 2 is neither a number nor a word csq knows") as question:
        column(tmp_path, "Superb", "Meh")
    assert "answers: {Meh: , Superb:}" in question.value.hint
    told = {"superb": 100.0, "meh": 40.0}
    assert answers(column(tmp_path, "Superb", "meh", answers=told)) == [100, 40]
    assert answers(column(tmp_path, "Superb", "good", "bad", answers=told)) == [100, 100, 0]


@pytest.mark.parametrize("bad", ["Bad, I'm unsatisfied", "Bad, I\u2019m not satisfied", "bad with comment", "Bad"])
def test_what_csq_yaml_says_of_a_word_holds_for_every_way_to_write_it(tmp_path, bad):
    # Twice as bad as usual: 10 of 100 for bad, 60 for good, in the helpdesk's own sentences.
    told = {"bad": 10.0, "good": 60.0}
    tables = column(tmp_path, bad, "Good, I'm satisfied", "good without comment", answers=told)
    assert answers(tables) == [10, 60, 60]
    assert "put on 0-100" not in notes(tables)


@pytest.mark.parametrize("language", WORD_SCALES)
def test_a_scale_in_words_has_no_word_twice(language):
    for scale in WORD_SCALES[language]:
        words = scale.split("; ")
        assert len(set(words)) == len(words) > 1


@pytest.mark.parametrize(("name", "kind"), [("nps_responses", "nps"), ("2026 NPS", "nps"), ("snps", "csat")])
def test_a_file_that_says_nps_is_nps_also_when_no_answer_is_below_1(tmp_path, name, kind):
    path = tmp_path / f"{name}.csv"
    path.write_text("account_id,score\n" + "".join(f"A{n},{score}\n" for n, score in enumerate([7, 10, 2])))
    from csq.sources.load import load

    tables = load({Role.CSAT: [path]}, ReadOptions(run_day=RUN_DAY))
    frame = tables.roles[Role.CSAT].frame
    assert set(frame["survey"]) == {kind}
    if kind == "nps":  # 7 of 10 is a passive, 10 a promoter, 2 a detractor
        assert frame.select("answer", "nps_side").rows() == [(70, 0), (100, 1), (20, -1)]


def test_buckets_of_nps_have_no_gaps_and_other_scales_have_none(tmp_path):
    tables = column(tmp_path, "9", "8.9", "7", "6.9", "0", header="nps")
    assert [side for (side,) in rows(tables.roles[Role.CSAT].frame, "nps_side")] == [1, 0, 0, -1, -1]
    tables = column(tmp_path, "4", "1", header="nps", csat_scale=("1-4",))
    assert rows(tables.roles[Role.CSAT].frame, "answer", "nps_side") == [(100, None), (0, None)]
    tables = column(tmp_path, "Promoter", "Passive", "Detractor", header="nps")
    assert [side for (side,) in rows(tables.roles[Role.CSAT].frame, "nps_side")] == [1, 0, -1]


def test_nothing_above_5_of_10_is_said_loudly(tmp_path):
    assert "no answer of `nps` is above 5 of 10" in notes(column(tmp_path, "4", "3", header="nps"))
    found = column(tmp_path, *"44343424", header="nps").roles[Role.CSAT].scales[0]
    assert (found.scale, found.others) == ("0-10", ("1-4", "1-5"))


PEOPLE = "A,{0},ann@x.example,2026-11-02,1; A,{1},Ann@X.example,2026-11-03,5"


@pytest.mark.parametrize(
    ("ids", "header"), [(("r1", "r2"), "respondent_id"), (("", ""), "respondent_id"), (("u1", "u1"), "user_id")]
)
def test_a_respondent_is_a_person_and_the_latest_answer_counts(csq, tmp_path, ids, header):
    text = f"account_id,{header},email,submitted_at,score (1-5); {PEOPLE.format(*ids)}".replace("; ", "\n")
    (tmp_path / "csat.csv").write_text(f"{text}\n")
    found = json.loads(csq("triage", "--csat", tmp_path / "csat.csv", "-f", "json", "-q").stdout)
    assert (found["accounts"][0]["responses"], found["accounts"][0]["happiness_score"]) == (1, 100)
    assert found["sources"][0]["set_aside"] == {Aside.OLDER_ANSWER: 1}


@pytest.mark.parametrize("other", ["jo@X.com", "Jo Doe <jo@x.com>", "mailto:jo@x.com", "JO@X.COM "])
def test_an_address_is_one_person_s_however_it_is_dressed(csq, tmp_path, other):
    (tmp_path / "csat.csv").write_text(
        f"account_id,email,csat (1-5),date\nA,Jo@x.com,1,2026-09-01\nA,{other},5,2026-10-01\n"
    )
    (row,) = json.loads(csq("triage", tmp_path, "-f", "json").stdout)["accounts"]
    assert (row["responses"], row["happiness_score"]) == (1, 100)  # the latest


@pytest.mark.parametrize("nobody", ["anonymous", "Unknown", "(not set)", "Guest", "n/a", ""])
def test_people_whom_nobody_knows_are_not_one_person(csq, tmp_path, nobody):
    rows = f"A,{nobody},1,2026-09-01\nA,{nobody},5,2026-10-01\n"
    (tmp_path / "csat.csv").write_text(f"account_id,email,csat (1-5),date\n{rows}")
    (tmp_path / "usage.csv").write_text(f"account_id,user_id,date\nA,{nobody},2026-10-05\nA,u1,2026-10-05\n")
    (row,) = json.loads(csq("triage", tmp_path, "-f", "json").stdout)["accounts"]
    assert (row["responses"], row["happiness_score"], row["active_users"]) == (2, 50, 1)


def test_other_ids_keep_their_case(tmp_path):
    tables = read(tmp_path, csat="account_id,user_id,score (1-5); A,u1,5; A,U1,1; A,X@y.example,3")
    assert [who for (who,) in rows(tables.roles[Role.CSAT].frame, "respondent")] == ["u1", "U1", "x@y.example"]


FEW = "account_id,score,submitted_at\nA,5,2026-11-01\nB,4,2026-11-01\nC,2,2026-11-01\n"


def test_a_scale_is_asked_about_only_where_it_decides_who_is_happy(csq, tmp_path):
    (tmp_path / "csat.csv").write_text(FEW)
    asked = csq("triage", tmp_path)
    assert asked.code == 3
    assert "1-5: 2 of 3 accounts happy: A, B" in asked.stderr
    assert "0-10: 0 of 3 accounts happy" in asked.stderr
    assert "scales: {csat: {score: 1-5}}" in asked.stderr
    # With the cut at 0 everybody is happy on whatever scale; it is said, and pinned with what else it may be.
    found = csq("triage", tmp_path, "--happiness-cut", "0", "-f", "json")
    assert "every account stands the same on 0-5, 1-7, 1-10, 0-10, 0-100" in found.stderr
    pinned = json.loads(found.stdout)["pinned"]
    assert pinned.startswith("# score: the smallest standard scale that holds all answers; every account stands the")
    assert "\nscales:\n  csat: {score: 1-5}\n" in pinned
    (tmp_path / "csq.yaml").write_text(pinned)
    # A week later a 1 stands beside them: the scale is still the one that was pinned, and 5 of 1-5 is 100.
    (tmp_path / "csat.csv").write_text(f"{FEW}D,1,2026-11-02\n")
    (row, *_) = json.loads(csq("triage", tmp_path, "-f", "json").stdout)["accounts"]
    assert (row["account_id"], row["happiness_score"]) == ("A", 100)


def test_words_whose_scale_makes_no_difference_this_week_are_pinned_too(csq, tmp_path):
    (tmp_path / "csat.csv").write_text("account_id,score\nA,good\nB,bad\n")
    found = csq("triage", tmp_path, "-f", "json")
    # Of bad and good alone, or of very bad to very good: A is happy either way (100 or 75), B is not (0 or 25).
    assert "every account stands the same if they go from `very bad` to `very good`" in found.stderr
    assert "\nanswers: {bad: 0, good: 100}\n" in json.loads(found.stdout)["pinned"]


@pytest.mark.parametrize(
    ("header", "worth"),
    [
        ("How much effort was it? (1 = very low effort, 5 = very high effort)", (100, 0)),
        ("How easy was it? (1 = very difficult, 5 = very easy)", (0, 100)),
        ("Recommend us? (0 = not at all likely, 10 = extremely likely)", (10, 50)),
        ("Satisfaction rating (1 = low, 5 = high)", (0, 100)),
        ("Effort (1 = very low, 5 = very high)", None),  # little effort is good, a low score of it may be bad
        ("Rating (1 = wow, 5 = meh)", None),
    ],
)
def test_the_words_of_a_header_say_which_end_is_good_or_it_is_asked(csq, tmp_path, header, worth):
    (tmp_path / "csat.csv").write_text(f'account_id,"{header}"\nA,1\nB,5\n')
    result = csq("triage", tmp_path, "-f", "json")
    if worth is None:
        assert (result.code, "`--csat-scale 1-5` or `--csat-scale 5-1`" in result.stderr) == (3, True)
    else:
        found = {row["account_id"]: row["happiness_score"] for row in json.loads(result.stdout)["accounts"]}
        assert (found["A"], found["B"]) == worth


@pytest.mark.parametrize("header", ["Net Promoter Score", "Net Promoter Score (NPS)", "NPS Response"])
def test_a_header_that_says_nps_in_full_is_nps(csq, tmp_path, header):
    (tmp_path / "answers.csv").write_text(f"account_id,{header}\nA,7\n")
    result = csq("triage", "--csat", tmp_path / "answers.csv", "-f", "json")
    assert json.loads(result.stdout)["accounts"][0]["happiness_score"] == 70


def test_what_csq_yaml_says_of_a_scale_holds_and_is_pinned_without_a_word(csq, tmp_path):
    (tmp_path / "csat.csv").write_text(FEW)
    (tmp_path / "csq.yaml").write_text("scales: {csat: {Score: 0-10}}\n")
    result = csq("triage", tmp_path, "-f", "json")
    found = json.loads(result.stdout)
    assert {row["account_id"]: row["happiness_score"] for row in found["accounts"]} == {"A": 50, "B": 40, "C": 20}
    assert found["pinned"].startswith("scales:\n  csat: {score: 0-10}\n")
    assert [(scale["scale"], scale["why"]) for scale in found["scales"]] == [("0-10", "what csq.yaml says")]
    for form in ("terminal", "csv", "md", "html"):  # nothing was chosen
        assert "scale 0-10" not in csq("triage", tmp_path, "-f", form).stderr
    (tmp_path / "csq.yaml").write_text(found["pinned"])
    assert json.loads(csq("triage", tmp_path, "-f", "json").stdout)["accounts"] == found["accounts"]


def test_undated_answers_count_and_the_window_says_so(csq, tmp_path):
    (tmp_path / "csat.csv").write_text("account_id,score (1-5)\nA,5\nB,1\n")
    (tmp_path / "usage.csv").write_text("account_id,date,user_id\nA,2026-05-30,u1\nB,2026-05-30,u2\n")
    result = csq("triage", tmp_path, "-v")
    assert "happiness 2025-05-31 to 2026-05-30, 365 days, and 2 answers without a date" in " ".join(
        result.stdout.decode().split()
    )


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("4/5", Answer("4", 5.0)),
        ("4 von 5 - gut", Answer("4", 5.0, label="gut")),
        ("\u22123", Answer("-3")),
        (".5", Answer(".5")),
        ("80%", Answer("80%", 100.0)),
        ("★★☆", Answer("2", 3.0, is_stars=True)),
        ("3 stars", Answer("3", is_stars=True)),
        ("5 - Sehr gut", Answer("5", label="sehr gut")),
        ("Good (4)", Answer("4", label="good")),
        ("5-Apr", Answer(is_date=True)),
        ("Apr 5", Answer(is_date=True)),
        ("w0001", Answer(word="w0001")),  # neither a number with a label nor one behind it
        ("_1st", Answer(word="1st")),
        ("Späť", Answer(word="spat")),
        ("👍🏽", Answer(word="👍")),
        ("😀😄", Answer(word="great face")),
    ],
)
def test_what_one_cell_says(cell, answer):
    assert read_answer(cell) == answer


@pytest.mark.parametrize(("words", "rises"), [(("poor", "good"), True), (("good", "poor"), False)])
def test_however_many_numbers_stand_beside_words_they_say_which_way_a_scale_runs(words, rises):
    # Held against each other in pairs, so many would take hours.
    first, second = words
    pairs = [(number / 100_000, first if number < 250_000 else second) for number in range(500_000)]
    assert direction(pairs, 0, 5) is rises


def test_of_a_long_cell_no_more_is_read_than_an_answer_has():
    # Each look at a megabyte takes its time, and there may be a hundred.
    assert read_answer("4 - " + "good " * 1_000).label == read_answer("4 - " + "good " * 1_000_000).label
    assert read_answer("\U0001f600" + "x" * 1_000_000).word == read_answer("\U0001f600" + "x" * 1_000).word


def test_the_help_prints_words_and_what_they_are_worth(csq):
    text = csq("help", "answers").stdout.decode()
    for told in ("terrible 0, bad 25, okay 50, good 75, great 100", "sehr zufrieden 100", "tres satisfait 100", "-99"):
        assert told in text.replace("\n", " ").replace("              ", "")
