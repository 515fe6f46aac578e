"""What holds of every week, whatever the accounts and the hours."""

import math
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from csq.plan.hours import Work, fit
from csq.plan.priority import add_priority, add_rank
from csq.split import Split
from csq.terms import Quadrant, Queue
from signal_accounts import DEFAULT

LENGTHS = st.integers(0, 32).map(lambda quarters: quarters / 4)
WORK = st.lists(st.builds(Work, st.sampled_from([Queue.RESCUE, Queue.PROTECT]), LENGTHS), max_size=14)
HOURS = st.integers(0, 400).map(lambda tenths: tenths / 10)
SPLITS = st.integers(0, 20).map(lambda share: Split(rescue=share / 20, protect=1 - share / 20))
TOLERANCE = 1e-5


def spent(work: list[Work], taken: list[bool]) -> float:
    return sum(each.hours for each, fits in zip(work, taken, strict=True) if fits)


@given(WORK, HOURS, SPLITS)
def test_hours_are_never_above_capacity_and_nothing_left_out_fits_into_those_left(work, hours, split) -> None:
    taken = fit(work, hours, split)
    left = hours - spent(work, taken)
    assert left >= -TOLERANCE
    assert all(fits or each.hours > left - TOLERANCE for each, fits in zip(work, taken, strict=True))


@given(WORK, HOURS, SPLITS)
def test_the_first_account_of_a_desk_is_in_the_week_whenever_its_step_fits(work, hours, split) -> None:
    if work and work[0].hours <= hours:
        assert fit(work, hours, split)[0]


@given(WORK, HOURS, HOURS, SPLITS)
def test_more_hours_drop_an_account_only_where_one_of_a_higher_rank_takes_them(work, hours, more, split) -> None:
    before, after = fit(work, hours, split), fit(work, hours + more, split)
    changed = [now for was, now in zip(before, after, strict=True) if was != now]
    assert not changed or changed[0]


@given(WORK, HOURS, SPLITS)
def test_a_queue_goes_beyond_its_share_only_for_hours_that_shorter_work_of_the_other_could_not_use(
    work, hours, split
) -> None:
    taken = fit(work, hours, split)
    share = {Queue.RESCUE: hours * split.rescue, Queue.PROTECT: hours * split.protect}
    used = dict.fromkeys(share, 0.0)
    for place, (each, fits) in enumerate(zip(work, taken, strict=True)):
        other = Queue.PROTECT if each.queue is Queue.RESCUE else Queue.RESCUE
        if fits and place and used[each.queue] + each.hours > share[each.queue] + TOLERANCE:
            later = (later.hours for later in work[place:] if later.queue is other and later.hours <= each.hours)
            assert (
                hours - used[each.queue] - used[other] - each.hours
                >= min(sum(later), share[other] - used[other]) - TOLERANCE
            )
        used[each.queue] += each.hours if fits else 0.0


@given(WORK, SPLITS)
def test_in_the_hours_that_are_wanted_everything_fits(work, split) -> None:
    assert all(fit(work, sum(each.hours for each in work), split))


SCHEMA = {
    "account_id": pl.String(),
    "contract_value": pl.Decimal(38, 2),
    "quadrant": pl.String(),
    "severity": pl.String(),
    "days_to_deadline": pl.Int64(),
    "queue": pl.String(),
}
ACCOUNT = st.tuples(
    st.one_of(st.none(), st.integers(0, 500)),
    st.sampled_from(list(Quadrant)),
    st.sampled_from([None, "info", "watch", "act"]),
    st.sampled_from([None, -5, 30, 120, 400]),
    st.sampled_from(["rescue", "protect", "rest"]),
)


@given(st.lists(ACCOUNT, min_size=1, max_size=8), st.integers(1, 1000), st.randoms())
def test_with_tier_and_placement_held_a_higher_contract_value_never_lowers_a_rank(accounts, more, random) -> None:
    which = random.randrange(len(accounts))

    def rank(extra: int) -> int:
        frame = pl.DataFrame(
            [
                (
                    f"A{n}",
                    None if value is None else Decimal(value + (extra if n == which else 0)),
                    quadrant.value,
                    loud,
                    days,
                    queue,
                )
                for n, (value, quadrant, loud, days, queue) in enumerate(accounts)
            ],
            schema=SCHEMA,
            orient="row",
        )
        frame = frame.with_columns(renewal_overdue_days=(-pl.col("days_to_deadline")).clip(0))
        planned = add_rank(add_priority(frame, DEFAULT))
        return int(planned.filter(pl.col("account_id") == f"A{which}")["rank"][0])

    assert rank(more) <= rank(0)


@given(st.lists(ACCOUNT, min_size=1, max_size=8))
def test_the_rank_is_the_order_of_the_product_of_the_four_factors(accounts) -> None:
    frame = pl.DataFrame(
        [
            (f"A{n}", value and Decimal(value), quadrant.value, loud, days, queue)
            for n, (value, quadrant, loud, days, queue) in enumerate(accounts)
        ],
        schema=SCHEMA,
        orient="row",
    ).with_columns(renewal_overdue_days=(-pl.col("days_to_deadline")).clip(0))
    rows = add_rank(add_priority(frame, DEFAULT)).to_dicts()
    factors = ("priority_value", "priority_weight", "priority_urgency", "priority_signal")

    def place(row) -> tuple[bool, float, str]:
        return row["queue"] == "rest", -round(math.prod(row[name] for name in factors), 2), row["account_id"]

    assert rows == sorted(rows, key=place)
