"""Style of the table's columns by their places: a class on every cell would make a large page half as large again."""

from collections.abc import Iterable

from csq.render.html.table import Heading


def column_style(headings: Iterable[Heading]) -> str:
    """Write the rules for a table with these columns."""
    places = list(enumerate(headings, start=1))
    numbers = _cells(place for place, heading in places if heading.is_number)
    quadrant = _cells(place for place, heading in places if heading.name == "quadrant")
    owner = _cells(place for place, heading in places if heading.name == "owner")
    footnoted = [place for place, heading in places if heading.footnotes]
    notes, noted = _cells(footnoted), _cells(footnoted, within=".js ")
    texts = _cells(place for place, heading in places if heading.needs and not heading.is_number)
    rules = [
        f"{numbers}{{text-align:right;overflow-wrap:normal}}",
        f"{texts}{{min-width:4.75rem}}",
        f"{quadrant}{{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:12rem}}",
        f"@media (min-width:75rem){{{owner}{{min-width:8rem}}}}",
        # With a script the texts stand below the row, so their numbers are for paper only.
        f"@media screen{{{noted}{{display:none}}}}",
        f"{notes}{{overflow-wrap:normal;min-width:3.5rem}}",
    ]
    for width in sorted({heading.needs for _, heading in places} - {0}):
        roomy = _cells(place for place, heading in places if heading.needs == width)
        rules.append(f"@media screen and (max-width:{width}rem){{{roomy}{{display:none}}}}")
        rules.append(f"@media (min-width:{width}.01rem){{.more .needs-{width}{{display:none}}}}")
    return "".join(f"{rule}\n" for rule in rules)


def _cells(places: Iterable[int], within: str = "") -> str:
    """Select the cells of some columns, but not what is unfolded below a row; nothing for no column."""
    selectors = (f"{within}#accounts tr:not(.more)>:nth-child({place})" for place in places)
    return ",".join(selectors) or ":not(*)"
