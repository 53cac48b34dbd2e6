"""`milepost.py sync`, as people and scripts use it, against the test GitHub; and what is never started."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

import milepost
from data import store
from data.tables import Change
from tests.data.hub import connected_to
from tests.test_cli import run

ROOT = Path(milepost.__file__).parent


@pytest.fixture
def hub(home, monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    with connected_to(monkeypatch) as hub:
        hub.fill("acme/shop", seed=1, pulls=30, issues=5, deployments=5, runs=20, releases=2, days=30)
        monkeypatch.setenv("SHOP_TOKEN", hub.token())
        yield hub


def test_sync_adds_a_repository_and_reads_it(hub, capsys):
    code, out, err = run(capsys, "sync", "acme/shop", "--token-env", "SHOP_TOKEN", "--team", "Web")
    assert (code, err) == (0, "")
    assert out.startswith("acme/shop: Read 30 changes")
    code, out, _ = run(capsys, "sync", "--all", "--format", "json")
    found = json.loads(out)
    assert (code, found["format"], found["read"], found["not_read"]) == (0, "milepost.sync/1", 1, 0)
    (source,) = found["sources"]
    assert (source["repository"], source["state"], source["new"]) == ("acme/shop", "up_to_date", {})
    assert (source["held"]["changes"] >= 30, source["problems"], source["calls"] > 0) == (True, {}, True)
    documented = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert [name for name in (*found, *source) if f"`{name}`" not in documented] == []


def test_sync_reads_a_source_by_its_number_and_what_came_since(hub, capsys):
    run(capsys, "sync", "acme/shop", "--token-env", "SHOP_TOKEN")
    hub.repository("acme/shop").pull("Later", merged=datetime.now(UTC))
    code, out, _ = run(capsys, "sync", "1")
    assert (code, "1 change;" in out or "1 change that" in out) == (0, True)


def test_sync_since_leaves_out_what_is_older(hub, capsys):
    since = f"{datetime.now(UTC) - timedelta(days=10):%Y-%m-%d}"
    run(capsys, "sync", "acme/shop", "--token-env", "SHOP_TOKEN", "--since", since)
    held = json.loads(run(capsys, "sync", "1", "--format", "json")[1])["sources"][0]["held"]
    whole = f"{datetime.now(UTC) - timedelta(days=60):%Y-%m-%d}"
    more = json.loads(run(capsys, "sync", "1", "--since", whole, "--format", "json")[1])["sources"][0]["held"]
    assert 0 < held["changes"] < more["changes"]


def test_sync_that_meets_a_limit_says_when_it_goes_on(hub, capsys):
    run(capsys, "sync", "acme/shop", "--token-env", "SHOP_TOKEN")
    hub.limit(0, 600)
    hub.repository("acme/shop").issue("New")
    code, out, _ = run(capsys, "sync", "acme/shop")
    assert code == 1
    assert "GitHub's hourly limit is used up" in out and "It goes on at 20" in out


def test_sync_names_the_missing_permission(hub, capsys, monkeypatch):
    permissions = {name: "read" for name in ("metadata", "contents", "issues", "pull_requests", "actions")}
    monkeypatch.setenv("SHOP_TOKEN", hub.token(permissions))
    code, out, _ = run(capsys, "sync", "acme/shop", "--token-env", "SHOP_TOKEN")
    assert (code, "give it deployments (read)" in out) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name what to read"),
        (["acme/shop", "--all"], "Name what to read"),
        (["--all"], "No repository of GitHub is read here yet"),
        (["acme/shop"], "acme/shop is not read here: add it in the portal, or give --token-env"),
        (["99"], "99 is not read here"),
        (["acme/none", "--token-env", "SHOP_TOKEN"], "GitHub has no acme/none"),
        (["acme/shop", "--token-env", "NOT_THERE"], "The environment variable NOT_THERE is not set or empty"),
        (["https://github.com/acme/shop", "--token-env", "SHOP_TOKEN"], "Write a repository as owner/name"),
    ],
)
def test_sync_with_nothing_to_read_says_why(hub, capsys, arguments, sentence):
    code, out, err = run(capsys, "sync", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)


def test_sync_stopped_by_the_keyboard_keeps_what_was_read(hub):
    hub.fault("hang", times=1, match="actions/runs.*created", seconds=60)
    command = [sys.executable, "milepost.py", "sync", "acme/shop", "--token-env", "SHOP_TOKEN"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    give_up = time.monotonic() + 60
    while not any("created" in str(each.query) for each in hub.requests) and time.monotonic() < give_up:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=90)
    assert (process.returncode, "Stopped." in err) == (130, True)
    hub.problems.clear()
    with store.reading() as session:
        assert session.execute(select(func.count()).select_from(Change)).scalar_one() >= 30


@pytest.mark.parametrize("command", [["sync", "--all"], ["run"], ["worker"], ["--help"]])
@pytest.mark.parametrize(("options", "variables"), [(["-O"], {}), ([], {"PYTHONOPTIMIZE": "1"})])
def test_nothing_starts_under_optimised_python(home, command, options, variables):
    start = [sys.executable, *options, "milepost.py", *command]
    done = subprocess.run(start, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Milepost does not run under python -O or with PYTHONOPTIMIZE")


@pytest.mark.parametrize("start", [["-m", "streamlit", "run", "app.py", "--server.port", "0"], ["-c", "import server"]])
def test_neither_do_the_pages_nor_the_door(home, start):
    done = subprocess.run([sys.executable, "-O", *start], cwd=ROOT, capture_output=True, text=True, timeout=60)
    refused = "Milepost does not run under python -O or with PYTHONOPTIMIZE" in done.stderr
    assert (done.returncode, refused) == (1, True)
