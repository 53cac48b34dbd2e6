"""Marks: what does not apply, what is accepted until a day; made by those who plan, taken back, never deleted."""

import pytest
from sqlalchemy import select

from assessments.maturity import EXCEPTION, LONGEST_EXCEPTION, NOT_APPLICABLE, Mark, State
from data import store, teams
from data.access import Forbidden, NotFound
from data.practices import marks, standings
from data.tables import AuditEvent
from tests.data import surveyed
from tests.data.arrange import Place
from tests.data.practised import looked
from tests.data.surveyed import DAY

CI, BUILD = "continuous-integration", "repository:tests-one-command"
NOW = 1_800_000_000_000_000
NONE = Mark(NOT_APPLICABLE, CI, "We ship  no software.\n", BUILD)
LATER = Mark(EXCEPTION, CI, "It comes with the new server", BUILD, "A developer", NOW + 30 * DAY)


def state(place: Place, now: int = NOW) -> State:
    found = standings.of_team(place.who, place.team_id, now)
    statement = found.standings[CI].statements[0]
    return next(seen.state for item, seen in statement.seen if item.id == BUILD)


def test_a_mark_counts_until_it_is_taken_back_and_stays_listed(both, who):
    place = Place(who)
    looked(place.repository_id, "not met")
    assert state(place) is State.NOT_MET
    made = marks.make(who, place.team_id, NONE, NOW)
    assert state(place) is State.NOT_APPLICABLE
    (view,) = marks.listed(who, place.team_id, NOW)
    assert (view.state, view.mark.reason, view.made_by) == (marks.IN_FORCE, "We ship no software.", who.name)
    marks.undo(who, made, NOW + 1)
    assert state(place) is State.NOT_MET
    (view,) = marks.listed(who, place.team_id, NOW + 2)
    assert (view.state, view.undone_by, store.to_us(view.undone_at)) == (marks.UNDONE, who.name, NOW + 1)
    marks.undo(who, made, NOW + 5)
    assert marks.listed(who, place.team_id, NOW + 6) == (view,), "taking it back twice is taking it back once"
    with store.reading() as session:
        acts = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert acts[-2:] == ["mark_practice", "undo_mark"]


def test_an_exception_ends_by_itself_and_can_be_made_anew(both, who):
    place = Place(who)
    looked(place.repository_id, "not met")
    marks.make(who, place.team_id, LATER, NOW)
    assert state(place, NOW) is State.EXCEPTED
    end = LATER.expires
    assert state(place, end - 1) is State.EXCEPTED and state(place, end) is State.NOT_MET
    (view,) = marks.listed(who, place.team_id, end)
    assert view.state == marks.ENDED and view.undone_at is None
    assert any("ended on" in note for note in standings.of_team(who, place.team_id, end).standings[CI].notes)
    again = Mark(EXCEPTION, CI, "Once more", BUILD, "A developer", end + 30 * DAY)
    marks.make(who, place.team_id, again, end)
    assert [view.state for view in marks.listed(who, place.team_id, end)] == [marks.IN_FORCE, marks.UNDONE]
    assert state(place, end) is State.EXCEPTED


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (Mark(NOT_APPLICABLE, CI, " "), "Give a reason"),
        (Mark(NOT_APPLICABLE, CI, "x" * 501), "at most 500 characters"),
        (Mark(NOT_APPLICABLE, "magic", "So"), "no such capability"),
        (Mark(NOT_APPLICABLE, CI, "So", "repository:magic"), "no such evidence"),
        (Mark("blessed", CI, "So"), "A mark is"),
        (Mark(EXCEPTION, CI, "So", None, "", NOW + DAY), "Name who answers"),
        (Mark(EXCEPTION, CI, "So", None, "A developer", None), "Choose a day"),
        (Mark(EXCEPTION, CI, "So", None, "A developer", NOW), "Choose a day"),
        (Mark(EXCEPTION, CI, "So", None, "A developer", NOW + LONGEST_EXCEPTION + 1), "Choose a day"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(home, who, mark, said):
    place = Place(who)
    with pytest.raises(ValueError, match=said):
        marks.make(who, place.team_id, mark, NOW)
    assert marks.listed(who, place.team_id) == ()


def test_the_same_is_marked_once(home, who):
    place = Place(who)
    marks.make(who, place.team_id, NONE, NOW)
    with pytest.raises(ValueError, match="marked already"):
        marks.make(who, place.team_id, NONE, NOW)
    marks.make(who, place.team_id, Mark(NOT_APPLICABLE, CI, "All of it"), NOW)
    assert len(marks.listed(who, place.team_id)) == 2


@pytest.mark.parametrize("role", ["member", "leader", "coach"])
def test_only_who_plans_marks(home, who, role):
    place = Place(who)
    one = surveyed.person(role, place.organization_id, place.team_id if role == "member" else None)
    made = marks.make(who, place.team_id, NONE, NOW)
    with pytest.raises(Forbidden):
        marks.make(one, place.team_id, LATER, NOW)
    with pytest.raises(Forbidden):
        marks.undo(one, made)
    assert len(marks.listed(one, place.team_id)) == 1


def test_of_another_team_nobody_sees_or_takes_back_anything(home, who):
    place, other = Place(who), Place(who, "Other")
    lead = surveyed.person("team_lead", place.organization_id, other.team_id)
    made = marks.make(who, place.team_id, NONE, NOW)
    for act in (lambda: marks.listed(lead, place.team_id), lambda: marks.undo(lead, made)):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        marks.undo(who, 99)


def test_marks_of_a_team_that_is_merged_are_history(both, who):
    place, into = Place(who), Place(who, "Into")
    marks.make(who, place.team_id, NONE, NOW)
    teams.merge_teams(who, place.team_id, into.team_id)
    (view,) = marks.listed(who, into.team_id)
    assert view.state == marks.UNDONE
