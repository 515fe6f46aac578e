"""`csq brief`: the week in a message, for a chat or a mail."""

from csq.cli import triage
from csq.cli.options import Alarm, Faults, Inputs, Limits, Message, Method, Outputs, Shown, Speech, expanded

EXAMPLES = """\b
Examples:
  csq brief exports
  csq brief exports -q | mail -s "This week" team@example.com
  csq brief exports --owner "Dana Reyes" -o dana.txt
"""


@expanded
def brief(
    inputs: Inputs, message: Message, method: Method, faults: Faults, limits: Limits, alarm: Alarm, speech: Speech
) -> int:
    """Print the week in a message: the quadrants, whom to turn to first, why, and what to do.

    Plain text of at most 40 lines and 250 words, for a chat or a mail: what `csq triage -f brief` prints.
    """
    outputs = Outputs(output_format="brief", output=message.output)
    return triage.run(inputs, method, faults, limits, alarm, outputs, Shown(owner=message.owner), speech)
