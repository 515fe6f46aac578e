"""What holds for every input: small random exports through the pure functions, and random bytes through the readers."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csq.errors import CsqError
from csq.place.thresholds import weighted_median
from csq.playbook.load import load_playbook
from csq.settings.load import load_settings
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Quadrant, Role
from tables import AS_OF, by_id, lines, run

small = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

IDS = st.sampled_from(["A", "B", "C", "D", "x"])
DAYS = st.sampled_from(["2026-11-15", "2026-11-02", "2026-10-19", "2026-10-18", "2025-11-01", "2026-11-16", "", "soon"])
LOG = st.lists(
    st.tuples(IDS, DAYS, st.sampled_from(["u", "v", ""]), st.sampled_from(["f", "g", ""]), st.integers(-1, 9)),
    min_size=1,
)
ANSWERS = st.lists(
    st.tuples(IDS, st.sampled_from(["u", "v", ""]), DAYS, st.sampled_from(["1", "3", "5", "", "good grief", "9"])),
    min_size=1,
)
VALUES = st.one_of(st.none(), st.decimals(0, 10**9, places=2))
ACCOUNTS = st.dictionaries(IDS, st.tuples(VALUES, st.one_of(st.none(), st.integers(0, 50))), min_size=1)


def log_of(rows: Sequence[tuple[object, ...]]) -> str:
    return lines("account_id,date,user_id,feature,events", *(",".join(map(str, row)) for row in rows))


def csat_of(rows: Sequence[tuple[object, ...]]) -> str:
    # One answer that anybody can read: a column without any is no column of answers.
    cells = ("x,w,2026-11-02,3", *(",".join(map(str, row)) for row in rows))
    return lines("account_id,email,submitted_at,score (1-5)", *cells)


def accounts_of(rows: dict[str, tuple[Decimal | None, int | None]]) -> str:
    cells = [
        f"{key},{'' if value is None else value},{'' if seats is None else seats}"
        for key, (value, seats) in rows.items()
    ]
    return lines("account_id,arr,seats", *cells)


@small
@given(LOG, ANSWERS, ACCOUNTS, st.sampled_from(["median", "q90", "weighted_median", "0"]))
def test_an_account_is_in_exactly_one_place_and_everything_adds_up(
    log: list[tuple[object, ...]], answers: list[tuple[object, ...]], accounts: dict[str, tuple[Decimal, int]], cut: str
) -> None:
    report = run(
        log_of(log),
        csat_of(answers),
        accounts_of(accounts),
        as_of=AS_OF,
        csat_scale=("1-5",),
        settings=f"thresholds: {{usage: {cut}, happiness: {cut}}}",
    )
    rows = by_id(report)
    assert sorted(rows) == sorted(accounts)
    assert all(row["quadrant"] in list(Quadrant) for row in rows.values())
    assert all((row["unknown_reason"] is not None) == (row["quadrant"] == "unknown") for row in rows.values())
    assert all(row["usage_level"] != "high" for row in rows.values() if row["events"] == 0)
    assert all(
        0 <= row[name] <= 100
        for row in rows.values()
        for name in ("usage_score", "happiness_score")
        if row[name] is not None
    )
    known = sum((value for value, _ in accounts.values() if value is not None), Decimal(0))
    for parts in (report.totals, report.tiers):
        assert sum(part.accounts for part in parts) == len(accounts)
        assert sum((part.contract_value for part in parts), Decimal(0)) == known
    for file in report.sources:
        assert file.read == file.used + sum(file.set_aside.values()) + sum(file.rejected.values())
    assert [file.read for file in report.sources] == [len(accounts), len(log), len(answers) + 1]


@small
@given(LOG, ANSWERS, ACCOUNTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_no_matter(
    log: list[tuple[object, ...]],
    answers: list[tuple[object, ...]],
    accounts: dict[str, tuple[Decimal, int]],
    dice: object,
) -> None:
    def accounts_now() -> pl.DataFrame:
        files = (log_of(log), csat_of(answers), accounts_of(accounts))
        return run(*files, as_of=AS_OF, csat_scale=("1-5",)).accounts

    before = accounts_now()
    dice.shuffle(log)  # type: ignore[attr-defined]
    dice.shuffle(answers)  # type: ignore[attr-defined]
    assert accounts_now().equals(before)


@small
@given(
    st.lists(st.tuples(st.sampled_from("uvw"), st.integers(1, 5)), min_size=1, unique_by=lambda row: row[0]), st.data()
)
def test_a_higher_answer_never_lowers_happiness(answers: list[tuple[str, int]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    who, score = answers[place]
    raised = [*answers[:place], (who, data.draw(st.integers(score, 5))), *answers[place + 1 :]]
    rows = (f"{key},{who},{who},{score}" for key, said in (("A", answers), ("B", raised)) for who, score in said)
    text = lines("account_id,email,role,score", *rows)
    for method in ("csat_mean", "top_box", "decision_maker_first", "lowest_role"):
        found = by_id(run(csat=text, csat_scale=("1-5",), settings=f"happiness: {method}"))
        assert found["B"]["happiness_score"] >= found["A"]["happiness_score"]


@small
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9)), min_size=1, max_size=14), st.data())
def test_more_seats_at_the_same_activity_never_raise_the_usage_score(
    accounts: list[tuple[int, int]], data: st.DataObject
) -> None:
    log = lines(
        "account_id,date,user_id,events", *(f"{n},2026-11-10,u,{events}" for n, (_, events) in enumerate(accounts))
    )

    def score_with(seats: list[int], of: int) -> float:
        table = lines("account_id,seats", *(f"{n},{count}" for n, count in enumerate(seats)))
        return by_id(run(log, accounts=table, as_of=AS_OF))[str(of)]["usage_score"]

    seats = [count for count, _ in accounts]
    place = data.draw(st.integers(0, len(seats) - 1))
    more = [count + (data.draw(st.integers(1, 50)) if n == place else 0) for n, count in enumerate(seats)]
    assert score_with(more, place) <= score_with(seats, place)


@many
@given(st.lists(st.integers(0, 100).map(float), min_size=1), st.decimals("0.01", 10**6, places=2))
def test_a_weighted_median_with_equal_weights_is_the_median(values: list[float], weight: Decimal) -> None:
    weights = pl.Series([weight] * len(values), dtype=pl.Decimal(38, 2))
    assert weighted_median(pl.Series(values), weights) == median(values)


HEADERS = {
    Role.USAGE: ["", "account_id,date\n", "account_id,date,user_id,events\n", "account_id,month,logins,rate\n"],
    Role.CSAT: ["", "account_id,score\n", "account_id,email,role,date,score,nps\n", "customer id;csat;responses\n"],
    Role.OVERRIDES: ["", "account,field,value,author,reason,expires_on\n"],
    Role.GOALS: ["", "account_id,goal,target_date,progress\n"],
    Role.EVENTS: ["", "account_id,date,kind,note,expires_on\n"],
    Role.CONTACTS: ["", "account_id,email,user_id\n"],
    Role.OUTCOMES: ["", "account_id,date,outcome,value_after\n"],
    Role.ACCOUNTS: ["", "account_id,arr,seats\n", "account_id,subscription_id,mrr,start_date,end_date,currency\n"],
}
CELLS = st.text(st.sampled_from("AB12 0.,;\t\n\"'-/%éE€\x00"), max_size=40)


@many
@given(st.sampled_from(list(Role)), st.data())
def test_arbitrary_bytes_for_a_file_end_in_an_error_of_ours_or_in_a_report(role: Role, data: st.DataObject) -> None:
    header = data.draw(st.sampled_from(HEADERS[role])).encode()
    body = data.draw(st.one_of(st.binary(max_size=60), CELLS.map(str.encode)))
    files = {
        Role.USAGE: b"account_id,date\nA,2026-11-10\n",
        Role.CSAT: b"account_id,score\nA,5\nA,1\n",
        Role.ACCOUNTS: b"account_id,arr\nA,10\n",
        role: header + body,
    }
    for name, content in files.items():
        Path(f"{name}.csv").write_bytes(content)
    try:
        load({name: [Path(f"{name}.csv")] for name in files}, ReadOptions())
    except CsqError:
        return
    texts = {str(name): content.decode("utf-8", errors="replace") for name, content in files.items()}
    try:
        report = run(**texts)
    except CsqError:
        return
    assert report.accounts.height == sum(total.accounts for total in report.totals)


YAML = st.one_of(
    st.binary(max_size=80),
    st.text(st.sampled_from("abc:{}[]-!&*#|>'\"\n 019.,?%@`\t"), max_size=80).map(str.encode),
    st.lists(
        st.sampled_from(
            [
                "order: ",
                "facts: ",
                "quadrants:\n",
                "thresholds: ",
                "usage: ",
                "{",
                "}",
                "[",
                "]",
                "q75",
                "1e9",
                "\n",
                "  ",
                "&a ",
                "*a",
            ]
        )
    ).map(lambda words: "".join(words).encode()),
)


@many
@given(YAML)
@pytest.mark.parametrize("read", [load_settings, load_playbook])
def test_arbitrary_bytes_for_a_yaml_file_end_in_an_error_of_ours_or_in_a_value(read: object, content: bytes) -> None:
    Path("file.yaml").write_bytes(content)
    try:
        read(Path("file.yaml"))  # type: ignore[operator]
    except CsqError:
        return
