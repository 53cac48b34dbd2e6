"""What stands on pages while a content file is broken: everything else, and one sentence that names the file."""

import shutil
from pathlib import Path

import pytest

from content import catalog
from content.checking import ContentError
from pages.ui import content_unread
from pages.ui.text import JOINER
from tests.data.learning import course
from tests.pages.conftest import opened, said

FILE = "tracks/jenkins-to-actions/modules/reuse-and-protect.md"


@pytest.fixture
def cut(tmp_path):
    """The content in use, with a module that ends in the middle of its head."""
    root = tmp_path / "content"
    shutil.copytree(Path(catalog.__file__).parent, root, ignore=shutil.ignore_patterns("exemplar", "near", "stub"))
    text = (root / FILE).read_text(encoding="utf-8")
    (root / FILE).write_text(text[: text.index("\n---\n", 3) // 2], encoding="utf-8")
    with catalog.at(root):
        yield root


def plainly(at) -> str:
    assert not at.exception
    return said(at).replace("\\", "").replace(JOINER, "")


def test_home_shows_what_needs_no_content_and_names_the_file(demo_home, cut):
    text = plainly(opened())
    assert "Demo organisation" in text and "Four ways to begin" not in text
    assert "The learning content cannot be read at the moment, so the way to" in text and f"Mend {FILE} in" in text


def test_the_page_about_content_says_what_is_wrong(demo_home, cut):
    text = plainly(opened("learn/content.py"))
    assert "To mend" in text and f"{FILE}: it begins with front matter" in text


def test_files_are_named_once_each():
    error = ContentError("tracks/a/modules/b.md: one: thing\ntracks/a/modules/b.md: another\npractices.yml: a third")
    assert error.files == ("tracks/a/modules/b.md", "practices.yml")


def test_who_does_not_administer_is_told_whom_to_tell(home, who):
    error = ContentError(f"{FILE}: it begins with front matter between two lines of ---")
    assert FILE in content_unread.advice(error, who)
    member = course.person("Reader", team_role="member")
    said = content_unread.advice(error, member)
    assert FILE not in said and "Tell whoever runs Milepost" in said
    assert "Tell whoever runs Milepost" in content_unread.advice(error, None)
