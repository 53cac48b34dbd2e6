"""What each service of the demo is there to show can be seen in its numbers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessments.delivery import summarise
from assessments.delivery.results import Delivery, Metric, State, Summary
from assessments.workflow import sentences
from assessments.workflow.totals import totals
from data import derive, people, queries, store
from data.asked import maps
from data.demo import drawn
from data.demo.stories import STORIES
from data.tables import PipelineRun, Service
from tests.conftest import DEMO_UNTIL as UNTIL

TEAM_SEARCH = [story.service for story in STORIES if story.team == "Search"]


pytestmark = pytest.mark.usefixtures("demo_home")


def number_of(name: str) -> int:
    with store.reading() as session:
        return session.execute(select(Service.id).where(Service.name == name)).scalar_one()


def judged(name: str) -> Delivery | None:
    return derive.load(number_of(name))


def window(name: str, ago: int = 13, to: int = 0) -> Summary:
    """The summary of the weeks from so many before the end to so many before it."""
    return summarise(judged(name), UNTIL - timedelta(weeks=ago), UNTIL - timedelta(weeks=to))


def metric(name: str, key: str, ago: int = 13, to: int = 0) -> Metric:
    return window(name, ago, to).metrics[key]


def test_the_map_of_the_ranking_tells_its_story_in_two_versions_and_a_future():
    """The meeting that merges waited for is the constraint, and gone in the second version, as in the numbers."""
    who = people.local_person()
    one = next(team for team in queries.teams(who) if team.name == drawn.TEAM)
    (seen,) = maps.maps(who, one.id)
    assert (seen.newest, seen.service_id) == ({"today": 2, "future": 1}, number_of("ranking"))
    before, after, later = (
        maps.version(who, seen.id, kind, number).drawn for kind, number in (("today", 1), ("today", 2), ("future", 1))
    )
    lead = [totals(each).lead.known.value / 60 for each in (before, after, later)]
    assert totals(before).constraint.step.key == "meeting" and lead[0] > 2 * lead[1] > 4 * lead[2]
    assert longest_stage_then("ranking", 40, 26) == "waiting_to_merge" != longest_stage_then("ranking", 13, 0)
    rows = sentences.measured_rows(after, window("ranking").stages)
    assert len(rows) == 6 and not any(row["Measured, median"] == "not known" for row in rows)


def test_the_map_of_payments_lost_its_weekly_release_as_the_numbers_did():
    who = people.local_person()
    one = next(team for team in queries.teams(who) if team.name == "Checkout")
    (seen,) = maps.maps(who, one.id)
    assert (seen.newest, seen.service_id) == ({"today": 2, "future": 1}, number_of("payments-api"))
    before, after, later = (
        maps.version(who, seen.id, kind, number).drawn for kind, number in (("today", 1), ("today", 2), ("future", 1))
    )
    lead = [totals(each).lead.known.value for each in (before, after, later)]
    assert totals(before).constraint.step.key == "release" and lead[0] > 2 * lead[1] > 2 * lead[2]
    assert longest_stage_then("payments-api", 40, 26) == "waiting_to_deploy" != longest_stage_then("payments-api", 9, 0)


def longest_stage_then(name: str, ago: int, to: int) -> str:
    return max(window(name, ago, to).stages, key=lambda stage: stage.share or 0).key


def longest_stage(name: str) -> str:
    return max(window(name, 26).stages, key=lambda stage: stage.share or 0).key


def below(one: Metric, other: Metric) -> bool:
    """The intervals are apart."""
    return one.state == other.state == State.VALUE and one.high < other.low


@pytest.mark.parametrize("name", TEAM_SEARCH)
@pytest.mark.parametrize("weeks", [26, 52, 78])
def test_every_service_of_the_search_team_halved_its_lead_time(name, weeks):
    first, last = metric(name, "lead_time", weeks, weeks - 8), metric(name, "lead_time", 8)
    assert below(last, first) and last.value <= first.value / 2


@pytest.mark.parametrize("name", TEAM_SEARCH)
def test_the_last_quarter_of_the_search_team_takes_half_the_time_of_the_first(name):
    first, last = metric(name, "lead_time", 78, 65), metric(name, "lead_time", 13)
    assert below(last, first) and last.value <= first.value / 2


def test_payments_deploys_per_merge_now_and_its_lead_time_fell():
    first, last = window("payments-api", 26, 18).metrics, window("payments-api", 8).metrics
    assert below(first["deployment_frequency"], last["deployment_frequency"])
    assert last["lead_time"].value < first["lead_time"].value / 2


@pytest.mark.parametrize("name", ["storefront", "feature-flags"])
def test_the_good_ones_deploy_daily_and_seldom_break(name):
    found = window(name, 52).metrics
    assert found["deployment_frequency"].value > 1 and found["lead_time"].value < 24
    assert found["change_fail_rate"].high < 0.06 and found["recovery_time"].value < 3


def test_the_good_one_was_as_good_a_year_ago():
    first, last = metric("feature-flags", "lead_time", 78, 52), metric("feature-flags", "lead_time", 26)
    assert not below(first, last) and not below(last, first)


def test_the_poor_one_is_slow_seldom_and_often_broken_and_was_a_year_ago():
    for ago in (78, 39):
        found = window("route-planner", ago, ago - 39).metrics
        assert found["lead_time"].value > 24 * 7 and found["deployment_frequency"].value < 1 / 5
        assert found["change_fail_rate"].value > 0.25 and found["recovery_time"].value > 24


def test_invoices_rolls_back_often():
    roles = judged("invoices").deployments.filter("counts")["role"]
    assert (roles == "rollback").sum() > 0.1 * len(roles)
    assert metric("invoices", "rework_rate").low > 0.1


def test_fraud_check_collects_no_incidents():
    found = window("fraud-check").metrics
    assert {found[key].state for key in ("change_fail_rate", "recovery_time")} == {State.NOT_COLLECTED}
    assert found["change_fail_rate_inferred"].n > 0


def test_config_store_has_too_few_deployments():
    found = window("config-store").metrics
    assert {found[key].state for key in ("change_fail_rate", "rework_rate")} == {State.TOO_FEW}


def test_most_of_the_lead_time_of_build_runners_is_waiting_for_a_review():
    waiting = next(stage for stage in window("build-runners").stages if stage.key == "waiting_for_review")
    assert waiting.share > 0.5


@pytest.mark.parametrize(
    ("name", "stage"),
    [("release-train", "waiting_to_deploy"), ("ledger", "coding"), ("tax-rules", "waiting_to_merge")],
)
def test_others_lose_their_time_elsewhere(name, stage):
    assert longest_stage(name) == stage


def test_a_release_of_identity_into_two_regions_counts_once():
    rows = judged("identity").deployments.filter(status="success")
    once = rows.filter(~rows["counts"])
    assert set(rows["environment"]) == {"production-eu", "production-us"}
    assert once.height > 100 and once["stands_for"].is_not_null().all()


def test_what_goes_to_staging_does_not_count():
    rows = judged("warehouse-sync").deployments
    assert not rows.filter(environment="staging")["counts"].any()
    assert rows.filter(environment="staging").height > rows.filter("counts").height > 100


@pytest.mark.parametrize("name", ["app-backend", "push-gateway", "media-resizer"])
def test_squash_merges_hide_the_first_commit_in_the_monorepo(name):
    found = window(name, 26).metrics
    assert (found["lead_time"].state, found["merge_to_production"].state) == (State.NO_DATA, State.VALUE)


def test_services_of_the_monorepo_have_the_changes_of_their_own_paths():
    known = {name: judged(name).changes.height for name in ("app-backend", "push-gateway", "media-resizer")}
    trunk = derive.facts(number_of("app-backend")).changes.height
    assert all(0 < mine < trunk for mine in known.values())


def test_push_gateway_recovers_slowly_and_one_failure_is_open():
    recovery = metric("push-gateway", "recovery_time", 26)
    assert recovery.value > 12 and len(recovery.censored) == 1


def test_release_train_releases_once_a_month_by_its_tags():
    found = metric("release-train", "deployment_frequency", 78)
    assert 1 / 40 < found.value < 1 / 15
    assert judged("release-train").deployments["kind"].unique().to_list() == ["tag"]


def test_parcel_tracking_had_one_bad_quarter_and_recovered():
    before, bad, after = (
        metric("parcel-tracking", "change_fail_rate", *weeks) for weeks in ((78, 40), (39, 27), (25, 0))
    )
    assert below(before, bad) and below(after, bad)
    assert metric("parcel-tracking", "recovery_time", 39, 27).value > 6


def test_label_printer_stopped_deploying_while_changes_pile_up():
    found = window("label-printer", 17)
    assert found.metrics["deployment_frequency"].state == State.NONE_HAPPENED
    assert found.coverage.changes_merged == found.coverage.changes_never_deployed > 20
    assert metric("label-printer", "deployment_frequency", 40, 18).value > 0.2


def test_event_pipeline_is_judged_by_the_runs_of_its_workflow():
    with store.reading() as session:
        runs = session.execute(select(PipelineRun.workflow).distinct()).scalars().all()
    rows = judged("event-pipeline").deployments
    assert sorted(runs) == ["ci", "deploy"]
    assert rows["kind"].unique().to_list() == ["workflow"] and rows.filter("counts").height > 500
    found = window("event-pipeline", 26)
    assert found.metrics["lead_time"].state == State.VALUE and found.coverage.failed_attempts > 5
    assert rows["deployment_id"].str.ends_with(":2").sum() > 10, "a run that is run again is another attempt"


def test_metrics_store_grew_from_weekly_to_several_a_day():
    first, last = (metric("metrics-store", "deployment_frequency", *weeks) for weeks in ((78, 65), (13, 0)))
    assert first.high < 1 / 3 and last.low > 2


def test_the_corrections_of_report_builder_stand_and_change_what_was_inferred():
    listed = queries.corrections(number_of("report-builder"))
    assert len(listed) == 2 and all(one.undone_at is None and one.reason for one in listed)
    denied = next(one.subject for one in listed if one.kind == "deployment.not_failed")
    rows = judged("report-builder").deployments
    assert rows.filter(deployment_id=denied)["failed"].to_list() == [False]


def test_catalogue_waits_for_its_rule():
    assert judged("catalogue") is None and derive.settings(number_of("catalogue")) is None


def test_help_centre_is_six_weeks_old():
    found = judged("help-centre")
    assert UNTIL - timedelta(weeks=6) <= found.existed_from < UNTIL - timedelta(weeks=5)
    assert metric("help-centre", "lead_time", 52).state == State.VALUE
    assert metric("help-centre", "lead_time", 78, 52).state == State.NO_DATA


def test_every_merge_of_ticket_desk_is_a_deployment():
    found = judged("ticket-desk")
    assert found.deployments.height == found.changes.height
    assert found.deployments["kind"].unique().to_list() == ["merge"]


def test_chat_widget_mends_by_hotfix():
    assert metric("chat-widget", "rework_rate", 26).low > 0.08
    assert (judged("chat-widget").failures["signal"] == "hotfix").sum() > 50


def test_payroll_export_takes_back_by_revert():
    signals = judged("payroll-export").failures["signal"]
    assert (signals == "revert").sum() > 5 * (signals == "rollback").sum()


@pytest.mark.parametrize("name", ["route-planner", "ledger", "release-train"])
def test_some_incidents_began_with_no_deployment(name):
    assert window(name, 78).coverage.incidents_unlinked > 1
