"""Who is a customer now, by status and by term, and which rows of the accounts files say what one is worth.

A status decides by itself, but for an account that is to start yet: that is no customer today. A term that has ended
does not end a customer who is active by status, whose contract renews by itself, or who still uses the product; a date
of churn or cancellation is overruled by a status only.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, Location
from csq.facts.last_use import LAST_USE
from csq.facts.standing import NAMED, StatusKind, accounts_worth, by_status, in_yaml, standings, unknown_words
from csq.fate import is_used
from csq.report import Note
from csq.schema import collect
from csq.terms import NoteKind

# Names of our own begin with `_`, which no column of a file does: a CRM's `Customer` or `Active` stays what it is.
COUNTS, AHEAD = "_counts", "_ahead"
"""Whether a row counts, since it runs or is what the account goes on by; whether it is to start yet."""
GONE = "_gone"
"""Why an account is no customer: `status`, `ended`, or `ahead`, not yet one; null of a customer."""
CUSTOMER = "_customer"
"""Whether no status of a row says that it is none."""
_RUNS, _SAYS_CURRENT, _GOES_ON, _STANDING = "_runs", "_says_current", "_goes_on", "_standing"
_ENDED, _STARTS_LATER = "_ended", "_starts_later"
"""Whether nothing an account has runs or is to start yet."""


class Customers(NamedTuple):
    """frame: the rows, with `COUNTS` and `AHEAD`. accounts: account_id, `GONE`, term_ended, sorted."""

    frame: pl.DataFrame
    accounts: pl.DataFrame
    notes: list[Note]


def find_customers(
    rows: pl.DataFrame, as_of: date | None, used: pl.DataFrame, known: Mapping[str, StatusKind]
) -> Customers:
    """Tell who of the accounts files is a customer.

    Args:
        rows: Rows of accounts files; `is_subscription` tells the two kinds of rows apart.
        as_of: Day on which terms are looked at; None: no end date ends anybody.
        used: account_id, LAST_USE of those who used the product lately.
        known: What statuses say.

    Raises:
        InputError: Nobody is left.
    """
    frame = _judged(rows, as_of, used, known)
    told = frame.filter(is_used())
    accounts = _by_account(told, as_of)
    ended = pl.col("account_id").is_in(accounts.filter(_ENDED)["account_id"].implode()).fill_null(value=False)
    sells = bool(frame["is_subscription"].any())
    frame = frame.with_columns(_counts(ended, sells=sells).alias(COUNTS))
    if accounts.height and accounts[GONE].null_count() == 0:
        raise _nobody_left(told, accounts)
    stay = accounts.filter(pl.col(GONE).is_null())
    unknown = told.filter(
        pl.col(_STANDING) == StatusKind.UNKNOWN, pl.col("account_id").is_in(stay["account_id"].implode())
    )
    notes = [*_left_out(told, accounts), *unknown_words(unknown), *_ended(frame, stay, as_of)]
    return Customers(frame, accounts.select("account_id", GONE, "term_ended"), notes)


def _judged(
    rows: pl.DataFrame, as_of: date | None, used: pl.DataFrame, known: Mapping[str, StatusKind]
) -> pl.DataFrame:
    """Add what each row says by itself."""
    day = pl.lit(as_of, dtype=pl.Date())
    starts_later = (pl.col("start_date") > day).fill_null(value=False)
    ends_later = pl.col("end_date").is_null() if as_of is None else (pl.col("end_date") > day).fill_null(value=True)
    says = pl.col(_STANDING)
    frame = rows.with_columns(standings(rows["status"], known).alias(_STANDING))
    frame = frame.join(used, on="account_id", how="left", maintain_order="left")
    renews = pl.col("auto_renew") & pl.col("term_end").is_not_null()
    # Use between the ends of two terms is use under the later one.
    uses = (pl.col(LAST_USE) > pl.col("term_end").max().over("account_id")).fill_null(value=False)
    customer = (says != StatusKind.FORMER).fill_null(value=True)
    current = (says == StatusKind.CURRENT).fill_null(value=False)
    return frame.with_columns(
        customer.alias(CUSTOMER),
        current.alias(_SAYS_CURRENT),
        (~starts_later & ends_later).alias(_RUNS),
        (starts_later & customer).alias(AHEAD),
        # Of an account with subscriptions these say when it starts, where its own row does not.
        (starts_later | ~pl.col("is_subscription") & pl.col("start_date").is_null()).alias(_STARTS_LATER),
        (current | uses | renews.fill_null(value=False)).alias(_GOES_ON),
    ).drop(LAST_USE)


def _by_account(told: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """For each account whether anything lasts, whether it goes on all the same, and why it is gone if it is."""
    sold, customer = pl.col("is_subscription"), pl.col(CUSTOMER)
    lasts = pl.col(_RUNS) & customer | pl.col(AHEAD)
    # Told of each row first: to filter the rows of each account takes three times as long.
    rows = told.select(
        "account_id",
        customer=customer | sold,
        bought=customer & sold,
        sold=sold,
        lasts=lasts,
        lasts_sold=lasts & sold,
        goes_on=(pl.col(_GOES_ON) | pl.lit(as_of is None)) & customer,
        dated=pl.col("end_date").is_not_null(),
        later=pl.col(_STARTS_LATER),
        starts=pl.col("start_date").is_not_null(),
    )
    by_account = (
        rows.lazy()
        .group_by("account_id")
        .agg(
            pl.col("customer", "later").all(),
            pl.col("bought", "sold", "lasts_sold", "goes_on", "dated", "starts").any(),
            lasts_all=pl.col("lasts").all(),
        )
        .with_columns(
            pl.col("bought") | ~pl.col("sold"),
            lasts=pl.when("sold").then("lasts_sold").otherwise("lasts_all"),
            not_yet=pl.col("later") & pl.col("starts"),
        )
    )
    by_status = ~pl.col("customer") | ~(pl.col("bought") | pl.col("goes_on"))
    ended = ~pl.col("lasts")
    judged = by_account.with_columns(
        ended.alias(_ENDED),
        pl.when(by_status)
        .then(pl.lit("status"))
        .when("not_yet")
        .then(pl.lit("ahead"))
        .when(ended & ~pl.col("goes_on"))
        .then(pl.lit("ended"))
        .alias(GONE),
        term_ended=pl.when(pl.lit(as_of is not None) & pl.col("dated")).then(ended),
    )
    return collect(judged.select("account_id", _ENDED, GONE, "term_ended").sort("account_id"))


def _counts(ended: pl.Expr, *, sells: bool) -> pl.Expr:
    """Whether a row's money and seats count.

    Of an account all of whose subscriptions have ended, those count that are active by status, the newest term of
    each; else the terms that ended last.

    Args:
        ended: Whether nothing that the account has runs or is to start yet.
        sells: Whether any row is a subscription.
    """
    if not sells:
        return pl.col(CUSTOMER) & (pl.col(_RUNS) | ended)
    sold = pl.col("is_subscription") & pl.col(CUSTOMER) & is_used()
    says = pl.col(_SAYS_CURRENT) & sold
    end = pl.when(sold).then("end_date").max()
    last = (pl.col("end_date") == end.over("account_id")).fill_null(value=False)
    last_of_its_own = (pl.col("end_date") == end.over("account_id", "subscription_id")).fill_null(value=False)
    goes_on = pl.when(says.any().over("account_id")).then(says & last_of_its_own).otherwise(last)
    return pl.col(CUSTOMER) & (pl.col(_RUNS) | ended & (goes_on | ~pl.col("is_subscription")))


def _left_out(told: pl.DataFrame, accounts: pl.DataFrame) -> list[Note]:
    """Who of the accounts files is no customer, and why."""
    gone = accounts.filter(pl.col(GONE).is_not_null())
    if gone.is_empty():
        return []
    one = gone.height == 1
    count = (
        "1 account of the accounts files is no current customer"
        if one
        else (f"{gone.height:,} accounts of the accounts files are no current customers")
    )
    return [Note(kind=NoteKind.CHOICE, text=f"{count}: {'; '.join(_reasons(told, gone))}")]


def _reasons(told: pl.DataFrame, gone: pl.DataFrame) -> list[str]:
    """What took the accounts that are gone, the statuses word by word."""
    rows = told.join(gone.select("account_id", GONE), on="account_id").sort("account_id", "file", "line")
    former = rows.filter(pl.col(GONE) == "status", pl.col(_STANDING) == StatusKind.FORMER)
    reasons = [f"status `{word}`, {worth}" for word, worth in by_status(former)]
    ended = rows.filter(pl.col(GONE) == "ended")
    if ended.height:
        reasons.append(f"all has ended, {accounts_worth(ended)}")
    ahead = rows.filter(pl.col(GONE) == "ahead")
    if ahead.height:
        keys = ahead["account_id"].unique(maintain_order=True)
        named = ", ".join(f"`{key}`" for key in keys.head(NAMED)) + (", ..." if len(keys) > NAMED else "")
        reasons.append(f"starts after the day looked at, so not one yet, {accounts_worth(ahead)} ({named})")
    return reasons


def _nobody_left(told: pl.DataFrame, accounts: pl.DataFrame) -> InputError:
    first = told.sort("file", "line").row(0, named=True)
    by_word = (accounts[GONE] == "status").any()
    words = sorted(told.filter(pl.col(_STANDING) == StatusKind.FORMER)["status"].unique())[:NAMED]
    settle = f"`statuses: {{current: [{', '.join(map(in_yaml, words))}]}}` in csq.yaml says otherwise of a status"
    return InputError(
        "no account is left: none of the accounts files is a current customer",
        location=Location(label=first["file"], line=first["line"]),
        details=tuple(_reasons(told, accounts)),
        hint=settle if by_word else "look at the end dates, or pass the day to look at by `--as-of`",
    )


def _ended(frame: pl.DataFrame, stay: pl.DataFrame, as_of: date | None) -> list[Note]:
    """Who stays though the term has ended; and that no end date is looked at, where there is no day to do so."""
    if as_of is None:
        dated = frame.filter(is_used(), pl.col("end_date").is_not_null())
        text = "there is no day to hold end dates against, so that none ends an account: `--as-of` gives one"
        return [Note(kind=NoteKind.WARNING, text=text)] if dated.height else []
    ended = stay.filter(pl.col("term_ended"))
    if ended.is_empty():
        return []
    rows = frame.filter(COUNTS, pl.col("account_id").is_in(ended["account_id"].implode()))
    named = ", ".join(f"`{key}`" for key in ended["account_id"].head(NAMED)) + (", ..." if ended.height > NAMED else "")
    count = accounts_worth(rows) if rows["account_id"].n_unique() == ended.height else f"{ended.height:,} accounts"
    text = (
        f"the term of {count} has ended, yet status, renewal or use say they are customers: "
        f"they stay, marked `term_ended` ({named})"
    )
    return [Note(kind=NoteKind.WARNING, text=text)]
