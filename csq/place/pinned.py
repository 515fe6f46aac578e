"""The lines for csq.yaml that make this run's tiers, references and cuts hold for the next."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from csq.report import Cut, ScaleFound
from csq.suggest import in_yaml
from csq.terms import Axis

T = TypeVar("T")


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
        lines += [f"    {in_yaml(part)}: {_mapping(by_tier)}" for part, by_tier in references.items() if by_tier]
    return "\n".join(lines) + "\n"


def pinned_scales(scales: Sequence[ScaleFound]) -> str:
    """YAML with `scales` and `answers`, so that next week's answers are read alike; nothing where there are none.

    Of a scale that this week's answers leave open, since every account stands the same, a comment says so. A header
    or a word that means different things in different files is left out.
    """
    by_kind: dict[str, dict[str, set[str]]] = {}
    by_word: dict[str, set[float]] = {}
    for scale in scales:
        if not scale.words:
            by_kind.setdefault(scale.survey, {}).setdefault(scale.header, set()).add(scale.scale)
        for word, points in scale.words.items():
            by_word.setdefault(word, set()).add(points)
    kinds = {kind: _single(headers) for kind, headers in by_kind.items()}
    words = _single(by_word)
    lines = [f"# {in_yaml(scale.header)}: {scale.why}" for scale in scales if not scale.is_certain]
    lines += ["scales:"] if any(kinds.values()) else []
    lines += [
        f"  {kind}: {{{', '.join(f'{in_yaml(header)}: {scale}' for header, scale in headers.items())}}}"
        for kind, headers in kinds.items()
        if headers
    ]
    if words:
        lines.append(f"answers: {_mapping(words)}")
    return "".join(f"{line}\n" for line in lines)


def _single(told: Mapping[str, set[T]]) -> dict[str, T]:
    return {key: next(iter(values)) for key, values in told.items() if len(values) == 1}


def _mapping(values: Mapping[str, float] | Mapping[str, Decimal]) -> str:
    inside = ", ".join(f"{in_yaml(key)}: {_number(value)}" for key, value in values.items())
    return f"{{{inside}}}"


def _number(value: float | Decimal) -> str:
    # Written out, since YAML takes `1e-05` for a text.
    return f"{(value if isinstance(value, Decimal) else Decimal(f'{value:.10g}')).normalize():f}"
