"""`csq backtest`: everybody is placed as of the horizon before each outcome, by what was known by then alone."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Csq
from csq import pipeline
from csq.backtest.build import backtest
from csq.backtest.model import Backtest, Kept, Verdict
from csq.pipeline import AsOf
from csq.playbook.load import load_playbook
from csq.settings.load import load_settings
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from worlds import HORIZON, WORLDS, World, world

PLAYBOOK, SETTINGS = load_playbook(None), load_settings(None)
FACTS = (
    *("events", "events_previous", "active_users", "active_days", "features_used", "seat_use_pct", "idle_days"),
    *("csat_mean", "responses", "days_since_response", "tenure_days", "happiness_score"),
)


def written(made: World | Mapping[str, str], folder: Path = Path()) -> dict[Role, list[Path]]:
    texts = made._asdict() if isinstance(made, World) else made
    for role, text in texts.items():
        (folder / f"{role}.csv").write_text(text)
    return {Role(role): [folder / f"{role}.csv"] for role in texts}


def held(made: World | Mapping[str, str], folder: Path = Path(), **more: Any) -> Backtest:
    tables = load(written(made, folder), ReadOptions())
    return backtest(tables, SETTINGS, PLAYBOOK, **{"horizon": HORIZON, **more})


@pytest.fixture(scope="module")
def usage_world() -> World:
    return world(WORLDS["usage"], 5)


@pytest.fixture(scope="module")
def found(usage_world: World, tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    return held(usage_world, tmp_path_factory.mktemp("world"))


@pytest.fixture
def document(csq: Csq, usage_world: World) -> dict[str, Any]:
    written(usage_world)
    result = csq("backtest", ".", "-f", "json")
    assert result.code == 0, result.stderr
    return json.loads(result.stdout)


def planted(made: World) -> World:
    """The same with rows of every account after the day it is placed on: use every day, the best and worst answers."""
    days = {row["account_id"]: date.fromisoformat(row["date"]) - timedelta(days=HORIZON) for row in of(made.outcomes)}
    use, answers = [], []
    for account, day in days.items():
        after = [day + timedelta(days=n) for n in (1, 2, HORIZON, HORIZON + 20)]
        use += [f"{account},{each},planted,f99,500" for each in after]
        answers += [f"{account},new{n}@x.example,{each},{1 + 4 * (n % 2)}" for n, each in enumerate(after)]
    return made._replace(usage=made.usage + "\n".join(use) + "\n", csat=made.csat + "\n".join(answers) + "\n")


def of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def cut_off(made: World, account: str, day: date) -> dict[str, str]:
    """The exports as they would have been on a day, of one account; without what became of it."""

    def known(text: str, column: str) -> str:
        head, *rows = text.splitlines()
        place = head.split(",").index(column)
        mine = (row for row in rows if row.split(",")[0] == account and row.split(",")[place] <= str(day))
        return "\n".join([head, *mine]) + "\n"

    return {
        "usage": known(made.usage, "date"),
        "csat": known(made.csat, "submitted_at"),
        "accounts": known(made.accounts, "start_date"),
    }


def test_each_account_is_measured_as_a_triage_of_its_own_day_would_have_measured_it(usage_world):
    """Twenty accounts one by one: exports cut off by hand on its day and triaged as of it, against the one run."""
    scale = ReadOptions(csat_scale=("1-5",))
    cases = {row["account_id"]: row for row in held(planted(usage_world)).cases.iter_rows(named=True)}
    for account, case in sorted(cases.items())[::20]:
        day = date.fromisoformat(str(case["date"])) - timedelta(days=HORIZON)
        assert case["known_on"] == day
        tables = load(written(cut_off(usage_world, account, day)), scale)
        alone = pipeline.run(tables, SETTINGS, PLAYBOOK, as_of=AsOf(day, "--as-of")).accounts.row(0, named=True)
        # What was known of the days before those is told by the whole log, which one account's rows alone may not.
        names = [name for name in FACTS if name != "events_previous" or alone[name] is not None]
        assert {name: case[name] for name in names} == {name: alone[name] for name in names}


def test_rows_that_are_dated_later_never_change_a_byte_and_are_counted(csq: Csq, usage_world):
    said = []
    for made in (usage_world, planted(usage_world)):
        written(made)
        runs = [csq("backtest", ".", "-f", name) for name in ("json", "csv", "terminal")]
        assert [run.code for run in runs] == [0, 0, 0], runs[0].stderr
        said.append([run.stdout for run in runs])
    assert said[0] == said[1]
    # 400 accounts, each with four rows of use and four answers.
    assert "left out 3,200 rows dated after the day" in runs[0].stderr


@pytest.mark.parametrize("right", WORLDS)
def test_the_verdict_is_right_where_the_answer_is_known(right):
    """One seed each; `bench_backtest.py` takes 200."""
    assert held(world(WORLDS[right], 2)).verdict == right


def monthly(made: World) -> World:
    """The same with the log as a table of months: what each account did in the calendar months."""
    sums: dict[tuple[str, str], int] = {}
    for row in of(made.usage):
        key = row["account_id"], row["date"][:7] + "-01"
        sums[key] = sums.get(key, 0) + int(row["events"])
    lines = [f"{account},{month},{events}" for (account, month), events in sorted(sums.items())]
    return made._replace(usage="\n".join(["account_id,month,events", *lines]) + "\n")


def test_of_a_table_of_months_the_newest_that_was_over_by_then_counts(usage_world):
    made = monthly(usage_world)
    months = {(row["account_id"], row["month"]): float(row["events"]) for row in of(made.usage)}
    for case in held(made).cases.iter_rows(named=True):
        # The month before the one that the day after the placing lies in.
        first = (case["known_on"] + timedelta(days=1)).replace(day=1)
        month = (first - timedelta(days=1)).replace(day=1)
        before = [day for key, day in months if key == case["account_id"] and day <= str(month)]
        expected = months.get((case["account_id"], str(month)), 0.0) if before else None
        assert case["events"] == expected, (case["account_id"], case["known_on"])


def small(outcomes: list[str], accounts: list[str] | None = None, **more: str) -> dict[str, str]:
    """A few accounts with a log of every day of 2026 and one answer each in January."""
    keys = sorted({line.split(",")[0] for line in outcomes} | {"Z"})
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 300, 3)]
    return {
        "usage": "\n".join(["account_id,date,events", *(f"{key},{day},3" for key in keys for day in days)]) + "\n",
        "csat": "\n".join(
            ["account_id,email,submitted_at,score (1-5)", *(f"{key},a@{key}.example,2026-01-20,4" for key in keys)]
        )
        + "\n",
        "accounts": "\n".join(
            accounts or ["account_id,arr,status,start_date", *(f"{k},1000,,2025-01-01" for k in keys)]
        )
        + "\n",
        "outcomes": "\n".join(["account_id,date,outcome,value_after", *outcomes]) + "\n",
        **more,
    }


def whole(found: Backtest) -> Any:
    return next(group for group in found.groups if group.kind is Kept.ALL)


def test_retention_is_what_was_kept_of_the_value_before():
    """A renews flat, B grows from 1,000 to 1,500, C shrinks to 600, D leaves: gross 2,600 of 4,000, net 3,100."""
    found = held(small(["A,2026-06-01,renewed,1000", "B,2026-06-01,expanded,1500", "C,2026-06-01,contracted,600",
                        "D,2026-06-01,churned,"]))  # fmt: skip
    group = whole(found)
    assert (group.grr_pct, group.nrr_pct) == (65.0, 77.5)
    assert (group.lost.hits, group.lost.n, group.lost_value) == (1, 4, 1000)


def test_the_value_before_is_that_of_the_outcome_before_where_it_was_known_by_then():
    """A renewed at 5,000 in January and leaves in August: 5,000 are lost, whatever the CRM says today."""
    found = held(small(["A,2026-01-15,renewed,5000", "A,2026-08-01,churned,", "B,2026-08-01,renewed,1000"]))
    assert whole(found).lost_value == 5000


def test_who_has_churned_and_who_is_in_no_accounts_file_any_more_is_placed_all_the_same():
    """Today a triage sets A aside by its status, and knows nothing of B."""
    accounts = ["account_id,arr,status,start_date", "A,1000,churned,2025-01-01", "Z,1000,active,2025-01-01"]
    found = held(small(["A,2026-06-01,churned,", "B,2026-06-01,churned,", "Z,2026-06-01,renewed,1000"], accounts))
    cases = {row["account_id"]: row for row in found.cases.iter_rows(named=True)}
    assert set(cases) == {"A", "B", "Z"}
    assert {cases[key]["happiness_score"] for key in cases} == {75.0}
    assert {cases[key]["usage_level"] for key in cases} == {"high"}


def test_who_was_no_customer_yet_is_left_out_and_counted():
    accounts = ["account_id,arr,status,start_date", "A,1000,,2026-05-01", "Z,1000,,2025-01-01"]
    found = held(small(["A,2026-06-01,churned,", "Z,2026-06-01,renewed,1000"], accounts))
    assert (found.outcomes, found.not_yet) == (1, 1)


def test_outcomes_of_one_day_are_one_decision_and_every_row_has_one_fate():
    found = held(small(["A,2026-06-01,renewed,1000", "A,2026-06-01,churned,", "Z,2026-06-01,pending,"]))
    assert (found.read, found.used, found.rejected, dict(found.set_aside)) == (3, 2, 1, {})
    # A left, which is the more telling of the two. Z, a customer without an outcome that can be read, counts as kept.
    assert (found.outcomes, found.lost) == (2, 1)


def test_outcomes_after_the_day_told_are_set_aside():
    made = small(["A,2026-06-01,churned,", "Z,2026-09-01,renewed,1000", "Z,2026-06-01,renewed,1000"])
    found = held(made, as_of=date(2026, 7, 1))
    assert (found.outcomes, dict(found.set_aside)) == (2, {"after as_of": 1})


def test_a_renewal_that_is_entered_for_a_day_to_come_is_no_outcome_yet():
    made = small(["A,2026-06-01,churned,", "Z,2026-06-01,renewed,1000", "Z,2027-06-01,renewed,1000"])
    found = held(made, today=date(2026, 11, 26))
    assert (found.outcomes, dict(found.set_aside)) == (2, {"after as_of": 1})


def test_a_separation_that_chance_makes_among_so_few_is_no_leak():
    """Of six accounts three left: one in ten columns separates them by chance, and there are a hundred."""
    lines = [f"{key},2026-06-01,{'churned,' if key in 'ABC' else 'renewed,1000'}" for key in "ABCDEF"]
    accounts = [
        "account_id,arr,seats,start_date",
        *(f"{key},1000,{n + 1},2025-01-01" for n, key in enumerate("ABCDEFZ")),
    ]
    assert held(small(lines, accounts)).leaks == ()


def test_usage_that_the_exports_do_not_reach_back_to_is_unknown_and_counted():
    """The log begins on 1 January 2026; 90 days before 2 February 2026 lies in November."""
    found = held(small(["A,2026-02-02,churned,", "Z,2026-06-01,renewed,1000"]))
    cases = {row["account_id"]: row for row in found.cases.iter_rows(named=True)}
    assert (found.uncovered, cases["A"]["usage_level"], cases["A"]["quadrant"]) == (1, "unknown", "unknown")


def test_who_was_no_customer_yet_is_not_counted_among_those_without_usage():
    """B came on 10 January 2026, long after 90 days before its outcome: it is left out, and so of no count."""
    accounts = ["account_id,arr,seats,start_date", "A,1000,5,2025-01-01", "B,1000,5,2026-01-10", "Z,1000,5,2025-01-01"]
    outcomes = ["A,2026-02-02,churned,", "B,2026-02-02,churned,", "Z,2026-06-01,renewed,1000"]
    found = held(small(outcomes, accounts))
    assert (found.outcomes, found.not_yet, found.uncovered) == (2, 1, 1)


def test_outcomes_of_one_day_that_differ_are_one_decision_and_said():
    """A renewed and was lost on 1 June: one decision, a loss; that of Z stands alone."""
    made = small(["A,2026-06-01,renewed,1000", "A,2026-06-01,churned,", "Z,2026-06-01,renewed,1000"])
    found = held(made)
    assert (found.used, found.outcomes, found.lost) == (3, 2, 1)
    (told,) = found.disputed
    assert "lines 2 and 3 of `" in told


def test_in_a_file_of_days_on_which_customers_left_each_row_with_a_day_is_a_loss():
    """As billing tools list it: `churn_date`, no column that says what happened; a row without its day is rejected."""
    made = small(["A,2026-06-01,churned,"]) | {
        "outcomes": "account_id,churn_date,reason\nA,2026-06-01,price\nB,,price\n"
    }
    found = held(made)
    assert (found.read, found.used, found.rejected) == (2, 1, 1)
    assert found.cases.filter("lost")["account_id"].to_list() == ["A"]


def test_without_outcomes_the_file_that_could_be_them_is_named(csq: Csq):
    """`churn_events.csv` lacks what events need; as outcomes it has all, and the hint says so with the flag."""
    written(small([]))
    Path("outcomes.csv").unlink()
    Path("churn_events.csv").write_text("churn_id,account_id,churn_date,why\n7,A,2026-06-01,price\n")
    result = csq("backtest", ".")
    assert result.code == 3
    assert "`--outcomes churn_events.csv`: each of its rows is an account that left" in result.stderr
    assert csq("backtest", ".", "--outcomes", "churn_events.csv").code == 0


def test_an_account_with_several_subscriptions_may_decide_several_times():
    """Ten seats at 1,000 a year in March; with the subscription that begins in April twelve at 1,500 in August."""
    accounts = ["account_id,subscription_id,arr,seats,start_date,end_date", "A,s1,1000,10,2025-01-01,",
                "A,s2,500,2,2026-04-01,", "Z,s3,1000,5,2025-01-01,"]  # fmt: skip
    made = small(["A,2026-06-15,renewed,", "A,2026-11-15,churned,", "Z,2026-11-15,renewed,1000"], accounts)
    cases = held(made).cases.filter(pl.col("account_id") == "A")
    assert cases.select("contract_value", "seats").rows() == [(1000, 10), (1500, 12)]


def test_where_files_tell_of_losses_alone_customers_without_one_count_as_kept():
    found = held(small(["A,2026-06-01,churned,"]))
    assert (found.still_here, found.outcomes, found.lost) == (date(2026, 6, 1), 2, 1)


def test_a_snapshot_of_that_week_tells_it_better(usage_world, found):
    """A00005 stood elsewhere in the triage kept six days before its day; for A00006 seven days are too long ago."""
    rows = {row["account_id"]: row for row in found.cases.iter_rows(named=True)}
    kept = [
        {**{name: rows[key][name] for name in SNAPSHOT}, "snapshot_on": rows[key]["known_on"] - timedelta(days=days),
         "usage_score": 1.25}
        for key, days in (("A00005", 6), ("A00006", 7))
    ]  # fmt: skip
    schema = {name: found.cases.schema[name] for name in SNAPSHOT} | {"snapshot_on": pl.Date()}
    again = held(usage_world, snapshots=pl.DataFrame(kept, schema=schema))
    after = {row["account_id"]: row["usage_score"] for row in again.cases.iter_rows(named=True)}
    assert again.from_history == 1
    assert (after["A00005"], after["A00006"]) == (1.25, rows["A00006"]["usage_score"])


SNAPSHOT = (
    *("account_id", "tier", "contract_value", "quadrant", "usage_score", "happiness_score", "silence", "evidence"),
    *("responses", "active_users", "signals", "queue", "priority"),
)


def test_a_column_that_separates_the_lost_perfectly_is_a_warning_by_name(csq: Csq, usage_world):
    """`exit_survey` of the CRM is yes of all who left and of nobody else."""
    gone = {row["account_id"] for row in of(usage_world.outcomes) if row["outcome"] == "churned"}
    head, *rows = usage_world.accounts.splitlines()
    leaking = [f"{row},{'yes' if row.split(',')[0] in gone else 'no'}" for row in rows]
    written(usage_world._replace(accounts="\n".join([f"{head},exit_survey", *leaking]) + "\n"))
    result = csq("backtest", ".")
    assert result.code == 0
    assert "`exit_survey` separates the lost perfectly" in result.stderr
    assert b"Usage told more than happiness" in result.stdout  # no axis is made of it


def test_no_verdict_stands_on_an_axis_that_separates_the_lost_perfectly(usage_world):
    """Everybody who left answers 1, everybody else 5: such answers were given after the fact, or the data are made."""
    gone = {row["account_id"] for row in of(usage_world.outcomes) if row["outcome"] == "churned"}
    head, *rows = usage_world.csat.splitlines()
    told = [",".join([*row.split(",")[:3], "1" if row.split(",")[0] in gone else "5"]) for row in rows]
    made = written(usage_world._replace(csat="\n".join([head, *told]) + "\n"))
    found = backtest(load(made, ReadOptions(csat_scale=("1-5",))), SETTINGS, PLAYBOOK, horizon=HORIZON)
    assert found.verdict is Verdict.LEAK
    assert "happiness_score" in {leak.fact for leak in found.leaks}


def test_under_thirty_losses_nothing_is_judged_and_the_rest_is_said(csq: Csq):
    written(world(WORLDS["usage"], 3, accounts=100, lost=29))
    result = csq("backtest", ".")
    assert result.code == 0
    assert b"cannot tell whether usage or happiness told more, since losses are too few" in result.stdout
    found = json.loads(csq("backtest", ".", "-f", "json").stdout)
    assert (found["verdict"], found["orders"], found["lost"]) == ("too few", [], 29)
    assert sum(each["outcomes"] for each in found["groups"] if each["kind"] == "quadrant" and not each["tier"]) == 100


def test_the_figures_of_the_json_are_those_of_scikit_learn_and_statsmodels(document, found):
    from sklearn.metrics import roc_auc_score
    from statsmodels.stats.proportion import proportion_confint

    cases = found.cases
    orders = {each["order"]: each for each in document["orders"]}
    lost, value = cases["lost"].to_list(), cases["value"].cast(pl.Float64).to_list()
    for order, column in (("usage alone", "usage_score"), ("happiness alone", "happiness_score")):
        risk = (-cases[column]).to_list()
        assert orders[order]["auc"]["value"] == pytest.approx(roc_auc_score(lost, risk), abs=1e-9)
        told = roc_auc_score(lost, risk, sample_weight=value)
        assert orders[order]["weighted_auc"]["value"] == pytest.approx(told, abs=1e-9)
    for group in document["groups"]:
        if n := group["lost"]["n"]:
            low, high = proportion_confint(group["lost"]["hits"], n, method="wilson")
            assert group["lost"]["interval_pct"] == pytest.approx([low * 100, high * 100], abs=1e-9)
    assert orders["chance"]["caught_pct"] == pytest.approx({"10": 10, "20": 20, "40": 40})


def test_every_format_says_interval_and_none_gives_an_account_a_probability(csq: Csq, usage_world):
    written(usage_world)
    targets = ["b.csv", "b.tsv", "b.json", "b.jsonl", "b.md", "b.html", "b.xlsx", "b.parquet", "b.txt"]
    assert csq("backtest", ".", "-q", *(word for each in targets for word in ("-o", each))).code == 0
    for target in ("b.csv", "b.tsv", "b.json", "b.jsonl", "b.md", "b.html", "b.txt"):
        text = Path(target).read_text()
        assert "interval" in text, target
        assert "probability" not in text, target
    assert csq("backtest", ".", "-f", "brief").code == 2


def test_the_sample_answers_what_the_readme_says(csq: Csq, sample_data: Path):
    found = json.loads(csq("backtest", sample_data, "-f", "json").stdout)
    assert (found["verdict"], found["lost"], found["outcomes"]) == ("too few", 4, 277)
    (cut,) = [each for each in found["cuts"] if (each["axis"], each["at"]) == ("happiness", 50)]
    assert (cut["below"]["hits"], cut["below"]["n"]) == (3, 22)
    assert (cut["from_there_up"]["hits"], cut["from_there_up"]["n"]) == (0, 52)
    assert [round(end) for end in cut["below"]["interval_pct"]] == [5, 33]


def test_without_outcomes_it_says_what_to_give(csq: Csq, usage_world):
    texts = usage_world._asdict()
    texts.pop("outcomes")
    written(texts)
    result = csq("backtest", ".")
    assert result.code == 3
    assert "`--outcomes FILE`" in result.stderr


def test_surprises_name_who_left_from_the_best_quadrant_and_how_to_see_what_was_known(document, found):
    rows = {row["account_id"]: row for row in found.cases.iter_rows(named=True)}
    best = {key for key, row in rows.items() if row["lost"] and row["quadrant"] == "advocates"}
    lost = [each for each in document["surprises"] if each["outcome"] == "churned"]
    assert {each["account_id"] for each in lost} == best
    assert all(each["explain"] == f"csq explain {each['account_id']} --as-of {each['known_on']}" for each in lost)


def test_who_has_left_since_is_explained_as_of_the_day_it_is_named_with(csq: Csq):
    """Today A is set aside, since its status says that it churned; on 3 March it was a customer."""
    accounts = ["account_id,arr,status,start_date", "A,1000,churned,2025-01-01", "Z,1000,active,2025-01-01"]
    written(small(["A,2026-06-01,churned,"], accounts))
    today = csq("explain", "A", ".", "-f", "json")
    assert b"not a current customer" in today.stdout
    then = csq("explain", "A", ".", "--as-of", "2026-03-03", "-f", "json")
    assert json.loads(then.stdout)["account_id"] == "A"
    assert b"not a current customer" not in then.stdout
    assert b"not a current customer" in csq("explain", "A", ".", "--as-of", "2026-06-02").stdout


def test_ravenstack_cannot_tell(csq: Csq, shared_data: Path):
    """A public data set without any signal: the first churn of each account, and who has none as kept at its end."""
    folder = shared_data / "ravenstack"
    with (folder / "ravenstack_churn_events.csv").open() as file:
        churned = {
            row["account_id"]: row["churn_date"]
            for row in sorted(csv.DictReader(file), key=lambda r: r["churn_date"], reverse=True)
        }
    with (folder / "ravenstack_accounts.csv").open() as file:
        keys = [row["account_id"] for row in csv.DictReader(file)]
    rows = [f"{key},{churned.get(key, '2024-12-31')},{'churned' if key in churned else 'renewed'}" for key in keys]
    Path("outcomes.csv").write_text("\n".join(["account_id,date,outcome", *rows]) + "\n")
    result = csq("backtest", folder, "--outcomes", "outcomes.csv", "-f", "json")
    assert result.code == 0, result.stderr
    assert json.loads(result.stdout)["verdict"] == "cannot tell"


def test_what_needs_every_row_says_so_of_a_rollup_and_no_page_of_its_is_a_calendar(csq, sample_data, tmp_path):
    assert csq("rollup", sample_data / "usage.csv", "-q", "-o", tmp_path / "rollup").code == 0
    refused = csq("backtest", sample_data, "--usage", tmp_path / "rollup")
    assert (refused.code, refused.stdout) == (3, b"")
    assert "a rollup holds counts of days" in refused.stderr
    assert "backtests have no format `ics`" in csq("backtest", sample_data, "-o", "week.ics").stderr
