"""`csq help columns`: what stands in the columns of every table that is written.

Words alone, but for the accounts, whose columns say what they mean. A test holds the names against the tables.
"""

from csq.render.columns import PUBLIC
from csq.render.topics.accounts import HEAD, rows_of
from csq.render.topics.page import HelpPage, HelpSection
from csq.schema import COLUMNS

_SHARE = "number, percent, 0-100"
_POINTS = "number, points"
_MONEY = "money per year"
_COUNT = "whole number, accounts"

MOVERS = (
    ("account_id", "text, unique", "key of the account"),
    ("account_name", "text", "name of the account"),
    ("tier", "text", "band of contract value; of who left, the last"),
    ("change", "one of moved, new, left", "what became of the account between the two snapshots"),
    ("moved_from", "text, quadrants", "quadrant in the earlier one; null: it is new"),
    ("moved_to", "text, quadrants", "quadrant in the later one; null: it left"),
    ("moved_because", "text", "the cause of a move, one of those above"),
    ("contract_value_before", _MONEY, "contract value in the earlier one"),
    ("contract_value", _MONEY, "contract value in the later one"),
    ("usage_score_before", _POINTS, "usage score in the earlier one, as it was then"),
    ("usage_score", _POINTS, "usage score in the later one"),
    ("usage_points", _POINTS, "by how much the score changed, both under today's rules"),
    ("happiness_score_before", _POINTS, "happiness score in the earlier one, as it was then"),
    ("happiness_score", _POINTS, "happiness score in the later one"),
    ("happiness_points", _POINTS, "by how much the score changed, both under today's rules"),
    ("parts", "list", "what the points are made of, the largest first"),
)
PLAYS = (
    ("play", "text", "a quadrant, or the name of a signal; null: the playbook has the step no more"),
    ("step", "text", "id of a step; null: the whole play"),
    ("text", "text", "what it says to do"),
    ("by", "one of all, tier, segment", "what the accounts of the row share"),
    ("name", "text", "the tier or the segment"),
    ("planned", _COUNT, "times it was planned; week after week counts once"),
    ("done", _COUNT, "how many of these it was done; null: no event tells"),
    ("done_WEEKS_weeks_PLACE", _COUNT, "done, and in that quadrant, or left, after 4, 8 and 12 weeks"),
    ("not_done_WEEKS_weeks_PLACE", _COUNT, "not done, and in that place after so many weeks"),
)
BACKTEST = (
    ("section", "text", "what the row is about: verdict; all, quadrant, silent, divided (loss rates); order; signal, "
     "step; cut; surprise"),
    ("name", "text", "which quadrant, order, signal, step or cut; of the verdict which axis told more"),
    ("tier", "text", "loss rates of one tier; null: of all"),
    ("outcomes", "whole number, outcomes", "outcomes that the row is made of"),
    ("accounts", _COUNT, "accounts that these are of"),
    ("lost", "whole number, outcomes", "of them, how many were lost"),
    ("lost_pct", _SHARE, "the same as a share"),
    ("lost_interval_low_pct", _SHARE, "lower end of its 95 % interval (Wilson)"),
    ("lost_interval_high_pct", _SHARE, "upper end"),
    ("lost_value", _MONEY, "contract value of the lost before they left, as far as it is known"),
    ("grr_pct", _SHARE, "gross revenue retention: value kept, without growth"),
    ("nrr_pct", "number, percent, >= 0", "net revenue retention: with growth"),
    ("auc", "number, 0-1", "how well an order tells the lost from the kept; 0.5 is chance"),
    ("auc_interval_low", "number, 0-1", "lower end of its 95 % interval (bootstrap)"),
    ("auc_interval_high", "number, 0-1", "upper end"),
    ("weighted_auc", "number, 0-1", "the same, weighted by contract value"),
    ("weighted_auc_interval_low", "number, 0-1", "lower end of its interval"),
    ("weighted_auc_interval_high", "number, 0-1", "upper end"),
    ("caught_at_N_pct", _SHARE, "share of the lost value among the first 10, 20 and 40 % of the hours in that order"),
    ("lost_side_hits", "whole number, outcomes", "of the lost, for how many it held; of a cut, the lost below it"),
    ("lost_side_n", "whole number, outcomes", "of how many it is known; of a cut, all below it"),
    ("lost_side_pct", _SHARE, "hits over n"),
    ("lost_side_interval_low_pct", _SHARE, "lower end of its 95 % interval (Wilson)"),
    ("lost_side_interval_high_pct", _SHARE, "upper end"),
    ("kept_side_hits", "whole number, outcomes", "the same of the kept; of a cut, the lost at it or above"),
    ("kept_side_n", "whole number, outcomes", "of how many it is known; of a cut, all at it or above"),
    ("kept_side_pct", _SHARE, "hits over n"),
    ("kept_side_interval_low_pct", _SHARE, "lower end of its 95 % interval (Wilson)"),
    ("kept_side_interval_high_pct", _SHARE, "upper end"),
    ("account_id", "text", "of a surprise: key of the account"),
    ("account_name", "text", "its name"),
    ("date", "date", "day of the outcome"),
    ("known_on", "date", "the day it is placed on"),
    ("outcome", "one of renewed, churned, contracted, expanded", "what it decided"),
    ("contract_value", _MONEY, "contract value before"),
    ("value_after", _MONEY, "contract value after"),
    ("usage_score", _POINTS, "usage score on that day"),
    ("happiness_score", _POINTS, "happiness score on that day"),
    ("text", "text", "the same in words"),
)  # fmt: skip
REJECTS = (
    ("file", "text", "where the row stands"),
    ("line", "whole number", "its line"),
    ("column", "text", "header of the cell that cannot be read"),
    ("value", "text", "what stands there"),
    ("reason", "text", "why it cannot be used"),
)
TICKED = (
    ("account_id", "text", "whose step it is"),
    ("date", "date", "when it was done"),
    ("kind", "text", "the event that it is: `done_by` of the step, else step_done, step_tried, step_not_now, "
     "step_no_longer"),
    ("note", "text", "what was written beside the tick"),
    ("cause", "text", "cause that was found, a reason code of the playbook"),
    ("by", "text", "who did it"),
    ("planned_step", "text", "id of the step: ACCOUNT/STEP/WEEK"),
    ("source", "text", "file and line of the tick"),
)  # fmt: skip


def columns() -> HelpPage:
    """The columns of every output table."""
    text = (
        "In this order, in every format. `--fields` adds any of the facts (`csq help facts`) that names no person. "
        "Null means not known; it is never 0."
    )
    return HelpPage(
        "Columns: what every table has that is written",
        (
            HelpSection("Columns", text, rows_of(COLUMNS[name] for name in PUBLIC), HEAD),
            HelpSection("Moves", "`csq movers -f csv`: one row per account that moved, is new or left.", MOVERS, HEAD),
            HelpSection("Plays", "`csq plays -f csv`: one row per play and per step.", PLAYS, HEAD),
            HelpSection(
                "Backtest",
                "`csq backtest -f csv`: one table of all sections; what a row does not have is null. `-f json` has "
                "more, as a document.",
                BACKTEST,
                HEAD,
            ),
            HelpSection("Rejects", "`csq check --rejects FILE`: one row per row that was rejected.", REJECTS, HEAD),
            HelpSection("Ticks", "csq-events.csv, to which `csq done` adds.", TICKED, HEAD),
        ),
    )
