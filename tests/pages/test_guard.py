"""No page shows anything to somebody who may not see it, whichever way they come in."""

import ast

import pytest

from data import people
from data.access import Action
from data.people import Who
from pages.ui.guard import somewhere
from pages.ui.registry import PAGES
from tests.pages.conftest import ROOT, opened, said

NOBODY = Who(7, "Somebody", is_active=False)
MEMBER = Who(8, "A member", team_roles=frozenset({(1, 1, "member")}))
LEAD = Who(9, "A lead", team_roles=frozenset({(1, 1, "team_lead")}))
#: Where a link to a page that is not open to everybody is drawn for those alone who may open it.
GUARDED = {
    "pages/ui/begin.py": "somewhere(user, Action.ADD_SOURCE)",
    "pages/ui/content_unread.py": "guard.somewhere(user, Action.REVIEW)",
    "pages/ui/github_source.py": "on the page of GitHub",
    "pages/ui/source_cards.py": "on the page of sources",
    "pages/ui/survey_list.py": "leads",
    "pages/ui/syncs.py": "states.open_to(",
}


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.file)
def test_the_first_thing_a_page_does_is_ask_the_guard(spec):
    source = ast.parse((ROOT / "pages" / spec.file).read_text(encoding="utf-8"))
    assert ast.get_docstring(source), "a page says what it is"
    doing = [step for step in source.body[1:] if not isinstance(step, ast.Import | ast.ImportFrom)]
    assert ast.unparse(doing[0]) == f"user = require(Action.{spec.action.name})"


@pytest.mark.parametrize("whose", [NOBODY, None], ids=["deactivated", "unknown"])
def test_whoever_is_not_known_at_this_computer_sees_nothing(whose, home, monkeypatch):
    """Each role at each page where people sign in: tests/doors."""

    def asked():
        if whose is None:
            raise people.Unknown("not known here")
        return whose

    monkeypatch.setattr(people, "local_person", asked)
    at = opened()
    assert [title.value for title in at.title] == ["No access"] and len(at.main) == 2


def test_the_demo_alone_makes_nobody_a_leader():
    assert not somewhere(MEMBER, Action.LEAD) and somewhere(MEMBER, Action.VIEW_PROOFS)


@pytest.mark.parametrize("file", ["admin/teams.py", "admin/sources.py"])
def test_a_member_is_told_that_administration_is_not_theirs(file, demo_home, monkeypatch):
    monkeypatch.setattr(people, "local_person", lambda: MEMBER)
    assert "No access" in said(opened(file))


@pytest.mark.parametrize(
    ("user", "action", "may"),
    [
        (NOBODY, Action.VIEW, False),
        (MEMBER, Action.VIEW, True),
        (MEMBER, Action.VIEW_ROWS, True),
        (MEMBER, Action.ADD_SOURCE, False),
        (LEAD, Action.ADD_SOURCE, True),
        (LEAD, Action.EDIT_SERVICE, True),
        (LEAD, Action.ADMINISTER, False),
    ],
)
def test_who_may_open_what(user, action, may):
    assert somewhere(user, action) is may


def test_every_page_file_is_registered_and_every_address_is_its_own():
    files = {
        str(path.relative_to(ROOT / "pages"))
        for path in (ROOT / "pages").rglob("*.py")
        if path.parent.name not in ("ui", "web") and path.name != "__init__.py"
    }
    assert files == {spec.file for spec in PAGES}
    assert len({spec.path for spec in PAGES}) == len(PAGES)


def test_nobody_is_sent_to_a_page_that_refuses_them():
    """A link to such a page goes through `states`, which asks; the exceptions are few and known."""
    closed = {spec.path for spec in PAGES if not somewhere(MEMBER, spec.action)}
    assert {"sources", "github", "session", "people"} <= closed
    found = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ("st.page_link", "st.switch_page"):
                continue
            to = call.args[0]
            if isinstance(to, ast.Call) and isinstance(to.args[0], ast.Constant) and to.args[0].value in closed:
                found.add(str(path.relative_to(ROOT)))
    assert found == GUARDED.keys()
