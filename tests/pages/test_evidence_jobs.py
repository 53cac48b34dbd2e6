"""Looks at repositories as one sees them: on a page of a team, and on the page of sources."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data import intake, people, store
from data.people import Who
from data.practices import evaluating, evaluations, looks
from data.tables import Service, Source
from pages.ui.text import ago
from tests.pages import conftest
from tests.pages.conftest import opened
from tests.repos import RepoBuilder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(home, tmp_path, monkeypatch) -> Service:
    """A service whose clone has a file with an awkward name that cannot be read."""
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    repo = RepoBuilder(tmp_path / "shop")
    repo.commit("Begin", "2026-01-01", files={"src/shop.py": "print('shop')\n"})
    repo.commit("Grow", "2026-01-02", files={".github/workflows/**bold**.yml": "# \n" * 200_000})
    intake.add_clone(people.local_person(), repo.path, "Payments", "Shop")
    with store.reading() as session:
        return session.execute(select(Service)).scalar_one()


def shown(repository_id: int, may: bool) -> AppTest:
    def page(repository_id: int, may: bool):
        from dataclasses import replace

        from data import people
        from pages.ui import evidence_jobs

        user = people.local_person()
        if not may:
            user = replace(user, organization_roles=frozenset({(1, "leader")}))
        evidence_jobs.section(user, [repository_id])

    return AppTest.from_function(page, args=(repository_id, may), default_timeout=60).run()


def said(at) -> str:
    return conftest.said(at).replace("\N{WORD JOINER}", "")


def test_the_button_looks_and_tells_when_and_what_could_not_be_read(shop):
    at = shown(shop.repository_id, True)
    assert not at.exception
    assert "1 repository, not looked at yet." in said(at)
    at.button(key="look_now").click().run()
    assert not at.exception
    assert "1 repository, looked at just now." in said(at)
    assert "from its clone" in said(at)
    assert r"\*\*bold\*\*" in said(at), "names of files are text"
    assert "it is larger than 512 KB" in said(at).replace("\\", "")


def test_a_look_that_failed_says_why_and_keeps_what_was_found(shop):
    evaluating.look(people.local_person(), [shop.repository_id])
    evaluations.failed(shop.repository_id, evaluations.PROBES, "The clone is gone.")
    at = shown(shop.repository_id, True)
    assert "The clone is gone" in said(at)
    assert "1 could not be looked at the last time." in said(at)
    assert "from its clone" in said(at)


def test_who_may_add_no_source_gets_no_button(shop):
    assert [button.key for button in shown(shop.repository_id, False).button] == []


def test_nothing_that_may_be_seen_says_what_to_do(home):
    at = shown(999, True)
    assert "No repository is read for this team yet" in said(at)


def test_the_page_of_sources_tells_it_too(shop):
    at = opened("admin/sources.py")
    assert "Practices:" in said(at).replace("\\", "")
    with store.reading() as session:
        number = session.execute(select(Source.id)).scalar_one()
    at.button(key=f"source_look_{number}").click().run()
    assert not at.exception
    assert "Looked at just now" in said(at)


@pytest.mark.parametrize(
    ("passed", "words"),
    [(30, "just now"), (120, "2 minutes ago"), (7_199, "119 minutes ago"), (7_200, "2 hours ago"),
     (172_799, "47 hours ago"), (172_800, "2 days ago"), (-60, "just now")],
)  # fmt: skip
def test_how_long_ago_that_was(passed, words):
    assert ago(NOW - timedelta(seconds=passed), NOW) == words


def test_a_person_of_no_organization_sees_no_repository(shop):
    assert looks.status(Who(9, "A stranger"), [shop.repository_id]) == {}
