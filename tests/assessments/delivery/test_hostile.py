"""Facts nobody should send, and patterns nobody should type: every one is judged, none breaks the judging."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from assessments.delivery.settings import ProductionRule, Settings
from tests.assessments.delivery.story import deploy, incident, merge, says, story

YEAR_1, YEAR_9999 = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def odd(**options):
    """Dates at both ends of time, missing times, empty names, and words about things that do not exist."""
    return story(
        *(merge("A", YEAR_1, authored=YEAR_1), merge("B", YEAR_9999, authored=YEAR_1), merge("C", None, authored=5)),
        merge("D", 5, reverts="#99999999999999999999999"),
        *(deploy("d1", "D", 6), deploy("d2", None, None, environment=None), deploy("d3", "A", YEAR_9999)),
        deploy("d4", "A", YEAR_1),
        *(incident("i", None, 5), incident("j", 7, 3, deployment=""), incident("k", YEAR_9999, deployment="d1")),
        *(says("deployment.failed", "nobody"), says("weird", "d1"), says("incident.link", "j")),
        until=400,
        **options,
    ).told()


def test_a_wide_story_is_judged_to_the_end():
    told = odd(path_globs=("", "[z-a]", "**"))
    assert told.look("A.deployment_id") == "d4"
    assert told.look("C.lead") == 1
    assert told.look("B.clamped") is True
    assert told.look("because j.state") == "unlinked"
    assert told.look("d1.failed") is True


def test_weeks_begin_with_the_first_date_that_can_be_true():
    assert str(odd().weeks["week"].min()) == "2026-01-05"


@pytest.mark.parametrize("kind", ["tag", "release", "workflow", "import", "webhook", "merge"])
@pytest.mark.parametrize("pattern", ["[a,{}", "(", "[z-a]*", "\\", "", ","])
def test_whatever_is_typed_as_a_pattern(kind, pattern):
    rule = ProductionRule(kind=kind, include=pattern, exclude=pattern, environment=pattern)
    assert odd(rule=rule, hotfix_pattern=pattern).weeks.height % 9 == 0


@pytest.mark.parametrize(
    "slip", [{"attribution_hours": 0}, {"attribution_hours": 1e9}, {"same_release_hours": -1}, {"colour": "red"}]
)
def test_settings_that_make_no_sense_are_refused(slip):
    with pytest.raises(ValidationError):
        Settings(rule=ProductionRule(kind="tag"), **slip)
