"""The result page, read as members, leads and leaders read it."""

import pytest
from sqlalchemy import select

from data import people, store
from data.asked import closing, importing
from data.tables import Wave
from pages.ui import guard, survey_charts
from pages.ui.survey_charts import Row
from tests.data import surveyed
from tests.data.surveyed import DAY, all_at, asked
from tests.pages.conftest import opened, said

MEMBERS = [f"Member {number}" for number in range(1, 11)]
PACE = asked("well-being", ["pace", "comment"])


def demo_wave(title: str) -> int:
    with store.reading() as session:
        return session.execute(select(Wave.id).where(Wave.title == title)).scalar_one()


def badges(at) -> str:
    return " ".join(element.value for element in at.markdown)


def shown(wave: int):
    at = opened("team/survey.py", wave=wave)
    assert not at.exception
    return at


@pytest.fixture
def team(who) -> int:
    return surveyed.team(who)


def test_the_demo_s_survey_shows_what_to_discuss_first_and_what_has_changed(demo_home):
    at = shown(demo_wave("Practices this quarter"))
    heads = [head.value for head in at.header]
    assert heads[:5] == ["8 of 10", "20", "1", heads[3], "Discuss this"]
    assert heads[3].endswith("down") and "CI/CD pipelines and migration" in heads
    text, marks = said(at), badges(at)
    assert "Opposed" in marks and "4 people chose 1" in marks and "4 people chose 4" in marks
    assert "since" in marks and "no clear change since" in text and "whatever the others would have said" in text
    assert "Talk it through in ten minutes" in [one.label for one in at.expander]
    assert "Go round" in text and "Member" not in text
    pictures = [element.proto.alt for element in at.get("plotly_chart")]
    assert "Test automation: chosen option 1 by 4, option 4 by 4." in pictures
    assert len(pictures) == 7  # one for what is split, one for each area


def test_the_demo_s_answers_on_delivery_stand_beside_what_is_measured(demo_home):
    at = shown(demo_wave("Delivery as we see it"))
    text = said(at)
    assert "What people say, beside what is measured" in [head.value for head in at.header]
    assert "payments" in text and "Same band" in badges(at)
    assert "fraud" in text and "not measured" in text and "Connect an incident source" in text


def test_a_coarse_result_has_no_counts_and_says_why(team, who):
    data = b"interruptions,long-hours\n" + b"1,2\n" * 5
    importing.import_answers(who, team, "well-being", "", data, 8, store.from_us(store.now_us()))
    wave = surveyed.wave(team, [all_at(PACE, 2)] * 5, MEMBERS, PACE)
    at = shown(wave)
    text = said(at)
    assert "Shown coarsely" in text and "who answered elsewhere is not known" in text and "most chose 2" in text
    assert "cannot be downloaded" in text and not [one for one in at.get("download_button") if "Answers" in str(one)]
    assert not any("option" in element.proto.alt for element in at.get("plotly_chart"))


def test_too_few_all_equal_and_opposed_each_have_their_words(team):
    sheets = [
        {"interruptions": {"value": 2}, "long-hours": {"value": 4 * (place % 2)},
         "called-at-night": {"value": 1} if place < 3 else {"said": "not_applicable"},
         "comment": {"value": f"<b>Bold</b> *{place}* :smile: \u202eabc"}}
        for place in range(6)
    ]  # fmt: skip
    wave = surveyed.wave(team, sheets, MEMBERS[:6], PACE)
    at = shown(wave)
    text = said(at)
    assert "all said the same; everyone answered" in text and "Opposed" in badges(at)
    assert "Too few to show anything: 3 answers, 3 not applicable" in text.replace("\\", "")
    assert "<b>Bold</b> *3* :smile: \u202eabc" in [element.value for element in at.text]
    assert "6 comments, shuffled" in text


def test_below_five_answers_the_page_says_what_became_of_them(team):
    wave = surveyed.wave(team, [all_at(PACE, 1)] * 4, MEMBERS, PACE)
    text = said(shown(wave))
    assert "4 of 10 people answered" in text and "is deleted" in text and "consensus" in text


def test_an_open_a_cancelled_and_an_unknown_survey_say_so(team):
    later = store.now_us() + DAY
    assert "Nobody can read an answer before" in said(shown(surveyed.wave(team, [], MEMBERS, PACE, closes_at=later)))
    assert "was cancelled" in said(shown(surveyed.wave(team, [], MEMBERS, PACE, state="cancelled")))
    for wrong in ("999", "1" * 30):
        assert "not here any more, or not yours" in said(opened("team/survey.py", wave=wrong))
    assert "Choose a survey" in said(opened("team/survey.py"))


def test_a_leader_waits_until_a_lead_releases(team, who, monkeypatch):
    wave = surveyed.wave(team, [all_at(PACE, option) for option in (1, 2, 2, 3, 2)], MEMBERS, PACE)
    closing.close_due()
    organization = people.home_organization(who)
    leader, lead = surveyed.person("leader", organization), surveyed.person("team_lead", organization, team)
    monkeypatch.setattr(guard, "identity", lambda: leader)
    assert "The team looks at its result first" in said(shown(wave))
    monkeypatch.setattr(guard, "identity", lambda: lead)
    at = shown(wave)
    at.get_by_key("survey_release").click()
    at.run()
    assert "Released to leaders on" in said(at)
    monkeypatch.setattr(guard, "identity", lambda: leader)
    at = shown(wave)
    assert "5 of 10" in [head.value for head in at.header]
    assert "Release to leaders" not in [button.label for button in at.button]


def test_columns_of_several_questions_stand_over_their_option():
    rows = [Row("One", (1, 2, 0), mean=0.7, low=0.5, high=0.9), Row("Two", (0, 3, 3), split=True)]
    figure = survey_charts.levels(rows, 2, "Level")
    assert figure.layout.barmode == "overlay"  # beside each other they would stand between two options
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [list(bar.x) for bar in bars] == [[0, 1, 2]] * 2
    assert max(bars[0].y) * 3 == pytest.approx(max(bars[1].y) * 2)  # a person is as high everywhere
    means = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "markers"]
    assert [list(mean.x) for mean in means] == [[0.7]]  # where the team does not agree there is none


def test_a_coarse_figure_has_the_middle_alone():
    figure = survey_charts.levels([Row("One", quartiles=(1, 2, 3))], 4, "Level")
    assert [list(trace.x) for trace in figure.data] == [[1, 3], [2]]


def test_names_in_a_figure_are_text():
    figure = survey_charts.levels([Row("<a href='x'>One</a> " * 5, (1, 1))], 1, "Level")
    assert "<a" not in figure.layout.annotations[0].text
