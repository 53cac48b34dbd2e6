"""Incidents from PagerDuty, and from others that tell as it does."""

import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data import access, hooks, queries, rates, store
from data.people import Who
from data.references import Missing
from data.tables import Incident, IncidentHook, Source
from tests.server.test_facts import stored

SECRET = "sixteen characters, or more"
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(kind: str, minutes: float, incident: str = "PGR0VU2", **about) -> dict:
    """As PagerDuty sends it, with all that names people."""
    somebody = {"id": "P1", "type": "user_reference", "summary": "Jo Doe"}
    return {
        "event": {
            "id": f"E{kind}{minutes}", "event_type": f"incident.{kind}", "resource_type": "incident", "agent": somebody,
            "client": None, "occurred_at": at(minutes),
            "data": {"id": incident, "type": "incident", "number": 2, "title": "Checkout fails", "created_at": at(0),
                     "html_url": f"https://acme.pagerduty.com/incidents/{incident}", "assignees": [somebody],
                     "status": kind, **about},
        }
    }  # fmt: skip


def kind_of(event: dict) -> str:
    return event["event"]["event_type"].partition(".")[2]


def at(minutes: float) -> str:
    return (BEGAN + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def us(minutes: float) -> int:
    return store.to_us(BEGAN + timedelta(minutes=minutes))


def send(portal, key: str, body, secret: str = SECRET, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = "v1=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return portal.client.post(f"/webhooks/pagerduty/{key}", raw, **{"X_PagerDuty_Signature": signature, **headers})


def known() -> list[tuple]:
    return stored(Incident, "incident_id", "opened_at", "acknowledged_at", "resolved_at")


@pytest.fixture
def key(portal) -> str:
    return hooks.open_hook(portal.who, portal.place.service_id, SECRET)


def test_an_incident_opens_is_taken_up_and_ends(portal, key):
    for kind, minutes in [("triggered", 0), ("acknowledged", 5), ("resolved", 30)]:
        sent = send(portal, key, event(kind, minutes))
        assert (sent.status, sent.json) == (202, {"status": "saved"})
    assert known() == [("PGR0VU2", us(0), us(5), us(30))]
    assert stored(Incident, "service_id", "title", "url") == [
        (portal.place.service_id, "Checkout fails", "https://acme.pagerduty.com/incidents/PGR0VU2")
    ]
    assert queries.service(portal.who, portal.place.service_id).incidents_collected


EVENTS = [event("triggered", 0), event("acknowledged", 5), event("resolved", 30), event("reopened", 40)]


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)), ids=lambda order: "-".join(map(kind_of, order)))
def test_the_order_of_arrival_does_not_matter(one_portal, order, monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")  # numbers are another matter, and take longer than all the rest
    hook = hooks.find(hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET))
    for each in (*order, *order):
        hooks.receive(hook, json.dumps(each).encode())
    assert known() == [("PGR0VU2", us(0), us(5), None)]
    hooks.receive(hook, json.dumps(event("resolved", 60)).encode())
    assert known() == [("PGR0VU2", us(0), us(5), us(60))]


def test_a_late_reopening_does_not_undo_a_newer_end(portal, key):
    send(portal, key, event("resolved", 60))
    assert send(portal, key, event("reopened", 40)).json == {"status": "known"}
    assert known() == [("PGR0VU2", us(0), None, us(60))]


def test_an_event_that_comes_twice_changes_nothing(portal, key):
    send(portal, key, event("triggered", 0))
    assert send(portal, key, event("triggered", 0)).json == {"status": "known"}


def test_other_events_are_ignored_and_the_test_event_is_answered(portal, key):
    assert send(portal, key, event("annotated", 1)).json == {"status": "ignored"}
    ping = {"event": {"event_type": "pagey.ping", "occurred_at": at(0), "data": {"message": "Hello", "type": "ping"}}}
    answered = send(portal, key, ping)
    assert (answered.status, answered.json) == (200, {"status": "pong"})
    assert known() == []
    assert queries.service(portal.who, portal.place.service_id).incidents_collected, "now none is none"


def test_nobody_is_named_in_what_is_kept(portal, key):
    from tests.server.test_door import dump

    send(portal, key, event("triggered", 0))
    assert "Doe" not in json.dumps(dump(), default=str)


@pytest.mark.parametrize(
    "signature", ["", "v1=", "v1=" + "0" * 64, "v0=" + "0" * 64, ",,,", "v1=" + ",v1=" * 5_000, "v1=é"]
)
def test_a_wrong_signature_is_refused(one_portal, signature):
    key = hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET)
    refused = send(one_portal, key, event("triggered", 0), X_PagerDuty_Signature=signature.encode())
    assert refused.problem["status"] == 401 and known() == []


def test_one_of_several_signatures_is_enough(one_portal):
    key = hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET)
    body = json.dumps(event("triggered", 0)).encode()
    right = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert send(one_portal, key, body, X_PagerDuty_Signature=f"v1={'0' * 64}, v1={right}").status == 202


def test_the_secret_of_one_source_opens_no_other(one_portal):
    key = hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET)
    hooks.open_hook(one_portal.who, one_portal.beside.service_id, "another secret of its own")
    assert send(one_portal, key, event("triggered", 0), "another secret of its own").status == 401
    assert send(one_portal, "x" + key, event("triggered", 0)).status == 404


def test_both_secrets_are_good_until_the_next_change(portal, key):
    assert hooks.open_hook(portal.who, portal.place.service_id, "a new secret of the tool") == key
    assert send(portal, key, event("triggered", 0)).status == 202
    assert send(portal, key, event("resolved", 1), "a new secret of the tool").status == 202
    hooks.open_hook(portal.who, portal.place.service_id, "the third secret of the tool")
    assert send(portal, key, event("reopened", 2)).status == 401


def test_a_secret_has_to_be_given(portal):
    with pytest.raises(Missing, match="Give the secret first"):
        hooks.open_hook(portal.who, portal.place.service_id, " ")


def test_a_secret_is_sealed_or_a_reference(portal, key, monkeypatch):
    ((sealed,),) = stored(IncidentHook, "secret")
    assert sealed.startswith("sealed:") and SECRET not in sealed
    monkeypatch.setenv("PAGERDUTY_SECRET", "the secret in a variable")
    hooks.open_hook(portal.who, portal.place.service_id, "env:PAGERDUTY_SECRET")
    assert stored(IncidentHook, "secret") == [("env:PAGERDUTY_SECRET",)]
    assert send(portal, key, event("triggered", 0), "the secret in a variable").status == 202


def test_only_administrators_name_variables_and_files(one_portal, monkeypatch):
    monkeypatch.setenv("PAGERDUTY_SECRET", "the secret in a variable")
    place = one_portal.place
    lead = Who(1, "Lead", team_roles=frozenset({(place.organization_id, place.team_id, "team_lead")}))
    for reference in ("env:PAGERDUTY_SECRET", " env:PAGERDUTY_SECRET", "file:/etc/hostname", "sealed:x"):
        with pytest.raises(access.Forbidden):
            hooks.open_hook(lead, place.service_id, reference)
    assert hooks.open_hook(lead, place.service_id, SECRET)
    with pytest.raises(access.Forbidden):
        hooks.open_hook(Who(1, "x"), place.service_id, SECRET)


@pytest.mark.parametrize("secret", ["", "short", "env:NOT_SET_ANYWHERE", "file:/nowhere/at/all"])
def test_a_secret_that_is_none_is_refused(one_portal, secret):
    with pytest.raises(ValueError):
        hooks.open_hook(one_portal.who, one_portal.place.service_id, secret)


def broken(**changes) -> dict:
    body = event("triggered", 0)
    body["event"] |= changes
    return body


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 100_000, {"event": 3}, broken(occurred_at=None),
        broken(occurred_at="2026-03-01T12:00:00"), broken(occurred_at="9999-01-01T00:00:00Z"), broken(data=[]),
        broken(data={}), broken(data={"id": "x" * 10_000}), broken(data={"id": "a\0b"}), broken(event_type=None),
        broken(data={"id": "x", "created_at": "yesterday"}),
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_a_sentence(one_portal, body):
    key = hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET)
    refused = send(one_portal, key, body)
    assert (refused.status, known()) == (422, []) and refused.problem["detail"]


def test_odd_values_are_cut_not_refused(portal, key):
    odd = event("triggered", 0, title="a\0" * 1_000, html_url="javascript:alert(1)")
    assert send(portal, key, odd).status == 202
    assert stored(Incident, "title", "url") == [("a" * 500, None)]


def test_others_of_the_same_shape_need_only_four_things(portal, key):
    """Without the time it was created an incident opens with its first event."""
    for kind, minutes in [("resolved", 9), ("triggered", 2)]:
        about = {"event_type": f"incident.{kind}", "occurred_at": at(minutes), "data": {"id": "7"}}
        assert send(portal, key, {"event": about}).status == 202
    assert known() == [("7", us(2), None, us(9))]


def test_the_source_takes_its_hook_along(portal, key):
    from data import intake

    send(portal, key, event("triggered", 0))
    with store.reading() as session:
        source = session.execute(select(Source.id).where(Source.kind == "pagerduty")).scalar_one()
    intake.remove_source(portal.who, source)
    assert send(portal, key, event("resolved", 1)).status == 404
    assert known() == []


def test_a_closed_place_takes_nothing_more_and_what_it_told_stays(portal, key):
    assert hooks.keys_of([portal.place.service_id, 999]) == {portal.place.service_id: key}
    assert send(portal, key, event("triggered", 0)).status == 202
    with pytest.raises(access.Forbidden):
        hooks.close_hook(portal.stranger, portal.place.service_id)
    for _ in range(2):
        hooks.close_hook(portal.who, portal.place.service_id)
    assert send(portal, key, event("triggered", 5, "another")).status == 404
    assert (len(known()), hooks.keys_of([portal.place.service_id])) == (1, {})
    assert hooks.open_hook(portal.who, portal.place.service_id, SECRET) != key


def test_wrong_signatures_and_addresses_are_slowed_down_and_right_ones_are_not(one_portal, monkeypatch):
    key = hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET)
    monkeypatch.setattr(rates, "WRONG", rates.Rate("wrong", 2, 2))
    assert [send(one_portal, key, event("triggered", 0), "wrong " * 4).status for _ in range(3)] == [401, 401, 429]
    assert send(one_portal, "guessed", event("triggered", 0)).status == 429
    assert send(one_portal, key, event("triggered", 0)).status == 202


def test_a_tool_that_never_stops_is_slowed_down(one_portal, monkeypatch):
    key = hooks.open_hook(one_portal.who, one_portal.place.service_id, SECRET)
    monkeypatch.setattr(rates, "EVENTS", rates.Rate("events", 1, 2))
    sent = [send(one_portal, key, event("triggered", minute)) for minute in range(3)]
    assert [each.status for each in sent] == [202, 202, 429] and 0 < int(sent[-1].headers["retry-after"]) <= 60
    other = hooks.open_hook(one_portal.who, one_portal.beside.service_id, SECRET)
    assert send(one_portal, other, event("triggered", 9)).status == 202
