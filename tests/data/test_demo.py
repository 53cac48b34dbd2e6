"""The demo organisation: the same from the same seed, apart from real teams, gone in one call."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import func, select

from data import access, demo, derive, jobs, people, queries, store
from data.demo import looked, repositories
from data.demo.simulation import Facts, simulate
from data.demo.stories import STORIES
from data.tables import Base, Change, Evaluation, Goal, Organization, PipelineRun, Service, Source, Team
from tests.conftest import DEMO_UNTIL

UNTIL = datetime(2026, 3, 2, 9, tzinfo=UTC)


def made(who) -> int:
    return demo.create(who, people.home_organization(who), UNTIL)


def rows(statement) -> list:
    with store.reading() as session:
        return session.execute(statement).all()


def counts() -> dict[str, int]:
    """Rows of every table, but for those that grow with every action."""
    passing = {"audit_event", "data_version", "alembic_version", "job"}
    tables = [table for name, table in Base.metadata.tables.items() if name not in passing]
    return {table.name: rows(select(func.count()).select_from(table))[0][0] for table in tables}


def packed(facts: Facts) -> bytes:
    return b"".join(getattr(facts, each.name).serialize() for each in fields(facts))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_the_same_seed_gives_the_same_facts_to_the_last_byte(story):
    assert packed(simulate(story, 5, UNTIL)) == packed(simulate(story, 5, UNTIL))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_another_seed_gives_other_facts(story):
    assert not simulate(story, 5, UNTIL).changes.equals(simulate(story, 6, UNTIL).changes)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.service)
def test_nothing_happens_after_the_end_or_before_the_beginning(story):
    facts = simulate(story, 5, UNTIL)
    columns = {"changes": "merged_at", "incidents": "opened_at", "runs": "queued_at"}
    times = pl.concat([getattr(facts, name)[column] for name, column in columns.items()])
    assert UNTIL - timedelta(weeks=story.weeks) < times.min() < times.max() < UNTIL
    finished = pl.concat([facts.deployments["finished_at"], facts.runs["finished_at"]])
    assert finished.is_empty() or finished.max() <= UNTIL


def test_it_has_eight_teams_and_thirty_services_with_numbers_of_eighteen_months(demo_home):
    assert (len(rows(select(Team.id))), len(rows(select(Service.id)))) == (8, 30)
    assert derive.stale() == []
    cells = derive.weekly(DEMO_UNTIL - timedelta(weeks=200), DEMO_UNTIL)
    weeks = dict(cells.group_by("service").agg(pl.col("week").n_unique()).rows())
    assert len(weeks) == 29, "one waits for its rule"
    youngest, *others = sorted(weeks.values())
    assert youngest == 7 and others[0] > 70 and others[-1] == 79, "78 weeks in parts of 79"


def test_pipeline_runs_are_among_what_a_source_brought(demo_home):
    brought = queries.brought(tuple(one.id for one in queries.sources(people.local_person())))
    held = {table: rows(select(func.count()).select_from(table))[0][0] for table in (Change, PipelineRun)}
    assert sum(each.changes for each in brought.values()) == held[Change]
    assert sum(each.runs for each in brought.values()) == held[PipelineRun] > 0


def test_every_service_says_in_one_sentence_what_it_is_there_to_show():
    assert len({story.moral for story in STORIES}) == 30
    assert not [story.moral for story in STORIES if len(story.moral) > 90 or not story.moral[0].isupper()]


def test_services_of_the_monorepo_share_one_trunk_and_nothing_of_real_teams(demo_home):
    ids = dict(rows(select(Service.name, Service.id)))
    backend, push, media = (
        derive.facts(ids[name]).changes for name in ("app-backend", "push-gateway", "media-resizer")
    )
    assert backend.equals(push) and backend.equals(media)
    assert backend["position"].to_list() == list(range(len(backend)))
    assert rows(select(Organization.is_demo).where(Organization.id == demo.present())) == [(True,)]
    assert {kind for (kind,) in rows(select(Source.kind))} == {"demo"}


def test_made_in_the_background_it_stays_as_it_is_when_made_again_and_removing_leaves_nothing(who, monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")
    nothing = counts()
    job = jobs.progress(demo.start(who, people.home_organization(who), UNTIL))
    assert (job.state, job.message) == ("done", "The demo organisation is ready.")
    there, all_of_it, folder = demo.present(), counts(), repositories.folder()
    assert all_of_it["service"] == 30
    assert {each.suffix for each in folder.iterdir()} == {".git"} and folder.stat().st_mode & 0o777 == 0o700
    assert (made(who), counts()) == (there, all_of_it)
    demo.remove(who)
    assert (counts(), demo.present(), folder.exists()) == (nothing, None, False)
    actions = [event[0] for event in rows(select(Base.metadata.tables["audit_event"].c.action))]
    assert [action for action in actions if action.endswith("demo")] == ["create_demo", "remove_demo"]


def test_removing_what_is_not_there_is_harmless(who):
    demo.remove(who)
    assert demo.present() is None


def test_a_break_after_saving_is_made_good(who, monkeypatch):
    """Killed while numbers are computed, and again while repositories are looked at: the next call goes on."""

    def killed(*arguments, **more):
        raise KeyboardInterrupt

    for place, name in ((derive, "refresh"), (looked, "since_files")):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(place, name, killed)
            made(who)
        assert rows(select(Evaluation.id)) == rows(select(Goal.id)) == []
    there = demo.create(who, people.home_organization(who), UNTIL + timedelta(days=3))
    assert (derive.stale(), len(rows(select(Evaluation.id))), len(rows(select(Goal.id)))) == ([], 8, 11)
    assert {at for (at,) in rows(select(Evaluation.as_of))} == {store.to_us(UNTIL)}, "it ends when it was begun"
    assert rows(select(Organization.created_at).where(Organization.id == there)) == [(store.to_us(UNTIL),)]


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
