"""How quadrants are told apart on a page: by a shape, which survives a grey printer, and by a colour."""

from collections.abc import Mapping

from csq.terms import Level, Quadrant

GRID = (
    (Level.HIGH, (Quadrant.UNDERUSERS, Quadrant.ADVOCATES)),
    (Level.LOW, (Quadrant.AT_RISK, Quadrant.FRUSTRATED)),
)
"""The 2 x 2: levels of happiness from the top down, each with usage low and high."""

MARKS: Mapping[Quadrant, str] = {
    Quadrant.ADVOCATES: "●",
    Quadrant.FRUSTRATED: "◆",
    Quadrant.AT_RISK: "▲",
    Quadrant.UNDERUSERS: "■",
    Quadrant.UNKNOWN: "○",
}

COLOURS: Mapping[Quadrant, str] = {
    Quadrant.ADVOCATES: "#1B7F4B",
    Quadrant.FRUSTRATED: "#8E3B9E",
    Quadrant.AT_RISK: "#C0392B",
    Quadrant.UNDERUSERS: "#1F77A4",
    Quadrant.UNKNOWN: "#6B6B6B",
}
"""Dark enough to be read on white."""
