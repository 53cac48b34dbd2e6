"""Where a team stands: three lanes joined, and nobody sees a lane that is not for them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from assessments.maturity import State
from content import catalog
from data import people, store, teams
from data.access import Forbidden, NotFound
from data.asked import closing, maps, results
from data.practices import assessments, evaluations, standings
from data.tables import Assessment, ConsensusItem, Service, Wave
from tests.data import practised, surveyed
from tests.data.arrange import Place
from tests.data.practised import looked, said
from tests.data.surveyed import DAY
from tests.statements import counted

CI = "continuous-integration"
OWN = f"survey:capabilities/{CI} >= 2"


def second(place: Place, name: str = "Desk") -> int:
    """Another repository with a service of the same team."""
    service = teams.create_service(place.who, place.team_id, name)
    with store.reading() as session:
        return session.get_one(Service, service).repository_id


def test_three_lanes_stand_beside_each_other(both, who):
    place = Place(who)
    wave = said(place.team_id, 2)
    looked(place.repository_id)
    plain = next(iter(catalog.maps().values()))["today"]
    steps = [{**step, "role": "Developer"} for step in plain["steps"]]
    maps.create(who, place.team_id, "Ours", {**plain, "title": "Ours", "steps": steps})
    found = standings.of_team(who, place.team_id)
    seen = found.snapshot.seen
    assert seen[OWN].state is State.MET and seen["repository:ci-tests"].because == "ci-tests is met."
    assert seen["map:steps-with-role >= 1"].state is State.MET
    assert [one.id for one in found.waves] == [wave] and found.map.title == "Ours"
    assert found.standings[CI].told == 2 and found.lost is not None
    assert set(found.standings) == set(found.snapshot.model)


def test_nothing_known_is_a_state_of_its_own(home, who):
    found = standings.of_team(who, Place(who).team_id)
    assert found.looked == () and found.waves == () and found.map is None and found.lost is None
    assert found.snapshot.seen == {} and found.standings[CI].told is None
    assert "No repository has been looked at for readme." in found.standings[CI].missing


def test_only_repositories_of_the_team_count(home, who):
    place, other = Place(who), Place(who, "Other")
    looked(other.repository_id)
    practised.readable(place.repository_id)
    found = standings.of_team(who, place.team_id)
    assert [each.name for each in found.repositories] == ["Shop"] and found.looked == ()
    assert not any(key.startswith("repository:") for key in found.snapshot.seen)
    assert [each.name for each in found.not_looked] == ["Shop"]


def test_what_another_tool_found_scores_nothing(home, who):
    place = Place(who)
    looked(place.repository_id, {"readme": "met"}, origin="scorecard")
    assert standings.of_team(who, place.team_id).snapshot.seen == {}


def test_a_repository_that_nobody_has_looked_at_leaves_open_what_the_others_meet(home, who):
    place = Place(who)
    looked(place.repository_id, {"readme": "met", "ci-tests": "not met"})
    alone = standings.of_team(who, place.team_id).snapshot.seen
    assert alone["repository:readme"].state is State.MET
    practised.readable(second(place))
    seen = standings.of_team(who, place.team_id).snapshot.seen
    assert seen["repository:readme"].state is State.UNKNOWN
    assert seen["repository:readme"].because.endswith("Desk: It has not been looked at yet.")
    assert seen["repository:ci-tests"].state is State.NOT_MET


def test_a_service_without_a_repository_leaves_nothing_open(home, who):
    place = Place(who)
    second(place)  # of imports only
    looked(place.repository_id, {"readme": "met"})
    found = standings.of_team(who, place.team_id)
    assert found.snapshot.seen["repository:readme"].state is State.MET and found.not_looked == ()


def test_a_failed_look_is_no_look_and_an_older_one_stays(home, who):
    place = Place(who)
    evaluations.failed(practised.readable(place.repository_id), "probes", "The clone is gone.")
    (found,) = standings.of_team(who, place.team_id).repositories
    assert not found.looked and found.evaluation.problem == "The clone is gone."
    looked(place.repository_id)
    evaluations.failed(place.repository_id, "probes", "The clone is gone.")
    (found,) = standings.of_team(who, place.team_id).repositories
    assert found.looked and found.evaluation.problem == "The clone is gone."


def test_repositories_of_one_name_are_told_apart(home, who):
    place = Place(who)
    looked(place.repository_id, {"readme": "met"})
    looked(practised.readable(second(place), name="Shop"), {"readme": "not met"})
    found = standings.of_team(who, place.team_id)
    assert [each.name for each in found.repositories] == ["Shop", "Shop (2)"]
    assert found.snapshot.seen["repository:readme"].state is State.PARTLY


@pytest.mark.parametrize(
    ("role", "at_closing", "released"),
    [("member", True, True), ("team_lead", True, True), ("leader", False, True), ("coach", False, True)],
)
def test_what_is_not_released_is_in_no_level_and_no_sentence(home, who, role, at_closing, released):
    place = Place(who)
    reader = surveyed.person(role, place.organization_id, place.team_id if role in ("member", "team_lead") else None)
    looked(place.repository_id, "not met")
    wave = said(place.team_id, 3)

    def sees() -> bool:
        found = standings.of_team(reader, place.team_id)
        told = found.snapshot.seen[OWN]
        sentences = " ".join(each for one in found.standings.values() for each in one.disagreements)
        sees = told.state is State.MET
        assert ("The team says" in sentences) is sees
        assert (found.answers[f"capabilities/{CI}"].full is not None) is sees
        assert ("for the team alone until" in told.because) is not sees
        assert (found.standings["learning-culture"].told == 3) is sees
        return sees

    assert sees() is at_closing
    results.release(who, wave)
    assert sees() is released


def test_a_leader_sees_the_older_result_that_is_released(home, who):
    place = Place(who)
    leader = surveyed.person("leader", place.organization_id)
    first = said(place.team_id, 1)
    results.release(who, first)
    second = said(place.team_id, 4)
    theirs, ours = (standings.of_team(each, place.team_id) for each in (leader, who))
    assert [one.id for one in theirs.waves] == [first] and [one.id for one in ours.waves] == [second]
    assert theirs.standings["learning-culture"].told == 1 and ours.standings["learning-culture"].told == 4


def test_after_fourteen_days_leaders_see_it(home, who):
    place = Place(who)
    leader = surveyed.person("leader", place.organization_id)
    said(place.team_id, 3)
    (wave,) = standings.of_team(who, place.team_id).waves
    after = store.to_us(wave.closed_at) + 14 * DAY
    assert standings.of_team(leader, place.team_id, after - 1).snapshot.seen[OWN].state is State.UNKNOWN
    assert standings.of_team(leader, place.team_id, after).snapshot.seen[OWN].state is State.MET


def test_of_each_question_the_newest_wave_that_asked_it_counts(home, who):
    place = Place(who)
    older = said(place.team_id, 1)
    newer = said(place.team_id, 3, blocks=["ci-cd"])
    found = standings.of_team(who, place.team_id)
    assert found.answers[f"capabilities/{CI}"].wave.id == newer
    assert found.answers["capabilities/learning-culture"].wave.id == older
    assert [one.id for one in found.waves] == [newer, older]


def test_a_coarse_result_is_judged_by_its_middle_answers(home, who):
    place = Place(who)
    said(place.team_id, 2)
    said(place.team_id, 3, 3, 3, 3, 3)
    found = standings.of_team(who, place.team_id)
    assert found.answers[f"capabilities/{CI}"].wave.shows == "coarse"
    assert found.snapshot.seen[OWN].because == (
        "The team's middle answer about continuous integration: 3 on 0 to 4, as are those of the middle half."
    )
    assert found.snapshot.seen[OWN].state is State.MET and found.standings["learning-culture"].told == 3


def test_of_a_wave_with_too_few_answers_the_reason_is_known_and_an_older_result_counts(home, who):
    place = Place(who)
    said(place.team_id, 2, 2)
    found = standings.of_team(who, place.team_id)
    assert found.snapshot.seen[OWN].state is State.UNKNOWN
    assert "may not be shown: 2 of the 5 answers needed" in found.snapshot.seen[OWN].because
    first = said(place.team_id, 2)
    said(place.team_id, 4, 4)
    found = standings.of_team(who, place.team_id)
    assert found.answers[f"capabilities/{CI}"].wave.id == first and found.standings["learning-culture"].told == 2


def agreed(place: Place, values: dict) -> None:
    """A closed consensus with these answers by question."""
    plain = surveyed.asked("capabilities")
    wave = surveyed.wave(place.team_id, [], ["A", "B"], plain, kind="consensus")
    with store.writing() as session:
        for turn, (item, value) in enumerate(values.items(), start=1):
            answer = {"said": value} if isinstance(value, str) else {"value": value}
            state = "parted" if value == "parted" else "agreed"
            row = ConsensusItem(wave_id=wave, item=item, state=state, turn=turn, ballot=1, voted=2)
            row.agreed = None if value == "parted" else answer
            session.add(row)
    closing.close_due()


def test_what_was_agreed_counts_as_one_value(home, who):
    place = Place(who)
    keys = [item["key"] for block in surveyed.asked("capabilities")["blocks"] for item in block["items"]][:4]
    agreed(place, dict(zip(keys, [3, "dont_know", "not_applicable", "parted"], strict=True)))
    seen = standings.of_team(who, place.team_id).snapshot.seen
    states = [seen[f"survey:capabilities/{key} >= 3"].state for key in keys]
    assert states == [State.MET, State.UNKNOWN, State.NOT_APPLICABLE, State.UNKNOWN]
    assert seen[f"survey:capabilities/{keys[0]} >= 3"].because.startswith("The team agreed on 3 about")


def test_an_untouched_example_says_nothing_of_the_team(home, who):
    place = Place(who)
    key = next(iter(catalog.maps()))
    maps.copy_example(who, place.team_id, key)
    maps.create(who, place.team_id, "Empty")
    found = standings.of_team(who, place.team_id)
    assert found.map is None and found.lost is None and set(found.untouched) > {"Empty"}


def test_of_several_maps_the_one_changed_last_speaks(home, who):
    place = Place(who)
    plain = next(iter(catalog.maps().values()))["today"]
    own = [{**step, "tool": "Ours"} for step in plain["steps"]]
    first = maps.create(who, place.team_id, "First", {"title": "First", "steps": own})
    maps.create(who, place.team_id, "Second", {"title": "Second", "steps": own})
    found = standings.of_team(who, place.team_id)
    assert (found.map.title, found.map.others) == ("Second", ("First",))
    maps.save(who, first, "today", {"title": "First", "steps": [{**step, "tool": "New"} for step in own]}, 1)
    found = standings.of_team(who, place.team_id)
    assert (found.map.title, found.map.version, found.map.others) == ("First", 2, ("Second",))


def test_who_may_not_see_the_team_sees_nothing(home, who):
    place, other = Place(who), Place(who, "Other")
    stranger = surveyed.person("member", place.organization_id, other.team_id)
    with pytest.raises(Forbidden):
        standings.of_team(stranger, place.team_id)
    with pytest.raises(Forbidden):
        standings.of_team(replace(stranger, is_active=False), other.team_id)
    with pytest.raises(NotFound):
        standings.of_team(who, 99)


def test_it_takes_as_many_statements_for_one_repository_as_for_many(home, who):
    place = Place(who)
    looked(place.repository_id)
    said(place.team_id, 2)
    standings.of_team(who, place.team_id)
    with counted() as few:
        standings.of_team(who, place.team_id)
    for number in range(4):
        looked(second(place, f"Desk {number}"))
    said(place.team_id, 2, blocks=["ci-cd"])
    with counted() as many:
        standings.of_team(who, place.team_id)
    assert len(many) == len(few) and len(few) <= 14


def test_assessments_of_practices_are_no_result_of_a_wave(home, who):
    """`data.asked.results` takes the newest assessment of a wave: one of practices is of none."""
    place = Place(who)
    wave = said(place.team_id, 2)
    assessments.take(who, place.team_id)
    with store.reading() as session:
        rows = session.execute(select(Assessment)).scalars()
        assert {row.kind: row.wave_id for row in rows} == {"survey": wave, "practices": None}
        assert session.get_one(Wave, wave).state == "closed"
    assert results.result(people.local_person(), wave).items
