"""Every kept export is read as the role it is, with no flag but its role: its rows, fields, fates and notes.

What is expected was worked out by hand from the files.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from csq.errors import InputError
from csq.sources.load import Tables, load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Grain, Role

RUN_DAY = date(2026, 11, 21)

at = datetime.fromisoformat


@dataclass(frozen=True)
class Export:
    """What is to come of a file."""

    role: Role
    read: int
    fields: dict[str, str]
    """Header by field, custom columns left out."""
    rows: list[dict[str, Any]]
    """Of each row that is not set aside, what matters of it."""
    notes: tuple[str, ...] = ()
    """What some note says, beginning after the file's name."""
    set_aside: dict[Aside, int] = field(default_factory=dict)
    grain: Grain | None = None


EXPORTS = {
    "SHAPE_amplitude_segmentation_preamble.csv": Export(
        Role.USAGE,
        4,
        {"account_name": "gp:company", "period": "period", "events": "events"},
        [
            {"account_id": "Acme Corp", "period": date(2026, 7, 1), "metric_events": 1204.0},
            {"account_id": "Acme Corp", "period": date(2026, 8, 1), "metric_events": 1188.0},
        ],
        ("not data: title above the header (lines 1-3)", "`events` count, more is better"),
        {Aside.NOBODY: 2},
        Grain.PERIOD,
    ),
    "SHAPE_ga4_comment_header.csv": Export(
        Role.USAGE,
        2,
        {
            "date": "Date",
            "account_name": "Company",
            "total_users": "Total users",
            "engaged_sessions": "Engaged sessions",
            "engagement_rate": "Engagement rate",
        },
        [
            {
                "account_id": "Acme Corp",
                "period": date(2026, 8, 1),
                "metric_total_users": 80.0,
                "metric_engaged_sessions": 200.0,
                "metric_engagement_rate": 62.5,
            },
            {
                "account_id": "Globex",
                "period": date(2026, 8, 2),
                "metric_total_users": 90.0,
                "metric_engagement_rate": pytest.approx(57.0),
            },
        ],
        ("not data: comment (lines 1-9)", "not data: total (line 13)", "`total_users` users"),
        grain=Grain.PERIOD,
    ),
    "SHAPE_mixpanel_events.csv": Export(
        Role.USAGE,
        1,
        {
            "account_name": "company",
            "feature": "event",
            "date": "time",
            "user_id": "distinct_id",
            "event_id": "$insert_id",
        },
        [
            {
                "account_id": "Acme Corp",
                "at": at("2025-08-19 22:00:00"),
                "user_id": "u_1",
                "feature": "Report Viewed",
                "event_id": "i1",
                "events": 1.0,
            }
        ],
        ("read as an export of Mixpanel events", "epoch seconds, as dates in UTC in `time`"),
        grain=Grain.LOG,
    ),
    "SHAPE_cs_ops_renewals_template.csv": Export(
        Role.ACCOUNTS,
        2,
        {"account_name": "Account Name", "arr": "ARR", "renewal_date": "Renewal Date", "owner": "CSM"},
        [
            {
                "account_id": "Acme Corp",
                "contract_value": Decimal(50000),
                "renewal_date": date(2026, 6, 30),
                "owner": "Jane Doe",
                "health": "green",
            },
            {"account_id": "Global Inc", "contract_value": Decimal(25000), "renewal_date": date(2026, 9, 15)},
        ],
        ("contract value from `ARR`",),
    ),
    "SHAPE_hubspot_companies.csv": Export(
        Role.ACCOUNTS,
        3,
        {
            "account_id": "Record ID",
            "account_name": "Company name",
            "owner": "Company owner",
            "segment": "Industry",
            "email_domain": "Company Domain Name",
        },
        [
            {
                "account_id": "200000000001",
                "account_name": "Acme Corp",
                "email_domain": "acme.example",
                "contract_value": None,
                "start_date": None,
                "annual_revenue": "1200000",
                "phone_number": "+12025550124",
            },
            {"account_id": "200000000002", "account_name": "acme corp"},
            {"account_id": "200000000003", "account_name": None},
        ],
        ("`Annual Revenue` is what the company earns, not what it pays",),
    ),
    "SHAPE_hubspot_utf16_tab.csv": Export(
        Role.ACCOUNTS,
        2,
        {"account_id": "Record ID", "account_name": "Company name"},
        [
            {"account_id": "1", "account_name": "Müller & Söhne GmbH", "contract_value": None},
            {"account_id": "2", "account_name": "Acme Corp"},
        ],
        ("read as UTF-16", "delimiter tab"),
    ),
    "SHAPE_salesforce_report_footer.csv": Export(
        Role.ACCOUNTS,
        2,
        {
            "account_id": "Account ID",
            "account_name": "Account Name",
            "owner": "Account Owner",
            "arr": "ARR",
            "renewal_date": "Renewal Date",
        },
        [
            {
                "account_id": "001A000001abcDE",
                "contract_value": Decimal(120000),
                "currency": "USD",
                "renewal_date": date(2027, 3, 15),
            },
            {
                "account_id": "001A000001abcDe",
                "account_name": "Globex, Inc.",
                "contract_value": Decimal(45000),
                "renewal_date": date(2026, 11, 2),
            },
        ],
        ("not data: footer (lines 6-10)", "month before day in `Renewal Date`", "currency USD by the cells of `ARR`"),
    ),
    "SHAPE_salesforce_report_grandtotal.csv": Export(
        Role.ACCOUNTS,
        2,
        {"account_id": "Account ID", "account_name": "Account Name", "arr": "ARR"},
        [
            {"account_id": "001A000001abcDE", "contract_value": Decimal(120000), "currency": None},
            {"account_id": "001A000001abcDf", "contract_value": Decimal(45000)},
        ],
        ("not data: total (line 5)", "not data: footer (lines 7-8)"),
    ),
    "SHAPE_stripe_subscriptions.csv": Export(
        Role.ACCOUNTS,
        2,
        {
            "subscription_id": "id",
            "account_id": "account_id (metadata)",
            "external_id": "Customer ID",
            "account_name": "Customer Name",
            "seats": "Quantity",
            "currency": "Currency",
            "billing_interval": "Interval",
            "billed_amount": "Amount",
            "status": "Status",
            "start_date": "Start Date (UTC)",
            "renewal_date": "Current Period End (UTC)",
            "end_date": "Ended At (UTC)",
        },
        [
            {
                "account_id": "A-1001",
                "subscription_id": "sub_1",
                "external_id": "cus_1",
                "contract_value": Decimal(15000),  # 1,250 a month
                "seats": 25,
                "renewal_date": date(2026, 9, 2),
                "is_subscription": True,
            },
            {"account_id": "A-1001", "subscription_id": "sub_2", "contract_value": Decimal(600), "seats": 1},
        ],
        ("it is not multiplied by `Quantity`", "contract value from `Amount` x the number of `Interval` in a year"),
    ),
    "SHAPE_delighted_api_like.csv": Export(
        Role.CSAT,
        1,
        {
            "account_id": "person_properties > customer_id",
            "user_id": "person",
            "score": "score",
            "survey": "survey_type",
            "comment": "comment",
            "submitted_at": "updated_at",
        },
        [
            {
                "account_id": "A-1001",
                "answer": 90.0,
                "survey": "nps",
                "respondent": "1",
                "at": at("2024-04-19 03:29:56"),
            }
        ],
        ("read as an export of Delighted responses", "epoch seconds"),
    ),
    "SHAPE_intercom_csat.csv": Export(
        Role.CSAT,
        2,
        {
            "account_name": "Company name",
            "score": "Conversation rating",
            "comment": "Conversation rating remark",
            "user_id": "User name",
            "submitted_at": "Updated at (America/New_York)",
        },
        # Four hours behind UTC in August.
        [{"account_id": "Acme Corp", "answer": 100.0, "survey": "csat", "at": at("2026-08-20 02:00:00")}],
        ("those of America/New_York, put into UTC", "scale 1-5 for csat"),
        {Aside.NOBODY: 1},
    ),
    "SHAPE_qualtrics_nps_3row_header.csv": Export(
        Role.CSAT,
        3,
        {
            "account_id": "account_id",
            "external_id": "ExternalReference",
            "email": "RecipientEmail",
            "nps": "Q1",
            "comment": "Q2",
            "submitted_at": "RecordedDate",
        },
        # Six hours behind UTC in August.
        [{"account_id": "A-1001", "answer": 90.0, "survey": "nps", "at": at("2026-08-20 04:05:01")}],
        ("2 further header rows under line 1", "those of America/Denver, put into UTC", "scale 0-10 for nps"),
        {Aside.UNFINISHED: 2},
    ),
    "SHAPE_surveymonkey_2row_header.csv": Export(
        Role.CSAT,
        2,
        {
            "external_id": "Custom Data 1",
            "email": "Email Address",
            "submitted_at": "End Date",
            "nps": "How likely is it that you would recommend us to a friend or colleague?",
            "score": "Overall, how satisfied are you?",
        },
        [
            {"account_id": "A-1001", "survey": "csat", "answer": 100.0, "at": at("2026-08-19 22:49:02")},
            {"account_id": "A-1002", "survey": "csat", "answer": 50.0, "at": at("2026-08-20 08:02:02")},
            {"account_id": "A-1001", "survey": "nps", "answer": 90.0},
            {"account_id": "A-1002", "survey": "nps", "answer": 0.0},
        ],
        ("month before day in `End Date`", "answers in words in `Overall, how satisfied are you?`"),
    ),
    "SHAPE_typeform_current.csv": Export(
        Role.CSAT,
        2,
        {
            "account_id": "account_id",
            "nps": "How likely are you to recommend us?",
            "comment": "Why did you choose this score?",
            "submitted_at": "Submit Date (UTC)",
        },
        [
            {
                "account_id": "A-1001",
                "answer": 90.0,
                "survey": "nps",
                "comment": "Fast, simple",
                "at": at("2026-08-19 22:05:00"),
            }
        ],
        ("read as an export of Typeform",),
        {Aside.UNFINISHED: 1},
    ),
    "SHAPE_zendesk_ticket_export.csv": Export(
        Role.CSAT,
        5,
        {
            "account_name": "Organization",
            "email_domain": "Requester domain",
            "score": "Satisfaction Score",
            "user_id": "Requester id",
            "email": "Requester email",
            "submitted_at": "Updated at",
        },
        [
            {"account_id": "Acme Corp", "answer": 100.0, "asked": True, "at": at("2026-08-02 10:00:00")},
            {"account_id": "Acme Corp", "answer": 0.0, "asked": True},
            {"account_id": "gmail.example", "answer": None, "asked": True},
            {"account_id": "Globex", "answer": None, "asked": False},
            {"account_id": "Globex", "answer": 100.0, "asked": True},
        ],
        (
            "read as an export of Zendesk tickets",
            "from `bad` to `good`",
            "without `Organization`: taken by another key",
            "have no `Satisfaction Score`: counted as asked",
        ),
    ),
}

SENTENCES = {
    # No column leads to an account.
    "SHAPE_ga4_bigquery_events.csv": (Role.USAGE, "names an account", "`--contacts FILE` maps `user_pseudo_id`"),
    "SHAPE_typeform_classic.csv": (Role.CSAT, "names an account", "carry the account id as a hidden field"),
    # No question asks for a score.
    "VERBATIM_qualtrics_current_sample.csv": (
        Role.CSAT,
        "no column for `score`",
        "`--column score=HEADER`: `Q1` (This",
    ),
    "VERBATIM_qualtrics_legacy_sample.csv": (Role.CSAT, "no column for `score`", "`--column score=HEADER`: `Q1` (This"),
}
PENDO = "SHAPE_pendo_nps_export.csv"


def test_every_kept_export_is_accounted_for(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "export_formats").glob("*.csv")} == {*EXPORTS, *SENTENCES, PENDO}


def read(path: Path, role: Role, **others: Path) -> Tables:
    return load({role: [path], **{Role(name): [other] for name, other in others.items()}}, ReadOptions(run_day=RUN_DAY))


def check(tables: Tables, label: Path, expected: Export) -> None:
    file = next(file for file in tables.files if file.label == str(label))
    assert (file.read, file.rejected, dict(file.set_aside), file.grain) == (
        expected.read,
        {},
        expected.set_aside,
        expected.grain,
    )
    assert tables.rejects.is_empty()
    assert tables.faults.is_empty()
    found = {name: header for header, name in file.columns}
    assert {name: header for name, header in found.items() if name in expected.fields} == expected.fields
    rows = tables.roles[expected.role].frame.filter(fate="used")
    assert rows.height == len(expected.rows)
    for row, wanted in zip(rows.iter_rows(named=True), expected.rows, strict=True):
        assert {name: row[name] for name in wanted} == wanted
    for text in expected.notes:
        assert any(text in note.text for note in tables.notes), text


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_as_what_it_is(name: str, shared_data: Path) -> None:
    path = shared_data / "export_formats" / name
    check(read(path, EXPORTS[name].role), path, EXPORTS[name])


@pytest.mark.parametrize("name", [name for name, export in EXPORTS.items() if export.role is not Role.ACCOUNTS])
def test_nothing_but_known_fields_is_taken(name: str, shared_data: Path) -> None:
    path = shared_data / "export_formats" / name
    (file,) = read(path, EXPORTS[name].role).files
    assert {field for _, field in file.columns} == set(EXPORTS[name].fields)


@pytest.mark.parametrize("name", SENTENCES)
def test_an_export_that_lacks_something_says_what_to_do(name: str, shared_data: Path) -> None:
    role, message, hint = SENTENCES[name]
    with pytest.raises(InputError) as caught:
        read(shared_data / "export_formats" / name, role)
    assert message in caught.value.message
    assert hint in str(caught.value.hint)


def test_pendo_needs_contacts_and_says_so(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "export_formats" / PENDO
    with pytest.raises(InputError) as caught:
        read(path, Role.CSAT)
    assert caught.value.hint == "`--contacts FILE` maps visitors to accounts"
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("Visitor ID,Account ID\njane@acme.example,A-1\nrick@globex.example,A-2\n")
    tables = read(path, Role.CSAT, contacts=contacts)
    expected = Export(
        Role.CSAT,
        2,
        {"user_id": "Visitor ID", "submitted_at": "Date", "score": "Rating", "comment": "Response"},
        [
            {
                "account_id": "A-1",
                "answer": 90.0,
                "survey": "nps",
                "at": at("2026-08-19 00:00:00"),
                "comment": "Love it",
            },
            {"account_id": "A-2", "answer": 30.0, "survey": "nps", "at": at("2026-08-20 00:00:00"), "comment": None},
        ],
        ("read as an export of Pendo NPS", "scale 0-10 for nps"),
    )
    check(tables, path, expected)


def test_a_qualtrics_question_that_is_named_is_read(shared_data: Path, tmp_path: Path) -> None:
    """The sample has a choice from a list and nobody's name: both are told."""
    for name in ("VERBATIM_qualtrics_current_sample.csv", "VERBATIM_qualtrics_legacy_sample.csv"):
        options = ReadOptions(
            columns={Role.CSAT: {"score": "Q1", "account_id": "Q2"}}, csat_scale=("1-5",), run_day=RUN_DAY
        )
        tables = load({Role.CSAT: [shared_data / "export_formats" / name]}, options)
        (row,) = tables.roles[Role.CSAT].keyed.iter_rows(named=True)
        assert (row["account_id"], row["answer"]) == ("Hello World!", 25.0)  # 2 of 1-5
        assert row["at"].date() == date(2017, 7, 18)
