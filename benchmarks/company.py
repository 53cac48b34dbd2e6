"""Everything beside facts that a large organisation has: people, surveys, maps, what repositories show, goals, tracks,
proofs of concept, jobs, traces. Put into a store that `data.demo.scale` has filled and judged, which then looks as one
that has been used for two years.

Its teams become those of one's own organisation, as those who lead see that one, and its sources read from GitHub.
"""

import uuid
from collections.abc import Callable, Sequence

import numpy as np
from sqlalchemy import Select, func, insert, select, update
from sqlmodel import Session

from assessments.evidence import registry
from content import catalog
from data import people, queries, store
from data.asked import maps, pains
from data.asked.naming import Said
from data.improving import choices, goals, interventions
from data.improving.goals import Wanted
from data.improving.interventions import Done
from data.improving.measuring import METRICS
from data.learning import events
from data.people import Who
from data.practices import assessments
from data.queries import ServiceView
from data.tables import (
    Attestation,
    AuditEvent,
    Connection,
    Enrolment,
    Evaluation,
    Feed,
    Job,
    Membership,
    ModuleProgress,
    Organization,
    Person,
    PersonRole,
    ProofAttempt,
    ProofResult,
    ProofRun,
    QuizAnswer,
    Repository,
    Source,
    Team,
    WorkflowMap,
)
from tests.data import practised

WEEK = 7 * 86_400_000_000
PEOPLE, JOBS, TRACES = 10, 5_000, 100_000  # of a team; of all
FEEDS = ("issues", "pulls", "commits", "deployments", "runs", "jobs", "releases", "settings")
OUTCOMES = ("met", "not met", "partly", "not applicable", "unknown", "met")
#: Those of which the demo has tried something.
TRACKS = ("jenkins-to-actions", "pipeline-monitoring", "infrastructure-as-code")
#: metric, its counter-metric.
PAIRS = (
    ("lead_time", "change_fail_rate"),
    ("deployment_frequency", "change_fail_rate"),
    ("change_fail_rate", "lead_time"),
    ("waiting_for_review", "change_fail_rate"),
)


def fill(who: Who, say: Callable[[str], None] = lambda text: None) -> None:
    """Adds what is not there yet; may be called again. The demo organisation must be there: its proofs of concept are
    those that other teams try, too."""
    home = people.home_organization(who)
    _adopt(home)
    with store.reading() as session:
        teams = list(session.execute(select(Team.id).where(Team.organization_id == home).order_by(Team.id)).scalars())
    for about, step in (
        ("people", lambda: _people(home, teams)),
        ("sources at GitHub", lambda: _connect(who, home)),
        ("what repositories show", lambda: _look(home)),
        ("surveys and assessments", lambda: _ask(who, teams)),
        ("workflow maps and pain points", lambda: _draw(who, teams)),
        ("goals and what was done", lambda: _plan(who, teams)),
        ("proofs of concept", lambda: _try(teams)),
        ("reading and questions", lambda: _read(home)),
        ("jobs and traces", lambda: _trace(who, home)),
    ):
        say(about)
        step()


def _is_there(wanted: Select) -> bool:
    with store.reading() as session:
        return session.execute(wanted.limit(1)).first() is not None


def _adopt(home: int) -> None:
    """The invented teams, repositories and sources become the organisation's own; their invented one stays empty."""
    named = select(Organization.id).where(Organization.is_demo, Organization.name.startswith("Invented organisation"))
    with store.writing() as session:
        for invented in session.execute(named).scalars().all():
            for table in (Team, Repository, Source):
                session.execute(update(table).where(table.organization_id == invented).values(organization_id=home))


def _people(home: int, teams: list[int]) -> None:
    """So many members of each team, the first of them its lead; a few who lead, coach and administer."""
    if _is_there(select(Membership)):
        return
    now = store.now_us()
    count = PEOPLE * len(teams)
    with store.writing() as session:
        made = [
            Person(provider="https://login.example", subject=f"s-{number}", name=f"Member {number + 1:03d}",
                   email=f"member-{number + 1:03d}@example.com", created_at=now - number * WEEK // 10,
                   signed_in_at=now - number * 3_600_000_000)
            for number in range(count + 20)
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        for number, person in enumerate(made[:count]):
            role = "team_lead" if number < len(teams) else "member"
            session.add(Membership(person_id=person.id, team_id=teams[number % len(teams)], role=role))
        for number, person in enumerate(made[count:]):
            role = ("leader", "leader", "coach", "admin")[number % 4]
            session.add(PersonRole(person_id=person.id, organization_id=home, role=role))


def _connect(who: Who, home: int) -> None:
    """Every source reads from GitHub, and was read whole within the last hour."""
    if _is_there(select(Connection)):
        return
    now = store.now_us()
    own = Source.organization_id == home
    reference = "env:GITHUB_TOKEN"
    with store.writing() as session:
        connection = Connection(
            organization_id=home, kind="github_token", base_url="https://api.github.com", secret=reference,
            login="example", permissions={}, checked_at=now, created_by=who.id, created_at=now, listed_at=now,
        )  # fmt: skip
        session.add(connection)
        session.flush()
        places = select(Repository.id, Repository.name).where(Repository.organization_id == home)
        for number, (repository_id, name) in enumerate(session.execute(places.order_by(Repository.id)).all()):
            values = {
                "github_id": 1_000_000 + number,
                "full_name": f"example/{name}",
                "web_url": f"https://github.com/example/{name}",
            }
            session.execute(update(Repository).where(Repository.id == repository_id).values(**values))
        sources = session.execute(select(Source.id, Repository.name).join(Repository).where(own)).all()
        for source_id, name in sources:
            synced = now - source_id % 60 * 60_000_000
            values = {
                "kind": "github",
                "name": f"example/{name}",
                "connection_id": connection.id,
                "synced_at": synced,
                "due_at": synced + 3_600_000_000,
            }
            session.execute(update(Source).where(Source.id == source_id).values(**values))
        feeds = [
            {"source_id": source_id, "name": feed, "cursor": {"page": 1}, "etag": None, "checked_at": now,
             "resume_at": None, "problem": None}
            for source_id, _ in sources
            for feed in FEEDS
        ]  # fmt: skip
        session.execute(insert(Feed), feeds)


def _look(home: int) -> None:
    """An evaluation of every repository; no two alike."""
    looked = select(Evaluation.repository_id).where(Evaluation.repository_id.is_not(None))
    wanted = select(Repository.id).where(Repository.organization_id == home, Repository.id.not_in(looked))
    with store.reading() as session:
        left = list(session.execute(wanted).scalars())
    probes = list(enumerate(registry()))
    for repository in left:
        found = {key: OUTCOMES[(repository * 7 + at * (repository % 5 + at)) % len(OUTCOMES)] for at, key in probes}
        practised.looked(repository, found)


def _ask(who: Who, teams: list[int]) -> None:
    """Two surveys of practices and one of well-being, and two assessments, of each team."""
    for number, team_id in enumerate(teams):
        if assessments.listed(who, team_id):
            continue
        random = np.random.default_rng([number])
        for _ in range(2):
            practised.said(team_id, *random.integers(0, 5, len(practised.PEOPLE)).tolist())
            assessments.take(who, team_id)
        practised.said(team_id, 2, 3, 1, 3, 2, 4, 3, 2, questionnaire="well-being")


def _draw(who: Who, teams: list[int]) -> None:
    """A map with a second version, and pain points, of each team."""
    for team_id in teams:
        if _is_there(select(WorkflowMap).where(WorkflowMap.team_id == team_id)):
            continue
        made = maps.copy_example(who, team_id, "release-by-hand")
        services = queries.services(who, team_id)
        maps.tie(who, made, services[0].id)
        found = maps.version(who, made, maps.TODAY, 1)
        plain = found.drawn.plain()
        plain["steps"][0]["name"] += ", in smaller parts"
        maps.save(who, made, maps.TODAY, plain, 1, "After a quarter.")
        steps = list(pains.choices(who, team_id).steps)[:3]
        for at in range(6):
            said = Said(steps[at % len(steps)], f"We wait for it, way {at + 1}.", 3, 2, 2.0 + at)
            pains.add(who, team_id, said)


def _plan(who: Who, teams: list[int]) -> None:
    """Three tracks, four goals and four interventions of each team, over its largest services, as far as these have
    numbers."""
    now = store.now_us()
    for number, team_id in enumerate(teams):
        if _is_there(select(Enrolment).where(Enrolment.team_id == team_id)):
            continue
        with store.writing() as session:
            for at in range(3):
                slug = TRACKS[(number + at) % len(TRACKS)]
                row = choices.make(session, team_id, slug, "It works on the largest gap.")
                row.chosen_at, row.begun_at, row.state = now - 30 * WEEK, now - 28 * WEEK, choices.UNDER_WAY
                if at == 0:
                    row.state, row.ended_at = choices.FINISHED, now - 20 * WEEK
        services = queries.services(who, team_id)
        for at, (metric, counter) in enumerate(PAIRS):
            service = _measured(services[at:], metric, counter)
            if service is None:
                continue
            goals.add(who, team_id, _wanted(at, service, metric, counter, now + (at + 2) * 4 * WEEK))
            done = Done(
                "process", f"A change of how we work, number {at + 1}", service, metric, counter,
                now - (40 - 6 * at) * WEEK, now - (36 - 6 * at) * WEEK,
            )  # fmt: skip
            interventions.add(who, team_id, done)


def _measured(services: Sequence[ServiceView], metric: str, counter: str) -> int | None:
    """The first of them that has a value of both, of which the first could be better."""
    for one in services:
        if {metric, counter} <= goals.valued(one.id) and goals.measured(one.id, metric, counter)[0].value:
            return one.id
    return None


def _wanted(number: int, service: int, metric: str, counter: str, due: int) -> Wanted:
    before, beside = goals.measured(service, metric, counter)
    wished = before.value * (0.5 if METRICS[metric].better == "low" else 2)
    return Wanted(f"Goal {number + 1}", service, metric, wished, counter, (beside.value or 0.1) * 1.5, due)


def _try(teams: list[int]) -> None:
    """What the teams of the demo tried, tried by every team: rows as they are there, with other owners."""
    with store.reading() as session:
        attempts = session.execute(select(ProofAttempt).order_by(ProofAttempt.id)).scalars().all()
        if any(row.team_id in teams for row in attempts):
            return
    with store.writing() as session:
        for number, team_id in enumerate(teams):
            for at in range(3):
                _copy(session, attempts[(number + at) % len(attempts)], team_id, at)


def _copy(session: Session, old: ProofAttempt, team_id: int, at: int) -> None:
    enrolled = select(Enrolment.id).where(Enrolment.team_id == team_id, Enrolment.track_id == old.track_id)
    enrolment_id = session.execute(enrolled).scalar_one()
    owned = select(Repository.id, Repository.name).join(Source, Source.repository_id == Repository.id)
    repository_id, name = session.execute(owned.offset(team_id * 3 + at).limit(1)).one()
    made = ProofAttempt(**_values(old, "id"))
    made.uid, made.team_id, made.enrolment_id = str(uuid.uuid4()), team_id, enrolment_id
    made.repository_id, made.repository, made.service_id = repository_id, name, None
    made.intervention_id = made.derived_from = made.job_id = made.again_at = None
    session.add(made)
    session.flush()
    for run in session.execute(select(ProofRun).where(ProofRun.attempt_id == old.id)).scalars().all():
        again = ProofRun(**_values(run, "id"))
        again.attempt_id = made.id
        session.add(again)
        session.flush()
        results = session.execute(select(ProofResult).where(ProofResult.run_id == run.id)).scalars().all()
        session.add_all(ProofResult(**_values(each, "run_id"), run_id=again.id) for each in results)
    for said in session.execute(select(Attestation).where(Attestation.attempt_id == old.id)).scalars().all():
        session.add(Attestation(**_values(said, "id", "attempt_id"), attempt_id=made.id))
    about = {"version": made.version, "enrolment_id": enrolment_id}
    for kind in (events.BEGUN, events.CHECKED):
        events.record(session, kind, made.poc_id, at=made.begun_at, detail={"repository": name}, **about)


def _values(row, *but: str) -> dict:
    return {name: getattr(row, name) for name in type(row).__table__.columns.keys() if name not in but}  # noqa: SIM118


def _read(home: int) -> None:
    """Half of the people have read some modules and answered their questions."""
    if _is_there(select(ModuleProgress)):
        return
    now = store.now_us()
    read, answered = [], []
    with store.reading() as session:
        members = session.execute(select(Membership.person_id).order_by(Membership.person_id)).scalars().all()
    tracks = {slug: track for slug, track in catalog.tracks().items() if catalog.pocs(slug)}
    for number, person_id in enumerate(members[::2]):
        for slug, track in list(tracks.items())[number % 3 :: 3]:
            for module in list(catalog.modules(slug).values())[: number % 8 + 1]:
                row = {"person_id": person_id, "module_id": module.head["id"], "track_id": track["id"],
                       "version": track["version"], "state": "done", "step": 1, "reason": "", "at": now}  # fmt: skip
                read.append(row)
                answered += [
                    {"person_id": person_id, "module_id": module.head["id"], "item": each["id"],
                     "version": track["version"], "chosen": [0], "is_right": (number + place) % 3 > 0, "sitting": 1,
                     "at": now}
                    for place, each in enumerate(module.head.get("quiz", ())[:5])
                ]  # fmt: skip
    with store.writing() as session:
        session.execute(insert(ModuleProgress), read)
        if answered:
            session.execute(insert(QuizAnswer), answered)


def _trace(who: Who, home: int) -> None:
    """Past jobs, and traces of two years."""
    with store.reading() as session:
        there = session.execute(select(func.count()).select_from(AuditEvent)).scalar_one()
        sources = list(session.execute(select(Source.id).where(Source.kind == "github")).scalars())
    if there >= TRACES:
        return
    now = store.now_us()
    jobs = [
        {"kind": "sync", "args": {"source": sources[number % len(sources)]}, "state": "done", "done": 10, "total": 10,
         "message": "Read.", "organization_id": home, "created_at": now - number * 60_000_000,
         "finished_at": now - number * 60_000_000 + 5_000_000, "started_at": now - number * 60_000_000}
        for number in range(JOBS)
    ]  # fmt: skip
    actions = ("edit_settings", "give_role", "add_goal", "take_assessment", "rename_team", "check_proof")
    traces = [
        {"at": now - number * 600_000_000, "person_id": who.id, "action": actions[number % len(actions)],
         "subject": f"team:{number % 50 + 1}", "detail": {"title": f"Number {number}"}, "organization_id": home}
        for number in range(TRACES)
    ]  # fmt: skip
    with store.writing() as session:
        session.execute(insert(Job), jobs)
        session.execute(insert(AuditEvent), traces)
