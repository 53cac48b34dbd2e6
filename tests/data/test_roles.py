"""What administrators do to the access of people, and that they never lock themselves out."""

import pytest
from sqlalchemy import select

from data import access, people, roles, sessions, store, teams
from data.access import Action
from data.tables import AuditEvent, Organization, PersonRole
from tests.data.test_sessions import SETTINGS, begun, claims


@pytest.fixture
def admin(home) -> people.Who:
    return begun("1", groups=["ops"])


@pytest.fixture
def organization(admin) -> int:
    return next(iter(admin.organizations))


def view(admin, organization, who) -> roles.PersonView:
    return next(one for one in roles.listed(admin, organization) if one.id == who.id)


def test_the_list_says_who_is_here_and_where_roles_come_from(admin, organization):
    payments = teams.create_team(admin, organization, "Payments")
    bob = begun("2", groups=["leads"], email="bob@acme.example", email_verified=True)
    roles.give(admin, organization, bob.id, "member", payments)
    found = view(admin, organization, bob)
    assert (found.name, found.email, found.sessions, found.is_active) == ("Person 2", "bob@acme.example", 1, True)
    assert found.roles == (roles.Role("leader", provided=True), roles.Role("member", payments, "Payments"))
    assert roles.of(bob) == found.roles


def test_who_came_in_without_a_role_is_listed_and_can_get_one(admin, organization):
    bob = begun("2")
    assert view(admin, organization, bob).roles == ()
    roles.give(admin, organization, bob.id, "leader")
    assert people.of_this_moment(bob).organization_roles == {(organization, "leader")}


def test_a_role_in_a_team_takes_the_place_of_the_one_before(admin, organization):
    bob, team = begun("2"), teams.create_team(admin, organization, "Payments")
    roles.give(admin, organization, bob.id, "member", team)
    roles.give(admin, organization, bob.id, "team_lead", team)
    assert people.of_this_moment(bob).team_roles == {(organization, team, "team_lead")}
    roles.take(admin, organization, bob.id, "member", team)  # no longer the role they have
    assert people.of_this_moment(bob).team_roles
    roles.take(admin, organization, bob.id, "team_lead", team)
    assert not people.of_this_moment(bob).team_roles


def test_everything_is_in_the_log(admin, organization):
    bob = begun("2")
    for _ in range(2):  # the second time nothing changes
        roles.give(admin, organization, bob.id, "coach")
    for _ in range(2):
        roles.take(admin, organization, bob.id, "coach")
    roles.switch(admin, organization, bob.id, False)
    roles.switch(admin, organization, bob.id, True)
    roles.sign_out_everywhere(admin, bob.id, organization)
    with store.reading() as session:
        said = (
            session.execute(select(AuditEvent.action).where(AuditEvent.subject == f"person:{bob.id}")).scalars().all()
        )
    assert said == ["sign_in", "give_role", "take_role", "switch_person_off", "switch_person_on", "sign_out_everywhere"]


def test_the_last_administrator_stays(admin, organization):
    begun("2", groups=["leads"])
    with pytest.raises(ValueError, match="last administrator"):
        roles.switch(admin, organization, admin.id, False)
    bob = begun("2")
    roles.give(admin, organization, bob.id, "admin")
    begun("1")  # the group is gone: bob is the only one now
    with pytest.raises(ValueError, match="last administrator"):
        roles.take(people.of_this_moment(bob), organization, bob.id, "admin")


def test_who_only_works_in_the_terminal_is_no_administrator_left(home):
    local = people.local_person()
    admin = begun("1", groups=["ops"])
    organization = next(iter(admin.organizations))
    with pytest.raises(ValueError, match="last administrator"):
        roles.switch(admin, organization, admin.id, False)
    with pytest.raises(ValueError, match="local administrator stays"):
        roles.switch(admin, organization, local.id, False)
    with pytest.raises(ValueError, match="last administrator"):
        roles.take(admin, organization, local.id, "admin")


def test_a_role_by_hand_can_go_where_a_group_brings_the_same(admin, organization):
    roles.give(admin, organization, admin.id, "admin")
    roles.take(admin, organization, admin.id, "admin")
    assert people.of_this_moment(admin).organization_roles == {(organization, "admin")}


def test_switched_off_is_out_at_once_and_stays_out_whatever_the_groups_say(admin, organization):
    key = sessions.begin(claims("2", groups=["leads"]), SETTINGS).key
    bob = sessions.who(key)
    roles.switch(admin, organization, bob.id, False)
    with pytest.raises(people.Unknown):
        sessions.who(key)
    again = begun("2", groups=["leads", "ops"])
    assert (again.is_active, again.organizations) == (False, frozenset())
    roles.switch(admin, organization, bob.id, True)
    assert people.of_this_moment(again).organizations == {organization}


def test_every_session_of_a_person_ends_at_once(admin, organization):
    keys = [sessions.begin(claims("2"), SETTINGS).key for _ in range(3)]
    assert roles.sign_out_everywhere(admin, sessions.who(keys[0]).id, organization) == 3
    for key in keys:
        with pytest.raises(people.Unknown):
            sessions.who(key)


def test_one_may_end_the_own_sessions_and_nobody_elses(admin, organization):
    bob, eve = begun("2"), begun("3", groups=["leads"])
    assert roles.sign_out_everywhere(bob, bob.id) == 1
    for place in (None, organization):
        with pytest.raises(access.Forbidden):
            roles.sign_out_everywhere(eve, admin.id, place)


@pytest.mark.parametrize("groups", [[], ["leads"]])
def test_only_administrators_do_any_of_it(admin, organization, groups):
    eve = begun("3", groups=groups)
    for do in (
        lambda: roles.listed(eve, organization),
        lambda: roles.give(eve, organization, eve.id, "admin"),
        lambda: roles.take(eve, organization, admin.id, "admin"),
        lambda: roles.switch(eve, organization, admin.id, False),
    ):
        with pytest.raises(access.Forbidden):
            do()


def test_an_administrator_of_one_organization_has_no_say_in_another(admin, organization):
    with store.writing() as session:
        other = Organization(name="Other", created_at=1)
        session.add(other)
        session.flush()
        bob = begun("2")
        session.add(PersonRole(person_id=bob.id, organization_id=other.id, role="leader"))
    assert bob.id not in {one.id for one in roles.listed(admin, organization)}
    with pytest.raises(access.Forbidden):
        roles.give(admin, other.id, admin.id, "admin")
    roles.give(admin, organization, bob.id, "coach")
    for do in (
        lambda: roles.switch(admin, organization, bob.id, False),
        lambda: roles.sign_out_everywhere(admin, bob.id, organization),
    ):
        with pytest.raises(access.Forbidden, match="another organisation"):
            do()


@pytest.mark.parametrize(("role", "team"), [("owner", False), ("member", False), ("admin", True)])
def test_a_role_is_one_that_there_is(admin, organization, role, team):
    place = teams.create_team(admin, organization, "Payments") if team else None
    with pytest.raises(ValueError, match="no such role"):
        roles.give(admin, organization, admin.id, role, place)


def test_whom_to_ask_are_those_who_administer_and_can_come_in(admin, organization):
    people.local_person()
    bob = begun("2")
    roles.give(admin, organization, bob.id, "admin")
    roles.give(admin, organization, begun("3").id, "leader")
    assert set(roles.administrators()) == {"Person 1", "Person 2"}
    roles.switch(admin, organization, bob.id, False)
    assert roles.administrators() == ("Person 1",)
    assert access.may(admin, Action.ADMINISTER, access.Subject(organization))


def test_merging_teams_takes_along_who_is_there_by_a_group(admin, organization):
    payments, other = (teams.create_team(admin, organization, name) for name in ("Payments", "Other"))
    bob = begun("2", groups=["pay"])
    teams.merge_teams(admin, payments, other)
    assert people.of_this_moment(bob).team_roles == {(organization, other, "member")}
