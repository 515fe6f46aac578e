"""Score the reader on a copy of the Pollock corpus (HPI-Information-Systems/Pollock), with that benchmark's metrics.

    python tests/score_pollock.py DIRECTORY [--weights pollock_weights.json] [--worst 20]

DIRECTORY is `polluted_files`, `survey_sample` or `tests/survey`: it holds `csv/` and, under the same names, `clean/`.
No hint is given to the reader, which is `read_table`, as in a run; a file that it refuses scores nothing. For each
file: was it read at all, and precision, recall and F1 of the header's cells, of the records and of all cells, as
multisets; ten numbers, whose means over all files add up to the score, 10 at best. The benchmark compares headers and
records after rewriting dates, times and prices by their meaning; here only case and the spelling of plain numbers are
forgiven, which can only lower a score. The weighted score takes the weight of each file by its name, with `.csv` or
without; files without a weight are left out of it.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from csq.errors import CsqError
from csq.sources.reading.read import read_table

NOTHING = (0.0,) * 10


def normal(cell: str) -> str:
    """The cell as it is compared in headers and records."""
    try:
        return str(int(cell))
    except ValueError:
        pass
    try:
        return str(float(cell))
    except ValueError:
        return "" if cell.isspace() else cell.lower()


def agreement(expected: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 as the benchmark names them: precision is the share of what was expected."""
    if not expected:
        return 1.0, 1.0, 1.0
    common = (Counter(expected) & Counter(found)).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(expected), common / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measures(clean: list[list[str]], loaded: list[list[str]]) -> tuple[float, ...]:
    """The ten numbers of a file that was read."""
    if not clean:
        return (1.0,) * 10
    header = agreement([normal(cell) for cell in clean[0]], [normal(cell) for cell in loaded[0]] if loaded else [])
    records = agreement(*(["".join(map(normal, row)) for row in rows[1:]] for rows in (clean, loaded)))
    cells = agreement(*([cell for row in rows for cell in row] for rows in (clean, loaded)))
    return (1.0, *header, *records, *cells)


def score(path: Path, clean: Path) -> tuple[tuple[float, ...], str]:
    """The ten numbers of a file, and why it was refused if it was."""
    with clean.open(newline="", encoding="utf-8-sig") as file:
        expected = list(csv.reader(file))
    try:
        table = read_table(path)
    except CsqError as error:
        return NOTHING, error.message.replace(f"`{path}`", "it")
    return measures(expected, [[*table.header], *(list(row) for row in table.frame.drop("line").iter_rows())]), ""


def main() -> None:
    """Read all files and print the scores, by kind of pollution and in total."""
    csv.field_size_limit(sys.maxsize)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--worst", type=int, default=20)
    options = parser.parse_args()
    weights = json.loads(options.weights.read_text()) if options.weights else {}
    found: dict[str, tuple[float, str]] = {}
    for path in sorted((options.directory / "csv").iterdir()):
        clean = options.directory / "clean" / path.name
        if clean.exists():
            numbers, refused = score(path, clean)
            found[path.name] = (sum(numbers), refused)
    for name, (points, refused) in sorted(found.items(), key=lambda item: item[1])[: options.worst]:
        print(f"{points:6.3f}  {name}  {refused}")
    simple = sum(points for points, _ in found.values()) / len(found)
    print(f"\n{len(found):,} files, simple score {simple:.4f}")
    if weights:
        weight = {name: weights.get(name, weights.get(name.removesuffix(".csv"), 0)) for name in found}
        total = sum(weight.values())
        weighted = sum(points * weight[name] for name, (points, _) in found.items()) / (total or 1)
        print(f"weighted score {weighted:.4f}" if total else "no file has a weight")


if __name__ == "__main__":
    main()
