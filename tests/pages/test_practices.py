"""The pages Practices and Then and now, as a team uses them."""

import pytest
from sqlalchemy import update

from assessments.evidence import registry
from assessments.maturity import EXCEPTION, NOT_APPLICABLE, Mark
from data import people, store, teams
from data.asked import results
from data.practices import assessments, marks
from data.tables import PracticeMark, Repository
from pages.ui import practice_words
from tests.data import practised, surveyed
from tests.data.arrange import Place
from tests.data.practised import looked
from tests.data.practised import said as closed
from tests.data.surveyed import DAY
from tests.pages.conftest import opened, said

PAGE, THEN = "team/practices.py", "team/assessments.py"
CI = "continuous-integration"
EVIL = "# **Reviews** <script>alert(1)</script> :rocket: [x](http://evil.example)"


@pytest.fixture
def place(home) -> Place:
    return Place(people.local_person())


def shown(at) -> str:
    """What stands on the page, as it reads once Markdown is done with it."""
    labels = [each.label for kind in (at.button, at.expander) for each in kind]
    return "\n".join([said(at), *labels]).replace("\\", "").replace("\u2060", "")


def test_a_team_of_which_nothing_is_known_is_told_what_to_do(home):
    who = people.local_person()
    team = teams.create_team(who, people.home_organization(who), "New")
    at = opened(PAGE, team=team)
    told = shown(at)
    assert "This team has no service yet" in told and "The team has not been asked yet." in told
    assert "There is no workflow map." in told and "Nothing is known yet of any of these capabilities" in told
    assert not [each for each in at.button if each.key == "take"] and not at.exception


@pytest.mark.parametrize(
    ("total", "told", "out", "sentence"),
    [
        (42, 0, 0, "None of the 42 capabilities has a level yet: too little is known."),
        (42, 0, 1, "None of the 42 capabilities has a level yet: too little is known. 1 does not apply."),
        (42, 1, 0, "1 of 42 capabilities has a level; of the other 41 too little is known."),
        (42, 6, 2, "6 of 42 capabilities have a level; of 34 too little is known. 2 do not apply."),
        (42, 41, 0, "41 of 42 capabilities have a level; of the other too little is known."),
        (42, 41, 1, "41 of 42 capabilities have a level. 1 does not apply."),
        (42, 42, 0, "All 42 capabilities have a level."),
    ],
)
def test_how_many_have_a_level_reads_as_english(total, told, out, sentence):
    assert practice_words.summary(total, told, out) == sentence


def test_a_survey_that_asked_about_no_capability_does_not_keep_from_asking(place):
    looked(place.repository_id, "unknown")
    closed(place.team_id, 2, questionnaire="culture-and-safety")
    at = opened(PAGE, team=place.team_id)
    told = shown(at)
    assert "has not been asked about the capabilities themselves" in told and "Ask the team next" in told
    assert not at.exception


def test_a_mark_without_a_person_says_only_when(place):
    looked(place.repository_id)
    marks.make(place.who, place.team_id, Mark(NOT_APPLICABLE, CI, "None here.", None))
    with store.writing() as session:
        session.execute(update(PracticeMark).values(made_by=None))
    told = shown(opened(PAGE, team=place.team_id))
    assert "marked on" in told and "marked by" not in told


def test_at_a_glance_each_capability_has_its_level_and_gaps_can_be_chosen(place):
    looked(place.repository_id, dict.fromkeys(registry(), "met") | {"ci-triggers": "not met"})
    closed(place.team_id, 2)
    at = opened(PAGE, team=place.team_id)
    told = shown(at)
    assert "looked at just now" in told and "Practices and capabilities, closed" in told
    label = next(each.label for each in at.button if each.key == f"practice_{CI}")
    assert label.startswith("![level 1](data:image/svg+xml;base64,") and "compare_arrows" in label
    assert len([each for each in at.button if each.key.startswith("practice_")]) == 42
    at.segmented_control(key="practices_show").set_value("differ").run()
    few = [each.key for each in at.button if each.key.startswith("practice_")]
    assert f"practice_{CI}" in few and len(few) < 42 and not at.exception


def test_a_capability_opens_with_its_lanes_and_findings_on_demand(place):
    with store.writing() as session:
        session.get_one(Repository, place.repository_id).web_url = "https://github.com/o/shop"
    looked(place.repository_id, dict.fromkeys(registry(), "met") | {"ci-triggers": "not met"})
    closed(place.team_id, 2)
    at = opened(PAGE, team=place.team_id)
    at.button(key=f"practice_{CI}").click().run()
    told = shown(at)
    assert at.query_params["capability"] == CI and "What keeps it from level 2:" in told
    assert "One documented command builds the whole product" in told, "the statement that holds"
    assert "But: ci-triggers is not met." in shown(at)
    assert "pieces of evidence known." in told and "everyone answered" in told
    assert "src/ci-triggers.yml" not in told, "places are read when somebody opens them"
    at.session_state[f"probe_{CI}_ci-triggers"] = True
    at.run()
    told = shown(at)
    at_commit = f"https://github.com/o/shop/blob/{practised.COMMIT}/src/ci-triggers.yml#L3"
    assert f"[src/ci-triggers.yml:3](<{at_commit}>) line of ci-triggers" in told
    assert "Mend ci-triggers." in told and not at.exception
    at.button(key="practice_back").click().run()
    assert "capability" not in at.query_params and "of 42 capabilities" in shown(at)


def test_a_link_to_a_capability_that_is_gone_shows_all(place):
    at = opened(PAGE, team=place.team_id, capability="magic")
    assert "is not in the model any more" in shown(at) and f"practice_{CI}" in [each.key for each in at.button]


def test_a_mark_is_made_in_a_dialog_and_taken_back(place):
    looked(place.repository_id, "not met")
    at = opened(PAGE, team=place.team_id, capability=CI)

    def go():
        at.button(key="mark_new").click()
        return at.button(key=f"mark_{CI}_go")

    at.button(key="mark_new").click().run()
    go().click().run()
    assert "Give a reason" in shown(at)
    button = go()
    at.selectbox(key=f"mark_{CI}_item").set_value("repository:readme")
    at.text_area(key=f"mark_{CI}_reason").set_value(EVIL)
    button.click().run()
    (view,) = marks.listed(place.who, place.team_id)
    assert (view.mark.item, view.mark.reason, view.mark.kind) == ("repository:readme", EVIL, NOT_APPLICABLE)
    assert "<script" not in said(at).replace("\\<", "") and "marked by Local administrator" in shown(at)
    at.button(key=f"mark_undo_{view.id}").click().run()
    assert marks.listed(place.who, place.team_id)[0].state == marks.UNDONE and not at.exception


def test_an_exception_that_has_ended_is_listed_as_ended(place):
    looked(place.repository_id)
    now = store.now_us()
    until = Mark(EXCEPTION, CI, "Soon", None, "A developer", now - DAY)
    marks.make(place.who, place.team_id, until, now - 2 * DAY)
    told = shown(opened(PAGE, team=place.team_id))
    assert "1 exception has ended." in told and "exception ended" in told and "counts no more" in told


def test_what_other_tools_say_stands_beside_under_their_name(place):
    looked(place.repository_id, {EVIL: "not met", "License": "met"}, origin="scorecard", tool="scorecard v5")
    at = opened(PAGE, team=place.team_id)
    told = shown(at)
    assert "What other tools say" in told and "scorecard v5 on Shop: 1 to mend of 2 findings" in told.replace("*", "")
    assert "1 repository, not looked at yet." in told
    at.session_state["tool_1"] = True
    at.run()
    assert "License" in said(at) and "<script" not in said(at).replace("\\<", "") and not at.exception


def as_leader(place: Place, monkeypatch) -> None:
    leader = surveyed.person("leader", place.organization_id)
    monkeypatch.setattr(people, "local_person", lambda: leader)


def test_whoever_only_leads_sees_no_answers_before_their_time_and_changes_nothing(place, monkeypatch):
    looked(place.repository_id, "not met")
    wave = closed(place.team_id, 3)
    assessments.take(place.who, place.team_id, "Rests on answers")
    who = place.who
    as_leader(place, monkeypatch)
    at = opened(PAGE, team=place.team_id, capability=CI)
    assert "The team says" not in shown(at) and "for the team alone until" in shown(at)
    assert not [each for each in at.button if each.key in ("mark_new", "take")]
    at = opened(THEN, team=place.team_id)
    assert "No assessment to compare with yet" in shown(at) and "you see it from" in shown(at)
    results.release(who, wave)
    assert at.run() and "No assessment to compare with yet" not in shown(at)
    assert "The team says" in shown(opened(PAGE, team=place.team_id, capability=CI)) and not at.exception


def test_a_member_of_another_team_is_not_shown_this_one(place, monkeypatch):
    other = Place(place.who, "Other")
    stranger = surveyed.person("member", place.organization_id, other.team_id)
    monkeypatch.setattr(people, "local_person", lambda: stranger)
    for page in (PAGE, THEN):
        at = opened(page, team=place.team_id)
        assert "not yours to see" in shown(at) and "Team of Shop" not in shown(at) and not at.exception


def test_assessments_of_one_day_with_one_title_are_told_apart_by_the_time(place):
    looked(place.repository_id)
    noon = 1_764_417_600_000_000
    for at in (noon, noon + 61_000_000, noon + 5 * 86_400_000_000):
        assessments.take(place.who, place.team_id, "By hand", at)
    options = opened(THEN, team=place.team_id).selectbox(key="then_before").options
    assert options[:3] == [
        "4 Dec 2025: By hand", "29 Nov 2025, 12:01:01 UTC: By hand", "29 Nov 2025, 12:00:00 UTC: By hand"
    ]  # fmt: skip


def test_two_assessments_are_compared_with_every_change_taken_apart(place):
    looked(place.repository_id, "not met")
    first = assessments.take(place.who, place.team_id, "Before")
    looked(place.repository_id, dict.fromkeys(registry(), "met") | {"required-checks": "unknown"})
    at = opened(THEN, team=place.team_id)
    told = shown(at)
    assert "Now, not kept" in at.selectbox(key="then_after").options
    assert "rose" in told and "+2 levels because of what is done now." in told
    assert "Evidence that changed" in told and "Pieces of evidence known: then" in told
    at = opened(PAGE, team=place.team_id)
    at.button(key="take").click().run()
    at.button(key="take").click()
    at.text_input(key="take_title").set_value("After")
    at.button(key="take_go").click().run()
    (after, _) = assessments.listed(place.who, place.team_id)
    assert (after.title, after.why) == ("After", assessments.BY_HAND)
    at = opened(THEN, team=place.team_id, before=after.id, after=first)
    told = shown(at)
    assert "fell" in told and "\N{MINUS SIGN}2 levels" in told
    at = opened(THEN, team=place.team_id, before=first, after=first)
    assert "Choose two different ones." in shown(at) and not at.exception
