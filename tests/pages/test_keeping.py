"""Audit log, keeping and deleting; and that a store which comes back from a backup shows the same pages."""

import re
import shutil
from datetime import UTC, datetime

import pytest
import streamlit as st

from data import moving, people, store
from data.keeping import backup, restoring, retention, shelf, trail
from data.tables import AuditEvent, Person, PersonRole
from tests.data.arrange import Place
from tests.data.surveyed import person
from tests.pages.conftest import opened, said
from tests.servers import database

EVIL = "**Bold** <script>alert(1)</script>"


@pytest.fixture
def place(home, who) -> Place:
    return Place(who)


def table(at) -> list[list]:
    return at.dataframe[0].value.values.tolist()


def test_the_log_shows_lines_the_newest_first_a_page_at_a_time_and_what_the_address_says(place, who):
    with store.writing() as session:
        for number in range(60):
            at = store.to_us(datetime(2026, 3, 1 + number // 30, 12, number % 30, tzinfo=UTC))
            by, about = who.id if number % 2 else None, f"team:{place.team_id}"
            session.add(AuditEvent(at=at, person_id=by, action="rename_team", subject=about, detail={"to": EVIL},
                                   organization_id=1))  # fmt: skip
    at = opened("admin/audit.py", **{"from": "2026-03-01", "to": "2026-03-02"})
    assert not at.exception and "60 lines" in said(at)
    first = table(at)
    assert first[0] == ["2 Mar 2026, 12:29", "Local administrator", "Renamed team", "team Team of Shop", f"to: {EVIL}"]
    assert len(first) == 25
    at = opened("admin/audit.py", to="2026-03-01", who=str(trail.MILEPOST))
    assert len(table(at)) == 15 and {row[1] for row in table(at)} == {"Milepost itself"}
    at.selectbox(key="audit_kind").set_value(trail.SEEN).run()
    assert "Nothing of this kind is in the log" in said(at) and not at.exception
    at = opened("admin/audit.py", **{"from": "2026-03-02", "to": "2026-03-01"})
    assert "nothing can be between them" in said(at)
    assert not opened("admin/audit.py", **{"from": "x", "to": "9999-99-99", "who": "x", "what": "x"}).exception


def test_a_backup_is_made_listed_and_deleted(place, who):
    at = opened("admin/keeping.py")
    assert "There is no backup yet" in said(at)
    at.button(key="backup_make").click().run()
    (one,) = shelf.listed(who)
    assert not at.exception and one.name in said(at).replace("\\", "")
    at.button(key=f"backup_delete_{one.name}").click().run()
    at.button(key=f"backup_delete_{one.name}").click()
    at.button(key="backup_delete_go").click().run()
    assert shelf.listed(who) == () and not at.exception


def test_a_rule_is_tried_before_it_is_made(place, who):
    with store.writing() as session:
        session.add_all(AuditEvent(at=1, action="x", subject="y", organization_id=1) for _ in range(3))
    at = opened("admin/keeping.py")
    at.session_state["keeping_tab"] = "How long"
    at.run()
    at.button(key="keeping_change_audit").click().run()
    at.button(key="keeping_change_audit").click()
    at.radio(key="keeping_how_audit").set_value("for a number of days").run()
    assert any("3 rows would go now" in each.value for each in at.warning) and not at.exception
    at.button(key="keeping_change_audit").click()
    at.number_input(key="keeping_days_audit").set_value(400)
    at.button(key="keeping_save").click().run()
    (rule,) = (each for each in retention.rules(who, place.organization_id) if each.kind == "audit")
    assert rule.days == 400 and "Kept for 400 days; the worker has not carried this out yet." in said(at)


def test_a_person_is_deleted_only_after_their_name_was_typed(place, who):
    one = person("member", place.organization_id, place.team_id)
    with store.writing() as session:
        session.get(Person, one.id).name = EVIL
    at = opened("admin/keeping.py")
    at.session_state["keeping_tab"] = "Delete a person"
    at.run()
    at.selectbox(key="keeping_person").set_value(one.id).run()
    assert "roles in teams: 1" in said(at) and "Backups made before still hold the person" in said(at)
    at.button(key="keeping_delete").click().run()
    at.button(key="keeping_delete").click()
    at.text_input(key="keeping_person_typed").set_value("somebody")
    at.button(key="keeping_person_go").click().run()
    assert any("nothing was deleted" in each.value for each in at.error)
    at.button(key="keeping_delete").click()
    at.text_input(key="keeping_person_typed").set_value(EVIL)
    at.button(key="keeping_person_go").click().run()
    assert not at.exception
    with store.reading() as session:
        assert session.get(Person, one.id) is None


def test_nobody_else_than_an_administrator_comes_here(place, monkeypatch):
    with store.writing() as session:
        row = Person(provider="oidc", subject="1", name="A coach", created_at=1)
        session.add(row)
        session.flush()
        session.add(PersonRole(person_id=row.id, organization_id=place.organization_id, role="coach"))
    coach = people.current("oidc", "1")
    monkeypatch.setattr(people, "local_person", lambda: coach)
    for file in ("admin/audit.py", "admin/keeping.py"):
        assert "You may not see this page" in said(opened(file))


PAGES = (
    ("home/start.py", {}), ("team/overview.py", {"team": 2}), ("team/delivery.py", {}),
    ("team/practices.py", {"team": 2}),
    ("team/plan.py", {"team": 2}), ("team/surveys.py", {"team": 2}), ("team/pains.py", {"team": 2}),
    ("team/outcomes.py", {"team": 2}), ("learn/learning.py", {"team": 2}), ("admin/teams.py", {}),
)  # fmt: skip


def shown() -> dict[str, str]:
    """What stands on pages, with how long ago something was taken out: that grows while the test runs."""
    return {file: re.sub(r"\d+ (minute|hour|second)s? ago|just now", "lately", said(opened(file, **query)))
            for file, query in PAGES}  # fmt: skip


def test_a_backup_brought_into_an_empty_install_shows_the_same_pages(
    demo_home, tmp_path, monkeypatch, postgresql, migrated_database
):
    before = shown()
    assert all(len(text) > 100 for text in before.values())
    backup.write(tmp_path / "b.zip")
    with database(postgresql, migrated_database) as address:
        (tmp_path / "other").mkdir(mode=0o700)
        shutil.copy(demo_home / "secret.key", tmp_path / "other")
        monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "other"))
        monkeypatch.setenv("DATABASE_URL", address)
        restoring.restore(tmp_path / "b.zip")
        assert moving.work_out() > 0
        st.cache_data.clear()
        st.cache_resource.clear()
        after = shown()
    for page, text in before.items():
        assert after[page] == text, page
