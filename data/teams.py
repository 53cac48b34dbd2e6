"""Teams and what they deliver: make, rename, merge, move, delete, settings. Each asks who may, and leaves a trace.

Deleting takes the facts with it, in one transaction; a repository goes with the last service that used it.
"""

import unicodedata
import uuid
from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from assessments.delivery.settings import Settings
from data import access, audit, derive, store
from data.access import Action
from data.people import Who
from data.settings_check import checked
from data.tables import (
    Assessment,
    Change,
    Correction,
    Deployment,
    Enrolment,
    Evaluation,
    Goal,
    Incident,
    Intervention,
    Membership,
    Organization,
    PainPoint,
    PracticeMark,
    ProofAttempt,
    ProvidedRole,
    ReportSubscription,
    Repository,
    Service,
    Source,
    Team,
    TrunkCommit,
    Wave,
    WorkflowMap,
)

LONGEST_NAME = 80


def clean_name(name: str, of: str = "name") -> str:
    """The name, trimmed and in one spelling. Raises ValueError with a sentence when it cannot be one."""
    spelled = " ".join(unicodedata.normalize("NFC", name).split(" ")).strip()
    if not 1 <= len(spelled) <= LONGEST_NAME:
        raise ValueError(f"Give the {of} a name of 1 to {LONGEST_NAME} characters.")
    if any(unicodedata.category(character)[0] in "CZ" and character != " " for character in spelled):
        raise ValueError(f"The name of the {of} has an invisible character in it; type it again.")
    return spelled


# Teams


def create_team(who: Who, organization_id: int, name: str) -> int:
    """Makes a team; its id. Raises Forbidden, NotFound, or ValueError for a name that is bad or taken."""
    access.check(who, Action.MANAGE_TEAMS, access.of_organization(organization_id))
    name = clean_name(name, "team")
    with store.writing() as session:
        _refuse_taken(session, Team, Team.organization_id == organization_id, name)
        team = Team(organization_id=organization_id, name=name, created_at=store.now_us())
        session.add(team)
        session.flush()
        audit.record(session, who, "create_team", f"team:{team.id}", {"name": name}, organization_id)
        return team.id


def rename_team(who: Who, team_id: int, name: str) -> None:
    """Raises Forbidden, NotFound, or ValueError for a name that is bad or taken."""
    access.check(who, Action.EDIT_TEAM, access.of_team(team_id))
    name = clean_name(name, "team")
    with store.writing() as session:
        team = session.get_one(Team, team_id)
        _refuse_taken(session, Team, Team.organization_id == team.organization_id, name, but=team_id)
        detail = {"from": team.name, "to": name}
        team.name = name
        audit.record(session, who, "rename_team", f"team:{team_id}", detail, team.organization_id)


def merge_teams(who: Who, team_id: int, into_id: int) -> None:
    """Moves the services and people of one team into another, with all that the team was asked, said and drew, and
    takes the first away.

    A service or map whose name is taken there gets a number behind it; a person in both keeps the stronger role.
    Raises Forbidden, NotFound, or ValueError for teams that cannot be merged.
    """
    for each in (team_id, into_id):
        access.check(who, Action.MANAGE_TEAMS, access.of_team(each))
    if team_id == into_id:
        raise ValueError("Choose two different teams to merge.")
    with store.writing() as session:
        team, into = session.get_one(Team, team_id), session.get_one(Team, into_id)
        if team.organization_id != into.organization_id:
            raise ValueError("Teams of different organizations cannot be merged.")
        moved = {}
        for service in session.execute(
            select(Service).where(Service.team_id == team_id).order_by(Service.id)
        ).scalars():
            name = free_name(session, into_id, service.name)
            moved[str(service.id)] = name
            service.team_id, service.name = into_id, name
            session.flush()
        _unite_people(session, team_id, into_id)
        _move_maps(session, team_id, into_id)
        # Pain points go with their waves, which say who may see them.
        for table in (Wave, Assessment, PainPoint, Enrolment, Goal, Intervention, ProofAttempt, ReportSubscription):
            session.execute(update(table).where(table.team_id == team_id).values(team_id=into_id))
        _move_marks(session, who, team_id, into_id)
        _move_findings(session, team_id, into_id)
        session.execute(delete(Team).where(Team.id == team_id))
        detail = {"from": team.name, "into": into.name, "services": moved}
        audit.record(session, who, "merge_teams", f"team:{into_id}", detail, into.organization_id)


def _move_marks(session: Session, who: Who, team_id: int, into_id: int) -> None:
    """Into the history of the other team: what did not apply to one may well apply to both together."""
    own = PracticeMark.team_id == team_id
    undone = {"undone_by": who.id, "undone_at": store.now_us()}
    session.execute(update(PracticeMark).where(own, PracticeMark.undone_at.is_(None)).values(**undone))
    session.execute(update(PracticeMark).where(own).values(team_id=into_id))


def _move_findings(session: Session, team_id: int, into_id: int) -> None:
    """What other tools said of the team, unless the same tool has spoken of the other one."""
    there = select(Evaluation.origin).where(Evaluation.team_id == into_id)
    mine = Evaluation.team_id == team_id, Evaluation.origin.not_in(there)
    session.execute(update(Evaluation).where(*mine).values(team_id=into_id))


def delete_team(who: Who, team_id: int) -> None:
    """Takes a team away, with its services and their facts. Raises Forbidden, NotFound."""
    access.check(who, Action.MANAGE_TEAMS, access.of_team(team_id))
    with store.writing() as session:
        team = session.get_one(Team, team_id)
        services = list(session.execute(select(Service).where(Service.team_id == team_id)).scalars())
        detail = {"name": team.name, "services": [service.name for service in services]}
        session.execute(delete(Team).where(Team.id == team_id))
        _forget_unused(session, {service.repository_id for service in services})
        audit.record(session, who, "delete_team", f"team:{team_id}", detail, team.organization_id)


# Services


def create_service(who: Who, team_id: int, name: str, repository_id: int | None = None) -> int:
    """Makes a service on a repository, or without one (for imports only); its id. It has no production rule yet.

    Raises Forbidden, NotFound, or ValueError for a name that is bad or taken.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    name = clean_name(name, "service")
    with store.writing() as session:
        _refuse_taken(session, Service, Service.team_id == team_id, name)
        now = store.now_us()
        if repository_id is None:
            place = Repository(
                organization_id=subject.organization_id, key=f"import:{uuid.uuid4().hex}", name=name, created_at=now
            )
            session.add(place)
            session.flush()
            repository_id = place.id
        else:
            _check_repository(session, who, repository_id, subject.organization_id)
        service = Service(team_id=team_id, name=name, repository_id=repository_id, created_at=now)
        session.add(service)
        session.flush()
        detail = {"name": name, "team": team_id, "repository": repository_id}
        audit.record(session, who, "create_service", f"service:{service.id}", detail, subject.organization_id)
        return service.id


def rename_service(who: Who, service_id: int, name: str) -> None:
    """Raises Forbidden, NotFound, or ValueError for a name that is bad or taken."""
    subject = access.of_service(service_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    name = clean_name(name, "service")
    with store.writing() as session:
        service = session.get_one(Service, service_id)
        _refuse_taken(session, Service, Service.team_id == service.team_id, name, but=service_id)
        detail = {"from": service.name, "to": name}
        service.name = name
        audit.record(session, who, "rename_service", f"service:{service_id}", detail, subject.organization_id)


def move_service(who: Who, service_id: int, team_id: int) -> None:
    """Gives a service, with its history, to another team of the organization; both must be the person's to edit. Maps
    of the team it leaves are tied to it no more.

    Raises Forbidden, NotFound, or ValueError for a team of another organization or a name that is taken there.
    """
    subject, target = access.of_service(service_id), access.of_team(team_id)
    for each in (subject, target):
        access.check(who, Action.EDIT_SERVICE, each)
    if subject.organization_id != target.organization_id:
        raise ValueError("A service cannot move to another organization.")
    with store.writing() as session:
        service = session.get_one(Service, service_id)
        _refuse_taken(session, Service, Service.team_id == team_id, service.name, but=service_id)
        detail = {"from": service.team_id, "to": team_id}
        service.team_id = team_id
        session.execute(update(WorkflowMap).where(WorkflowMap.service_id == service_id).values(service_id=None))
        audit.record(session, who, "move_service", f"service:{service_id}", detail, subject.organization_id)


def merge_services(who: Who, service_id: int, into_id: int) -> None:
    """Puts what was imported and corrected for one service, and its paths, to another, and takes the first away.

    Both are on one repository, or the first has imports only. How the second is judged stays as it is; where one of
    them stood for the whole repository, the result does. Raises Forbidden, NotFound, or ValueError for services that
    cannot be merged.
    """
    subject, into_subject = access.of_service(service_id), access.of_service(into_id)
    for each in (subject, into_subject):
        access.check(who, Action.EDIT_SERVICE, each)
    if service_id == into_id:
        raise ValueError("Choose two different services to merge.")
    with store.writing() as session:
        service, into = session.get_one(Service, service_id), session.get_one(Service, into_id)
        place = session.get_one(Repository, service.repository_id)
        same = service.repository_id == into.repository_id
        if subject.organization_id != into_subject.organization_id or not (same or place.key.startswith("import:")):
            raise ValueError("Only services of one repository, or one that has imports only, can be merged.")
        for table in (Source, Change, Deployment):
            own = update(table).where(table.service_id == service_id)
            session.execute(own.values(service_id=into_id, repository_id=into.repository_id))
        for table in (Incident, Correction, WorkflowMap, Goal, Intervention, ProofAttempt):
            session.execute(update(table).where(table.service_id == service_id).values(service_id=into_id))
        if same and into.settings:
            ours, theirs = ((each.settings or {}).get("path_globs") for each in (into, service))
            united = list(dict.fromkeys([*ours, *theirs])) if ours and theirs else []
            into.settings = {**into.settings, "path_globs": united}
        session.execute(delete(Service).where(Service.id == service_id))
        session.flush()
        _forget_unused(session, {service.repository_id})
        derive.changed(session, service_id=into_id)
        detail = {"from": service.name, "into": into.name}
        audit.record(session, who, "merge_services", f"service:{into_id}", detail, subject.organization_id)
    derive.refresh(into_id)


def delete_service(who: Who, service_id: int) -> None:
    """Takes a service away with its facts; those of its repository too when no other service uses it.

    Raises Forbidden, NotFound.
    """
    subject = access.of_service(service_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    with store.writing() as session:
        service = session.get_one(Service, service_id)
        session.execute(delete(Service).where(Service.id == service_id))
        _forget_unused(session, {service.repository_id})
        detail = {"name": service.name, "team": service.team_id}
        audit.record(session, who, "delete_service", f"service:{service_id}", detail, subject.organization_id)


def set_repository(who: Who, service_id: int, repository_id: int) -> None:
    """Puts a service on another repository of the organization. What was imported for the service alone comes with it.

    Raises Forbidden, NotFound.
    """
    subject = access.of_service(service_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    with store.writing() as session:
        service = session.get_one(Service, service_id)
        if service.repository_id == repository_id:
            return
        _check_repository(session, who, repository_id, subject.organization_id)
        for table in (Source, Change, Deployment):
            own = table.service_id == service_id
            session.execute(update(table).where(own).values(repository_id=repository_id))
        moved = select(Source.id).where(Source.service_id == service_id)
        session.execute(update(TrunkCommit).where(TrunkCommit.source_id.in_(moved)).values(repository_id=repository_id))
        detail = {"from": service.repository_id, "to": repository_id}
        left, service.repository_id = service.repository_id, repository_id
        session.flush()
        _forget_unused(session, {left})
        derive.changed(session, service_id=service_id)
        audit.record(session, who, "set_repository", f"service:{service_id}", detail, subject.organization_id)
    derive.refresh(service_id)


def set_paths(who: Who, service_id: int, path_globs: tuple[str, ...]) -> None:
    """Limits a service to the changes that touch these paths; none = the whole repository. See `save_settings`."""
    access.check(who, Action.EDIT_SERVICE, access.of_service(service_id))
    with store.reading() as session:
        stored = session.get_one(Service, service_id).settings
    if not stored:
        raise ValueError("Choose first what counts as a production deployment.")
    save_settings(who, service_id, Settings(**{**stored, "path_globs": tuple(path_globs)}))


def save_settings(who: Who, service_id: int, settings: Settings) -> None:
    """Saves how a service is judged, and judges it anew. `incidents_collected` is not saved: the sources say it.

    Raises Forbidden, NotFound, or ValueError with a sentence for a pattern or limit that cannot be.
    """
    subject = access.of_service(service_id)
    access.check(who, Action.EDIT_SERVICE, subject)
    wanted = checked(settings).model_dump(mode="json", exclude={"incidents_collected"})
    with store.writing() as session:
        service = session.get_one(Service, service_id)
        if service.settings != wanted:
            detail = {"from": service.settings, "to": wanted}
            service.settings = wanted
            session.flush()
            derive.changed(session, service_id=service_id)
            audit.record(session, who, "save_settings", f"service:{service_id}", detail, subject.organization_id)
    derive.refresh(service_id)


# Inside the transactions


def _refuse_taken(session: Session, table: type, among, name: str, but: int | None = None) -> None:
    taken = session.execute(select(table.id, table.name).where(among)).all()
    if any(other.name.casefold() == name.casefold() and other.id != but for other in taken):
        raise ValueError(f"There is already a {table.__name__.lower()} of the name {name}; choose another.")


def _move_maps(session: Session, team_id: int, into_id: int) -> None:
    """Workflow maps with all their versions; one whose title is taken there gets a number behind it."""
    taken = set(session.execute(select(WorkflowMap.title).where(WorkflowMap.team_id == into_id)).scalars())
    for each in session.execute(select(WorkflowMap).where(WorkflowMap.team_id == team_id)).scalars().all():
        each.team_id, each.title = into_id, numbered(each.title, taken)
        taken.add(each.title)
        session.flush()


def free_name(session: Session, team_id: int, name: str) -> str:
    """The name, or with the first number behind it that is free in the team."""
    taken = set(session.execute(select(Service.name).where(Service.team_id == team_id)).scalars())
    return numbered(name, taken)


def numbered(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number behind it that is not taken, whatever the case."""
    lower = {each.casefold() for each in taken}
    candidate, number = name, 1
    while candidate.casefold() in lower:
        number += 1
        suffix = f" ({number})"
        candidate = name[: LONGEST_NAME - len(suffix)].rstrip() + suffix
    return candidate


def _unite_people(session: Session, team_id: int, into_id: int) -> None:
    there = {
        row.person_id: row for row in session.execute(select(Membership).where(Membership.team_id == into_id)).scalars()
    }
    for row in session.execute(select(Membership).where(Membership.team_id == team_id)).scalars().all():
        if row.person_id not in there:
            session.add(Membership(person_id=row.person_id, team_id=into_id, role=row.role))
        elif row.role == "team_lead":
            there[row.person_id].role = "team_lead"
    session.execute(update(ProvidedRole).where(ProvidedRole.team_id == team_id).values(team_id=into_id))
    session.flush()


def _check_repository(session: Session, who: Who, repository_id: int, organization_id: int) -> None:
    """A repository brings its facts along: only who may add sources to all services on it may share it."""
    repository = session.get(Repository, repository_id)
    if repository is None or repository.organization_id != organization_id:
        raise access.NotFound(f"There is no repository {repository_id}.")
    users = select(Team.organization_id, Team.id, Organization.is_demo).where(
        Team.id == Service.team_id, Organization.id == Team.organization_id, Service.repository_id == repository_id
    )
    for row in session.execute(users.distinct()):
        access.check(who, Action.ADD_SOURCE, access.Subject(*row))


def _forget_unused(session: Session, repositories: set[int]) -> None:
    """Deletes those repositories that no service uses any more, with their sources and facts."""
    for repository_id in sorted(repositories):
        used = select(func.count()).select_from(Service).where(Service.repository_id == repository_id)
        if not session.execute(used).scalar_one():
            session.execute(delete(Repository).where(Repository.id == repository_id))
