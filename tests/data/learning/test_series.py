"""Measured series of a repository since a proof of concept was begun: worked out by hand."""

from dataclasses import replace

import pytest

from assessments.outcomes import weekly
from assessments.poc.known import Series
from assessments.poc.series import DELIVERY, NAMES, PIPELINES
from data import store, teams
from data.improving.measuring import METRICS
from data.learning import series
from data.tables import Deployment, PipelineRun, Repository, Service, Source
from tests.data.arrange import Place

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
NOW = 20_000 * DAY
BEGUN = NOW - 20 * DAY


@pytest.fixture
def place(who) -> Place:
    made = Place(who)
    with store.writing() as session:
        session.get_one(Repository, made.repository_id).default_branch = "main"
    return made


def told(place: Place, *keys: str, begun: int = BEGUN, days: int = 0) -> dict[str, Series]:
    asked = series.Asked(place.repository_id, place.team_id, place.service_id, begun)
    with store.reading() as session:
        return dict(series.of(session, asked, keys, days, NOW))


def runs(place: Place, *rows: dict) -> None:
    """Runs of CI on main that took a minute and succeeded, unless they say otherwise. at: days ago of their end."""
    source = place.source(whole=True)
    with store.writing() as session:
        for number, row in enumerate(rows):
            row = dict(row)
            ended, took = NOW - round(row.pop("at") * DAY), row.pop("took", MINUTE)
            base = {
                "repository_id": place.repository_id, "source_id": source, "run_id": str(number), "workflow": "CI",
                "event": "push", "branch": "main", "sha": f"{number:040x}", "queued_at": ended - took,
                "started_at": ended - took, "finished_at": ended, "conclusion": "success",
            }  # fmt: skip
            session.add(PipelineRun(**{**base, **row}))


def test_the_names_are_those_that_are_measured():
    assert set(DELIVERY) == set(METRICS)
    assert (*DELIVERY, *PIPELINES) == NAMES


def test_what_is_not_collected_is_left_out(home, place):
    assert told(place, *PIPELINES) == {}
    assert told(place, "lead_time") == {}


def test_runs_on_the_default_branch_before_and_since_the_start(both, who):
    place = Place(who)
    runs(
        place,
        *({"at": each, "took": seconds * SECOND} for each, seconds in ((1, 100), (2, 200), (3, 600))),
        {"at": 30, "took": 900 * SECOND},
        {"at": 1, "took": 5_000 * SECOND, "branch": "other"},
        {"at": 1, "took": 5_000 * SECOND, "event": "pull_request"},
        {"at": 1, "took": 5_000 * SECOND, "conclusion": "failure"},
        {"at": 60, "took": 5_000 * SECOND},
    )
    found = told(place, "run_duration_p50")["run_duration_p50"]
    assert (found.value, found.n, found.days, found.unit) == (200.0, 3, 20, "seconds")
    assert (found.baseline, found.baseline_n) == (900.0, 1)


def test_a_commit_waits_for_the_last_of_its_checks(home, place):
    one = {"event": "pull_request", "sha": "a" * 40, "branch": "x"}
    runs(
        place,
        {"at": 1, "took": 4 * MINUTE, **one},
        {"at": 1 - 6 / 1440, "took": 2 * MINUTE, "workflow": "Slow", **one},
        {"at": 2, "took": 3 * MINUTE, **one, "sha": "b" * 40},
        {"at": 2, "took": 3 * MINUTE, **one, "sha": "c" * 40, "finished_at": None, "conclusion": None},
    )
    found = told(place, "pr_check_duration_p90")["pr_check_duration_p90"]
    assert found.n == 2
    assert found.value == pytest.approx(3 + 0.9 * (10 - 3))


def test_a_fix_is_the_next_success_of_that_workflow(home, place):
    runs(
        place,
        {"at": 5, "conclusion": "failure"},
        {"at": 4.75, "conclusion": "failure"},
        {"at": 4.9, "workflow": "Other"},
        {"at": 4.5},
        {"at": 1, "conclusion": "failure", "workflow": "Other"},
    )
    found = told(place, "first_fix_p50")["first_fix_p50"]
    assert (found.n, found.value) == (2, pytest.approx((12 + 24) / 2)), "one is broken still"


def deployments(place: Place, *rows: dict) -> None:
    source = place.source(whole=True)
    with store.writing() as session:
        for number, row in enumerate(rows):
            row = dict(row)
            ended, took = NOW - row.pop("at") * DAY, row.pop("took", MINUTE)
            base = {
                "repository_id": place.repository_id, "source_id": source, "deployment_id": str(number),
                "kind": "github_deployment", "environment": "production", "sha": "a", "started_at": ended - took,
                "finished_at": ended, "status": "success",
            }  # fmt: skip
            session.add(Deployment(**{**base, **row}))


def test_deployments_to_production_and_how_they_end(home, place):
    deployments(
        place,
        *({"at": each, "took": each * MINUTE} for each in (1, 2, 3)),
        {"at": 4, "status": "failure", "took": 90 * MINUTE},
        {"at": 4, "environment": "staging", "took": 90 * MINUTE},
        {"at": 25, "took": 40 * MINUTE},
    )
    found = told(place, "deploy_workflow_p50", "deploy_success_rate")
    assert (found["deploy_workflow_p50"].value, found["deploy_workflow_p50"].baseline) == (2.0, 40.0)
    rate = found["deploy_success_rate"]
    assert (rate.value, rate.n, rate.unit) == (0.75, 4, "share")
    assert rate.low < 0.75 < rate.high


def test_what_is_production_is_what_the_rule_says(home, place):
    deployments(place, {"at": 1}, {"at": 2, "environment": "eu-1", "took": 5 * MINUTE})
    with store.writing() as session:
        session.get_one(Service, place.service_id).environments = ["eu-1"]
    assert told(place, "deploy_workflow_p50")["deploy_workflow_p50"].value == 5.0


def test_nothing_from_before_the_start_counts_as_after_it(home, place):
    runs(place, {"at": 2, "took": 60 * SECOND}, {"at": 10, "took": 600 * SECOND})
    found = told(place, "run_duration_p50", begun=NOW - 3 * DAY)["run_duration_p50"]
    assert (found.value, found.n, found.days, found.baseline) == (60.0, 1, 3, 600.0)


def test_the_window_is_as_long_as_a_check_asks(home, place):
    runs(place, {"at": 40, "took": 60 * SECOND})
    assert told(place, "run_duration_p50", begun=NOW - 90 * DAY)["run_duration_p50"].n == 0
    assert told(place, "run_duration_p50", begun=NOW - 90 * DAY, days=60)["run_duration_p50"].n == 1


def test_of_several_services_nobody_says_whose_delivery_it_is(home, who):
    place = Place(who)
    with store.writing() as session:
        session.add(Service(team_id=place.team_id, name="Other", repository_id=place.repository_id, created_at=1))
        session.add(Source(organization_id=place.organization_id, kind="git", name="s", created_at=1,
                           repository_id=place.repository_id))  # fmt: skip
        asked = series.Asked(place.repository_id, place.team_id, None, BEGUN)
        assert series._service(session, asked) is None
        assert series._service(session, replace(asked, service_id=place.service_id)) == place.service_id


def test_the_delivery_of_another_team_is_not_told(home, who):
    """Also where the service was the team's when it began, and the team has another one in that repository still."""
    place, other = Place(who), Place(who, "Other")
    asked = series.Asked(place.repository_id, place.team_id, place.service_id, BEGUN)
    with store.writing() as session:
        session.add(Service(team_id=place.team_id, name="Kept", repository_id=place.repository_id, created_at=1))
        assert series._service(session, asked) == place.service_id
    teams.move_service(who, place.service_id, other.team_id)
    with store.reading() as session:
        assert series._service(session, asked) is None


def test_delivery_is_told_by_whole_weeks_beside_those_before():
    week = 7 * DAY
    start = 4 * DAY  # Monday 5 January 1970
    at = [start + number * week for number in range(60)]
    hours = [10.0 if number < 50 else 5.0 for number in range(60)]
    weeks = weekly("times", at, hours, range(60), start, start + 60 * week)
    found = series._of_weeks("lead_time", weeks, start + 49 * week + DAY)
    assert (round(found.value, 6), found.n, found.days, found.unit) == (5.0, 10, 70, "hours")
    assert (round(found.baseline, 6), found.baseline_n) == (10.0, 26), "the week in which it began belongs to neither"
    assert found.low == pytest.approx(found.high) == pytest.approx(5.0)


def test_a_share_has_the_interval_of_shares():
    week, start = 7 * DAY, 4 * DAY
    at = [start + number * week for number in range(20)]
    weeks = weekly("shares", at, [1.0] + [0.0] * 19, range(20), start, start + 20 * week)
    found = series._of_weeks("change_fail_rate", weeks, start - week)
    assert (found.value, found.n, found.baseline) == (0.05, 20, None)
    assert found.low < 0.05 < found.high
