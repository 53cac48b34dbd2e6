"""Capability by team for those who lead: nothing that is the team's alone for now, and nothing worked out twice."""

import pytest
from sqlalchemy import update

from assessments.maturity import EXCEPTION, Mark
from content import catalog
from data import people, store
from data.access import Forbidden
from data.asked import maps, results
from data.improving import choices
from data.leading import capabilities, constraints, learning
from data.leading.capabilities import Why
from data.leading.constraints import NO_MAP, NO_WAIT, OTHER, UNTOUCHED
from data.practices import marks, model, standings
from data.tables import Wave
from tests.data import practised, surveyed
from tests.data.arrange import Place
from tests.data.improving import planted
from tests.data.practised import looked, said
from tests.data.surveyed import DAY

CI = "continuous-integration"


@pytest.fixture(autouse=True)
def nothing_kept():
    """Stores of tests have teams of the same numbers."""
    capabilities.forget()


def cells(who, team_id: int, **more) -> dict:
    found = capabilities.of(who, people.home_organization(who), **more)
    (row,) = [row for row in found.rows if row.team_id == team_id]
    return dict(zip(found.keys, row.cells, strict=True))


def only_said() -> str:
    """A capability that only people can tell of."""
    return next(key for key, one in model.capabilities().items() if one.survey_only)


def test_a_level_stands_where_enough_is_known(both, who):
    place = Place(who)
    looked(place.repository_id)
    results.release(who, said(place.team_id, 2))
    found = cells(who, place.team_id)[CI]
    seen = standings.of_team(who, place.team_id).standings[CI]
    assert (found.level, found.why) == (seen.told, None)
    assert (found.known, found.applicable) == (seen.known, seen.applicable)


def test_without_anything_a_cell_says_that_nobody_has_looked(home, who):
    found = cells(who, Place(who).team_id)
    assert {cell.why for cell in found.values()} == {Why.NOBODY}
    assert {cell.level for cell in found.values()} == {None}


def test_what_little_is_known_is_no_level(home, who):
    place = Place(who)
    looked(place.repository_id, {"ci-tests": "met"})
    assert (cells(who, place.team_id)[CI].level, cells(who, place.team_id)[CI].why) == (None, Why.TOO_LITTLE)


@pytest.mark.parametrize("role", ["leader", "admin"])
def test_answers_are_not_in_it_until_they_are_released_whoever_looks(home, who, role):
    place = Place(who)
    wave, key = said(place.team_id, 3), only_said()
    reader = surveyed.person(role, place.organization_id)
    assert (cells(reader, place.team_id)[key].level, cells(reader, place.team_id)[key].why) == (None, Why.NOT_RELEASED)
    results.release(who, wave)
    assert cells(reader, place.team_id)[key].level == 3


def test_fourteen_days_after_closing_they_are(home, who):
    place = Place(who)
    said(place.team_id, 3)
    now, key = store.now_us(), only_said()
    assert cells(who, place.team_id, now=now + 13 * DAY)[key].level is None
    assert cells(who, place.team_id, now=now + 15 * DAY)[key].level == 3


def test_of_too_few_answers_a_cell_says_that_they_are_hidden(home, who):
    place = Place(who)
    results.release(who, said(place.team_id, 3, 3, 3))
    assert (cells(who, place.team_id)[only_said()].level, cells(who, place.team_id)[only_said()].why) == (
        None,
        Why.HIDDEN,
    )


def test_what_does_not_apply_is_no_level(home, who):
    place = Place(who)
    marks.make(who, place.team_id, Mark("not applicable", CI, "We build nothing."))
    assert cells(who, place.team_id)[CI].why is Why.OUT


def test_levels_of_unnamed_teams_are_shown_from_five_on(home, who):
    key = only_said()
    for number in range(4):
        results.release(who, said(Place(who, f"T{number}").team_id, number % 3))
    assert capabilities.of(who, people.home_organization(who)).spread[key] is None
    results.release(who, said(Place(who, "T5").team_id, 4))
    assert capabilities.of(who, people.home_organization(who)).spread[key] == (2, 1, 1, 0, 1)


def test_only_teams_of_which_something_has_changed_are_worked_out_again(home, who):
    first, second = Place(who, "One"), Place(who, "Two")
    organization = first.organization_id
    assert capabilities.waiting(who, organization) == 2
    capabilities.of(who, organization)
    assert capabilities.waiting(who, organization) == 0
    looked(second.repository_id)
    assert capabilities.waiting(who, organization) == 1


def changed_by_look(place):
    looked(place.repository_id)


def changed_by_files(place):
    practised.readable(place.repository_id)


def changed_by_answers(place):
    said(place.team_id, 2)


def changed_by_map(place):
    maps.copy_example(place.who, place.team_id, next(iter(catalog.maps())))


def changed_by_mark(place):
    marks.make(place.who, place.team_id, Mark("not applicable", CI, "No."))


def changed_by_release(place):
    with store.writing() as session:
        session.execute(update(Wave).values(released_at=store.now_us()))


@pytest.mark.parametrize(
    "change",
    [changed_by_look, changed_by_files, changed_by_answers, changed_by_map, changed_by_mark, changed_by_release],
)
def test_everything_that_a_standing_rests_on_is_noticed(home, who, change):
    place = Place(who)
    said(place.team_id, 1)
    capabilities.of(who, place.organization_id)
    change(place)
    assert capabilities.waiting(who, place.organization_id) == 1


def test_an_exception_that_ends_is_noticed(home, who):
    place, now = Place(who), store.now_us()
    marks.make(who, place.team_id, Mark(EXCEPTION, CI, "Later.", "repository:ci-tests", "A lead", now + 60_000_000))
    capabilities.of(who, place.organization_id, now=now)
    assert capabilities.waiting(who, place.organization_id, now=now + 1) == 0
    assert capabilities.waiting(who, place.organization_id, now=now + 61_000_000) == 1


def test_progress_is_told_team_by_team(home, who):
    for name in ("One", "Two", "Three"):
        place = Place(who, name)
    told = []
    capabilities.of(who, place.organization_id, lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.parametrize("read", [capabilities.of, capabilities.waiting, constraints.of, learning.of])
@pytest.mark.parametrize("role", ["member", "team_lead"])
def test_only_those_who_lead_may(home, who, role, read):
    place = Place(who)
    with pytest.raises(Forbidden):
        read(surveyed.person(role, place.organization_id, place.team_id), place.organization_id)


# Where the work waits


def step(key: str, lead: float | None, process: float | None, stage: str | None = None) -> dict:
    return {"key": key, "name": key.capitalize(), "role": "A team", "lead": lead, "process": process, "stage": stage}


def drawn(place: Place, *steps: dict) -> int:
    """A map of these steps, and as many that do not wait as it needs to have five."""
    more = [step(f"more{number}", 10, 10) for number in range(5 - len(steps))]
    return maps.create(place.who, place.team_id, "Ours", {"title": "Ours", "steps": [*steps, *more]})


def constraint(who, place: Place):
    return next(one for one in constraints.of(who, place.organization_id).teams if one.team_id == place.team_id)


def test_the_constraint_of_a_map_is_told_with_its_share(both, who):
    place = Place(who)
    made = drawn(
        place, step("write", 100, 60, "coding"), step("wait", 300, 10, "waiting_to_deploy"), step("go", 20, 10)
    )
    found = constraint(who, place)
    assert (found.map_id, found.step, found.stage, found.sure) == (made, "Wait", "waiting_to_deploy", True)
    assert (found.share, found.waits, found.lead) == (pytest.approx(290 / 340), 290, 440)
    assert found.lost["waiting_to_deploy"] == pytest.approx(290 / 440)
    assert constraints.of(who, place.organization_id).stated == (("waiting_to_deploy", 1),)


def test_a_step_that_is_tied_to_no_stage_is_counted_as_another(home, who):
    place = Place(who)
    drawn(place, step("ask", 100, 10), step("do", 20, 20))
    assert constraint(who, place).stage == OTHER


def test_why_no_constraint_is_told_is_told_apart(home, who):
    none, empty, quick, partly = (Place(who, name) for name in ("None", "Empty", "Quick", "Partly"))
    maps.create(who, empty.team_id, "Begun")
    drawn(quick, step("do", 20, 20))
    drawn(partly, step("ask", 100, 10), step("do", None, None))
    assert (constraint(who, none).why, constraint(who, empty).why) == (NO_MAP, UNTOUCHED)
    assert constraint(who, quick).why == NO_WAIT
    assert (constraint(who, partly).why, constraint(who, partly).sure) == ("", False)


def test_what_is_measured_stands_beside_without_a_map(home, who):
    place = planted.service(who, 30)
    found = constraint(who, place)
    assert found.why == NO_MAP and found.measured.longest == constraints.of(who, place.organization_id).measured[0][0]


# How far teams come


def test_a_track_that_levels_call_for_comes_before_the_choice(home, who):
    place, other = Place(who), Place(who, "Unknown")
    looked(place.repository_id, "not met")
    results.release(who, said(place.team_id, 0))
    found = learning.of(who, place.organization_id)
    assert (found.recommended, found.unknown) == (1, 1)
    assert [number for _, number in found.counts] == [1, 0, 0, 0, 0, 0, 0]
    assert other.team_id


def test_a_team_that_has_chosen_counts_although_nothing_is_known_of_it(home, who):
    place = Place(who)
    choices.choose(who, place.team_id, "jenkins-to-actions")
    found = learning.of(who, place.organization_id)
    assert [number for _, number in found.counts][:3] == [1, 1, 0] and found.unknown == 0
