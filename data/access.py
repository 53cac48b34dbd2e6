"""Who may do what to whose facts: one table, asked by every page and every write.

| role | where | may |
|---|---|---|
| member | own team | see its numbers, rows and answers, correct, say what hurts, draw workflow maps, try out |
| team_lead | own team | the same, and edit the team, its services and sources, ask the team, plan and review |
| leader | organization | see numbers and rows of every team, all teams side by side, released answers; change nothing |
| coach | organization | the same as a leader, and see and review proofs of concept of every team |
| admin | organization | everything |

Any role in an organization sees that it exists (`Subject` without a team). The demo organization is seen by everybody
who is active; everybody may try corrections in it, nobody edits it, and administrators (of any organization)
say what changes are worth in it, and remove it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Select, null, select

from data import people, store
from data.people import Who
from data.tables import Organization, Service, Source, Team, Wave


class Action(StrEnum):
    VIEW = "view"  # numbers
    VIEW_ROWS = "view_rows"  # the rows behind them
    CORRECT = "correct"  # say against what was inferred, and undo it
    EDIT_SERVICE = "edit_service"  # make, rename, move, settings, delete
    EDIT_TEAM = "edit_team"  # rename
    ADD_SOURCE = "add_source"  # connect, import, read again
    REMOVE_SOURCE = "remove_source"
    ASK = "ask"  # open, close and cancel waves; lead a consensus
    VIEW_ANSWERS = "view_answers"  # what a closed wave says; those who only lead wait until it is released
    PLAN = "plan"  # mark what does not apply, take assessments, choose tracks, set goals, note what was done
    SAY = "say"  # name pain points and vote on them, draw workflow maps
    VIEW_PROOFS = "view_proofs"  # proofs of concept with what was found and said of them
    LEARN = "learn"  # begin a proof of concept, check it, ask for a review; deciding on it is planning
    REVIEW = "review"  # say with a rubric whether a proof of concept is good; who was asked may too
    LEAD = "lead"  # see all teams of the organization side by side: progress, goals, reports, what changes are worth
    VALUE = "value"  # say what goes into what changes are worth; everybody who leads sees the same
    MANAGE_TEAMS = "manage_teams"  # make, merge, delete
    ADMINISTER = "administer"  # people; make and remove the demo


LEADERS_AFTER = timedelta(days=14)  # from closing a survey, when the team has not released its result earlier

_SEE = frozenset({Action.VIEW, Action.VIEW_ROWS})
_MEMBER = _SEE | {Action.CORRECT, Action.VIEW_ANSWERS, Action.SAY, Action.VIEW_PROOFS, Action.LEARN}
_LEAD = _MEMBER | {
    Action.EDIT_SERVICE,
    Action.EDIT_TEAM,
    Action.ADD_SOURCE,
    Action.REMOVE_SOURCE,
    Action.ASK,
    Action.PLAN,
    Action.REVIEW,
}
IN_TEAM = {"member": _MEMBER, "team_lead": _LEAD}
_LEADER = _SEE | {Action.LEAD, Action.VALUE}
_COACH = _LEADER | {Action.VIEW_PROOFS, Action.REVIEW}
IN_ORGANIZATION = {"leader": _LEADER, "coach": _COACH, "admin": frozenset(Action)}
IN_DEMO = _SEE | {Action.LEAD, Action.CORRECT, Action.VIEW_ANSWERS, Action.VIEW_PROOFS}


class Forbidden(PermissionError):
    """The person may not; the message says so in one sentence and tells nothing else."""


class NotFound(LookupError):
    """There is no such team, service or source."""


@dataclass(frozen=True)
class Subject:
    """What an action is done to: an organization, or one team of it with all that it owns."""

    organization_id: int
    team_id: int | None = None
    is_demo: bool = False


def may(who: Who, action: Action, subject: Subject) -> bool:
    """Whether the person may. A deactivated person may nothing."""
    if not who.is_active:
        return False
    if subject.is_demo:
        administers = any(role == "admin" for _, role in who.organization_roles)
        return action in IN_DEMO or (action in (Action.ADMINISTER, Action.VALUE) and administers)
    if any(
        action in IN_ORGANIZATION.get(role, ())
        for organization, role in who.organization_roles
        if organization == subject.organization_id
    ):
        return True
    if subject.team_id is None:
        return action == Action.VIEW and subject.organization_id in who.organizations
    return any(
        action in IN_TEAM.get(role, ())
        for organization, team, role in who.team_roles
        if (organization, team) == (subject.organization_id, subject.team_id)
    )


def check(who: Who, action: Action, subject: Subject) -> None:
    """Raises Forbidden unless the person may at this moment, whenever the page they act from was drawn."""
    if not may(people.of_this_moment(who), action, subject):
        raise Forbidden(f"You may not do this ({action.value.replace('_', ' ')}). Ask an administrator for the right.")


def of_organization(organization_id: int) -> Subject:
    """Raises NotFound."""
    wanted = select(Organization.id, null(), Organization.is_demo).where(Organization.id == organization_id)
    return _one(wanted, f"There is no organization {organization_id}.")


def of_team(team_id: int) -> Subject:
    """Raises NotFound."""
    return _one(_TEAM.where(Team.id == team_id), f"There is no team {team_id}.")


def of_service(service_id: int) -> Subject:
    """Raises NotFound."""
    wanted = _TEAM.join(Service, Service.team_id == Team.id).where(Service.id == service_id)
    return _one(wanted, f"There is no service {service_id}.")


def of_wave(wave_id: int) -> Subject:
    """Raises NotFound."""
    return _one(_TEAM.join(Wave, Wave.team_id == Team.id).where(Wave.id == wave_id), f"There is no survey {wave_id}.")


def of_source(source_id: int) -> tuple[Subject, ...]:
    """The teams that a source feeds: all those with a service on its repository. An action on the source needs each.

    Without any service it is the organization's. Raises NotFound.
    """
    with store.reading() as session:
        source = session.get(Source, source_id)
        if source is None:
            raise NotFound(f"There is no source {source_id}.")
        fed = Service.id == source.service_id if source.service_id else Service.repository_id == source.repository_id
        wanted = _TEAM.join(Service, Service.team_id == Team.id).where(fed).distinct()
        found = tuple(Subject(*row) for row in session.execute(wanted))
    return found or (of_organization(source.organization_id),)


_TEAM = select(Team.organization_id, Team.id, Organization.is_demo).join(
    Organization, Organization.id == Team.organization_id
)


def _one(wanted: Select, missing: str) -> Subject:
    with store.reading() as session:
        row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(missing)
    return Subject(*row)
