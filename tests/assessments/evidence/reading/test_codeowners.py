import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading.codeowners import owner_of, read_codeowners

FILE = """
# everything
*           @o/all
*.js        @o/web # inline
/docs/      docs@example.org
apps/*      @o/apps
/build/**/logs @o/logs
**/secret   @o/security
/free/
!x @o/y
bad  nobody
"""


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("a.py", "@o/all"),
        ("web/a.js", "@o/web"),
        ("docs/deep/a.md", "docs@example.org"),
        ("web/docs/a.md", "@o/all"),
        ("apps/a", "@o/apps"),
        ("apps/deep/a", "@o/all"),
        ("build/x/y/logs/z", "@o/logs"),
        ("deep/secret", "@o/security"),
    ],
)
def test_the_last_pattern_that_matches_decides(path, owner):
    assert owner_of(read_codeowners(FILE), path).owners == (owner,)


def test_a_pattern_without_owner_takes_it_away():
    assert owner_of(read_codeowners(FILE), "free/a").owners == ()


def test_lines_that_are_wrong_say_so():
    wrong = {rule.line: rule.wrong for rule in read_codeowners(FILE) if rule.wrong}
    assert list(wrong) == [10, 11]
    assert wrong[10] == "a pattern cannot be negated"


@given(st.text(alphabet=st.sampled_from("*?/[]!#@ab \\\n."), max_size=80), st.text(max_size=20))
def test_any_text_is_read_and_any_path_asked(text, path):
    owner_of(read_codeowners(text), path)
