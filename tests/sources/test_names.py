"""Two spellings of one key, and candidates for keys without an account: nothing wrong is ever filled in."""

import random
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from csq.sources.cells.keys import domain_of
from csq.sources.joining.candidates import Candidates, find_candidates, may_be_meant
from csq.sources.joining.identity import key_map
from csq.sources.joining.names import differences, spellings
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from reading import RUN_DAY, read

FORMS = (
    "Ltd",
    "Inc.",
    "GmbH",
    "S.A.",
    "S.A.S.",
    "B.V.",
    "AB",
    "AS",
    "Oy",
    "Pty Ltd",
    "LLC",
    "plc",
    "KK",
    "Lda",
    "S.r.l.",
)


def candidates(folder: Path, accounts: list[str], keys: list[str]) -> Candidates:
    """What is offered for companies named by `keys`, where the accounts are called as told and numbered from 1."""
    told = "account_id,account_name,arr; " + "; ".join(f'{n},"{name}",{n}000' for n, name in enumerate(accounts, 1))
    asked = "company,score; " + "; ".join(f'"{key}",5' for key in keys)
    tables = read(folder, options=ReadOptions(run_day=RUN_DAY, csat_scale=("1-5",)), accounts=told, csat=asked)
    frame = tables.roles[Role.ACCOUNTS].frame
    return find_candidates(tables.roles, key_map(frame), may_be_meant(frame, frame))


def offered(folder: Path, accounts: list[str], *keys: str) -> list[tuple[str, str | None, str]]:
    """Key, the account that is filled in, and why."""
    return candidates(folder, accounts, list(keys)).table.select("key", "account_id", "why").rows()


@pytest.mark.parametrize(
    ("key", "name", "differ"),
    [
        ("alpha tools ltd", "Alpha Tools Ltd", ["case"]),
        ("Gamma Inc", "Gamma Inc.", ["punctuation"]),
        ("Delta and Sons", "Delta & Sons", ["punctuation"]),
        ("Alpha-Tools", "AlphaTools", ["punctuation"]),
        ("Data Stream", "DataStream", ["blanks"]),
        ("Societe Generale", "Société Générale", ["accents"]),
        ("Mueller", "Müller", ["accents"]),
        ("Smorrebrod", "Smørrebrød", ["accents"]),
        ("0042", "42", ["leading zeros"]),
        ("ACC-0042", "ACC-42", ["leading zeros"]),
        ("Acme", "Acme GmbH & Co. KG", ["legal form"]),
        ("Acme S.A. de C.V.", "Acme", ["legal form"]),
        ("Firma Sp. z o.o.", "Firma", ["legal form"]),
        ("Volvo", "AB Volvo", ["legal form"]),
        ("トヨタ", "株式会社トヨタ", ["legal form"]),
        ("ACME LIMITED", "Acme Ltd.", ["case"]),
        ("Acme S r l", "Acme", ["legal form"]),
        ("Acme S A de C V", "Acme", ["legal form"]),
        *((f"Acme {form}", "Acme", ["legal form"]) for form in FORMS),
        *((f"Acme {form.replace('.', '')}".upper(), f"Acme {form}", ["case"]) for form in FORMS),
    ],
)
def test_what_may_be_written_otherwise_is_left_out(key, name, differ):
    assert spellings(key)[1] & spellings(name)[1]
    assert set(differ) <= set(differences(key, name))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("1001.0", "10010"),  # without the point another number
        ("1-12", "11-2"),
        ("A-1-1", "A-11"),
        ("Unit A1 2B", "Unit A12B"),
        ("Sunrise Spa", "Sunrise"),  # a spa, no S.p.A.
        ("Acme Holding", "Acme"),
        ("Acme (UK) Ltd", "Acme Ltd"),
        ("AS", "AG"),  # nothing but a legal form is a name
        ("か", "が"),  # no accent but another letter
    ],
)
def test_what_makes_another_name_of_it_is_not(key, name):
    assert not spellings(key)[1] & spellings(name)[1]


def test_the_first_kind_is_filled_in_and_the_second_left_to_choose(tmp_path):
    names = ["Alpha Tools Ltd", "Beta GmbH", "Epsilon Motors"]
    assert offered(tmp_path, names, "ALPHA TOOLS", "Epsilom Motors", "Quite Other") == [
        ("ALPHA TOOLS", "1", "same but for case, legal form"),
        ("Epsilom Motors", None, "close by spelling: 3 Epsilon Motors"),
    ]


def test_a_key_that_fits_two_accounts_is_left_blank_and_names_both(tmp_path):
    names = ["Acme Inc", "Acme Ltd", "Zed"]
    assert offered(tmp_path, names, "ACME", "acme ltd") == [
        ("acme ltd", "2", "same but for case"),  # its own legal form says which
        ("ACME", None, "same but for case, legal form, but it fits 2 accounts: 1 Acme Inc or 2 Acme Ltd"),
    ]


def test_a_company_of_another_legal_form_is_another_where_both_stand_in_one_file(tmp_path):
    """`Acme Inc` is met, so that `Acme GmbH` beside it is hardly the same."""
    assert offered(tmp_path, ["Acme Inc", "Zed"], "Acme Inc", "Acme GmbH")[0][:2] == ("Acme GmbH", None)


def test_an_exact_key_of_two_accounts_can_be_chosen(tmp_path):
    assert offered(tmp_path, ["Acme", "Acme", "Zed"], "Acme", "Zed") == [
        ("Acme", None, "fits several accounts: 1 Acme or 2 Acme")
    ]


def test_a_text_that_is_too_long_for_a_name_is_compared_with_none(tmp_path):
    # To compare texts of a megabyte letter by letter would take a day.
    letters = "".join(chr(ord("a") + at * 7 % 26) for at in range(200))
    for length, is_offered in ((199, True), (200, False)):
        name, key = f"{letters[:length]}y", f"{letters[:length]}z"
        assert [row[:2] for row in offered(tmp_path, [name, "Zed"], key, "Zed")] == [(key, None)] * is_offered, length


def test_figures_make_other_ids_and_are_not_offered_for_one_another(tmp_path):
    assert offered(tmp_path, ["Site 1044", "Site 1046"], "Site 1045", "Site 1044") == []


def test_people_are_not_in_the_table(tmp_path):
    tables = read(
        tmp_path,
        accounts="account_id,account_name; 1,Acme; 2,Zed",
        contacts="user id,account id; u1,1; jane@acme.example,2",
        csat="user id,score; u1,5; u2,4; jane@acme.exampel,3",
    )
    frame = tables.roles[Role.ACCOUNTS].frame
    assert find_candidates(tables.roles, key_map(frame), may_be_meant(frame, frame)).table.is_empty()


def test_a_thousand_names_against_a_thousand(tmp_path):
    """700 planted variations are all filled in rightly, 150 slips of the pen offered, and 150 strangers left alone."""
    dice = random.Random(3)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "io", "on", "ur", "il", "ash")]
    words = ["".join(dice.sample(syllables, 3)).title() for _ in range(4000)]
    bare = [f"{one} {other}" for one, other in list(pairwise(dict.fromkeys(words)))[::2]][:1150]
    assert len(set(bare)) == 1150
    names = [f"{name} {dice.choice(FORMS)}" for name in bare[:1000]]
    ways = (
        lambda name, _: name.upper(),
        lambda name, _: name.swapcase().replace(".", ""),
        lambda _, plain: plain,
        lambda _, plain: f"{plain} {dice.choice(FORMS)}",
        lambda name, _: name.replace(" ", "-", 1),
        lambda name, _: f"  {name.replace(' ', '. ', 1)} ,",
        lambda name, _: name.replace("a", "á").replace("o", "ö"),
    )
    varied = [ways[n % len(ways)](names[n], bare[n]) for n in range(700)]
    slips = [f"{name[:3]}{name[4]}{name[3]}{name[5:]}" for name in bare[700:850]]
    found = candidates(tmp_path, names, [*varied, *slips, *bare[1000:]]).table
    filled = {key: int(account) for key, account in found.select("key", "account_id").rows() if account}
    planted = {" ".join(key.split()): n for n, key in enumerate(varied, 1)}
    kept = {key: n for key, n in planted.items() if key not in names}  # the same form again is no variation
    assert kept.items() <= filled.items()
    right = kept | {key: n for n, key in enumerate(slips, 701)}
    assert all(right[key] == account for key, account in filled.items())
    assert not set(bare[1000:]) & filled.keys()
    assert len({*slips} & {*found["key"]}) >= 140


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("jane@eu.acme.com", "acme.com"),
        ("jane@ACME.co.uk", "acme.co.uk"),
        ("jane@mail.acme.co.uk", "acme.co.uk"),
        ("https://www.shop.acme.com.br:80/x", "acme.com.br"),
        ("jane@a.acme.or.jp", "acme.or.jp"),
        ("firma.waw.pl", "firma.waw.pl"),
        ("jane@acme.onmicrosoft.com", "acme.onmicrosoft.com"),
        ("Jane <jane@acme.de>", "acme.de"),
        ("jane@id.me", "id.me"),  # a company under a suffix that elsewhere is nobody's
        ("acme", None),
        *((f"jane@{free}", None) for free in ("gmail.com", "yahoo.com.mx", "web.de", "eu.hotmail.co.uk", "gmx.ch")),
    ],
)
def test_the_domain_is_that_which_an_organisation_registers(address, domain):
    assert pl.DataFrame({"text": [address]}).select(domain_of(pl.col("text"))).item() == domain
