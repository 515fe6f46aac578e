"""Regular expressions that are compiled when they are first used: of all that there are, a run uses few."""

import re
from typing import Any, AnyStr, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns, but a fault in the text, too, shows at its first use."""
    return cast("re.Pattern[AnyStr]", _Regex(text, flags))


class _Regex:
    """Becomes its pattern, method by method, as each is asked for."""

    def __init__(self, *told: Any) -> None:
        self._told = told

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._told), name)
        setattr(self, name, value)  # found at once from now on
        return value
