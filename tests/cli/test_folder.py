"""A folder as somebody would keep it: what three tools each export, rubbish among it, and no flag."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TWELVE = (
    "amplitude_segmentation_preamble", "cs_ops_renewals_template", "delighted_api_like", "ga4_comment_header",
    "hubspot_companies", "intercom_csat", "mixpanel_events", "pendo_nps_export", "qualtrics_nps_3row_header",
    "salesforce_report_footer", "stripe_subscriptions", "zendesk_ticket_export",
)  # fmt: skip

# Each as its tool exports it; of Acme much use and a good word, of Globex little and a bad one.
MIXPANEL = "event,time,distinct_id,$insert_id,company\n" + "".join(
    f"Report Viewed,{1793000000 + n * 3600},u{n % 3},i{n},Acme Corp\n" for n in range(9)
) + "Report Viewed,1793000000,g1,j1,Globex\n"  # fmt: skip
DELIGHTED = (
    "id,person,survey_type,score,comment,permalink,created_at,updated_at,person_properties,tags\n"
    '1,11,nps,9,,https://d.example/1,1792900000,1792900000,"{""company"":""Acme Corp""}",[]\n'
    '2,12,nps,3,,https://d.example/2,1792900000,1792900000,"{""company"":""Globex""}",[]\n'
)
HUBSPOT = (
    '"Record ID","Company name","Company owner","Create Date","Phone Number","Last Activity Date","ARR"\n'
    '"200000000001","Acme Corp","Sam Sales","2020-01-10 10:00"," +12025550124","2026-01-05 10:00","12000"\n'
    '"200000000002","Globex","Sam Sales","2020-01-10 10:00","","2026-01-05 10:00","24000"\n'
)
PENDO = (
    "Account ID,Account name,Number of Days Active,Time on App (mins),Last Visit\n"
    "001A000001abcDE,Acme Corp,18,900,2026-11-14\n001A000001abcDe,Globex,2,15,2026-11-02\n"
)
ZENDESK = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Subject,Status,"
    "Created at,Updated at,Organization,Satisfaction Score\n"
    "1,101,Jane Doe,7,,jane@acme.example,acme.example,Help,Closed,2026-11-01 10:00,2026-11-02 10:00,Acme Corp,Good\n"
    "1,102,Rick Roe,8,,rick@globex.example,globex.example,Help,Closed,2026-11-01 10:00,2026-11-02 10:00,Globex,Bad\n"
)
SALESFORCE = (
    '"Account ID","Account Name","Account Owner","Type","ARR","Renewal Date"\n'
    '"001A000001abcDE","Acme Corp","Pat Lee","Customer","USD 120,000.00","3/15/2027"\n'
    '"001A000001abcDe","Globex","Pat Lee","Customer","USD 45,000.00","11/2/2027"\n\n'
    '"Customers with ARR"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
)
POSTHOG = "uuid,event,properties,timestamp,distinct_id\n" + "".join(
    f'e{n},opened report,"{{""account_id"":""A-1""}}",2026-11-{n + 2:02d}T10:00:00Z,u{n}\n' for n in range(8)
) + 'g1,opened report,"{""account_id"":""A-2""}",2026-11-03T10:00:00Z,g1\n'  # fmt: skip
TYPEFORM = (
    "#,How likely are you to recommend us?,account_id,Response Type,Start Date (UTC),Stage Date (UTC),"
    "Submit Date (UTC),Network ID,Tags\n"
    "x1,9,A-1,completed,2026-11-01 10:00:00,,2026-11-01 10:01:00,n1,\n"
    "x2,2,A-2,completed,2026-11-01 10:00:00,,2026-11-01 10:01:00,n2,\n"
)
STRIPE = (
    "id,Customer ID,Customer Name,Customer Email,Plan,Quantity,Interval,Amount,Status,Created (UTC),Start Date (UTC),"
    "Current Period End (UTC),Ended At (UTC),account_id (metadata)\n"
    "sub_1,cus_1,Acme Corp,jane@acme.example,pro,25,month,1000.00,active,2025-02-02 12:33,2025-02-02 12:33,"
    "2026-12-02 12:33,,A-1\n"
    "sub_2,cus_2,Globex,rick@globex.example,pro,5,month,2000.00,active,2025-02-02 12:33,2025-02-02 12:33,"
    "2026-12-02 12:33,,A-2\n"
)
FOLDERS = {
    "Mixpanel, Delighted, HubSpot": {"Mixpanel Export 2026-11-16": MIXPANEL, "responses": DELIGHTED, "all": HUBSPOT},
    "Pendo, Zendesk, Salesforce": {"Pendo_Account_Report": PENDO, "tickets": ZENDESK, "report1731": SALESFORCE},
    "PostHog, Typeform, Stripe": {"export": POSTHOG, "responses-x7": TYPEFORM, "subscriptions": STRIPE},
}


def quadrants(csq, folder: Path) -> dict[str, str]:
    """Where each account stands, by its name."""
    result = csq("triage", folder, "-f", "tsv")
    assert result.code == 0, result.stderr
    header, *rows = (line.split("\t") for line in result.stdout.decode().splitlines())
    return {row[header.index("account_name")]: row[header.index("quadrant")] for row in rows}


@pytest.mark.parametrize("name", FOLDERS)
def test_what_three_tools_export_gives_the_right_result_at_the_first_try(csq, tmp_path, name):
    folder = tmp_path / "exports"
    folder.mkdir()
    for file, text in FOLDERS[name].items():
        (folder / f"{file}.csv").write_text(text)
    (folder / "notes.txt").write_text("call Acme back\n")
    assert quadrants(csq, folder) == {"Acme Corp": "advocates", "Globex": "at_risk"}


def test_twelve_layouts_and_rubbish_give_a_result_without_a_flag(csq, tmp_path, shared_data):
    folder = tmp_path / "exports"
    folder.mkdir()
    for name in TWELVE:
        shutil.copy(shared_data / "export_formats" / f"SHAPE_{name}.csv", folder)
    (folder / "rubbish.csv").write_bytes(b"\x00\x01garbage\xff")
    result = csq("triage", folder)
    assert result.code == 0, result.stderr
    assert "rubbish.csv" in result.stderr
    assert "found in the folder" in csq("check", folder).stdout.decode()


def test_tickets_without_a_score_stop_nothing_and_are_named_once(csq, tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,account_name,arr\nA,Alpha,1000\nB,Beta,2000\n")
    (tmp_path / "nps.csv").write_text("account_id,nps\nA,6\nB,10\n")
    (tmp_path / "usage.csv").write_text("account_id,month,logins\nA,2026-05-01,100\nB,2026-05-01,10\n")
    (tmp_path / "support_tickets.csv").write_text(
        "ticket_id,account_id,created_date,subject,priority,status\nT1,A,2026-05-02,Sync fails,P1,Open\n"
    )
    result = csq("triage", tmp_path)
    assert result.code == 0
    assert (result.stdout.decode() + result.stderr).count("support_tickets.csv") == 1


def test_one_axis_alone_is_said_aloud(csq, tmp_path):
    (tmp_path / "customer - export.csv").write_text("account_id,account_name,arr\nA,Alpha,1000\n")
    (tmp_path / "nps.csv").write_text("account_id,nps\nA,6\n")
    result = csq("triage", tmp_path, "-f", "csv")
    assert result.code == 0
    assert "warning: no usage file: usage is unknown for every account" in result.stderr
    assert "Alpha" in result.stdout.decode()


def test_the_working_directory_is_read_where_nothing_is_told(csq, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert csq("triage").code == 2
    Path("shopping.csv").write_text("item,price\nmilk,1\n")
    assert csq("triage").code == 2
    Path("nps.csv").write_text("account_id,nps\nA,6\n")
    assert csq("triage").code == 0


def test_what_csq_wrote_is_not_read_again(csq, tmp_path):
    (tmp_path / "nps.csv").write_text("account_id,nps\nA,6\nB,9\n")
    first = csq("triage", tmp_path, "-f", "csv").stdout
    for suffix in ("csv", "tsv", "parquet", "xlsx"):
        assert csq("triage", tmp_path, "-o", tmp_path / f"monday.{suffix}").code == 0
    assert csq("triage", tmp_path, "-f", "csv").stdout == first


def test_what_was_written_is_said_unless_it_is_to_be_quiet(csq, tmp_path):
    (tmp_path / "nps.csv").write_text("account_id,nps\nA,6\n")
    assert "note: wrote `week.json`" in csq("triage", "--csat", "nps.csv", "-o", "week.json").stderr
    assert csq("triage", "--csat", "nps.csv", "-o", "week.json", "-q").stderr == ""


def test_a_pipe_is_utf8_with_plain_line_ends_whatever_the_locale(tmp_path):
    (tmp_path / "nps.csv").write_text("account_id,nps\nŁódź → 東京,6\n", encoding="utf-8")
    command = [sys.executable, "-m", "csq", "triage", str(tmp_path), "-f", "csv"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"}, check=True)
    assert b"\r" not in done.stdout
    assert "Łódź → 東京" in done.stdout.decode("utf-8")


def test_the_fates_of_a_file_that_serves_three_roles_add_up(csq, tmp_path):
    (tmp_path / "customers.csv").write_text("account_id,arr,logins,nps\nA,1000,10,9\nB,2000,3,2\n,3000,1,5\n")
    document = json.loads(csq("triage", tmp_path, "-f", "json", "--max-rejects", "50%").stdout)
    assert {file["role"] for file in document["sources"]} == {"accounts", "usage", "csat"}
    for file in document["sources"]:  # the third row names no account, whatever it is read for
        assert (file["read"], file["used"]) == (3, 2)
        assert sum(file["rejected"].values()) + sum(file["set_aside"].values()) == 1


def test_what_csq_yaml_says_of_a_file_goes_before_its_content(csq, tmp_path):
    (tmp_path / "nps.csv").write_text("account_id,nps\nA,6\n")
    (tmp_path / "log.csv").write_text("account_id,date,event\nA,2026-05-01,new_boss\n")
    assert "not used" in csq("triage", tmp_path).stderr
    (tmp_path / "csq.yaml").write_text("files: {log.csv: {roles: events}, nps.csv: {roles: [csat]}}\n")
    assert "events: " in csq("check", tmp_path).stdout.decode()
    (tmp_path / "csq.yaml").write_text("files: {log.csv: {roles: []}}\n")
    assert "csq.yaml says to leave it" in csq("check", tmp_path).stdout.decode()
