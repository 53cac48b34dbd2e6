"""Content is read by a quick reader, and means what YAML 1.2 means."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from content import catalog, checking
from content.checking import ContentError, read_text

PLAIN = [
    *["on", "yes", "No", "~", "null", "Null", "", "true", "TRUE", "tRue", "0", "7", "-7", "+7", "017", "0o17", "0x1F"],
    *[
        "1_000",
        "1.5",
        "-0.5",
        ".5",
        "5.",
        "1e3",
        "1.5e-3",
        ".inf",
        "-.INF",
        ".nan",
        "2026-03-01",
        "2026-03-01 10:00:00",
    ],
    *["12:30:45", "1.2.3", "10-15 s", "4 h", "=", "<<", "01234567-89ab-cdef-0123-456789abcdef", "'7'", '"true"'],
    *[
        "1e345678-89ab-cdef-0123-456789abcdef",
        "!!str 7",
        "!!int '7'",
        "0b11",
        "1:2",
        "-",
        "+",
        ".",
        "-.5",
        "0.10",
        "00",
    ],
    *["0.0.0", "a: b", "x #y"],
]
pieces = st.sampled_from([*"0123456789+-._:eExobtTZ ~=<", "on", "true", "null", "inf", "nan", "0x", "2026-03-01"])


def meant(text: str):
    """By the other reader, types told: `'7'` is not 7, and nothing equals what is not a number."""
    try:
        return repr(YAML(typ="safe", pure=True).load(text))
    except (YAMLError, ValueError):
        return "refused"


def found(text: str):
    try:
        return repr(read_text("a.yml", text))
    except ContentError:
        return "refused"


@pytest.mark.parametrize("value", PLAIN)
def test_a_plain_value_is_what_yaml_1_2_says(value):
    for text in (f"key: {value}", f"- {value}", f"[{value}]", f"{value}: 1"):
        assert found(text) == meant(text), text


@given(st.lists(pieces, min_size=1, max_size=8).map("".join))
def test_any_row_of_such_signs_is_what_yaml_1_2_says(value):
    assert found(f"key: {value}") == meant(f"key: {value}")


@pytest.mark.parametrize(
    "path",
    sorted(catalog.HERE.glob("*.yml")) + sorted(catalog.HERE.glob("tracks/*/*.yml")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_file_of_ours_is_read_as_the_other_reader_reads_it(path: Path):
    assert repr(checking.read(path)) == meant(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["a: 1\na: 2", "{a: 1, 'a': 2}", "1: a\n'1': b\n1: c", "? [a]\n: b\n? [a]\n: c"])
def test_a_key_that_stands_twice_is_refused_with_its_place(text):
    with pytest.raises(ContentError, match=r"^a\.yml: .*(line 1|found)"):
        read_text("a.yml", text)


@pytest.mark.parametrize(
    "text", ["a: [1", "a: b: c", "\ta: 1", "a: !!python/object:os.system x", "a: &x 1\nb: *x", "%"]
)
def test_what_is_no_plain_yaml_is_refused(text):
    with pytest.raises(ContentError, match=r"^a\.yml: "):
        read_text("a.yml", text)
