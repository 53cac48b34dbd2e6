"""What those who lead ask first is worked out ahead, and again when something has changed."""

import pytest

from data import derive, store
from data.leading import capabilities, fleet, warming
from data.leading.warming import Keeping
from tests.data.improving import planted


@pytest.fixture
def place(home, who, monkeypatch):
    monkeypatch.setattr(warming, "LARGE", 1)
    fleet.forget()
    capabilities.forget()
    return planted.service(who, 30)


def test_the_first_view_of_a_large_organization_is_worked_out(place, who):
    assert Keeping().once()
    assert capabilities.waiting(who, place.organization_id) == 0


def test_without_a_change_nothing_is_looked_at(place):
    keeping = Keeping()
    assert keeping.once()
    assert not keeping.once()
    with store.writing() as session:
        derive.changed(session, service_id=place.service_id)
    assert keeping.once()


def test_a_small_organization_is_left_to_who_asks(place, who, monkeypatch):
    monkeypatch.setattr(warming, "LARGE", 2)
    Keeping().once()
    assert capabilities.waiting(who, place.organization_id) == 1


def test_a_store_that_cannot_be_read_stops_nothing_and_is_tried_again(place, who, monkeypatch):
    keeping = Keeping()
    with monkeypatch.context() as broken:
        broken.setattr(warming, "warm", lambda: 1 / 0)
        assert not keeping.once()
    assert keeping.once()
    assert capabilities.waiting(who, place.organization_id) == 0


def test_it_begins_at_once_and_ends_when_told(place, who):
    keeping = Keeping(pause=3600)
    keeping.start()
    keeping.stop()  # waits for what has begun
    assert capabilities.waiting(who, place.organization_id) == 0
    assert not keeping._thread.is_alive()
