"""Services judged together are each judged as if they were alone, whatever the others hold."""

import importlib
import random
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assessments.delivery import judge, judge_fleet
from assessments.delivery.facts import FleetFacts
from assessments.delivery.results import FAILURES, FLEET, JUDGED, SHIPPED, Delivery
from assessments.delivery.settings import ProductionRule
from tests.assessments.delivery.histories import stories
from tests.assessments.delivery.story import Story, at, deploy, incident, merge, says, sha, story, tag
from tests.assessments.delivery.test_truth import CASES, judged

FRAMES = {"deployments": JUDGED, "changes": SHIPPED, "failures": FAILURES}
A, B, C = merge("A", 1), merge("B", 1), merge("C", 1)
D1, D2, D3 = deploy("d1", "A", 2), deploy("d2", "B", 4), deploy("d3", "C", 6)
EU, US = {"environment": "prod-eu"}, {"environment": "prod-us"}
MERGES = ProductionRule(kind="merge")

#: Two services that name their objects alike, each of which must not be taken for the other's.
BESIDE = {
    "a service and its copy": (
        story(A, B, C, D1, D2, deploy("d3", "A", 6), incident("i", 5, 7), incident("j", 8, deployment="d1")),
        story(A, B, C, D1, D2, deploy("d3", "A", 6), incident("i", 5, 7), incident("j", 8, deployment="d1")),
    ),
    "the same merges as deployments": (story(A, B, C, rule=MERGES), story(A, B, C, rule=MERGES)),
    "a version of each object": (
        story(A, deploy("d1", "A", 2, status="in_progress"), deploy("d1", "A", 3)),
        story(A, deploy("d1", "A", 4, status="failure")),
    ),
    "said of one deployment only": (
        story(A, B, D1, D2, says("deployment.failed", "d1", restored=9), says("deployment.unplanned", "d2")),
        story(A, B, D1, D2),
    ),
    "said otherwise of each": (
        story(A, B, D1, D2, says("deployment.failed", "d1"), says("deployment.not_production", "d2")),
        story(A, B, D1, D2, says("deployment.not_failed", "d1"), says("deployment.reached_users", "d2")),
    ),
    "one names a leading environment": (
        story(A, deploy("d1", "A", 2, **EU), deploy("d2", "A", 3, **US), leading_environment="prod-eu"),
        story(A, deploy("d1", "A", 2, **US), leading_environment="prod-eu"),
    ),
    "one commit in regions of each": (
        story(A, B, deploy("d1", "A", 2, **EU), deploy("d2", "A", 3, **US), deploy("d3", "A", 4, **EU)),
        story(A, B, deploy("d4", "A", 5, **EU), deploy("d2", "A", 6, **US), deploy("d1", "B", 7, **EU)),
    ),
    "a high mark and a low one": (
        story(A, B, C, D3, deploy("d4", "C", 8)),
        story(A, B, C, D1, deploy("d2", "C", 9), deploy("d3", "B", 10)),
    ),
    "nothing deployed, and all of it": (story(A, B, C), story(A, B, C, D3)),
    "a history that starts late": (story(A, B, D2, history=3), story(A, B, D2)),
    "an incident beside quiet deployments": (
        story(A, B, deploy("d1", "A", 20), incident("i", 5, 6)),
        story(A, B, D1, deploy("d2", "B", 4)),
    ),
    "an incident that names what the other has": (
        story(A, D1, incident("i", 30, deployment="d2"), incident("j", 31, deployment=sha("B"))),
        story(A, B, D1, deploy("d2", "B", 29, ref="v2"), incident("i", 30, deployment="d1")),
    ),
    "an incident that names a tag the other has": (
        story(A, tag("t", "A", 2), incident("i", 40, deployment="v2"), rule=ProductionRule(kind="tag")),
        story(A, tag("t", "A", 2, ref="v2"), incident("i", 3), rule=ProductionRule(kind="tag")),
    ),
    "an incident linked by one team only": (
        story(A, B, D1, D2, incident("i", 5, 6), says("incident.link", "i", "d1")),
        story(A, B, D1, D2, incident("i", 5, 6)),
    ),
    "an incident linked to what the other has": (
        story(A, D1, incident("i", 5, 6), says("incident.link", "i", "d2")),
        story(A, B, D1, D2),
    ),
    "a revert of what the other has": (
        story(merge("#1", 1, number=1), deploy("d1", "#1", 2), merge("R", 3), deploy("d2", "R", 4)),
        story(merge("Z", 2), merge("R", 3, number=9, reverts="#1"), deploy("d2", "R", 4)),
    ),
    "a revert by sha of what the other has": (
        story(A, D1, B, D2),
        story(C, merge("R", 3, reverts="A"), deploy("d2", "R", 4)),
    ),
    "the same revert in both": (
        story(A, D1, merge("R", 3, reverts="A"), deploy("d2", "R", 4)),
        story(A, D1, merge("R", 3, reverts="A"), deploy("d2", "R", 5)),
    ),
    "a hotfix of one": (
        story(A, B, D1, deploy("d2", "B", 4, ref="hotfix/1")),
        story(A, B, D1, D2),
    ),
    "a hotfix that a rollback explains in the other": (
        story(A, B, D1, deploy("d2", "B", 4), deploy("d3", "A", 5, ref="hotfix/1")),
        story(A, B, C, D1, D2, deploy("d3", "C", 6, ref="hotfix/1")),
    ),
}


def together(arranged: dict[int, Story]):
    """The fleet of these stories, by number. The calculator is looked up anew, for a slip may have been put into it."""
    facts = FleetFacts.of({number: each.facts for number, each in arranged.items()})
    calculator = importlib.import_module("assessments.delivery")
    return calculator.judge_fleet(facts, {number: each.settings for number, each in arranged.items()})


def differs(*arranged: Story, judged: Sequence[Delivery] = ()) -> list[str]:
    """What the services of a fleet have that they have not alone, or otherwise; `judged` is each alone, if known."""
    numbered = dict(enumerate(arranged, start=2))
    fleet, calculator = together(numbered), importlib.import_module("assessments.delivery")
    others = []
    for place, (number, each) in enumerate(numbered.items()):
        one, alone = fleet.of(number), judged[place] if judged else calculator.judge(each.facts, each.settings)
        others += [f"{number} {name}" for name in FRAMES if not getattr(one, name).equals(getattr(alone, name))]
        if replace(one, **{name: None for name in FRAMES}) != replace(alone, **{name: None for name in FRAMES}):
            others.append(f"{number} as a whole")
    return others


@pytest.mark.parametrize("name", BESIDE)
def test_services_with_the_same_names(name):
    first, second = BESIDE[name]
    assert not differs(first, second)
    assert not differs(second, first)


def test_all_true_stories_in_one_fleet():
    assert not differs(*(arranged for arranged, _ in CASES.values()), judged=[judged(name).delivery for name in CASES])


CHOICES = {
    "path_globs": st.sampled_from([(), ("api/**",), ("web/**", "*.md")]),
    "leading_environment": st.sampled_from([None, "prod-eu"]),
    "same_release_hours": st.sampled_from([0, 24, 300]),
    "attribution_hours": st.sampled_from([6, 24]),
    "hotfix_pattern": st.sampled_from(["", "*3", "*hotfix*"]),
    "incidents_collected": st.booleans(),
    "rule": st.sampled_from([ProductionRule(kind="github_deployment"), MERGES]),
}


@st.composite
def chosen(draw):
    """A history with settings of its own."""
    told = draw(stories())
    return replace(told, settings=told.settings.model_copy(update=draw(st.fixed_dictionaries({}, optional=CHOICES))))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(chosen(), min_size=2, max_size=5))
def test_random_histories_of_the_same_names(histories):
    assert not differs(*histories)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(chosen(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_services_and_rows_changes_nothing(histories, chance: random.Random):
    numbered = {5 * place + 3: each for place, each in enumerate(histories)}
    mixed = FleetFacts.of({number: numbered[number].facts for number in chance.sample(list(numbered), len(numbered))})
    names = ("services", "changes", "deployments", "incidents", "corrections")
    mixed = FleetFacts(**{name: getattr(mixed, name).sample(fraction=1, shuffle=True, seed=1) for name in names})
    fleet, other = together(numbered), judge_fleet(mixed, {number: each.settings for number, each in numbered.items()})
    for name in ("services", *FRAMES):
        assert_frame_equal(getattr(fleet, name), getattr(other, name))
        assert getattr(fleet, name)["service"].is_sorted()


def test_what_is_known_of_each_service():
    fleet = together(
        {
            4: story(A, B, D1, incident("i", 5)),
            7: story(A, deploy("d1", "A", 2, environment="staging"), attribution_hours=6, incidents_collected=True),
            9: story(D1, merge("A", 3, paths=["web/x"]), path_globs=("api/**",), until=100),
            12: story(),
        }
    )
    assert fleet.services.schema == FLEET
    assert fleet.services.rows() == [
        (4, True, at(1), at(336), 24, True, True),
        (7, True, at(1), at(336), 6, False, True),
        (9, False, at(2), at(100), 24, True, False),
        (12, False, None, at(336), 24, False, False),
    ]


def test_frames_have_the_service_before_the_columns_of_one():
    fleet = together({4: story(A, D1, incident("i", 5)), 7: story()})
    for name, schema in FRAMES.items():
        assert getattr(fleet, name).schema == {"service": pl.Int64, **schema}
        assert getattr(fleet, name)["service"].unique().to_list() == [4]


def test_a_fleet_of_nobody_is_empty():
    fleet = judge_fleet(FleetFacts.of({}), {})
    assert fleet.services.schema == FLEET
    for name, schema in FRAMES.items():
        assert getattr(fleet, name).schema == {"service": pl.Int64, **schema}
        assert getattr(fleet, name).is_empty()


def test_a_service_without_settings_is_an_error():
    with pytest.raises(KeyError, match="4"):
        judge_fleet(FleetFacts.of({4: story().facts}), {})


def test_many_services_with_settings_of_their_own_are_judged_in_one_pass():
    rules = [ProductionRule(kind="tag", include=f"app{number}/v*") for number in range(200)]
    arranged = {n: story(A, D1, tag("t", "A", 3, ref=f"app{n}/v1"), rule=rule) for n, rule in enumerate(rules)}
    facts = FleetFacts.of({number: each.facts for number, each in arranged.items()})
    chosen = {number: each.settings for number, each in arranged.items()}
    start = perf_counter()
    fleet = judge_fleet(facts, chosen)
    fleet_took, start = perf_counter() - start, perf_counter()
    for each in list(arranged.values())[:40]:
        judge(each.facts, each.settings)
    assert fleet.deployments.filter("counts")["service"].to_list() == list(arranged)
    assert fleet_took < perf_counter() - start
