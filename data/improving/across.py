"""Goals of all teams of an organization, and what all of them did, for those who lead it. Teams stand by name, never by
how they do."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from data import access, people, store
from data.access import Action, Subject
from data.asked import results
from data.improving import goals, interventions
from data.improving.goals import GoalView
from data.improving.interventions import InterventionView
from data.people import Who
from data.tables import Team


@dataclass(frozen=True)
class TeamGoals:
    """A team with its goals: open ones by their day, then the others, the newest first."""

    team_id: int
    team: str
    goals: tuple[GoalView, ...]


@dataclass(frozen=True)
class TeamDeeds:
    """A team with what it did: what goes on, then by finish, the newest first."""

    team_id: int
    team: str
    deeds: tuple[InterventionView, ...]


def goals_of(who: Who, organization_id: int) -> tuple[TeamGoals, ...]:
    """Every team, also one without a goal. Raises Forbidden, NotFound."""
    subject = access.of_organization(organization_id)
    access.check(who, Action.LEAD, subject)
    now = people.of_this_moment(who)
    with store.reading() as session:
        teams = _teams(session, organization_id)
        some = [
            each
            for each in teams
            if not access.may(now, Action.VIEW_ANSWERS, Subject(organization_id, each, subject.is_demo))
        ]
        held = dict.fromkeys(teams) | results.held_back(session, some, store.from_us(store.now_us()))
        found = goals.in_teams(session, held)
    return tuple(TeamGoals(team_id, name, found[team_id]) for team_id, name in teams.items())


def deeds_of(who: Who, organization_id: int, now: int | None = None) -> tuple[TeamDeeds, ...]:
    """Every team, also one that noted nothing. now: microseconds, the clock when None. Raises Forbidden, NotFound."""
    access.check(who, Action.LEAD, access.of_organization(organization_id))
    with store.reading() as session:
        teams = _teams(session, organization_id)
        views = interventions.in_teams(session, list(teams), store.now_us() if now is None else now)
    found: dict[int, list[InterventionView]] = {team_id: [] for team_id in teams}
    for one in views:
        found[one.team_id].append(one)
    return tuple(TeamDeeds(team_id, name, tuple(found[team_id])) for team_id, name in teams.items())


def _teams(session: Session, organization_id: int) -> Mapping[int, str]:
    """By name."""
    rows = session.execute(select(Team.id, Team.name).where(Team.organization_id == organization_id)).all()
    return dict(sorted(rows, key=lambda row: (row.name.casefold(), row.id)))
