"""Pull request numbers, titles and reverts in commit messages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sources.git_messages import TITLE_LIMIT, parse

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "89abcdef0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("Merge pull request #12 from o/branch\n\nAdd a basket", 12, "Add a basket"),
        ("Merge pull request #12 from o/branch", 12, "Merge pull request #12 from o/branch"),
        ("Merge pull request #7 in SHOP/web from feature to master\n\n* commit 'abc':", 7, "* commit 'abc':"),
        ("Merge pull request 'Add a basket' (#12) from o/b into main", 12, "Add a basket"),
        ("Merged in basket (pull request #12)\n\nAdd a basket", 12, "Add a basket"),
        ("Merged PR 12: Add a basket\n\nRelated work items: #99", 12, "Add a basket"),
        ("Merge branch 'basket' into 'main'\n\nAdd a basket\n\nSee merge request shop/web!12", 12, "Add a basket"),
        ("Add a basket\n\nSee merge request !12", 12, "Add a basket"),
        ("Add a basket (!12)", 12, "Add a basket"),
        ("Auto merge of #12 - someone:basket, r=other\n\nAdd a basket", 12, "Add a basket"),
        ("Merge #12\n\nAdd a basket", 12, "Add a basket"),
        ("Add a basket (#12)", 12, "Add a basket"),
        ("gh-3: Add a basket (GH-12)", 12, "gh-3: Add a basket"),
        ("Add a basket (#12) (#15)", 15, "Add a basket (#12)"),
        ("Add a long\nsubject (#12)\n\nbody (#13)", 12, "Add a long subject"),
        ('Revert "Add a basket" (#14)', 14, 'Revert "Add a basket"'),
        ("Add a basket", None, "Add a basket"),
        ("Fix #12", None, "Fix #12"),
        ("Merge branch 'stable'", None, "Merge branch 'stable'"),
        ('Revert "Add a basket (#12)"', None, 'Revert "Add a basket (#12)"'),
        ("Add (#12) to the basket", None, "Add (#12) to the basket"),
        ("Too long to be one (#123456789)", None, "Too long to be one (#123456789)"),
        ("", None, ""),
    ],
)
def test_number_and_title(text, number, title):
    found = parse(text)
    assert (found.number, found.title) == (number, title)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (f'Revert "Add"\n\nThis reverts commit {SHA}.', (SHA,)),
        (f"Take back two\n\nThis reverts commit {SHA}.\n\nThis reverts commit {OTHER}.", (SHA, OTHER)),
        (f"Take back two\n\nThis reverts commits {SHA} and {OTHER}.", (SHA, OTHER)),
        (f"Take back\n\nThis reverts commits {SHA[:9]}, {OTHER[:9]}.", (SHA[:9], OTHER[:9])),
        (f'Revert "Merge"\n\nThis reverts commit {SHA}, reversing\nchanges made to {OTHER}.', (SHA,)),
        (f'Reapply "Add"\n\nThis reverts commit {SHA}.', (SHA,)),
        (f"It broke.\n\nreverts commit {SHA[:8]}", (SHA[:8],)),
        ('Merge pull request #13 from o/revert-12-add\n\nRevert "Add"\n\nReverts o/shop#12', ("#12",)),
        ('Revert "Add" (!13)\n\nThis reverts merge request !12', ("#12",)),
        (f"Add\n\nThis reverts commit {SHA}.\n\nThis reverts commit {SHA}.", (SHA,)),
        ("Fix\n\nThis reverts commit to the old ways", ()),
        ("Fix\n\nIt never reverts #12 by itself", ()),
        (f'Add (#12)\n\n* Try\n\n* Revert "Try"\n\nThis reverts commit {SHA}.', ()),
        (f'Revert "Add" (#12)\n\nThis reverts commit {SHA}.\n\n* and more', (SHA,)),
    ],
)
def test_stated_reverts(text, stated):
    assert parse(text).reverts == stated


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('Revert "Add a basket (#12)"', "#12"),
        ('Revert "Add a basket (#12)" (#14)', "#12"),
        ('Revert "Revert "Add (#12)" (#13)" (#14)', "#13"),
        ('Merge pull request #13 from o/revert-12-basket\n\nRevert "Add a basket"', "#12"),
        ('Merge pull request #13 from o/x\n\nRevert "Add a basket (#12)"', "#12"),
        ("Merge pull request #13 from o/prevert-12-basket\n\nAdd", None),
        ('Revert "Add a basket"', None),
        ('Explain why we revert "Add (#12)"', None),
    ],
)
def test_hinted_reverts(text, hint):
    assert parse(text).reverts_hint == hint


def test_title_is_one_short_printable_line():
    found = parse("Add\ta\x1b[31m bas\u202eket\r\n " + "x" * 5000)
    assert found.title.startswith("Add a[31m basket x")
    assert len(found.title) == TITLE_LIMIT


@given(st.text())
def test_any_text_parses_to_something_printable(text):
    found = parse(text)
    assert found.title.isprintable()
    assert len(found.title) <= TITLE_LIMIT
    assert found.number is None or found.number in map(int, re.findall("[0-9]+", text))


@given(st.integers(1, 9_999_999), st.text(st.characters(categories=("L", "Zs")), min_size=1, max_size=80))
def test_squash_subject_gives_back_number_and_title(number, title):
    found = parse(f"{title} (#{number})")
    assert (found.number, found.title) == (number, " ".join(title.split()) or f"(#{number})")


@given(st.lists(st.text("0123456789abcdef", min_size=40, max_size=40), min_size=1, max_size=5, unique=True))
def test_every_reverted_commit_is_found_in_order(shas):
    body = "\n\n".join(f"This reverts commit {sha}." for sha in shas)
    assert parse(f"Take back\n\n{body}").reverts == tuple(shas)
