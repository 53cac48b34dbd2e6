"""Two organisations with three teams whose names stand in all that is theirs, and somebody of each role with a session
of their own. See `matrix.py` for who they are."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data import badges, hooks, people, sessions, store, tokens
from data.asked import maps, pains, waves
from data.asked.pains import Said
from data.improving import choices
from data.people import Who
from data.tables import Membership, Organization, Person, PersonRole, SignIn
from tests.data.arrange import IMPORTS, Place, change, deployment
from tests.data.practised import looked

TEAMS = ("Kestrel", "Osprey", "Heron")
URL = "https://milepost.example"
ROLE_OF = {"lead": "team_lead", "elsewhere": "member", "other": "admin", "off": "admin"}


@dataclass
class Team:
    """Everything of a team; `name` stands in each name and text of it."""

    name: str
    place: Place
    wave: int
    map: int
    pain: int
    source: int
    badge: str
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """A deep link to all of it at once."""
        known = {"team": self.place.team_id, "service": self.place.service_id, "wave": self.wave, "map": self.map}
        return "&".join(f"{name}={value}" for name, value in known.items())


@dataclass
class World:
    """keys: of the session of each role, None of the stranger."""

    keys: dict[str, str | None]
    teams: dict[str, Team]
    people: dict[str, int]
    organization: int
    beyond: int

    def who(self, role: str) -> Who:
        """As a page of theirs would find them now."""
        try:
            return sessions.who(self.keys[role])
        except people.Unknown:
            raise AssertionError(f"the session of {role} has ended") from None


def make() -> World:
    """In the store in use, which is empty."""
    now = store.now_us()
    keys, numbers = {"stranger": None}, {}
    with store.writing() as session:
        ours, beyond = (Organization(name=name, created_at=now) for name in ("Ours", "Beyond"))
        session.add_all([ours, beyond])
        session.flush()
        for role in ("admin", "other", "leader", "coach", "off", "guest", "member", "elsewhere", "lead"):
            person = Person(provider="https://id.example", subject=role, name=f"Somebody {role}", created_at=now)
            session.add(person)
            session.flush()
            numbers[role], keys[role] = person.id, secrets.token_urlsafe(32)
            row = SignIn(digest=sessions.digest(keys[role]), person_id=person.id, created_at=now, ends_at=now + 10**12)
            session.add(row)
            if role in ("admin", "other", "leader", "coach", "off"):
                place = beyond.id if role == "other" else ours.id
                session.add(PersonRole(person_id=person.id, organization_id=place, role=ROLE_OF.get(role, role)))
        home, away = ours.id, beyond.id
    teams = {name: team(people.who(numbers["other" if name == "Heron" else "admin"]), name) for name in TEAMS}
    with store.writing() as session:
        for role, name in (("member", "Kestrel"), ("elsewhere", "Osprey"), ("lead", "Kestrel")):
            at = teams[name].place.team_id
            session.add(Membership(person_id=numbers[role], team_id=at, role=ROLE_OF.get(role, role)))
        session.get_one(Person, numbers["off"]).is_active = False
    return World(keys, teams, numbers, home, away)


def team(who: Who, name: str) -> Team:
    """A team with a little of everything."""
    place = Place(who, f"{name} checkout", IMPORTS)
    source = place.add(
        changes=[change(n, n * 24, title=f"{name} changes {n}") for n in range(1, 8)],
        deployments=[deployment(f"{name}-{n}", n, n * 24 + 2) for n in range(1, 8)],
    )
    soon = datetime.now(UTC) + timedelta(days=7)
    asked = [f"{name} developer {number}" for number in range(1, 6)]
    wave = waves.open_wave(who, place.team_id, "survey", "pain-and-friction", None, f"{name} asks", asked, soon).wave_id
    drawn = maps.create(who, place.team_id, f"{name} map")
    pain = pains.add(who, place.team_id, Said("review", f"{name} waits for reviews", 1, 1, 2.0))
    looked(place.repository_id, {"tests-one-command": "met"})
    choices.choose(who, place.team_id, "go-cli-docker-builder", f"{name} needs it")
    hooks.open_hook(who, place.service_id, "sixteen characters and more")
    made = {
        "read": tokens.create(who, place.organization_id, f"{name} reads", ["read"]),
        "write": tokens.create(who, place.organization_id, f"{name} writes", ["deployments:write"]),
        "own": tokens.create(who, place.organization_id, f"{name} all", list(tokens.SCOPES), place.service_id),
        "all": tokens.create(who, place.organization_id, f"{name} all", list(tokens.SCOPES)),
        "ended": tokens.create(who, place.organization_id, f"{name} ended", list(tokens.SCOPES)),
    }
    tokens.revoke(who, tokens.find(made["ended"]).id)
    key = badges.switch_on(who, place.service_id)
    return Team(name, place, wave, drawn, pain, source, key, made)
