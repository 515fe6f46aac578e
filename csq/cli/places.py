"""Where a run may write: never over an input, a setting, or where the next run would read it."""

import fnmatch
import glob
import os
from collections.abc import Sequence
from pathlib import Path

from csq.errors import UsageError
from csq.sources.finding import locate

SETTINGS = ("csq.yaml", "playbooks.yaml")
"""Files that csq looks for by name, and that no result may be called."""


def check_targets(outputs: Sequence[Path], inputs: Sequence[Path], input_patterns: Sequence[str]) -> None:
    """Refuse outputs that would destroy an input or become one. To be called before anything is read.

    Settings and playbook are among the inputs; directories and patterns as they were given are looked through again by
    next week's run.

    Raises UsageError when an output is an input, is named twice, or would be read by the next run.
    """
    read = {_identity(path) for path in inputs}
    written: set[Path] = set()
    for output in outputs:
        identity = _identity(output)
        if {*SETTINGS} & {output.name.casefold(), identity.name.casefold()}:
            raise UsageError(
                f"`{output}` would be read as settings by the next run", hint="give the output another name"
            )
        if identity in read:
            raise UsageError(f"`{output}` is both an input and an output", hint="give the output another name")
        if identity in written:
            raise UsageError(f"`{output}` is named twice as an output", hint="give each output its own name")
        for pattern in input_patterns:
            if _would_take(pattern, identity):
                raise UsageError(
                    f"`{output}` would be read as an input by the next run of `{pattern}`",
                    hint="give the output another name, or put it in another directory",
                )
        written.add(identity)


def _identity(path: Path) -> Path:
    """The place in the file system that `path` leads to, whether or not there is a file yet."""
    return Path(os.path.realpath(path))


def _would_take(pattern: str, output: Path) -> bool:
    """Whether a directory scan or a glob would come upon `output` once it is written."""
    if Path(pattern).is_dir():
        return output.parent == _identity(Path(pattern)) and bool(locate.roles_of(output))
    if Path(pattern).exists() or not glob.has_magic(pattern):
        return False
    # A star does not reach across a slash, so name and directory are compared one by one.
    folder, name = os.path.split(pattern)
    here = glob.glob(folder) if glob.has_magic(folder) else [folder]  # noqa: PTH207 - it may be absolute
    return fnmatch.fnmatchcase(output.name, name) and any(_identity(Path(each)) == output.parent for each in here)
