"""A portal with two organisations, each with a service, and a door for machines to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from assessments.delivery.settings import ProductionRule, Settings
from data import people, store, tokens
from data.people import Who
from data.tables import Organization, Person, PersonRole
from tests.data.arrange import Place
from tests.server.client import Client, serving

SENT = Settings(rule=ProductionRule(kind="webhook"))
EVERY = tuple(tokens.SCOPES)


@dataclass(frozen=True)
class Portal:
    """`place` and `beside` are services of one organisation, `foreign` is one of another."""

    client: Client
    who: Who
    stranger: Who
    place: Place
    beside: Place
    foreign: Place

    def token(self, *scopes: str, service: int | None = None, **more) -> str:
        """A token of the first organisation, for all of it or for one service."""
        return tokens.create(self.who, self.place.organization_id, "CI", scopes or EVERY, service, **more)

    def ask(self, *scopes: str, service: int | None = None) -> Client:
        """A client with such a token."""
        return self.client.with_token(self.token(*scopes, service=service))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Jobs are done at once, in the caller."""
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


def stranger() -> Who:
    """The administrator of another organisation."""
    with store.writing() as session:
        there = Organization(name="Elsewhere", created_at=1)
        person = Person(provider="test", subject="stranger", name="Stranger", created_at=1)
        session.add_all([there, person])
        session.flush()
        session.add(PersonRole(person_id=person.id, organization_id=there.id, role="admin"))
    return people.current("test", "stranger")


def arranged(client: Client) -> Portal:
    who, other = people.local_person(), stranger()
    places = (Place(who, "Shop", SENT), Place(who, "Till", SENT), Place(other, "Vault", SENT))
    return Portal(client, who, other, *places)


@pytest.fixture
def portal(both) -> Iterator[Portal]:
    """On a store of either kind."""
    with serving() as client:
        yield arranged(client)


@pytest.fixture
def one_portal(home) -> Iterator[Portal]:
    """On SQLite, for what does not depend on the store."""
    with serving() as client:
        yield arranged(client)
