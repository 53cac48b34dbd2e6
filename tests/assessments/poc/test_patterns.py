"""Patterns and globs as a sentence says them."""

import pytest

from assessments.poc.patterns import either


@pytest.mark.parametrize(
    ("globs", "said"),
    [
        (["docs/runbook.md"], "docs/runbook.md"),
        (["*.md", "docs/**"], "*.md or docs/**"),
        (["**/*.{yml,yaml}"], "**/*.{yml,yaml}"),
        (["**/*.{sql,py,rb,js,ts}"], "**/*.{sql,py,rb,...}"),
        (["**/{a,b,c,d,e}/*.{sql,py}"], "**/{a,b,c,...}/*.{sql,py}"),
    ],
)
def test_of_many_endings_a_sentence_names_the_first(globs, said):
    assert either(globs) == said
