"""Sessions begin with what the provider says, and what it says counts again each time."""

import time

import pytest
from sqlalchemy import select, update

from data import access, openid, people, roles, sessions, store, teams
from data.access import Action
from data.openid import Grant, Settings
from data.tables import AuditEvent, Person, ProvidedRole, SignIn
from tests.statements import counted

SETTINGS = Settings(
    url="https://milepost.example",
    metadata_url="https://id.example",
    client_id="milepost",
    client_secret="s",
    cookie_secret="c" * 32,
    administrator="ann@acme.example",
    groups={"leads": (Grant("leader"),), "pay": (Grant("member", "Payments"),), "ops": (Grant("admin"),)},
    grace=60,
)


def claims(subject: str = "7", issuer: str = "https://id.example", expires: float = 3600, **more) -> dict:
    said = {"iss": issuer, "aud": "milepost", "sub": subject, "exp": time.time() + expires, "name": f"Person {subject}"}
    return {**said, **more}


def begun(subject: str = "7", **more) -> people.Who:
    return sessions.who(sessions.begin(claims(subject, **more), SETTINGS).key)


def rows(table) -> list:
    with store.reading() as session:
        return list(session.execute(select(table)).scalars())


def test_somebody_with_a_group_has_its_role_and_the_log_says_so(both):
    who = begun(groups=["leads", "elsewhere"])
    (organization,) = who.organizations
    assert who.organization_roles == {(organization, "leader")}
    (event,) = rows(AuditEvent)
    assert (event.action, event.person_id) == ("sign_in", who.id)
    assert event.detail == {"roles_before": [], "roles_after": ["leader"]}


def test_the_store_knows_no_key(both):
    begin = sessions.begin(claims(), SETTINGS)
    (row,) = rows(SignIn)
    assert row.digest == sessions.digest(begin.key) and begin.key not in repr(row)


def test_roles_from_groups_follow_the_groups_and_those_by_hand_stay(home):
    admin = begun("1", email="ann@acme.example", email_verified=True)
    (organization,) = admin.organizations
    payments = teams.create_team(admin, organization, "Payments")
    who = begun(groups=["leads", "pay"])
    assert who.team_roles == {(organization, payments, "member")}
    roles.give(admin, organization, who.id, "coach")
    roles.give(admin, organization, who.id, "team_lead", payments)
    who = begun(groups=[])
    assert who.organization_roles == {(organization, "coach")}
    assert who.team_roles == {(organization, payments, "team_lead")}


def test_a_group_of_a_team_that_is_not_there_brings_nothing(home):
    assert begun(groups=["pay"]).organizations == frozenset()


def test_the_same_subject_of_another_provider_is_another_person(home):
    one, other = begun(groups=["ops"]), begun(issuer="https://other.example")
    assert one.id != other.id and other.organizations == frozenset()


def test_another_email_address_is_the_same_person_and_grants_nothing_of_the_old(home):
    one = begun(email="ann@acme.example", email_verified=True)
    same = begun(email="ann@other.example", email_verified=True)
    taken = begun("8", email="ann@acme.example", email_verified=False)
    assert one.id == same.id and one.organizations and not same.organizations
    assert not taken.organizations


def test_the_local_administrator_is_nobody_who_signs_in(home):
    local = people.local_person()
    with pytest.raises(openid.NotSignedIn):
        sessions.begin(claims(people.ADMINISTRATOR, issuer=people.LOCAL), SETTINGS)
    assert begun(people.ADMINISTRATOR).id != local.id


def test_a_session_ends_when_its_token_and_grace_do(home, monkeypatch):
    now = store.now_us()
    key = sessions.begin(claims(expires=30), SETTINGS).key
    monkeypatch.setattr(store, "now_us", lambda: now + 85 * sessions.SECOND)
    assert sessions.who(key)
    monkeypatch.setattr(store, "now_us", lambda: now + 120 * sessions.SECOND)
    with pytest.raises(people.Unknown, match="sign in again"):
        sessions.who(key)
    sessions.begin(claims("8"), SETTINGS)
    assert len(rows(SignIn)) == 1, "what has ended is swept"


def test_what_has_expired_begins_nothing(home):
    with pytest.raises(openid.NotSignedIn, match="expired"):
        sessions.begin(claims(expires=-61), SETTINGS)
    assert rows(Person) == []


def test_leaving_ends_this_session_also_for_a_copy_and_no_other(both):
    one, other = (sessions.begin(claims(), SETTINGS).key for _ in range(2))
    sessions.end(one)
    with pytest.raises(people.Unknown):
        sessions.who(one)
    assert sessions.who(other)
    sessions.end(one)
    assert [event.action for event in rows(AuditEvent)] == ["sign_in", "sign_in", "sign_out"]


def test_signing_in_again_ends_the_session_that_the_browser_had(home):
    first = sessions.begin(claims(), SETTINGS)
    sessions.begin(claims("8"), SETTINGS, replaces=first.key)
    with pytest.raises(people.Unknown):
        sessions.who(first.key)


@pytest.mark.parametrize(
    "key", [None, "", 7, "x" * 43, "é" * 43, {"a": 1}, "x" * 100_000], ids=lambda key: str(key)[:9]
)
def test_no_other_key_is_anybody(home, key):
    with pytest.raises(people.Unknown):
        sessions.who(key)
    sessions.end(key)


def test_what_was_drawn_before_a_role_was_taken_may_no_longer_be_done(both):
    who = begun(groups=["ops"])
    (organization,) = who.organizations
    with store.writing() as session:
        session.delete(session.execute(select(ProvidedRole)).scalar_one())
    assert access.may(who, Action.MANAGE_TEAMS, access.Subject(organization))  # as the page was drawn
    with pytest.raises(access.Forbidden):
        teams.create_team(who, organization, "Mine")


@pytest.mark.parametrize("how", ["ended", "deactivated"])
def test_who_is_gone_may_do_nothing_from_an_open_page(home, how):
    key = sessions.begin(claims(groups=["ops"]), SETTINGS).key
    who = sessions.who(key)
    if how == "ended":
        sessions.end(key)
    else:
        with store.writing() as session:
            session.execute(update(Person).values(is_active=False))
    with pytest.raises(access.Forbidden):
        teams.create_team(who, next(iter(who.organizations)), "Mine")


def test_ten_thousand_groups_are_read_at_once(home):
    with counted() as for_one:
        begun(groups=["leads"])
    with counted() as for_all:
        who = begun(groups=[*(f"group {number}" for number in range(10_000)), "leads"])
    assert {role for _, role in who.organization_roles} == {"leader"}
    assert len(for_all) <= len(for_one)
