"""csq and a second implementation, written from README and `csq help` alone, say the same of thirty worlds."""

import json

import pytest

from tests.oracle.place import measure
from tests.oracle.worlds import World

NAMES = """
    contract_value seats is_new tier
    events events_previous events_year_ago usage_change_pct usage_change_sure usage_change_yoy_pct
    usage_change_yoy_sure active_users seat_use_pct active_days features_used features_available
    breadth_pct features_dropped features_unused idle_days top_user_idle_days top_user_share_pct
    responses asked response_rate_pct csat_mean csat_min csat_max csat_change nps ces silence
    top_box_pct top_box_low_pct top_box_high_pct role_gap role_gap_answers lowest_role lowest_role_mean
    highest_role highest_role_mean decision_maker_mean users_mean days_since_response
    usage_score usage_parts usage_parts_lacking usage_margin usage_level happiness_score happiness_margin
    happiness_level borderline answers_to_flip evidence quadrant
"""
FIELDS = NAMES.split()


def plain(value):
    return value if value is None or isinstance(value, bool | str) else float(value)


def told(cuts):
    """Axis, tier, cut, and how many scores it rests on, where it rests on scores."""
    rests = [(cut, None if cut["method"] == "number" else cut["scored"]) for cut in cuts]
    return sorted((cut["axis"], cut["tier"], plain(cut["at"]), str(scored)) for cut, scored in rests)


@pytest.mark.parametrize("number", range(30))
def test_a_second_implementation_says_the_same(csq, tmp_path, number):
    world = World(number)
    world.write(tmp_path)
    result = csq("triage", tmp_path, *world.flags(), "--fields", ",".join(FIELDS), "-f", "json")
    assert result.code == 0, result.stderr
    found = json.loads(result.stdout)
    accounts, cuts = measure(world)
    assert {row["account_id"] for row in found["accounts"]} == set(accounts)
    differ = [
        (row["account_id"], name, row[name], want)
        for row in found["accounts"]
        for name in FIELDS
        for want in [plain(accounts[row["account_id"]].get(name))]
        if row[name] != want
    ]
    assert not differ, differ[:10]
    assert told(found["cuts"]) == told(cuts)
