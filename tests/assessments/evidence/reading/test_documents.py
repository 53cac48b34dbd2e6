import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.documents import line_of, load_json, load_toml, package_scripts, table


def test_scripts_of_a_package():
    assert package_scripts('{"scripts": {"test": "vitest", "x": 1}}') == {"test": "vitest"}
    assert package_scripts("[]") == {}


def test_tables_within_tables():
    assert table({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert table({"a": 1}, "a", "b") == {}


def test_the_line_of_a_part():
    assert line_of("a\nb\n", "b") == 2
    assert line_of("a", "b") is None


@pytest.mark.parametrize("load", [load_json, load_toml])
@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 100_000, '{"a":', "a = [" + "[" * 50_000])
def test_deep_or_broken_texts_are_refused(load, text):
    with pytest.raises(Malformed):
        load(text)


@given(st.text(alphabet=st.sampled_from("{}[]\",:=.ab1\n\\u-+eE#'"), max_size=100))
def test_any_text_is_read_or_refused(text):
    for load in (load_json, load_toml):
        try:
            load(text)
        except Malformed:
            continue
