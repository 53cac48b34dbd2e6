"""Backups in the home: who may have them, and what is done with them."""

import os

import pytest

from data import access, jobs, people, store
from data.keeping import restoring, shelf, trail
from data.tables import Organization, Team
from tests.data.arrange import Place
from tests.data.surveyed import person


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


@pytest.fixture
def place(home, who) -> Place:
    return Place(who)


def test_one_is_made_in_the_background_listed_taken_away_and_deleted(place, who):
    job = jobs.progress(shelf.ask(who))
    (one,) = shelf.listed(who)
    assert (job.state, job.message) == ("done", f"Backed up {one.rows:,} rows into {one.name}.")
    assert one.problem is None and one.made_at is not None and not one.is_before_restore
    (store.home() / "taken.zip").write_bytes(shelf.content(who, one.name))
    assert restoring.check(store.home() / "taken.zip").opens
    shelf.remove(who, one.name)
    assert shelf.listed(who) == ()
    with pytest.raises(access.NotFound):
        shelf.content(who, one.name)
    lines = trail.page(who, place.organization_id, trail.Filter(), size=3).lines
    assert [(line.who, line.did) for line in lines] == [
        ("Local administrator", "Deleted backup"), ("Local administrator", "Downloaded backup"),
        ("Local administrator", "Made backup"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["../secret.key", "milepost-20260101-120000-000000.zip/../../secret.key", "", "x.zip"])
def test_nothing_but_a_backup_is_given_away(place, who, name):
    with pytest.raises(access.NotFound):
        shelf.content(who, name)
    with pytest.raises(access.NotFound):
        shelf.remove(who, name)


def test_a_damaged_one_is_listed_with_what_is_wrong(place, who):
    (shelf.folder() / "milepost-20260101-120000-000000.zip").write_text("no zip")
    (one,) = shelf.listed(who)
    assert "is damaged, or no backup" in one.problem and one.made_at is None


def test_a_file_that_is_named_after_no_day_is_left_alone(place, who):
    (shelf.folder() / "milepost-20269999-000000-000000.zip").write_bytes(b"of somebody")
    assert shelf.listed(who) == ()


def test_one_that_is_too_large_for_a_browser_is_copied_on_the_server(place, who, monkeypatch):
    shelf.ask(who)
    monkeypatch.setattr(shelf, "LARGEST_DOWNLOAD", 10)
    (one,) = shelf.listed(who)
    assert one.is_too_large
    with pytest.raises(ValueError, match=r"too large to download here: copy .* on the server"):
        shelf.content(who, one.name)


def test_only_who_administers_every_organization_has_them(place, who):
    leader = person("leader", place.organization_id)
    shelf.ask(who)
    (one,) = shelf.listed(who)
    for do in (
        shelf.listed,
        shelf.ask,
        lambda each: shelf.content(each, one.name),
        lambda each: shelf.remove(each, one.name),
    ):
        with pytest.raises(access.Forbidden):
            do(leader)
    with store.writing() as session:
        session.add(Organization(name="A demo", is_demo=True, created_at=1))
    assert shelf.may(who)
    with store.writing() as session:
        session.add(other := Organization(name="Other", created_at=1))
        session.flush()
        session.add(Team(organization_id=other.id, name="T", created_at=1))
    assert not shelf.may(who)
    with pytest.raises(access.Forbidden, match="holds every organisation"):
        shelf.content(who, one.name)


def test_what_a_killed_backup_left_goes_after_a_day(place, who):
    left = shelf.folder() / ".milepost-20260101-120000-000000.zip.abc.part"
    left.write_text("half")
    shelf.tidy(left.stat().st_mtime + 3_600)
    assert left.exists()
    os.utime(left, (1, 1))
    shelf.tidy(90_000)
    assert not left.exists()
    assert people.local_person() == who
