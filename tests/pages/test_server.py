"""The door for machines, and what the process is set to."""

import gc
import json
import logging
import subprocess
import sys
import tomllib

import pytest
import streamlit as st
from starlette.applications import Starlette

import gate
import server
from content.checking import ContentError
from data import access, store
from pages.ui import content_unread
from tests.loop import in_a_loop
from tests.pages.conftest import ROOT


def answer_of(route: str) -> tuple[int, dict]:
    """Status and body of a route behind the middleware."""
    app, sent = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE), []
    scope = {"type": "http", "method": "GET", "path": route, "raw_path": route.encode(), "query_string": b""}

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    in_a_loop(app({**scope, "headers": [], "http_version": "1.1", "root_path": ""}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_ready_means_that_the_database_answers(home):
    assert answer_of("/readyz") == (200, {"status": "ok", "data_version": store.version()})


def test_a_database_that_does_not_answer_is_told_without_its_reason(bare_home):
    """Nothing has been migrated here: the table is missing."""
    assert answer_of("/healthz") == (200, {"status": "ok"})
    assert answer_of("/readyz") == (503, {"status": "the database does not answer"})


def test_the_policy_names_each_inline_script_of_the_page_that_streamlit_ships():
    policy = gate.of_pages()
    assert policy.count("'sha256-") == 1 and "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy


@pytest.fixture
def shown(monkeypatch):
    """What `st.error` was called with."""
    calls = []
    monkeypatch.setattr(st, "error", lambda body, title=None: calls.append((title, body)))
    return calls


def test_an_error_shows_a_reference_and_logs_the_traceback_under_it(shown, caplog):
    with caplog.at_level(logging.ERROR, logger="milepost"):
        assert server.on_script_error(RuntimeError("secret://user:password@host")) is True
    title, body = shown[0]
    assert title == "Something went wrong" and "secret" not in body
    reference = caplog.records[0].args[0]
    assert reference in body and caplog.records[0].exc_info


def test_what_one_may_not_is_said_as_it_is(shown, caplog):
    assert server.on_script_error(access.Forbidden("You may not do this.")) is True
    assert shown == [("You may not do this", "You may not do this.")] and not caplog.records


def test_content_that_cannot_be_read_is_named_with_its_file(home, shown, monkeypatch, caplog):
    monkeypatch.setattr(content_unread, "links", lambda user: None)
    error = ContentError("tracks/a/modules/b.md: it begins with front matter between two lines of ---")
    assert server.on_script_error(error) is True
    title, body = shown[0]
    assert title == "The learning content cannot be read at the moment"
    assert "tracks/a/modules/b.md" in body.replace("\\", "")
    assert caplog.records[0].exc_info


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.postScriptGC", False),
        ("client.showErrorDetails", "none"),
        ("client.disableDataExport", True),
        ("browser.gatherUsageStats", False),
        ("server.address", "127.0.0.1"),
        ("server.allowedHosts", ["localhost", "127.0.0.1", "::1"]),
    ],
)
def test_the_process_is_set_up_as_measured(option, value):
    section, name = option.split(".")
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        assert tomllib.load(file)[section][name] == value
    st.config.get_option(option)  # it is an option that this Streamlit knows: else it raises


def test_the_heap_is_frozen_once_everything_is_loaded(home, monkeypatch):
    monkeypatch.setenv("MILEPOST_WORKER", "external")

    async def start() -> int:
        async with server.lifespan(None):
            return gc.get_freeze_count()

    gc.unfreeze()
    try:
        assert in_a_loop(start()) > 50_000
    finally:
        gc.freeze()  # as it was: see tests/conftest.py


def test_both_sides_of_app_are_guarded():
    """What a server imports has switched the pages folder off, before any page could be asked for."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import app; from streamlit.runtime.pages_manager import PagesManager as P; print(P.uses_pages_directory)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split()[-1] == "False"
