"""A sync is killed before and after each request and each commit, and begun again: nothing is lost, stale or double."""

from contextlib import contextmanager

import pytest

from data import derive, store
from data.sources.github import commits, issues, runs, transport
from data.sources.github.sync import sync
from data.tables import Service
from tests.data.sources.hub.arrange import hub_with, place, truth


class Crash(BaseException):
    """As if the process were gone: nothing of ours catches it."""


class Boundaries:
    """Counts the moments before and after each request and each commit; dies at the one wanted."""

    def __init__(self, patch):
        self.left, self.passed = -1, 0
        real_writing, real_answer = store.writing, transport.Connection.getresponse
        pass_by = self._pass

        @contextmanager
        def writing(quietly=False):
            with real_writing(quietly) as session:
                yield session
                session.flush()
                pass_by()
            pass_by()

        def getresponse(connection):
            pass_by()
            answer = real_answer(connection)
            pass_by()
            return answer

        patch.setattr(store, "writing", writing)
        patch.setattr(transport.Connection, "getresponse", getresponse)

    def _pass(self):
        self.passed += 1
        self.left -= 1
        if self.left == 0:
            raise Crash

    def after(self, count: int):
        self.left, self.passed = count, 0


@pytest.fixture
def boundaries(monkeypatch):
    """Also with small pages, so that there are many of them."""
    for module, name, size in ((issues, "PAGE", 10), (commits, "PAGE", 10), (runs, "PAGE", 10)):
        monkeypatch.setattr(module, name, size)
    return Boundaries(monkeypatch)


SIZES = {"pulls": 18, "issues": 8, "deployments": 10, "runs": 24, "releases": 2, "days": 20}


def run(shop, boundaries, count: int) -> bool:
    """Syncs, dying after so many boundaries. Whether it came to its end."""
    boundaries.after(count)
    api = shop.api()
    try:
        sync(shop.source_id, api, sweep=True)
        return True
    except Crash:
        return False
    finally:
        boundaries.left = -1
        api.close()


def test_killed_at_every_boundary_of_a_first_reading(home, boundaries):
    with hub_with(seed=3, **SIZES) as hub:
        whole = place(hub)
        assert run(whole, boundaries, -1)
        every = boundaries.passed
        assert every > 60
        true = truth(hub)  # reading changes nothing there
        assert whole.held() == true
        for count in range(1, every + 1):
            shop = place(hub, alone=count)
            assert not run(shop, boundaries, count)
            assert run(shop, boundaries, -1)
            assert shop.held() == true, f"killed at boundary {count}"


def test_killed_at_every_boundary_while_things_change(home, boundaries):
    """Each reading is killed one boundary later than the one before, and things change in between."""
    with hub_with(seed=4, **SIZES) as hub:
        shop = place(hub)
        count, ended = 1, 0
        while ended < 3:
            ended += run(shop, boundaries, count)
            hub.mutate(count, 2, step=3)
            count += 1
        assert count > 60
        shop.settle()
        assert shop.held() == truth(hub)


def test_what_was_read_before_the_end_is_known_to_have_changed(home, boundaries):
    """A service is stale with the first page already, so that no page shows new rows with old numbers."""
    with hub_with(seed=5, **SIZES) as hub:
        shop = place(hub)
        derive.refresh(shop.service_id)
        assert shop.service_id not in derive.stale()
        held = {}
        for count in range(1, 40):
            before = version(shop)
            assert not run(shop, boundaries, count)
            now = shop.held()
            facts = ("changes", "deployments", "releases", "tags", "runs", "incidents", "trunk")
            if any(now[name] != held.get(name, []) for name in facts):
                assert version(shop) > before
            held = now


def version(shop) -> int:
    with store.reading() as session:
        return session.get_one(Service, shop.service_id).facts_version
