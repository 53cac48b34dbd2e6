"""Text that others wrote stays text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.text import JOINER, count, link, plain, short, web, with_code

SIGNS = set("\\`*_{}[]()#+-.!|<>$~^=&:")


@given(st.text())
def test_every_sign_that_markdown_reads_is_escaped(text):
    shown = plain(text)
    bare = re.sub(r"\\.", "", shown)
    assert not SIGNS & set(bare)
    assert "\n" not in shown


@given(st.text())
def test_what_is_shown_is_what_was_written(text):
    shown = re.sub(r"\\(.)", r"\1", plain(text)).replace(JOINER, "")
    assert shown == " ".join(text.split()).replace(JOINER, "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Add `x: 1` to it.", "Add `x: 1` to it\\."),
        ("`a` and `b`", "`a` and `b`"),
        ("one ` alone", "one \\` alone"),
        ("nothing `` between", "nothing  between"),
        ("", ""),
    ],
)
def test_what_stands_between_backticks_is_code(text, shown):
    assert with_code(text) == shown


@given(st.text("ab `*<\\:[]$\n"))
def test_outside_of_code_every_sign_is_escaped(text):
    outside = re.sub(r"\\.|`[^`]*`", "", with_code(text))
    assert not SIGNS & set(outside)


@pytest.mark.parametrize(
    "text", [":material/delete:", ":smile:", "http://evil.example", "www.evil.example", "a@evil.example"]
)
def test_what_is_still_looked_for_in_escaped_text_is_taken_apart(text):
    assert text not in plain(text).replace("\\", "")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://user:secret@host/path",
        "https://host/a b",
        "https://host/\nx",
        "ftp://host/x",
        "https:/\\evil.example",
        "",
        None,
    ],
)
def test_what_is_no_web_address_becomes_no_link(url):
    assert web(url) is None
    assert "](" not in link("name", url)


def test_a_link_cannot_be_broken_out_of():
    assert link("a](x)", "https://host/a>b)c") == "[a\\]\\(x\\)](<https://host/a%3Eb%29c>)"


@given(st.from_regex(r"https?://[a-z]{1,8}\.example/[^\s]{0,20}", fullmatch=True))
def test_no_address_leaves_its_brackets(url):
    if web(url):
        target = re.fullmatch(r"\[x\]\(<(.*)>\)", link("x", url))[1]
        assert not set("<>\\()[]`\"'|") & set(target)


def test_a_commit_is_shown_by_its_beginning_and_nothing_else_is_cut():
    sha = "0123456789" * 4
    assert short(f"It shipped {sha}, merge:{sha} reverts it") == "It shipped 0123456789, 0123456789 reverts it"
    assert short(f"#12 and {sha}0 and v1.2") == f"#12 and {sha}0 and v1.2"


def test_counts_agree_with_their_noun():
    assert [count(1, "change"), count(1250, "change"), count(2, "more", "more")] == [
        "1 change",
        "1,250 changes",
        "2 more",
    ]
