import pytest

from assessments import outcomes
from assessments.outcomes import Intervention
from data import derive, store
from data.access import NotFound
from data.improving import measuring
from data.improving.measuring import INFERRED, METRICS
from tests.data.arrange import Place, change, deployment, hour, incident
from tests.data.improving import planted
from tests.data.improving.planted import WEEK

FIRST = outcomes.week_of(store.to_us(hour(0)))


@pytest.fixture
def shop(both, who) -> Place:
    return planted.service(who, weeks=12, failing=True)


def of(place: Place, metric: str, until: float | None = None) -> outcomes.Weeks:
    return measuring.weeks(place.service_id, metric, None if until is None else store.to_us(hour(until)))


def numbers(weeks: outcomes.Weeks) -> list[int]:
    """Counted from the week of the first of January 2024."""
    return (weeks.week - FIRST).tolist()


def test_a_series_begins_after_the_first_deployment_and_ends_before_what_may_still_change(shop):
    found = of(shop, "deployment_frequency")
    assert numbers(found) == list(range(1, 12))
    assert (found.value == 3).all()
    assert numbers(of(shop, "deployment_frequency", 5 * WEEK)) == [1, 2, 3, 4]
    assert numbers(of(shop, "deployment_frequency", 0.5 * WEEK)) == []


def test_a_week_that_a_late_incident_can_still_change_is_left_out(both, who):
    place = planted.service(who, weeks=4)
    place.source(until=4 * WEEK + 23)  # 24 hours are the limit; the newest source counts
    with store.writing() as session:
        derive.changed(session, service_id=place.service_id)
    derive.refresh(place.service_id)
    assert numbers(of(place, "lead_time")) == [1, 2, 3]
    with store.writing() as session:
        session.get(measuring.Service, place.service_id).collected_until = store.to_us(hour(4 * WEEK + 23))
    assert numbers(of(place, "lead_time")) == [1, 2]


def test_lead_times_are_those_of_deployments_and_its_stages_are_known_too(shop):
    lead, coding = of(shop, "lead_time"), of(shop, "coding")
    assert (lead.size.tolist(), lead.changes.tolist()) == ([3] * 11, [6] * 11)
    assert lead.typical == pytest.approx(48, rel=0.15)
    assert coding.typical == pytest.approx(lead.typical / 10, rel=0.05)
    assert of(shop, "deploying").typical == pytest.approx(0.5)


def test_failures_count_from_the_first_incident_on(shop):
    first = 20 // 6  # the twentieth change ships in that week
    share, recovery = of(shop, "change_fail_rate"), of(shop, "recovery_time")
    assert numbers(share) == list(range(first + 1, 12))
    assert share.deployments == 3 * len(share)
    assert share.value.sum() * 3 == pytest.approx(2)  # of the fortieth and of the sixtieth change
    assert recovery.typical == pytest.approx(3)


def test_an_open_failure_has_lasted_until_now_and_is_not_left_out(both, who):
    place = Place(who)
    names = range(1, 6)
    place.add(
        changes=[change(each, each * WEEK - 100) for each in names],
        deployments=[deployment(f"d{each}", each, each * WEEK - 90) for each in names],
        incidents=[incident("old", -50, -40), incident("open", 2 * WEEK - 89, None)],
        source=place.source(until=6 * WEEK),
    )
    derive.refresh(place.service_id)
    assert of(place, "recovery_time").typical == pytest.approx(4 * WEEK + 90)


def test_without_incidents_failures_are_not_collected_and_that_is_not_zero(both, who):
    place = planted.service(who, weeks=4)
    for metric in ("change_fail_rate", "recovery_time", "rework_rate"):
        with pytest.raises(ValueError, match="not collected"):
            of(place, metric)
    assert len(of(place, "lead_time")) == 3


def test_what_the_source_does_not_tell_and_what_nobody_has_judged_is_said(both, who):
    place = planted.service(who, weeks=4)
    with pytest.raises(ValueError, match="is not known of any change"):
        of(place, "waiting_to_merge")
    bare = Place(who, "Bare")
    with pytest.raises(ValueError, match="Nothing is known of this service"):
        of(bare, "lead_time")
    bare.add(changes=[change(1, 10)])
    derive.refresh(bare.service_id)
    with pytest.raises(ValueError, match="No production deployment"):
        of(bare, "deployment_frequency")
    with pytest.raises(NotFound):
        measuring.weeks(999, "lead_time")


def test_a_source_that_begins_late_makes_the_series_begin_late(shop):
    shop.source(whole=True, until=12 * WEEK + 30, history_start=store.to_us(hour(6.5 * WEEK)))
    assert numbers(of(shop, "deployment_frequency")) == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("metric", INFERRED)
def test_nothing_is_judged_by_failures_that_were_inferred(metric):
    with pytest.raises(ValueError, match="guesses"):
        measuring.check(metric)


def test_what_would_pay_for_a_metric_is_a_metric_and_not_of_its_own_side():
    for metric in METRICS.values():
        assert metric.key not in metric.beside
        assert set(metric.beside) < set(METRICS)
    with pytest.raises(ValueError, match="Choose one"):
        measuring.check("lines of code")


def test_a_drop_that_was_planted_is_found_and_nothing_is_found_where_nothing_was(both, who):
    dropped = planted.service(who, 70, drop_at=50, name="Dropped")
    same = planted.service(who, 70, name="Same")
    done = Intervention(store.to_us(hour(50 * WEEK)), store.to_us(hour(50 * WEEK)), settle=0)
    found = measuring.measured([dropped.service_id, same.service_id, 999], ["lead_time"])
    now = store.to_us(hour(71 * WEEK))
    moved, not_moved = (
        outcomes.judge(found[place.service_id, "lead_time"].weeks, done, outcomes.LOW, now) for place in (dropped, same)
    )
    assert (moved.verdict, moved.direction) == (outcomes.MOVED, outcomes.BETTER)
    assert moved.low < 0.6 < moved.high
    assert not_moved.verdict != outcomes.MOVED
    assert len(found) == 2
