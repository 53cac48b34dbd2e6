"""What must hold for every history, and agreement with the slow, obvious reference."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.delivery import judge, summarise, weekly
from assessments.delivery.results import STAGES
from tests.assessments.delivery import reference
from tests.assessments.delivery.histories import events, stories
from tests.assessments.delivery.story import MONDAY, at, deploy, incident, story

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(stories())
def test_agrees_with_the_reference(told):
    delivery = judge(told.facts, told.settings)
    deployments, changes = reference.judge(told.facts, told.settings)
    for row in delivery.deployments.filter(pl.col("deployment_id").is_in(list(deployments))).rows(named=True):
        expected = deployments[row["deployment_id"]] | {"standing": None}
        actual = {key: row.get(key) for key in expected}
        actual["recovered_at"] = reference.us(row["recovered_at"])
        assert actual == expected, row["deployment_id"]
    assert not delivery.deployments.filter(~pl.col("deployment_id").is_in(list(deployments)))["counts"].any()
    for row in delivery.changes.rows(named=True):
        expected = changes[row["change_id"]]
        assert (row["state"], row["deployment_id"], row["lead_us"]) == (
            expected["state"],
            expected["by"] and expected["by"].id,
            expected["lead"],
        )
        assert {stage: row[f"{stage}_us"] for stage in STAGES} == (expected["stages"] or dict.fromkeys(STAGES))


@few
@given(stories())
def test_stages_add_up_and_are_never_negative(told):
    changes = judge(told.facts, told.settings).changes.filter(pl.col("lead_us").is_not_null())
    stages = changes.select(pl.col(f"{stage}_us").fill_null(0) for stage in STAGES)
    assert stages.sum_horizontal().to_list() == changes["lead_us"].to_list()
    assert all((stages >= 0).select(pl.all().all()).row(0))


@few
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(told, random):
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(frame.height))
        random.shuffle(order)
        return frame[order]

    facts = told.facts
    mixed = replace(
        facts,
        changes=shuffled(facts.changes),
        deployments=shuffled(pl.concat([facts.deployments, facts.deployments.head(2)])),
        incidents=shuffled(facts.incidents),
        corrections=shuffled(facts.corrections),
    )
    one, other = judge(facts, told.settings), judge(mixed, told.settings)
    assert one.deployments.equals(other.deployments)
    assert one.changes.equals(other.changes)
    assert one.failures.sort(pl.all()).equals(other.failures.sort(pl.all()))
    assert weekly(one).equals(weekly(other))


@few
@given(events(), st.sampled_from(["success", "failure"]), st.sampled_from(["prod-eu", "prod-us"]))
def test_a_later_deployment_never_changes_earlier_links(told, status, environment):
    first = next((event["change_id"] for kind, event in told if kind == "change"), None)
    later = deploy("later", first, 305, status=status, environment=environment)
    before, after = (story(*list_, until=310) for list_ in (told, [*told, later]))
    columns = ["change_id", "deployment_id", "state", "lead_us"]
    old = judge(before.facts, before.settings).changes.select(columns).filter(pl.col("deployment_id").is_not_null())
    new = judge(after.facts, after.settings).changes.select(columns)
    assert old.equals(new.join(old.select("change_id"), on="change_id", maintain_order="right"))


@few
@given(events(environments=("prod-api", "prod-web")))
def test_two_services_in_one_repository_are_each_as_if_alone(told):
    """Cells of two disjoint services of one pile of facts equal those of each pile by itself."""
    whole = story(*told, until=310)
    for service in ("api", "web"):
        environment, globs = f"prod-{service}", (f"{service}/**",)
        rule = whole.settings.rule.model_copy(update={"environment": environment})
        chosen = whole.settings.model_copy(update={"rule": rule, "path_globs": globs})
        changes, attempts = whole.facts.changes, whole.facts.deployments
        touches = changes["paths"].list.eval(pl.element().str.starts_with(service)).list.any().fill_null(True)
        alone = replace(
            whole.facts, changes=changes.filter(touches), deployments=attempts.filter(environment=environment)
        )
        assert weekly(judge(whole.facts, chosen)).equals(weekly(judge(alone, chosen)))


@few
@given(stories())
def test_cells_equal_the_windows_they_stand_for(told):
    delivery = judge(told.facts, told.settings)
    for (monday,), cells in weekly(delivery).group_by("week", maintain_order=True):
        end = MONDAY + timedelta(days=(monday - MONDAY.date()).days + 7)
        week = summarise(delivery, end - timedelta(days=7), end).metrics
        month = summarise(delivery, end - timedelta(days=28), end).metrics
        for cell in cells.rows(named=True):
            single, rolling = week[cell["metric"]], month[cell["metric"]]
            assert (cell["state"], cell["n"], cell["of"]) == (single.state, single.n, single.of)
            assert (cell["rolling_state"], cell["rolling_n"]) == (rolling.state, rolling.n)
            if single.value is not None:
                assert cell["value"] == pytest.approx(single.value)
            for name in ("value", "low", "high"):
                there = getattr(rolling, name)
                assert cell[f"rolling_{name}"] == (None if there is None else pytest.approx(there))


def recovery(hours: list[int | None]):
    """The recovery metric of failures that took so long; None = still open, 1000 hours after the first."""
    told = [deploy(f"d{i}", None, i) for i in range(len(hours))]
    told += [incident(f"i{i}", i + 0.001, None if h is None else i + h, f"d{i}") for i, h in enumerate(hours)]
    arranged = story(*told, until=1000)
    return summarise(judge(arranged.facts, arranged.settings), at(0), at(1000)).metrics["recovery_time"]


@few
@given(st.lists(st.integers(1, 400), min_size=6, max_size=20), st.data())
def test_open_failures_never_make_recovery_look_faster(hours, data):
    closed = recovery(hours)
    left_open = data.draw(st.sets(st.integers(0, len(hours) - 1)))
    opened = recovery([None if i in left_open else h for i, h in enumerate(hours)])
    more = recovery([*hours, *[None] * data.draw(st.integers(0, 5))])
    for other in (opened, more):
        if other.value is not None:
            assert other.value >= closed.value - 1e-9


@few
@given(stories())
def test_nothing_is_zero_that_is_not_known(told):
    summary = judge_and_summarise(told)
    for metric in summary.metrics.values():
        assert (metric.value is not None) == (metric.state == "value")
        if metric.value is not None and metric.low is not None and metric.high is not None:
            assert metric.low <= metric.value + 1e-9 and metric.value <= metric.high + 1e-9


def judge_and_summarise(told):
    return summarise(judge(told.facts, told.settings), told.start, told.end)


def test_a_window_must_make_sense():
    delivery = judge(story().facts, story().settings)
    with pytest.raises(ValueError, match="end after it starts"):
        summarise(delivery, at(2), at(1))
    with pytest.raises(ValueError, match="time zone"):
        summarise(delivery, at(2).replace(tzinfo=None), at(3))
