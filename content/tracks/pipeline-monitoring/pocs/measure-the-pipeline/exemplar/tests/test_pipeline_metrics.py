"""The numbers are those that a person would write down while watching the runs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from pipeline_metrics import collect, instant, otlp

SINCE, UNTIL = instant("2026-11-29T08:00:00Z"), instant("2026-11-29T09:00:00Z")


def job(created, started, ended, *, conclusion="success", steps=()):
    day = "2026-11-29T"
    return {
        "created_at": f"{day}{created}Z",
        "started_at": f"{day}{started}Z",
        "completed_at": f"{day}{ended}Z",
        "conclusion": conclusion,
        "steps": [{"name": name, "conclusion": said} for name, said in steps],
    }


def run(number, conclusion, *, sha=None, begun="08:00:00", ended="08:10:00", event="push"):
    return {
        "id": number,
        "name": "ci",
        "run_attempt": 1,
        "conclusion": conclusion,
        "event": event,
        "head_sha": sha or f"commit {number}",
        "run_started_at": f"2026-11-29T{begun}Z",
        "updated_at": f"2026-11-29T{ended}Z",
    }


def forge(runs, jobs):
    """Answers like the API; runs newest first, jobs by number of the run."""

    def api(path):
        if "/jobs" in path:
            return {"jobs": jobs[int(path.split("/runs/")[1].split("/")[0])]}
        return {"workflow_runs": runs if path.endswith("&page=1") else []}

    return api


def found(runs, jobs):
    return collect(forge(runs, jobs), "shop/web", "main", SINCE, UNTIL)


def test_a_run_takes_from_its_first_job_to_its_last_and_its_jobs_wait():
    jobs = [job("08:00:00", "08:00:20", "08:04:00"), job("08:00:00", "08:02:00", "08:10:20")]
    said = found([run(1, "success")], {1: jobs})
    assert said["run"] == {("ci", "success"): [600.0]}
    assert said["wait"] == {"ci": [20.0, 120.0]}


def test_a_run_belongs_to_the_window_in_which_it_ended():
    jobs = {
        1: [job("07:00:00", "07:00:00", "07:59:59")],
        2: [job("07:50:00", "07:50:00", "08:00:00")],
        3: [job("08:50:00", "08:50:00", "09:00:00")],
    }
    said = found([run(3, "success"), run(2, "success"), run(1, "success")], jobs)
    assert said["run"] == {("ci", "success"): [600.0]}


@pytest.mark.parametrize("conclusion", ["cancelled", "skipped", "neutral", "stale"])
def test_a_run_that_nobody_wanted_to_end_is_neither_good_nor_bad(conclusion):
    runs = [run(2, conclusion), run(1, "failure")]
    said = found(runs, {1: [job("08:00:00", "08:00:00", "08:01:00")]})
    assert list(said["run"]) == [("ci", "failure")]
    assert said["row"] == {"ci": 1}


def test_failures_in_a_row_end_at_the_first_success_and_count_a_commit_once():
    runs = [
        run(5, "failure", sha="c"),
        run(4, "failure", sha="c"),
        run(3, "timed_out"),
        run(2, "success"),
        run(1, "failure"),
    ]
    jobs = {number: [job("08:00:00", "08:00:00", "08:01:00")] for number in range(1, 6)}
    said = found(runs, jobs)
    assert said["row"] == {"ci": 2}
    assert said["last"] == {"ci": 600.0}


def test_a_branch_of_a_fork_with_the_same_name_is_not_the_default_branch():
    runs = [run(2, "failure", event="pull_request"), run(1, "success")]
    assert found(runs, {number: [job("08:00:00", "08:00:00", "08:01:00")] for number in (1, 2)})["row"] == {"ci": 0}


def test_the_jobs_of_a_run_that_was_over_before_are_not_asked_for():
    assert found([run(1, "success", ended="07:59:59")], {})["run"] == {}


def test_a_pipeline_that_never_failed_has_none_in_a_row():
    assert found([run(1, "success")], {1: [job("08:00:00", "08:00:00", "08:01:00")]})["row"] == {"ci": 0}


def test_the_step_for_a_missed_cache_is_skipped_when_the_cache_was_hit():
    steps = [("Cache missed", "skipped")], [("Cache missed", "success")], [("Build", "success")]
    jobs = {1: [job("08:00:00", "08:00:00", "08:01:00", steps=each) for each in steps]}
    assert found([run(1, "success")], jobs)["cache"] == {"ci": (1, 2)}


def metrics(said, workers=None):
    payload = otlp(said, "shop/web", "main", SINCE, UNTIL, workers)
    return {each["name"]: each for each in payload["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}


def test_every_value_falls_into_one_bucket():
    jobs = {1: [job("08:00:00", "08:00:30", "08:05:30")]}
    durations, waits = metrics(found([run(1, "success")], jobs))["cicd.pipeline.run.duration"]["histogram"][
        "dataPoints"
    ]
    assert durations["sum"] == 300.0
    assert durations["bucketCounts"].index("1") == durations["explicitBounds"].index(300)
    assert waits["bucketCounts"][0] == "1"
    assert len(waits["bucketCounts"]) == len(waits["explicitBounds"]) + 1


def test_what_nobody_measured_is_not_sent_as_nought():
    jobs = {1: [job("08:00:00", "08:00:00", "08:01:00")]}
    assert set(metrics(found([run(1, "success")], jobs))) == {
        "cicd.pipeline.run.duration",
        "ci.consecutive.failures",
        "ci.last.duration",
    }
    assert "cicd.worker.count" in metrics(found([], {}), {"busy": 2, "available": 1, "offline": 0})
