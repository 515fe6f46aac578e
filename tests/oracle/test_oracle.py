"""csq and a second implementation, written from `csq help rules` alone, say the same of thirty worlds."""

import json

import pytest

from tests.oracle.rules import measure, rounded
from tests.oracle.worlds import AS_OF, World

NUMBERS = (
    "contract_value seats events events_previous events_year_ago usage_change_pct usage_change_yoy_pct active_users "
    "seat_use_pct active_days features_used features_available breadth_pct features_dropped features_unused idle_days "
    "top_user_share_pct responses asked response_rate_pct csat_mean csat_min csat_max top_box_pct top_box_low_pct "
    "top_box_high_pct csat_change role_gap days_since_response usage_score happiness_score usage_margin "
    "happiness_margin answers_to_flip usage_parts"
)
WORDS = (
    "is_new usage_change_sure usage_change_yoy_sure role_gap_answers silence tier usage_level happiness_level "
    "borderline evidence quadrant"
)
FIELDS = (*NUMBERS.split(), *WORDS.split())


def plain(value):
    return None if value is None else float(rounded(value))


@pytest.mark.parametrize("number", range(30))
def test_a_second_implementation_says_the_same(csq, tmp_path, number):
    world = World(number)
    world.write(tmp_path)
    asked = ("--as-of", AS_OF, "--csat-scale", "1-5", "--fields", ",".join(FIELDS), "-f", "json")
    result = csq("triage", tmp_path, *asked)
    assert result.code == 0, result.stderr
    found = json.loads(result.stdout)
    accounts, cuts = measure(world)
    assert {row["account_id"] for row in found["accounts"]} == set(accounts)
    differ = [
        (row["account_id"], name, row[name], want)
        for row in found["accounts"]
        for facts in [accounts[row["account_id"]]]
        for name in FIELDS
        for want in [plain(facts.get(name)) if name in NUMBERS.split() else facts.get(name)]
        if row[name] != want
    ]
    assert not differ, differ[:10]
    told = sorted((cut["axis"], cut["tier"], cut["at"]) for cut in found["cuts"])
    assert told == sorted((cut["axis"], cut["tier"], plain(cut["at"])) for cut in cuts)
    taken = {cut["tier"]: cut["scored"] for cut in cuts if cut["axis"] == "usage"}
    assert {cut["tier"]: cut["scored"] for cut in found["cuts"] if cut["axis"] == "usage"} == taken
