"""The demo organization: three teams and ten invented services, made from a seed, labelled as a demo, gone in one call.

It is an organization of its own, so nothing of it ever mixes with real teams.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

import polars as pl
from sqlalchemy import delete, select
from sqlmodel import Session

from assessments.delivery.settings import ProductionRule, Settings
from data import access, audit, derive, jobs, people, store
from data.demo.stories import STORIES, Facts, Story, simulate
from data.people import Who
from data.tables import Change, Deployment, Incident, Organization, Repository, Service, Source, Team, TrunkCommit
from data.work import Work, handler

NAME = "Demo organisation"
SEED = 2026


def present() -> int | None:
    """The id of the demo organization, None when there is none."""
    with store.reading() as session:
        return session.execute(select(Organization.id).where(Organization.is_demo)).scalars().first()


def create(
    who: Who,
    organization_id: int,
    until: datetime,
    progress: Callable[[int, int, str], None] = lambda done, total, message: None,
    claim: Callable[[Session], None] = lambda session: None,
) -> int:
    """Makes the demo, its facts ending at `until` (UTC), and returns its id; the one that is there, if there is.

    Facts are saved in one transaction, which `claim` may refuse; what is not computed after it (a killed process) is
    computed when this is called again. organization_id: where the person stands and must administer.
    Raises access.Forbidden.
    """
    access.check(who, access.Action.ADMINISTER, access.of_organization(organization_id))
    steps = 2 * len(STORIES)
    if present() is None:
        facts = {}
        for done, story in enumerate(STORIES):
            progress(done, steps, f"Inventing {story.service}")
            facts[story] = simulate(story, SEED, until)
        _save(who, until, facts, claim)
    for done, (service_id, name) in enumerate(_uncomputed(), start=len(STORIES)):
        progress(done, steps, f"Computing {name}")
        derive.refresh(service_id)
    return present()


def start(who: Who, organization_id: int, until: datetime) -> int:
    """Has the demo made in the background; the id of the job. Raises access.Forbidden."""
    access.check(who, access.Action.ADMINISTER, access.of_organization(organization_id))
    return jobs.enqueue("demo", {"until": store.to_us(until), "lock": "demo"}, who, organization_id)


@handler("demo", says=(access.Forbidden, access.NotFound))
def _make(work: Work) -> str:
    """The job of `start`."""
    who = people.who(work.person_id)
    create(who, work.organization_id, store.from_us(work.args["until"]), work.progress, work.claim)
    return "The demo organisation is ready."


def remove(who: Who) -> None:
    """Removes the demo with all that belongs to it; nothing happens when there is none. Raises access.Forbidden."""
    there = present()
    if there is None:
        return
    access.check(who, access.Action.ADMINISTER, access.of_organization(there))
    with store.writing() as session:
        session.execute(delete(Organization).where(Organization.id == there))
        audit.record(session, who, "remove_demo", f"organization:{there}")


def _save(who: Who, until: datetime, facts: dict[Story, Facts], claim: Callable[[Session], None]) -> None:
    """All facts in one transaction; nothing when somebody was quicker."""
    with store.writing() as session:
        claim(session)
        if present() is not None:
            return
        organization = Organization(name=NAME, is_demo=True, created_at=store.to_us(until))
        session.add(organization)
        session.flush()
        teams = {}
        for name in dict.fromkeys(story.team for story in STORIES):
            teams[name] = Team(organization_id=organization.id, name=name, created_at=organization.created_at)
        session.add_all(teams.values())
        session.flush()
        for repository_name, stories in groupby(STORIES, key=lambda story: story.repository or story.service):
            repository = _repository(session, organization.id, repository_name, until)
            _services(session, teams, repository, list(stories), facts)
        audit.record(session, who, "create_demo", f"organization:{organization.id}")


def _uncomputed() -> list[tuple[int, str]]:
    """The services of the demo whose derived rows are not of their facts: id and name."""
    stale = set(derive.stale())
    rows = select(Service.id, Service.name).join(Team, Team.id == Service.team_id)
    with store.reading() as session:
        found = session.execute(rows.where(Team.organization_id == present()).order_by(Service.id)).all()
    return [(service_id, name) for service_id, name in found if service_id in stale]


def settings(story: Story) -> Settings:
    """How the service of a story is judged."""
    rule = ProductionRule(kind="tag", include="v*") if story.tags else ProductionRule(kind="import")
    return Settings(rule=rule, path_globs=tuple(f"{path}**" for path in story.paths))


def trunk(facts: list[Facts]) -> pl.DataFrame:
    """The changes of all services of a repository on one trunk: ordered by merge, numbered anew."""
    merged = pl.concat([each.changes for each in facts]).sort("merged_at", "merge_sha").drop("position", "number")
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    return merged.with_columns(position=place, number=place + 101).with_columns(
        change_id=pl.format("#{}", pl.col("number"))
    )


def _repository(session: Session, organization_id: int, name: str, until: datetime) -> tuple[int, int, int]:
    """Makes the repository and the source of its changes; their ids and the moment they were made at."""
    at = store.to_us(until)
    repository = Repository(organization_id=organization_id, key=f"demo:{name}", name=name, default_branch="main",
                            created_at=at)  # fmt: skip
    session.add(repository)
    session.flush()
    source = Source(organization_id=organization_id, kind="demo", name=f"Invented history of {name}",
                    repository_id=repository.id, cursor={"facts": ["changes"]}, collected_until=at,
                    created_at=at)  # fmt: skip
    session.add(source)
    session.flush()
    return repository.id, source.id, at


def _services(session: Session, teams: dict, repository: tuple[int, int, int], stories: list[Story], facts: dict):
    repository_id, history_id, at = repository
    changes = trunk([facts[story] for story in stories])
    owner = {"repository_id": repository_id, "source_id": history_id}
    store.insert_frame(session, Change, changes, **owner)
    commits = changes.select(sha="merge_sha", position="position").with_columns(on_trunk=pl.lit(True))
    store.insert_frame(session, TrunkCommit, commits, **owner)
    for story in stories:
        service = Service(team_id=teams[story.team].id, name=story.service, repository_id=repository_id, created_at=at,
                          settings=settings(story).model_dump(mode="json"), facts_version=1)  # fmt: skip
        session.add(service)
        session.flush()
        holds = ["deployments", "incidents"] if story.incidents else ["deployments"]
        source = Source(organization_id=teams[story.team].organization_id, kind="demo", service_id=service.id,
                        name=f"Invented {' and '.join(holds)} of {story.service}", repository_id=repository_id,
                        cursor={"facts": holds}, collected_until=at, created_at=at,
                        notes=[f"Demo story: {story.moral[0].lower()}{story.moral[1:]}."])  # fmt: skip
        session.add(source)
        session.flush()
        known = facts[story]
        store.insert_frame(
            session, Deployment, known.deployments.drop("position", "on_trunk"), service_id=service.id,
            repository_id=repository_id, source_id=source.id,
        )  # fmt: skip
        store.insert_frame(session, Incident, known.incidents, service_id=service.id, source_id=source.id)
