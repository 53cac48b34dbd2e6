"""An invented organisation of any size: the same from the same arguments, plausible, and gone on with after a break."""

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assessments.delivery import summarise
from data import access, demo, derive, people, store
from data.demo import columns, scale
from data.tables import Change, Deployment, Incident, Organization, PipelineRun, Repository, Service, Team, TrunkCommit

UNTIL = datetime(2026, 3, 2, 9, tzinfo=UTC)
SMALL = scale.Size(services=30, teams=3, weeks=26, changes=6_000, deployments=3_000, runs=12_000, incidents=150)
DAY = 86_400_000_000  # microseconds


def invented(size: scale.Size = SMALL, seed: int = scale.SEED) -> columns.Facts:
    """All facts of an organisation, without a store."""
    plan = scale.planned(size, seed)
    parts = [
        columns.happen(plan[begin : begin + scale.TOGETHER], [seed, begin], store.to_us(UNTIL), size.weeks)
        for begin in range(0, size.services, scale.TOGETHER)
    ]
    frames = {each.name: [getattr(part, each.name) for part in parts] for each in fields(columns.Facts)}
    return columns.Facts(**{name: pl.concat(some) for name, some in frames.items()})


def packed(facts: columns.Facts) -> bytes:
    return b"".join(getattr(facts, each.name).serialize() for each in fields(facts))


@pytest.fixture(scope="module")
def facts() -> columns.Facts:
    return invented()


def rows(statement) -> list:
    with store.reading() as session:
        return session.execute(statement).all()


def test_the_same_arguments_give_the_same_facts_to_the_last_byte(facts):
    assert packed(facts) == packed(invented())


def test_another_seed_gives_other_facts(facts):
    assert packed(facts) != packed(invented(seed=5))


@pytest.mark.parametrize(
    ("name", "table"),
    [("changes", Change), ("commits", TrunkCommit), ("deployments", Deployment), ("runs", PipelineRun),
     ("incidents", Incident)],
)  # fmt: skip
def test_both_stores_hold_exactly_these_facts(name, table, facts, both):
    scale.fill(SMALL, UNTIL)
    wanted = getattr(facts, name).with_columns(service=pl.format("service-{}", _four(pl.col("service") + 1)))
    mine = Service.id == Incident.service_id if table is Incident else Service.repository_id == table.repository_id
    there = [getattr(table, column) for column in wanted.columns if column != "service"]
    found = store.read_frame(select(*there, Service.name.label("service")).join(Service, mine))
    order = ["service", next(each for each in ("incident_id", "run_id", "deployment_id", "sha", "merge_sha")
                             if each in wanted.columns)]  # fmt: skip
    order += ["attempt"] if table is PipelineRun else []
    assert found.select(wanted.columns).sort(order).equals(wanted.sort(order))


def _four(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.zfill(4)


def test_all_that_was_asked_for_is_there(home):
    counts = scale.count(scale.fill(SMALL, UNTIL))
    assert counts.pop("deployment") == pytest.approx(3_000, rel=0.01), "the last ones may be still to come"
    assert counts.pop("incident") == pytest.approx(150, rel=0.05), "no service has more than its deployments allow"
    assert counts == {"service": 30, "change": 6_000, "trunk_commit": 6_000, "pipeline_run": 12_000}
    assert rows(select(Organization.is_demo).where(Organization.name == SMALL.name)) == [(True,)]
    assert Counter(team for (team,) in rows(select(Service.team_id))).most_common() == [(1, 10), (2, 10), (3, 10)]


def test_what_was_begun_is_gone_on_with_and_what_is_there_not_made_again(home, monkeypatch):
    def killed(*arguments):
        raise KeyboardInterrupt

    def save_the_first(*arguments):
        save(*arguments)
        monkeypatch.setattr(scale, "_save", killed)

    save = scale._save
    monkeypatch.setattr(scale, "_save", save_the_first)
    with pytest.raises(KeyboardInterrupt):
        scale.fill(SMALL, UNTIL)
    assert len(rows(select(Service.id))) == scale.TOGETHER
    monkeypatch.setattr(scale, "_save", save)
    there = scale.fill(SMALL, UNTIL)
    assert scale.count(there)["change"] == 6_000
    assert scale.fill(SMALL, UNTIL) == there and scale.count(there)["change"] == 6_000


def test_it_is_judged_and_most_services_have_values_on_both_stores(both):
    organization = scale.fill(SMALL, UNTIL)
    scale.judge(organization)
    assert derive.stale() == []
    judged = [derive.load(service) for (service,) in rows(select(Service.id))]
    found = [summarise(each, UNTIL - timedelta(weeks=26), UNTIL) for each in judged]
    lead_times = [one.metrics["lead_time"] for one in found]
    known = [metric.value for metric in lead_times if metric.state == "value"]
    assert len(known) > 20 and 6 < np.median(known) < 24 * 7
    failing = [one.metrics["change_fail_rate"] for one in found]
    assert 0.02 < np.median([metric.value for metric in failing if metric.state == "value"]) < 0.25
    assert Counter(metric.state for metric in failing)["not_collected"] > 0
    kinds = Counter(kind for each in judged for kind in each.deployments.filter("counts")["kind"].unique())
    assert set(kinds) == {"import", "github_deployment", "tag", "workflow"}
    roles = pl.concat(each.deployments.filter("counts")["role"] for each in judged)
    assert 0.01 < (roles == "rollback").mean() < 0.1 and (roles == "forward").mean() > 0.8
    assert not roles.is_in(["unknown", "side_release"]).any(), "every deployed commit is on trunk"


def test_reverts_reach_back_days_and_seldom_weeks(facts):
    shipped = facts.changes.select(cause="merge_sha", at="merged_at")
    back = facts.changes.join(shipped, left_on="reverts", right_on="cause")
    days = (back["merged_at"] - back["at"]) / DAY
    assert back.height > 50 and days.min() >= 0 and days.median() < 3
    assert 0.001 < (days > 7).mean() < 0.2
    assert back["title"].str.starts_with('Revert "').all()


def test_failures_end_within_hours_and_only_late_ones_are_open():
    incidents = invented(replace(SMALL, changes=20_000, deployments=12_000, incidents=1_000)).incidents
    hours = (incidents["resolved_at"] - incidents["opened_at"]) / DAY * 24
    assert 0.5 < hours.median() < 6 and hours.quantile(0.95) < 24
    still_open = incidents.filter(pl.col("resolved_at").is_null())
    assert 0 < still_open.height < 30
    assert still_open["opened_at"].min() > store.to_us(UNTIL) - 24 * DAY


def test_people_work_from_monday_to_friday(facts):
    day = facts.changes["merged_at"].cast(pl.Datetime("us")).dt.weekday()
    assert 0.005 < (day > 5).mean() < 0.06


def test_a_few_services_are_large_and_many_small(facts):
    sizes = facts.changes["service"].value_counts()["count"].sort(descending=True)
    assert sizes[:3].sum() > 0.25 * sizes.sum() and sizes[15:].sum() < 0.25 * sizes.sum()


def test_a_tenth_of_the_changes_is_squashed():
    squashed = invented(replace(SMALL, services=500, changes=20_000))
    assert 0.03 < squashed.changes["authored_at"].is_null().mean() < 0.2


def test_nothing_happens_after_the_end_or_before_the_beginning(facts):
    until = store.to_us(UNTIL)
    for frame, column in (
        (facts.changes, "merged_at"),
        (facts.deployments, "created_at"),
        (facts.incidents, "opened_at"),
    ):
        assert until - 183 * DAY < frame[column].min() < frame[column].max() < until
    for frame, column in (
        (facts.deployments, "finished_at"),
        (facts.runs, "finished_at"),
        (facts.incidents, "resolved_at"),
    ):
        assert frame[column].max() <= until


def test_longer_histories_are_those_of_the_same_services_at_the_same_pace():
    size = replace(SMALL, services=200, changes=20_000)
    short, long = scale.planned(size, 1), scale.planned(size.over(260), 1)
    alike = ["service", "team", "kind", "regions", "squash", "collected", "coding", "recovery"]
    assert short.select(alike).equals(long.select(alike))
    assert (long["changes"] - 10 * short["changes"]).abs().max() <= 10
    assert size.over(260).deployments == 10 * size.deployments


@given(st.integers(0, 10_000), st.lists(st.floats(0.001, 1000), min_size=1, max_size=50))
def test_shares_are_whole_in_proportion_and_add_up(total, weights):
    weight = np.array(weights)
    shares = scale.shared(total, weight)
    assert shares.sum() == total
    assert (np.abs(shares - total * weight / weight.sum()) < 1).all()


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        scale.Size,
        services=st.integers(1, 12), teams=st.integers(1, 3), weeks=st.floats(0.5, 60), changes=st.integers(1, 300),
        deployments=st.integers(1, 600), runs=st.integers(1, 900), incidents=st.integers(1, 200),
    ),
    st.integers(0, 99),
)  # fmt: skip
def test_any_size_can_be_invented(size, seed):
    found = invented(size, seed)
    assert (found.changes.height, found.commits.height) == (size.changes, size.changes)
    assert found.deployments.height <= size.deployments
    for frame, key in (
        (found.changes, "change_id"),
        (found.deployments, "deployment_id"),
        (found.incidents, "incident_id"),
    ):
        assert not frame.select("service", key).is_duplicated().any()
    assert not found.runs.select("service", "run_id", "attempt").is_duplicated().any()
    assert found.deployments["sha"].is_in(found.commits["sha"].implode()).all()


@pytest.mark.parametrize("factor", [0, -1, float("nan")])
def test_a_scale_of_nothing_is_refused(factor, who):
    with pytest.raises(ValueError, match="above 0"):
        scale.create(who, factor, UNTIL)


def test_it_is_made_beside_the_demo_and_goes_with_it(who):
    said = []
    organization = scale.create(who, 0.002, UNTIL, lambda done, total, message: said.append((done, total)))
    assert demo.present() is None and derive.stale() == []
    assert all(0 <= done <= total for done, total in said) and [done for done, _ in said] == sorted(
        done for done, _ in said
    )
    assert scale.create(who, 0.002, UNTIL) == organization
    demo.remove(who)
    assert rows(select(Repository.id)) == rows(select(Team.id)) == rows(select(PipelineRun.id)) == []


def test_only_who_administers_may_make_it(who):
    with pytest.raises(access.Forbidden):
        scale.create(people.Who(who.id, "M", team_roles=frozenset({(1, 1, "member")})), 0.002, UNTIL)
