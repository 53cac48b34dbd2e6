"""Addresses of forges from the addresses of clones, and links below them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sources.git_links import Links, web_url


@pytest.mark.parametrize(
    ("origin", "link"),
    [
        ("https://github.com/o/shop.git", "https://github.com/o/shop"),
        ("https://github.com/o/shop/", "https://github.com/o/shop"),
        ("https://someone:secret@github.com/o/shop.git", "https://github.com/o/shop"),
        ("https://token@git.example.org:8443/o/shop", "https://git.example.org:8443/o/shop"),
        ("http://git.example.org/o/shop", "http://git.example.org/o/shop"),
        ("git@github.com:o/shop.git", "https://github.com/o/shop"),
        ("ssh://git@github.com:22/o/shop.git", "https://github.com/o/shop"),
        ("git://git.example.org/o/shop.git", "https://git.example.org/o/shop"),
        ("git@gitlab.example.org:group/sub/shop.git", "https://gitlab.example.org/group/sub/shop"),
        ("git@ssh.dev.azure.com:v3/org/my%20project/shop", None),
        ("git@ssh.dev.azure.com:v3/org/project/shop", "https://dev.azure.com/org/project/_git/shop"),
        ("https://github.com/o/my shop", "https://github.com/o/my%20shop"),
        ("/srv/git/shop.git", None),
        ("../shop", None),
        ("file:///srv/git/shop.git", None),
        ("C:/code/shop", None),
        ("javascript://github.com/o/%0aalert(1)", None),
        ("https://github.com/o/../../shop", None),
        ("https://github.com/<script>/x", None),
        ("https://github.com/o/shop\n.evil", None),
        ("https://[bad/o/shop", None),
        ("https://github.com:port/o/shop", None),
        ("ext::sh -c touch% /tmp/x", None),
        ("https://github.com/shop", None),
        ("", None),
        (None, None),
    ],
)
def test_web_url(origin, link):
    assert web_url(origin) == link


def test_links_of_github():
    links = Links("https://github.com/o/shop")
    assert links.change(12, "abc") == "https://github.com/o/shop/pull/12"
    assert links.change(None, "abc") == "https://github.com/o/shop/commit/abc"
    assert links.tag("v1/rc #2") == "https://github.com/o/shop/releases/tag/v1/rc%20%232"


def test_links_of_gitlab():
    links = Links("https://gitlab.com/o/shop")
    assert links.change(12, "abc") == "https://gitlab.com/o/shop/-/merge_requests/12"
    assert links.commit("abc") == "https://gitlab.com/o/shop/-/commit/abc"
    assert links.tag("v1") == "https://gitlab.com/o/shop/-/tags/v1"


@pytest.mark.parametrize("base", [None, "https://git.example.org/o/shop"])
def test_no_links_where_the_style_is_not_known(base):
    assert (Links(base).change(12, "abc"), Links(base).tag("v1")) == (None, None)


@given(st.text("ab", min_size=1), st.text("xyz", min_size=1), st.sampled_from(["https", "http", "ssh"]))
def test_credentials_never_come_through(person, secret, scheme):
    link = web_url(f"{scheme}://{person}:{secret}@git.example.org/o/repo.git")
    assert link in ("https://git.example.org/o/repo", "http://git.example.org/o/repo")


@given(st.text())
def test_any_text_gives_a_web_link_or_none(text):
    link = web_url(text)
    assert link is None or (link.startswith(("https://", "http://")) and "@" not in link and link.isprintable())


def test_a_place_is_linked_at_its_commit_whatever_its_path_holds():
    github, gitlab = Links("https://github.com/o/shop"), Links("https://gitlab.com/o/shop")
    assert github.place("abc", "src/a b#1.py", 3) == "https://github.com/o/shop/blob/abc/src/a%20b%231.py#L3"
    assert gitlab.place("abc", "README.md") == "https://gitlab.com/o/shop/-/blob/abc/README.md"
    assert Links("https://code.example/o/shop").place("abc", "README.md", 3) is None
