"""csq.yaml: what it may say, what it says when it says nothing, and how each mistake is told."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csq import yamlfile
from csq.errors import ConfigError, UsageError
from csq.settings.load import find_settings, load_settings, parse_cut
from csq.settings.model import CutRule, Happiness, KeyColumn, Settings, Within
from csq.terms import MetricKind, Role
from csq.validation import _MUST_BE, validate

FIELDS = {Role.USAGE: ("account_id", "date"), Role.CSAT: ("account_id", "score"), Role.ACCOUNTS: ("account_id", "arr")}


def settings(text: str) -> Settings:
    Path("csq.yaml").write_text(text)
    return load_settings(Path("csq.yaml"), FIELDS).settings


def faults(text: str) -> list[str]:
    """Every fault as `line:column: path: message | hint`."""
    with pytest.raises(ConfigError) as caught:
        settings(text)
    problems = caught.value.problems
    return [" | ".join(filter(None, (str(p).removeprefix("csq.yaml:"), p.hint))) for p in problems]


def test_an_empty_file_and_no_file_both_mean_the_defaults():
    for found in (
        settings(""),
        settings("# nothing\n"),
        settings("columns:\nwindows:\n"),
        load_settings(None).settings,
    ):
        assert found == Settings()
    assert found.windows.usage == 28
    assert found.windows.csat == 365
    assert found.happiness is Happiness.CSAT_MEAN
    assert found.thresholds.usage == CutRule(method="median", within=Within.TIER)
    assert found.thresholds.happiness.at == {"all": 70.0}
    assert found.tiers is None
    assert found.currency is None
    assert found.columns.of(Role.ACCOUNTS) == {}


def test_everything_that_can_be_said_is_understood():
    found = settings(
        """
        playbook: ../ours.yaml
        columns: {usage: {account_id: Org}, accounts: {arr: 'Annual value'}}
        keys: {usage: subscription_id}
        windows: {usage: 14}
        metrics: {Logins: count, Idle days: trouble, Row: ignore}
        weights: {seat_use: 2, Logins: 0}
        happiness: top_box
        tiers: {bands: {large: 100000, small: 0}}
        thresholds:
          usage: {method: q75, within: all}
          happiness: {at: {large: 80, small: 65.5}}
          references: {volume: {large: 12.5}}
        currency: {base: EUR, rates: {USD: 0.92}}
        """
    )
    assert found.playbook == "../ours.yaml"
    assert found.columns.of(Role.USAGE) == {"account_id": "Org"}
    assert found.keys.usage is KeyColumn.SUBSCRIPTION_ID
    assert found.keys.csat is None
    assert (found.windows.usage, found.windows.csat) == (14, 365)
    assert found.metrics == {"Logins": MetricKind.COUNT, "Idle days": MetricKind.TROUBLE, "Row": MetricKind.IGNORE}
    assert found.weights == {"seat_use": 2.0, "Logins": 0.0}
    assert found.happiness is Happiness.TOP_BOX
    assert found.tiers.bands == {"large": Decimal(100000), "small": Decimal(0)}
    assert found.thresholds.usage == CutRule(method="q75", within=Within.ALL)
    assert found.thresholds.happiness.at == {"large": 80.0, "small": 65.5}
    assert found.thresholds.references == {"volume": {"large": 12.5}}
    assert found.currency.rates == {"USD": Decimal("0.92")}


@pytest.mark.parametrize(
    ("written", "method", "at"),
    [
        ("median", "median", None),
        ("weighted_median", "weighted_median", None),
        ("q1", "q1", None),
        ("q99", "q99", None),
        ("70", None, {"all": 70.0}),
        ("0", None, {"all": 0.0}),
        ("62.5", None, {"all": 62.5}),
        ("100", None, {"all": 100.0}),
    ],
)
def test_a_cut_can_be_written_as_one_word_in_the_file_and_on_the_command_line(written, method, at):
    expected = CutRule(method=method, at=at)
    assert settings(f"thresholds: {{usage: {written}}}").thresholds.usage == expected
    assert parse_cut(written) == expected


@pytest.mark.parametrize("written", ["", "q0", "q100", "q07", "101", "-1", "mean", "nan", "inf", "1e999", "70%", "7 0"])
def test_what_is_no_cut_is_an_error_of_the_command_line(written):
    with pytest.raises(UsageError) as caught:
        parse_cut(written)
    assert caught.value.hint == "a number from 0 to 100, `median`, `weighted_median`, or `q1` to `q99`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("widows: {usage: 1}", "1:1: widows: unknown key `widows` | did you mean `windows`?"),
        ("windows: {days: 1}", "1:11: windows.days: unknown key `days` | keys here: usage, csat"),
        ("windows: {usage: 0}", "1:18: windows.usage: `usage` must be at least 1, not `0`"),
        ("windows: {usage: 1.5}", "1:18: windows.usage: `usage` must be a whole number, not `1.5`"),
        ("windows: {csat: a year}", "1:17: windows.csat: `csat` must be a whole number, not `a year`"),
        ("windows: 28", "1:10: windows: `windows` must be a group of `key: value` lines, not `28`"),
        ("- windows", "1:1: the file must be a group of `key: value` lines, not a list"),
        ("weights: {volume: -1}", "1:19: weights.volume: `volume` must be at least 0, not `-1`"),
        ("weights: {volume: nan}", "1:19: weights.volume: `volume` must be a number, not `nan`"),
        ("weights: {volume: [1]}", "1:19: weights.volume: `volume` must be a number, not a list"),
        ("weights: {volume: }", "1:11: weights.volume: `volume` must be a number, not blank"),
        ("columns: {usage: {account_id: ''}}", "1:31: columns.usage.account_id: `account_id` is empty"),
        (
            "columns: {usage: {acount_id: x}}",
            "1:19: columns.usage.acount_id: unknown field `acount_id` | did you mean `account_id`?",
        ),
        ("columns: {csat: {arr: x}}", "1:18: columns.csat.arr: unknown field `arr` | there are account_id, score"),
        (
            "metrics: {Logins: cuont}",
            "1:19: metrics.Logins: `Logins` must be one of `count`, `running`, `users`, `days`, `time`, `percent`, "
            "`trouble`, `ignore`, "
            "not `cuont` | did you mean `count`?",
        ),
        (
            "keys: {usage: email}",
            "1:15: keys.usage: `usage` must be one of `account_id`, `subscription_id`, `external_id`, "
            "`email_domain`, `account_name`, not `email`",
        ),
        (
            "happiness: csat",
            "1:12: happiness: `happiness` must be one of `csat_mean`, `top_box`, `decision_maker_first`, "
            "`lowest_role`, not `csat` | did you mean `csat_mean`?",
        ),
        (
            "files: {a.csv: {date_order: dym}}",
            "1:29: files.a.csv.date_order: `date_order` must be one of `dmy`, `mdy`, `ymd`, not `dym` "
            "| did you mean `dmy`?",
        ),
        (r'playbook: "a\0b"', "1:11: playbook: `playbook` must be text without a NUL in it, not `a\ufffdb`"),
        ("tiers: {}", "1:8: tiers: tiers are made of `bands` or taken from a `column`: give one of them"),
        (
            "tiers: {bands: {a: 1}, column: b}",
            "1:8: tiers: tiers are made of `bands` or taken from a `column`: give one of them",
        ),
        ("tiers: {bands: {}}", "1:16: tiers.bands: `bands` is empty"),
        ("tiers: {bands: {all: 1}}", "1:16: tiers.bands: a tier cannot be called `all` | choose another name"),
        (
            "tiers: {bands: {unvalued: 1}}",
            "1:16: tiers.bands: a tier cannot be called `unvalued` | choose another name",
        ),
        ("tiers: {bands: {a: 1, b: 1.0}}", "1:16: tiers.bands: two tiers begin at the same value"),
        ("tiers: {bands: {a: -1}}", "1:20: tiers.bands.a: `a` must be at least 0, not `-1`"),
        ("tiers: {bands: {a: 10k}}", "1:20: tiers.bands.a: `a` must be a number, not `10k`"),
        (
            "thresholds: {usage: mean}",
            "1:21: thresholds.usage: `mean` is not a way to take a cut | `median`, `weighted_median`, or `q1` to `q99`",
        ),
        (
            "thresholds: {usage: {method: q0}}",
            "1:30: thresholds.usage.method: `q0` is not a way to take a cut | `median`, `weighted_median`, "
            "or `q1` to `q99`",
        ),
        ("thresholds: {usage: 101}", "1:21: thresholds.usage: `usage` must be at most 100, not `101`"),
        ("thresholds: {usage: {at: {a: 101}}}", "1:30: thresholds.usage.at.a: `a` must be at most 100, not `101`"),
        ("thresholds: {usage: {at: {}}}", "1:26: thresholds.usage.at: `at` is empty"),
        (
            "thresholds: {usage: {within: all}}",
            "1:21: thresholds.usage: a cut is taken by `method` or fixed by `at`: give one of them",
        ),
        (
            "thresholds: {usage: {method: median, at: 5}}",
            "1:21: thresholds.usage: a cut is taken by `method` or fixed by `at`: give one of them",
        ),
        (
            "thresholds: {references: {volume: {a: 0}}}",
            "1:39: thresholds.references.volume.a: `a` must be above 0, not `0`",
        ),
        ("currency: {rates: {USD: 1}}", "1:1: currency.base: `base` is missing"),
        ("currency: {base: }", "1:12: currency.base: `base` is blank"),
        (
            "currency: {base: EUR, rates: {EUR: 2}}",
            "1:11: currency: one EUR is worth one EUR, not `2` | leave its rate out",
        ),
        ("currency: {base: EUR, rates: {USD: 0}}", "1:36: currency.rates.USD: `USD` must be above 0, not `0`"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_thing_allowed(text, expected):
    assert faults(text) == [expected]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    text = "happiness: csat_man\nwindows:\n  usage: 0\n  cast: 1\nweights: {volume: x}\n"
    assert [fault.split(": ")[:2] for fault in faults(text)] == [
        ["1:12", "happiness"],
        ["3:10", "windows.usage"],
        ["4:3", "windows.cast"],
        ["5:19", "weights.volume"],
    ]


def test_the_error_counts_the_mistakes_and_carries_stable_codes():
    with pytest.raises(ConfigError) as caught:
        settings("windows: {usage: x, csat: 0}\nwidows: 1\ncurrency: {}\n")
    assert caught.value.message == "4 faults in `csq.yaml`"
    codes = [problem.code for problem in caught.value.problems]
    assert codes == [
        "settings/not-a-whole-number",
        "settings/out-of-range",
        "settings/unknown-key",
        "settings/missing-key",
    ]


def test_a_number_for_a_tier_that_the_bands_do_not_make_is_a_mistake():
    text = "tiers: {bands: {large: 9, small: 0}}\nthresholds:\n  usage: {at: {lagre: 5, unvalued: 5, other: 5}}\n"
    text += "  references: {volume: {tiny: 3, all: 2}}\n"
    assert faults(text) == [
        "3:16: thresholds.usage.at.lagre: unknown tier `lagre` | did you mean `large`?",
        "4:25: thresholds.references.volume.tiny: unknown tier `tiny` | there are large, small, other, unvalued, all",
    ]


def test_lines_for_pinning_can_be_pasted_back():
    found = settings(
        "tiers:\n  bands: {top: 50000, middle: 12000.5, bottom: 0}\n"
        "thresholds:\n  usage: {at: {top: 61.25, middle: 40.1234, bottom: 12, unvalued: 40.1234}}\n"
        '  happiness: {at: 70}\n  references:\n    volume: {top: 33.4, all: 12}\n    "Monthly logins": {top: 3}\n'
    )
    assert found.tiers.bands["middle"] == Decimal("12000.5")
    assert found.thresholds.usage.at["middle"] == 40.1234
    assert found.thresholds.references["Monthly logins"] == {"top": 3.0}


def test_the_file_named_wins_then_that_of_the_inputs_then_that_of_the_working_directory():
    here = Path()
    Path("in").mkdir()
    assert find_settings(None, Path("in"), here) is None
    Path("csq.yaml").touch()
    assert find_settings(None, Path("in"), here) == Path("csq.yaml")
    Path("in/csq.yaml").touch()
    assert find_settings(None, Path("in"), here) == Path("in/csq.yaml")
    assert find_settings(None, None, here) == Path("csq.yaml")
    assert find_settings(Path("other.yaml"), Path("in"), here) == Path("other.yaml")


def test_what_was_read_is_named_and_fingerprinted():
    Path("in").mkdir()
    Path("in/csq.yaml").write_text("playbook: ours.yaml\n")
    loaded = load_settings(Path("in/csq.yaml"))
    assert (loaded.label, loaded.folder) == ("in/csq.yaml", Path("in"))
    assert loaded.playbook == Path("in/ours.yaml")
    assert loaded.sha256 == hashlib.sha256(b"playbook: ours.yaml\n").hexdigest()
    built_in = load_settings(None)
    assert (built_in.label, built_in.playbook) == ("built in", None)


def test_a_file_that_was_named_and_is_not_there_is_a_configuration_error():
    with pytest.raises(ConfigError, match=r"^cannot read `nope\.yaml`: no such file or directory$"):
        load_settings(Path("nope.yaml"))


KEYS = st.sampled_from([*Settings.KEYS, *CutRule.KEYS, "csat", "bands", "column", "base", "rates", "oops"])
VALUES = st.recursive(
    st.sampled_from(["", "1", "-1", "0", "1e9", "x", "median", "all", "~", "yes", "0.001", "1" * 100]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, inner, max_size=3).map(lambda d: f"{{{', '.join(f'{k}: {v}' for k, v in d.items())}}}"),
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5).map(lambda d: "".join(f"{k}: {v}\n" for k, v in d.items())))
def test_whatever_stands_in_the_file_every_fault_is_told_in_our_own_words(text):
    try:
        document = yamlfile.parse(text, "csq.yaml")
    except ConfigError:
        return
    found, problems = validate(document, Settings, "settings")
    assert (found is None) == bool(problems)
    own = {
        "unknown-key",
        "missing-key",
        "empty",
        "not-a-method",
        "not-one-of-two",
        "reserved",
        "not-distinct",
        "contradiction",
        "no-hours",
    }
    told = {problem.code.removeprefix("settings/") for problem in problems}
    assert told <= own | {code for code, _ in _MUST_BE.values()}
