import signal
import sys
from datetime import date, timedelta

import polars as pl
import pytest
from sqlalchemy import select

from assessments import delivery
from assessments.delivery import results
from assessments.delivery.blocks import BLOCKS
from assessments.delivery.settings import RULES_VERSION
from data import access, derive, queries, store
from data.tables import CellBlock, Failure, JudgedDeployment, Service, ShippedChange
from tests import nursery
from tests.data.arrange import Place, change, deployment, hour, incident, sha


@pytest.fixture
def shop(both, who) -> Place:
    return Place(who)


def service(place: Place) -> Service:
    with store.reading() as session:
        return session.get(Service, place.service_id)


def busy(place: Place) -> Place:
    """Twelve changes, six deployments, one of which an incident hit."""
    place.add(
        changes=[change(number, number * 10) for number in range(1, 13)],
        deployments=[deployment(f"d{number}", number * 2, number * 20 + 5) for number in range(1, 7)],
        incidents=[incident("INC-1", 46, 49)],
    )
    return place


def derived(place: Place) -> tuple:
    """Everything derived, to compare."""
    loaded = derive.load(place.service_id)
    cells = select(CellBlock).where(CellBlock.service_id == place.service_id).order_by(CellBlock.block)
    return (
        loaded.deployments.rows(), loaded.changes.rows(), loaded.failures.rows(), loaded.collected_until,
        loaded.incidents_collected, store.read_frame(cells).rows(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "table, schema, more",
    [
        (JudgedDeployment, results.JUDGED, {"id", "service_id"}),
        (ShippedChange, results.SHIPPED, {"id", "service_id"}),
        (Failure, results.FAILURES, {"id", "service_id"}),
        (CellBlock, BLOCKS, {"service_id"}),
    ],
)
def test_derived_tables_hold_exactly_what_judging_gives(table, schema, more):
    assert set(table.__table__.columns.keys()) == set(schema) - {"service"} | more


def test_what_is_loaded_is_what_was_judged(shop):
    busy(shop)
    derive.refresh(shop.service_id)
    judged = delivery.judge(derive.facts(shop.service_id), derive.settings(shop.service_id))
    loaded = derive.load(shop.service_id)
    for name in ("deployments", "changes", "failures"):
        assert getattr(loaded, name).sort(pl.all()).equals(getattr(judged, name).sort(pl.all())), name
        assert getattr(loaded, name).schema == getattr(judged, name).schema
    assert (loaded.existed_from, loaded.collected_until) == (judged.existed_from, judged.collected_until)
    assert (loaded.incidents_collected, loaded.rules_version) == (True, RULES_VERSION)
    assert loaded.attribution_hours == judged.attribution_hours


@pytest.mark.parametrize("start, end", [(0, 500), (30, 60), (46, 47), (300, 500)])
def test_a_window_loads_all_that_its_summary_needs(shop, start, end):
    busy(shop)
    derive.refresh(shop.service_id)
    part, whole = derive.load(shop.service_id, hour(start), hour(end)), derive.load(shop.service_id)
    assert delivery.summarise(part, hour(start), hour(end)) == delivery.summarise(whole, hour(start), hour(end))


@pytest.mark.parametrize("start, end", [(0, 2000), (30, 60), (100, 500)])
def test_the_summary_from_value_parts_is_that_of_the_rows(shop, start, end):
    busy(shop)
    derive.refresh(shop.service_id)
    window = hour(start), hour(end)
    told = derive.summaries({shop.service_id: window})
    assert told == {shop.service_id: delivery.summarise(derive.load(shop.service_id), *window)}


def test_a_window_loads_a_failure_that_began_long_before_it(shop):
    shop.add(
        changes=[change(1)],
        deployments=[deployment("d1", 1, 2000)],
        incidents=[incident("INC-1", 5, None, deployment="d1")],
    )
    derive.refresh(shop.service_id)
    assert derive.load(shop.service_id, hour(1990), hour(2010)).failures["evidence_id"].to_list() == ["INC-1"]


def test_a_page_never_mixes_two_versions(shop):
    busy(shop)
    derive.refresh(shop.service_id)
    version, window = service(shop).derived_version, (hour(0), hour(500))
    derive.load(shop.service_id, *window, version=version)
    derive.summaries({shop.service_id: window}, {shop.service_id: version})
    queries.cells(shop.service_id, *window, version=version)
    shop.add(deployments=[deployment("late", 12, 300)])
    derive.refresh(shop.service_id)
    for read in (
        lambda: derive.load(shop.service_id, *window, version=version),
        lambda: derive.summaries({shop.service_id: window}, {shop.service_id: version}),
        lambda: queries.cells(shop.service_id, *window, version=version),
    ):
        with pytest.raises(derive.Outdated):
            read()


def test_many_services_are_judged_at_once_and_each_as_alone(both, who):
    places = [busy(Place(who, f"Service {number}")) for number in range(3)]
    places[1].add(deployments=[deployment("more", 11, 300)], incidents=[incident("INC-2", 301, None)])
    alone = []
    for place in places:
        derive.refresh(place.service_id)
        alone.append(derived(place))
    with store.writing() as session:
        for place in places:
            derive.changed(session, service_id=place.service_id)
    told = []
    assert derive.refresh([place.service_id for place in places], lambda done, total: told.append((done, total)))
    assert ([derived(place) for place in places], told) == (alone, [(3, 3)])


def test_cells_are_those_of_the_judged_rows(shop):
    busy(shop)
    derive.refresh(shop.service_id)
    wanted = delivery.weekly(derive.load(shop.service_id))
    assert queries.cells(shop.service_id, hour(-9_999), hour(9_999)).equals(wanted)
    assert wanted.height > 0


def test_a_service_without_a_rule_has_nothing_derived_and_is_not_stale(both, who):
    place = busy(Place(who, settings=None))
    assert derive.refresh(place.service_id)
    assert derive.load(place.service_id) is None
    assert derive.stale() == []
    assert service(place).collected_until == store.to_us(hour(2000))


def test_new_facts_make_a_service_stale_until_it_is_refreshed(shop):
    busy(shop)
    before = derive.stale()
    derive.refresh(shop.service_id)
    after = derive.stale()
    shop.add(deployments=[deployment("d9", 12, 300)])
    assert (before, after, derive.stale()) == ([shop.service_id], [], [shop.service_id])


def test_new_rules_make_every_service_stale(shop, monkeypatch):
    derive.refresh(shop.service_id)
    monkeypatch.setattr(derive, "RULES_VERSION", RULES_VERSION + 1)
    assert derive.stale() == [shop.service_id]


def test_facts_of_a_repository_mark_all_its_services(shop, who):
    other = Place(who, "Other")
    for place in (shop, other):
        derive.refresh(place.service_id)
    with store.writing() as session:
        derive.changed(session, repository_id=shop.repository_id)
    assert derive.stale() == [shop.service_id]


def test_refreshing_again_changes_nothing(shop):
    busy(shop)
    derive.refresh(shop.service_id)
    first = derived(shop)
    derive.refresh(shop.service_id)
    assert derived(shop) == first


def test_facts_that_change_while_computing_are_computed_again(shop, monkeypatch):
    busy(shop)
    judge, times = delivery.judge_fleet, []

    def interrupted(facts, settings):
        times.append(facts.deployments.height)
        if len(times) == 1:
            shop.add(deployments=[deployment("late", 12, 300)])
        return judge(facts, settings)

    monkeypatch.setattr(delivery, "judge_fleet", interrupted)
    assert derive.refresh(shop.service_id)
    assert (times, derive.stale()) == ([6, 7], [])
    assert "late" in derive.load(shop.service_id).deployments["deployment_id"]


def test_facts_that_never_rest_leave_the_old_rows_and_say_so(shop, monkeypatch):
    busy(shop)
    derive.refresh(shop.service_id)
    before, judge, times = derived(shop), delivery.judge_fleet, []

    def interrupted(facts, settings):
        times.append(1)
        shop.add(deployments=[deployment(f"late {len(times)}", 12, 300)])
        return judge(facts, settings)

    monkeypatch.setattr(delivery, "judge_fleet", interrupted)
    shop.add(deployments=[deployment("new", 12, 299)])
    assert not derive.refresh(shop.service_id)
    assert (derived(shop), derive.stale()) == (before, [shop.service_id])


def test_a_slower_refresh_never_puts_older_rows_over_newer_ones(shop, monkeypatch):
    busy(shop)
    judge, times = delivery.judge_fleet, []

    def overtaken(facts, settings):
        times.append(1)
        if len(times) == 1:
            shop.add(deployments=[deployment("late", 12, 300)])
            derive.refresh(shop.service_id)  # by another process, meanwhile
        return judge(facts, settings)

    monkeypatch.setattr(delivery, "judge_fleet", overtaken)
    derive.refresh(shop.service_id)
    assert "late" in derive.load(shop.service_id).deployments["deployment_id"]


KILLED = """
import os, signal
from data import derive, store
whole, count = store.insert_frame, []
def dying(session, table, frame, **constants):
    done = whole(session, table, frame, **constants)
    count.append(1)
    if len(count) == {after}:
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return done
store.insert_frame = dying
derive.refresh({service})
"""


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_a_process_killed_in_the_middle_leaves_the_rows_before(shop, after):
    busy(shop)
    derive.refresh(shop.service_id)
    before = derived(shop)
    shop.add(deployments=[deployment("d7", 12, 300)], incidents=[incident("INC-2", 301, None)])
    program = KILLED.format(after=after, service=shop.service_id)
    ended = nursery.run([sys.executable, "-c", program], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert (derived(shop), derive.stale()) == (before, [shop.service_id])
    assert derive.refresh(shop.service_id)
    assert derived(shop) != before


def test_refreshing_inside_a_writing_block_is_refused(shop):
    with store.writing(), pytest.raises(RuntimeError, match="outside of a writing block"):
        derive.refresh(shop.service_id)


@pytest.mark.parametrize("ask", [derive.facts, derive.refresh, derive.load, derive.settings], ids=lambda f: f.__name__)
def test_a_service_that_is_not_there_is_said_so(both, ask):
    with pytest.raises(access.NotFound, match="no service 404"):
        ask(404)


def test_facts_are_of_the_service_and_of_the_whole_repository_but_not_of_its_neighbour(shop, who):
    neighbour = Place(who, "Neighbour")
    with store.writing() as session:
        session.get(Service, neighbour.service_id).repository_id = shop.repository_id
    neighbour.repository_id = shop.repository_id
    shop.add(changes=[change(1)], whole=True)
    shop.add(deployments=[deployment("ours", 1, 10)])
    neighbour.add(deployments=[deployment("theirs", 1, 10)])
    seen = [derive.facts(place.service_id) for place in (shop, neighbour)]
    assert [facts.deployments["deployment_id"].to_list() for facts in seen] == [["ours"], ["theirs"]]
    assert [facts.changes["change_id"].to_list() for facts in seen] == [["#1"], ["#1"]]


def test_collected_until_and_history_are_the_latest_of_the_sources(shop):
    shop.source(until=100, history_start=store.to_us(hour(5)))
    shop.source(until=300, history_start=None)
    shop.source(until=200, history_start=store.to_us(hour(7)))
    facts = derive.facts(shop.service_id)
    assert (facts.collected_until, facts.history_start) == (hour(300), hour(7))


def test_without_any_source_collection_ends_where_the_service_began(shop):
    facts = derive.facts(shop.service_id)
    assert (facts.collected_until, facts.history_start) == (store.from_us(service(shop).created_at), None)


@pytest.mark.parametrize(
    "cursor, incidents, collected",
    [
        (None, [], False),
        ({"facts": ["deployments"]}, [], False),
        ({"facts": ["incidents"]}, [], True),  # read, and none happened
        ({"facts": ["deployments"]}, [incident("INC-1", 5, 6)], True),
    ],
)
def test_whether_incidents_are_collected_is_what_the_sources_say(shop, cursor, incidents, collected):
    shop.add(incidents=incidents, source=shop.source(cursor=cursor))
    assert derive.settings(shop.service_id).incidents_collected is collected


def test_corrections_that_stand_are_facts(shop):
    assert derive.facts(shop.service_id).corrections.is_empty()


# Each object once


def test_a_change_of_two_sources_is_one_with_what_either_knows(shop):
    shop.add(changes=[change(1, merge_sha=sha(1), paths=["a"], authored_at=None, title="From git")])
    shop.add(
        changes=[change(1, merge_sha=None, first_review_at=hour(0.5), first_approval_at=hour(0.7), url="https://x")]
    )
    (row,) = derive.facts(shop.service_id).changes.iter_rows(named=True)
    assert (row["merge_sha"], row["paths"], row["first_review_at"]) == (sha(1), ["a"], hour(0.5))
    assert row["authored_at"] == hour(-2)  # hidden by the squash in git, told by the import
    assert row["title"] == "Change 1"  # of the source that knows most


def test_a_direct_push_that_is_the_merge_of_a_pull_request_is_no_change_of_its_own(shop):
    git = shop.source(whole=True)
    shop.commits(git, [(sha(1), 0, True)])
    push = change(1, change_id=sha(1), number=None, kind="direct_push", paths=["a"], opened_at=None, position=0)
    shop.add(changes=[push], source=git, whole=True)
    shop.add(changes=[change(7, 1, merge_sha=sha(1)[:9], authored_at=None)])
    (row,) = derive.facts(shop.service_id).changes.iter_rows(named=True)
    assert (row["change_id"], row["position"], row["paths"]) == ("#7", 0, ["a"])
    assert row["authored_at"] is None  # that of a squashed commit is the time of its merge


def test_direct_pushes_of_their_own_stay(shop):
    pushes = [change(n, change_id=sha(n), number=None, kind="direct_push") for n in (1, 2)]
    shop.add(changes=[*pushes, change(3)])
    assert derive.facts(shop.service_id).changes["change_id"].to_list() == [sha(1), sha(2), "#3"]


def test_a_deployment_of_two_sources_is_the_newer_row_whole(shop):
    old, new = shop.source(until=100), shop.source(until=200)
    shop.add(deployments=[deployment("d", 1, 10, status="in_progress", url="https://x")], source=old)
    shop.add(deployments=[deployment("d", 1, 11)], source=new)
    (row,) = derive.facts(shop.service_id).deployments.iter_rows(named=True)
    assert (row["status"], row["finished_at"], row["url"]) == ("success", hour(11), None)


def test_an_incident_opened_again_is_open_though_an_older_source_knew_its_end(shop):
    new, old = shop.source(until=200), shop.source(until=100)
    shop.add(incidents=[incident("INC-1", 5, None)], source=new)
    shop.add(incidents=[incident("INC-1", 5, 6)], source=old)
    (row,) = derive.facts(shop.service_id).incidents.iter_rows(named=True)
    assert row["resolved_at"] is None


# Each commit in its place


def test_deployments_get_the_place_of_their_commit(shop):
    git = shop.source(whole=True)
    shop.commits(git, [(sha(1), 0, True), (sha(2), 1, True), ("ab" * 20, 1, False), ("cd" * 20, None, False)])
    rows = [
        deployment("whole", 2, 10),
        deployment("short", 0, 10, sha=sha(2)[:7]),
        deployment("capitals", 0, 10, sha=("ab" * 20).upper()),
        deployment("six characters", 0, 10, sha=sha(2)[:6]),
        deployment("unknown", 9, 10),
        deployment("nothing", None, 10),
        deployment("off trunk", 0, 10, sha="ab" * 20),
        deployment("no common history", 0, 10, sha="cd" * 20),
    ]
    shop.add(deployments=rows)
    assert shop.positions() == {
        "whole": 1, "short": 1, "capitals": 1, "six characters": None, "unknown": None, "nothing": None,
        "off trunk": 1, "no common history": None,
    }  # fmt: skip


def test_whether_the_commit_is_on_trunk_is_told(shop):
    git = shop.source(whole=True)
    shop.commits(git, [(sha(1), 0, True), (sha(2), 0, False)])
    shop.add(deployments=[deployment("a", 1, 10), deployment("b", 2, 10), deployment("c", 3, 10)])
    found = derive.facts(shop.service_id).deployments
    assert found["on_trunk"].to_list() == [True, False, None]


def test_a_prefix_of_two_commits_means_neither_unless_it_is_one_of_them_whole(shop):
    git = shop.source(whole=True)
    shop.commits(git, [("abcdef1" + "0" * 33, 0, True), ("abcdef1" + "1" * 33, 1, True)])
    rows = [
        deployment("both", 0, 10, sha="abcdef1"),
        deployment("first", 0, 10, sha="abcdef10"),
        deployment("whole", 0, 10, sha="abcdef1" + "1" * 33),
    ]
    shop.add(deployments=rows)
    assert shop.positions() == {"both": None, "first": 0, "whole": 1}


def test_imported_changes_get_the_place_of_their_commit_only_on_trunk(shop):
    git = shop.source(whole=True)
    shop.commits(git, [(sha(1), 0, True), (sha(2), 0, False)])
    shop.add(changes=[change(1), change(2), change(3)])
    assert derive.facts(shop.service_id).changes["position"].to_list() == [0, None, None]


def test_without_commits_the_order_of_merging_is_the_order_on_trunk(shop):
    shop.add(changes=[change(3, 30), change(1, 10), change(2, 20), change(4, 5, merged_at=None)])
    shop.add(deployments=[deployment("a", 2, 40), deployment("b", 0, 41, sha=sha(3)[:10]), deployment("c", 9, 42)])
    found = derive.facts(shop.service_id).changes
    assert dict(found.select("change_id", "position").iter_rows()) == {"#1": 0, "#2": 1, "#3": 2, "#4": None}
    assert shop.positions() == {"a": 1, "b": 2, "c": None}


def test_an_abbreviated_change_is_found_by_the_whole_sha_of_a_deployment(shop):
    shop.add(changes=[change(1, merge_sha=sha(1)[:8]), change(2, merge_sha=sha(2)[:8])])
    shop.add(deployments=[deployment("a", 1, 40)])
    assert shop.positions() == {"a": 0}


def test_the_lead_time_of_an_import_is_that_of_its_rows(shop):
    busy(shop)
    derive.refresh(shop.service_id)
    loaded = derive.load(shop.service_id)
    (row,) = loaded.changes.filter(change_id="#4").iter_rows(named=True)
    assert (row["deployment_id"], row["lead_us"]) == ("d2", timedelta(hours=8) // timedelta(microseconds=1))
    failed = loaded.deployments.filter("failed")["deployment_id"].to_list()
    assert failed == ["d2"]


def test_the_weeks_of_many_services_are_their_cells(both, who):
    places = [busy(Place(who, f"Service {number}")) for number in range(2)]
    derive.refresh([place.service_id for place in places])
    window = hour(7 * 24 + 5), hour(35 * 24 + 5)
    wanted = pl.concat(
        queries.cells(place.service_id, *window).insert_column(0, pl.Series("service", [place.service_id] * 45))
        for place in places
    )
    assert (wanted["week"].min(), wanted["week"].max()) == (date(2024, 1, 8), date(2024, 2, 5))
    for asked in (None, [place.service_id for place in places]):
        assert derive.weekly(*window, asked).equals(wanted)
    assert wanted.height == 2 * 5 * 9
