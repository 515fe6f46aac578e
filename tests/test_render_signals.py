"""Signals in the outputs: the loud ones beside their account, all of them in JSON, and what nobody could judge."""

import io
import json
import zipfile

import polars as pl
import pytest

from csq.render import Format, Options, render
from csq.terms import Quadrant
from factories import report


def page(**overrides: object) -> str:
    return render(report(**overrides), Format.TERMINAL, Options(whole=True)).decode()


def test_an_account_is_marked_with_what_says_act_and_then_with_what_to_watch() -> None:
    assert "! first, second" in page()


def test_the_page_says_of_how_many_accounts_each_signal_holds_what_they_are_worth_and_whom() -> None:
    (line,) = [line for line in page().splitlines() if line.startswith("  act")]
    assert line == "  act    1  1.2 M EUR  first   Acme [/] [red]Ltd[/red] :skull:"


def test_the_page_names_what_could_not_be_judged_and_the_fact_that_is_missing() -> None:
    assert "Not judged: first, 2 without champion_left_days\n" in page()


def test_a_signal_may_speak_of_a_column_of_the_user() -> None:
    plain = report()
    first = plain.signals[0]._replace(readings=dict.fromkeys(Quadrant, "Bought by the desk in {region}"))
    accounts = plain.accounts.with_columns(region=pl.lit("Lisbon"), unsaid=pl.lit("nobody"))
    told = render(plain._replace(signals=(first,), accounts=accounts), Format.HTML).decode()
    assert "Bought by the desk in Lisbon" in told
    assert "nobody" not in told


def test_without_signals_the_page_says_nothing_of_them() -> None:
    plain = report()
    text = page(signals=(), fired=plain.fired.clear())
    assert "Signals" not in text
    assert "Not judged" not in text


def test_json_has_each_signal_with_its_totals_and_the_text_it_tells_of_each_account() -> None:
    document = json.loads(render(report(), Format.JSON))
    first = document["signals"][0]
    assert (first["name"], first["accounts"], first["unjudged"], first["missing"]) == (
        "first", 1, 2, ["champion_left_days"]
    )  # fmt: skip
    assert document["told"] == [
        {"account_id": "00123", "signal": "first", "severity": "act", "text": "Champion left unknown days ago"},
        {"account_id": "00123", "signal": "second", "severity": "watch", "text": "A [bold]busy[/] user is idle"},
    ]


def test_json_tells_of_the_accounts_that_go_out_only() -> None:
    options = Options()
    few = options._replace(selection=options.selection._replace(quadrant=("underusers",)))
    assert json.loads(render(report(), Format.JSON, few))["told"] == []


def words_of(format: Format) -> str:
    """Everything an output says, those that are packed unpacked."""
    data = render(report(), format)
    if format is Format.XLSX:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    return str(pl.read_parquet(data).to_dicts()) if format is Format.PARQUET else data.decode()


@pytest.mark.parametrize("format", list(Format))
def test_no_output_calls_an_account_safe_or_puts_a_number_on_its_leaving(format: Format) -> None:
    text = words_of(format).casefold()
    assert not [word for word in ("safe", "healthy", "probability") if word in text]
