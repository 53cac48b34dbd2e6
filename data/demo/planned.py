"""What a team of the demo set out to do and did: tracks, goals and interventions that fit what happened there.

Whether anything moved is not written here: it is worked out from the facts, as everywhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from data import store
from data.demo.stood import TEAM
from data.improving import choices, figures, goals, interventions
from data.improving.goals import Wanted
from data.improving.interventions import Done
from data.tables import Enrolment, Intervention, PainPoint, Service, Team


@dataclass(frozen=True)
class Learning:
    """A track: weeks before the end of the demo that it was chosen, begun and finished (None: under way)."""

    slug: str
    why: str
    chosen: float
    begun: float
    finished: float | None = None


@dataclass(frozen=True)
class Aim:
    """A goal. Weeks before the end: that it was set, is due (negative: after) and was given up (None: open).
    pain: the words of the pain point that it came from; capability, level: the gap."""

    title: str
    service: str
    metric: str
    target: float
    counter: str
    limit: float
    set: float
    due: float
    capability: str | None = None
    level: int | None = None
    pain: str = ""
    missed: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Deed:
    """An intervention. Weeks before the end: that it began and was finished (None: goes on). track: its slug; goal: the
    title of the goal it was for."""

    kind: str
    title: str
    service: str
    metric: str
    counter: str
    began: float
    finished: float | None = None
    note: str = ""
    track: str = ""
    goal: str = ""


_SOONER = "A change of a payment is live within a working day"

TRACKS = (
    Learning(
        "jenkins-to-actions",
        "It works on continuous integration and pipelines as code, where two services still built on Jenkins.",
        32, 30, 24,
    ),
    Learning(
        "pipeline-monitoring",
        "It works on proactive failure notification, the largest gap, and nothing has to come before it.", 7, 6,
    ),
)  # fmt: skip
AIMS = (
    Aim(
        _SOONER, "payments-api", "lead_time", 16, "change_fail_rate", 0.12, 13, -6, "continuous-delivery", 3,
        note="From the assessment: releases wait for a day of the week.",
    ),
    Aim(
        "Invoices fail half as often", "invoices", "change_fail_rate", 0.1, "lead_time", 30, 13.5, 1.5,
        "test-automation", 3, missed=1.3,
        note="Tests run on every change now, but the browser tests fail without a reason and count for nothing. Next: "
        "mend these first.",
    ),
    Aim(
        "A review begins within two hours", "payments-api", "waiting_for_review", 2, "change_fail_rate", 0.12, 1, -12,
        pain="Changes wait a day for a review.", note="The price to watch: reviews that only nod.",
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        "process", "From a weekly release to one with every merge", "payments-api", "lead_time", "change_fail_rate",
        20.2, 11, "Twice a week first, then with every merge, with a way back that takes one click.", goal=_SOONER,
    ),
    Deed(
        "process", "A reviewer on duty", "storefront", "waiting_for_review", "change_fail_rate", 16, 14,
        "Somebody reads first thing after lunch and before leaving. Reviews were soon here before, too.",
    ),
    Deed(
        "migration", "From Jenkins to GitHub Actions", "invoices", "change_fail_rate", "lead_time", 30, 24,
        "The old jobs were left alone until the new ones had run beside them for two weeks.", "jenkins-to-actions",
    ),
    Deed(
        "track", "Alerts that name a runbook", "payments-api", "recovery_time", "deployment_frequency", 6, None,
        "Every alert gets a runbook, and one of us tries it at the desk.",
    ),
)  # fmt: skip


def make(organization_id: int, until: datetime) -> None:
    """Plans for the team of the demo, if it is there and has no plan. All of it is saved together, or nothing."""
    services, team_id = _services(organization_id)
    if team_id is None or _planned(team_id):
        return
    windows = {}
    for aim in AIMS:
        at = _instant(until, aim.set)
        window = (at - figures.WEEKS * 7 * 86_400_000_000, at)
        windows[aim] = [(services[aim.service], metric, *window) for metric in (aim.metric, aim.counter)]
    before = figures.figures([each for pair in windows.values() for each in pair])
    with store.writing() as session:
        if _planned(team_id):
            return
        learnt = {each.slug: _learn(session, team_id, each, until).id for each in TRACKS}
        aimed = {}
        for aim, (metric, counter) in windows.items():
            aimed[aim.title] = _aim(session, team_id, aim, services, (before[metric], before[counter]), until)
        for deed in DEEDS:
            _do(session, team_id, deed, services, learnt, aimed, until)


def _services(organization_id: int) -> tuple[dict[str, int], int | None]:
    mine = select(Service.name, Service.id, Team.id).join(Team, Team.id == Service.team_id)
    with store.reading() as session:
        rows = session.execute(mine.where(Team.organization_id == organization_id, Team.name == TEAM)).all()
    return {name: service_id for name, service_id, _ in rows}, rows[0][2] if rows else None


def _planned(team_id: int) -> bool:
    tables = (Enrolment, Intervention)
    with store.reading() as session:
        return any(session.execute(select(table.id).where(table.team_id == team_id)).first() for table in tables)


def _instant(until: datetime, weeks: float | None) -> int | None:
    return None if weeks is None else store.to_us(until - timedelta(weeks=weeks))


def _learn(session: Session, team_id: int, track: Learning, until: datetime) -> Enrolment:
    row = choices.make(session, team_id, track.slug, track.why)
    row.chosen_at, row.begun_at = _instant(until, track.chosen), _instant(until, track.begun)
    row.ended_at = _instant(until, track.finished)
    row.state = choices.UNDER_WAY if track.finished is None else choices.FINISHED
    session.flush()
    return row


def _aim(session: Session, team_id: int, aim: Aim, services: dict[str, int], before: tuple, until: datetime) -> int:
    named = select(PainPoint).where(PainPoint.team_id == team_id).order_by(PainPoint.id)
    pain_id = next((row.id for row in session.execute(named).scalars() if aim.pain in row.voices["texts"]), None)
    wanted = Wanted(
        aim.title, services[aim.service], aim.metric, aim.target, aim.counter, aim.limit, _instant(until, aim.due),
        aim.capability, aim.level, pain_id, aim.note,
    )  # fmt: skip
    row = goals.make(session, team_id, wanted, before, at=_instant(until, aim.set))
    if aim.missed is not None:
        row.state, row.ended_at = goals.MISSED, _instant(until, aim.missed)
    session.flush()
    return row.id


def _do(
    session: Session, team_id: int, deed: Deed, services: dict[str, int], learnt: dict[str, int],
    aimed: dict[str, int], until: datetime,
) -> None:  # fmt: skip
    done = Done(
        deed.kind, deed.title, services[deed.service], deed.metric, deed.counter, _instant(until, deed.began),
        _instant(until, deed.finished), note=deed.note, goal_id=aimed.get(deed.goal),
    )  # fmt: skip
    row = interventions.make(session, team_id, done, enrolment_id=learnt.get(deed.track))
    row.created_at = row.started_at
    session.flush()
