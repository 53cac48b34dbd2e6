"""The page of the content, for coaches."""

import pytest

from content import catalog, check
from data import content_whole, people
from data.access import Forbidden
from data.content_whole import Whole
from data.learning import quizzes
from pages.ui.text import JOINER
from tests.content import example
from tests.data.learning import course
from tests.data.learning.course import READ
from tests.pages.conftest import opened, said

PAGE = "learn/content.py"
SEEN = "2026-01-02"


@pytest.fixture(autouse=True)
def taught(monkeypatch) -> None:
    """One small track instead of all that is shipped."""
    course.teach(monkeypatch)


def tab(name: str):
    at = opened(PAGE)
    at.session_state["content_tab"] = name
    at.run()
    assert not at.exception
    return at


def plainly(at) -> str:
    return said(at).replace("\\", "").replace(JOINER, "")


def test_what_the_rules_say_is_told_with_what_there_is(home, monkeypatch):
    found = check.Report(("tracks/a: mend **this**",), ("resources.yml: b: old", "tracks: c"))
    monkeypatch.setattr(check, "loaded", lambda today: found)
    monkeypatch.setattr(content_whole, "check", lambda who: Whole(("tracks/d: an example is wrong",)))
    at = opened(PAGE)
    assert "tracks/a: mend **this**" in plainly(at) and "- tracks: c" in plainly(at) and not at.exception
    assert "And 1 resource that nobody has seen for long" in plainly(at) and len(at.dataframe) == 1
    at.button(key="content_check").click().run()
    assert "tracks/d: an example is wrong" in plainly(at)


def test_each_link_says_when_somebody_last_saw_it(home, monkeypatch):
    some = dict(list(catalog.resources().items())[:2])
    first, second = some
    known = {first: some[first], second: some[second] | {"verified": SEEN, "replaced_by": first}}
    monkeypatch.setattr(catalog, "resources", lambda: known)
    text = plainly(tab("Links"))
    assert "2 resources, 0 of them linked by a module. 1 never verified, 1 last seen more than 180 days ago." in text
    assert "never verified" in text and "days ago, which is long" in text and "There is a better one" in text


def test_questions_are_told_of_five_people_and_not_of_fewer(home, who):
    at = tab("Questions")
    assert "No question was answered by 5 people yet." in plainly(at)
    for number in range(5):
        one = course.person(f"Member {number}", organization_id=people.home_organization(who), role="leader")
        answer(one, 1 if number else 0)
    text = plainly(tab("Questions"))
    assert "Who reads a runbook?" in text and "20 % right at first, of 5 people" in text
    assert "Hard, or not explained" in text


def answer(who: people.Who, chosen: int) -> None:
    quizzes.answer(who, course.TRACK, READ, "at-night", (chosen,))


def test_the_guide_is_read_in_the_portal(home):
    at = tab("Guide")
    assert "Every track, module and proof of concept has an `id`" in said(at) and len(at.code) >= 5
    assert not at.text[1:]


def test_a_module_is_tried_and_read(home):
    at = tab("Try a file")
    at.file_uploader(key="content_file").set_value((f"{READ}.md", example.file(f"{READ}.md").encode(), "text/markdown"))
    text = plainly(at.run())
    assert (
        "Nothing to mend" in text and "1. Install, operate, roll back, owner" in text and "Who reads a runbook?" in text
    )


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.md", b"no front matter", "it begins with front matter"),
        ("a.md", "\ud800".encode("utf-8", "surrogatepass"), "not text in UTF-8"),
        ("a.yml", b"a: &x [1]\nb: *x", "it refers to another place"),
    ],
)
def test_a_file_that_is_none_is_told(home, name, content, told):
    at = tab("Try a file")
    at.file_uploader(key="content_file").set_value((name, content, "text/plain"))
    assert told in plainly(at.run()) + " ".join(each.value for each in at.error) and not at.exception


def test_the_whole_check_is_run_for_whoever_reviews(home, who, monkeypatch):
    class Done:
        stdout, stderr = b'{"problems": ["a"], "warnings": []}', b""

    monkeypatch.setattr(content_whole.subprocess, "run", lambda command, **more: Done())
    assert content_whole.check(who) == Whole(("a",), ())
    Done.stdout, Done.stderr = b"", b"no such folder\n"
    assert content_whole.check(who).failed == "no such folder"
    monkeypatch.setattr(content_whole.subprocess, "run", late)
    assert "did not come to an end" in content_whole.check(who).failed
    member = course.person("A member", organization_id=people.home_organization(who), role="leader")
    with pytest.raises(Forbidden):
        content_whole.check(member)


def late(command, **more):
    raise content_whole.subprocess.TimeoutExpired(command, more["timeout"])
