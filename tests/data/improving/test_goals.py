from dataclasses import replace

import pytest
from sqlalchemy import select

from assessments import goals as ways
from assessments.delivery.results import State
from data import derive, store, teams
from data.access import Forbidden, NotFound
from data.asked import pains, results
from data.asked.naming import Said
from data.improving import figures, goals
from data.improving.goals import Wanted
from data.tables import AuditEvent, Goal
from tests.data import practised, surveyed
from tests.data.arrange import Place, change, deployment, hour
from tests.data.improving import planted
from tests.data.improving.planted import WEEK
from tests.data.test_teams import member
from tests.statements import counted

DAY = 86_400 * 1_000_000


@pytest.fixture
def shop(both, who) -> Place:
    return planted.service(who, weeks=16, failing=True)


@pytest.fixture
def one_shop(home, who) -> Place:
    """On SQLite, for what does not depend on the store."""
    return planted.service(who, weeks=16, failing=True)


def wanted(place: Place, **more) -> Wanted:
    values = {"title": "Faster", "service_id": place.service_id, "metric": "lead_time", "target": 30.0}
    values |= {"counter_metric": "change_fail_rate", "counter_limit": 0.15, "due_at": store.now_us() + 90 * DAY}
    return Wanted(**values | more)


def set_at(goal_id: int, number: float, **more) -> None:
    """Puts the setting of a goal to that hour."""
    with store.writing() as session:
        row = session.get(Goal, goal_id)
        row.created_at = store.to_us(hour(number))
        for name, value in more.items():
            setattr(row, name, value)


def test_a_goal_keeps_where_it_began(shop, who):
    made = goals.add(who, shop.team_id, wanted(shop, note="Together"))
    (one,) = goals.listed(who, shop.team_id)
    before, counter = one.baseline
    assert (one.id, one.state, one.service, one.wanted.note) == (made, goals.OPEN, "Shop", "Together")
    assert before.state == "value" and before.low < before.value < before.high
    assert before.value == pytest.approx(48, rel=0.1) and before.n == 76 and before.unit == "hours"
    assert before.end == store.to_us(hour(16 * WEEK + 30)) and before.end - before.start == 13 * 7 * DAY
    assert counter.unit == "share" and counter.value == pytest.approx(0.1, abs=0.03) and counter.n == 38
    with store.reading() as session:
        events = session.execute(select(AuditEvent.action, AuditEvent.detail)).all()
    assert events[-1] == (
        "add_goal",
        {"title": "Faster", "metric": "lead_time", "counter": "change_fail_rate", "service": shop.service_id},
    )


def test_a_frequency_is_counted_a_week(one_shop, who):
    before, _ = goals.measured(one_shop.service_id, "deployment_frequency", "change_fail_rate")
    assert (before.value, before.unit) == (pytest.approx(3, abs=0.2), "a week")
    assert before.low < 3 < before.high


def test_a_stage_has_an_interval_as_lead_time_has(one_shop, who):
    before, _ = goals.measured(one_shop.service_id, "coding", "deployment_frequency")
    assert before.low < before.value < before.high and before.value == pytest.approx(4.8, rel=0.1)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"counter_metric": ""}, "alone improves it at the cost"),
        ({"counter_metric": None}, "alone improves it at the cost"),
        ({"counter_metric": "lead_time"}, "get better and worse together"),
        ({"counter_metric": "coding"}, "get better and worse together"),
        ({"metric": "lines"}, "Choose one of the metrics"),
        ({"metric": "change_fail_rate_inferred", "target": 0.1}, "guesses"),
        ({"counter_metric": "rework_rate_inferred"}, "guesses"),
        ({"target": 60.0}, "reached already"),
        ({"target": -1.0}, "not negative"),
        ({"target": float("nan")}, "not negative"),
        ({"target": "soon"}, "as numbers"),
        ({"metric": "deployment_frequency", "target": 1e308}, "at most 1,000,000"),
        ({"counter_limit": 10**400}, "at most 1,000,000"),
        ({"counter_limit": 1.5}, "0 to 100 %"),
        ({"counter_limit": float("inf")}, "0 to 100 %"),
        ({"due_at": 5}, "a day after today"),
        ({"due_at": 2**60}, "within three years"),
        ({"title": " \n "}, "a title"),
        ({"title": "x" * 121}, "up to 120"),
        ({"note": "x" * 2001}, "up to 2,000"),
        ({"capability": "version-control"}, "the level that is wanted"),
        ({"capability": "juggling", "level": 2}, "a capability from the list"),
        ({"capability": "version-control", "level": 5}, "1 to 4"),
    ],
)
def test_what_is_no_goal_is_refused_with_the_reason_and_leaves_nothing(one_shop, who, more, reason):
    with pytest.raises(ValueError, match=reason):
        goals.add(who, one_shop.team_id, wanted(one_shop, **more))
    assert goals.listed(who, one_shop.team_id) == ()


def test_what_has_no_value_is_no_baseline_and_never_zero(home, who):
    quiet = planted.service(who, weeks=16)  # nobody collects its incidents
    with pytest.raises(ValueError, match="Change fail rate has no value to begin from: it is not collected"):
        goals.add(who, quiet.team_id, wanted(quiet))
    few = Place(who, "Few")
    few.add(
        changes=[change(each, each * 100) for each in (1, 2)],
        deployments=[deployment(f"d{each}", each, each * 100 + 2) for each in (1, 2)],
    )
    derive.refresh(few.service_id)
    with pytest.raises(ValueError, match="Lead time has no value to begin from: "):
        goals.add(who, few.team_id, wanted(few, counter_metric="deployment_frequency"))
    bare = Place(who, "Bare")
    with pytest.raises(goals.NotWorkedOut, match="Nothing has been worked out"):
        goals.add(who, bare.team_id, wanted(bare))
    with pytest.raises(NotFound):
        goals.add(who, quiet.team_id, wanted(bare))


def test_progress_is_what_was_measured_since_against_the_baseline(both, who):
    """Lead time drops by forty percent at week 20; the goals were set then, and a little before the end."""
    place = planted.service(who, weeks=36, drop_at=20, failing=True)
    old, young = (goals.add(who, place.team_id, wanted(place, target=27.0)) for _ in range(2))
    window = [store.to_us(hour(each * WEEK)) for each in (7, 20)]
    asked = [(place.service_id, key, *window) for key in ("lead_time", "change_fail_rate")]
    first, second = (figures.plain(each) for each in figures.figures(asked).values())
    past = {"baseline": {"metric": first, "counter": second}}
    set_at(old, 20 * WEEK, due_at=store.to_us(hour(34 * WEEK)), **past)
    set_at(young, 36 * WEEK + 40, **past)
    listed = goals.listed(who, place.team_id)
    stands = goals.stands(listed, store.to_us(hour(37 * WEEK)))
    one = stands[old]
    assert one.now.value == pytest.approx(48 * 0.6, rel=0.1) and one.now.n == 76
    assert (one.progress.state, one.progress.at_target, one.progress.counter) == (ways.BETTER, False, ways.KEPT)
    assert one.overdue and not stands[young].overdue
    assert stands[young].progress.state == ways.NOT_KNOWN and stands[young].now.state == State.NO_DATA


def test_an_ended_goal_is_measured_until_its_end(one_shop, who):
    made = goals.add(who, one_shop.team_id, wanted(one_shop))
    set_at(made, 2 * WEEK, state="missed", ended_at=store.to_us(hour(8 * WEEK)))
    (stand,) = goals.stands(goals.listed(who, one_shop.team_id)).values()
    assert stand.now.end == store.to_us(hour(8 * WEEK)) and not stand.overdue


def test_a_goal_is_ended_once_and_then_stays(one_shop, who):
    made = goals.add(who, one_shop.team_id, wanted(one_shop))
    with pytest.raises(ValueError, match="reached, missed or dropped"):
        goals.end(who, made, "open")
    goals.end(who, made, goals.REACHED, "Small changes did it")
    (one,) = goals.listed(who, one_shop.team_id)
    assert (one.state, one.wanted.note) == (goals.REACHED, "Small changes did it") and one.ended_at
    for do in (lambda: goals.end(who, made, goals.MISSED), lambda: goals.edit(who, made, one.wanted)):
        with pytest.raises(ValueError, match="was reached already"):
            do()


def test_what_a_goal_is_measured_by_stays_and_the_rest_can_be_said_otherwise(one_shop, who):
    made = goals.add(who, one_shop.team_id, wanted(one_shop))
    goals.edit(who, made, wanted(one_shop, title="Much faster", target=20.0))
    (one,) = goals.listed(who, one_shop.team_id)
    assert (one.wanted.title, one.wanted.target) == ("Much faster", 20.0)
    for other in ({"metric": "coding"}, {"counter_metric": "rework_rate"}, {"service_id": 999}):
        with pytest.raises(ValueError, match="What a goal is measured by stays"):
            goals.edit(who, made, replace(one.wanted, **other))
    with pytest.raises(NotFound):
        goals.end(who, 999, goals.MISSED)


def test_a_goal_of_a_gap_sets_the_target_of_the_plan(one_shop, who):
    goals.add(who, one_shop.team_id, wanted(one_shop, capability="version-control", level=3))
    goals.add(who, one_shop.team_id, wanted(one_shop, capability="version-control", level=4))
    ended = goals.add(who, one_shop.team_id, wanted(one_shop, capability="test-automation", level=4))
    goals.end(who, ended, goals.DROPPED)
    listed = goals.listed(who, one_shop.team_id)
    standing = dict.fromkeys(["version-control"])
    assert goals.targets(listed, standing) == {"version-control": 4}
    assert goals.targets(listed, {}) == {}
    assert listed[0].capability_name == "Version control"


def test_a_goal_works_on_a_pain_point_and_stays_when_that_goes(one_shop, who):
    pain = pains.add(who, one_shop.team_id, Said("review", "Reviews wait", 3, 2, 4.0))
    made = goals.add(who, one_shop.team_id, wanted(one_shop, pain_id=pain))
    assert [one.id for one in goals.by_pain(who, one_shop.team_id)[pain]] == [made]
    other = teams.create_team(who, one_shop.organization_id, "Other")
    foreign = pains.add(who, other, Said("review", "Theirs", 3, 2, 4.0))
    with pytest.raises(NotFound):
        goals.add(who, one_shop.team_id, wanted(one_shop, pain_id=foreign))
    pains.remove(who, pain)
    assert goals.by_pain(who, one_shop.team_id) == {} and len(goals.listed(who, one_shop.team_id)) == 1


def test_a_service_that_moved_away_is_not_shown_through_a_goal(one_shop, who):
    goals.add(who, one_shop.team_id, wanted(one_shop))
    other = teams.create_team(who, one_shop.organization_id, "Other")
    teams.move_service(who, one_shop.service_id, other)
    (one,) = goals.listed(who, one_shop.team_id)
    assert one.service == "" and goals.stands([one]) == {}
    teams.delete_service(who, one_shop.service_id)
    assert goals.listed(who, one_shop.team_id)[0].wanted.service_id is None


def test_a_goal_goes_with_a_service_that_is_merged(one_shop, who):
    goals.add(who, one_shop.team_id, wanted(one_shop))
    into = teams.create_service(who, one_shop.team_id, "Into")
    teams.merge_services(who, one_shop.service_id, into)
    (one,) = goals.listed(who, one_shop.team_id)
    assert (one.service, one.wanted.service_id) == ("Into", into)


@pytest.mark.parametrize(("role", "may"), [("member", False), ("team_lead", True)])
def test_members_see_goals_and_leads_set_them(one_shop, who, role, may):
    made = goals.add(who, one_shop.team_id, wanted(one_shop))
    person = member(role, one_shop.team_id)
    assert len(goals.listed(person, one_shop.team_id)) == 1
    for do in (
        lambda: goals.add(person, one_shop.team_id, wanted(one_shop)),
        lambda: goals.edit(person, made, wanted(one_shop, title="Other")),
        lambda: goals.end(person, made, goals.MISSED),
    ):
        if may:
            do()
        else:
            with pytest.raises(Forbidden):
                do()
    outside = member("team_lead", teams.create_team(who, one_shop.organization_id, "Other"), "o")
    for do in (lambda: goals.listed(outside, one_shop.team_id), lambda: goals.by_pain(outside, one_shop.team_id)):
        with pytest.raises(Forbidden):
            do()


def test_many_goals_cost_no_more_statements_than_one(one_shop, who):
    numbers = []
    for _ in range(2):
        goals.add(who, one_shop.team_id, wanted(one_shop))
        with counted() as sent:
            goals.stands(goals.listed(who, one_shop.team_id))
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] < 12


def test_the_level_that_a_goal_came_from_is_for_leaders_when_the_answers_are(one_shop, who):
    leader = surveyed.person("leader", one_shop.organization_id)
    wave = practised.said(one_shop.team_id, 1)
    goals.add(who, one_shop.team_id, wanted(one_shop, capability="version-control", level=2))

    def told(reader) -> tuple:
        (one,) = goals.listed(reader, one_shop.team_id)
        return one.wanted.capability, one.wanted.level, one.capability_name

    whole = ("version-control", 2, "Version control")
    assert (told(who), told(leader)) == (whole, (None, None, ""))
    results.release(who, wave)
    assert told(leader) == whole
