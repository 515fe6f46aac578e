"""What is not known stays unknown or is told; what is known is right, by values worked out here by hand."""

import io
import json
import re

import pytest
from python_calamine import CalamineWorkbook

SCALE = ("--csat-scale", "1-5")
USAGE = "account_id,user_id,date\nA,u1,2026-11-10\nB,u1,2026-11-10\n"
CSAT = "account_id,score,submitted_at\nA,5,2026-11-01\nB,1,2026-11-01\n"
ACCOUNTS = "account_id,contract_value,seats\nA,1000,10\nB,1000,10\n"


@pytest.fixture
def triage(csq, tmp_path):
    """Triage the files given, and return its JSON; A and B have used, answered and are worth something unless told."""

    def run(*argv, fields="events", settings="", **files):
        for name, text in {"usage": USAGE, "csat": CSAT, "accounts": ACCOUNTS, **files}.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        (tmp_path / "csq.yaml").write_text(settings, encoding="utf-8")
        result = csq("triage", tmp_path, "--csat-scale", "1-5", "--fields", fields, "-f", "json", *argv)
        assert result.code == 0, result.stderr
        found = json.loads(result.stdout)
        found["by_id"] = {row["account_id"]: row for row in found["accounts"]}
        return found

    return run


def notes(found):
    return " | ".join(note["text"] for note in found["notes"])


def values(found, name):
    return {key: row[name] for key, row in found["by_id"].items()}


@pytest.mark.parametrize(
    ("promises", "still", "age"),
    [
        # Kept before the only one was made: it closes nothing. 2026-08-01 is 101 days before 2026-11-10.
        (("2025-07-08,promise_kept", "2026-08-01,promise_made"), 1, 101),
        # Kept the day it was made.
        (("2026-08-01,promise_kept", "2026-08-01,promise_made"), 0, None),
        # Two made, one kept after both: the older is closed, the newer, 40 days old, is open.
        (("2026-08-01,promise_made", "2026-10-01,promise_made", "2026-10-02,promise_kept"), 1, 40),
        # Made, kept, kept once more, made: the second keeping is of nothing.
        (
            (
                *("2026-08-01,promise_made", "2026-08-02,promise_kept", "2026-08-03,promise_kept"),
                "2026-10-01,promise_made",
            ),
            1,
            40,
        ),
    ],
)
def test_a_promise_is_closed_by_what_is_kept_after_it(triage, promises, still, age):
    events = "account_id,date,kind\n" + "".join(f"A,{each}\n" for each in promises)
    found = triage(fields="promises_open,promise_open_days", events=events)["by_id"]["A"]
    assert (found["promises_open"], found["promise_open_days"]) == (still, age)


@pytest.mark.parametrize(("users", "seats", "pct"), [(11, 10, 110.0), (22, 20, 110.0), (33, 30, 110.0)])
def test_a_fact_is_what_it_is_printed_as_before_a_condition_sees_it(triage, users, seats, pct):
    # 11 / 10 x 100 is 110.00000000000001 in floats, and the signal says over 110.
    usage = "account_id,user_id,date\n" + "".join(f"A,u{n},2026-11-10\n" for n in range(users)) + "B,u1,2026-11-10\n"
    found = triage(fields="seat_use_pct", usage=usage, accounts=ACCOUNTS.replace("A,1000,10", f"A,1000,{seats}"))
    assert found["by_id"]["A"]["seat_use_pct"] == pct
    assert "overuse" not in found["by_id"]["A"]["signals"]


def test_features_and_newness_are_unknown_where_nothing_says_them(triage):
    entitled = "account_id,seats,features_entitled,start_date\nA,10,f1; f2; f3,\nB,10,4,2026-11-01\n"
    found = triage(fields="features_unused,features_used,is_new", accounts=entitled)
    assert values(found, "features_unused") == {"A": None, "B": None}
    assert values(found, "is_new") == {"A": None, "B": True}


@pytest.mark.parametrize(("blank", "events"), [("", 8), ("n/a", 8), ("-", 8)])
def test_a_row_without_a_number_of_events_is_one_and_told(triage, blank, events):
    usage = f"account_id,user_id,date,events\nA,u1,2026-11-09,7\nA,u1,2026-11-10,{blank}\nB,u1,2026-11-10,0\n"
    found = triage(usage=usage)
    assert values(found, "events") == {"A": events, "B": 0}
    assert "rows without a number in `events` count as one event each, the first on line 3" in notes(found)


def test_a_repeated_event_id_with_other_contents_is_told_and_the_newest_counts(triage):
    # E1 is told twice: of A on 9 November with 50 events, of B in October with 1. The row of November is the newer.
    rows = ("B,u9,2026-10-25,1,E1", "A,u1,2026-11-09,50,E1", "B,u1,2026-11-10,1,E2", "B,u1,2026-11-10,1,E2")
    for order in (rows, rows[::-1]):
        found = triage(usage="account_id,user_id,date,events,event_id\n" + "".join(f"{row}\n" for row in order))
        assert values(found, "events") == {"A": 50, "B": 1}
        assert "1 event id stands in rows that differ, first `E1`" in notes(found)


@pytest.mark.parametrize(
    ("sent", "submitted", "silence", "why"),
    [
        ("2025-09-01", "", "asked_before", "happiness: asked_before"),
        ("2026-10-01", "", "no_answer", "happiness: no_answer"),
        ("2025-09-01", "2025-09-02", "stale", "happiness: answers_too_old"),
    ],
)
def test_silence_tells_when_somebody_was_asked(triage, sent, submitted, silence, why):
    score = "4" if submitted else ""
    rows = f"A,p,{sent},{submitted},{score}\nB,q,2026-10-01,2026-10-02,5\n"
    csat = f"account_id,user_id,sent_at,submitted_at,score\n{rows}"
    found = triage(csat=csat)["by_id"]["A"]
    assert found["silence"] == silence
    assert why in found["missing"]
    assert ("never_asked" in found["signals"]) == (silence == "never_asked")


@pytest.mark.parametrize(
    ("header", "row", "gone"),
    [
        ("start_date", "2026-12-15", True),
        ("start_date,status", "2026-11-11,active", True),
        ("start_date", "2026-11-10", False),
        ("start_date", "", False),
    ],
)
def test_who_starts_in_the_future_is_not_yet_a_customer_and_told(triage, header, row, gone):
    other = "2024-01-01,active" if "status" in header else "2024-01-01"
    accounts = f"account_id,contract_value,seats,{header}\nA,1000,10,{row}\nB,1000,10,{other}\n"
    found = triage(accounts=accounts)
    assert ("A" not in found["by_id"]) == gone
    assert ("not one yet, 1 account worth 1,000 a year (`A`)" in notes(found)) == gone


def test_money_is_arr_else_acv_else_twelve_mrr_row_by_row(triage):
    accounts = "account_id,arr,acv,mrr\nA,,,100\nB,500,900,\nC,,700,10\nD,,,\n"
    found = triage(accounts=accounts)
    assert values(found, "contract_value") == {"A": 1200, "B": 500, "C": 700, "D": None}
    assert "from `arr`, and where that is blank from `acv`, and where that is blank from `mrr` x 12" in notes(found)


def test_nought_seats_and_nought_answers_are_faults(csq, triage, tmp_path):
    csat = "account_id,score,responses,submitted_at\nA,1,0,2026-11-01\nB,4,6,2026-11-01\n"
    found = triage(csat=csat, accounts=ACCOUNTS.replace("A,1000,10", "A,1000,0"))
    assert (values(found, "seats")["A"], values(found, "responses")) == (None, {"A": 0, "B": 6})
    assert values(found, "happiness_score") == {"A": None, "B": 75}  # 4 of 1-5; nobody stands behind the 1 of A
    told = csq("check", tmp_path, "--csat-scale", "1-5").stdout.decode()
    assert "seats `0`" in told
    assert "responses `0`: no number of answers, so its score is nobody's" in told
    assert csq("triage", tmp_path, "--csat-scale", "1-5", "--strict").code == 3


def test_subscriptions_without_a_seat_leave_the_seats_unknown_and_it_is_told(triage):
    accounts = "account_id,subscription_id,contract_value,seats\nA,s1,500,0\nA,s2,500,0\nB,s3,100,0\nB,s4,100,7\n"
    found = triage(accounts=accounts)
    assert values(found, "seats") == {"A": None, "B": 7}
    assert "the subscriptions of 1 account have no seats in all" in notes(found)


PINNED = """
tiers: {bands: {large: 5000, small: 0}}
thresholds:
  usage: {at: {large: 45, small: 55}}
  happiness: {at: {large: 60, small: 70}}
  references: {volume: {large: 0.6, small: 0.9}}
"""


@pytest.mark.parametrize("settings", [PINNED, PINNED.replace("bands: {large: 5000, small: 0}", "column: band")])
def test_a_tier_without_a_pinned_line_is_held_against_all_accounts_and_noted(triage, settings):
    accounts = "account_id,contract_value,seats,band\nA,9000,10,large\nB,100,10,small\nC,,10,new\n"
    usage = USAGE + "C,u1,2026-11-10\n"
    found = triage(accounts=accounts, usage=usage, csat=CSAT + "C,3,2026-11-01\n", settings=settings)
    fresh = found["by_id"]["C"]["tier"]
    cuts = {(cut["axis"], cut["tier"]): cut["at"] for cut in found["cuts"]}
    # The median answer of 100, 0 and 50 is 50.
    assert (cuts["happiness", fresh], cuts["happiness", "large"]) == (50, 60)
    for axis in ("usage", "happiness"):
        said = f"the {axis} cut of the tier `{fresh}` is taken over all accounts, since none is pinned"
        assert said in notes(found)
    assert f"`volume` of the tier `{fresh}` is held against all accounts, since none is pinned" in notes(found)


def test_a_reference_of_nought_is_never_divided_by_and_never_offered(csq, triage, tmp_path):
    usage = "account_id,user_id,date\nA,u1,2026-11-10\n" + "".join(f"{key},u1,2026-08-01\n" for key in "BCDE")
    found = triage(usage=usage, accounts="account_id,seats\n" + "".join(f"{key},10\n" for key in "ABCDE"))
    assert "`volume` scores nothing" in notes(found)
    assert "the usage cut is 0 in the tier" in notes(found)
    assert "volume" not in found["pinned"]
    assert "/ 0," not in csq("explain", "A", tmp_path, "--csat-scale", "1-5").stdout.decode()


def test_explain_says_where_a_reference_is_that_of_all_accounts(csq, triage, tmp_path):
    # Ten of each band; of the small ones eight did nothing, so that three quarters of them have nothing.
    keys = [f"L{n}" for n in range(10)] + [f"S{n}" for n in range(10)]
    days = ["2026-11-10"] * 12 + ["2026-08-01"] * 8
    usage = "".join(f"{key},u1,{day}\n" for key, day in zip(keys, days, strict=True))
    accounts = "".join(f"{key},{9000 if key < 'M' else 10},10\n" for key in keys)
    triage(
        usage=f"account_id,user_id,date\n{usage}",
        accounts=f"account_id,contract_value,seats\n{accounts}",
        csat="account_id,score,submitted_at\nL0,5,2026-11-01\n",
        settings="tiers: {bands: {large: 5000, small: 0}}\n",
    )
    told = csq("explain", "S0", tmp_path, "--csat-scale", "1-5").stdout.decode()
    assert "which is 100 over all accounts, since three quarters of the tier have none of it" in " ".join(told.split())


@pytest.mark.parametrize(
    ("scores", "evidence", "flip"),
    [
        ((5,), "thin", 1),  # 100, and one 0: 50
        ((5, 5, 5), "firm", 2),  # 100; one 0 leaves 75, two leave 60
        ((4, 4, 4), "thin", 1),  # 75; one 0 leaves 56.25
        ((1, 1, 1), "firm", 7),  # 0; seven 100 of ten make 70, six of nine 66.67
        ((5, 4, 3), "thin", 1),  # 75 on three answers, and one more 0 leaves 56.25
    ],
)
def test_evidence_is_firm_only_where_one_more_answer_changes_nothing(triage, scores, evidence, flip):
    csat = "account_id,user_id,score,submitted_at\nB,q,1,2026-11-01\n"
    csat += "".join(f"A,p{n},{score},2026-11-01\n" for n, score in enumerate(scores))
    found = triage(csat=csat)["by_id"]
    assert (found["A"]["evidence"], found["A"]["answers_to_flip"]) == (evidence, flip)


def test_a_change_is_sure_only_where_it_is_more_than_chance(triage):
    def days(account, user, month, count):
        return "".join(f"{account},{user},2026-{month}-{day:02},9\n" for day in range(5, 5 + count))

    log = "account_id,user_id,date,events\nB,u1,2026-08-01,1\n"
    # A: 16 user-days against 6 make 10, and twice the square root of 22 is 9.38. B: 12 against 6 make 6 of 8.49.
    of_a, of_b = (
        days("A", "u1", "09", 16) + days("A", "u1", "10", 6),
        days("B", "u1", "09", 12) + days("B", "u1", "10", 6),
    )
    usage = log + of_a + of_b
    found = triage("--as-of", "2026-10-28", fields="usage_change_sure,usage_change_pct", usage=usage)
    assert values(found, "usage_change_sure") == {"A": True, "B": False}
    nameless = usage.replace(",u1,", ",,")
    found = triage("--as-of", "2026-10-28", fields="usage_change_sure", usage=nameless)
    assert values(found, "usage_change_sure") == {"A": True, "B": False}


def test_everybody_who_reads_happiness_reads_how_many_answered(csq, triage, tmp_path):
    csat = "account_id,user_id,sent_at,submitted_at,score,role\nA,q,2026-10-01,,,\n"
    csat += "A,p,2026-10-01,2026-10-02,5,end_user\n"
    csat += "A,r,2026-10-01,2026-10-02,1,decision_maker\nB,q,2026-10-01,2026-10-02,5,\n"
    triage(csat=csat)
    forms = ("terminal", "md", "html")
    told = {form: csq("triage", tmp_path, "--csat-scale", "1-5", "-v", "-f", form).stdout for form in forms}
    told["explain"] = csq("explain", "A", tmp_path, "--csat-scale", "1-5").stdout
    told["plan"] = csq("plan", tmp_path, "--csat-scale", "1-5").stdout
    told["checklist"] = csq("plan", tmp_path, "--csat-scale", "1-5", "-f", "md").stdout
    for form, text in told.items():
        assert b"50.0 (2 of 3 asked)" in text, form
    assert b"one each" in told["explain"]
    assert b"70 (3.8 of 5, 7 of 10)" in told["terminal"]
    book = csq("triage", tmp_path, "--csat-scale", "1-5", "-f", "xlsx").stdout
    sheets = [CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(n) for n in ("This week", "Accounts")]
    cells = {str(cell) for sheet in sheets for row in sheet.to_python() for cell in row}
    assert "2 of 3 asked" in cells
    assert any("50.0 (2 of 3 asked)" in cell for cell in cells)


def test_an_account_that_lacks_a_part_most_of_its_tier_have_says_so(csq, triage, tmp_path, monkeypatch):
    accounts = "account_id,seats\nA,\nB,10\nC,10\n"
    found = triage(accounts=accounts, usage=USAGE + "C,u1,2026-11-10\n")
    # Without seats A has neither seat use nor volume per seat; nobody names a feature, so breadth is no part at all.
    assert values(found, "usage_parts") == {"A": 1, "B": 3, "C": 3}
    ways = [("triage", "-f", form, *more) for form in ("terminal", "md", "html") for more in ((), ("-v",))]
    ways += [("brief",), ("plan",), ("plan", "-f", "md"), ("plan", "-f", "html"), ("explain", "A")]
    for width in ("80", "100", "200"):
        monkeypatch.setenv("COLUMNS", width)
        for command, *argv in ways:
            told = csq(command, *argv, tmp_path, *SCALE).stdout.decode()
            assert re.search(r"\bA\b.*usage on 1 of 3 parts", told, flags=re.DOTALL), (command, argv, width)
    book = CalamineWorkbook.from_filelike(io.BytesIO(csq("triage", tmp_path, *SCALE, "-f", "xlsx").stdout))
    for name in ("Summary", "This week", "Accounts", "Signals"):
        rows = [row for row in book.get_sheet_by_name(name).to_python() if {"A", "▲ A", "■ A"} & set(map(str, row))]
        assert rows, name
        assert all(any("usage on 1 of 3 parts" in str(cell) for cell in row) for row in rows), name


def test_few_accounts_and_one_score_for_all_are_warnings(triage):
    found = triage()
    assert "2 accounts have a usage score to take the cut over: under 10 say little" in notes(found)
    assert "one usage score for all 2 accounts that the cut of the tier `all` is taken over" in notes(found)


def test_a_row_after_the_day_takes_no_event_id_with_it(triage):
    # e1 came with two events on 8 November; what stands under it on the 18th is not known on the 15th.
    usage = "account_id,date,events,event_id\nA,2026-11-08,2,e1\nA,2026-11-18,1,e1\nA,2026-11-15,1,e2\n"
    found = triage("--as-of", "2026-11-15", usage=usage)
    assert values(found, "events")["A"] == 3


def test_features_are_not_known_to_be_dropped_where_the_window_before_names_none(triage):
    # A used X and something nameless before; B used Y before and not now; C began with something nameless.
    usage = "account_id,date,feature\n" + "".join(
        f"{row}\n"
        for row in (
            *("A,2026-09-15,X", "A,2026-10-10,", "A,2026-11-10,X"),
            *("B,2026-09-15,Y", "B,2026-10-10,Y", "B,2026-11-10,X"),
        )
    )
    found = triage("--as-of", "2026-11-10", usage=usage, fields="features_dropped")
    assert values(found, "features_dropped") == {"A": None, "B": 1}


TERMS = "account_id,subscription_id,arr,start_date,end_date,auto_renew\n"


@pytest.mark.parametrize("last_use", ["2026-11-05", "2026-11-10"])
def test_use_between_the_ends_of_two_terms_is_no_use_after_the_end(triage, last_use):
    # A's terms ended on the 1st and on the 10th; nothing is known of it after the 10th.
    accounts = f"{TERMS}A,a1,100,,2026-11-01,\nA,a2,10,,2026-11-10,\nB,b1,1,,,\n"
    found = triage("--as-of", "2026-11-15", accounts=accounts, usage=f"account_id,date\nA,{last_use}\nB,2026-11-15\n")
    assert set(found["by_id"]) == {"B"}


def test_a_start_still_to_come_says_nothing_of_a_term_that_runs(triage):
    # What runs of A does not say since when; what starts in December is not running.
    accounts = f"{TERMS}A,a1,100,2026-12-01,,\nA,a2,10,,,\nB,b1,1,2024-01-01,,\n"
    found = triage("--as-of", "2026-11-10", accounts=accounts, fields="tenure_days,is_new,contract_value")
    assert (values(found, "tenure_days")["A"], values(found, "is_new")["A"]) == (None, None)
    assert values(found, "contract_value")["A"] == 10


def test_a_blank_renewal_is_not_an_automatic_one(triage):
    accounts = f"{TERMS}A,a1,100,,,\nB,b1,1,,,yes\n"
    assert values(triage(accounts=accounts, fields="auto_renew"), "auto_renew") == {"A": None, "B": True}


def test_who_is_first_heard_of_after_the_day_is_no_account_on_it(csq, tmp_path):
    for name, text in {
        "usage": "account_id,date\nA,2026-11-10\nB,2026-11-18\n",
        "csat": "account_id,score,submitted_at\nA,5,2026-11-01\nC,1,2026-11-16\nD,3,\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
    result = csq("triage", tmp_path, *SCALE, "--as-of", "2026-11-15", "-f", "json")
    # D's answer has no date, so that it may be as old as any.
    assert {row["account_id"] for row in json.loads(result.stdout)["accounts"]} == {"A", "D"}
    for file in json.loads(result.stdout)["sources"]:
        assert file["read"] == file["used"] + sum({**file["set_aside"], **file["rejected"]}.values())


def test_what_else_the_subscriptions_of_an_account_agree_on_is_taken_and_the_rest_is_told(triage):
    header = "account_id,subscription_id,arr,features_entitled,fit,plan\n"
    accounts = f"{header}A,a1,1,X,good,Gold\nA,a2,1,,good,Tin\nB,b1,5,Y;Z,bad,Tin\n"
    usage = "account_id,date,feature\nA,2026-11-10,X\nB,2026-11-10,Y\n"
    settings = "tiers: {column: plan}\n"
    found = triage(accounts=accounts, usage=usage, settings=settings, fields="fit,features_available")
    assert values(found, "fit") == {"A": "good", "B": "bad"}
    assert values(found, "features_available") == {"A": 1, "B": 2}
    assert values(found, "tier") == {"A": "other", "B": "Tin"}
    assert "told in different ways by the subscriptions of an account, and not taken there: `plan` of 1" in notes(found)
