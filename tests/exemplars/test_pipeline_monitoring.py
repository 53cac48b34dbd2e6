"""Pipelines are measured, alerted on and routed: the three proofs of concept of that track, run."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.exemplars import copied, run, workflows
from tests.need import need

TRACK = "pipeline-monitoring"
MEASURE = "measure-the-pipeline"
ALERTS = "alerts-as-code"
ROUTES = "route-and-learn"
ROUTED = "monitoring/alertmanager.yml"
JOB = {
    "created_at": "2026-11-29T08:00:00Z",
    "started_at": "2026-11-29T08:00:30Z",
    "completed_at": "2026-11-29T08:05:30Z",
    "conclusion": "success",
    "steps": [{"name": "Cache missed", "conclusion": "skipped"}],
}
RUN = {
    "id": 7,
    "name": "ci",
    "run_attempt": 1,
    "conclusion": "success",
    "event": "push",
    "head_sha": "a" * 40,
    "run_started_at": "2026-11-29T08:00:00Z",
    "updated_at": "2026-11-29T08:05:31Z",
}


@contextmanager
def forge_and_collector(refused: int = 0) -> Iterator[tuple[str, list[tuple[str, str, dict]]]]:
    """Their address, and what was sent to the collector: (path, authorization, payload) each."""
    sent: list[tuple[str, str, dict]] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.say({"jobs": [JOB]} if "/jobs" in self.path else {"workflow_runs": [RUN]})

        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent.append((self.path, self.headers["Authorization"], payload))
            self.say({"partialSuccess": {"rejectedDataPoints": str(refused)}} if refused else {})

        def say(self, answer: dict) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("localhost", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", sent
        server.shutdown()


def measured(folder, address: str, code: int = 0):
    window = ["--since", "2026-11-29T08:00:00Z", "--until", "2026-11-29T09:00:00Z"]
    command = [
        sys.executable,
        "tools/pipeline_metrics.py",
        "--repository",
        "shop/web",
        "--report",
        "cost.json",
        *window,
    ]
    settings = {"GITHUB_API_URL": address, "GITHUB_TOKEN": "a", "OTLP_ENDPOINT": address, "OTLP_TOKEN": "b"}
    return run(command, folder, code=code, seconds=30, **settings)


def test_the_measuring_passes_its_own_tests(tmp_path):
    folder = copied(tmp_path, TRACK, MEASURE)
    run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], folder, seconds=60)


def test_the_measuring_reads_the_forge_and_sends_to_the_collector(tmp_path):
    folder = copied(tmp_path, TRACK, MEASURE)
    with forge_and_collector() as (address, sent):
        measured(folder, address)
    [(path, authorization, payload)] = sent
    assert (path, authorization) == ("/v1/metrics", "Bearer b")
    metrics = payload["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    durations, waits = metrics[0]["histogram"]["dataPoints"]
    assert (metrics[0]["name"], durations["sum"], waits["sum"]) == ("cicd.pipeline.run.duration", 300.0, 30.0)
    cost = json.loads((folder / "cost.json").read_text())
    assert (cost["runs"], cost["api_calls"]) == (1, 3)


def test_a_collector_that_refuses_is_not_taken_for_one_that_took_it(tmp_path):
    folder = copied(tmp_path, TRACK, MEASURE)
    with forge_and_collector(refused=2) as (address, _):
        assert measured(folder, address, code=1).stderr == "the collector refused 2 data points\n"


def test_the_workflows_of_the_measuring_are_right(tmp_path):
    assert workflows(copied(tmp_path, TRACK, MEASURE)) == []


def names(folder, pattern: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.glob(pattern))]


def test_prometheus_takes_the_rules(tmp_path):
    folder = copied(tmp_path, TRACK, ALERTS)
    said = run([need("promtool"), "check", "rules", *names(folder, "rules/*.yml")], folder).stdout
    assert said.count("SUCCESS") == 2


def test_the_tests_of_the_rules_pass(tmp_path):
    folder = copied(tmp_path, TRACK, ALERTS)
    said = run([need("promtool"), "test", "rules", *names(folder, "rules/tests/*.yml")], folder).stdout
    assert said.count("SUCCESS") == 3


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ci_consecutive_failures > 3", "ci_consecutive_failures > 2"),
        ("ci_consecutive_failures > 3", "ci_consecutive_failures > 4"),
        ("[10m]) > 0.85", "[10m]) >= 0.85"),
        ("[10m]) > 0.85", "[10m]) > 85"),
        ("ci:queue_seconds:p90_1h > 300", "ci:queue_seconds:p90_1h > 3000"),
        ("ci:cache_hit:ratio_7d < 0.7", "ci:cache_hit:ratio_7d > 0.7"),
        ("severity: medium", "severity: high"),
    ],
)
def test_the_test_that_is_handed_out_finds_a_wrong_rule(tmp_path, right, wrong):
    folder = copied(tmp_path, TRACK, ALERTS)
    rules = folder / "rules" / "alerts.yml"
    assert right in rules.read_text()
    rules.write_text(rules.read_text().replace(right, wrong))
    run([need("promtool"), "test", "rules", "rules/tests/shared_test.yml"], folder, code=1)


def test_data_that_stay_away_are_missed_once_and_not_for_another_three_hours(tmp_path):
    folder = copied(tmp_path, TRACK, ALERTS)
    rules = folder / "rules" / "alerts.yml"
    right, wrong = "absent(ci_consecutive_failures)", "absent_over_time(ci_consecutive_failures[3h])"
    assert right in rules.read_text()
    rules.write_text(rules.read_text().replace(right, wrong))
    run([need("promtool"), "test", "rules", "rules/tests/alerts_test.yml"], folder, code=1)


def test_a_rule_that_asks_for_what_no_rule_records_fails_its_own_tests(tmp_path):
    folder = copied(tmp_path, TRACK, ALERTS)
    (folder / "rules" / "measures.yml").write_text("groups: []\n")
    run([need("promtool"), "test", "rules", "rules/tests/alerts_test.yml"], folder, code=1)


def test_the_workflows_of_the_alerts_are_right(tmp_path):
    assert workflows(copied(tmp_path, TRACK, ALERTS)) == []


def test_alertmanager_takes_the_routes(tmp_path):
    folder = copied(tmp_path, TRACK, ROUTES)
    assert "SUCCESS" in run([need("amtool"), "check-config", ROUTED], folder).stdout


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (["severity=high"], "pager,team-chat"),
        (["severity=medium"], "team-chat"),
        (["severity=low"], "weekly-list"),
        (["alertname=NobodyThoughtOf"], "team-chat"),
    ],
)
def test_each_severity_reaches_whom_it_should(tmp_path, labels, receivers):
    folder = copied(tmp_path, TRACK, ROUTES)
    command = [need("amtool"), "config", "routes", "test", f"--config.file={ROUTED}"]
    assert run([*command, *labels], folder).stdout.strip() == receivers


def test_a_route_that_pages_for_everything_is_seen(tmp_path):
    folder = copied(tmp_path, TRACK, ROUTES, "near/routed--low-alerts-page")
    command = [need("amtool"), "config", "routes", "test", f"--config.file={ROUTED}"]
    run([*command, "--verify.receivers=weekly-list", "severity=low"], folder, code=1)


@pytest.mark.parametrize("name", ["builds", "delivery"])
def test_the_boards_are_whole(tmp_path, name):
    board = json.loads((copied(tmp_path, TRACK, ROUTES) / "dashboards" / f"{name}.json").read_text())
    panels = board["panels"]
    assert board["title"] and len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        assert panel["title"] and panel["description"] and all(target["expr"] for target in panel["targets"])
        place = panel["gridPos"]
        cells = {(x, place["y"]) for x in range(place["x"], place["x"] + place["w"])}
        assert not cells & taken and place["x"] + place["w"] <= 24
        taken |= cells


def expressions(folder) -> Iterator[str]:
    for path in sorted(folder.glob("dashboards/*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            yield from (target["expr"] for target in panel["targets"])


def test_prometheus_understands_what_the_boards_and_the_page_of_metrics_ask(tmp_path):
    asked = list(expressions(copied(tmp_path, TRACK, ROUTES)))
    page = (copied(tmp_path, TRACK, MEASURE) / "docs" / "metrics.md").read_text()
    asked += [line.split("`")[-2] for line in page.splitlines() if line.endswith("` |")]
    assert len(asked) == 18
    rules = {"groups": [{"name": "asked", "rules": [{"record": f"asked:{n}", "expr": e} for n, e in enumerate(asked)]}]}
    (tmp_path / "asked.yml").write_text(json.dumps(rules))
    assert "18 rules found" in run([need("promtool"), "check", "rules", "asked.yml"], tmp_path).stdout


def test_the_workflows_of_the_routes_are_right(tmp_path):
    assert workflows(copied(tmp_path, TRACK, ROUTES)) == []
