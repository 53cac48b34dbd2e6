"""The organizations whose teams a person may see side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from data import access, people, store
from data.access import Action, Subject
from data.people import Who
from data.tables import Organization, Service, Team


@dataclass(frozen=True)
class Led:
    """teams, services: how many there are; judged: of how many services numbers have been worked out."""

    id: int
    name: str
    is_demo: bool
    teams: int
    services: int
    judged: int


def led(who: Who) -> tuple[Led, ...]:
    """Those that this person may lead, invented ones last; empty when there is none."""
    who = people.of_this_moment(who)
    teams = select(func.count()).select_from(Team).where(Team.organization_id == Organization.id).scalar_subquery()
    services = select(func.count()).select_from(Service).join(Team, Team.id == Service.team_id)
    services = services.where(Team.organization_id == Organization.id)
    judged = services.where(Service.derived_with.is_not(None)).scalar_subquery()
    wanted = select(Organization.id, Organization.name, Organization.is_demo, teams, services.scalar_subquery(), judged)
    with store.reading() as session:
        rows = session.execute(wanted.order_by(Organization.is_demo, Organization.id)).all()
    return tuple(Led(*row) for row in rows if access.may(who, Action.LEAD, Subject(row[0], is_demo=row[2])))


def usual(seen: Sequence[Led]) -> Led:
    """The one to begin with where nobody has chosen: the first with numbers, else with a team, else the first."""
    return next((one for one in seen if one.judged), None) or next((one for one in seen if one.teams), seen[0])


def check(who: Who, organization_id: int) -> None:
    """Raises Forbidden unless the person may see all its teams side by side, NotFound."""
    access.check(who, Action.LEAD, access.of_organization(organization_id))


def teams(session: Session, organization_id: int) -> tuple[tuple[int, str], ...]:
    """Its teams as (id, name), by name: the only order in which those who lead see them."""
    wanted = select(Team.id, Team.name).where(Team.organization_id == organization_id)
    return tuple(sorted(map(tuple, session.execute(wanted)), key=lambda one: (one[1].casefold(), one[0])))


def services(session: Session, organization_id: int) -> dict[int, int]:
    """How many services each of its teams has, by the id of the team; those without any are left out."""
    wanted = select(Service.team_id, func.count()).join(Team, Team.id == Service.team_id)
    rows = session.execute(wanted.where(Team.organization_id == organization_id).group_by(Service.team_id))
    return dict(map(tuple, rows))
