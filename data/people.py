"""Who is looking: the local administrator, without a password as nobody else can connect, or somebody who signed in."""

from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, null, select, union_all
from sqlmodel import Session

from data import store
from data.tables import Membership, Organization, Person, PersonRole, ProvidedRole, SignIn, Team

LOCAL = "local"
ADMINISTRATOR = "administrator"


class Unknown(LookupError):
    """The sign-in is right, but nobody here has it."""


@dataclass(frozen=True)
class Who:
    """A person and all that they may stand on. Equal when it grants the same, so caches can be keyed by it.

    organization_roles: (organization, role), role is leader | coach | admin.
    team_roles: (organization, team, role), role is member | team_lead.
    sign_in: the session they came with, by which `of_this_moment` finds them again.
    """

    id: int
    name: str
    is_active: bool = True
    organization_roles: frozenset[tuple[int, str]] = frozenset()
    team_roles: frozenset[tuple[int, int, str]] = frozenset()
    sign_in: str | None = field(default=None, compare=False, repr=False)

    @property
    def organizations(self) -> frozenset[int]:
        """Where the person has any role."""
        return frozenset({each for each, _ in self.organization_roles} | {each for each, _, _ in self.team_roles})


def local_person() -> Who:
    """The local administrator, made at first use together with the organization "My organization"."""
    try:
        return current(LOCAL, ADMINISTRATOR)
    except Unknown:
        with store.writing() as session:
            if _find(session, LOCAL, ADMINISTRATOR) is None:  # another process may have been quicker
                now = store.now_us()
                person = Person(provider=LOCAL, subject=ADMINISTRATOR, name="Local administrator", created_at=now)
                organization = Organization(name="My organization", created_at=now)
                session.add_all([person, organization])
                session.flush()
                session.add(PersonRole(person_id=person.id, organization_id=organization.id, role="admin"))
        return current(LOCAL, ADMINISTRATOR)


def in_terminal() -> Who | None:
    """The local administrator, in whose name commands run; None where there is none, and then none is made."""
    try:
        return current(LOCAL, ADMINISTRATOR)
    except Unknown:
        return None


def current(provider: str = LOCAL, subject: str = ADMINISTRATOR) -> Who:
    """The person of a sign-in, with the roles of this moment. Raises Unknown when there is none."""
    with store.reading() as session:
        person = _find(session, provider, subject)
        if person is None:
            raise Unknown("You are signed in, but not known here. Ask an administrator to add you.")
        return _who(session, person)


def who(person_id: int) -> Who:
    """The person of that id, for work done later in their name. Raises Unknown when there is none."""
    with store.reading() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise Unknown(f"There is no person {person_id} any more.")
        return _who(session, person)


def of_sign_in(digest: str) -> Who:
    """The person of a session that has not ended, see `data.sessions`. Raises Unknown when there is none."""
    wanted = select(Person).join(SignIn, SignIn.person_id == Person.id)
    with store.reading() as session:
        found = wanted.where(SignIn.digest == digest, SignIn.ends_at > store.now_us())
        person = session.execute(found).scalar_one_or_none()
        if person is None:
            raise Unknown("Your session has ended: sign in again.")
        return replace(_who(session, person), sign_in=digest)


def of_this_moment(who: Who) -> Who:
    """The same person with the roles of now: a page, a dialog or a button may have been drawn a while ago. Somebody
    whose session has ended stands on nothing."""
    if who.sign_in is None:
        return who
    try:
        return of_sign_in(who.sign_in)
    except Unknown:
        return Who(who.id, who.name, is_active=False, sign_in=who.sign_in)


def home_organization(who: Who) -> int:
    """The organization that a person works in: where they are administrator first, never the demo.

    Raises Unknown when they belong to none.
    """
    admin = sorted(organization for organization, role in who.organization_roles if role == "admin")
    wanted = select(Organization.id).where(
        Organization.id.in_([*admin, *who.organizations]), Organization.is_demo.is_(False)
    )
    with store.reading() as session:
        real = set(session.execute(wanted).scalars())
    for organization in (*admin, *sorted(who.organizations)):
        if organization in real:
            return organization
    raise Unknown("You belong to no organization yet. Ask an administrator to add you to a team.")


def _find(session: Session, provider: str, subject: str) -> Person | None:
    wanted = select(Person).where(Person.provider == provider, Person.subject == subject)
    return session.execute(wanted).scalar_one_or_none()


def _who(session: Session, person: Person) -> Who:
    """A deactivated person keeps the name, and stands on nothing."""
    if not person.is_active:
        return Who(person.id, person.name, is_active=False)
    roles = [tuple(row) for row in session.execute(_ROLES, {"person": person.id})]
    return Who(
        person.id,
        person.name,
        organization_roles=frozenset((organization, role) for organization, team, role in roles if team is None),
        team_roles=frozenset(row for row in roles if row[1] is not None),
    )


#: (organization, team or None, role) of a person: given here for the organization, for teams, and by the provider.
_ROLES = union_all(
    select(PersonRole.organization_id, null().label("team_id"), PersonRole.role).where(
        PersonRole.person_id == bindparam("person")
    ),
    select(Team.organization_id, Team.id, Membership.role)
    .join(Team, Team.id == Membership.team_id)
    .where(Membership.person_id == bindparam("person")),
    select(ProvidedRole.organization_id, ProvidedRole.team_id, ProvidedRole.role).where(
        ProvidedRole.person_id == bindparam("person")
    ),
)
