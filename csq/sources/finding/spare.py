"""Files found in a folder that a run can do without: left out and named, where one named by a flag is an error."""

from collections.abc import Collection, Sequence

from csq.errors import InputError
from csq.sources.finding.findings import AXES, Finding, said_of, words_of
from csq.sources.finding.role_signs import VAGUE_NAMES
from csq.sources.rows.typed import RoleRows
from csq.terms import Grain, Role

_RICHEST = (Grain.LOG, Grain.PERIOD, Grain.ACCOUNT)
"""Grains of usage, the one that tells most first."""


class Spare:
    """What was found in a folder, and what of it turns out to be of no use."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Take what was found; nothing where all files are named by flags."""
        self.findings = findings
        self._faults: list[tuple[Role, str, InputError]] = []

    def leave(self, role: Role, labels: Sequence[str], fault: InputError) -> None:
        """Leave files out of a role. Raises the fault where they are named by a flag."""
        if not self._are_found(labels):
            raise fault
        self._faults += [(role, label, fault) for label in labels]
        self._drop(role, labels, said_of(labels[0], fault) + (f"; {fault.hint}" if fault.hint else ""))

    def check_left(self, roles: Collection[Role]) -> None:
        """Make certain that something can be said, and that no file is lost that is all there is of what it is called.

        Raises:
            InputError: The fault of a file that was left out, where usage or csat is left without any.
        """
        nothing = not any(role in roles for role in AXES)
        for role, label, fault in self._faults:
            promised = role in words_of(label, VAGUE_NAMES)
            if role in AXES and role not in roles and (nothing or promised):
                raise fault

    def of_known_accounts(self, parts: list[RoleRows]) -> list[RoleRows]:
        """The parts without those of which no row is of a known account, where others of the role have some."""
        met = [bool(part.frame["account_id"].is_not_null().any()) for part in parts]
        kept = []
        for part, is_met in zip(parts, met, strict=True):
            if is_met or not any(met) or not self._are_found(_labels(part)):
                kept.append(part)
            else:
                self._drop(part.role, _labels(part), "none of its keys is an account's")
        return kept

    def of_one_system(self, parts: list[RoleRows]) -> list[RoleRows]:
        """Accounts files without those that tell the same companies by ids of another tool.

        The file with most contract values is taken, and with it all that share an id with it or no company's name.
        """
        if len(parts) < 2:
            return parts
        first = max(
            parts,
            key=lambda part: (
                part.frame["contract_value"].count(),
                any(field == "account_id" for file in part.files for _, field in file.columns),
                part.frame["account_id"].n_unique(),
            ),
        )
        ids, names = _values(first, "account_id"), _values(first, "account_name")
        kept = []
        for part in parts:
            is_same = bool(_values(part, "account_id") & ids) or not _values(part, "account_name") & names
            if is_same or not self._are_found(_labels(part)):
                kept.append(part)
            else:
                self._drop(part.role, _labels(part), f"it tells companies of `{first.files[0].label}` by other ids")
        return kept

    def of_one_grain(self, parts: list[RoleRows]) -> list[RoleRows]:
        """The parts of the grain that tells of most accounts, and of these the most.

        Raises:
            InputError: Files that are named by flags speak of different things.
        """
        grains = {part.grain: part.files[0].label for part in parts}
        if len(grains) < 2:
            return self._of_one_tool(parts)
        best = max(
            parts, key=lambda part: (part.frame["account_id"].n_unique(), -_RICHEST.index(part.grain or Grain.LOG))
        )
        others = [part for part in parts if part.grain != best.grain]
        if not all(self._are_found(_labels(part)) for part in others):
            told = " and ".join(f"`{label}` ({grain})" for grain, label in grains.items())
            raise InputError(f"usage files of different grain: {told}", hint="give one kind of usage export in a run")
        for part in others:
            why = f"it tells of use by {part.grain}; `{best.files[0].label}`, by {best.grain}, tells more"
            self._drop(part.role, _labels(part), why)
        return self._of_one_tool([part for part in parts if part.grain == best.grain])

    def _of_one_tool(self, parts: list[RoleRows]) -> list[RoleRows]:
        """Usage tables without those that tell of the same accounts and periods as a fuller one of other columns."""
        if len(parts) < 2:
            return parts
        kept: list[tuple[RoleRows, set[tuple[str, object]]]] = []
        for part in sorted(parts, key=lambda part: -part.frame["account_id"].count()):
            told = _told(part)
            rival = next((other for other, others in kept if not told.isdisjoint(others)), None)
            if rival is None or not self._are_found(_labels(part)):
                kept.append((part, told))
            else:
                self._drop(part.role, _labels(part), f"`{rival.files[0].label}` tells of the same accounts and periods")
        return [part for part in parts if any(part is other for other, _ in kept)]

    def _are_found(self, labels: Sequence[str]) -> bool:
        return set(labels) <= {finding.label for finding in self.findings if not finding.is_told}

    def _drop(self, role: Role, labels: Sequence[str], why: str) -> None:
        self.findings = tuple(
            each
            if each.label not in labels
            else each._replace(roles=tuple(other for other in each.roles if other is not role), why=why)
            for each in self.findings
        )


def _told(part: RoleRows) -> set[tuple[str, object]]:
    """The accounts and periods that a usage table tells of; nothing of a log, whose rows add up."""
    if part.grain not in (Grain.PERIOD, Grain.ACCOUNT):
        return set()
    return set(part.frame.select("account_id", "period").drop_nulls("account_id").iter_rows())


def _values(part: RoleRows, name: str) -> set[str]:
    return set(part.frame[name].drop_nulls().str.to_lowercase()) if name in part.frame.columns else set()


def _labels(part: RoleRows) -> list[str]:
    return [file.label for file in part.files]
