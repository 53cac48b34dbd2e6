"""What an attacker can say over the websocket who has a cookie, or none, and writes the messages by hand."""

import sqlite3
import time

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from data import sessions
from tests.doors import visiting
from tests.doors.visiting import Tab
from tests.doors.world import TEAMS

CONNECT = visiting.connect


def forged(payload: str, how: str) -> str:
    """A right cookie, and what somebody made of it."""
    letters = list(payload)
    at = payload.index(f"{visiting.USER}=") + len(visiting.USER) + 20
    letters[at] = "A" if letters[at] != "A" else "B"
    return {"a letter": "".join(letters), "cut": payload[:-4], "another name": payload.replace("_user=", "_usex=")}[how]


@pytest.mark.parametrize("how", ["a letter", "cut", "another name"])
def test_a_cookie_that_somebody_changed_is_nobody(portal, told, how, monkeypatch):
    real = visiting.cookies
    monkeypatch.setattr(visiting, "cookies", lambda key, address: forged(real(key, address), how))
    with Tab(portal, told.keys["admin"]) as tab:
        heard = tab.ask("people")
    assert heard.titles == ["Sign in to Milepost"] and not heard.names(*TEAMS)


def test_a_cookie_of_another_secret_or_another_portal_is_nobody(portal, told, monkeypatch):
    real = visiting.cookies
    with monkeypatch.context() as patch:
        patch.setattr(visiting, "SECRET", "x" * 32)
        with Tab(portal, told.keys["admin"]) as tab:
            assert tab.ask("people").titles == ["Sign in to Milepost"]
    monkeypatch.setattr(visiting, "cookies", lambda key, address: real(key, "https://other.example"))
    with Tab(portal, told.keys["admin"]) as tab:
        assert tab.ask("people").titles == ["Sign in to Milepost"]


def test_a_key_that_is_a_digest_or_made_up_is_nobody(portal, told):
    """Whoever has read the store has digests and no keys."""
    for key in (sessions.digest(told.keys["admin"]), "x" * 43, "", told.keys["admin"][:-1]):
        with Tab(portal, key) as tab:
            assert tab.ask("people").titles == ["Sign in to Milepost"]


def test_a_page_of_another_site_gets_no_connection(portal, told, monkeypatch):
    for wrong in ("https://evil.example", portal.replace("http:", "https:"), portal + "1", "null"):
        monkeypatch.setattr(visiting, "connect", lambda to, wrong=wrong, **by: CONNECT(to, **by | {"origin": wrong}))
        with pytest.raises(InvalidStatus):
            Tab(portal, told.keys["admin"])


def test_buttons_of_a_page_that_is_not_theirs_do_nothing(portal, told):
    """The ids of buttons are the same for everybody: who knows them can say that they were pressed."""
    with Tab(portal, told.keys["other"]) as tab:
        begun = tab.ask("teams")
    assert begun.titles == ["Teams and services"]
    ids = sorted({each for each in begun.all.decode("latin-1").split("$$ID-")[1:]})
    pressed = ["$$ID-" + each.split("\n")[0].split("\x12")[0][:120] for each in ids][:40]
    assert pressed
    with Tab(portal, told.keys["member"]) as tab:
        heard = tab.ask("teams", pressed=pressed)
        assert heard.titles == ["No access"] and not heard.names("Osprey", "Heron")
        with pytest.raises(TimeoutError):  # of a part of a page that was never drawn for them, nothing comes
            tab.ask("teams", pressed=pressed, fragment_id="a" * 32, wait=1)


def test_a_session_that_ends_is_over_on_an_open_connection(portal, portal_home, told):
    """The row is taken from under it, as signing out elsewhere does."""
    key, home = told.keys["coach"], portal_home
    with Tab(portal, key) as tab:
        assert tab.ask("overview").titles != ["Sign in to Milepost"]
        with sqlite3.connect(home / "milepost.db") as connection:
            row = connection.execute("select * from sign_in where digest = ?", [sessions.digest(key)]).fetchone()
            connection.execute("delete from sign_in where digest = ?", [sessions.digest(key)])
        try:
            heard = tab.ask("overview")
            assert heard.titles == ["Sign in to Milepost"] and not heard.names(*TEAMS)
        finally:
            with sqlite3.connect(home / "milepost.db") as connection:
                connection.execute(f"insert into sign_in values ({','.join('?' * len(row))})", row)


def test_the_caches_of_everybody_are_not_a_strangers_to_empty(portal, told):
    """Emptying them ends with the script run again in Streamlit; here nothing comes at all."""
    with Tab(portal, None) as tab:
        tab.ask("")
        for name in ("clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"):
            said = BackMsg()
            setattr(said, name, True)
            tab.connection.send(said.SerializeToString())
        with pytest.raises(TimeoutError):
            while True:
                tab.connection.recv(timeout=0.3)
    with Tab(portal, told.keys["admin"]) as tab:
        assert tab.ask("people").titles == ["People"], "and the process goes on"


def test_what_is_no_message_ends_the_connection_and_nothing_else(portal):
    with Tab(portal, None) as tab:
        tab.connection.send(b"\xff" * 100)
        with pytest.raises(ConnectionClosed):
            while True:
                tab.connection.recv(timeout=10)


def test_a_page_that_asks_without_end_is_slowed_down(portal):
    with Tab(portal, None) as tab:
        beat = BackMsg(app_heartbeat=True).SerializeToString()
        tab.ask("")
        begun = time.monotonic()
        for _ in range(90):
            tab.connection.send(beat)
        answered = 0
        while answered < 90:
            tab.connection.recv(timeout=20)
            answered += 1
        assert time.monotonic() - begun > 1, "thirty of them waited for their twentieth of a second"
