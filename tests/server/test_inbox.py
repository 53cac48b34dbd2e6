"""What GitHub sends: signed, kept once, answered at once, processed later."""

import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import ExitStack

import pytest
from sqlalchemy import select, update

import server
from data import inbox, jobs, rates, store
from data.tables import Job, Organization, Service, WebhookDelivery
from tests.server.test_facts import stored

SECRET = "It's a Secret to Everybody"
PATH = "/webhooks/github"


@pytest.fixture(autouse=True)
def switched_on(monkeypatch):
    monkeypatch.setenv("MILEPOST_WEBHOOK_SECRET", SECRET)
    monkeypatch.delenv("MILEPOST_WEBHOOK_SECRET_OLD", raising=False)


@pytest.fixture
def processed(monkeypatch):
    """What the processor was given; a delivery with `fail` makes it stumble."""
    given = []

    def process(event, payload):
        if payload.get("fail"):
            raise KeyError("a secret in here")
        given.append((event, payload))

    monkeypatch.setattr(inbox, "processor", lambda: process)
    return given


@pytest.fixture
def nobody(monkeypatch):
    """No worker has come to them yet."""
    monkeypatch.setattr(inbox, "_add_job", lambda session: None)


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(portal, payload, event="push", delivery="d-1", **headers):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    sent = {"X_GitHub_Event": event, "X_GitHub_Delivery": delivery, "X_Hub_Signature_256": sign(body), **headers}
    return portal.client.post(PATH, body, **sent)


def test_the_example_that_github_gives():
    signed = inbox.Signed([SECRET.encode()])
    signed.update(b"Hello, ")
    signed.update(b"World!")
    assert signed.by_any(["757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"])
    assert not signed.by_any([]) and not signed.by_any(["é"]) and not signed.by_any([""])


def test_a_delivery_is_kept_and_waits_until_a_worker_comes(portal, nobody):
    sent = deliver(portal, {"ref": "refs/heads/main", "odd": "\0\ud800 é"})
    assert sent.status == 400, "half a character cannot be kept"
    sent = deliver(portal, {"ref": "refs/heads/main", "odd": "\0 é"})
    assert (sent.status, sent.json) == (202, {"status": "waiting"})
    assert stored(WebhookDelivery, "event", "delivery_id", "state") == [("push", "d-1", "waiting")]
    ((body,),) = stored(WebhookDelivery, "body")
    assert json.loads(body)["odd"] == "\0 é"
    assert stored(Job, "id") == []


def test_it_is_processed_in_a_job_and_its_body_is_forgotten(portal, processed):
    deliver(portal, {"n": 1})
    deliver(portal, {"n": 2}, "deployment_status", "d-2")
    assert processed == [("push", {"n": 1}), ("deployment_status", {"n": 2})]
    assert stored(WebhookDelivery, "state", "body") == [("done", None), ("done", None)]
    assert {message for (message,) in stored(Job, "message")} == {"Processed 1 delivery."}


def test_what_waited_is_processed_with_the_next_in_order(portal, processed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "_add_job", lambda session: None)
        for number in range(3):
            deliver(portal, {"n": number}, delivery=f"d-{number}")
    deliver(portal, {"n": 3}, delivery="d-3")
    assert [payload["n"] for _, payload in processed] == [0, 1, 2, 3]


def test_one_that_stumbles_does_not_stop_the_others(portal, processed):
    deliver(portal, {"fail": 1})
    for number in range(4):
        deliver(portal, {"n": number}, delivery=f"e-{number}")
    assert len(processed) == 4
    assert stored(WebhookDelivery, "state", "attempts", "problem")[0] == ("failed", 3, "KeyError")


def test_the_store_away_in_the_middle_leaves_it_waiting(portal, processed, monkeypatch):
    from psycopg import OperationalError

    def away(event, payload):
        raise OperationalError("connection refused")

    monkeypatch.setattr(inbox, "processor", lambda: away)
    deliver(portal, {"n": 1})
    assert stored(WebhookDelivery, "state", "attempts") == [("waiting", 0)]


def test_a_delivery_is_known_again_by_its_id_and_by_what_it_says(portal, nobody):
    assert deliver(portal, {"n": 1}).json["status"] == "waiting"
    assert deliver(portal, {"n": 1}).json["status"] == "duplicate"
    assert deliver(portal, {"n": 1}, delivery="d-2").json["status"] == "duplicate", "a replay under another id"
    assert deliver(portal, {"n": 2}).json["status"] == "duplicate"
    assert deliver(portal, {"n": 1}, "release", "d-3").json["status"] == "waiting", "another event"
    assert len(stored(WebhookDelivery, "id")) == 2


def test_a_delivery_is_forgotten_after_a_month(portal, nobody):
    deliver(portal, {"n": 1})
    with store.writing() as session:
        session.execute(update(WebhookDelivery).values(received_at=store.now_us() - inbox.KEPT - 1))
    assert deliver(portal, {"n": 2}, delivery="d-2").json["status"] == "waiting"
    assert stored(WebhookDelivery, "delivery_id") == [("d-2",)]


@pytest.mark.parametrize("event", ["star", "watch", "sponsorship"])
def test_events_that_say_nothing_here_are_ignored(one_portal, event):
    sent = deliver(one_portal, {"n": 1}, event)
    assert (sent.status, sent.json) == (202, {"status": "ignored"})
    assert stored(WebhookDelivery, "id") == []


def test_a_ping_is_answered(one_portal):
    assert deliver(one_portal, {"zen": "Keep it logically awesome."}, "ping").json == {"status": "pong"}


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=" + "0" * 64, sign(b"{}", "another"), sign(b"{}").upper(), "sha1=" + "0" * 40,
     sign(b"{}").removeprefix("sha256="), "sha256=" + "é" * 64],
)  # fmt: skip
def test_a_wrong_signature_is_refused(one_portal, signature):
    sent = {"X_GitHub_Event": "push", "X_GitHub_Delivery": "d", "X_Hub_Signature_256": signature.encode()}
    refused = one_portal.client.post(PATH, b"{}", **sent)
    assert refused.problem["status"] == 401 and stored(WebhookDelivery, "id") == []


def test_both_secrets_are_good_during_a_rotation(one_portal, monkeypatch, tmp_path, nobody):
    file = tmp_path / "secret"
    file.write_text("the new one\n")
    monkeypatch.setenv("MILEPOST_WEBHOOK_SECRET", f"file:{file}")
    monkeypatch.setenv("MILEPOST_WEBHOOK_SECRET_OLD", SECRET)
    body = b'{"n": 1}'
    assert deliver(one_portal, body, X_Hub_Signature_256=sign(body, "the new one")).json["status"] == "waiting"
    assert deliver(one_portal, body).json["status"] == "duplicate"
    file.write_text("a newer one")
    assert deliver(one_portal, body, X_Hub_Signature_256=sign(body, "the new one")).status == 401
    file.unlink()
    assert deliver(one_portal, body).status == 503


def test_nothing_is_taken_while_it_is_switched_off(one_portal, monkeypatch):
    monkeypatch.delenv("MILEPOST_WEBHOOK_SECRET")
    off = deliver(one_portal, {}, X_Hub_Signature_256=sign(b"{}", ""))
    assert (off.status, "MILEPOST_WEBHOOK_SECRET" in off.problem["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_GitHub_Event": ""}, 400),
        ({"X_GitHub_Event": "../x"}, 400),
        ({"X_GitHub_Event": "p" * 65}, 400),
        ({"X_GitHub_Delivery": ""}, 400),
        ({"X_GitHub_Delivery": "d" * 10_000}, 400),
        ({"X_GitHub_Delivery": "é"}, 400),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_headers_that_are_none_are_refused(one_portal, headers, status):
    assert deliver(one_portal, {"n": 1}, **headers).problem["status"] == status


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_a_signed_body_that_is_no_object_is_refused(one_portal, body):
    assert deliver(one_portal, body).problem["status"] == 400


def test_the_largest_delivery_is_taken_and_no_larger(portal, nobody):
    frame = len(b'{"x": ""}')
    most = b'{"x": "' + b"a" * (inbox.MOST_BYTES - frame) + b'"}'
    assert len(most) == inbox.MOST_BYTES and deliver(portal, most).json["status"] == "waiting"
    said = portal.client.raw(
        b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\n"
        b"X-GitHub-Delivery: d\r\nX-Hub-Signature-256: sha256=00\r\nContent-Length: 26214401\r\n\r\n"
    )
    assert said.startswith(b"HTTP/1.1 413")


def test_strangers_fill_no_disk_with_what_is_never_whole(portal, nobody, monkeypatch):
    monkeypatch.setattr(server, "_large", threading.BoundedSemaphore(2))
    head = (
        b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\n"
        b"X-GitHub-Delivery: d\r\nX-Hub-Signature-256: sha256=00\r\nContent-Length: 26214400\r\n\r\n"
    )
    begun = b"a" * (server.IN_MEMORY + 1)
    with ExitStack() as stack:
        for _ in range(2):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", portal.client.port)))
            line.sendall(head + begun)
        wait_until(lambda: not server._large._value)
        assert portal.client.raw(head, begun).startswith(b"HTTP/1.1 503")
        assert deliver(portal, {"small": True}).json["status"] == "waiting"
    wait_until(lambda: server._large._value == 2)


def wait_until(holds) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_before_anybody_has_an_organisation_deliveries_wait(home):
    assert inbox.receive("push", "d-1", b"{}") == "waiting"
    assert stored(Job, "id") == []


def test_a_job_of_the_real_queue_finds_its_handler(one_portal, nobody, monkeypatch):
    from data import work

    assert work.handler_of("webhook").do is inbox.process_waiting
    with store.reading() as session:
        organization = session.execute(select(Organization.id).order_by(Organization.id)).scalars().first()
        assert session.execute(select(Service.id)).first()
    job = jobs.enqueue("webhook", {}, None, organization)
    assert jobs.progress(job).state == "done"


def test_wrong_signatures_are_slowed_down_and_right_ones_are_not(one_portal, nobody, monkeypatch):
    monkeypatch.setattr(rates, "WRONG", rates.Rate("wrong", 2, 2))
    wrong = {"X_Hub_Signature_256": sign(b"something else")}
    assert [deliver(one_portal, {"n": 1}, **wrong).status for _ in range(3)] == [401, 401, 429]
    assert deliver(one_portal, {"n": 1}).status == 202


def test_what_comes_too_often_is_refused_before_it_is_kept(one_portal, nobody, monkeypatch):
    monkeypatch.setattr(rates, "DELIVERIES", rates.Rate("deliveries", 1, 2))
    sent = [deliver(one_portal, {"n": n}, delivery=f"d-{n}") for n in range(3)]
    assert [each.status for each in sent] == [202, 202, 429] and 0 < int(sent[-1].headers["retry-after"]) <= 60
    assert len(stored(WebhookDelivery, "id")) == 2
