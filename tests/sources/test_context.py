"""Goals, contacts, events and outcomes as they are read: what is understood, and what becomes of the rest."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from csq.errors import InputError, UsageError
from csq.roles import CONTEXT
from csq.sources.finding.locate import in_directory, nothing_in, roles_of
from csq.sources.load import Tables, load
from csq.sources.roles.context import OUTCOMES
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Outcome, Role

USAGE = "account_id,date,user_id\nA,2026-11-01,u1\n"


def read(
    folder: Path, role: Role, *texts: str, accounts: str | None = None, options: ReadOptions | None = None
) -> Tables:
    """Read files of one role beside a usage log and, where told, accounts."""
    files: dict[Role, tuple[str, ...]] = {Role.USAGE: (USAGE,), role: texts}
    if accounts:
        files[Role.ACCOUNTS] = (accounts,)
    paths = {}
    for each, contents in files.items():
        paths[each] = [folder / f"{each}_{number}.csv" for number in range(len(contents))]
        for path, content in zip(paths[each], contents, strict=True):
            path.write_text(content, encoding="utf-8")
    return load(paths, options or ReadOptions())


def rejects(tables: Tables) -> list[tuple[int, str, str]]:
    return tables.rejects.select("line", "column", "reason").rows()


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("goals.csv", [Role.GOALS]),
        ("Contacts 2026.csv", [Role.CONTACTS]),
        ("account-timeline.tsv", [Role.ACCOUNTS, Role.EVENTS]),
        ("events_2026-11.csv", [Role.EVENTS]),
        ("outcomes.csv", [Role.OUTCOMES]),
        ("Renewals FY26.xlsx", []),
        ("account_renewals.csv", [Role.ACCOUNTS]),
        ("usage_events.csv", [Role.USAGE]),
        ("contracts.csv", [Role.ACCOUNTS]),
        ("events.xls", []),
    ],
)
def test_a_file_of_context_is_found_by_its_name(name, roles):
    assert roles_of(Path(name)) == roles


def test_a_directory_of_goals_alone_is_nothing_to_go_by(tmp_path):
    (tmp_path / "goals.csv").write_text("account_id,goal,target_date\nA,Ship,2027-01-01\n")
    fault = nothing_in(tmp_path, in_directory(tmp_path, {}, ReadOptions()))
    assert fault is not None
    assert "no file for usage or csat" in fault.message


def test_a_role_without_files_is_not_an_empty_one(tmp_path):
    tables = read(tmp_path, Role.GOALS, "account_id,goal,target_date\nA,Ship,2027-01-01\n")
    assert list(tables.roles) == [Role.USAGE, Role.GOALS]


@pytest.mark.parametrize(
    ("role", "text", "missing"),
    [
        (Role.GOALS, "account_id,objective\nA,Ship\n", "target_date"),
        (Role.GOALS, "account_id,due date\nA,2027-01-01\n", "goal"),
        (Role.CONTACTS, "account_id,role\nA,champion\n", "user_id"),
        (Role.EVENTS, "account_id,date\nA,2026-11-01\n", "kind"),
        (Role.EVENTS, "account_id,kind\nA,call\n", "date"),
        (Role.EVENTS, "date,kind\n2026-11-01,call\n", "account_id"),
        (Role.OUTCOMES, "account_id,date\nA,2026-11-01\n", "outcome"),
        (Role.OUTCOMES, "account_id,outcome\nA,renewed\n", "date"),
    ],
)
def test_a_column_that_a_role_must_have_is_asked_for_by_name(tmp_path, role, text, missing):
    with pytest.raises(InputError, match=f"no column for `{missing}` in"):
        read(tmp_path, role, text)


def test_headers_of_crm_exports_are_understood(tmp_path):
    text = "Customer,Objective,Deadline,KPI,% Complete,Agreed on\nA,Ship,2027-01-01,hours,40%,2026-01-01\n"
    tables = read(tmp_path, Role.GOALS, text, options=ReadOptions(columns={Role.GOALS: {"progress": "% Complete"}}))
    row = tables.roles[Role.GOALS].keyed.row(0, named=True)
    assert (row["account_id"], row["goal"], row["metric"], row["progress"]) == ("A", "Ship", "hours", 40.0)
    assert str(row["start_date"]) == "2026-01-01"


@pytest.mark.parametrize(
    ("cells", "percent", "told"),
    [
        (["0.4", "1"], [40.0, 100.0], "as a share of 1"),
        (["40", "1"], [40.0, 1.0], "as 0-100"),
        (["40%", "0.5"], [40.0, 50.0], "as a share of 1"),
        (["40%", "1%"], [40.0, 1.0], "as 0-100"),
    ],
)
def test_progress_is_a_share_of_one_when_no_plain_cell_is_above_it(tmp_path, cells, percent, told):
    rows = "".join(f"A,Goal {cell},2027-01-01,{cell}\n" for cell in cells)
    tables = read(tmp_path, Role.GOALS, "account_id,goal,target_date,progress\n" + rows)
    assert tables.roles[Role.GOALS].keyed["progress"].to_list() == percent
    assert any(note.text.endswith(f"read {told}") for note in tables.notes)


@pytest.mark.parametrize(
    ("status", "progress", "state"),
    [
        ("Met", "", "met"), ("completed", "10%", "met"), ("", "100%", "met"), ("in progress", "100%", "open"),
        ("Abandoned", "100%", "dropped"), ("", "99%", "open"), ("missed", "", "open"), ("", "", "open"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_goal_goes_before_how_far_it_is(tmp_path, status, progress, state):
    text = f"account_id,goal,target_date,status,progress\nA,Ship,2027-01-01,{status},{progress}\n"
    tables = read(tmp_path, Role.GOALS, text)
    assert tables.roles[Role.GOALS].keyed["state"].to_list() == [state]


def test_rows_that_cannot_be_used_are_rejected_and_cells_that_need_not_be_read_are_faults(tmp_path):
    goals = read(
        tmp_path,
        Role.GOALS,
        "account_id,goal,target_date\nA,,2027-01-01\n,Ship,2027-01-01\nA,Ship,next May\n",
    )
    assert rejects(goals) == [(2, "goal", "no goal"), (3, "account_id", "no account key")]
    assert goals.faults.select("line", "column", "value").rows() == [(4, "target_date", "next May")]
    contacts = read(tmp_path, Role.CONTACTS, "account_id,user_id,email,stance\nA,,,for\nA,u1,,hostile\n")
    assert rejects(contacts) == [(2, "user_id", "neither a user id nor an e-mail")]
    assert contacts.faults.select("line", "value", "reason").rows() == [(3, "hostile", "none of against, neutral, for")]
    events = read(tmp_path, Role.EVENTS, "account_id,date,kind\nA,soon,call\nA,,call\nA,2026-11-01,!\n")
    assert rejects(events) == [
        (2, "date", "unreadable date"), (3, "date", "no date"), (4, "kind", "no kind of event"),
    ]  # fmt: skip
    outcomes = read(
        tmp_path,
        Role.OUTCOMES,
        "account_id,date,outcome,value_after\nA,soon,renewed,1\nA,,renewed,1\nA,2026-11-01,,1\n"
        "A,2026-11-01,Closed Won,1\nA,2026-11-01,renewed,much\nA,2026-11-02,renewed,-1\n",
    )
    assert rejects(outcomes) == [
        (2, "date", "unreadable date"), (3, "date", "no date"), (4, "outcome", "no outcome"),
        (5, "outcome", "none of churned/contracted/expanded/renewed"),
    ]  # fmt: skip
    assert outcomes.faults.select("line", "value", "reason").rows() == [
        (6, "much", "not an amount of money"), (7, "-1", "not an amount of money"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "spellings"),
    [
        ("renewed", ["Renewed", "RENEWAL", "auto-renewal", "retained"]),
        ("churned", ["churned", "Churn", "Lost", "Cancelled", "non-renewal", "Not renewed"]),
        ("contracted", ["contracted", "Contraction", "Downgrade", "downsell", "Down-sell", "partial churn"]),
        ("expanded", ["expanded", "expansion", "Upsell", "up-sell", "Upgrade", "cross-sell"]),
    ],
)
def test_an_outcome_is_one_of_four_however_it_is_spelled(tmp_path, outcome, spellings):
    rows = "".join(f"A,2026-11-{day:02},{spelling}\n" for day, spelling in enumerate(spellings, start=1))
    tables = read(tmp_path, Role.OUTCOMES, "account_id,date,outcome\n" + rows)
    assert tables.roles[Role.OUTCOMES].keyed["outcome"].to_list() == [outcome] * len(spellings)
    assert tables.roles[Role.OUTCOMES].keyed["value_after"].to_list() == [None] * len(spellings)


def test_every_outcome_is_spelled_in_a_way_of_its_own_and_goes_by_its_own_name():
    spellings = [spelling for words in OUTCOMES.values() for spelling in words]
    assert len(spellings) == len(set(spellings))
    assert all(outcome in words for outcome, words in OUTCOMES.items())
    assert set(OUTCOMES) == set(Outcome)


def test_headers_of_a_list_of_renewals_are_understood(tmp_path):
    text = 'Customer,Renewal Date,Renewal Status,Status,New ARR\nA,2026-11-01,Downsell,closed,"$12,500.50"\n'
    tables = read(tmp_path, Role.OUTCOMES, text)
    row = tables.roles[Role.OUTCOMES].keyed.row(0, named=True)
    assert (str(row["date"]), row["outcome"], row["value_after"]) == ("2026-11-01", "contracted", Decimal("12500.50"))


def test_a_person_is_known_by_user_id_before_e_mail_and_addresses_know_no_case(tmp_path):
    tables = read(tmp_path, Role.CONTACTS, "account_id,user_id,email\nA,U1,x@a.example\nA,,X@A.example\n")
    assert tables.roles[Role.CONTACTS].keyed["person"].to_list() == ["U1", "x@a.example"]


def test_words_are_plain_whatever_their_spelling(tmp_path):
    tables = read(tmp_path, Role.EVENTS, "account_id,date,kind\nA,2026-11-01,New  Boss\nA,2026-11-02,new-boss!\n")
    assert set(tables.roles[Role.EVENTS].keyed["kind"]) == {"new_boss"}


def test_context_finds_its_account_by_any_key_like_other_roles(tmp_path):
    accounts = "account_id,external_id,account_name\nA,X-1,Acme\nB,X-2,Beta\n"
    by_id = read(tmp_path, Role.EVENTS, "external_id,date,kind\nX-2,2026-11-01,call\n", accounts=accounts)
    events = by_id.roles[Role.EVENTS]
    assert (events.key, events.frame["account_id"].to_list()) == ("external_id", ["B"])
    text = "account,date,kind\nAcme,2026-11-01,call\nNone such,2026-11-01,call\n"
    by_name = read(tmp_path, Role.EVENTS, text, accounts=accounts)
    assert by_name.roles[Role.EVENTS].keyed.select("account_id", "fate").rows() == [
        ("A", "used"),
        (None, Aside.UNMATCHED),
    ]


def test_a_key_told_for_a_role_of_context_rules(tmp_path):
    accounts = "account_id,external_id\nA,B\nB,C\n"
    told = ReadOptions(keys={Role.EVENTS: "external_id"})
    text = "account_id,date,kind\nB,2026-11-01,call\n"
    tables = read(tmp_path, Role.EVENTS, text, accounts=accounts, options=told)
    assert tables.roles[Role.EVENTS].keyed["account_id"].to_list() == ["A"]


def test_files_of_a_role_are_one_table_and_a_row_in_two_of_them_counts_once(tmp_path):
    one = "account_id,date,kind\nA,2026-11-01,call\n"
    other = "account_id,day,event type,notes\nA,2026-11-01,Call,\nA,2026-11-02,call,Long\n"
    tables = read(tmp_path, Role.EVENTS, one, other)
    assert tables.roles[Role.EVENTS].keyed["fate"].to_list() == ["used", Aside.DUPLICATE, "used"]
    assert sum(file.read for file in tables.files if file.role is Role.EVENTS) == 3


def test_a_header_told_for_a_field_of_two_roles_need_not_stand_in_both(tmp_path):
    usage = tmp_path / "usage.csv"
    usage.write_text("account_id,When,user_id\nA,2026-11-01,u1\n")
    events = tmp_path / "events.csv"
    events.write_text("account_id,date,kind\nA,2026-11-01,call\n")
    columns = {role: {"date": "When"} for role in (Role.USAGE, Role.EVENTS)}
    tables = load({Role.USAGE: [usage], Role.EVENTS: [events]}, ReadOptions(columns=columns))
    assert tables.roles[Role.EVENTS].keyed.height == 1
    with pytest.raises(UsageError, match="no file for events has a column `Wann`"):
        load({Role.USAGE: [usage], Role.EVENTS: [events]}, ReadOptions(columns={Role.EVENTS: {"date": "Wann"}}))


@pytest.mark.parametrize("role", CONTEXT)
def test_a_flag_names_a_file_of_context(csq, tmp_path, role):
    (tmp_path / "u.csv").write_text(USAGE)
    texts = {
        Role.GOALS: "account_id,goal,target_date\nA,Ship,2027-01-01\n",
        Role.CONTACTS: "account_id,user_id\nA,u1\n",
        Role.EVENTS: "account_id,date,kind\nA,2026-11-01,call\n",
        Role.OUTCOMES: "account_id,date,outcome\nA,2026-11-01,renewed\n",
    }
    (tmp_path / "c.csv").write_text(texts[role])
    result = csq("check", "--usage", "u.csv", f"--{role}", "c.csv", "--as-of", "2026-11-15")
    assert f"{role}: c.csv\n" in result.stdout.decode()
    assert "  1 rows read = 1 used" in result.stdout.decode()
    unmatched = csq("triage", "--usage", "u.csv", "--accounts", "a.csv", f"--{role}", "c.csv", "--as-of", "2026-11-15")
    assert unmatched.code == 3, "there is no a.csv"


def test_context_of_other_accounts_than_the_accounts_file_has_is_refused_like_any_role(csq, tmp_path):
    (tmp_path / "u.csv").write_text(USAGE)
    (tmp_path / "a.csv").write_text("account_id\nA\n")
    (tmp_path / "e.csv").write_text("account_id,date,kind\nX,2026-11-01,call\nY,2026-11-01,call\nA,2026-11-01,call\n")
    words = ("triage", "--usage", "u.csv", "--accounts", "a.csv", "--events", "e.csv", "--as-of", "2026-11-15")
    result = csq(*words)
    assert (result.code, "1 of 3 rows of events match an account" in result.stderr) == (3, True)
    assert csq(*words, "--min-match", "30").code == 0


def test_fates_of_context_rows_add_up(csq, sample_data):
    text = csq("check", sample_data, "--as-of", "2026-11-15").stdout.decode()
    assert "114 rows read = 108 used + 4 set aside" in text
    events = load(in_directory(sample_data, {}, ReadOptions()).paths, ReadOptions()).roles[Role.EVENTS]
    assert events.frame.filter(fate="used").height == 110


def test_an_outcome_after_the_run_day_is_rejected_like_an_event(tmp_path):
    options = ReadOptions(run_day=date(2026, 11, 15))
    text = "account_id,date,outcome\nA,2026-11-15,renewed\nA,2026-11-16,churned\n"
    assert rejects(read(tmp_path, Role.OUTCOMES, text, options=options)) == [(3, "date", "date after the run day")]


def test_columns_and_keys_of_outcomes_can_be_told_on_the_command_line_and_in_csq_yaml(csq, tmp_path):
    (tmp_path / "u.csv").write_text(USAGE)
    (tmp_path / "a.csv").write_text("account_id,external_id\nA,B\nB,C\n")
    for quarter, row in {"Q1": "C,2026-02-01,Churn", "Q2": "B,2026-05-01,Renewal"}.items():
        (tmp_path / f"won_{quarter}.csv").write_text(f"account_id,date,Verdict\n{row}\n")
    words = ("triage", "--usage", "u.csv", "--accounts", "a.csv", "--outcomes", "won_*.csv", "--as-of", "2026-11-15")
    shown = ("-f", "csv", "--fields", "last_outcome", "--sort", "account_id")
    by_flag = csq(*words, *shown, "--column", "outcome=Verdict", "--key", "outcomes=external_id")
    assert by_flag.code == 0
    last = [line.rsplit(",", 1)[1] for line in by_flag.stdout.decode().splitlines()]
    assert last == ["last_outcome", "renewed", "churned"]
    (tmp_path / "csq.yaml").write_text("columns: {outcomes: {outcome: Verdict}}\nkeys: {outcomes: external_id}\n")
    assert csq(*words, *shown).stdout == by_flag.stdout


def test_outcomes_come_from_a_pipe_too(csq, tmp_path):
    (tmp_path / "u.csv").write_text(USAGE)
    text = b"account_id,date,outcome\nA,2026-11-01,renewed\n"
    result = csq("check", "--usage", "u.csv", "--outcomes", "-", "--as-of", "2026-11-15", stdin=text)
    assert "outcomes: stdin\n" in result.stdout.decode()
