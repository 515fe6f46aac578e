"""YAML as people write it: values stay text, every place is known, and no input gets the better of the reader."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from csq import yamlfile
from csq.errors import ConfigError, Location
from csq.located import Document, read


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def each_loader(request, monkeypatch):
    """The C parser, and the one that stands in where it was not built."""
    monkeypatch.setattr(yamlfile, "_loader", lambda: getattr(yaml, request.param))


def document(text: str) -> Document:
    return yamlfile.parse(text, "f.yaml")


def faults(text: str) -> list[str]:
    """Every fault as `line:column message | hint`."""
    with pytest.raises(ConfigError) as caught:
        document(text)
    return [
        f"{p.location.line}:{p.location.column} " + " | ".join(filter(None, (p.message, p.hint)))
        for p in caught.value.problems
    ]


def spot(location: Location) -> tuple[int | None, int | None, int]:
    return location.line, location.column, location.width


def test_scalars_stay_the_text_that_was_written(each_loader):
    text = "a: no\nb: 00123\nc: 12:30\nd: 1e5\ne: 2026-01-31\nf: 'null'\ng: \"\"\nh: TRUE\n"
    expected = ["no", "00123", "12:30", "1e5", "2026-01-31", "null", "", "TRUE"]
    assert list(document(text).data.values()) == expected


def test_what_is_left_blank_is_none(each_loader):
    assert document("a:\nb: ~\nc: null\nd: [x, ~]\n").data == {"a": None, "b": None, "c": None, "d": ["x", None]}
    assert document("").data is None
    assert document("# only a comment\n").data is None


def test_lists_groups_and_long_texts_are_read(each_loader):
    text = "a:\n  - b: 1\n    c: [x, y]\n  - >-\n    one\n    two\n"
    assert document(text).data == {"a": [{"b": "1", "c": ["x", "y"]}, "one two"]}


def test_an_alias_repeats_what_its_anchor_holds(each_loader):
    found = document("a: &it {b: 1}\nc: *it\n")
    assert found.data == {"a": {"b": "1"}, "c": {"b": "1"}}
    assert spot(found.locate(("c", "b"))) == (1, 12, 1)


def test_every_value_and_key_knows_its_place(each_loader):
    found = document("one: 1\ntwo:\n  - three: abc\n  - 'd e'\n")
    assert spot(found.locate(("one",))) == (1, 6, 1)
    assert spot(found.locate(("two", 0, "three"))) == (3, 12, 3)
    assert spot(found.locate(("two", 0, "three"), key=True)) == (3, 5, 5)
    assert spot(found.locate(("two", 1))) == (4, 5, 5)
    assert str(found.locate(("two", 1))) == "f.yaml:4:5"


def test_a_path_that_does_not_stand_in_the_file_is_placed_at_what_is_nearest_to_it(each_loader):
    found = document("one:\n  two: {three: 3}\n")
    assert found.nearest(("one", "two", "four", 5)) == ("one", "two")
    assert spot(found.locate(("one", "two", "four", 5)))[:2] == (2, 8)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_are_counted_whatever_ends_them(ends, each_loader):
    assert document(f"a: 1{ends}{ends}b: 2{ends}").locate(("b",)).line == 3


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("a: seats > x", 8, (1, 12, 1)),
        ("a: 'seats > x'", 8, (1, 13, 1)),
        ('a: "seats > x"', 8, (1, 13, 1)),
        ("a: >-\n  seats >\n  x\n", 8, (3, 3, 1)),
        ("a: |\n  seats\n  > x\n", 8, (3, 5, 1)),
        ("a: seats >\n  x\n", 8, (2, 3, 1)),
        ("a: 'it''s > x'", 7, (1, 4, 11)),  # escaped, so the place is that of the whole
        ("a: seats", 5, (1, 4, 5)),  # the end of the text
    ],
)
def test_a_part_of_a_text_knows_its_place(text, offset, expected, each_loader):
    assert spot(document(text).locate_within(("a",), offset, 1)) == expected


def test_an_excerpt_is_safe_to_print_and_keeps_its_columns():
    found = document("a: {b: 'x\u202ey', c: jane@example.com, d: z}\n").locate(("a", "d"))
    assert found.excerpt == "a: {b: 'x\ufffdy', c: ****************, d: z}"
    assert found.excerpt[found.column - 1] == "z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: !!python/object:os.system x\n",
            ["1:4 the tag `tag:yaml.org,2002:python/object:os.system` is not allowed | leave the tag out"],
        ),
        (
            "a: !x [1]\nb: !y {c: 1}\n",
            [
                "1:4 the tag `!x` is not allowed | leave the tag out",
                "2:4 the tag `!y` is not allowed | leave the tag out",
            ],
        ),
        ("a: 1\n---\nb: 2\n", ["2:1 a second document begins | keep one document to a file"]),
        ("a: 1\nb: 2\na: 3\n", ["3:1 the key `a` is given twice | it is on line 1 too"]),
        (
            "a: 1\na: 2\nb: {c: 1, c: 2}\n",
            [
                "2:1 the key `a` is given twice | it is on line 1 too",
                "3:11 the key `c` is given twice | it is on line 3 too",
            ],
        ),
        ("? [a]\n: 1\n", ["1:3 a key must be text"]),
        ("~: 1\n", ["1:1 a key must be text"]),
        ("a: *nowhere\n", ["1:4 the alias `*nowhere` goes nowhere"]),
        ("a: &a [*a]\n", ["1:8 the alias `*a` goes nowhere"]),
        ("a: " + "[" * 40 + "]" * 40, ["1:35 nested more than 32 levels deep"]),
        ("a: \x00\n", ["1:4 the character U+0000 cannot stand here"]),
        ("a: 1\nb: \x1b[31m\n", ["2:4 the character U+001B cannot stand here"]),
    ],
)
def test_what_is_refused_is_named_with_its_place(text, expected, each_loader):
    assert faults(text) == expected


AFTER_VALUE = "the line goes on after its value has ended | quote the text as a whole; in '...' an apostrophe is ''"
INDENT = "the indent does not fit the lines above | what belongs together begins in the same column"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c\n", "1:5 a second `: ` on this line | put the text in quotes"),
        ("a: 1\n  b: 2\n", "2:4 no key can begin here | check the indent of this line and the `:` of the one above"),
        ("a\nb: 2\n", "2:2 no key can begin here | check the indent of this line and the `:` of the one above"),
        ("a:\n\tb: 1\n", "2:1 a tab in the indent | indent with spaces"),
        ("a: @b\n", "1:4 text cannot begin with `@` | put the text in quotes"),
        ("a: }\n", "1:4 text cannot begin with `}` | put the text in quotes"),
        ("a: * b\n", "1:5 text cannot begin with `&` or `*` | put the text in quotes"),
        ("a: - b\n", "1:4 a list cannot begin behind its key | begin it on the next line"),
        ("a: > b\n", "1:6 text cannot stand behind `>` or `|` | begin it on the next line, or put it in quotes"),
        ("a: [1, 2\n", "1:4 a bracket that is never closed | close it, or put the text in quotes"),
        ("a: {b: 1\n", "1:4 a bracket that is never closed | close it, or put the text in quotes"),
        ("a: 'b\n", "1:4 a quote that is never closed | close it"),
        ("a: 'it's'\n", f"1:8 {AFTER_VALUE}"),
        ("a:\n  b: {seats} seats\n", f"2:14 {AFTER_VALUE}"),
        ("a:\n    b: 1\n  c: 2\n", f"3:3 {INDENT}"),
        ("- a\nb: 1\n", f"2:1 {INDENT}"),
        ("a: 1\nb\nc: 1\n", "3:1 a line without a key | write `key: value`; text over several lines goes after `>`"),
    ],
)
def test_broken_yaml_is_told_in_plain_words(text, expected, each_loader):
    assert faults(text) == [expected]


def test_an_unknown_escape_is_told_in_plain_words(each_loader):
    (fault,) = faults('a: "\\q"\n')
    assert fault.endswith("an unknown `\\` escape in double quotes | use '...', or write `\\\\`")


def test_an_alias_bomb_is_refused_before_it_goes_off(each_loader):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (fault,) = faults("\n".join(lines))
    assert fault.endswith("more than 20,000 values once aliases are followed")


def test_aliases_cannot_be_stacked_into_depth(each_loader):
    lines = ["a0: &a0 " + "[" * 20 + "]" * 20, "a1: &a1 " + "[" * 20 + "*a0" + "]" * 20]
    assert faults("\n".join(lines)) == ["2:29 the alias `*a0` nests more than 32 levels deep"]


def test_a_hundred_thousand_brackets_are_refused_at_once(each_loader):
    assert faults("[" * 100_000) == ["1:33 nested more than 32 levels deep"]


def test_a_file_that_cannot_be_opened_or_is_no_text_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match=r"^cannot read `nope\.yaml`: no such file or directory$") as caught:
        read(Path("nope.yaml"))
    assert caught.value.problems == ()
    with pytest.raises(ConfigError, match="it is no path"):
        read(Path("a\0b"))
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: Z\u00fcrich\n".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        read(Path("latin.yaml"))
    assert [str(problem) for problem in caught.value.problems] == ["latin.yaml:2: not UTF-8 text"]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "f.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert document(read(Path("f.yaml")).text).data == {"a": "1"}


LONG_PIECES = ("b: ", "- ", "? ", "&x ", "*x", "!t ", "|\n", ">-\n", "---\n", "...\n", "%YAML 1.9\n", "<<: ")
PIECES = st.sampled_from([*"a\n []{},:'\"#\t\\~@\u2028\ufeff", *LONG_PIECES, "\\UFFFFFFFF", "\\ud800"])


def places(text: str) -> list[int | None]:
    """The lines of the faults, or of the document if there are none."""
    try:
        return [document(text).locate(()).line]
    except ConfigError as error:
        return [problem.location.line for problem in error.problems]


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yamlfile._loader()])
@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
@settings(max_examples=300)
def test_any_text_ends_in_a_document_or_in_faults_with_a_place(loader, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamlfile, "_loader", lambda: loader)
        found = places(text)
    assert found
    assert None not in found


@given(st.binary())
def test_any_bytes_end_in_a_text_or_in_a_configuration_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    try:
        text = read(path).text
    except ConfigError as error:
        text = error.problems[0].message
    assert places(text)
