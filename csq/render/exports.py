"""The exports that are known by their headers, as plain text."""

from csq.sources.presets import PRESETS, SHAPES
from csq.terms import Role


def exports_text() -> str:
    """Every preset with its headers, by role, and the exports that need none."""
    lines = ["Exports known by these headers, in whatever order; other columns may stand among them:"]
    for role in Role:
        for preset in (preset for preset in PRESETS if preset.role is role):
            lines += ["", f"{preset.name} (--{role})", f"  {', '.join(preset.headers)}"]
            lines += [f"  {text}" for text in (preset.note, preset.hint) if text]
    lines += ["", "Exports known by their shape, or by the names that any export may use:", ""]
    lines += [f"{name}: {shape}" for name, shape in SHAPES.items()]
    return "\n".join(lines) + "\n"
