"""The lines for csq.yaml that make this run's tiers, references and cuts hold for the next."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from csq.report import Cut
from csq.terms import Axis


def pinned_lines(
    bands: Mapping[str, Decimal], cuts: Sequence[Cut], references: Mapping[str, Mapping[str, float]]
) -> str:
    """YAML with `tiers` (when there are bands) and `thresholds`; numbers exactly as they were used."""
    lines = ["tiers:", f"  bands: {_mapping(bands)}"] if bands else []
    lines.append("thresholds:")
    for axis in Axis:
        at = {cut.tier: cut.at for cut in cuts if cut.axis is axis}
        if at:
            same = len(set(at.values())) == 1
            lines.append(
                f"  {axis}: {{at: {next(iter(at.values())):.10g}}}" if same else f"  {axis}: {{at: {_mapping(at)}}}"
            )
    if any(references.values()):
        lines.append("  references:")
        lines += [f"    {_word(part)}: {_mapping(by_tier)}" for part, by_tier in references.items() if by_tier]
    return "\n".join(lines) + "\n"


def _mapping(values: Mapping[str, float] | Mapping[str, Decimal]) -> str:
    inside = ", ".join(f"{_word(key)}: {_number(value)}" for key, value in values.items())
    return f"{{{inside}}}"


def _number(value: float | Decimal) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:.10g}"


def _word(text: str) -> str:
    """A YAML key; anything that is not a plain word is quoted, as JSON quotes, which YAML reads."""
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) else json.dumps(text)
