"""Three sentences, whatever is known."""

from hypothesis import HealthCheck, given, settings

from assessments.delivery import judge, summarise
from assessments.delivery.overview import Observed, sentences
from assessments.delivery.settings import ProductionRule
from tests.assessments.delivery.histories import stories
from tests.assessments.delivery.story import deploy, incident, merge, story
from tests.assessments.delivery.truth_metrics import daily

MERGES = ProductionRule(kind="merge")


def observed(*events, name="shop", notes=(), **options) -> Observed:
    told = story(*events, **options)
    delivery = judge(told.facts, told.settings)
    return Observed(name, summarise(delivery, told.start, told.end), delivery.incidents_collected, notes)


def test_no_service_yet():
    assert sentences([])[0] == "This team has no service yet."


def test_no_incidents_is_never_read_as_no_failures():
    _, holds, unknown = sentences([observed(*daily(10))])
    assert holds == "No revert, rollback or hotfix stands out, which does not mean that nothing failed."
    assert (
        unknown == "No incidents have been collected for shop: change fail rate and recovery time are not known there."
    )


def test_the_slowest_and_the_fastest_service_are_named():
    moves, *_ = sentences([observed(*daily(8, lead=30)), observed(*daily(8, lead=4), name="api")])
    assert moves.startswith("A change takes 30.0 h (median) to reach users in shop, 4.0 h in api")


def test_from_git_alone_the_time_before_the_merge_is_not_called_coding():
    moves, *_ = sentences([observed(*daily(8, lead=30))])
    assert moves.endswith("and the time before the merge is the largest part of it (97 %).")


def test_the_longest_stage_is_named():
    told = (
        event
        for i in range(6)
        for event in (merge(f"c{i}", 30 + i, authored=i, opened=i + 1), deploy(f"d{i}", f"c{i}", 31 + i))
    )
    moves, *_ = sentences([observed(*told)])
    assert moves.endswith("and waiting for review is the largest part of it (94 %).")


def test_a_zero_by_definition_is_not_said_as_a_speed():
    moves, *_ = sentences([observed(*(merge(f"c{i}", i, authored=None) for i in range(8)), rule=MERGES)])
    assert moves == "In shop a merge counts as reaching users, and squash or rebase merges hide the time before it."


def test_failures_are_named_with_what_they_rest_on():
    _, holds, unknown = sentences([observed(*daily(8), incident("i", 3, 4))])
    assert holds == (
        "12 % of deployments led to a failure in shop (1 of 8 deployments); recovery time: too few to judge (1 of 6)."
    )
    assert unknown == "There is too little to judge yet: recovery time of shop."


def test_a_measured_zero_is_said_as_such():
    _, holds, _ = sentences([observed(*daily(8), incidents_collected=True)])
    assert holds == "No deployment led to a known failure in shop."


def test_inferred_failures_are_low_confidence():
    rollback = deploy("back", "c3", 199)
    _, holds, _ = sentences([observed(*daily(8), rollback)])
    assert holds == (
        "Reverts, rollbacks and hotfixes suggest that 1 of 9 deployments failed in shop, with low confidence."
    )


def test_changes_that_never_shipped_are_said():
    merges = [merge(f"late{i}", 250) for i in range(6)]
    *_, unknown = sentences([observed(*daily(8), *merges, incidents_collected=True)])
    assert unknown.startswith("6 of 14 changes merged in shop have not been deployed yet")


def test_what_a_source_could_not_tell():
    *_, unknown = sentences([observed(*daily(8), incidents_collected=True, notes=("The clone is shallow.",))])
    assert unknown == "What the source could not tell: shop: The clone is shallow."


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories())
def test_always_three_sentences(told):
    delivery = judge(told.facts, told.settings)
    summary = summarise(delivery, told.start, told.end)
    said = sentences([Observed("shop", summary, delivery.incidents_collected)])
    assert len(said) == 3
    for sentence in said:
        assert sentence.endswith(".") and sentence[0].isupper() | sentence[0].isdigit() and "None" not in sentence
