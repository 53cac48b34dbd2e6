"""A single file that somebody writes, held against the rules."""

import itertools
import re

import pytest

from content import check
from content.checking import ContentError, read_text
from tests.content import example

MODULE = example.file("what-a-runbook-says.md")


def test_files_of_the_guide_have_nothing_to_mend():
    assert check.one("what-a-runbook-says.md", MODULE).problems == ()
    assert check.one("what-a-runbook-says.md", MODULE.replace("\n", "\r\n")).problems == ()
    assert check.one("track.yml", example.file("track.yml")).problems == ()
    poc = check.one("first-runbook.yml", example.file("first-runbook.yml"))
    assert (poc.problems, poc.kind) == ((), "proof of concept")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("other.md", MODULE, "the file is named other"),
        (
            "what-a-runbook-says.md",
            MODULE.replace("[documentation-quality]", "[flying]"),
            "the capability flying is not in practices.yml",
        ),
        ("what-a-runbook-says.md", MODULE.replace("resources: []", "resources: [none]"), "is not in resources.yml"),
        ("what-a-runbook-says.md", f"{MODULE}\n<script>", "'<script' is left out as HTML"),
        ("what-a-runbook-says.md", f"{MODULE}\n{'[' * 9_000}", "it has 9,000 letters"),
        ("a.md", "---\n[1]\n---\n", "no mapping"),
        ("resources.yml", "resources: [{id: a}]", "is a required property"),
        ("track.yml", "- a", "is not of type 'object'"),
        ("track.yml", "a: [", "track.yml: "),
        ("track.yml", "[" * 3_000, "track.yml: "),
        ("a.yml", "a: &a [x]\nb: [*a, *a]", "it refers to another place"),
        ("a.yml", "!!python/object/apply:os.system ['id']", "is not of type 'object'|could not determine"),
        ("a.yml", "", "is not of type 'object'"),
    ],
)
def test_what_is_wrong_is_told(name, text, problem):
    found = "\n".join(check.one(name, text).problems)
    assert re.search(problem, found), found


def test_a_module_that_has_something_to_mend_is_still_read():
    tried = check.one("what-a-runbook-says.md", f"{MODULE}\n<script>")
    assert tried.module is not None and check.one("a.md", "none").module is None


def test_a_bomb_of_references_is_refused_before_it_grows():
    pairs = itertools.pairwise("abcdefghijk")
    bomb = "a: &a [x, x]\n" + "".join(f"{other}: &{other} [*{one}, *{one}]\n" for one, other in pairs)
    with pytest.raises(ContentError, match="refers to another place"):
        read_text("a.yml", bomb)
