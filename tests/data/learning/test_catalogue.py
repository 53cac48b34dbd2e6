"""The tracks as a team looks at them."""

import pytest

from data.improving import choices, plans
from data.learning import catalogue
from data.learning.catalogue import EFFORT, GAP, LEVEL, Entry
from tests.data.arrange import Place
from tests.data.learning import course
from tests.data.learning.course import OTHER, TRACK
from tests.data.practised import said


@pytest.fixture
def shop(home, who) -> Place:
    place = Place(who, "Shop")
    said(place.team_id, 1)
    return place


def listed(place: Place, also: str = "") -> dict[str, Entry]:
    return {one.slug: one for one in catalogue.entries(plans.of_team(place.who, place.team_id, 20), also)}


def test_each_track_has_its_reason_its_share_of_the_gap_and_what_the_team_did(shop, monkeypatch):
    standings = plans.of_team(shop.who, shop.team_id, 20).standing.standings
    known = next(key for key, one in standings.items() if one.told is not None and one.told < 4)
    course.teach(monkeypatch, capabilities=[{"id": known, "weight": 1, "from_level": 0, "to_level": 4}])
    made = choices.choose(shop.who, shop.team_id, TRACK)
    choices.begin(shop.who, made)
    one, other = listed(shop).values()
    assert (one.state, one.because, one.recommended) == (choices.UNDER_WAY, "It is under way.", False)
    assert one.choice.id == made and one.is_written and 0 < one.share <= 1 and one.areas
    assert other.state == catalogue.NOT_CHOSEN and other.share == 0 and not other.is_written
    assert other.because.endswith("is not known; find out first.")


def test_of_a_team_of_which_nothing_is_known_no_share_is_told(home, who):
    assert {one.share for one in listed(Place(who, "Fresh")).values()} == {None}


def test_what_is_not_taught_any_more_is_listed_for_those_who_chose_it(shop, monkeypatch):
    course.teach(monkeypatch)
    choices.choose(shop.who, shop.team_id, TRACK)
    course.teach(monkeypatch, status="deprecated")
    assert TRACK in listed(shop)
    choices.drop(shop.who, choices.listed(shop.who, shop.team_id)[0].id)
    assert TRACK in listed(shop)
    other = Place(shop.who, "Other")
    assert TRACK not in listed(other) and TRACK in listed(other, also=TRACK)


def test_what_is_advised_before_is_named_until_it_is_finished(shop, monkeypatch):
    course.teach(monkeypatch, requires=[OTHER])
    assert listed(shop)[TRACK].before == ((OTHER, "Talking about it"),)
    made = choices.choose(shop.who, shop.team_id, OTHER)
    choices.begin(shop.who, made)
    choices.finish(shop.who, made)
    assert listed(shop)[TRACK].before == ()


def entry(slug: str, *, level="foundation", hours=4, share=0.1, state="", recommended=False, area="a") -> Entry:
    track = course.heads()[TRACK] | {"slug": slug, "level": level, "hours": hours, "title": f"About {slug}"}
    return Entry(track, recommended, "", share, state or catalogue.NOT_CHOSEN, Choice(state), (), (area,))


class Choice:
    def __init__(self, state: str):
        self.is_active = state in choices.ACTIVE


SOME = (
    entry("first", hours=9, share=0.1),
    entry("done", state=choices.FINISHED, share=0.9),
    entry("best", level="advanced", share=0.5, area="b"),
    entry("picked", recommended=True, share=0.2, level="intermediate"),
    entry("mine", state=choices.UNDER_WAY, share=0.05, hours=2),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "mine picked best first done"),
        ({"order": GAP}, "done best picked first mine"),
        ({"order": EFFORT}, "mine done best picked first"),
        ({"order": LEVEL}, "done first mine picked best"),
        ({"level": "advanced"}, "best"),
        ({"area": "b"}, "best"),
        ({"state": choices.FINISHED}, "done"),
        ({"words": "ABOUT first"}, "first"),
        ({"words": "documentation"}, "mine picked best first done"),
        ({"words": "about none"}, ""),
        ({"area": "b", "level": "foundation"}, ""),
    ],
)
def test_tracks_are_found_and_ordered(wanted, found):
    assert [one.slug for one in catalogue.chosen(SOME, **wanted)] == found.split()


def test_what_changed_since_a_version():
    track = {"changelog": [{"version": "1.2.0"}, {"version": "1.1.0"}, {"version": "1.0.0"}]}
    assert [each["version"] for each in catalogue.since(track, "1.0.0")] == ["1.2.0", "1.1.0"]
    assert catalogue.since(track, "1.2.0") == ()
    assert len(catalogue.since(track, "0.9.0")) == 3
