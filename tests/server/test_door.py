"""Who is let in, how often, and what is said to those who are not."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from data import rates, store, tokens
from data.api import bodies, once
from data.api.answers import Problem
from data.tables import ApiToken, Deployment, IdempotencyKey, Service
from tests.server.test_facts import ago, deployment, stored

SENT = {"id": "1", "finished_at": ago(2)}


# Tokens


@pytest.mark.parametrize("shown", [None, "", "mp_", "mp_" + "a" * 43, "é", "mp_" + "a" * 100_0])
def test_without_a_good_token_nobody_is_let_in(one_portal, shown):
    refused = one_portal.client.with_token(shown and shown.encode("latin-1").decode("latin-1")).get("/api/v1/services")
    assert refused.status == 401 and refused.problem["detail"]
    assert refused.headers["www-authenticate"].startswith('Bearer realm="Milepost"')


@pytest.mark.parametrize("header", ["Basic bXA6eA==", "Bearer", "bearer  ", "mp_x", "Bearer mp_x y"])
def test_other_ways_to_sign_in_are_none(one_portal, header):
    assert one_portal.client.get("/api/v1/services", Authorization=header).status == 401


def test_a_token_in_the_address_is_none(one_portal):
    secret = one_portal.token()
    for name in ("token", "access_token", "authorization"):
        assert one_portal.client.get(f"/api/v1/services?{name}={secret}").status == 401


def test_a_revoked_and_an_expired_token_say_so(portal):
    secret = portal.token()
    ask = portal.client.with_token(secret)
    assert ask.get("/api/v1/services").status == 200
    tokens.revoke(portal.who, tokens.find(secret).id)
    refused = ask.get("/api/v1/services")
    assert (refused.status, "revoked" in refused.problem["detail"]) == (401, True)
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]

    brief = portal.token(expires=datetime.now(UTC) + timedelta(seconds=1))
    with store.writing() as session:
        session.execute(update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(expires_at=store.now_us()))
    assert "expired" in portal.client.with_token(brief).get("/api/v1/services").problem["detail"]


@pytest.mark.parametrize("kind", ["deployments", "incidents", "changes"])
def test_a_missing_scope_is_named(one_portal, kind):
    others = [each for each in tokens.SCOPES if each != f"{kind}:write"]
    refused = one_portal.ask(*others).post(f"/api/v1/{kind}", {})
    assert refused.status == 403 and f"{kind}:write" in refused.problem["detail"]
    assert f'scope="{kind}:write"' in refused.headers["www-authenticate"]
    assert one_portal.ask(*others[1:]).get("/api/v1/services").status == 403


def test_a_token_reaches_neither_another_service_nor_another_organisation(portal):
    foreign = tokens.create(portal.stranger, portal.foreign.organization_id, "CI", tokens.SCOPES)
    mine = portal.token(service=portal.place.service_id)
    for secret, service in [
        (mine, portal.beside.service_id),
        (mine, portal.foreign.service_id),
        (foreign, portal.place.service_id),
    ]:
        ask = portal.client.with_token(secret)
        there = ask.get(f"/api/v1/services/{service}/metrics"), ask.get(f"/api/v1/services/{service}/cells")
        nowhere = ask.get("/api/v1/services/987654/metrics")
        assert [each.status for each in (*there, nowhere)] == [404, 404, 404]
        assert there[0].body == nowhere.body
        assert ask.post("/api/v1/deployments", {**SENT, "service": service}).status == 404
        assert service not in [each["id"] for each in ask.get("/api/v1/services").json["services"]]
    assert stored(Deployment, "id") == []


def test_last_used_is_written_at_most_once_a_minute(portal):
    ask = portal.ask()

    def used() -> int | None:
        for _ in range(100):  # it is noted after the answer
            if stored(ApiToken, "last_used_at") != [(None,)]:
                break
            time.sleep(0.02)
        return stored(ApiToken, "last_used_at")[0][0]

    ask.get("/api/v1/services")
    first = used()
    ask.get("/api/v1/services")
    time.sleep(0.1)
    assert used() == first and abs(first - store.now_us()) < 5_000_000
    with store.writing() as session:
        session.execute(update(ApiToken).values(last_used_at=first - 61_000_000))
    ask.get("/api/v1/services")
    time.sleep(0.2)
    assert used() > first


def test_a_deleted_service_takes_its_tokens_along(portal):
    secret = portal.token(service=portal.beside.service_id)
    with store.writing() as session:
        session.delete(session.get(Service, portal.beside.service_id))
    assert portal.client.with_token(secret).get("/api/v1/services").status == 401


# Ways that are none


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/", 404),
        ("GET", "/api/v2/services", 404),
        ("GET", "/api/v1/services/1/2/metrics", 404),
        ("GET", "/api/v1/services/%2e%2e/metrics", 404),
        ("GET", "/api/v1/services/1%00/metrics", 404),
        ("GET", "/api/v1/deployments", 405),
        ("DELETE", "/api/v1/services", 405),
        ("PUT", "/api/v1/deployments", 405),
    ],
)
def test_there_is_nothing_at_other_paths(one_portal, method, path, status):
    assert one_portal.ask().ask(method, path, None).problem["status"] == status


def test_what_is_allowed_is_told(one_portal):
    assert one_portal.ask().ask("DELETE", "/api/v1/deployments", None).headers["allow"] == "POST"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "text/plain"},
        {"Content_Type": ""},
        {"Content_Type": "application/json; charset=latin-1"},
        {"Content_Type": "application/json", "Content_Encoding": "gzip"},
    ],
)
def test_only_json_is_taken(one_portal, headers):
    assert one_portal.ask().post("/api/v1/deployments", b"{}", **headers).problem["status"] == 415
    right = one_portal.ask().post("/api/v1/deployments", b"{}", Content_Type='Application/JSON; charset="UTF-8"')
    assert right.status == 422


def test_no_headers_get_in_through_what_is_sent(one_portal):
    """A line break in a header is refused by the server; one in what we repeat stays inside JSON."""
    said = one_portal.client.raw(
        b"GET /api/v1/services HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n\tX-Evil: 1\r\n"
        b"Connection: close\r\n\r\n"
    )
    head = said.partition(b"\r\n\r\n")[0]
    assert said.startswith((b"HTTP/1.1 401", b"HTTP/1.1 400")) and b"\r\nx-evil" not in head.lower()
    ask = one_portal.ask(service=one_portal.place.service_id)
    sent = ask.post("/api/v1/deployments", {**SENT, "x\r\nX-Evil: 1": 1})
    assert "x-evil" not in sent.headers and sent.status == 422
    assert ask.post("/api/v1/deployments", SENT, Idempotency_Key="a b").status == 400
    assert ask.post("/api/v1/deployments", SENT, Idempotency_Key="ü").status == 400
    assert ask.post("/api/v1/deployments", SENT, Idempotency_Key="k" * 201).status == 400


def test_an_answer_has_the_headers_of_every_answer(one_portal):
    for path in ("/api/v1/openapi.json", "/api/v1/services", "/healthz"):
        headers = one_portal.client.get(path).headers
        assert (
            headers["x-content-type-options"] == "nosniff"
            and "default-src 'none'" in headers["content-security-policy"]
        )


def test_an_error_of_ours_tells_a_reference_and_nothing_else(one_portal, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("postgresql://user:password@host")

    monkeypatch.setattr(once, "_begin", broken)
    ask = one_portal.ask(service=one_portal.place.service_id)
    failed = ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    assert failed.status == 500 and b"password" not in failed.body
    assert caplog.records[0].args[0] in failed.problem["detail"]


# Bodies


def head(token: str, length: str) -> bytes:
    """The lines before a body."""
    lines = ("POST /api/v1/deployments HTTP/1.1", "Host: x", "Content-Type: application/json",
             f"Authorization: Bearer {token}", length)  # fmt: skip
    return "\r\n".join((*lines, "", "")).encode()


def test_a_large_body_is_refused_before_it_is_sent(one_portal):
    said = one_portal.client.raw(head(one_portal.token(), "Content-Length: 2000001"))
    assert said.startswith(b"HTTP/1.1 413") and b"connection: close" in said.lower()


def test_a_large_body_of_unknown_length_is_refused_while_it_comes(one_portal):
    begin = head(one_portal.token(), "Transfer-Encoding: chunked")
    piece = b"10000\r\n" + b"[" * 0x10000 + b"\r\n"
    said = one_portal.client.raw(begin, *[piece] * 32)
    assert said.startswith(b"HTTP/1.1 413")


def test_who_has_no_token_sends_no_body(one_portal):
    assert one_portal.client.raw(head("mp_x", "Content-Length: 1000"), pause=0.2).startswith(b"HTTP/1.1 401")


def test_a_body_that_drips_is_given_up(one_portal, monkeypatch):
    monkeypatch.setattr("server.BODY_SECONDS", 0.3)
    begin = head(one_portal.token(), "Content-Length: 100")
    began = time.monotonic()
    said = one_portal.client.raw(begin, b"[", b" ", pause=0.05)
    assert said.startswith(b"HTTP/1.1 408") and time.monotonic() - began < 4


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 400, "0x10"])
def test_a_length_that_is_none_is_refused(length):
    async def nothing():
        yield b""

    with pytest.raises(Problem) as refused:
        bodies.read(nothing(), {"content-length": length}, 10, 1, bytes).send(None)
    assert refused.value.status == 413


# How often


def test_a_token_may_ask_so_many_times_a_minute(one_portal, monkeypatch):
    monkeypatch.setenv("MILEPOST_API_RATE", "3")
    ask, other = one_portal.ask(), one_portal.ask()
    assert [ask.get("/api/v1/services").status for _ in range(4)] == [200, 200, 200, 429]
    refused = ask.get("/api/v1/services")
    assert 1 <= int(refused.headers["retry-after"]) <= 20 and "3 times" in refused.problem["detail"]
    assert other.get("/api/v1/services").status == 200


def test_who_guesses_tokens_is_slowed_down_and_whoever_has_one_is_not(one_portal, monkeypatch):
    monkeypatch.setattr(rates, "WRONG", rates.Rate("wrong", 2, 2))
    guessing, ask = one_portal.client.with_token("mp_" + "x" * 43), one_portal.ask()
    assert [guessing.get("/api/v1/services").status for _ in range(3)] == [401, 401, 429]
    assert 0 < int(guessing.get("/api/v1/services").headers["retry-after"]) <= 30
    assert ask.get("/api/v1/services").status == 200
    assert one_portal.client.get("/api/v1/services").status == 401, "without a token nothing was guessed"


# Once


def test_the_same_request_again_is_done_once(portal):
    ask = portal.ask(service=portal.place.service_id)
    first = ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    version = store.version()
    again = ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    assert (again.status, again.body, store.version()) == (first.status, first.body, version)
    assert (first.headers["idempotency-replayed"], again.headers["idempotency-replayed"]) == (None, "true")


def test_another_request_with_the_key_is_refused(portal):
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    assert ask.post("/api/v1/deployments", {**SENT, "id": "2"}, Idempotency_Key="k").status == 422
    assert ask.post("/api/v1/incidents", {"id": "1", "opened_at": ago(1)}, Idempotency_Key="k").status == 422
    assert stored(Deployment, "deployment_id") == [("1",)]


def test_a_key_belongs_to_its_token(portal):
    one, two = (portal.ask(service=each.service_id) for each in (portal.place, portal.beside))
    assert one.post("/api/v1/deployments", SENT, Idempotency_Key="k").status == 200
    assert two.post("/api/v1/deployments", SENT, Idempotency_Key="k").json["services"] == [portal.beside.service_id]


def test_what_was_refused_may_be_mended_under_its_key(portal):
    ask = portal.ask()
    assert ask.post("/api/v1/deployments", {**SENT, "service": 98765}, Idempotency_Key="k").status == 404
    right = {**SENT, "service": portal.place.service_id}
    assert ask.post("/api/v1/deployments", right, Idempotency_Key="k").status == 200


def test_the_same_request_at_the_same_time_is_done_once(portal):
    ask = portal.ask(service=portal.place.service_id)
    body = [deployment(each, 2 + each) for each in range(300)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: ask.post("/api/v1/deployments", body, Idempotency_Key="k"), range(8)))
    fresh = [each for each in replies if each.status == 200 and each.headers["idempotency-replayed"] is None]
    assert len(fresh) == 1 and {each.status for each in replies} <= {200, 409}
    assert ask.post("/api/v1/deployments", body, Idempotency_Key="k").headers["idempotency-replayed"] == "true"


def test_a_request_being_done_is_told_so_until_its_worker_counts_as_dead(portal):
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    with store.writing() as session:
        session.execute(update(IdempotencyKey).values(answer=None))
    busy = ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    assert (busy.status, busy.headers["retry-after"]) == (409, "1")
    with store.writing() as session:
        session.execute(update(IdempotencyKey).values(created_at=store.now_us() - once.DEAD - 1))
    assert ask.post("/api/v1/deployments", SENT, Idempotency_Key="k").status == 200


def test_a_key_is_forgotten_after_a_day(portal):
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", SENT, Idempotency_Key="k")
    with store.writing() as session:
        session.execute(update(IdempotencyKey).values(created_at=store.now_us() - once.KEPT - 1))
    assert ask.post("/api/v1/deployments", {**SENT, "id": "2"}, Idempotency_Key="k").status == 200


def test_the_answer_is_kept_with_the_facts_or_neither(portal, monkeypatch):
    """Power is cut in the middle of saving."""
    ask = portal.ask(service=portal.place.service_id)
    monkeypatch.setattr(once._Attempt, "save", lambda *_: (_ for _ in ()).throw(KeyError("power cut")))
    assert ask.post("/api/v1/deployments", SENT, Idempotency_Key="k").status == 500
    assert stored(Deployment, "id") == [] == stored(IdempotencyKey, "key")


def test_the_store_away_is_told_as_such(one_portal, monkeypatch):
    from psycopg import OperationalError

    def away(*_):
        raise OperationalError("connection refused")

    ask = one_portal.ask()
    monkeypatch.setattr(tokens, "find", away)
    told = ask.get("/api/v1/services")
    assert (told.status, told.headers["retry-after"]) == (503, "5") and "busy or away" in told.problem["detail"]


def test_secrets_are_nowhere_in_the_store(portal):
    """Nor in what is told of an error."""
    secret = portal.token()
    portal.client.with_token(secret).post("/api/v1/deployments", {**SENT, "service": portal.place.service_id})
    assert secret not in json.dumps(dump(), default=str)
    assert secret[3:] not in json.dumps(dump(), default=str)


def dump() -> list:
    from data.tables import Base

    with store.reading() as session:
        return [list(map(tuple, session.execute(select(*table.columns)))) for table in Base.metadata.sorted_tables]
