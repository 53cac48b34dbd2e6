"""Every role at every page, three ways: through the shell, in the page's file past the shell, and over the raw
websocket of a process that nobody has asked before, each with a deep link to what is not theirs."""

import pytest
from streamlit.testing.v1 import AppTest

from content import catalog
from data import store, teams
from data.improving import choices
from data.tables import Membership
from pages.ui.registry import BY_PATH, PAGES, page_file
from tests.browser.portal import answered
from tests.doors import matrix
from tests.doors.visiting import Tab
from tests.doors.world import TEAMS
from tests.pages.conftest import ROOT
from tests.pages.test_shared import AUTH

TRACK = "go-cli-docker-builder"
EXPECTED = matrix.read(matrix.PAGES)
SEEN = matrix.read(matrix.SEEN)
#: What a deep link was able to make Streamlit do: run the file of a page and nothing around it.
ALONE = """
import runpy
import streamlit as st
runpy.run_path(st.session_state["file"], run_name="__main__")
"""
REFUSED = {title: said for said, title in matrix.TITLES.items()}
#: Whose things somebody asks for who may not see them; of two the nearer.
VICTIM = {
    "stranger": "Kestrel", "off": "Kestrel", "guest": "Kestrel", "member": "Osprey", "elsewhere": "Kestrel",
    "lead": "Osprey", "leader": "Heron", "coach": "Heron", "admin": "Heron", "other": "Kestrel",
}  # fmt: skip


def path_of(name: str) -> str:
    return "" if name == "home" else name


def shown(titles: list[str]) -> str:
    """What stands in a cell for what was shown."""
    refused = [REFUSED[title] for title in titles if title in REFUSED]
    return refused[0] if len(titles) == 1 and refused else "y" if titles and not refused else f"{titles}"


def wrong(found: dict[str, str], role: str) -> dict[str, tuple[str, str]]:
    """Pages where something else is shown than the table says: (said, shown)."""
    said = {name: cells[role] for name, cells in EXPECTED.items()}
    assert found.keys() <= said.keys()
    return {name: (said[name], each) for name, each in found.items() if said[name] != each}


def test_the_table_has_every_page_and_every_role():
    assert set(map(path_of, EXPECTED)) == set(BY_PATH)
    assert all(list(cells) == list(matrix.ROLES) for cells in EXPECTED.values())
    assert VICTIM.keys() == matrix.ROLES.keys()
    assert all(SEEN[VICTIM[role]][role] == "." for role in matrix.ROLES)


@pytest.mark.parametrize("role", [role for role in matrix.ROLES if role != "stranger"])
def test_through_the_shell(inside, role):
    """Whoever is not signed in has no pages to switch to; theirs come over the websocket."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.secrets["auth"], at.user = AUTH, {"is_logged_in": True, "sign_in": inside.keys[role]}
    at.run()
    found = {}
    for name in EXPECTED:
        for param, value in (pair.split("=") for pair in inside.teams[VICTIM[role]].address.split("&")):
            at.query_params[param] = value
        at.switch_page(page_file(path_of(name))).run()
        assert not at.exception, (name, at.exception)
        found[name] = shown([each.value for each in at.title])
    assert wrong(found, role) == {}


@pytest.mark.parametrize("role", ["member", "lead", "leader", "coach"])
def test_no_link_leads_to_a_page_that_refuses(inside, role):
    """With what is theirs, in a service that nothing has been collected of, and in a team that has nothing at all."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.secrets["auth"], at.user = AUTH, {"is_logged_in": True, "sign_in": inside.keys[role]}
    place = inside.teams["Kestrel"].place
    empty = teams.create_service(place.who, place.team_id, "Empty")
    bare = teams.create_team(place.who, inside.organization, "Bare")
    choices.choose(place.who, bare, TRACK, "To begin with")
    with store.writing() as session:
        session.add_all(
            Membership(person_id=inside.people[each], team_id=bare, role="member") for each in ("member", "lead")
        )
    at.run()
    address = dict(pair.split("=") for pair in inside.teams["Kestrel"].address.split("&"))
    theirs = [name for name, cells in EXPECTED.items() if cells[role] == "y"]
    looks = [(name, address) for name in theirs]
    looks += [(name, address | {"service": str(empty)}) for name in ("home", "overview", "delivery", "rule")]
    own = {"team": str(bare), "service": "0", "track": TRACK, "poc": next(iter(catalog.pocs(TRACK)))}
    looks += [(name, own) for name in theirs]
    refused = {}
    for name, query in looks:
        at.query_params.clear()
        for param, value in query.items():
            at.query_params[param] = value
        at.switch_page(page_file(path_of(name))).run()
        assert not at.exception, (name, at.exception)
        led = {link.proto.page: link.proto.label for link in at.get("page_link") if not link.proto.external}
        assert led.keys() <= BY_PATH.keys()
        if bad := {label: page for page, label in led.items() if EXPECTED[page or "home"][role] != "y"}:
            refused[name, query["team"], query["service"]] = bad
    assert refused == {}


@pytest.mark.parametrize("role", matrix.ROLES)
def test_the_file_of_a_page_past_the_shell(inside, role):
    """What is refused is refused by the page itself: its first line asks."""
    at = AppTest.from_string(ALONE, default_timeout=60)
    at.secrets["auth"] = AUTH
    at.user = {"is_logged_in": True, "sign_in": inside.keys[role]} if role != "stranger" else {}
    found = {}
    for spec in PAGES:
        name = spec.path or "home"
        if EXPECTED[name][role] == "y":
            continue
        at.session_state["file"] = str(ROOT / "pages" / spec.file)
        at.run()
        assert not at.exception, (name, at.exception)
        found[name] = shown([each.value for each in at.title])
    assert wrong(found, role) == {}


def test_over_the_websocket_of_a_fresh_process(portal, told):
    """The first of all is a stranger with a deep link to a page of administrators. Of everything that comes, not a byte
    names what is not theirs; and what is theirs is named, or the test could not tell."""
    found: dict[str, dict[str, str]] = {role: {} for role in matrix.ROLES}
    leaked, missing, hashes = {}, {}, {}
    names = sorted(EXPECTED, key=lambda name: name != "people")
    for role in matrix.ROLES:
        theirs = {team for team in TEAMS if SEEN[team][role] == "y"}
        seen: set[str] = set()
        tab = Tab(portal, told.keys[role])
        for name in names:
            if EXPECTED[name][role] != "y":  # the first thing that is asked for on a connection
                tab.connection.close()
                tab = Tab(portal, told.keys[role])
            heard = tab.ask(path_of(name), told.teams[VICTIM[role]].address)
            hashes |= heard.pages if role == "admin" else {}
            found[role][name] = shown(heard.titles)
            seen |= heard.names(*TEAMS)
            if more := heard.names(*TEAMS) - theirs:
                leaked[role, name] = more
        tab.connection.close()
        if seen != theirs:
            missing[role] = theirs - seen
    assert {role: bad for role, cells in found.items() if (bad := wrong(cells, role))} == {}
    assert (leaked, missing) == ({}, {})
    # What the server itself calls a page is no way in either.
    assert len(hashes) == len(PAGES)
    for role in ("stranger", "off", "guest", "member"):
        with Tab(portal, told.keys[role]) as tab:
            for name, cells in EXPECTED.items():
                if cells[role] != "y":
                    heard = tab.ask("", told.teams["Kestrel"].address, hashes[path_of(name)])
                    assert shown(heard.titles) in (cells[role], EXPECTED["home"][role]), (role, name)
                    assert not heard.names(*(team for team in TEAMS if SEEN[team][role] != "y")), (role, name)


def test_over_http_a_page_is_the_same_for_everybody(portal, told):
    """What comes is the frame of Streamlit, without anything of ours in it; all else goes over the websocket."""
    bodies = {answered(portal, f"/{path_of(name)}?{told.teams['Kestrel'].address}")[2] for name in EXPECTED}
    assert len(bodies) == 1
    (body,) = bodies
    assert not any(team.encode() in body for team in TEAMS)
