"""What holds of every week, whatever the accounts and the hours."""

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from csq.plan.hours import enough, fit
from csq.plan.priority import add_priority, add_rank
from csq.split import Split
from csq.terms import Quadrant
from signal_accounts import DEFAULT

WORK = st.lists(st.integers(0, 32).map(lambda quarters: quarters / 4), max_size=12)
HOURS = st.integers(0, 400).map(lambda tenths: tenths / 10)
SPLITS = st.integers(0, 20).map(lambda share: Split(rescue=share / 20, protect=1 - share / 20))
TOLERANCE = 1e-5


@given(WORK, WORK, HOURS, SPLITS)
def test_hours_are_never_above_capacity(rescue: list[float], protect: list[float], hours: float, split: Split) -> None:
    fits = fit(rescue, protect, hours, split)
    assert sum(rescue[: fits.rescue]) + sum(protect[: fits.protect]) <= hours + TOLERANCE


@given(WORK, WORK, HOURS, SPLITS)
def test_a_queue_goes_beyond_its_share_only_when_the_other_has_no_accounts_left(
    rescue: list[float], protect: list[float], hours: float, split: Split
) -> None:
    fits = fit(rescue, protect, hours, split)
    if sum(rescue[: fits.rescue]) > hours * split.rescue + TOLERANCE:
        assert fits.protect == len(protect)
    if sum(protect[: fits.protect]) > hours * split.protect + TOLERANCE:
        assert fits.rescue == len(rescue)


@given(WORK, WORK, HOURS, HOURS, SPLITS)
def test_more_capacity_never_drops_an_account(
    rescue: list[float], protect: list[float], hours: float, more: float, split: Split
) -> None:
    before, after = fit(rescue, protect, hours, split), fit(rescue, protect, hours + more, split)
    assert after.rescue >= before.rescue
    assert after.protect >= before.protect


@given(WORK, WORK, WORK, SPLITS)
def test_the_hours_that_are_said_to_be_enough_are_and_a_little_less_is_not(
    rescue: list[float], protect: list[float], calls: list[float], split: Split
) -> None:
    least = enough(sum(rescue), sum(protect), sum(calls), split)
    fits = fit(rescue, [*protect, *calls], least, split)
    assert (fits.rescue, min(fits.protect, len(protect))) == (len(rescue), len(protect))
    less = fit(rescue, [*protect, *calls], least - 0.01, split)
    positive = sum(rescue) + sum(protect) > 0
    assert not positive or less.rescue < len(rescue) or less.protect < len(protect)


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
            schema={
                "account_id": pl.String(),
                "contract_value": pl.Decimal(38, 2),
                "quadrant": pl.String(),
                "severity": pl.String(),
                "days_to_renewal": pl.Int64(),
                "queue": pl.String(),
            },
            orient="row",
        )
        planned = add_rank(add_priority(frame, DEFAULT))
        return int(planned.filter(pl.col("account_id") == f"A{which}")["rank"][0])

    assert rank(more) <= rank(0)
