"""The cases under `cases/`: placement and next steps as a customer-success lead would write them down."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tables import AS_OF, lines, only, run

FILES = sorted(Path(__file__).parent.joinpath("cases").glob("*.yaml"))
DEFAULT = {"thresholds": {"usage": "50"}}


def _cases() -> list[Any]:
    found = []
    for path in FILES:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [
            pytest.param(told["headers"], case, id=f"{path.stem}: {name}") for name, case in told["cases"].items()
        ]
    return found


@pytest.mark.parametrize(("headers", "case"), _cases())
def test_case(headers: dict[str, str], case: dict[str, Any]) -> None:
    given = case["given"]
    thresholds = DEFAULT["thresholds"] | case.get("settings", {}).get("thresholds", {})
    settings = yaml.safe_dump(case.get("settings", {}) | {"thresholds": thresholds})
    report = run(
        lines(headers["usage"], *given["usage"]),
        lines(headers["csat"], *given["csat"]),
        lines(headers["account"], given["account"]),
        as_of=AS_OF,
        settings=settings,
        csat_scale=("1-5",),
    )
    row = only(report)
    expected = dict(case["expect"])
    step = expected.pop("next_step", "")
    assert {name: row[name] for name in expected} == expected
    assert (row["next_step"] or "").startswith(step)
