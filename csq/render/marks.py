"""How quadrants are told apart on a page: by a shape, which survives a grey printer, and by a colour."""

from collections.abc import Mapping

from csq.terms import Quadrant

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
