"""How the hours of a week are divided, as playbooks.yaml and csq.yaml both write it."""

from typing import Annotated

from csq.section import Objection, Rule, YamlSection, key

Share = Annotated[float, Rule(ge=0, le=1)]


class Split(YamlSection):
    """How the hours of a week are divided; the two add up to 1."""

    rescue: Share = key(0.8, "share of the hours for the rescue queue, 0-1")
    protect: Share = key(0.2, "share of the hours for the protect queue, 0-1")

    def check(self) -> None:
        """The two add up to 1."""
        if abs(self.rescue + self.protect - 1) > 1e-9:
            raise Objection("not-a-split", f"rescue and protect add up to {self.rescue + self.protect:g}, not to 1")
