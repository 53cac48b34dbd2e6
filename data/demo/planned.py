"""Plans, goals and what was done, into the demo: see `data.demo.plans`.

Whether anything moved is not written there: it is worked out from the facts, as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from assessments.goals import Figure
from assessments.outcomes import WEEK
from data import store
from data.demo.plans import PLANS, Aim, Deed, Learning, Plan
from data.improving import choices, figures, goals, interventions
from data.improving.goals import Wanted
from data.improving.interventions import Done
from data.tables import Enrolment, Goal, GoalLook, PainPoint, Service, Team


@dataclass(frozen=True)
class _Place:
    """A team of the demo: its id, the ids of its services by name, and when the demo ends."""

    team_id: int
    services: Mapping[str, int]
    until: datetime

    def instant(self, weeks: float | None) -> int | None:
        return None if weeks is None else store.to_us(self.until - timedelta(weeks=weeks))


def make(organization_id: int, until: datetime) -> None:
    """Plans for the teams that have none. All of it is saved together, or nothing."""
    places = {plan: place for plan in PLANS if (place := _place(organization_id, plan.team, until)) is not None}
    if not places or _planned(places):
        return
    asked = {(plan, aim): _asked(place, aim) for plan, place in places.items() for aim in plan.aims}
    found = figures.figures([each for pairs in asked.values() for pair in pairs for each in pair])
    seen = {about: [tuple(found[each] for each in pair) for pair in pairs] for about, pairs in asked.items()}
    with store.writing() as session:
        if _planned(places):
            return
        for plan, place in places.items():
            _keep(session, place, plan, {aim: seen[plan, aim] for aim in plan.aims})


def _place(organization_id: int, team: str, until: datetime) -> _Place | None:
    mine = select(Team.id).where(Team.organization_id == organization_id, Team.name == team)
    with store.reading() as session:
        team_id = session.execute(mine).scalar_one_or_none()
        named = select(Service.name, Service.id).where(Service.team_id == team_id)
        services = dict(session.execute(named).all())
    return None if team_id is None else _Place(team_id, services, until)


def _planned(places: Mapping[Plan, _Place]) -> bool:
    teams = [place.team_id for place in places.values()]
    with store.reading() as session:
        return session.execute(select(Goal.id).where(Goal.team_id.in_(teams)).limit(1)).first() is not None


def _asked(place: _Place, aim: Aim) -> list[list[figures.Wanted]]:
    """What was measured of metric and counter-metric when it was set, and at each look."""
    at, weeks = place.instant(aim.set), figures.WEEKS * WEEK
    looked = [place.instant(each) for each, _ in aim.looks]
    windows = [(at - weeks, at), *((max(at, each - weeks), each) for each in looked)]
    service_id = place.services[aim.service]
    return [[(service_id, metric, *window) for metric in (aim.metric, aim.counter)] for window in windows]


def _keep(
    session: Session, place: _Place, plan: Plan, seen: Mapping[Aim, list[tuple[Figure, ...]]]
) -> None:  # fmt: skip
    learnt = {each.slug: _learn(session, place, each).id for each in plan.tracks}
    aimed = {aim.title: _aim(session, place, aim, *figures_) for aim, figures_ in seen.items()}
    for deed in plan.deeds:
        _do(session, place, deed, learnt, aimed)


def _learn(session: Session, place: _Place, track: Learning) -> Enrolment:
    row = choices.make(session, place.team_id, track.slug, track.why)
    row.chosen_at, row.begun_at = place.instant(track.chosen), place.instant(track.begun)
    row.ended_at = place.instant(track.finished)
    row.state = choices.UNDER_WAY if track.finished is None else choices.FINISHED
    session.flush()
    return row


def _aim(session: Session, place: _Place, aim: Aim, before: tuple[Figure, ...], *looks: tuple[Figure, ...]) -> int:
    named = select(PainPoint).where(PainPoint.team_id == place.team_id).order_by(PainPoint.id)
    pain_id = next((row.id for row in session.execute(named).scalars() if aim.pain in row.voices["texts"]), None)
    wanted = Wanted(
        aim.title, place.services[aim.service], aim.metric, aim.target, aim.counter, aim.limit, place.instant(aim.due),
        aim.capability, aim.level, pain_id, aim.note, aim.owner, place.instant(aim.look),
    )  # fmt: skip
    row = goals.make(session, place.team_id, wanted, before, at=place.instant(aim.set))
    if aim.ended is not None:
        row.ended_at, row.state = place.instant(aim.ended[0]), aim.ended[1]
    for (weeks, note), (metric, counter) in zip(aim.looks, looks, strict=True):
        seen = {"metric": figures.plain(metric), "counter": figures.plain(counter)}
        session.add(GoalLook(goal_id=row.id, seen=seen, note=note, looked_at=place.instant(weeks)))
    session.flush()
    return row.id


def _do(session: Session, place: _Place, deed: Deed, learnt: Mapping[str, int], aimed: Mapping[str, int]) -> None:
    done = Done(
        deed.kind, deed.title, place.services[deed.service], deed.metric, deed.counter, place.instant(deed.began),
        place.instant(deed.finished), note=deed.note, goal_id=aimed.get(deed.goal),
    )  # fmt: skip
    row = interventions.make(session, place.team_id, done, enrolment_id=learnt.get(deed.track))
    row.created_at = row.started_at
    session.flush()
