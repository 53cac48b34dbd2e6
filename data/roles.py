"""People and their roles, for administrators: who is here, what they may, and where that comes from.

Roles come by hand, given here, or from the groups of a sign-in; what a group brings can only be taken at the provider.
An organization always keeps an administrator who can come in.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from data import access, audit, people, store
from data.access import Action
from data.openid import IN_ORGANIZATION, IN_TEAM
from data.people import LOCAL, Who
from data.tables import Membership, Person, PersonRole, ProvidedRole, SignIn, Team


@dataclass(frozen=True, order=True)
class Role:
    """team: its name, None for a role in the organization. provided: it came with a group."""

    role: str
    team_id: int | None = None
    team: str | None = None
    provided: bool = False


@dataclass(frozen=True)
class PersonView:
    """is_local: the administrator of local mode and of the terminal, who never signs in. sessions: those open."""

    id: int
    name: str
    email: str | None
    provider: str
    is_local: bool
    is_active: bool
    signed_in_at: datetime | None
    sessions: int
    roles: tuple[Role, ...]


def listed(who: Who, organization_id: int) -> tuple[PersonView, ...]:
    """Everybody with a role in the organization, and those who came in and have none yet, by name.

    Raises Forbidden, NotFound.
    """
    _check(who, organization_id)
    audit.seen(who, "view_people", f"organization:{organization_id}", None, organization_id)
    with store.reading() as session:
        roles, elsewhere = _roles(session, organization_id)
        open_now = select(SignIn.person_id, func.count()).where(SignIn.ends_at > store.now_us())
        sessions = dict(map(tuple, session.execute(open_now.group_by(SignIn.person_id))))
        rows = session.execute(select(Person).order_by(func.lower(Person.name), Person.id)).scalars().all()
    return tuple(
        PersonView(
            id=row.id,
            name=row.name,
            email=row.email,
            provider=row.provider,
            is_local=row.provider == LOCAL,
            is_active=row.is_active,
            signed_in_at=store.from_us(row.signed_in_at),
            sessions=sessions.get(row.id, 0),
            roles=tuple(sorted(roles[row.id], key=_rank)),
        )
        for row in rows
        if row.id in roles or row.id not in elsewhere
    )


def of(who: Who) -> tuple[Role, ...]:
    """The roles of the person themselves, in every organization."""
    with store.reading() as session:
        found, _ = _roles(session, None, who.id)
        return tuple(sorted(found[who.id], key=_rank))


def administrators(most: int = 3) -> tuple[str, ...]:
    """Names of people who administer and can come in, the latest first: whom to ask for a role."""
    by_hand = select(PersonRole.person_id).where(PersonRole.role == "admin")
    provided = select(ProvidedRole.person_id).where(ProvidedRole.role == "admin")
    wanted = (
        select(Person.name)
        .where(Person.id.in_(by_hand.union(provided)), Person.is_active, Person.provider != LOCAL)
        .order_by(Person.signed_in_at.desc().nulls_last(), Person.id)
        .limit(most)
    )
    with store.reading() as session:
        return tuple(session.execute(wanted).scalars())


def give(who: Who, organization_id: int, person_id: int, role: str, team_id: int | None = None) -> None:
    """Gives a role by hand; in a team it takes the place of the one given there before. Again, it changes nothing.

    Raises Forbidden, NotFound, and ValueError for a role that there is not.
    """
    if role not in (IN_ORGANIZATION if team_id is None else IN_TEAM):
        raise ValueError("There is no such role: choose another.")
    with store.writing(quietly=True) as session:
        _check(who, organization_id)
        _person(session, person_id)
        if team_id is None:
            if session.get(PersonRole, (person_id, organization_id, role)):
                return
            session.add(PersonRole(person_id=person_id, organization_id=organization_id, role=role))
        else:
            if access.of_team(team_id).organization_id != organization_id:
                raise access.NotFound(f"There is no team {team_id}.")
            had = session.get(Membership, (person_id, team_id))
            if had is None:
                session.add(Membership(person_id=person_id, team_id=team_id, role=role))
            elif had.role == role:
                return
            else:
                had.role = role
        _note(session, who, "give_role", person_id, organization_id, {"role": role, "team": team_id})


def take(who: Who, organization_id: int, person_id: int, role: str, team_id: int | None = None) -> None:
    """Takes a role that was given by hand; taking it again changes nothing.

    Raises Forbidden, NotFound, and ValueError for the last administrator.
    """
    with store.writing(quietly=True) as session:
        _check(who, organization_id)
        person = _person(session, person_id)
        if team_id is None:
            row = session.get(PersonRole, (person_id, organization_id, role))
        else:
            row = session.get(Membership, (person_id, team_id))
            if row and (row.role != role or access.of_team(team_id).organization_id != organization_id):
                row = None
        if row is None:
            return
        if role == "admin" and team_id is None:
            still = select(ProvidedRole.id).where(
                ProvidedRole.person_id == person_id,
                ProvidedRole.organization_id == organization_id,
                ProvidedRole.role == "admin",
            )
            if session.execute(still.limit(1)).first() is None:
                _keep_one(session, person, organization_id)
        session.delete(row)
        _note(session, who, "take_role", person_id, organization_id, {"role": role, "team": team_id})


def switch(who: Who, organization_id: int, person_id: int, active: bool) -> None:
    """Lets a person in no more, whatever roles they have, or lets them in again with these.

    Raises Forbidden, NotFound, and ValueError for the last administrator and for the local one.
    """
    with store.writing(quietly=True) as session:
        _check(who, organization_id)
        person = _person(session, person_id)
        _refuse_others(session, who, person_id)
        if person.is_active == active:
            return
        if person.provider == LOCAL:
            raise ValueError("The local administrator stays: commands in the terminal run in that name.")
        if not active:
            if person_id in _administrators(session, organization_id):
                _keep_one(session, person, organization_id)
            session.execute(delete(SignIn).where(SignIn.person_id == person_id))
        person.is_active = active
        _note(session, who, "switch_person_on" if active else "switch_person_off", person_id, organization_id)


def sign_out_everywhere(who: Who, person_id: int, organization_id: int | None = None) -> int:
    """Ends every session of a person: of oneself, or as administrator of their organization. Returns how many.

    Raises Forbidden, NotFound.
    """
    with store.writing(quietly=True) as session:
        if person_id != who.id or who.sign_in is None:
            if organization_id is None:
                raise access.Forbidden("You may end your own sessions only.")
            _check(who, organization_id)
            _refuse_others(session, who, person_id)
        _person(session, person_id)
        mine = SignIn.person_id == person_id
        ended = session.execute(select(func.count()).select_from(SignIn).where(mine)).scalar_one()
        session.execute(delete(SignIn).where(mine))
        _note(session, who, "sign_out_everywhere", person_id, organization_id, {"sessions": ended})
        return ended


def leaving(session: Session, who: Who, organization_id: int, person_id: int) -> Person:
    """The person, when the administrator may end their stay for good.

    Raises Forbidden, NotFound, and ValueError for the last administrator and for the local one.
    """
    _check(who, organization_id)
    person = _person(session, person_id)
    _refuse_others(session, who, person_id)
    if person.provider == LOCAL:
        raise ValueError("The local administrator stays: commands in the terminal run in that name.")
    if person_id in _administrators(session, organization_id):
        _keep_one(session, person, organization_id)
    return person


def _check(who: Who, organization_id: int) -> None:
    subject = access.of_organization(organization_id)
    if subject.is_demo:
        raise access.Forbidden("What is invented has no people: give roles in your own organization.")
    access.check(who, Action.ADMINISTER, subject)


def _refuse_others(session: Session, who: Who, person_id: int) -> None:
    """Who has roles in another organisation too belongs to both: only who administers all of these ends their stay."""
    _, elsewhere = _roles(session, None, person_id)
    now = people.of_this_moment(who)
    administered = {organization for organization, role in now.organization_roles if role == "admin"}
    if elsewhere.get(person_id, set()) - administered:
        raise access.Forbidden("This person has roles in another organisation too: ask its administrator as well.")


def _person(session: Session, person_id: int) -> Person:
    row = session.get(Person, person_id)
    if row is None:
        raise access.NotFound(f"There is no person {person_id} any more.")
    return row


def _roles(
    session: Session, organization_id: int | None, person_id: int | None = None
) -> tuple[dict[int, list[Role]], dict[int, set[int]]]:
    """Roles in the organization (None: in every one) by person, and in which organizations each has any."""
    direct = select(PersonRole.person_id, PersonRole.organization_id, PersonRole.role)
    in_teams = select(Membership.person_id, Team.organization_id, Membership.role, Team.id, Team.name).join(
        Team, Team.id == Membership.team_id
    )
    provided = select(
        ProvidedRole.person_id, ProvidedRole.organization_id, ProvidedRole.role, Team.id, Team.name
    ).outerjoin(Team, Team.id == ProvidedRole.team_id)
    if person_id is not None:
        direct = direct.where(PersonRole.person_id == person_id)
        in_teams = in_teams.where(Membership.person_id == person_id)
        provided = provided.where(ProvidedRole.person_id == person_id)
    found, places = defaultdict(list), defaultdict(set)
    for statement, came in ((direct, False), (in_teams, False), (provided, True)):
        for person, organization, role, *team in session.execute(statement):
            places[person].add(organization)
            if organization_id in (None, organization):
                found[person].append(Role(role, *(team or (None, None)), provided=came))
    return found, places


def _rank(role: Role) -> tuple:
    order = (*IN_ORGANIZATION, *IN_TEAM)
    return order.index(role.role) if role.role in order else len(order), role.team or "", role.provided


def _administrators(session: Session, organization_id: int) -> set[int]:
    by_hand = select(PersonRole.person_id).where(
        PersonRole.role == "admin", PersonRole.organization_id == organization_id
    )
    provided = select(ProvidedRole.person_id).where(
        ProvidedRole.role == "admin", ProvidedRole.organization_id == organization_id
    )
    return set(session.execute(by_hand).scalars()) | set(session.execute(provided).scalars())


def _keep_one(session: Session, person: Person, organization_id: int) -> None:
    """Somebody else must be left who administers and comes in as this person does: by signing in, or here at the
    computer."""
    others = _administrators(session, organization_id) - {person.id}
    can = select(Person.id).where(Person.id.in_(others), Person.is_active)
    same = Person.provider == LOCAL if person.provider == LOCAL else Person.provider != LOCAL
    if session.execute(can.where(same).limit(1)).first() is None:
        raise ValueError(f"{person.name} is the last administrator: make somebody else one first.")


def _note(
    session: Session, who: Who, action: str, person_id: int, organization_id: int | None, detail: dict | None = None
) -> None:
    session.flush()
    audit.record(session, who, action, f"person:{person_id}", detail, organization_id)
