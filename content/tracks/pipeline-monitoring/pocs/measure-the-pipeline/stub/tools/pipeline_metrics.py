"""Turns finished pipeline runs into OpenTelemetry metrics, and sends them to a collector.

    python tools/pipeline_metrics.py --repository shop/web --since 2026-11-29T08:00:00Z --until 2026-11-29T09:00:00Z

Reads GITHUB_TOKEN (actions: read), OTLP_ENDPOINT (such as https://collector.example.com) and OTLP_TOKEN. With
RUNNERS_TOKEN (administration: read) it counts self-hosted runners too; without it, utilisation is not sent: no data is
not nought. Standard library only, so that the pipeline has nothing to install.
"""

import argparse
import json
import os
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

BOUNDS = [30, 60, 120, 180, 300, 450, 600, 900, 1200, 1800, 2700, 3600]  # seconds
RESULTS = {"success": "success", "failure": "failure", "timed_out": "timeout", "startup_failure": "error"}
DELTA = 1  # the aggregation temporality of OTLP
CACHE_STEP = "Cache missed"  # a step that is skipped when the cache was hit
LONGEST = timedelta(hours=6)  # a run that began earlier than this before the window is not looked for
RECENT = timedelta(days=14)  # how far back failures in a row are counted


class Api:
    """Reads the REST API of the forge, and counts the calls."""

    def __init__(self, token: str):
        self.token, self.calls = token, 0
        self.base = os.environ.get("GITHUB_API_URL", "https://api.github.com")

    def __call__(self, path: str) -> dict:
        self.calls += 1
        asked = urllib.request.Request(f"{self.base}/{path}", headers={"Accept": "application/vnd.github+json"})
        asked.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path.split('?')[0]} answered {error.code}; may this token read it?") from error


def collect(api, repository: str, branch: str, since: datetime, until: datetime) -> dict:
    """What happened in [since, until): durations and waits by workflow and result, look-ups in caches; and how the
    newest runs of each workflow stand."""
    early = (since - LONGEST).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = {"run": {}, "wait": {}, "cache": {}, "row": {}, "last": {}}
    for run in _runs(api, f"repos/{repository}/actions/runs?status=completed&created=%3E%3D{early}"):
        result = RESULTS.get(run["conclusion"])
        if result is None:  # cancelled, skipped, neutral: outside the count, neither good nor bad
            continue
        if instant(run["updated_at"]) < since:  # over before the window: its jobs need not be asked for
            continue
        path = f"repos/{repository}/actions/runs/{run['id']}/attempts/{run['run_attempt']}/jobs?per_page=100"
        jobs = [job for job in api(path)["jobs"] if job["completed_at"] and job["conclusion"] != "skipped"]
        if not jobs or not since <= max(instant(job["completed_at"]) for job in jobs) < until:
            continue
        first, last = min(instant(job["started_at"]) for job in jobs), max(instant(job["completed_at"]) for job in jobs)
        found["run"].setdefault((run["name"], result), []).append((last - first).total_seconds())
        for job in jobs:
            waited = (instant(job["started_at"]) - instant(job["created_at"])).total_seconds()
            found["wait"].setdefault(run["name"], []).append(max(0.0, waited))
            for step in job.get("steps", ()):
                if step["name"] == CACHE_STEP:
                    hits, looked = found["cache"].get(run["name"], (0, 0))
                    found["cache"][run["name"]] = (hits + (step["conclusion"] == "skipped"), looked + 1)
    _newest(api, repository, branch, until, found)
    return found


def _runs(api, path: str) -> list[dict]:
    """All runs listed there, newest first, page by page."""
    found = []
    for page in range(1, 11):  # the forge lists 1,000 at most
        part = api(f"{path}&per_page=100&page={page}")["workflow_runs"]
        found += part
        if len(part) < 100:
            break
    return found


def _newest(api, repository: str, branch: str, until: datetime, found: dict) -> None:
    """Failures in a row, newest first, and the duration of the last success; on the default branch, a commit counted
    once."""
    early = (until - RECENT).strftime("%Y-%m-%d")
    listed = _runs(api, f"repos/{repository}/actions/runs?status=completed&branch={branch}&created=%3E%3D{early}")
    over, seen = set(), set()
    for run in listed:
        name, result = run["name"], RESULTS.get(run["conclusion"])
        if result is None or (name, run["head_sha"]) in seen:
            continue
        if run["event"] == "pull_request":  # of a fork, whose branch may have the same name
            continue
        seen.add((name, run["head_sha"]))
        if result == "success":
            if name not in found["last"]:
                begun = instant(run["run_started_at"])
                found["last"][name] = (instant(run["updated_at"]) - begun).total_seconds()
            over.add(name)
        if name not in over:
            found["row"][name] = found["row"].get(name, 0) + 1
        found["row"].setdefault(name, 0)


def runners(api, repository: str) -> dict[str, int]:
    """Self-hosted runners by state."""
    listed = api(f"repos/{repository}/actions/runners?per_page=100")["runners"]
    states = ["busy" if each["busy"] else "available" if each["status"] == "online" else "offline" for each in listed]
    return {state: states.count(state) for state in ("available", "busy", "offline")}


def otlp(found: dict, repository: str, branch: str, since: datetime, until: datetime, workers: dict | None) -> dict:
    """The metrics as the JSON of OTLP. Durations and counts are deltas of the window; gauges are as of its end."""
    begin, end = str(int(since.timestamp() * 1e9)), str(int(until.timestamp() * 1e9))

    def point(attributes: dict, **more) -> dict:
        listed = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
        return {"attributes": listed, "timeUnixNano": end, **more}

    def histogram(values: list[float], attributes: dict) -> dict:
        counts = [0] * (len(BOUNDS) + 1)
        for value in values:
            counts[next((place for place, bound in enumerate(BOUNDS) if value <= bound), len(BOUNDS))] += 1
        return point(
            attributes,
            startTimeUnixNano=begin,
            count=str(len(values)),
            sum=sum(values),
            explicitBounds=BOUNDS,
            bucketCounts=[str(count) for count in counts],
        )

    def total(points: list[dict]) -> dict:
        return {"sum": {"aggregationTemporality": DELTA, "isMonotonic": True, "dataPoints": points}}

    times = []
    for (name, result), values in found["run"].items():
        attributes = {
            "cicd.pipeline.name": name,
            "cicd.pipeline.run.state": "executing",
            "cicd.pipeline.result": result,
        }
        times.append(histogram(values, attributes))
    for name, values in found["wait"].items():
        times.append(histogram(values, {"cicd.pipeline.name": name, "cicd.pipeline.run.state": "pending"}))
    metrics = []
    if times:
        data = {"histogram": {"aggregationTemporality": DELTA, "dataPoints": times}}
        metrics.append({"name": "cicd.pipeline.run.duration", "unit": "s", **data})
    for place, metric in enumerate(("ci.cache.hits", "ci.cache.lookups")):
        counted = {name: counts[place] for name, counts in found["cache"].items()}
        points = [
            point({"cicd.pipeline.name": name}, startTimeUnixNano=begin, asInt=str(count))
            for name, count in counted.items()
        ]
        if points:
            metrics.append({"name": metric, **total(points)})
    for metric, unit, values in (
        ("ci.consecutive.failures", "", found["row"]),
        ("ci.last.duration", "s", found["last"]),
    ):
        points = [
            point({"cicd.pipeline.name": name, "branch": branch}, asDouble=value) for name, value in values.items()
        ]
        if points:
            metrics.append({"name": metric, "unit": unit, "gauge": {"dataPoints": points}})
    if workers:
        points = [point({"cicd.worker.state": state}, asDouble=count) for state, count in workers.items()]
        metrics.append({"name": "cicd.worker.count", "gauge": {"dataPoints": points}})
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": repository}}]}
    scope = {"scope": {"name": "pipeline_metrics"}, "metrics": metrics}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [scope]}]}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def send(payload: dict, endpoint: str, token: str) -> None:
    if not endpoint.startswith(("https://", "http://localhost:")):
        raise SystemExit("OTLP_ENDPOINT must begin with https://, as a token is sent there")
    body = json.dumps(payload).encode()
    asked = urllib.request.Request(f"{endpoint.rstrip('/')}/v1/metrics", body, {"Content-Type": "application/json"})
    asked.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(asked, timeout=30) as answer:
        refused = json.loads(answer.read() or b"{}").get("partialSuccess", {}).get("rejectedDataPoints", 0)
    if int(refused):
        raise SystemExit(f"the collector refused {refused} data points")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repository", required=True)
    parser.add_argument("--branch", default="main")
    parser.add_argument("--since", required=True, type=instant)
    parser.add_argument("--until", required=True, type=instant)
    parser.add_argument("--report", help="a JSON file for what the measuring cost")
    asked = parser.parse_args()
    begun, api = time.monotonic(), Api(os.environ["GITHUB_TOKEN"])
    found = collect(api, asked.repository, asked.branch, asked.since, asked.until)
    secret = os.environ.get("RUNNERS_TOKEN")
    workers = runners(Api(secret), asked.repository) if secret else None
    payload = otlp(found, asked.repository, asked.branch, asked.since, asked.until, workers)
    send(payload, os.environ["OTLP_ENDPOINT"], os.environ["OTLP_TOKEN"])
    counted = sum(len(values) for values in found["run"].values())
    cost = {"seconds": round(time.monotonic() - begun, 1), "api_calls": api.calls, "runs": counted}
    print(json.dumps(cost))
    if asked.report:
        with open(asked.report, "w", encoding="utf-8") as file:
            json.dump(cost, file)


if __name__ == "__main__":
    main()
