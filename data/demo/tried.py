"""What the teams of the demo try out: a proof of concept that was adopted, one whose checks fail, one that stands
still, one that was stopped for good reasons, and one that another team takes over.

Their checks are run for real over the demo's repositories, at the commits of their time. What a forge would say beside
the files is invented, as everything here.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from assessments.learning import DAY
from assessments.poc import Known, Results, Source, read_poc, run
from assessments.poc import known as facts
from content import catalog
from data import store
from data.demo import looked, repositories
from data.demo.histories import HISTORIES
from data.evidence.trees import open_clone, take
from data.improving import choices
from data.learning import events, runs
from data.tables import (
    Attestation,
    Deployment,
    Enrolment,
    Intervention,
    ProofAttempt,
    Repository,
    Service,
    Team,
)

NAMESPACE = uuid.UUID("5b0f6a0e-2c3f-4d39-9a53-2d8b5f0e7c11")


@dataclass(frozen=True)
class Chosen:
    """A track of a team. Weeks before the end: that it was chosen and begun (None: not yet)."""

    team: str
    track: str
    why: str
    chosen: float
    begun: float | None = None


@dataclass(frozen=True)
class Written:
    """A commit on the branch of a trial: files of the examples that come with the content, later ones over earlier."""

    weeks: float
    title: str
    examples: tuple[str, ...]
    only: tuple[str, ...] = ("",)  # beginnings of paths


@dataclass(frozen=True)
class Forge:
    """What GitHub says, where the repository is connected. Weeks before the end since when: approved, way back
    rehearsed; None: never. reviewers: who must agree to a deployment."""

    approved: float | None = None
    rehearsed: float | None = None
    reviewers: int = 0


@dataclass(frozen=True)
class Trial:
    """A proof of concept. Weeks before the end: begun, checked, accepted by a person, decided. deed: the title of what
    stands in Did it work? for it. taken_from: the team that did it before."""

    team: str
    repository: str
    service: str
    track: str
    poc: str
    begun: float
    checked: tuple[float, ...] = ()
    branch: str = ""
    written: tuple[Written, ...] = ()
    forge: Forge | None = None
    accepted: float | None = None
    decided: float | None = None
    decision: str = ""
    record: Mapping[str, str] = field(default_factory=dict)
    deed: str = ""
    taken_from: str = ""


CHOSEN = (
    Chosen("Platform", "infrastructure-as-code", "It works on infrastructure as code, where one environment is made by "
           "hand.", 8, 7.5),
    Chosen("Mobile", "infrastructure-as-code", "It works on releasing in small steps, the largest gap.", 12, 11),
    Chosen("Logistics", "jenkins-to-actions", "It works on pipelines as code, and Checkout has shown how.", 2, 0.6),
    Chosen("Search", "pipeline-monitoring", "It works on proactive failure notification.", 1),
)  # fmt: skip
_MEASURING = ("docs/metrics", "otel/")
TRIALS = (
    Trial(
        "Checkout", "payments-api", "payments-api", "jenkins-to-actions", "cut-over", 12.9, (12.7, 11.1, 6.8, 2.5),
        forge=Forge(approved=11.3, rehearsed=11.2, reviewers=1), accepted=11.15, decided=11, decision="adopt",
        record={
            "context": "Releases of payments-api waited for a day of the week and for somebody who knew the old "
            "server. For eight weeks both pipelines ran beside each other.",
            "options": "Keep the old server and let it deploy more often\nHave the platform team deploy for us",
            "because": "Both pipelines found the same, the new one takes half the time, and everybody in the team can "
            "read it. The way back was tried on purpose and took six minutes.",
            "consequences": "Every merge is released. Rolling back is one run of Deploy with the version before. The "
            "old job can be switched on again for four weeks; after that its credentials are gone.",
        },
        deed="From a weekly release to one with every merge",
    ),
    Trial(
        "Checkout", "payments-api", "payments-api", "pipeline-monitoring", "measure-the-pipeline", 0.9, (0.7, 0.3),
        branch="measure-the-pipeline",
        written=(
            Written(0.75, "Say what each number means", ("stub", "near/described--without-query"), _MEASURING),
            Written(0.4, "Receive and hand on", ("exemplar", "near/described--seven-of-eight"), _MEASURING),
        ),
        forge=Forge(),
    ),
    Trial(
        "Platform", "config-store", "config-store", "infrastructure-as-code", "reproducible-infrastructure", 7.4,
        (7.1, 5.8),
    ),
    Trial(
        "Mobile", "mobile-monorepo", "app-backend", "infrastructure-as-code", "progressive-delivery", 10.8,
        (10.2, 9.4, 9.1), branch="canary",
        written=(
            Written(10.4, "Begin with a chart", ("stub",), ("chart/", "deploy/", ".github/workflows/chart")),
            Written(9.5, "Release to a few first", ("exemplar",), ("chart/", "deploy/", "docs/rehearsal")),
        ),
        forge=Forge(rehearsed=9.2), decided=8.9, decision="stop",
        record={
            "context": "Errors reached everybody at once. We tried releases of app-backend that go to a few users "
            "first, stopped by the share of requests that fail.",
            "options": "Release to a few, stopped by numbers\nSwitches in the app, per feature\nLeave it as it is",
            "because": "It works, and it does not help here: at night a tenth of our users are fewer than thirty "
            "requests a minute, and the numbers cannot tell a bad release from chance within an hour. Our failures "
            "come from app versions that stay on phones for weeks, which no canary of the backend sees.",
            "consequences": "The branch stays as an example. We try switches per feature next, since these reach the "
            "app. We look at this again when the backend has ten times the traffic.",
        },
    ),
    Trial(
        "Logistics", "route-planner", "route-planner", "jenkins-to-actions", "cut-over", 0.55, (0.5,),
        taken_from="Checkout",
    ),
)  # fmt: skip


def make(
    organization_id: int, until: datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Choices of tracks and what was tried, all of it or nothing, where there is nothing yet. progress: of how many
    proofs of concept. Raises GitError."""
    teams = _teams(organization_id)
    if not teams or _tried(teams):
        return
    judged = []
    for done, trial in enumerate(TRIALS):
        progress(done, len(TRIALS))
        if trial.team in teams:
            judged.append((trial, _judged(organization_id, trial, until)))
    with store.writing() as session:
        if _tried(teams):
            return
        for chosen in CHOSEN:
            if chosen.team in teams:
                _choose(session, teams[chosen.team], chosen, until)
        for trial, found in judged:
            _keep(session, teams, trial, found, until)


def _teams(organization_id: int) -> dict[str, int]:
    with store.reading() as session:
        rows = session.execute(select(Team.name, Team.id).where(Team.organization_id == organization_id)).all()
    return dict(map(tuple, rows))


def _tried(teams: Mapping[str, int]) -> bool:
    with store.reading() as session:
        wanted = select(ProofAttempt.id).where(ProofAttempt.team_id.in_(teams.values())).limit(1)
        return session.execute(wanted).first() is not None


def _instant(until: datetime, weeks: float) -> int:
    return store.to_us(until - timedelta(weeks=weeks))


# Checking


def _judged(organization_id: int, trial: Trial, until: datetime) -> list[tuple[int, Results]]:
    """What its checks say at each time, by microseconds."""
    with store.reading() as session:
        mine = Repository.organization_id == organization_id, Repository.name == trial.repository
        repository_id = session.execute(select(Repository.id).where(*mine)).scalar_one()
        wanted = select(Deployment.finished_at, Deployment.status).join(Service, Service.id == Deployment.service_id)
        wanted = wanted.where(Service.name == trial.service, Deployment.repository_id == repository_id)
        shipped = session.execute(wanted.where(Deployment.environment == "production")).all()
    place = repositories.folder() / f"{trial.repository}.git"
    if not place.is_dir():  # made on another machine, which has them
        history = next(each for each in HISTORIES if each.name == trial.repository)
        looked.write(repository_id, history, until)
    if trial.written:
        steps = [(_instant(until, each.weeks), each.title, _files(trial, each)) for each in trial.written]
        repositories.branch(trial.repository, trial.branch, steps)
    git, found = open_clone(place), []
    poc = read_poc(f"{trial.track}/{trial.poc}", catalog.pocs(trial.track)[trial.poc])
    for weeks in trial.checked:
        at = _instant(until, weeks)
        commit = looked.commit_at(git, at, trial.branch or "main")
        known = _known(trial, shipped, until, weeks, commit)
        found.append((at, run(poc, take(git, commit, as_of=at, history=False), known)))
    return found


def _files(trial: Trial, written: Written) -> dict[str, str]:
    folder = Path(catalog.__file__).parent / "tracks" / trial.track / "pocs" / trial.poc
    found = {}
    for part in written.examples:
        for path in sorted((folder / part).rglob("*")):
            name = str(path.relative_to(folder / part))
            if path.is_file() and name.startswith(written.only):
                found[name] = path.read_text(encoding="utf-8")
    return found


def _known(trial: Trial, shipped: list, until: datetime, weeks: float, commit: str) -> Known:
    """What is known at that moment beside the files."""
    at, forge = _instant(until, weeks), trial.forge
    attested = _accepting(trial, commit) if trial.accepted is not None and weeks <= trial.accepted else ()
    own = {"authors": frozenset({"author"}), "attestations": attested, "metrics": {}, "spread": (),
           "begun": _instant(until, trial.begun), "added": {}, "removed": {}}  # fmt: skip
    if forge is None:
        return Known(Source.CLONE, "main", **own)
    if trial.repository == "payments-api":
        own["removed"] = {"Jenkinsfile": _instant(until, 26)}
    reviews, deployments = [], [
        facts.Deployment("production", ((status, done),)) for done, status in shipped if done is not None and done <= at
    ]  # fmt: skip
    if forge.approved is not None and weeks <= forge.approved:
        reviews.append(facts.Review("operator", "approved", _instant(until, forge.approved)))
    if forge.rehearsed is not None and weeks <= forge.rehearsed:
        failed = _instant(until, forge.rehearsed)
        deployments += [
            facts.Deployment("production", (("failure", failed),)),
            facts.Deployment("production", (("success", failed + 360_000_000),)),
        ]
    return Known(
        Source.FORGE, "main", **own, groups={}, runs=(), reviews=tuple(reviews), artifacts={},
        deployments=tuple(sorted(deployments, key=lambda each: each.states[0][1])),
        settings=facts.Settings((), {"production": forge.reviewers}, approvals=1, releases=()),
    )  # fmt: skip


def _rubrics(trial: Trial) -> dict[str, list[str]]:
    """The criteria of each check that asks a person."""
    checks = read_poc(trial.poc, catalog.pocs(trial.track)[trial.poc]).checks
    return {each.id: each.params["rubric"] for each in checks if each.kind == "attest" and "rubric" in each.params}


def _accepting(trial: Trial, commit: str) -> tuple[facts.Attestation, ...]:
    return tuple(
        facts.Attestation(check, "coach", True, commit=commit, criteria=tuple(rubric))
        for check, rubric in _rubrics(trial).items()
    )


# Keeping


def _choose(session: Session, team_id: int, chosen: Chosen, until: datetime) -> None:
    row = choices.make(session, team_id, chosen.track, chosen.why)
    row.chosen_at = _instant(until, chosen.chosen)
    if chosen.begun is not None:
        row.begun_at, row.state = _instant(until, chosen.begun), choices.UNDER_WAY


def _keep(
    session: Session, teams: Mapping[str, int], trial: Trial, found: list[tuple[int, Results]], until: datetime
) -> None:
    """The attempt with everything that was found and said of it, in the order in which it happened."""
    team_id, track = teams[trial.team], catalog.tracks()[trial.track]
    poc, begun = catalog.pocs(trial.track)[trial.poc], _instant(until, trial.begun)
    mine = Enrolment.team_id == team_id, Enrolment.track_id == track["id"]
    enrolment_id = session.execute(select(Enrolment.id).where(*mine)).scalar_one()
    own = select(Service.id, Service.repository_id).where(Service.team_id == team_id, Service.name == trial.service)
    service_id, repository_id = session.execute(own).one()
    row = ProofAttempt(
        uid=_uid(trial.team, trial), team_id=team_id, enrolment_id=enrolment_id, repository_id=repository_id,
        repository=trial.repository, service_id=service_id, track_id=track["id"], track=trial.track, poc_id=poc["id"],
        poc=trial.poc, version=track["version"], content=dict(poc), branch=trial.branch, begun_at=begun,
        due_at=begun + poc["timebox_days"] * DAY,
        derived_from=_uid(trial.taken_from, trial) if trial.taken_from else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    about = {"version": row.version, "enrolment_id": enrolment_id}
    events.record(session, events.BEGUN, row.poc_id, at=begun, detail={"repository": row.repository}, **about)
    for at, results in found:
        source = Source.FORGE if trial.forge else Source.CLONE
        runs.save(session, row.id, results, version=row.version, branch=trial.branch or "main", source=source, at=at)
        detail = {"attempt": row.id, "verdict": str(results.verdict)}
        events.record(session, events.CHECKED, row.poc_id, at=at, detail=detail, **about)
    if trial.accepted is not None:
        _accept(session, row, trial, found, until)
    if trial.decided is not None:
        row.state, row.decision, row.record = "decided", trial.decision, dict(trial.record)
        row.decided_at = _instant(until, trial.decided)
        deed = select(Intervention.id).where(Intervention.team_id == team_id, Intervention.title == trial.deed)
        row.intervention_id = session.execute(deed).scalar_one_or_none()
        detail = {"decision": trial.decision}
        events.record(session, events.DECIDED, row.poc_id, at=row.decided_at, detail=detail, **about)


def _uid(team: str, trial: Trial) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{team}/{trial.track}/{trial.poc}"))


def _accept(
    session: Session, row: ProofAttempt, trial: Trial, found: list[tuple[int, Results]], until: datetime
) -> None:
    """What a person said of the commit that was checked first after it."""
    at = _instant(until, trial.accepted)
    commit = next((results.commit for done, results in found if done >= at), "")
    for check, rubric in _rubrics(trial).items():
        session.add(
            Attestation(
                attempt_id=row.id, check_id=check, accepted=True, commit=commit, criteria=list(rubric), at=at,
                comment="I rolled back a release myself, with the page alone. It took six minutes.",
            )
        )  # fmt: skip
