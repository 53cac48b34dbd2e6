"""The demo organisation: the same from the same seed, apart from real teams, gone in one call."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from assessments.delivery import summarise
from assessments.delivery.results import State
from data import access, demo, derive, people, store
from data.demo.stories import STORIES, Facts, simulate
from data.tables import Base, Cell, Organization, Service, Source, Team

UNTIL = datetime(2026, 3, 2, 9, tzinfo=UTC)


def made(who) -> int:
    return demo.create(who, people.home_organization(who), UNTIL)


def rows(statement) -> list:
    with store.reading() as session:
        return session.execute(statement).all()


def counts() -> dict[str, int]:
    """Rows of every table, but for those that grow with every action."""
    passing = {"audit_event", "data_version", "alembic_version"}
    tables = [table for name, table in Base.metadata.tables.items() if name not in passing]
    return {table.name: rows(select(func.count()).select_from(table))[0][0] for table in tables}


def summaries(weeks: int = 13) -> dict:
    services = rows(select(Service.name, Service.id))
    return {
        name: summarise(judged, judged.collected_until - timedelta(weeks=weeks), judged.collected_until)
        for name, judged in ((name, derive.load(service_id)) for name, service_id in services)
    }


def frames(facts: Facts) -> list:
    return [facts.changes, facts.deployments, facts.incidents]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_the_same_seed_gives_the_same_facts(story):
    once, again = frames(simulate(story, 5, UNTIL)), frames(simulate(story, 5, UNTIL))
    assert all(one.equals(other) for one, other in zip(once, again, strict=True))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_another_seed_gives_other_facts(story):
    assert not simulate(story, 5, UNTIL).changes.equals(simulate(story, 6, UNTIL).changes)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_nothing_happens_after_the_end(story):
    facts = simulate(story, 5, UNTIL)
    assert facts.changes["merged_at"].max() < UNTIL
    assert facts.incidents.is_empty() or facts.incidents["opened_at"].max() < UNTIL


def test_it_has_three_teams_and_ten_services_with_numbers(who):
    made(who)
    assert (len(rows(select(Team.id))), len(rows(select(Service.id)))) == (3, 10)
    assert derive.stale() == []
    assert len(rows(select(Cell.service_id).distinct())) == 10


def test_every_story_shows_in_the_numbers(who):
    made(who)
    late = summaries()
    judged = derive.load(dict(rows(select(Service.name, Service.id)))["payments-api"])
    early = summarise(judged, judged.existed_from, judged.existed_from + timedelta(weeks=13))
    lately = summarise(judged, UNTIL - timedelta(weeks=4), UNTIL)
    value = {name: {key: metric.value for key, metric in summary.metrics.items()} for name, summary in late.items()}
    state = {name: {key: metric.state for key, metric in summary.metrics.items()} for name, summary in late.items()}
    waits = {stage.key: stage.share for stage in late["build-runners"].stages}
    assert lately.metrics["lead_time"].value < early.metrics["lead_time"].value / 2
    assert value["storefront"]["deployment_frequency"] > 3
    assert value["invoices"]["rework_rate"] > 0.1
    assert state["fraud-check"]["change_fail_rate"] == State.NOT_COLLECTED
    assert max(waits, key=lambda key: waits[key] or 0) == "waiting_for_review"
    assert late["identity"].coverage.deployments_counted < len(derive.load(
        dict(rows(select(Service.name, Service.id)))["identity"]).deployments)  # fmt: skip
    assert state["config-store"]["change_fail_rate"] == State.TOO_FEW
    assert state["app-backend"]["merge_to_production"] == State.VALUE
    assert late["push-gateway"].metrics["recovery_time"].value > 8
    assert {stage.key: stage.share for stage in late["release-train"].stages}["waiting_to_deploy"] > 0.5


def test_services_of_the_monorepo_share_one_trunk_and_nothing_of_real_teams(who):
    there = made(who)
    ids = dict(rows(select(Service.name, Service.id)))
    backend, push = (derive.facts(ids[name]).changes for name in ("app-backend", "push-gateway"))
    assert backend.equals(push)
    assert backend["position"].to_list() == list(range(len(backend)))
    assert rows(select(Organization.is_demo).where(Organization.id == there)) == [(True,)]
    assert {kind for (kind,) in rows(select(Source.kind))} == {"demo"}


def test_making_it_again_changes_nothing_and_removing_leaves_nothing(who):
    nothing = counts()
    there, all_of_it = made(who), counts()
    assert (made(who), counts()) == (there, all_of_it)
    demo.remove(who)
    assert (counts(), demo.present()) == (nothing, None)


def test_removing_what_is_not_there_is_harmless(who):
    demo.remove(who)
    assert demo.present() is None


def test_making_and_removing_are_on_record(who):
    made(who)
    demo.remove(who)
    actions = [event[0] for event in rows(select(Base.metadata.tables["audit_event"].c.action))]
    assert [action for action in actions if action.endswith("demo")] == ["create_demo", "remove_demo"]


def test_a_break_after_saving_is_made_good(who, monkeypatch):
    def killed(service_id):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(derive, "refresh", killed)
        made(who)
    assert len(derive.stale()) == 10
    made(who)
    assert derive.stale() == []


def test_a_refused_claim_saves_nothing(who):
    before = counts()

    def refuse(session):
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError):
        demo.create(who, people.home_organization(who), UNTIL, claim=refuse)
    assert counts() == before


def test_only_who_administers_may_make_it(who):
    nobody = people.Who(who.id, "Somebody")
    with pytest.raises(access.Forbidden):
        demo.create(nobody, people.home_organization(who), UNTIL)


def test_it_is_made_in_the_background(who, monkeypatch):
    from data import jobs

    monkeypatch.setenv("MILEPOST_JOBS", "immediate")
    job = jobs.progress(demo.start(who, people.home_organization(who), UNTIL))
    assert (job.state, job.message) == ("done", "The demo organisation is ready.")
    assert len(rows(select(Service.id))) == 10
