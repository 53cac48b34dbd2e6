import threading

import pytest
from sqlalchemy import func, select, update

from data import access, people, store
from data.tables import Membership, Organization, Person, PersonRole, Team


def count(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_first_look_makes_an_administrator_of_an_organization(both):
    who = people.local_person()
    (organization,) = who.organizations
    assert (who.name, who.organization_roles) == ("Local administrator", {(organization, "admin")})
    assert access.may(who, access.Action.ADMINISTER, access.of_organization(organization))


def test_looking_again_makes_nobody_else(both):
    first, second = people.local_person(), people.local_person()
    assert (first, hash(first)) == (second, hash(second))
    assert (count(Person), count(Organization), count(PersonRole)) == (1, 1, 1)


def test_looking_writes_nothing_the_second_time(both):
    people.local_person()
    before = store.version()
    people.local_person()
    assert store.version() == before


def test_two_first_looks_at_once_make_one_administrator(both):
    start = threading.Barrier(4)

    def look():
        start.wait()
        people.local_person()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (count(Person), count(Organization)) == (1, 1)


def test_a_deactivated_person_keeps_the_name_and_stands_on_nothing(both):
    who = people.local_person()
    (organization,) = who.organizations
    with store.writing() as session:
        session.execute(update(Person).values(is_active=False))
    later = people.local_person()
    assert (later.name, later.organizations) == ("Local administrator", frozenset())
    assert not access.may(later, access.Action.VIEW, access.of_organization(organization))


def test_somebody_unknown_is_told_what_to_do(both):
    with pytest.raises(people.Unknown, match="Ask an administrator"):
        people.current("https://id.example", "someone")
    with pytest.raises(people.Unknown, match="no person 77"):
        people.who(77)


def test_roles_in_teams_come_with_their_organization(both):
    admin = people.local_person()
    (organization,) = admin.organizations
    with store.writing() as session:
        person = Person(provider="test", subject="t", name="T", created_at=1)
        team = Team(organization_id=organization, name="Team", created_at=1)
        session.add_all([person, team])
        session.flush()
        session.add(Membership(person_id=person.id, team_id=team.id, role="team_lead"))
        wanted = {(organization, team.id, "team_lead")}
    assert people.who(person.id).team_roles == wanted


def test_home_is_where_one_administers_and_never_the_demo(both):
    who = people.local_person()
    (organization,) = who.organizations
    with store.writing() as session:
        demo = Organization(name="Demo", is_demo=True, created_at=1)
        session.add(demo)
        session.flush()
        session.add(PersonRole(person_id=who.id, organization_id=demo.id, role="admin"))
    assert people.home_organization(people.local_person()) == organization
    with pytest.raises(people.Unknown, match="belong to no organization"):
        people.home_organization(people.Who(9, "N", organization_roles=frozenset({(demo.id, "admin")})))
