"""Survey answers: what each says, who was asked, and on which scale."""

import pytest

from csq.errors import InputError
from csq.terms import Aside, Role
from reading import notes, read, rows


def answers(tables):
    return rows(tables.roles[Role.CSAT].keyed, "answer", "survey", "asked")


def test_words_of_asking_are_no_answers(tmp_path):
    tables = read(tmp_path, csat="account_id,score; A,good; B,bad; C,offered; D,unoffered; E,; F,Not Offered")
    assert answers(tables) == [
        (100.0, "csat", True),
        (0.0, "csat", True),
        (None, "csat", True),
        (None, "csat", False),
        (None, "csat", True),
        (None, "csat", False),
    ]
    assert "2 of 6 rows" in notes(tables)


@pytest.mark.parametrize(
    "cell", ["9", "9 - very likely", "9 (very likely)", "Very likely - 9", "9/10", "9 out of 10", "9.0"]
)
def test_a_score_may_carry_its_label(tmp_path, cell):
    assert answers(read(tmp_path, csat=f"account_id,nps; A,{cell}; B,10"))[0] == (90.0, "nps", True)


def test_a_score_off_the_scale_and_a_word_among_figures_are_rejected(tmp_path):
    tables = read(tmp_path, csat="account_id,nps; A,11; B,9; C,fine; D,10")
    assert rows(tables.rejects, "line", "value", "reason") == [
        (2, "11", "score outside the scale 0-10"),
        (4, "fine", "score is not a number"),
    ]


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ("0 1 2", [(0.0, "csat"), (50.0, "csat"), (100.0, "csat")]),
        ("7 4 1", [(100.0, "ces"), (50.0, "ces"), (0.0, "ces")]),
        ("10 5 0", [(100.0, "nps"), (50.0, "nps"), (0.0, "nps")]),
    ],
)
def test_the_scale_tells_the_kind_of_hubspot_feedback(tmp_path, ratings, expected):
    lines = "; ".join(f"A{n},x,{rating}" for n, rating in enumerate(ratings.split()))
    tables = read(tmp_path, csat=f"Company ID,Sentiment,Rating; {lines}")
    assert rows(tables.roles[Role.CSAT].keyed, "answer", "survey") == expected


def test_hubspot_feedback_that_fits_several_kinds_is_a_question(tmp_path):
    with pytest.raises(InputError, match="no scale is certain"):
        read(tmp_path, csat="Company ID,Sentiment,Rating; A,Passive,1; B,Detractor,0")


def test_unanswered_requests_of_medallia_are_asked_and_silent(tmp_path):
    header = (
        "request_id,request_sent_at,request_delivery_status,response_received_at,star_rating,comments,"
        "customer_name,request_sent_to"
    )
    tables = read(
        tmp_path,
        csat=f"{header}; r1,2026-08-01 10:00,delivered,2026-08-02 10:00,4,ok,Jane,jane@acme.example; "
        "r2,2026-08-01 10:00,bounced,,,,Rick,rick@acme.example; r3,2026-08-03 10:00,delivered,,,,Ann,ann@acme.example",
    )
    assert answers(tables) == [(75.0, "csat", True), (None, "csat", False), (None, "csat", True)]
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("acme.example",)] * 3


def test_previews_settle_no_scale(tmp_path):
    """The 100 of a preview would make the scale 0-100."""
    header = "StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,account_id,CSAT"
    line = "2026-08-01,2026-08-01,{},{},2026-08-01,R{},A,{}"
    tables = read(
        tmp_path,
        csat="; ".join(
            [
                header,
                line.format("IP Address", "True", 1, 5),
                line.format("Survey Preview", "True", 2, 100),
                line.format("IP Address", "False", 3, 2),
            ]
        ),
    )
    assert answers(tables) == [(100.0, "csat", True)]
    assert tables.files[0].set_aside == {Aside.UNFINISHED: 2}


def test_a_blank_key_in_a_file_with_two_scores_is_rejected_once(tmp_path):
    tables = read(tmp_path, csat="account_id,csat,nps; A,5,10; ,4,9; B,3,8")
    assert rows(tables.rejects, "line", "reason") == [(3, "no account key")]
    assert tables.roles[Role.CSAT].keyed.height == 4


@pytest.mark.parametrize(
    ("status", "answers"),
    [
        (("completed", "not answered", "sent"), [90.0, None, None]),
        (("Answered", "No response", "Expired"), [90.0, None, None]),
        (("closed", "unanswered", "pending"), [90.0, None, 0.0]),  # a ticket may be pending when its answer comes
        (("solved", "open", "pending"), [90.0, 0.0, 0.0]),
    ],
)
def test_a_number_beside_a_status_that_says_nobody_answered_is_no_answer(tmp_path, status, answers):
    lines = "; ".join(f"{key},{score},{told}" for key, score, told in zip("ABC", (9, 0, 0), status, strict=True))
    tables = read(tmp_path, csat=f"account_id,nps,status; {lines}")
    assert [answer for (answer,) in rows(tables.roles[Role.CSAT].frame.sort("line"), "answer")] == answers
    assert ("are no answers, as `status` says: 0 on line 3" in notes(tables)) is (None in answers)
