import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.yamls import DEPTH_LIMIT, Map, load, single


def test_on_and_yes_are_texts_and_true_is_true():
    assert single("on: yes\nno: off\na: true\nb: null\nc: 0o17\nd: 0x1f\ne: 1.5\nf: 1:30\ng: '1'\nh: ~") == {
        "on": "yes",
        "no": "off",
        "a": True,
        "b": None,
        "c": 15,
        "d": 31,
        "e": 1.5,
        "f": "1:30",
        "g": "1",
        "h": None,
    }


def test_values_know_their_lines():
    read = single("a: 1\nb:\n  - x\n  - y\nrun: |\n  one\n  two\n")
    assert (read.at("a"), read.at("b"), read["b"].lines) == (1, 2, [3, 4])
    assert read["run"].line == 6


def test_a_tag_makes_no_object():
    assert single("a: !!python/object/apply:os.system ['true']\nb: !Ref x\nc: !!int 'x'") == {
        "a": ["true"],
        "b": "x",
        "c": "x",
    }


def test_an_alias_is_what_it_stands_for_and_a_merge_fills_in():
    assert single("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: *x") == {
        "a": {"b": 1, "c": 2},
        "d": {"b": 1, "c": 3},
        "e": {"b": 1, "c": 2},
    }


def test_a_bomb_of_aliases_is_refused():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with pytest.raises(Malformed, match="stands for more than"):
        load(bomb)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 50_000, "not YAML|nested deeper"),
        ("- " * 5_000, "nested deeper"),
        ("".join(f"{' ' * n}a:\n" for n in range(DEPTH_LIMIT + 5)), "nested deeper"),
        ("a: b: c", "line 1 is not YAML"),
        ("a: *x", "line 1 names an anchor"),
        ("&a [*a]", "line 1 names an anchor"),
        ("? [a]\n: b", "line 1 has a key that is no text"),
        ("a: \x00", "not YAML"),
        ("---\n" * 3_000, "documents"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_place(text, why):
    with pytest.raises(Malformed, match=why):
        load(text)


def test_documents_stand_side_by_side():
    assert load("a: 1\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]
    with pytest.raises(Malformed, match="several documents"):
        single("a: 1\n---\nb: 2\n")
    assert single("") is None


PIECES = st.lists(
    st.sampled_from(
        ["a: ", "- ", "\n", "  ", "[", "]", "{", "}", "&x ", "*x", "|", ">", "'", '"', "#", "!!t ", "? ", ",", "b"]
    )
)


@given(st.one_of(st.text(max_size=300), PIECES.map("".join)))
def test_any_text_is_read_or_refused(text):
    try:
        documents = load(text)
    except Malformed:
        return
    assert all(isinstance(each, (Map, list, str, int, float, type(None))) for each in documents)
