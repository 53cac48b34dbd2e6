"""What pages keep of the numbers: by service and state, of one moment, and of the window only."""

import pytest
from polars.testing import assert_frame_equal

from data import corrections, derive, people, queries, rows, store
from pages.ui import judged, window
from tests.pages.conftest import opened, said

WHICH = (("shipped", "lead_time"), ("waiting",), ("deployed",), ("deployed", False), ("failed",))


def service(name: str) -> queries.ServiceView:
    return next(one for one in queries.services(people.local_person()) if one.name == name)


@pytest.fixture
def asked(monkeypatch) -> list[tuple[int, ...]]:
    """The services of every call that works out summaries."""
    calls, real = [], derive.summaries

    def counted(windows, versions=None):
        calls.append(tuple(windows))
        return real(windows, versions)

    monkeypatch.setattr(derive, "summaries", counted)
    return calls


def outdated(monkeypatch, times: int) -> list[int]:
    """Somebody refreshes before each of the first so many reads; the number of each call."""
    calls, real = [], derive.summaries

    def overtaken(windows, versions=None):
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise derive.Outdated
        return real(windows, versions)

    monkeypatch.setattr(derive, "summaries", overtaken)
    return calls


def refreshed(name: str) -> None:
    """Its numbers are worked out anew, after a fact of it has changed."""
    one = service(name)
    with store.writing() as session:
        derive.changed(session, service_id=one.id)
    derive.refresh(one.id)


PAGES = pytest.mark.parametrize(
    ("file", "query"), [("team/delivery.py", "service"), ("team/overview.py", "team")], ids=["delivery", "overview"]
)


@PAGES
def test_a_service_refreshed_between_two_reads_makes_the_page_begin_again(file, query, demo_home, monkeypatch):
    one, calls = service("payments-api"), outdated(monkeypatch, times=1)
    at = opened(file, **{query: one.id if query == "service" else one.team_id})
    assert not at.exception and calls == [1, 2]
    assert judged.ANEW not in said(at) and ("95 % interval" in said(at) or "A change takes" in said(at))


@PAGES
def test_a_page_does_not_begin_again_for_ever(file, query, demo_home, monkeypatch):
    one, calls = service("payments-api"), outdated(monkeypatch, times=judged.TRIES + 1)
    at = opened(file, **{query: one.id if query == "service" else one.team_id})
    assert not at.exception and len(calls) == judged.TRIES + 1
    assert judged.ANEW in said(at)
    at.run()  # the next visit has all its tries again
    assert judged.ANEW not in said(at)


def test_numbers_of_another_state_are_never_kept(demo_home):
    before = window.of(service("payments-api"), 13)
    refreshed("payments-api")
    with pytest.raises(derive.Outdated):
        judged._summary(before.key, before)
    after = window.of(service("payments-api"), 13)
    assert after.key != before.key and judged._summary(after.key, after) == judged.summary(after)


def test_new_rules_are_another_state(demo_home):
    one = service("payments-api")
    with store.writing() as session:
        session.connection().exec_driver_sql("update service set rules_version = 0")
    assert window.state(service("payments-api")) != window.state(one)


def test_a_team_keeps_its_numbers_when_a_service_of_another_is_refreshed(demo_home, asked):
    ours, theirs = service("payments-api"), service("identity")
    for one in (ours, theirs):
        opened("team/overview.py", team=one.team_id)
    assert [theirs.id in some for some in asked] == [False, True]
    corrections.add(people.local_person(), theirs.id, "deployment.failed", first_of(theirs), reason="Users saw it")
    opened("team/overview.py", team=ours.team_id)
    assert len(asked) == 2
    opened("team/overview.py", team=theirs.team_id)
    assert len(asked) == 3 and theirs.id in asked[2]


def first_of(one: queries.ServiceView) -> str:
    return rows.correctable(derive.load(one.id))["deployment_id"][0]


def test_a_team_is_worked_out_in_one_call(demo_home, asked):
    team = service("payments-api").team_id
    opened("team/overview.py", team=team)
    assert len(asked) == 1 and len(asked[0]) == 4


@pytest.mark.parametrize("name", ["payments-api", "identity", "push-gateway", "report-builder", "app-backend"])
@pytest.mark.parametrize("weeks", [4, 26])
def test_the_rows_of_a_window_are_those_of_the_whole_history_in_it(name, weeks, demo_home):
    shown = window.of(service(name), weeks)
    whole = derive.load(shown.service.id)
    for which, *options in WHICH:
        expected = getattr(rows, which)(whole, shown.start, shown.end, *options)
        assert_frame_equal(judged.listed(shown, which, *options), expected)


def test_the_overview_says_once_of_how_many_services_the_numbers_are_old(demo_home):
    ours = [service(name) for name in ("payments-api", "storefront")]
    with store.writing() as session:
        for one in ours:
            derive.changed(session, service_id=one.id)
    at = opened("team/overview.py", team=ours[0].team_id)
    assert [info.value for info in at.info] == [
        "The numbers of 2 services are being worked out anew; those below are from before."
    ]


def test_what_was_never_worked_out_is_said_to_be_missing(demo_home):
    one = service("payments-api")
    with store.writing() as session:
        session.connection().exec_driver_sql(f"update service set derived_version = -1 where id = {one.id}")
    at = opened("team/overview.py", team=one.team_id)
    assert [info.value for info in at.info] == [
        "The numbers of 1 service are being worked out anew; they are not below yet."
    ]


def test_the_rules_of_others_are_judged_by_when_somebody_asks(demo_home, monkeypatch):
    calls, real = [], derive.facts
    monkeypatch.setattr(derive, "facts", lambda *given: calls.append(given) or real(*given))
    one = service("payments-api")
    at = opened("team/delivery.py", service=one.id)
    assert not calls
    at.session_state["devlake_lead_time"] = True  # the popover is open
    at.run()
    assert not at.exception and calls == [(one.id,)]
    assert "Minutes are rounded up" in said(at).replace("\\", "")
