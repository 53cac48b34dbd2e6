"""`python milepost.py serve`, as a process of its own, and every example of docs/api.md against it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from data import badges, hooks, people, queries, store, tokens
from data.api import __main__ as command
from data.tables import Deployment, Incident
from tests import nursery
from tests.data.arrange import Place
from tests.server.client import Client
from tests.server.conftest import SENT
from tests.server.test_facts import stored

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)
SECRET = "the secret of the webhooks"


@pytest.fixture
def process(home, monkeypatch):
    """The door on a free port, with a worker beside it; the address."""
    monkeypatch.setenv("MILEPOST_WEBHOOK_SECRET", SECRET)
    monkeypatch.delenv("MILEPOST_JOBS")
    with nursery.start([sys.executable, "milepost.py", "worker"], cwd=ROOT, stderr=subprocess.DEVNULL) as worker:
        started = start()
        try:
            yield started
        finally:
            for each in (started, worker):
                each.terminate()
                each.wait(30)


def start(*options: str, by=nursery.start) -> nursery.Process:
    arguments = [sys.executable, "milepost.py", "serve", "--port", "0", *options]
    return by(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def address(process: nursery.Process) -> str:
    said = process.stdout.readline()
    return re.search(r"http://\S+", said)[0]


def wait_until(true, seconds: float = 30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_every_example_of_the_document_works(process, tmp_path):
    who = people.local_person()
    place = Place(who, "Shop", SENT)
    badge = badges.switch_on(who, place.service_id)
    hook = hooks.open_hook(who, place.service_id, SECRET)
    known = {
        **os.environ, "MILEPOST": address(process), "SERVICE": str(place.service_id), "HOOK_SECRET": SECRET,
        "TOKEN": tokens.create(who, place.organization_id, "CI", tokens.SCOPES, place.service_id),
        "HOOK": f"/webhooks/pagerduty/{hook}", "BADGE": f"/badge/{badge}.svg", "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "2", "GITHUB_SHA": "a" * 40, "GITHUB_WORKFLOW": "deploy",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SERVER_URL": "https://github.com",
    }  # fmt: skip
    for missing in ("curl", "openssl"):
        if shutil.which(missing) is None:
            pytest.skip(f"{missing} was not found on this machine")

    def run(script: str, **more: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], env=known | more, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, (script, done.stdout, done.stderr)
        return done.stdout

    examples = [text for language, text in BLOCKS if language == "bash"]
    said = "".join(map(run, examples))
    assert len(examples) >= 8 and re.findall(r'"saved": (\d)', said) == list("11101") and '"status": "pong"' in said
    assert '"openapi": "3.1.0"' in said and "<svg" in said and "milepost_jobs" in said

    (step,) = YAML(typ="safe").load(next(text for language, text in BLOCKS if language == "yaml"))
    settings = {"vars.MILEPOST": known["MILEPOST"], "secrets.MILEPOST_TOKEN": known["TOKEN"], "job.status": "failure"}
    given = {name: settings[re.fullmatch(r"\$\{\{ (.*) \}\}", text)[1]] for name, text in step["env"].items()}
    assert json.loads(run(step["run"], **given)) == {"saved": 1, "services": [place.service_id]}
    assert stored(Deployment, "deployment_id", "status") == [("1041", "success"), ("77-2", "failure")]
    assert [row[0] for row in stored(Incident, "incident_id")] == ["INC-7", "Q2AIN"]
    wait_until(lambda: (one := queries.service(who, place.service_id)).ready and one.judged)


def test_the_example_of_a_problem_is_what_is_answered(one_portal):
    (shown,) = [json.loads(text) for language, text in BLOCKS if language == "json"]
    sent = [{"id": "1", "finished_at": "2026-03-03T14:06:30"}]
    refused = one_portal.ask(service=one_portal.place.service_id).post("/api/v1/deployments", sent)
    assert refused.json == shown


def test_numbers_follow_within_seconds(process):
    who = people.local_person()
    place = Place(who, "Shop", SENT)
    token = tokens.create(who, place.organization_id, "CI", tokens.SCOPES, place.service_id)
    ask = Client(int(address(process).rpartition(":")[2]), token)
    sent = [{"id": str(each), "finished_at": f"2026-03-{each:02}T12:00:00Z"} for each in range(1, 20)]
    began = time.monotonic()
    assert ask.post("/api/v1/deployments", sent).status == 200
    there = f"/api/v1/services/{place.service_id}/metrics?weeks=1040"
    told = wait_until(lambda: (answer := ask.get(there).json)["judged"] and answer["up_to_date"] and answer)
    assert told["metrics"]["deployment_frequency"]["n"] == 19 and time.monotonic() - began < 15


def test_requests_that_have_begun_are_answered_when_it_is_told_to_stop(home):
    who = people.local_person()
    place = Place(who, "Shop", SENT)
    token = tokens.create(who, place.organization_id, "CI", tokens.SCOPES, place.service_id)
    process = start(by=subprocess.Popen)  # the command itself, from its start to its end
    port = int(address(process).rpartition(":")[2])
    body = b'{"id": "1", "finished_at": "2026-03-03T14:06:30Z"}'
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        lines = ("POST /api/v1/deployments HTTP/1.1", "Host: x", "Content-Type: application/json",
                 f"Authorization: Bearer {token}", f"Content-Length: {len(body)}",
                 "Expect: 100-continue", "", "")  # fmt: skip
        line.sendall("\r\n".join(lines).encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 100"), "now it waits for the body"
        line.sendall(body[:10])
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        line.sendall(body[10:])
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
    assert process.wait(30) == 0 and process.stderr.read() == ""
    with store.reading() as session:
        assert session.execute(select(Deployment.deployment_id)).scalars().all() == ["1"]


def test_an_address_that_is_taken_is_told_in_a_sentence(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--port", str(taken.getsockname()[1]))
        assert process.wait(60) == 2
    assert re.fullmatch(r"Cannot listen at 127\.0\.0\.1 port \d+: .*\n", process.stderr.read())


def test_the_commands_of_the_document(home, capsys, monkeypatch):
    who = people.local_person()
    service = str(Place(who, "Shop", SENT).service_id)

    def say(*arguments: str) -> tuple[int, str]:
        code = command.main(list(arguments))
        return code, "".join(capsys.readouterr())

    code, secret = say("token", "--name", "CI", "--service", service, "--scope", "read", "--days", "9")
    assert code == 0 and tokens.find(secret.strip()).scopes == {"read"}
    code, listed = say("tokens")
    assert secret[:11] in listed and secret.strip() not in listed and "never used" in listed
    assert say("revoke", "1") == (0, "Revoked.\n") and say("revoke", "7")[0] == 2
    with pytest.raises(tokens.Invalid):
        tokens.find(secret.strip())

    monkeypatch.setattr("sys.stdin.readline", lambda: f"{SECRET}\n", raising=False)
    code, path = say("hook", "--service", service)
    assert code == 0 and hooks.find(path.strip().rpartition("/")[2]).keys == (SECRET.encode(),)
    code, refused = say("hook", "--service", service, "--secret", SECRET)
    assert code == 2 and SECRET not in refused and "seen by others" in refused

    code, path = say("badge", "--service", service)
    assert (code, path.strip()) == (0, f"/badge/{badges.of(int(service))}.svg")
    assert say("badge", "--service", service, "--off")[0] == 0 and badges.of(int(service)) is None
    assert say("badge", "--service", "987")[0] == 2
