"""Nobody is named in what is passed on: accounts may go by e-mail addresses, and a playbook may ask for a person.

What is passed on is all of triage, plan, brief and check, in every format, with all that is said on stderr. `explain`
and the rejects name people.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from csq.errors import Exit
from csq.mask import code
from csq.render import Format

# Every address and name that stands in the files has one of these words in it, and nothing else has.
PEOPLE = re.compile("adler|kahn|lund|winter|quast|brien|strayer|maytree", re.IGNORECASE)
ADDRESSES = {  # account_id -> account_name, in the forms in which tools export them
    "eve.adler@acme.example": "Eve Adler <eve.adler@acme.example>",
    "BOB.KAHN@Beta.Example": "mailto:BOB.KAHN@Beta.Example",
    "A-3": "carl.lund@gamma.example",
    "A-4": "Invoices to jo_winter+x@delta.example please",
    "paul.o'brien@epsilon.example": "Epsilon",
    "A-6": "uma.quast＠zeta.example",  # as it is typed in Japan
    "A-7": "Meet@Work",  # the name of a company
}
CUSTOM = """extends: built-in
facts: {buyer: text}
signals:
  the_buyer:
    when: idle_days >= 0
    severity: act
    text: "{top_user}, {internal_owner} and {buyer} of {account_name}"
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    days = ["2026-11-03", "2026-11-10"]
    usage = [f'"{key}",top.adler,{day},Reports,{place + 2}' for place, key in enumerate(ADDRESSES) for day in days]
    usage += ["strayer@theta.example,u1,2026-11-10,Reports,1", ",lost.strayer@theta.example,2026-11-10,Reports,1"]
    accounts = [
        f'"{key}","{name}",{place + 1}000,Dana,x,ann.maytree@acme.example,lund@buyer.example'
        for place, (key, name) in enumerate(ADDRESSES.items())
    ]
    answers = [f'"{key}",eve.adler@acme.example,{place % 5 + 1},2026-11-01' for place, key in enumerate(ADDRESSES)]
    answers += [
        "strayer@theta.example,strayer@theta.example,3,2026-11-01",
        "A-3,carl.lund@gamma.example,kahn@beta.example,",
    ]
    for name, header, rows in (
        ("usage", "account_id,user_id,date,feature,events", usage),
        ("accounts", "account_id,account_name,arr,owner,seats,internal_owner,buyer", accounts),
        ("csat", "account_id,email,score,date", answers),
    ):
        (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (folder / "playbooks.yaml").write_text(CUSTOM, encoding="utf-8")
    return folder


TOLD = ("--csat-scale", "1-5", "--max-rejects", "9", "--min-match", "0", "--as-of", "2026-11-15")


def whole(data: bytes, form: str) -> str:
    """All text that a file of a format holds."""
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())
    if form == "parquet":
        return str(pl.read_parquet(io.BytesIO(data)).rows()) + data.decode("latin-1")  # and what stands beside the rows
    return data.decode()


@pytest.mark.parametrize("command", ["triage", "plan"])
@pytest.mark.parametrize("form", Format)
def test_no_format_names_a_person(exports, tmp_path, csq, command, form):
    fields = ("--fields", "buyer") if form in ("csv", "tsv", "json", "jsonl", "xlsx", "parquet") else ()
    path = tmp_path / "week"
    result = csq(command, exports, *TOLD, "-v", "-f", form, "-o", path, *fields)
    assert result.code == Exit.OK
    text = whole(path.read_bytes(), form)
    assert not PEOPLE.findall(text + result.stderr + result.stdout.decode())
    assert form == "brief" or f"(an e-mail address) {code('uma.quast@zeta.example')}" in text
    assert form == "brief" or "Meet@Work" in text.replace(
        "\u2060", ""
    )  # without which Markdown would make a link of it


@pytest.mark.parametrize("argv", [["brief"], ["triage"], ["triage", "-v"], ["plan"], ["check"], ["check", "-v"]])
def test_no_page_and_no_message_names_a_person(exports, csq, argv):
    told = TOLD[:2] if argv[0] == "check" else TOLD
    result = csq(*argv, exports, *told)
    assert result.code == (Exit.FOUND if argv[0] == "check" else Exit.OK)
    assert not PEOPLE.findall(result.stdout.decode() + result.stderr)


def test_no_plan_of_an_owner_names_a_person(exports, tmp_path, csq):
    assert csq("plan", exports, *TOLD, "-o", "plans/").code == Exit.OK
    assert not PEOPLE.findall("".join(path.read_text(encoding="utf-8") for path in Path("plans").iterdir()))


def _twice(exports: Path) -> None:
    """Two rows of an account that say different things."""
    with (exports / "accounts.csv").open("a", encoding="utf-8") as stream:
        stream.write("eve.adler@acme.example,Bob Kahn <kahn@acme.example>,7,Lee,1,,\n")


@pytest.mark.parametrize(
    ("flags", "change"),
    [
        (["--min-match", "100"], lambda _: None),
        (["--max-rejects", "0"], lambda _: None),
        (["--strict"], lambda _: None),
        ([], _twice),
    ],
)
@pytest.mark.parametrize("command", ["triage", "plan", "brief"])
def test_no_error_names_a_person(exports, csq, command, flags, change: Callable[[Path], None]):
    change(exports)
    result = csq(command, exports, *TOLD, *flags)
    assert result.code == Exit.INPUT
    assert not PEOPLE.findall(result.stdout.decode() + result.stderr)


def test_a_scale_that_is_not_certain_is_asked_for_without_names(exports, csq):
    rows = "".join(f'"{key}",{place % 2 + 3}\n' for place, key in enumerate(ADDRESSES))
    (exports / "csat.csv").write_text(f"account_id,score\n{rows}", encoding="utf-8")
    result = csq("triage", exports, *TOLD[2:])
    assert (result.code, "accounts happy" in result.stderr) == (Exit.INPUT, True)
    assert not PEOPLE.findall(result.stderr)


def test_accounts_are_told_apart_by_a_code_that_explain_takes(exports, csq):
    """The code hangs on the address alone, so it stays from week to week, and that of an id is the id's everywhere."""
    document = json.loads(csq("triage", exports, *TOLD, "-q", "-f", "json").stdout)
    by_id = {row["account_id"]: row["account_name"] for row in document["accounts"]}
    assert len(by_id) == len(ADDRESSES)
    mine = f"(an e-mail address) {code('eve.adler@acme.example')}"
    assert by_id[mine] == mine  # the name before an address in angle brackets is the person's
    assert by_id["A-4"] == f"Invoices to (an e-mail address) {code('jo_winter+x@delta.example')} please"
    assert {told["account_id"] for told in document["told"]} <= {*by_id}
    assert any(note["text"].startswith("6 accounts go by an e-mail address") for note in document["notes"])
    result = csq("explain", code("carl.lund@gamma.example"), exports, *TOLD)
    assert result.code == Exit.OK
    assert "carl.lund@gamma.example (A-3)" in result.stdout.decode()


def test_the_rejects_hold_what_was_written(exports, tmp_path, csq):
    assert csq("triage", exports, *TOLD, "--rejects", "rejects.csv").code == Exit.OK
    assert "kahn" in (tmp_path / "rejects.csv").read_text(encoding="utf-8")


def test_a_signal_that_asks_for_a_person_is_told_without_the_name(exports, csq):
    document = json.loads(csq("triage", exports, *TOLD, "-q", "-f", "json").stdout)
    texts = {told["text"] for told in document["told"] if told["signal"] == "the_buyer"}
    buyer = f"(an e-mail address) {code('lund@buyer.example')}"
    assert f"(a person), (a person) and {buyer} of Meet@Work" in texts


def test_what_the_playbook_says_itself_stays(exports, csq):
    """Whom to write to at home is no secret of a customer's."""
    text = CUSTOM.replace("{top_user}, {internal_owner} and {buyer} of {account_name}", "write to desk@vendor.example")
    (exports / "playbooks.yaml").write_text(text, encoding="utf-8")
    assert b"write to desk@vendor.example" in csq("triage", exports, *TOLD, "-q", "-f", "json").stdout


def test_owners_are_colleagues_and_are_named(exports, csq):
    path = exports / "accounts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Dana", "dana@vendor.example"), encoding="utf-8")
    result = csq("plan", exports, *TOLD, "-q", "-f", "csv", "--owner", "dana@vendor.example")
    assert b",dana@vendor.example," in result.stdout
