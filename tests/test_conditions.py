"""Conditions: what they accept, what they refuse and where, and what they come to."""

import sqlite3
from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csq.errors import ConfigError
from csq.playbook.conditions import MAX_LENGTH, check, compile_condition, evaluate
from csq.playbook.names import names
from csq.schema import COLUMNS, Kind, complete

KNOWN = names({"csm_mood": Kind.NUMBER, "vip": Kind.BOOL, "signed": Kind.DATE, "date": Kind.NUMBER})


def judge(text: str, **facts: object) -> bool | None:
    """Run one condition over one account that has these facts and no others."""
    frame = complete(pl.DataFrame({"account_id": ["a"]}), [COLUMNS["account_id"]])
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in facts.items())
    return evaluate(frame, {"it": compile_condition(text, KNOWN)})["it"].item()


def refusal(text: str) -> str:
    """The first fault of a condition: the part it points at, the message, and the hint."""
    fault = check(text, KNOWN)[0]
    where = text[fault.offset : fault.offset + fault.width]
    return " | ".join(filter(None, (where, fault.message, fault.hint)))


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("seats > 5", {"seats": 6}, True),
        ("seats > 5", {"seats": 5}, False),
        ("seats > 5", {"seats": None}, None),
        ("seats > 5", {}, None),
        ("willing", {"willing": True}, True),
        ("NOT willing", {"willing": None}, None),
        ("fit IN ('good', 'it''s')", {"fit": "it's"}, True),
        ("fit NOT IN ('good')", {"fit": "bad"}, True),
        ("fit NOT IN ('good')", {"fit": None}, None),
        ("fit = 'good' OR seats > 5", {"fit": "good"}, True),
        ("fit = 'good' AND seats > 5", {"fit": "good"}, None),
        ("fit = 'good' AND seats > 5", {"fit": "bad"}, False),
        ("fit IS NULL", {"fit": None}, True),
        ("fit IS NOT NULL", {"fit": None}, False),
        ("fit LIKE 'g__d%'", {"fit": "good fit"}, True),
        ("fit LIKE 'g.od'", {"fit": "good"}, False),
        ("fit LIKE 'a%b'", {"fit": "a\nb"}, True),
        ("fit NOT LIKE '%x%'", {"fit": "good"}, True),
        ("seats BETWEEN 1 AND 5 AND willing", {"seats": 5, "willing": True}, True),
        ("seats NOT BETWEEN 1 AND 5", {"seats": 6}, True),
        ("COALESCE(seats, 0) = 0", {"seats": None}, True),
        ("1 + 2 * 3 = 7", {}, True),
        ("(1 + 2) * 3 = 9", {}, True),
        ("10 - 2 - 3 = 5", {}, True),
        ("-seats < -4", {"seats": 5}, True),
        ("NOT seats = 5", {"seats": 6}, True),
        ("vip OR vip AND FALSE", {"vip": True}, True),
        ("renewal_date >= DATE '2026-01-31'", {"renewal_date": date(2026, 1, 31)}, True),
        ("signed < renewal_date", {"signed": date(2026, 1, 1), "renewal_date": date(2026, 1, 2)}, True),
        ("event_budget_cut_days <= 90", {"event_budget_cut_days": 12.0}, True),
        ('"date" > 1', {"date": 2.0}, True),
        ("usage_level = 'unknown'", {"usage_level": "unknown"}, True),
        ("TRUE", {}, True),
    ],
)
def test_a_condition_means_what_sql_says(text, facts, expected):
    assert judge(text, **facts) is expected


@pytest.mark.parametrize("seats", [0, None])
@pytest.mark.parametrize("text", ["active_users / seats > 0.5", "NOT active_users / seats > 0.5", "0 / seats = 0"])
def test_what_is_divided_by_zero_or_by_the_unknown_is_not_judged(text, seats):
    assert judge(text, active_users=3.0, seats=seats) is None


def test_decimal_numbers_are_exact_enough_and_never_fail_on_zero():
    assert judge("active_users * 1.5 / seats > 0.25", active_users=1.0, seats=4) is True
    assert judge("active_users * 1.5 / seats > 0.25", active_users=1.0, seats=0) is None


def test_a_fact_that_is_not_a_number_is_not_above_every_limit():
    assert judge("usage_score > 50", usage_score=float("nan")) is None


def test_money_is_compared_as_a_number():
    frame = complete(pl.DataFrame({"account_id": ["a"], "contract_value": ["9999.99"]}), [COLUMNS["contract_value"]])
    conditions = {"big": compile_condition("contract_value >= 10000 * 0.9999", KNOWN)}
    assert evaluate(frame, conditions)["big"].to_list() == [True]


def test_all_conditions_are_judged_in_the_order_of_the_rows():
    frame = pl.DataFrame({"seats": [1, None, 9], "fit": ["good", "bad", None]})
    texts = {"large": "seats > 5", "fit": "fit = 'good'", "always": "TRUE", "never_seen": "csm_mood > 1"}
    judged = evaluate(frame, {name: compile_condition(text, KNOWN) for name, text in texts.items()})
    assert judged.to_dict(as_series=False) == {
        "large": [False, None, True],
        "fit": [True, False, None],
        "always": [True, True, True],
        "never_seen": [None, None, None],
    }


def test_no_rows_and_no_conditions_are_not_errors():
    condition = compile_condition("TRUE", KNOWN)
    assert evaluate(pl.DataFrame(schema={"seats": pl.Int64()}), {"it": condition}).shape == (0, 1)
    assert evaluate(pl.DataFrame({"seats": [1]}), {}).width == 0


def test_a_condition_tells_which_columns_it_reads_in_the_order_of_its_text():
    condition = compile_condition("fit = 'good' AND (seats > 5 OR fit IS NULL OR event_new_boss_days < 9)", KNOWN)
    assert condition.columns == ("fit", "seats", "event_new_boss_days")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seets > 5", "seets | unknown column `seets` | did you mean `seats`?"),
        ("Seats > 5", "Seats | unknown column `Seats` | did you mean `seats`?"),
        ("qqq > 5", "qqq | unknown column `qqq` | declare it under `facts:` if `qqq` is a column of yours"),
        ('fit = "good"', "\"good\" | unknown column `good` | text goes in single quotes: 'good'"),
        ("rank > 5", "rank | unknown column `rank` | csq works it out only after conditions are judged"),
        ("missing IS NULL", "missing | `missing` is a list: conditions cannot use it"),
        ("fit = NULL", "NULL | `= NULL` never holds: nothing equals NULL | write IS NULL"),
        ("fit <> NULL", "NULL | `<> NULL` never holds: nothing equals NULL | write IS NOT NULL"),
        ("fit IN ('a', NULL)", "NULL | NULL cannot stand here | ask with IS NULL"),
        ("COALESCE(fit, NULL) = 'a'", "NULL | NULL cannot stand here | ask with IS NULL"),
        ("sum(seats) > 5", "sum | `sum` cannot be called | COALESCE is the only function"),
        ("(now() > 5)", "now | `now` cannot be called | COALESCE is the only function"),
        (
            "row_number() OVER (ORDER BY seats) = 1",
            "row_number | `row_number` cannot be called | COALESCE is the only function",
        ),
        ("seats IN (SELECT 1)", "SELECT | `SELECT` is not allowed in a condition"),
        ("CAST(seats AS int) > 5", "CAST | `CAST` cannot be called | COALESCE is the only function"),
        ("CASE WHEN willing THEN TRUE END", "CASE | `CASE` is not allowed in a condition"),
        ("seats::int > 5", ":: | casts are not allowed"),
        (
            "willing -- really",
            "-- | comments are not allowed in a condition | put the comment after a `#`, outside the quotes",
        ),
        (
            "willing /* really */",
            "/* | comments are not allowed in a condition | put the comment after a `#`, outside the quotes",
        ),
        ("willing; willing", "; | `;` is not allowed: a condition is a single expression"),
        ("fit || segment = 'ab'", "|| | `||` is not allowed | write OR"),
        ("seats == 5", "== | `==` is not allowed | write a single `=`"),
        ("fit = ‘good’", "‘ | `‘` is not a quote here | text goes in straight single quotes: '...'"),
        ("fit = 'good", "' | a text in quotes is never closed"),
        ("seats > 5 ? 1", "? | the character '?' is not allowed in a condition"),
        ("seats > 10,000", ", | `,` cannot stand here | write large numbers without commas"),
        ("1 < seats < 5", "< | comparisons cannot be chained | join two of them with AND, or use BETWEEN"),
        ("(1 < seats < 5)", "< | comparisons cannot be chained | join two of them with AND, or use BETWEEN"),
        ("seats IS 5", "5 | `NULL` is missing here | IS is followed by NULL or NOT NULL"),
        ("fit NOT 'a'", "'a' | `IN`, `BETWEEN` or `LIKE` is missing here"),
        ("fit LIKE segment", "segment | LIKE takes a text in quotes | `%` stands for any text: LIKE 'Acme%'"),
        ("date > 5", "> | DATE takes a date in quotes | write a date as DATE '2026-01-31'"),
        ("signed > DATE '2026-02-30'", "'2026-02-30' | `2026-02-30` is not a date | write a date as DATE '2026-01-31'"),
        ("1e999 > seats", "1e999 | the number is too large"),
        ("COALESCE(seats) = 1", "COALESCE | COALESCE takes two values or more | COALESCE(seats, 0)"),
        ("seats IN ()", ") | `)` cannot stand here"),
        ("AND seats > 5", "AND | `AND` cannot stand here"),
    ],
)
def test_what_is_not_allowed_is_refused_at_its_place(text, expected):
    assert refusal(text) == expected


@pytest.mark.parametrize(
    "text", ["", "seats >", "(seats > 5", "NOT", "seats BETWEEN 1", "fit IN ('a'", "COALESCE(seats,"]
)
def test_a_condition_that_ends_too_early_is_refused_at_its_end(text):
    assert check(text, KNOWN)[0].offset == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "segment < 5",
        "fit IN ('a', 5)",
        "5 IN (fit)",
        "seats BETWEEN 1 AND '5'",
        "COALESCE(fit, 5) = 'a'",
        "COALESCE(COALESCE(fit, 'a'), 5) = 'a'",
        "willing = 1",
        "renewal_date > '2026-01-01'",
        "renewal_date > 5",
        "renewal_date + 1 > 5",
        "fit + fit = 'goodgood'",
        "-fit = 'a'",
        "seats LIKE '5%'",
        "seats AND willing",
        "willing OR fit",
        "NOT seats",
        "COALESCE(willing, fit)",
        "(seats > 1) + 1 = 2",
        "seats",
        "'text'",
        "COALESCE(seats, 5)",
        "seats = 'a' AND segments = 'b'",
    ],
)
def test_a_mismatch_of_kinds_is_refused(text):
    assert check(text, KNOWN)[0].code == "condition-kind"


def test_every_fault_that_can_be_told_is_told_at_once():
    faults = check("seets > 5 AND fit = NULL AND segment < 5", KNOWN)
    assert [fault.code for fault in faults] == ["condition-unknown-column", "condition-null", "condition-kind"]


def test_a_date_in_quotes_is_answered_with_how_to_write_it():
    assert check("renewal_date > '2026-01-01'", KNOWN)[0].hint == "write a date as DATE '2026-01-31'"


def test_twenty_thousand_characters_of_and_are_a_fault_and_no_crash():
    (fault,) = check("willing AND " * 2_000, KNOWN)
    assert fault.message == "a condition of 24,000 characters, of at most 1,000"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 400 + "vip" + ")" * 400,
        "NOT " * 240 + "vip",
        "1 = " + "- " * 400 + "1",
        "COALESCE(" * 100 + "vip",
        "1 = " + "(-" * 300 + "1",
    ],
)
def test_deep_nesting_is_a_fault_and_no_crash(text):
    assert "nested more than 25 levels deep" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "vip" + " OR vip" * 142,
        "1" + "+1" * 497 + "=1",
        "fit IN ('a'" + ",'a'" * 245 + ")",
        "fit LIKE '" + "_" * 980 + "'",
        "fit LIKE '" + "%_" * 490 + "'",
        "(" * 25 + "vip" + ")" * 25,
        "signed > DATE '0001-01-01' AND signed < DATE '9999-12-31'",
        "csm_mood" + " * 1e300" * 100 + " > 1",
    ],
)
def test_the_longest_conditions_can_be_run(text):
    assert len(text) <= MAX_LENGTH
    assert judge(text, fit="abc", vip=False, signed=date(2026, 1, 1), csm_mood=1.0) in (True, False)


def test_compiling_a_faulty_condition_is_a_configuration_error():
    with pytest.raises(ConfigError) as caught:
        compile_condition("match > 90", {"match_pct": Kind.NUMBER})
    assert caught.value.message == "unknown column `match` (in the condition `match > 90`)"
    assert caught.value.hint == "did you mean `match_pct`?"


VOCABULARY = """
    AND OR NOT IN BETWEEN LIKE IS NULL TRUE FALSE COALESCE DATE ( ) , = <> != < <= > >= + - * /
    seats fit vip signed csm_mood missing event_x_days nope sum( "fit" 5 0 0.6 1e308 'a' '%' '2026-01-31'
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)))
@settings(max_examples=300)
def test_any_text_ends_in_faults_or_in_a_condition_that_runs(text):
    faults = check(text, KNOWN)
    if faults:
        assert all(0 <= fault.offset <= len(text) and fault.width >= 1 for fault in faults)
    else:
        assert judge(text, seats=5, fit="a", vip=True, signed=date(2026, 1, 31)) in (True, False, None)


# SQLite is the second opinion: for conditions made at random both have to come to the same.
ROWS = [
    {"seats": seats, "csm_mood": mood, "fit": fit, "segment": segment, "vip": vip, "signed": day}
    for seats, mood, fit, segment, vip, day in [
        (None, None, None, None, None, None),
        (0.0, 1.5, "good", "good", True, "2026-01-31"),
        (1.5, 0.0, "bad", None, False, "2025-12-01"),
        (-2.0, -2.0, "", "Good", None, "2026-01-31"),
        (7.0, None, None, "a%b", True, None),
    ]
]
NUMBERS = st.recursive(
    st.sampled_from(["seats", "csm_mood", "0.0", "1.5", "7.0", "2.5e0"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join),
        inner.map("- {}".format),
        inner.map("({})".format),
        st.tuples(inner, inner).map(lambda pair: f"COALESCE({pair[0]}, {pair[1]})"),
    ),
    max_leaves=5,
)
TEXTS = st.recursive(
    st.sampled_from(["fit", "segment", "'good'", "''", "'Good'"]),
    lambda inner: st.tuples(inner, inner).map(lambda pair: f"COALESCE({pair[0]}, {pair[1]})"),
    max_leaves=3,
)
DATES = st.sampled_from(["signed", "DATE '2026-01-31'", "DATE '2025-12-01'"])


def compared(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Every way in which values of one kind make a condition."""
    negated = st.sampled_from(["", "NOT "])
    return st.one_of(
        st.tuples(values, st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="]), values).map(" ".join),
        st.tuples(values, negated, values, values).map(lambda t: f"{t[0]} {t[1]}IN ({t[2]}, {t[3]})"),
        st.tuples(values, negated, values, values).map(lambda t: f"{t[0]} {t[1]}BETWEEN {t[2]} AND {t[3]}"),
        st.tuples(values, negated).map(lambda t: f"{t[0]} IS {t[1]}NULL"),
    )


LIKES = st.tuples(
    TEXTS, st.sampled_from(["LIKE", "NOT LIKE"]), st.sampled_from(["'g%'", "'%oo_'", "'a%b'", "'%'", "''"])
)
CONDITIONS = st.recursive(
    st.one_of(
        compared(NUMBERS), compared(TEXTS), compared(DATES), LIKES.map(" ".join), st.sampled_from(["vip", "TRUE"])
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(" ".join),
        inner.map("NOT {}".format),
        inner.map("({})".format),
        inner.map("({}) IS NULL".format),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) = ({pair[1]})"),
    ),
    max_leaves=6,
)


def by_sqlite(text: str) -> list[bool | None]:
    """Judge a condition over `ROWS` with SQLite, which has no dates of its own: text in the same form sorts alike."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("PRAGMA case_sensitive_like = ON")
        connection.execute(
            "CREATE TABLE facts (seats REAL, csm_mood REAL, fit TEXT, segment TEXT, vip INT, signed TEXT)"
        )
        connection.executemany(
            "INSERT INTO facts VALUES (:seats, :csm_mood, :fit, :segment, :vip, :signed)", [dict(row) for row in ROWS]
        )
        judged = connection.execute(f"SELECT {text.replace('DATE ', '')} FROM facts").fetchall()
    connection.close()
    return [None if value is None else bool(value) for (value,) in judged]


def by_csq(text: str, known: Mapping[str, Kind] = KNOWN) -> list[bool | None]:
    frame = pl.DataFrame(ROWS).with_columns(pl.col("signed").str.to_date())
    return evaluate(frame, {"it": compile_condition(text, known)})["it"].to_list()


@given(CONDITIONS.filter(lambda text: len(text) <= MAX_LENGTH))
@settings(max_examples=300)
def test_conditions_come_to_the_same_as_in_another_sql(text):
    assert by_csq(text) == by_sqlite(text)
