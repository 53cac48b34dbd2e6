"""Who makes tokens for what, and what is kept of them."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data import people, store, tokens
from data.access import Forbidden, NotFound
from data.people import Who
from data.tables import ApiToken, AuditEvent, Organization
from tests.data.arrange import Place


def somebody(place: Place, role: str) -> Who:
    """With that role in the organisation or the team of the place; the id is that of a person who is there."""
    if role in ("member", "team_lead"):
        return Who(1, role, team_roles=frozenset({(place.organization_id, place.team_id, role)}))
    return Who(1, role, organization_roles=frozenset({(place.organization_id, role)}))


@pytest.mark.parametrize(
    ("role", "of_service", "of_all"),
    [("admin", True, True), ("team_lead", True, False), ("member", False, False), ("leader", False, False),
     ("coach", False, False)],
)  # fmt: skip
def test_leads_make_tokens_of_their_services_and_administrators_any(who, role, of_service, of_all):
    place, beside = Place(who), Place(who, "Till")
    asking = somebody(place, role)

    def may(service: int | None) -> bool:
        try:
            return bool(tokens.create(asking, place.organization_id, "CI", ["read"], service))
        except Forbidden:
            return False

    assert (may(place.service_id), may(None)) == (of_service, of_all)
    assert may(beside.service_id) == of_all


def test_a_secret_is_shown_once_and_kept_as_its_digest(both, who):
    place = Place(who)
    secret = tokens.create(who, place.organization_id, "  CI  ", ["deployments:write", "read"])
    assert re.fullmatch(r"mp_[A-Za-z0-9_-]{43}", secret)
    with store.reading() as session:
        (row,) = session.execute(select(ApiToken)).scalars()
        events = session.execute(select(AuditEvent).where(AuditEvent.action == "create_token")).scalars().all()
    assert row.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert (row.name, row.prefix, row.scopes) == ("CI", secret[:11], "read deployments:write")
    assert [(each.person_id, each.detail["begins"]) for each in events] == [(who.id, secret[:11])]
    assert tokens.find(secret).scopes == {"read", "deployments:write"}


def test_the_list_shows_what_one_may_revoke(both, who):
    place, beside = Place(who), Place(who, "Till")
    for service in (place.service_id, beside.service_id, None):
        tokens.create(who, place.organization_id, f"For {service}", ["read"], service)
    seen = {role: [each.service for each in tokens.listed(somebody(place, role), place.organization_id)]
            for role in ("admin", "team_lead", "member", "leader")}  # fmt: skip
    assert seen == {"admin": [None, "Till", "Shop"], "team_lead": ["Shop"], "member": [], "leader": []}


def test_revoking_is_for_good_and_leaves_a_trace(both, who):
    place = Place(who)
    secret = tokens.create(who, place.organization_id, "CI", ["read"], place.service_id)
    token = tokens.find(secret)
    with pytest.raises(Forbidden):
        tokens.revoke(somebody(place, "member"), token.id)
    tokens.revoke(somebody(place, "team_lead"), token.id)
    tokens.revoke(who, token.id)
    with pytest.raises(tokens.Invalid, match="revoked"):
        tokens.find(secret)
    (view,) = tokens.listed(who, place.organization_id)
    assert view.state == "revoked"
    with store.reading() as session:
        wanted = select(AuditEvent.subject).where(AuditEvent.action == "revoke_token")
        assert session.execute(wanted).scalars().all() == [f"token:{token.id}"]


def test_two_secrets_are_good_while_one_is_replaced(both, who):
    place = Place(who)
    first = tokens.create(who, place.organization_id, "CI", ["read"], place.service_id)
    token = tokens.find(first)
    with pytest.raises(Forbidden):
        tokens.replace(somebody(place, "member"), token.id)
    second = tokens.replace(somebody(place, "team_lead"), token.id)
    assert tokens.find(first) == replace(token, is_old=True) and tokens.find(second) == token
    third = tokens.replace(who, token.id)
    assert (tokens.find(second).is_old, tokens.find(third).is_old) == (True, False)
    with pytest.raises(tokens.Invalid, match="not known"):
        tokens.find(first)
    with store.reading() as session:
        wanted = select(AuditEvent.detail).where(AuditEvent.action == "replace_token").order_by(AuditEvent.id)
        traces = session.execute(wanted).scalars().all()
    assert [(each["began"], each["begins"]) for each in traces] == [
        (first[:11], second[:11]),
        (second[:11], third[:11]),
    ]


def test_the_old_secret_ends_by_time_by_hand_and_with_the_token(who):
    place = Place(who)

    def made(grace: timedelta) -> tuple[str, str, int]:
        old = tokens.create(who, place.organization_id, "CI", ["read"])
        token_id = tokens.find(old).id
        return old, tokens.replace(who, token_id, grace), token_id

    over, _, _ = made(timedelta())
    ended, still, token_id = made(timedelta(days=1))
    tokens.end_old(who, token_id)
    tokens.end_old(who, token_id)
    for old in (over, ended):
        with pytest.raises(tokens.Invalid, match="its time beside the new one is over: take the new one"):
            tokens.find(old)
    assert tokens.find(still)
    old, new, token_id = made(timedelta(days=1))
    tokens.revoke(who, token_id)
    for each in (old, new):
        with pytest.raises(tokens.Invalid, match="revoked"):
            tokens.find(each)
    with pytest.raises(ValueError, match="make a new one"):
        tokens.replace(who, token_id)


@pytest.mark.parametrize("grace", [timedelta(days=-1), timedelta(days=31)])
def test_an_old_secret_stays_good_for_a_month_at_most(who, grace):
    place = Place(who)
    token = tokens.find(tokens.create(who, place.organization_id, "CI", ["read"]))
    with pytest.raises(ValueError, match="at most 30 days"):
        tokens.replace(who, token.id, grace)


def test_the_list_says_whether_anybody_still_uses_the_old_secret(both, who):
    place = Place(who)
    old = tokens.create(who, place.organization_id, "CI", ["read"])
    tokens.replace(who, tokens.find(old).id)
    (view,) = tokens.listed(who, place.organization_id)
    assert (view.old_used_at, view.last_used_at, view.state) == (None, None, "good") and view.old_until
    tokens.used(tokens.find(old))
    (view,) = tokens.listed(who, place.organization_id)
    assert view.old_used_at and view.last_used_at is None


def test_what_is_invented_takes_no_tokens(who):
    with store.writing() as session:
        demo = Organization(name="Demo", is_demo=True, created_at=1)
        session.add(demo)
        session.flush()
        demo_id = demo.id
    with pytest.raises(Forbidden, match="demo"):
        tokens.create(who, demo_id, "CI", ["read"])


def test_a_service_of_another_organisation_is_not_there(who):
    place = Place(who)
    with store.writing() as session:
        there = Organization(name="Elsewhere", created_at=1)
        session.add(there)
        session.flush()
        other = there.id
    both = Who(1, "x", organization_roles=frozenset({(place.organization_id, "admin"), (other, "admin")}))
    with pytest.raises(NotFound):
        tokens.create(both, other, "CI", ["read"], place.service_id)
    with pytest.raises(NotFound):
        tokens.revoke(who, 98765)


@pytest.mark.parametrize(
    ("scopes", "days", "says"),
    [([], 1, "one or more"), (["admin"], 1, "one or more"), (["read"], -1, "in the future"),
     (["read"], 5000, "three years")],
)  # fmt: skip
def test_a_token_that_cannot_be(who, scopes, days, says):
    with pytest.raises(ValueError, match=says):
        organization = people.home_organization(who)
        tokens.create(who, organization, "CI", scopes, expires=datetime.now(UTC) + timedelta(days=days))
