"""Whatever is committed, each reader answers or raises its one error, and no check breaks. `make soak` tries more."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.evidence.reading import Malformed
from assessments.poc import Check, Known, Level, Outcome, Poc, Source, kinds, run
from assessments.poc.patterns import fits
from assessments.poc.reading.archives import json_member
from assessments.poc.reading.go import read_go
from assessments.poc.reading.markdown import read_markdown
from assessments.poc.reading.promql import without_texts
from assessments.poc.reading.python import read_python
from tests.assessments.poc.proofs import NAMES, proof
from tests.assessments.poc.trees import tree

many = settings(max_examples=60, deadline=None)

GO = [
    "package a\n",
    "import ",
    '"fmt"\n',
    "(",
    ")",
    "{",
    "}",
    "func ",
    "f",
    ".",
    "x := ",
    "&T{A: nil}",
    "`",
    "//",
    "\n",
    "case ",
    "<-",
    "[]",
]
PYTHON = [
    "def f(",
    "):\n",
    "    ",
    "\n",
    "class A",
    ":",
    "await ",
    "try:\n",
    "except:\n",
    "'''",
    '"',
    "{",
    "}",
    "(",
    ")",
    "x",
    "=",
    "lambda ",
    "*",
    "f'{",
    "\\",
    "\t",
    "@",
]
MARKDOWN = [
    "# A\n",
    "## B\n",
    "|a|b|\n",
    "|-|-|\n",
    "```\n",
    "~~~\n",
    "<!--",
    "-->",
    "===\n",
    "---\n",
    "    ",
    "x",
    "\n",
    "`",
    "\\|",
    "|",
]
PROMQL = ["up", " > ", "3", '"', "'", "`", "#", "\n", "(", ")", "{", "}", "\\", " bool ", "e", "."]


def soup(parts: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.lists(st.sampled_from(parts), max_size=60).map("".join), st.text(max_size=200))


@many
@given(soup(GO))
def test_go(text):
    with suppress(Malformed):
        read_go("a_test.go", text)


@many
@given(soup(PYTHON))
def test_python(text):
    with suppress(Malformed):
        read_python("a.py", text)


@many
@given(soup(MARKDOWN))
def test_markdown(text):
    read = read_markdown(text)
    assert read.words >= 0 and all(len(row) == len(table.columns) for table in read.tables for _, row in table.rows)


@many
@given(soup(PROMQL))
def test_promql(text):
    without_texts(text)


@many
@given(st.binary(max_size=300))
def test_archives(content):
    for archive in (content, b"PK\x03\x04" + content):
        with suppress(Malformed):
            json_member(archive)


@many
@given(st.text("ab*|", max_size=20).filter(bool), st.text("abAB", max_size=40))
def test_patterns_take_any_text(pattern, text):
    assert fits(pattern, text) in (True, False)
    assert fits("*", text) and (not text or fits(text, text))


def test_a_pattern_takes_linear_time():
    assert not fits("*a" * 100 + "b", "a" * 20_000)


CHECKS = {check.kind: [] for name in NAMES for check in proof(name).poc.checks}
for each in NAMES:
    for one in proof(each).poc.checks:
        CHECKS[one.kind].append((one, proof(each)))


@pytest.mark.parametrize("kind", sorted(CHECKS))
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_no_check_breaks_on_any_tree(kind, data):
    """Files of a real example, cut, mixed and overwritten."""
    check, it = data.draw(st.sampled_from(CHECKS[kind]))
    paths = sorted(it.exemplar)
    files = {}
    for path in paths:
        text = it.exemplar[path]
        begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        put = data.draw(
            st.one_of(
                st.sampled_from(["", "\0", "{", "[", '"', "- ", ": ", "\n", "&a *a", "<<: [1]"]), st.text(max_size=20)
            )
        )
        files[path] = text[:begin] + put + text[end:]
    poc = Poc("a/b", (check,), it.poc.protected)
    results = run(poc, tree(files), it.known())
    assert results.of(check.id).outcome is not Outcome.ERROR, results.of(check.id)


def test_every_kind_has_examples():
    assert set(CHECKS) == set(kinds())


@many
@given(st.text(max_size=80), st.sampled_from(["#", "//", "none"]))
def test_lines_of_any_text(text, mark):
    check = Check("it", "It", "text", {"files": ["a"], "comments": mark, "has": ["x*"], "lacks": ["*y"]})
    found = run(Poc("a/b", (check,)), tree({"a": text}), Known(source=Source.FORGE)).of("it")
    assert found.outcome is not Outcome.ERROR and found.level in (None, Level.E1)
