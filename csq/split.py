"""How the hours of a week are divided, as playbooks.yaml and csq.yaml both write it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from csq.validation import YamlSection, fault

Share = Annotated[float, Field(ge=0, le=1)]


class Split(YamlSection):
    """How the hours of a week are divided; the two add up to 1."""

    rescue: Share = Field(0.8, description="share of the hours for the rescue queue, 0-1")
    protect: Share = Field(0.2, description="share of the hours for the protect queue, 0-1")

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        if abs(self.rescue + self.protect - 1) > 1e-9:
            raise fault("not_a_split", f"rescue and protect add up to {self.rescue + self.protect:g}, not to 1")
        return self
