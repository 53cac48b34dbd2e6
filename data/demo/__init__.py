"""The demo organization: invented teams and services, made from a seed, labelled as a demo, gone in one call.

It is an organization of its own, so nothing of it ever mixes with real teams. Its git repositories are in a folder of
their own (`data.demo.repositories`), which goes with it.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

import polars as pl
from sqlalchemy import Select, delete, select
from sqlmodel import Session

from assessments.delivery.settings import ProductionRule, Settings
from data import access, audit, derive, jobs, people, store
from data.demo import agreed, asked, drawn, histories, planned, repositories, stood, tried
from data.demo.simulation import Facts, simulate
from data.demo.stories import STORIES, Story
from data.people import Who
from data.practices import assessments
from data.tables import (
    Assessment,
    Change,
    Correction,
    Deployment,
    Incident,
    Organization,
    PipelineRun,
    PracticeModel,
    Repository,
    Service,
    Source,
    Team,
    TrunkCommit,
)
from data.work import Work, handler

NAME = "Demo organisation"
SEED = 2026


def present() -> int | None:
    """The id of the demo organization, None when there is none."""
    with store.reading() as session:
        return session.execute(_all().where(Organization.name == NAME)).scalars().first()


def _all() -> Select:
    """Every invented organization, those made to measure with too."""
    return select(Organization.id).where(Organization.is_demo).order_by(Organization.id)


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
    steps = 2 * len(STORIES) + len(histories.HISTORIES) + len(tried.TRIALS)
    if present() is None:
        facts = {}
        for done, story in enumerate(STORIES):
            progress(done, steps, f"Inventing {story.service}")
            facts[story] = simulate(story, SEED, until)
        _save(who, until, facts, claim)
    left = _uncomputed()

    def computing(done: int, total: int) -> None:
        progress(2 * len(STORIES) - total + done, steps, "Computing the numbers")

    def looking(done: int, total: int) -> None:
        progress(steps - len(tried.TRIALS) - total + done, steps, "Looking at the repositories")

    def trying(done: int, total: int) -> None:
        progress(steps - total + done, steps, "Checking what the teams have tried")

    computing(0, len(left))
    derive.refresh(left, computing)
    there, ended = _ended()
    asked.make(there, ended, SEED)
    agreed.make(there, ended)
    stood.make(there, ended, looking)
    planned.make(there, ended)
    tried.make(there, ended, trying)
    return there


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
    """Removes everything invented with all that belongs to it; nothing happens when there is none.

    Raises access.Forbidden."""
    with store.writing() as session:
        for there in session.execute(_all()).scalars().all():
            access.check(who, access.Action.ADMINISTER, access.of_organization(there))
            session.execute(delete(Organization).where(Organization.id == there))
            audit.record(session, who, "remove_demo", f"organization:{there}")
        judged_by = select(Assessment.versions["model"].as_string()).where(Assessment.kind == assessments.KIND)
        session.execute(delete(PracticeModel).where(PracticeModel.digest.not_in(judged_by)))
    repositories.remove()


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
            stories = list(stories)
            runs = any(facts[story].runs.height for story in stories)
            history = _repository(session, organization.id, repository_name, until, runs)
            _services(session, teams, history, stories, facts)
        drawn.save(session, {name: team.id for name, team in teams.items()}, until)
        audit.record(session, who, "create_demo", f"organization:{organization.id}")


def _ended() -> tuple[int, datetime]:
    """The demo, and when its facts end: later calls go on from there."""
    with store.reading() as session:
        found = session.execute(
            select(Organization.id, Organization.created_at).where(Organization.name == NAME, Organization.is_demo)
        ).one()
    return found[0], store.from_us(found[1])


def _uncomputed() -> list[int]:
    """The services of the demo whose derived rows are not of their facts."""
    services = select(Service.id).join(Team, Team.id == Service.team_id).where(Team.organization_id == present())
    with store.reading() as session:
        return sorted(set(session.execute(services).scalars()) & set(derive.stale()))


def settings(story: Story) -> Settings | None:
    """How the service of a story is judged; None where nobody has said it."""
    if not story.chosen:
        return None
    named = {"tag": "v*", "workflow": "deploy"}.get(story.kind, "*")
    rule = ProductionRule(kind=story.kind, include=named)
    return Settings(rule=rule, path_globs=tuple(f"{path}**" for path in story.paths))


def trunk(facts: list[Facts]) -> pl.DataFrame:
    """The changes of all services of a repository on one trunk: ordered by merge, numbered anew."""
    merged = pl.concat([each.changes for each in facts]).sort("merged_at", "merge_sha").drop("position", "number")
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    return merged.with_columns(position=place, number=place + 101).with_columns(
        change_id=pl.format("#{}", pl.col("number"))
    )


def _repository(session: Session, organization_id: int, name: str, until: datetime, runs: bool) -> Source:
    """Makes the repository and the source of what is known of it as a whole, which it returns."""
    at = store.to_us(until)
    repository = Repository(organization_id=organization_id, key=f"demo:{name}", name=name, default_branch="main",
                            created_at=at)  # fmt: skip
    session.add(repository)
    session.flush()
    source = Source(organization_id=organization_id, kind="demo", name=f"Invented history of {name}",
                    repository_id=repository.id, cursor={"facts": ["changes", "runs"] if runs else ["changes"]},
                    collected_until=at, created_at=at)  # fmt: skip
    session.add(source)
    session.flush()
    return source


def _services(session: Session, teams: dict[str, Team], history: Source, stories: list[Story], facts: dict) -> None:
    """The services of one repository, and all that is known of them."""
    changes = trunk([facts[story] for story in stories])
    owner = {"repository_id": history.repository_id, "source_id": history.id}
    store.insert_frame(session, Change, changes, **owner)
    commits = changes.select(sha="merge_sha", position="position").with_columns(on_trunk=pl.lit(True))
    store.insert_frame(session, TrunkCommit, commits, **owner)
    store.insert_frame(session, PipelineRun, pl.concat(facts[story].runs for story in stories), **owner)
    for story in stories:
        judged = settings(story)
        service = Service(team_id=teams[story.team].id, name=story.service, repository_id=history.repository_id,
                          settings=judged.model_dump(mode="json") if judged else None,
                          created_at=history.created_at, facts_version=1)  # fmt: skip
        session.add(service)
        session.flush()
        _own_facts(session, service, history, story, facts[story])


def _own_facts(session: Session, service: Service, history: Source, story: Story, known: Facts) -> None:
    """What is known of one service alone."""
    holds = [] if known.deployments.is_empty() else ["deployments"]
    holds += ["incidents"] if story.incidents else []
    source = Source(organization_id=history.organization_id, kind="demo", service_id=service.id,
                    name=f"Invented {' and '.join(holds)} of {story.service}", repository_id=history.repository_id,
                    cursor={"facts": holds}, collected_until=history.collected_until, created_at=history.created_at,
                    notes=[f"Demo story: {story.moral[0].lower()}{story.moral[1:]}."])  # fmt: skip
    session.add(source)
    session.flush()
    deployments = known.deployments.drop("position", "on_trunk")
    owner = {"service_id": service.id, "source_id": source.id}
    store.insert_frame(session, Deployment, deployments, repository_id=history.repository_id, **owner)
    store.insert_frame(session, Incident, known.incidents, **owner)
    store.insert_frame(session, Correction, known.corrections, service_id=service.id)
