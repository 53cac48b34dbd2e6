"""Whatever goes wrong at GitHub or on the way: nothing is lost, what is said helps, and it goes on where it stopped."""

import pytest
from sqlalchemy import func, select

from data import store
from data.sources.github import commits, errors, issues, runs
from data.tables import Change, Feed, Issue, Source
from tests.data.sources.hub.arrange import hub_with, place, truth
from tests.fake_github import GitHub
from tests.fake_github.faults import KINDS

SIZES = {"pulls": 25, "issues": 10, "deployments": 12, "runs": 25, "releases": 3, "days": 20}
PASSING = sorted(set(KINDS) - {"401", "slow", "huge", "hang", "301-loop", "301-elsewhere"})
PLACES = ["GET /repos/", "/issues", "/actions/runs", "POST /graphql"]


@pytest.fixture
def small_pages(monkeypatch):
    for module in (issues, commits, runs):
        monkeypatch.setattr(module, "PAGE", 10)


def patiently(shop, **options):
    """As a worker does: goes on when it is time."""
    pauses = 0
    while True:
        try:
            return shop.sync(**options), pauses
        except errors.Paused as pause:
            pauses += 1
            assert pauses < 60
            feed = shop.feed("sync")
            assert abs(feed.resume_at / 1e6 - pause.resume_at) < 0.01 and feed.problem == str(pause)
            shop.hub.clock.advance(max(1, pause.resume_at - shop.hub.clock.now()))


@pytest.mark.parametrize("kind", PASSING)
def test_each_fault_once_in_each_place(home, small_pages, kind):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        for number, where in enumerate(PLACES):
            hub.fault(kind, match=where, after=number % 2)
        patiently(shop)
        assert shop.held() == truth(hub)
        assert shop.feed("sync").problem is None
        struck = {fault for fault, _ in hub.faults.struck}
        assert struck == {kind}


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_of_faults_while_everything_changes_and_copies_lag(home, small_pages, seed):
    with hub_with(seed, **SIZES) as hub:
        shop = place(hub)
        hub.lag(200)
        hub.storm(seed, rate=0.15)
        for turn in range(5):
            patiently(shop)
            hub.mutate(100 * seed + turn, 25, step=9)
        hub.storm(seed, 0)
        hub.clock.advance(300)
        shop.settle()
        assert len(hub.faults.struck) > 3
        assert shop.held() == truth(hub)
        hub.problems.clear()


def test_a_limit_in_the_middle_keeps_what_was_read(home, small_pages):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        hub.limit(remaining=3, reset_in=900)
        with pytest.raises(errors.Limited, match=r"until \d\d:\d\d UTC") as raised:
            shop.sync()
        assert raised.value.resume_at == pytest.approx(hub.clock.now() + 901, abs=2)
        with store.reading() as session:
            held = session.execute(select(func.count()).select_from(Issue)).scalar_one()
        assert held > 10
        asked = len(hub.requests)
        hub.clock.advance(902)
        shop.sync()
        assert shop.held() == truth(hub)
        first = next(seen for seen in hub.requests[asked:] if seen.path.endswith("/issues"))
        assert "since" in first.query  # and not from the beginning


def test_a_limit_of_graphql_alone(home):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        hub.limit(remaining=0, reset_in=120, resource="graphql")
        with pytest.raises(errors.Limited):
            shop.sync()
        hub.clock.advance(122)
        shop.sync()
        assert shop.held() == truth(hub)


@pytest.mark.parametrize("kind", ["301-loop", "301-elsewhere"])
def test_a_way_that_leads_nowhere_ends(home, kind):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        hub.fault(kind, times=1000, match="/issues")
        with pytest.raises(errors.Moved):
            shop.sync()
        assert len(hub.requests) < 12


def test_a_bad_token_says_what_to_do(home):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        shop.sync()
        hub.revoke(shop.token)
        with pytest.raises(errors.BadToken, match="make a new one"):
            shop.sync()
        assert "make a new one" in shop.feed("sync").problem
        assert shop.held() == truth(hub)


def test_a_query_that_is_too_much_is_asked_in_smaller_parts(home):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        hub.fault("graphql-timeout", times=3, match="graphql", after=1)
        shop.sync()
        assert shop.held() == truth(hub)


@pytest.mark.parametrize(
    ("lacking", "feed", "word"),
    [
        ("actions", "runs", "actions"), ("deployments", "deployments", "deployments"),
        ("contents", "releases", "releases"),
    ],
)  # fmt: skip
def test_a_missing_permission_leaves_the_rest(home, lacking, feed, word):
    """It is unknown then, and the sentence names what is missing."""
    with hub_with(seed=6, **SIZES) as hub:
        every = {"metadata", "contents", "pull_requests", "issues", "actions", "deployments", "environments"}
        shop = place(hub, permissions=dict.fromkeys(every - {lacking}, "read"))
        report = shop.sync()
        assert word in report.problems[feed]
        assert len(shop.rows(Change, "number", kind="pull_request")) == 25
        with store.reading() as session:
            assert report.problems[feed] in session.get_one(Source, shop.source_id).notes
            assert session.get_one(Feed, (shop.source_id, feed)).problem == report.problems[feed]
        assert "Not read" in report.sentence


def test_what_a_new_permission_opens_is_read_from_the_beginning(home):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub, permissions=dict.fromkeys({"metadata", "contents", "pull_requests", "issues"}, "read"))
        shop.sync()
        assert shop.held()["runs"] == shop.held()["deployments"] == []
        shop.token = hub.token()
        shop.sync()
        assert shop.held() == truth(hub)


def test_no_token_is_in_anything_that_was_written(home, caplog):
    """Neither in clear in the store, nor in a log, nor in a sentence."""
    caplog.set_level("DEBUG")
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        hub.storm(1, rate=0.2)
        for _ in range(4):
            patiently(shop)
        hub.problems.clear()
    store.dispose()
    for path in home.rglob("*"):
        if path.is_file():
            assert shop.token.encode() not in path.read_bytes(), path
    assert shop.token not in caplog.text


def test_the_time_that_it_may_take_is_kept(home, small_pages):
    with hub_with(seed=6, **SIZES) as hub:
        shop = place(hub)
        with pytest.raises(errors.Paused):
            shop.sync(until=hub.clock.now() - 1)
        assert patiently(shop)[1] == 0
        assert shop.held() == truth(hub)


def test_a_server_that_is_away_comes_back(home):
    with GitHub(now="2026-06-01 12:00") as hub:
        hub.clock.freeze()
        hub.repository("acme/shop").issue("One", opened="2026-05-01")
        shop = place(hub)
        hub.stop()
        with pytest.raises(errors.Unavailable):
            shop.sync()
        hub.start()
        shop.sync()
        assert shop.held()["issues"] == truth(hub)["issues"]
