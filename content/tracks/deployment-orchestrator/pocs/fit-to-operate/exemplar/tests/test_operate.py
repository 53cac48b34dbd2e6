"""What whoever operates it relies on: a dry run that touches nothing, lines that can be searched, counts that add up,
and that nothing is deployed twice."""

import io
import json
from datetime import UTC, datetime

import pytest
from orchestrator import Event, state
from orchestrator.__main__ import main
from orchestrator.lock import hold
from orchestrator.log import log as json_log
from orchestrator.metrics import Tally
from prometheus_client.parser import text_string_to_metric_families
from test_main import FAIL, log, planned


def deploy(folder, *arguments, version="v2", **plan):
    return main(["deploy", version, *planned(folder, **plan), "--state", str(folder / "state"), *arguments])


def test_a_dry_run_says_all_commands_and_calls_none(tmp_path, capsys):
    assert deploy(tmp_path, "--dry-run", check=FAIL) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].split() for line in said] == [
        ["check", "ask"],
        ["execute", "first"],
        ["undo", "first"],
        ["execute", "second"],
        ["undo", "second"],
    ]
    assert said[1].endswith("first v2")
    assert log(tmp_path) == [] and not (tmp_path / "state").exists()


def test_each_line_of_the_log_is_json_that_says_what_of_which_version_took_how_long():
    stream = io.StringIO()
    listen = json_log(stream, "d1", lambda: datetime(2026, 1, 2, tzinfo=UTC))
    listen(Event("executed", "release", "v2", 1.23456))
    listen(Event("executed", "smoke test", "v2", 1, 'CommandFailed: a "quoted"\nline'))
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert first == {
        "at": "2026-01-02T00:00:00.000+00:00",
        "level": "info",
        "event": "executed",
        "step": "release",
        "version": "v2",
        "duration": 1.235,
        "deployment": "d1",
    }
    assert second["level"] == "error" and second["error"] == 'CommandFailed: a "quoted"\nline'


def counted(folder, name, **labels):
    """The value of a series, as a Prometheus would read it; None when there is no such series."""
    text = (folder / "state" / "staging.prom").read_text(encoding="utf-8")
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return next((each.value for each in samples if each.name == f"orchestrator_{name}" and each.labels == labels), None)


def test_counts_add_up_over_deployments(tmp_path):
    deploy(tmp_path)
    deploy(tmp_path, version="v3", second=FAIL)
    deploy(tmp_path, version="v3", check=FAIL)
    results = ("deployed", "failed", "refused", "left")
    assert [counted(tmp_path, "deployments_total", result=result) for result in results] == [1, 1, 1, None]
    assert counted(tmp_path, "step_failures_total", what="executed", step="second") == 1
    assert counted(tmp_path, "step_seconds_count", what="executed", step="first") == 2
    assert counted(tmp_path, "step_seconds_count", what="undone", step="first") == 1


def test_a_class_of_durations_counts_all_that_were_no_longer(tmp_path):
    (tmp_path / "state").mkdir()
    tally = Tally(tmp_path / "state", "staging")
    for seconds in (0.5, 1, 4, 1000):
        tally(Event("executed", "release", "v2", seconds))
    tally.ended("deployed")
    of = {"what": "executed", "step": "release"}
    found = [counted(tmp_path, "step_seconds_bucket", le=end, **of) for end in ("1.0", "5.0", "900.0", "+Inf")]
    assert found == [2, 3, 3, 4]


def test_the_same_version_is_not_deployed_twice(tmp_path, capsys):
    assert deploy(tmp_path) == deploy(tmp_path) == 0
    assert log(tmp_path) == ["first v2", "second v2"]
    assert "v2 is deployed already" in capsys.readouterr().out


def test_again_deploys_it_all_the_same(tmp_path):
    deploy(tmp_path)
    assert deploy(tmp_path, "--again") == 0 and len(log(tmp_path)) == 4


@pytest.mark.parametrize(
    ("plan", "known"), [({"second": FAIL}, "v1"), ({"check": FAIL}, "v1"), ({"second": FAIL, "undo": FAIL}, "")]
)
def test_after_a_failure_what_was_there_is_known_only_if_it_was_put_back(tmp_path, plan, known):
    deploy(tmp_path, version="v1")
    assert deploy(tmp_path, **plan) > 0
    assert state.deployed(tmp_path / "state", "staging") == known


def test_two_deployments_to_the_same_target_exclude_one_another(tmp_path, capsys):
    with hold(tmp_path / "state", "staging", by="run 17"):
        assert deploy(tmp_path) == 2
        assert "being deployed by run 17" in capsys.readouterr().err and log(tmp_path) == []
        assert deploy(tmp_path, "--target", "production") == 0


def test_a_folder_that_cannot_be_used_ends_with_2(tmp_path):
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    assert deploy(tmp_path) == 2 and log(tmp_path) == []


def test_a_disk_that_is_full_before_the_first_step_ends_with_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(state, "record", full)
    assert deploy(tmp_path) == 2 and log(tmp_path) == []
    assert "cannot be written: No space left on device; nothing was changed" in capsys.readouterr().err


def test_a_disk_that_is_full_after_the_last_step_changes_nothing_of_what_happened(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Tally, "ended", full)
    assert deploy(tmp_path) == 0 and log(tmp_path) == ["first v2", "second v2"]
    assert "cannot be written: No space left on device" in capsys.readouterr().err


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_damaged_file_of_state_means_that_nothing_is_known(tmp_path):
    (tmp_path / "staging.json").write_text("{", encoding="utf-8")
    assert state.deployed(tmp_path, "staging") == ""


@pytest.mark.parametrize("target", ["../etc", "Production", ""])
def test_what_is_no_target_ends_with_2(tmp_path, target):
    assert deploy(tmp_path, f"--target={target}") == 2 and log(tmp_path) == []
