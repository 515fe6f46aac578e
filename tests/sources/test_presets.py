"""Presets are data that holds together."""

import pytest

from csq.roles import ROLES
from csq.sources.cells.values import squeeze
from csq.sources.columns.headers import detect
from csq.sources.columns.presets import PRESETS
from csq.sources.reading.read import table_from_bytes
from csq.terms import Role
from reading import read, rows


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_speaks_of_fields_of_its_role_and_of_headers_once(preset):
    known = {field.name for field in ROLES[preset.role].fields}
    assert set(preset.fields) <= known
    assert len({squeeze(header) or header for header in preset.headers}) == len(preset.headers)
    for unwanted in preset.unwanted:
        assert all(value == value.casefold() for value in unwanted.values)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_file_with_the_headers_of_a_preset_is_known_as_it_in_any_order(preset):
    for headers in (preset.headers, preset.headers[::-1]):
        line = ",".join(headers)
        table = table_from_bytes(f"{line}\n{','.join('x' * len(headers))}\n".encode(), "file.csv")
        assert detect(table, preset.role) is preset
        others = [role for role in Role if role is not preset.role]
        assert all(found is None or found.role is role for role in others if (found := detect(table, role)) or True)


def test_numeric_codes_of_qualtrics_tell_previews_and_unfinished_too(tmp_path):
    header = "StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,account_id,CSAT"
    lines = "2026-08-01,2026-08-01,0,1,2026-08-01,R1,A,5; 2026-08-01,2026-08-01,1,1,2026-08-01,R2,A,1; "
    tables = read(tmp_path, csat=f"{header}; {lines}2026-08-01,2026-08-01,0,0,2026-08-01,R3,A,2")
    assert rows(tables.roles[Role.CSAT].keyed, "answer") == [(100.0,)]


def test_zendesk_ratings_need_contacts_for_their_requesters(tmp_path):
    tables = read(
        tmp_path,
        contacts="id,organization; 7,Acme; 8,Globex",
        csat="id,assignee_id,comment,created_at,requester_id,score,ticket_id,updated_at; "
        "1,9,thanks,2026-08-01,7,good_with_comment,100,2026-08-02; 2,9,,2026-08-01,8,offered,101,2026-08-01",
    )
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "answer", "asked") == [
        ("Acme", 100.0, True),
        ("Globex", None, True),
    ]


def test_an_amplitude_cohort_leads_its_users_to_accounts(tmp_path):
    tables = read(
        tmp_path,
        contacts="amplitudeID,userID,gp:company; 1,u1,Acme; 2,u2,Globex",
        usage="user_id,event_time,event_type,session_id; "
        "u1,2026-08-01 10:00:00,Opened,1; u9,2026-08-01 11:00:00,Opened,2",
    )
    assert rows(tables.roles[Role.USAGE].keyed, "account_id", "feature") == [("Acme", "Opened"), (None, "Opened")]
