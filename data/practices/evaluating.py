"""When repositories are looked at, and by whose wish: a job each, which `data.practices.looking` carries out.

The store decides who looks: a repository has one live look at most, and two looks never run for the same one. What is
looked at by itself stands in one lane, what people ask for in another, one at a time in each: neither two thousand
repositories nor a large one keep anybody else waiting.

    look(who, repository_ids)      # the button
    schedule()                     # what is due; called every few seconds by each worker
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session

from data import access, audit, jobs, store, work
from data.access import Action, Subject
from data.people import Who
from data.practices import due
from data.practices.evaluations import PROBES
from data.practices.shelf import tidy
from data.sources.github.values import MINUTE
from data.tables import Evaluation, Job, Organization, Repository, Service, Source, Team

KIND = "evidence"
SETTLED = MINUTE  # from adding a repository to the first look: its first numbers come first
WAITING = 4  # looks by themselves that are made at once: those asked for never stand behind thousands
MOST = 2_000  # repositories asked for at once


# Who looks


def look(who: Who, repository_ids: Collection[int]) -> list[int]:
    """Looks at these repositories now; the ids of the jobs. Raises Forbidden, NotFound, and ValueError where there is
    nothing to look at."""
    ids = sorted(set(repository_ids))
    if not 1 <= len(ids) <= MOST:
        raise ValueError(f"Choose 1 to {MOST:,} repositories to look at.")
    with store.writing() as session:
        found = {each.id: each for each in session.execute(select(Repository).where(Repository.id.in_(ids))).scalars()}
        if len(found) < len(ids):
            raise access.NotFound("One of these repositories is no more: load the page again.")
        for subject in _subjects(session, ids, found):
            access.check(who, Action.ADD_SOURCE, subject)
        seen = set(session.execute(with_files().where(Repository.id.in_(ids))).scalars())
        if not seen:
            raise ValueError("There is nothing to look at: add a clone or connect GitHub under Sources first.")
        made = [begin(session, found[each], who) for each in ids if each in seen]
        for organization_id in sorted({found[each].organization_id for each in seen}):
            own = [each for each in seen if found[each].organization_id == organization_id]
            detail = {"repositories": sorted(own)}
            audit.record(
                session, who, "look_at_repositories", f"organization:{organization_id}", detail, organization_id
            )
    work.start(*made)
    return made


def _subjects(session: Session, ids: Sequence[int], found: Mapping[int, Repository]) -> set[Subject]:
    """The teams with services on them; of one without, its organization."""
    owners = owners_of(session, ids)
    alone = {access.of_organization(found[each].organization_id) for each in ids if each not in owners}
    return alone.union(*owners.values())


def owners_of(session: Session, repository_ids: Collection[int]) -> dict[int, set[Subject]]:
    """The teams with services on each of these repositories; one without is not in it."""
    teams = (
        select(Service.repository_id, Team.organization_id, Team.id, Organization.is_demo)
        .join(Team, Team.id == Service.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Service.repository_id.in_(repository_ids))
    )
    found: dict[int, set[Subject]] = {}
    for repository_id, *team in session.execute(teams):
        found.setdefault(repository_id, set()).add(Subject(*team))
    return found


def begin(session: Session, place: Repository, who: Who | None) -> int:
    """The job that looks at a repository: the one that is there already, which waits no longer, or a new one. Call
    `work.start` with it after the transaction."""
    seen = due.of(session, place.id)
    if seen is None:
        seen = Evaluation(repository_id=place.id, origin=PROBES, made_at=store.now_us())
        session.add(seen)
    job = session.get(Job, seen.job_id, populate_existing=True) if seen.job_id else None
    lane = work.ON_REQUEST if who else work.BY_ITSELF
    if job is not None and job.state in jobs.LIVE:
        if who and job.state == "queued":
            job.due_at, job.lane, job.created_by = None, lane, who.id
        return job.id
    args = {"repository_id": place.id, "lock": f"evidence:{place.id}"}
    first = select(Service.id).where(Service.repository_id == place.id).order_by(Service.id).limit(1)
    service_id = session.execute(first).scalar_one_or_none()
    if job is not None:  # one row for each repository, however often it is looked at
        jobs.renew(job, args, who, service_id, lane)
    else:
        seen.job_id = jobs.make(session, KIND, args, who, place.organization_id, service_id, lane)
    seen.due_at = due.next_week()
    session.flush()
    return seen.job_id


def schedule() -> list[int]:
    """Begins to look at what is due, few at a time; called every few seconds by each worker. Returns the jobs."""
    with store.reading() as session:
        free = WAITING - session.execute(_looking()).scalar_one()
        if free <= 0 or not session.execute(_due().limit(1)).first():
            return []
    with store.writing(quietly=True) as session:
        found = session.execute(_due().limit(free)).scalars().all()
        made = [begin(session, session.get_one(Repository, each), None) for each in found]
    work.start(*made)
    return made


def _looking():
    """How many run or could: those that wait for GitHub keep no clone waiting."""
    live = Job.state.in_(jobs.LIVE), Job.lane == work.BY_ITSELF
    return (
        select(func.count())
        .select_from(Job)
        .where(*live, or_(Job.due_at.is_(None), work.has_come(Job.due_at, store.now_us())))
    )


def with_files():
    """Repositories with files: a clone, or a source of GitHub that is read."""
    reads = Source.kind == "github", Source.connection_id.is_not(None), Source.paused_at.is_(None)
    hub = exists().where(Source.repository_id == Repository.id, *reads, Source.synced_at.is_not(None))
    return select(Repository.id).where(or_(Repository.path.is_not(None), hub))


def _due():
    """Those that nobody looks at, longest due first; never looked at, once their sources have settled."""
    now = store.now_us()
    fresh = exists().where(Source.repository_id == Repository.id, Source.created_at.between(now - SETTLED, now))
    return (
        with_files()
        .outerjoin(Evaluation, and_(Evaluation.repository_id == Repository.id, Evaluation.origin == PROBES))
        .outerjoin(Job, Job.id == Evaluation.job_id)
        .where(
            or_(and_(Evaluation.id.is_(None), ~fresh), and_(Evaluation.id.is_not(None), due.has_come(now))),
            or_(Job.id.is_(None), Job.state.not_in(jobs.LIVE)),
        )
        .order_by(func.coalesce(Evaluation.due_at, 0), Repository.id)
    )


def catch_up() -> None:
    """What an upgrade has left to be judged again, and what nobody needs any more; at the start of a worker."""
    due.others()
    tidy()
