"""Events go through a real Kafka into a real Redis, as the verifying workflow has it; and the handed-out tests notice
each mistake that they are there for."""

import json
import os
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.content.test_verification_workflows import FOLDER, carried_out
from tests.exemplars import copied, exemplar, linted, run
from tests.need import need

TRACK = "real-time-processing"
VIEW, FAILURES, LATENCY = "event-to-view", "failures-survived", "latency-and-lag"
POCS = (VIEW, FAILURES, LATENCY)


@pytest.fixture
def servers(kafka_broker, redis_on_a_port, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP", kafka_broker)
    monkeypatch.setenv("REDIS_URL", redis_on_a_port)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    monkeypatch.setenv("GITHUB_OUTPUT", os.devnull)


PREPARING = ("Install", "Broker and Redis")


def test_a_first_reader_is_verified(servers, tmp_path):
    folder = copied(tmp_path, TRACK, VIEW)
    carried_out("realtime.yml", "pipeline", folder, tmp_path, (*PREPARING, "Protected tests"))


def test_a_reader_that_cannot_be_broken_is_verified(servers, tmp_path):
    carried_out("realtime.yml", "failures", copied(tmp_path, TRACK, FAILURES), tmp_path, PREPARING)


def test_what_the_last_one_shows_is_measured(servers, tmp_path):
    folder = copied(tmp_path, TRACK, LATENCY)
    carried_out("realtime.yml", "latency", folder, tmp_path, PREPARING)
    measured = json.loads((tmp_path / "latency.json").read_text())
    assert measured["n"] == 1500 and measured["lost"] == 0
    assert 0 < measured["p50_s"] <= measured["p95_s"] <= measured["max_s"]


def test_the_running_program_tells_prometheus_how_late_it_is(servers, tmp_path):
    folder = copied(tmp_path, TRACK, LATENCY)
    (folder / "tests" / "test_metrics.py").write_text(METRICS)
    pytested(folder, "tests/test_metrics.py", "tests/test_board.py")


METRICS = """
import socket
import urllib.request

from harness import event, place, until


def said(port):
    try:
        return urllib.request.urlopen(f"http://localhost:{port}/metrics", timeout=5).read().decode()
    except OSError:
        return ""


def test_metrics():
    with socket.socket() as tried:
        tried.bind(("", 0))
        port = tried.getsockname()[1]
    with place() as here, here.running(METRICS_PORT=str(port)):
        here.send(event(1), event(1), b"[]")
        until(lambda: 'board_events_total{result="dead"} 1.0' in said(port), "the dead letter is told of")
        until(lambda: said(port).count("board_lag_events{") == 3, "each of three partitions has a lag")
        assert 'board_events_total{result="repeated"} 1.0' in said(port)
        assert "board_delay_seconds_count 1.0" in said(port)
"""


def pytested(folder: Path, *arguments: str, code: int = 0) -> str:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", *arguments]
    return run(words, folder, code=code, PYTEST_ADDOPTS="", COLUMNS="200", PATIENCE="8").stdout


SEND, READ, LOOK = "pipeline/publish.py", "pipeline/consume.py", "pipeline/view.py"
#: mistake -> (proof of concept, file, what of it becomes what, the handed-out test that must notice)
MISTAKES = {
    "events without a key": (
        VIEW,
        SEND,
        [("sending.produce(topic, key=event.service.encode(), ", "sending.produce(topic, ")],
        "test_events_of_a_service_keep_their_order_by_their_key",
    ),
    "what was not delivered is not said": (
        VIEW,
        SEND,
        [('    return failed + ["no answer"] * left\n', "    return []\n")],
        "test_what_the_broker_does_not_take_is_said",
    ),
    "only what comes after the start": (
        VIEW,
        READ,
        [('"auto.offset.reset": "earliest"', '"auto.offset.reset": "latest"')],
        "test_what_came_while_it_was_away_is_read_later",
    ),
    "events are counted each time they come": (
        FAILURES,
        LOOK,
        [("                    if pipe.exists(seen):\n                        return False\n", "")],
        "test_an_event_that_comes_twice_is_counted_once",
    ),
    "committed before it is counted": (
        FAILURES,
        READ,
        [
            (
                "                for message in messages:\n                    self._handle(message)\n"
                "                if messages:\n                    self._reading.commit(asynchronous=False)\n",
                "                if messages:\n                    self._reading.commit(asynchronous=False)\n"
                "                for message in messages:\n                    self._handle(message)\n"
                "                    time.sleep(0.002)\n",
            )
        ],
        "test_nothing_is_lost_or_counted_twice_when_it_is_killed",
    ),
    "a bad event is dropped": (
        FAILURES,
        READ,
        [("            self._letters.put(message, str(bad))\n", "")],
        "test_poison_goes_aside_and_those_behind_it_are_counted",
    ),
    "a Redis that is away makes dead letters": (
        FAILURES,
        READ,
        [
            (
                "                if time.monotonic() - begun > PATIENCE:\n                    raise\n",
                "                return self._letters.put(message, str(error))\n",
            )
        ],
        "test_events_wait_while_redis_is_away",
    ),
    "numbers stay for ever": (
        FAILURES,
        LOOK,
        [("                    pipe.expire(number, KEEP)\n", "")],
        "test_whatever_is_written_goes_away_by_itself",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_handed_out_tests_notice_a_mistake(servers, tmp_path, mistake):
    poc, path, replacements, test = MISTAKES[mistake]
    folder = copied(tmp_path, TRACK, poc)
    text = (folder / path).read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / path).write_text(text, encoding="utf-8")
    assert f"::{test} " in noticed(folder, test)


def noticed(folder: Path, test: str) -> str:
    """What the tests say of a mistake. One that shows only when a kill falls between two steps gets three kills."""
    for _ in range(2):
        try:
            return pytested(folder, "tests", "-k", test, code=1)
        except pytest.fail.Exception:
            continue
    return pytested(folder, "tests", "-k", test, code=1)


def test_nobody_is_told_that_all_is_well_without_a_broker(tmp_path):
    need("kafka")
    folder = copied(tmp_path, TRACK, VIEW)
    said = run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_pipeline.py"], folder, code=1,
        KAFKA_BOOTSTRAP="", REDIS_URL="",
    ).stdout  # fmt: skip
    assert "set KAFKA_BOOTSTRAP and REDIS_URL" in said


def test_prometheus_takes_the_rules_and_their_tests_pass(tmp_path):
    folder = copied(tmp_path, TRACK, LATENCY)
    run([need("promtool"), "check", "rules", "rules/board.yml"], folder)
    assert "SUCCESS" in run([need("promtool"), "test", "rules", "rules/tests/board_test.yml"], folder).stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("sum(board_lag_events) > 500", "max(board_lag_events) > 500"),
        ("absent(board_last_look_timestamp_seconds) or ", ""),
        (" or time() - max(board_last_look_timestamp_seconds) > 120", ""),
        ('result="dead"', 'result="died"'),
    ],
)
def test_the_tests_of_the_rules_find_a_wrong_rule(tmp_path, right, wrong):
    folder = copied(tmp_path, TRACK, LATENCY)
    rules = folder / "rules" / "board.yml"
    assert right in rules.read_text()
    rules.write_text(rules.read_text().replace(right, wrong))
    run([need("promtool"), "test", "rules", "rules/tests/board_test.yml"], folder, code=1)


def test_the_alerts_ask_for_what_the_program_says(tmp_path):
    folder = exemplar(TRACK, LATENCY)
    said = (folder / "pipeline" / "metrics.py").read_text()
    for name in ("board_lag_events", "board_last_look_timestamp_seconds", "board_events"):
        assert f'"{name}"' in said and name in (folder / "rules" / "board.yml").read_text()


def test_the_workflows_are_right():
    assert linted([path for poc in POCS for path in exemplar(TRACK, poc).glob(".github/workflows/*.yml")]) == []


@pytest.mark.parametrize("poc", POCS)
def test_broker_and_redis_are_those_of_the_verifying_workflow(poc):
    composed = YAML(typ="safe", pure=True).load((exemplar(TRACK, poc) / "compose.yml").read_text())
    script = (FOLDER / "realtime.yml").read_text()
    for each in composed["services"].values():
        assert f" {each['image']}\n" in script
        assert all(port.startswith("127.0.0.1:") for port in each["ports"])


def test_what_is_handed_out_is_the_same_in_all_three():
    for name in ("harness.py", "test_pipeline.py"):
        assert len({(exemplar(TRACK, poc) / "tests" / name).read_text() for poc in POCS}) == 1
    assert len({(exemplar(TRACK, poc) / "tests" / "test_failures.py").read_text() for poc in POCS[1:]}) == 1
