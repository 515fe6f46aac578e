"""`csq brief`: the week in a message, for a chat or a mail."""

from typing import Annotated

from csq.cli import triage
from csq.cli.options import SHOW, Alarm, Faults, Inputs, Limits, Method, Outputs, Shown, Speech, Texts, expanded, option

EXAMPLES = """\b
Examples:
  csq brief exports
  csq brief exports -q | mail -s "This week" team@example.com
  csq brief exports --owner "Dana Reyes" -o dana.txt
"""


@expanded
def brief(
    inputs: Inputs,
    method: Method,
    faults: Faults,
    limits: Limits,
    alarm: Alarm,
    speech: Speech,
    *,
    owner: Annotated[Texts, option("NAME", "This owner's accounts only; may repeat", panel=SHOW)] = None,
    output: Annotated[Texts, option("FILE", "Write a file, such as week.txt", "-o", "--output", panel=SHOW)] = None,
) -> int:
    """Print the week in a message: the quadrants, whom to turn to first, why, and what to do.

    Plain text of at most 40 lines and 250 words, for a chat or a mail: what `csq triage -f brief` prints.
    """
    outputs = Outputs(output_format="brief", output=output)
    return triage.run(inputs, method, faults, limits, alarm, outputs, Shown(owner=owner), speech)
