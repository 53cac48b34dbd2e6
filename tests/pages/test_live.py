"""New facts on an open page: when it begins anew, and that it asks for next to nothing until then."""

import sqlite3
from dataclasses import replace

import pytest
import streamlit as st

from data import people, queries, store, teams
from pages.ui import asking, cached, live
from pages.ui.live import Shown


@pytest.fixture
def service(home) -> queries.ServiceView:
    who = people.local_person()
    team = teams.create_team(who, people.home_organization(who), "Shop")
    return queries.service(who, teams.create_service(who, team, "checkout"))


@pytest.fixture
def begun(monkeypatch) -> list:
    """How often the page began anew."""
    times: list = []
    monkeypatch.setattr(st, "rerun", lambda: times.append(1))
    return times


def followed(value, read) -> Shown:
    """What a page shows, drawn once."""
    shown = Shown(people.local_person(), value, read)
    live._look(shown)
    return shown


def write() -> None:
    """Something that has nothing to do with what is shown."""
    with store.writing():
        pass


def test_a_quiet_page_reads_one_number(service, begun):
    reads: list = []
    shown = followed((service,), lambda: reads.append(1) or (service,))
    for _ in range(5):
        live._look(shown)
    assert (len(reads), begun) == (1, []), "compared once, in case something came while it was drawn"


def test_what_others_write_is_looked_at_once_and_disturbs_nobody(service, begun):
    reads: list = []
    shown = followed((service,), lambda: reads.append(1) or (service,))
    live._look(shown)
    write()
    live._look(shown)
    live._look(shown)
    assert (len(reads), begun) == (2, [])


def test_a_page_begins_anew_when_its_service_is_another(service, begun):
    who = people.local_person()
    shown = followed((service,), lambda: (queries.service(who, service.id),))
    live._look(shown)
    teams.rename_service(who, service.id, "cashier")
    live._look(shown)
    assert begun == [1]


def test_nothing_is_drawn_anew_while_a_dialog_is_open(service, begun, monkeypatch):
    monkeypatch.setitem(st.session_state, "dialog_is_open", True)
    shown = followed((service,), lambda: ())
    live._look(shown)
    assert begun == []
    asking.closed()
    live._look(shown)
    assert begun == [1], "what came meanwhile is shown once it is closed"


def test_a_busy_store_leaves_the_page_as_it_is(service, begun, monkeypatch):
    def busy():
        raise sqlite3.OperationalError("database is locked")

    shown = followed((service,), lambda: ())
    shown.pulse = busy
    live._look(shown)
    assert begun == []
    shown.pulse = cached.version
    live._look(shown)
    assert begun == [1]


def test_a_page_changes_from_one_whole_state_to_the_next(service):
    before = replace(service, judged=True, ready=True, version=(1, 1))
    coming = replace(before, ready=False, collected_until=None)
    assert not live.differs((before,), (coming,)), "the numbers are just being worked out"
    assert live.differs((before,), (replace(before, version=(2, 1)),))
    assert live.differs((coming,), (before,))
    assert live.differs((before,), (None,)) and live.differs((before,), ())


def test_home_is_drawn_anew_for_what_it_shows_only(service):
    who, before = people.local_person(), queries.outline()
    write()
    teams.rename_service(who, service.id, "cashier")
    assert queries.outline() == before, "a name is seen with the next click; asking for all of them costs too much"
    teams.create_service(who, service.team_id, "search")
    assert queries.outline() != before
