"""Every kind of token at every route for programs, over HTTP."""

import json

import pytest

import server
from tests.doors import matrix, visiting
from tests.doors.world import TEAMS, World
from tests.server.client import Client, serving

EXPECTED = matrix.read(matrix.ROUTES)
FACTS = {
    "deployments": {"id": "d-100", "environment": "production", "status": "success", "sha": "a" * 40,
                    "finished_at": "2026-01-05T10:00:00Z"},
    "incidents": {"id": "i-100", "opened_at": "2026-01-05T10:00:00Z"},
    "changes": {"sha": "b" * 40, "merged_at": "2026-01-05T10:00:00Z"},
}  # fmt: skip


def bearer(world: World, kind: str) -> str | None:
    ours, others = world.teams["Kestrel"].tokens, world.teams["Heron"].tokens
    made = {"none": None, "wrong": "mp_" + "x" * 43, "other": others["all"]}
    return made[kind] if kind in made else ours[kind]


def address(world: World, path: str) -> str:
    """K, O and H are the services of the teams, or the key of Kestrel's badge."""
    path = path.replace("/badge/K", f"/badge/{world.teams['Kestrel'].badge}")
    for team in TEAMS:
        number = str(world.teams[team].place.service_id)
        path = path.replace(f"/{team[0]}/", f"/{number}/").replace(f"={team[0]}", f"={number}")
    return path


@pytest.fixture
def client(inside, monkeypatch):
    monkeypatch.setenv("MILEPOST_METRICS", "token")
    with serving() as client:
        yield client


def ask(client: Client, world: World, line: str, kind: str):
    method, path = line.split()
    fact = FACTS.get(path.partition("?")[0].rpartition("/")[2], {})
    body = json.dumps(fact).encode() if method == "POST" else None
    return client.with_token(bearer(world, kind)).ask(method, address(world, path), body)


def test_role_by_route(client, inside):
    """What is refused names nobody; what is answered names none but those whom the token is for."""
    found, leaked = {}, {}
    theirs = {"none": set(), "wrong": set(), "ended": set(), "write": {"Kestrel", "Osprey"},
              "read": {"Kestrel", "Osprey"}, "own": {"Kestrel"}, "other": {"Heron"}}  # fmt: skip
    for line, cells in EXPECTED.items():
        found[line] = {}
        for kind in cells:
            reply = ask(client, inside, line, kind)
            found[line][kind] = str(reply.status)
            named = {team for team in TEAMS if team.encode() in reply.body}
            if "badge" not in line and named - (theirs[kind] if reply.status < 400 else set()):
                leaked[line, kind] = named
    assert {line: cells for line, cells in found.items() if cells != EXPECTED[line]} == {}
    assert leaked == {}
    own, whole = (ask(client, inside, "GET /api/v1/services", kind).body for kind in ("own", "read"))
    assert b"Kestrel" in own and b"Osprey" not in own and b"Osprey" in whole


def test_role_by_report(portal, told):
    """With the cookie of a browser, of a process of its own."""
    expected, found, leaked = matrix.read(matrix.REPORTS), {}, {}
    client = Client(int(portal.rpartition(":")[2]))
    for line, cells in expected.items():
        found[line] = {}
        for role in cells:
            path = address(told, line)
            reply = client.get(path, Cookie=visiting.cookies(told.keys[role], portal), Sec_Fetch_Site="none")
            found[line][role] = str(reply.status)
            theirs = {team for team, roles in matrix.read(matrix.SEEN).items() if roles[role] == "y"}
            if more := {team for team in TEAMS if team.encode() in reply.body} - theirs:
                leaked[line, role] = more
    assert {line: cells for line, cells in found.items() if cells != expected[line]} == {}
    assert leaked == {}


def test_the_cookie_of_a_person_is_no_token(client, inside):
    """A page of another site can make a browser send cookies, and cannot make it send a token."""
    sent = visiting.cookies(inside.keys["admin"], "http://127.0.0.1")
    assert client.get("/api/v1/services", Cookie=sent).status == 401
    assert client.get("/metrics", Cookie=sent).status == 401


def test_every_route_is_in_a_table():
    """A new one needs a line here, or stands among those that other tests ask: pages and calls by an invitation."""
    asked = {line.split()[1].partition("?")[0] for line in EXPECTED} | matrix.read(matrix.REPORTS).keys()
    by_invitation = ("/answer", "/consensus", "/quick-check", "/web/")
    for route in server.ROUTES:
        if route.path.startswith(by_invitation):
            continue
        begin = route.path.partition("{")[0]
        assert any(path.startswith(begin) for path in asked), route.path
