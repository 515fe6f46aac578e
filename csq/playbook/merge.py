"""A team's file laid over the built-in playbook: it holds what differs, and all else is the built-in's.

Keys merge by name, steps by their `id`. Any other list, and any text or number, takes the place of the built-in's. A
key left blank changes nothing. What is new among named entries comes last; a new step comes after the step above it in
the team's list, or first. `off` in place of a signal, or `off: true` in a signal or a step, leaves it out.

Everything taken from the built-in stands where the team's file comes nearest to it, so that a fault of the whole is
told with a line of the team's own.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from csq.errors import Problem
from csq.located import Document, Node, Steps, printable, problem
from csq.suggest import near_miss

_YES = ("true", "yes", "on")
_NEEDED = {"steps": ("do", "step"), "signals": ("when", "signal")}
"""By the list: the key that an entry of one's own cannot do without, and what the entry is called."""


class Merged(NamedTuple):
    """The whole, and faults that only show where the two files meet."""

    document: Document
    problems: list[Problem]


def merge(own: Document, base: Document) -> Merged:
    """Lay a team's file over the built-in playbook. The whole has the label and the lines of the team's file."""
    merging = _Merging(own)
    root = merging.over(own.root, base.root, (), own.root)
    if merging.off and "signals" in root.children:
        for _, signal in root.children["signals"][1].children.values():
            _forget(signal, merging.off)
    return Merged(own._replace(root=root), merging.problems)


class _Merging:
    """The team's file, and what was found while it was laid over the other."""

    def __init__(self, own: Document) -> None:
        self.document = own
        self.problems: list[Problem] = []
        self.off: set[str] = set()
        """Signals switched off."""

    def over(self, own: Node, base: Node, path: Steps, at: Node) -> Node:
        """One value over that of the built-in.

        Args:
            own: The team's.
            base: The built-in's.
            path: Leads to it in the team's file.
            at: The key it stands under, where what it leaves to the built-in is told.
        """
        if own.data is None:
            return _borrowed(base, at)
        if isinstance(own.data, dict) and isinstance(base.data, dict):
            return self._mapping(own, base, path, at)
        if isinstance(own.data, list) and isinstance(base.data, list) and path[-1:] == ("steps",):
            return self._steps(own, base, path, at)
        return own

    def _mapping(self, own: Node, base: Node, path: Steps, at: Node) -> Node:
        pairs = {}
        for key, (name, value) in base.children.items():
            if key not in own.children:
                pairs[key] = (_borrowed(name, at), _borrowed(value, at))
            elif path == ("signals",) and _is_off(own.children[key][1]):
                self.off.add(str(key))
            else:
                here, mine = own.children[key]
                pairs[key] = (here, self.over(mine, value, (*path, key), here))
        for key, pair in own.children.items():
            if key not in base.children:
                pairs[key] = pair
                if path == ("signals",) and not self._is_new(pair[1], str(key), base.children, (*path, key)):
                    del pairs[key]
        return _group(own, pairs)

    def _steps(self, own: Node, base: Node, path: Steps, at: Node) -> Node:
        """Steps by id: a known one stays where it is, a new one follows the one above it in the team's list."""
        known = {name: node for _, node in base.children.values() if (name := _id(node)) is not None}
        merged = {name: _borrowed(node, at) for name, node in known.items()}
        order = list(known)
        place = 0
        for position, (_, node) in own.children.items():
            name, here = _id(node), (*path, position)
            if name in order and name in known:
                place = order.index(name) + 1
                merged[name] = self.over(node, known[name], here, node)
                if _is_off(node):
                    order.remove(name)
                    place -= 1
            elif name is None or self._is_new(node, name, known, here):
                key = name if name is not None else f"[{position}]"
                merged[key] = node
                order.insert(place, key)
                place += 1
        return _listed(own, [merged[name] for name in order])

    def _is_new(self, node: Node, name: str, known: Iterable[str | int], path: Steps) -> bool:
        """Whether an entry can stand by itself. One that cannot was meant for an entry of the built-in playbook."""
        needed, what = _NEEDED["steps" if "steps" in path else "signals"]
        lacks = isinstance(node.data, dict) and needed not in node.data
        if not (_is_off(node) or lacks):
            return True
        message = f"the built-in playbook has no {what} `{printable(name)}` here"
        hint = near_miss(name, [str(each) for each in known]) or f"one of your own needs `{needed}`"
        self.problems.append(problem(self.document, path, message, f"playbook/unknown-{what}", hint, at_key=True))
        return False


def _id(node: Node) -> str | None:
    found = node.data.get("id") if isinstance(node.data, dict) else None
    return found if isinstance(found, str) else None


def _is_off(node: Node) -> bool:
    if isinstance(node.data, dict):
        return str(node.data.get("off")).lower() in _YES
    return node.data == "off"


def _borrowed(node: Node, at: Node) -> Node:
    """A value of the built-in playbook, standing where the team's file comes nearest to it."""
    pairs = {key: (_borrowed(name, at), _borrowed(value, at)) for key, (name, value) in node.children.items()}
    if isinstance(node.data, dict):
        return _group(at, pairs)
    if isinstance(node.data, list):
        return _listed(at, [value for _, value in pairs.values()])
    return Node(at.line, at.column, at.width, node.data)


def _group(at: Node, pairs: Mapping[str | int, tuple[Node, Node]]) -> Node:
    data = {str(key): value.data for key, (_, value) in pairs.items()}
    return Node(at.line, at.column, at.width, data, children=dict(pairs))


def _listed(at: Node, nodes: Iterable[Node]) -> Node:
    children: dict[str | int, tuple[Node, Node]] = {number: (node, node) for number, node in enumerate(nodes)}
    return Node(at.line, at.column, at.width, [node.data for node, _ in children.values()], children=children)


def _forget(signal: Node, gone: set[str]) -> None:
    """Let a signal no longer mute those that are switched off."""
    if not isinstance(signal.data, dict) or "mutes" not in signal.children:
        return
    name, muted = signal.children["mutes"]
    left = _listed(muted, [node for _, node in muted.children.values() if node.data not in gone])
    signal.children["mutes"], signal.data["mutes"] = (name, left), left.data
