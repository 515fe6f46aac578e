"""Marks of the quadrants in the picture: the shapes of the characters that stand for them in a line of text."""

from math import pi, sqrt

from csq.terms import Quadrant


def shape(quadrant: Quadrant, x: float, y: float, radius: float) -> str:
    """Draw the shape of a quadrant around a point, as data of an SVG path in whole units.

    Args:
        quadrant: Whose shape.
        x: Middle, in units.
        y: Middle, in units.
        radius: Of the circle; the other shapes have its area.
    """
    half = radius * sqrt(pi) / 2
    across, down = round(x), round(y)
    match quadrant:
        case Quadrant.ADVOCATES | Quadrant.UNKNOWN:  # the page leaves that of unknown empty
            r = round(radius)
            # One arc, less the last unit: a whole circle has no arc.
            return f"M{across} {down - r}a{r} {r} 0 1 1-1 0z"
        case Quadrant.UNDERUSERS:
            h = round(half)
            return f"M{across - h} {down - h}h{2 * h}v{2 * h}h-{2 * h}z"
        case Quadrant.AT_RISK:
            a, tall = round(radius * 1.347), round(radius * 2.333)
            return f"M{across} {round(y - radius * 1.555)}l{a} {tall}h-{2 * a}z"
        case Quadrant.FRUSTRATED:
            d = round(half * sqrt(2))
            return f"M{across} {down - d}l{d} {d}-{d} {d}-{d}-{d}z"
