"""The catalogue of tracks, a track, and reading a module, as somebody uses them."""

import re

import pytest

from data import people, queries, teams
from data.improving import choices
from data.learning import progress, quizzes
from pages.ui import track_choose
from pages.ui.text import JOINER
from tests.data.arrange import Place
from tests.data.learning import course
from tests.data.learning.course import OTHER, READ, REHEARSE, TRACK
from tests.data.practised import looked
from tests.data.practised import said as answered
from tests.pages.conftest import opened, said

LEARN, TRACK_PAGE, MODULE = "learn/catalog.py", "learn/track.py", "learn/module.py"
TITLE = "Keeping a runbook"


@pytest.fixture(autouse=True)
def taught(monkeypatch) -> None:
    """One small track instead of all that is shipped."""
    course.teach(monkeypatch)


@pytest.fixture
def shop(home, who) -> Place:
    """A team of which something is known."""
    place = Place(who, "Shop")
    answered(place.team_id, 1)
    looked(place.repository_id, "not met")
    return place


def plainly(at) -> str:
    assert not at.exception
    return said(at).replace("\\", "").replace(JOINER, "")


def links(at) -> list[str]:
    return [element.proto.label.replace("\\", "") for element in at.get("page_link")]


def module(**more):
    return opened(MODULE, track=TRACK, module=READ, **more)


# -- catalogue ---------------------------------------------------------------------------------------------------------


def test_what_is_recommended_comes_first_with_the_reason_for_this_team(shop):
    at = opened(LEARN, team=shop.team_id)
    text = plainly(at)
    assert "Recommended for your team" in text and "**Why:** It works on " in text
    assert re.search(r"closes \d+ % of your gap", text), "as its reason says it"
    assert next(each.value for each in at.subheader) in (TITLE, "Talking about it")
    assert ":gray-badge[Coming]" in text and "2 hours, 2 modules, 2 proofs of concept" in text


def test_a_team_of_which_nothing_is_known_sees_all_tracks_and_how_to_begin(home, who):
    team = teams.create_team(who, people.home_organization(who), "Fresh")
    at = opened(LEARN, team=team)
    text = plainly(at)
    assert "Nothing is known yet of where the team stands" in text and TITLE in text
    assert "Recommended for your team" not in text and "of your gap" not in text
    assert "find out first" not in text, "it is said once, and not of each track"


def test_what_the_team_does_stands_first_with_how_far_the_reader_is(shop):
    made = choices.choose(shop.who, shop.team_id, TRACK)
    choices.begin(shop.who, made)
    progress.finish(shop.who, TRACK, READ)
    text = plainly(opened(LEARN, team=shop.team_id))
    assert "Your team's tracks" in text and ":green-badge[Under way]" in text and "you: 1 of 2 modules" in text


def test_tracks_are_found_by_what_they_say_and_shown_again(shop):
    at = opened(LEARN, team=shop.team_id)
    at.text_input(key="learn_words").set_value("nothing like it").run()
    assert "No track is like that." in plainly(at)
    at.button(key="learn_clear").click().run()
    at.text_input(key="learn_words").set_value("TALKING").run()
    assert [each.value for each in at.subheader] == ["Talking about it"]
    at.selectbox(key="learn_order").set_value("effort").run()
    assert "Recommended for your team" not in plainly(at)


def test_without_any_team_all_tracks_can_be_read(home, who):
    at = opened(LEARN)
    text = plainly(at)
    assert "Nothing keeps you from reading" in text and TITLE in text and "Make a team first" not in text
    assert "Teams and services" in links(at) and "Open the track" in links(at)
    at = opened(TRACK_PAGE, track=TRACK)
    text = plainly(at)
    assert "0 of 2 modules done" in at.get("progress")[0].proto.text and "A runbook for one service" in text
    assert "from level" in text and not [each for each in at.button if each.key == "track_choose"]
    assert "Tasks and checks" not in links(at), "a proof of concept is a team's"
    at.button(key="track_read").click().run()
    assert "What a runbook says" in plainly(at)


# -- track -------------------------------------------------------------------------------------------------------------


def test_a_track_says_what_it_is_for_and_is_chosen_and_begun(shop):
    at = opened(TRACK_PAGE, team=shop.team_id, track=TRACK)
    text = plainly(at)
    assert "can operate a service from a page that everybody finds" in text and "kept by Platform team" in text
    assert "0 of 2 modules done, about 45 min to go. Only you see this." in at.get("progress")[0].proto.text
    assert (
        "A runbook for one service" in text and "Tasks and checks" in links(at) and "2 h of work within 5 days" in text
    )
    at.button(key="track_choose").click().run()
    (one,) = choices.listed(shop.who, shop.team_id)
    assert one.state == choices.CHOSEN
    at.button(key="track_begin").click().run()
    assert choices.listed(shop.who, shop.team_id)[0].state == choices.UNDER_WAY and not at.exception


def test_what_speaks_against_a_track_is_not_kept_as_the_reason_for_choosing_it(home, who):
    team = teams.create_team(who, people.home_organization(who), "Fresh")
    at = opened(TRACK_PAGE, team=team, track=TRACK)
    assert "is not known; find out first" in plainly(at)
    at.button(key="track_choose").click().run()
    assert [one.why for one in choices.listed(who, team)] == [""]


def test_a_newer_version_than_the_chosen_one_is_told_with_what_changed(shop, monkeypatch):
    choices.choose(shop.who, shop.team_id, TRACK)
    change = {"version": "1.1.0", "date": "2026-12-01", "change": "A module on rehearsing."}
    course.teach(monkeypatch, version="1.1.0", changelog=[change, {**change, "version": "1.0.0", "change": "Begun."}])
    text = plainly(opened(TRACK_PAGE, team=shop.team_id, track=TRACK))
    assert "chose version 1.0.0; 1.1.0 is there now" in text and "1.1.0: A module on rehearsing." in text
    assert "1.0.0: Begun." not in text


def test_what_is_not_written_says_so_and_can_be_an_intention(shop, monkeypatch):
    course.teach(monkeypatch, requires=[OTHER])
    at = opened(TRACK_PAGE, team=shop.team_id, track=OTHER)
    assert "Its content is not written yet" in plainly(at) and "Modules" not in [each.value for each in at.header]
    assert at.button(key="track_choose").label == "Choose it as an intention"
    at = opened(TRACK_PAGE, team=shop.team_id, track=TRACK)
    assert "Nothing keeps you from beginning here" in plainly(at) and "Talking about it" in links(at)


def test_a_track_that_is_not_taught_any_more_is_still_read(shop, monkeypatch):
    course.teach(monkeypatch, status="deprecated")
    at = opened(TRACK_PAGE, team=shop.team_id, track=TRACK)
    assert "not taught any more" in plainly(at) and not [each for each in at.button if each.key == "track_choose"]
    assert TITLE not in [each.value for each in opened(LEARN, team=shop.team_id).subheader]


@pytest.mark.parametrize("slug", ["../..", ""])
def test_an_address_of_no_track_leads_back(shop, slug):
    at = opened(TRACK_PAGE, team=shop.team_id, track=slug)
    assert "There is no such track" in plainly(at) and links(at) == ["All tracks"]


# -- module ------------------------------------------------------------------------------------------------------------


def test_a_module_is_read_step_by_step_and_gone_on_with_where_it_was_left(shop):
    at = module(team=shop.team_id)
    text = plainly(at)
    assert "Afterwards you can" in text and "Name the four parts of a runbook." in text
    assert [each.value.replace("\\", "") for each in at.header] == ["1. Install, operate, roll back, owner"]
    assert at.get("progress")[0].proto.text.startswith("Step 1 of 2, about 15 min to go")
    at.button(key="nav_next").click().run()
    assert [each.value.replace("\\", "") for each in at.header] == ["2. Say commands, not intentions"]
    assert [(each.value, each.language) for each in at.code] == [("kubectl rollout undo deployment/shop", "bash")]
    assert progress.of_track(shop.who, TRACK)[READ].step == 2 and at.query_params["step"] == "2"
    again = module()
    assert again.query_params["step"] == "2"
    assert "**What a runbook says** in Keeping a runbook" in plainly(opened("home/start.py"))
    assert "Go on reading" in links(opened(LEARN, team=shop.team_id))


def test_a_module_is_read_as_a_whole(shop):
    at = module(step="all")
    heads = [each.value.replace("\\", "") for each in at.header]
    assert heads == ["1. Install, operate, roll back, owner", "2. Say commands, not intentions", "Questions"]


def test_the_answer_is_not_on_the_page_before_it_is_given_and_the_reason_is_after(shop):
    at = module(step="end")
    because = "Whoever built the service needs no page"
    assert because not in plainly(at)
    at.button(key=next(each.key for each in at.button if each.label == "Answer")).click().run()
    assert "Choose an answer" in " ".join(each.value for each in at.error)
    at.radio[0].set_value(1)
    at.button(key=next(each.key for each in at.button if each.label == "Answer")).click().run()
    text = plainly(at)
    assert "Not right" in text and because in text and "You chose:" in text
    (one,) = quizzes.history(shop.who, TRACK, READ)
    assert one.chosen == (1,) and not one.right
    at.button(key=f"quiz_{TRACK}_{READ}_at-night_again").click().run()
    at.radio[0].set_value(0)
    at.button(key=next(each.key for each in at.button if each.label == "Answer")).click().run()
    assert "Right]" in plainly(at) and "2 answers" in next(each.label for each in at.expander)


def test_a_module_is_done_and_opened_again(shop):
    at = module(step="end")
    at.button(key="module_done").click().run()
    assert progress.of_track(shop.who, TRACK)[READ].state == progress.DONE and "Done" in plainly(at)
    at.button(key="nav_next").click().run()
    assert at.query_params["module"] == REHEARSE and "Rehearse it" in plainly(at)
    at = module(step="end")
    at.button(key="module_again").click().run()
    assert progress.of_track(shop.who, TRACK)[READ].state == progress.READING


def test_a_module_is_left_out_with_a_reason(shop):
    at = module(team=shop.team_id)
    at.button(key="module_known").click().run()
    at.button(key="module_known").click()
    at.button(key="known_skip").click().run()
    assert progress.of_track(shop.who, TRACK)[READ].state == progress.READING and not at.exception
    at.button(key="module_known").click()
    at.text_input(key="known_reason").set_value("Run <b>for years</b>")
    at.button(key="known_skip").click().run()
    mine = progress.of_track(shop.who, TRACK)[READ]
    assert (mine.state, mine.reason) == (progress.SKIPPED, "Run <b>for years</b>")
    assert "You left it out: Run \\<b\\>for years" in said(module())


@pytest.mark.parametrize("step", ["99", "٣", "all<script>"])
def test_an_address_of_no_step_begins_where_it_was_left(shop, step):
    at = module(step=step)
    assert at.query_params["step"] == "1" and not at.exception


@pytest.mark.parametrize(("track", "slug"), [("none", "x"), (TRACK, "none"), (OTHER, READ)])
def test_an_address_of_no_module_leads_back(shop, track, slug):
    at = opened(MODULE, track=track, module=slug)
    assert "There is no such module" in plainly(at) and "All tracks" in links(at)


def test_progress_is_the_readers_own(shop, monkeypatch):
    module()
    other = course.person("A member", team_id=shop.team_id)
    assert progress.of_track(other, TRACK)[READ].state is None
    monkeypatch.setattr(people, "local_person", lambda: other)
    assert not [row for row in links(opened(TRACK_PAGE, team=shop.team_id, track=TRACK)) if "-badge[" in row]


def test_a_row_of_a_track_says_how_far_the_reader_is(shop):
    module()
    rows = [row for row in links(opened(TRACK_PAGE, team=shop.team_id, track=TRACK)) if row.startswith("**")]
    assert [":blue-badge[:material/menu_book:" in row for row in rows] == [True, False]


def test_nobody_is_told_to_wait_for_a_team_lead_in_the_demo(demo_home):
    (team,) = [one for one in queries.teams(people.local_person()) if one.name == "Checkout"]
    text = plainly(opened(TRACK_PAGE, team=team.id, track=TRACK))
    assert track_choose.IN_DEMO in text and track_choose.NOT_YOURS not in text


def test_somebody_who_may_not_plan_reads_and_does_not_choose(shop, monkeypatch):
    member = course.person("A member", team_id=shop.team_id)
    monkeypatch.setattr(people, "local_person", lambda: member)
    at = opened(TRACK_PAGE, team=shop.team_id, track=TRACK)
    assert "A team lead chooses what the team learns" in plainly(at)
    assert not [each for each in at.button if each.key == "track_choose"]
