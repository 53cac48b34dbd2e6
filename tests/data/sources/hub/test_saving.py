"""What a page leaves behind: what is still to be fetched, and where reading goes on."""

import pytest

from data import derive, store
from data.sources.github import repository, saving
from data.tables import Feed, Service, Source, Todo
from tests.data.sources.hub.arrange import hub_with, place


@pytest.fixture
def shop(both):
    with hub_with(pulls=0, issues=0, deployments=0, runs=0, releases=0, days=9) as hub:
        made = place(hub)
        made.sync()
        yield made


@pytest.fixture
def reader(shop):
    with store.reading() as session:
        made = repository.known(session, session.get_one(Source, shop.source_id))
    made.api = shop.api()
    yield made
    made.api.close()


def test_only_what_was_fetched_as_new_as_it_was_asked_for_is_done(shop, reader):
    with saving.page(reader) as page:
        page.todo("pull", {"old": 5, "same": 5, "newer": 5, "young": 5, "whatever": 5, "other": 5})
    with saving.page(reader) as page:
        fetched = {"old": (4, None), "same": (5, None), "newer": (6, None), "young": (5, 99), "whatever": (None, None)}
        answered = page.all_done("pull", {**fetched, "unknown": (1, None)})
        assert not page.done("pull", "other", 4)
        assert page.is_todo("pull", "other") and not page.is_todo("pull", "same")
    assert answered == ["same", "newer", "young", "whatever", "unknown"]
    assert shop.rows(Todo, "key", "version", "due_at") == [("old", 5, None), ("other", 5, None), ("young", 5, 99)]


def test_what_is_done_of_one_kind_is_not_done_of_another(shop, reader):
    with saving.page(reader) as page:
        page.todo("pull", {"7": 5})
        page.todo("attempt", {"7": 5})
        page.done("pull", "7", 5)
    assert shop.rows(Todo, "kind", "key") == [("attempt", "7")]


def test_keys_of_any_signs_are_found_again(shop, reader):
    odd = ["1", "01", '"', "'", "\\", "%", "a,b", "[1]", "null", "Größe", "\N{ROCKET}", "\u2028", " ", "x" * 900]
    with saving.page(reader) as page:
        page.todo("odd", {key: place for place, key in enumerate(odd)})
    with saving.page(reader) as page:
        assert page.known(Todo, "version", "key", odd, kind="odd") == {key: place for place, key in enumerate(odd)}


def test_a_feed_that_was_read_in_the_same_transaction_says_what_was_saved(shop, reader):
    with saving.page(reader) as page:
        page.feed("kept", cursor={"at": 1}, etag="first")
        read = page.session.get(Feed, (shop.source_id, "kept"))
        page.feed("kept", cursor={"at": 2})
        assert read.cursor == {"at": 2}
    found = shop.feed("kept")
    assert (found.cursor, found.etag, found.checked_at) == ({"at": 2}, "first", reader.api.date)


def test_a_service_that_was_read_before_its_facts_changed_is_known_to_be_stale(shop):
    with store.writing() as session:
        service = session.get_one(Service, shop.service_id)
        before = service.facts_version
        derive.changed(session, service_id=shop.service_id)
        assert service.facts_version == before + 1
