"""What a file of a folder is used as: told by what stands in it, its name only where that leaves it open."""

from pathlib import Path

import pytest

from csq.errors import InputError, UsageError
from csq.sources.columns.headers import check_told
from csq.sources.finding.findings import Finding, Seen, find_roles
from csq.sources.reading.read import read_table
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role

TICKETS = "ticket_id,account_id,created_date,subject,priority,status; T1,A,2026-05-02,Sync fails,P1,Open"
PENDO = "Account ID,Account name,Number of Days Active,Time on App (mins); A,Alpha,12,340; B,Beta,3,20"


def findings(folder: Path, options: ReadOptions | None = None, **texts: str) -> dict[str, Finding]:
    """What files are found to be, by name: `a__b` is `a - b.csv`."""
    seen = []
    for name, text in texts.items():
        path = folder / f"{name.replace('__', ' - ')}.csv"
        path.write_text(text.replace("; ", "\n") + "\n")
        try:
            seen.append(Seen(path, path.name, read_table(path, path.name)))
        except InputError as fault:
            seen.append(Seen(path, path.name, fault=fault))
    return {finding.label: finding for finding in find_roles(seen, options or ReadOptions())}


@pytest.mark.parametrize(
    ("name", "text", "roles"),
    [
        ("Pendo_Account_Report", PENDO, [Role.USAGE]),  # days and time are use, though the name says account
        ("customer__export", "account_id,account_name,arr; A,Alpha,1000; B,Beta,2000", [Role.ACCOUNTS]),
        ("support_tickets", TICKETS, []),  # no score: nobody said how happy they are
        ("export", TICKETS, []),
        (
            "cases",
            "case_id,account_id,opened,owner,status; 1,A,2026-05-02,Jo,Open; 2,B,2026-05-03,Jo,Open",
            [],
        ),
        ("helpdesk", "ticket_id,account_id,created_at,csat_rating; T1,A,2026-05-02,4; T2,A,2026-05-03,5", [Role.CSAT]),
        ("export_1", "org_id,week,sessions,active_users; A,2026-W18,10,3; A,2026-W19,11,3", [Role.USAGE]),
        ("export_2", "account_id,user_id,timestamp,event_name; A,u1,2026-05-01T10:00:00,search", [Role.USAGE]),
        ("export_3", "Company,How likely are you to recommend us?; Alpha,9; Beta,3", [Role.CSAT]),
        (
            "export_4",
            "Company,ARR,Renewal Date,CSM; Alpha,1000,2027-01-01,Jo",
            [Role.ACCOUNTS],
        ),
        ("export_5", "account_id,email,role,left_on; A,jo@a.example,champion,2026-05-01", [Role.CONTACTS]),
        ("export_6", "account_id,goal,target_date; A,Go live,2026-09-01", [Role.GOALS]),
        ("export_7", "account_id,date,kind,note; A,2026-05-01,new_boss,x", [Role.EVENTS]),
        ("export_8", "account_id,closed_on,outcome; A,2026-05-01,renewed; B,2026-05-02,churned", [Role.OUTCOMES]),
        ("events", "account_id,date,event; A,2026-05-01,new_boss", [Role.EVENTS]),  # use or happening: its name says
        ("usage", "account_id,date,event; A,2026-05-01,search", [Role.USAGE]),
        ("log", "account_id,date; A,2026-05-01", []),  # a date alone may be of anything
        ("logins", "account_id,date; A,2026-05-01", [Role.USAGE]),
        (
            "salesforce",
            "Account ID,Account Name,Rating; A,Alpha,Hot; B,Beta,Cold",
            [Role.ACCOUNTS],
        ),
        ("week", "rank,quadrant,usage_level,happiness_level,usage_score,happiness_score; 1,x,y,z,1,2", []),
        ("notes", "todo; buy milk", []),
    ],
)
def test_content_tells_the_role(tmp_path, name, text, roles):
    (found,) = findings(tmp_path, **{name: text}).values()
    assert list(found.roles) == roles
    assert found.why


def test_a_file_serves_a_second_role_that_no_other_has(tmp_path):
    customers = "account_id,arr,logins,nps; A,1000,10,9; B,2000,3,2"
    alone = findings(tmp_path, customers=customers)["customers.csv"]
    assert set(alone.roles) == {Role.ACCOUNTS, Role.USAGE, Role.CSAT}
    beside = findings(tmp_path, customers=customers, nps="account_id,nps; A,9; B,2")
    assert set(beside["customers.csv"].roles) == {Role.ACCOUNTS, Role.USAGE}
    assert beside["nps.csv"].roles == (Role.CSAT,)


def test_what_two_roles_fit_alike_is_asked_about_with_the_line_that_settles_it(tmp_path):
    text = "account_id,date,event; A,2026-05-01,search"
    found = findings(tmp_path, export=text)["export.csv"]
    assert found.roles == ()
    assert found.open == ("it may be usage or events: `files: {export.csv: {roles: usage}}` in csq.yaml",)
    told = findings(tmp_path, ReadOptions(roles={"export.csv": (Role.EVENTS,)}), export=text)["export.csv"]
    assert told.roles == (Role.EVENTS,)


LOSSES = "churn_event_id,account_id,churn_date,churn_reason; 1,A,2026-06-04,price"


def test_a_near_miss_says_what_it_lacks_and_what_it_could_be(tmp_path):
    """Events lack a date by that name, and a kind; as days on which customers left it is whole."""
    found = findings(tmp_path, churn_events=LOSSES)["churn_events.csv"]
    assert (found.roles, found.able) == ((), (Role.OUTCOMES,))
    assert "did you mean `churn_date`?" in found.open[0]
    assert "churn_events.csv` reads it as outcomes" in found.open[0]


def test_what_is_told_of_a_file_that_lacks_more_leads_on_to_the_next_thing(tmp_path):
    """`--column date=churn_date` is what the hint offers: it is never refused, and the next one is for the kind."""
    told = {Role.EVENTS: {"date": "churn_date"}}
    found = findings(tmp_path, ReadOptions(columns=told), churn_events=LOSSES)["churn_events.csv"]
    assert "no column for `kind`" in found.open[0]
    check_told(told, {}, {}, found.header)
    with pytest.raises(UsageError, match="has a column `churn_date`"):
        check_told(told, {}, {})
    told[Role.EVENTS]["kind"] = "churn_reason"
    assert findings(tmp_path, ReadOptions(columns=told), churn_events=LOSSES)["churn_events.csv"].roles == (
        Role.EVENTS,
    )


@pytest.mark.parametrize(
    ("name", "text", "roles"),
    [
        ("outcomes", "account_id,churn_date,reason; A,2026-06-04,price", (Role.OUTCOMES,)),
        ("outcomes", "account_id,cancelled_on; A,2026-06-04", (Role.OUTCOMES,)),
        ("q3", "account_id,churn_date; A,2026-06-04; B,", (Role.ACCOUNTS,)),
        ("customers", "account_id,account_name,arr,churn_date; A,Alpha,100,2026-06-04", (Role.ACCOUNTS,)),
    ],
)
def test_days_on_which_customers_left_are_outcomes_where_the_name_says_so(tmp_path, name, text, roles):
    """Such a file is read as `--outcomes FILE` reads it; lists of accounts have such days too."""
    assert findings(tmp_path, **{name: text})[f"{name}.csv"].roles == roles
