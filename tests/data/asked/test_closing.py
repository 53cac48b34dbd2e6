"""Closing: one result for everybody, all or nothing, and nothing left that tells who and when."""

import pytest
from sqlalchemy import func, select

from data import store
from data.access import Forbidden, NotFound
from data.asked import closing, snapshots
from data.tables import AnswerSheet, AuditEvent, Draft, Participation, Wave
from tests.data import surveyed
from tests.data.surveyed import HOUR, all_at, asked, kept, rows

PLAIN = asked("well-being")
MEMBERS = [f"Member {number}" for number in range(1, 11)]


@pytest.fixture
def team(both, who) -> int:
    return surveyed.team(who)


@pytest.fixture
def here(who) -> int:
    """A team in an SQLite store, for what no store does another way."""
    return surveyed.team(who)


def sheets(*options: int) -> list[dict]:
    return [all_at(PLAIN, option) for option in options]


def state(wave_id: int) -> str:
    with store.reading() as session:
        return session.execute(select(Wave.state).where(Wave.id == wave_id)).scalar_one()


def answers(wave_id: int) -> dict:
    return kept(wave_id).content["answers"]


def test_a_wave_whose_time_is_over_is_closed_with_its_result(team):
    wave = surveyed.wave(team, sheets(1, 2, 2, 3, 2, 2, 1), MEMBERS)
    assert closing.close_due() == [wave]
    found = answers(wave)
    assert (found["visibility"], found["asked"], found["answered"]) == ("full", 10, 7)
    assert found["items"]["interruptions"]["counts"] == [0, 2, 4, 1, 0]
    assert state(wave) == "closed"


def test_closing_ends_drafts_and_invitations_and_writes_the_sheets_anew(team):
    wave = surveyed.wave(team, sheets(0, 1, 2, 3, 4, 0), MEMBERS)
    sheets_before = {row.id for row in rows(AnswerSheet, wave)}
    invitations = {row.id: row.digest for row in rows(Participation, wave)}
    closing.close_due()
    assert rows(Draft, wave) == []
    after = rows(AnswerSheet, wave)
    assert len(after) == 6 and not sheets_before & {row.id for row in after}
    assert sorted(row.answers["interruptions"]["value"] for row in after) == [0, 0, 1, 2, 3, 4]
    assert all(invitations[row.id] != row.digest for row in rows(Participation, wave))
    assert sum(row.answered for row in rows(Participation, wave)) == 6


def test_below_five_answers_nothing_is_kept_of_what_was_said(team):
    wave = surveyed.wave(team, sheets(1, 2, 3, 4), MEMBERS)
    closing.close_due()
    found = answers(wave)
    assert found == {"visibility": "hidden", "reason": "4 of the 5 answers needed", "asked": 10, "answered": 4}
    assert rows(AnswerSheet, wave) == []


def test_a_second_wave_that_one_person_left_is_kept_coarsely(team):
    first = surveyed.wave(team, sheets(1, 1, 2, 2, 3, 3), MEMBERS)
    closing.close_due()
    second = surveyed.wave(team, sheets(1, 1, 2, 2, 3), MEMBERS)
    closing.close_due()
    assert answers(first)["visibility"] == "full"
    found = answers(second)
    assert found["visibility"] == "coarse" and "one person" in found["reason"]
    assert found["items"]["interruptions"] == {
        "key": "interruptions", "kind": "choice", "top": 4, "better": "low", "told": "middle",
        "quartiles": [1, 2, 2], "discuss": True,
    }  # fmt: skip
    assert found["constructs"] == {} and "flags" not in found


def test_a_second_wave_of_the_same_people_is_shown_whole(here):
    for options in ((1, 1, 2, 2, 3, 3), (2, 2, 2, 3, 3, 3)):
        wave = surveyed.wave(here, sheets(*options), MEMBERS)
        closing.close_due()
    assert answers(wave)["visibility"] == "full"


def test_a_wave_that_asked_something_else_hides_nothing(here):
    surveyed.wave(here, sheets(1, 1, 2, 2, 3, 3), MEMBERS)
    culture = asked("culture-and-safety")
    other = surveyed.wave(here, [all_at(culture, 2)] * 5, MEMBERS, culture)
    closing.close_due()
    assert answers(other)["visibility"] == "full"


def test_an_item_that_too_few_answered_says_only_how_few(here):
    some = sheets(1, 2, 2, 3, 2, 2)
    for sheet in some[:3]:
        sheet["interruptions"] = {"said": "dont_know"}
    wave = surveyed.wave(here, some, MEMBERS)
    closing.close_due()
    found = answers(wave)["items"]["interruptions"]
    assert {name: found[name] for name in ("n", "dont_know", "unanswered", "told")} == {
        "n": 3, "dont_know": 3, "unanswered": 0, "told": "too few",
    }  # fmt: skip
    assert not {"counts", "mean", "interval", "sd", "agreement"} & set(found)


def test_comments_are_kept_without_anything_else(here):
    some = [{**sheet, "comment": {"value": f"Words {place} <b>"}} for place, sheet in enumerate(sheets(1, 2, 2, 3, 2))]
    wave = surveyed.wave(here, some, MEMBERS)
    closing.close_due()
    assert sorted(answers(wave)["comments"]["comment"]) == [f"Words {place} <b>" for place in range(5)]


def test_pain_points_become_those_of_the_team(here):
    from data.tables import PainPoint

    plain = asked("pain-and-friction")
    point = {"step": "review", "capability": None, "how_often": 3, "how_bad": 2, "hours": 4.0, "text": "Waiting"}
    some = [{**all_at(plain, 2), "pain-points": {"value": [point]}} for _ in range(5)]
    wave = surveyed.wave(here, some, MEMBERS, plain)
    closing.close_due()
    assert [(row.step, row.voices["hours"]) for row in rows(PainPoint, wave)] == [("review", [4.0])] * 5


def test_closing_twice_is_closing_once(team, who):
    wave = surveyed.wave(team, sheets(1, 2, 2, 3, 2), MEMBERS)
    closing.close(who, wave)
    first = kept(wave)
    closing.close(who, wave)
    assert closing.close_due() == []
    assert kept(wave).id == first.id and kept(wave).content == first.content


def test_a_lead_closes_before_the_time_is_over(here, who):
    wave = surveyed.wave(here, sheets(1, 2, 2, 3, 2), MEMBERS, closes_at=store.now_us() + HOUR)
    assert closing.close_due() == []
    closing.close(who, wave)
    assert state(wave) == "closed"
    with store.reading() as session:
        assert session.execute(select(AuditEvent.subject).where(AuditEvent.action == "close_wave")).all()


def test_only_who_may_ask_closes(here, who):
    wave = surveyed.wave(here, sheets(1, 2), MEMBERS)
    with pytest.raises(Forbidden):
        closing.close(surveyed.person("member", 1, here), wave)
    with pytest.raises(NotFound):
        closing.close(who, wave + 1)
    assert state(wave) == "open"


def test_a_cancelled_wave_is_not_closed(here, who):
    wave = surveyed.wave(here, [], MEMBERS, state="cancelled")
    with pytest.raises(closing.CannotClose, match="cancelled"):
        closing.close(who, wave)
    assert closing.close_due() == [] and kept(wave) is None


class Killed(BaseException):
    """What no code catches."""


@pytest.mark.parametrize("step", ["keep", "grounds"])
def test_closing_that_breaks_off_has_done_nothing_and_is_done_later(team, monkeypatch, step):
    wave = surveyed.wave(team, sheets(1, 2, 2, 3, 2), MEMBERS)
    before = {row.id for row in rows(AnswerSheet, wave)}
    real = getattr(snapshots, step)

    def broken(*arguments):
        found = real(*arguments)
        if store.is_writing():
            raise Killed
        return found

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(snapshots, step, broken)
        closing.finish(wave)
    assert (state(wave), kept(wave)) == ("open", None)
    assert {row.id for row in rows(AnswerSheet, wave)} == before and rows(Draft, wave)
    assert closing.close_due() == [wave]


def test_closing_that_breaks_off_at_its_last_step_has_done_nothing(here, monkeypatch):
    wave = surveyed.wave(here, sheets(1, 2, 2, 3, 2), MEMBERS)

    def broken(*arguments):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(closing, "_anew", broken)
        closing.finish(wave)
    assert (state(wave), kept(wave)) == ("open", None)
    assert len(rows(AnswerSheet, wave)) == 5 and rows(Draft, wave)


def test_what_changes_while_the_result_is_worked_out_is_in_it(here, monkeypatch):
    wave = surveyed.wave(here, sheets(1, 2, 2, 3, 2), MEMBERS)
    real, late = snapshots.work_out, []

    def slow(*arguments):
        found = real(*arguments)
        if not late:
            late.append(1)
            with store.writing() as session:
                session.add(AnswerSheet(id="late", wave_id=wave, answers=all_at(PLAIN, 4)))
        return found

    monkeypatch.setattr(snapshots, "work_out", slow)
    closing.finish(wave)
    assert answers(wave)["answered"] == 6


def test_a_wave_that_cannot_be_closed_keeps_no_other_open(here, monkeypatch):
    broken = surveyed.wave(here, [{"nonsense": {"value": 1}}] * 5, MEMBERS, closes_at=store.now_us() - 2 * HOUR)
    wave = surveyed.wave(here, sheets(1, 2, 2, 3, 2), MEMBERS)
    assert closing.close_due(most=1) == [wave]
    assert state(broken) == "open"


def test_reliability_is_pooled_over_teams_from_thirty_people(here, who):
    teams = [here, *(surveyed.team(who, f"Team {number}") for number in (2, 3))]
    for team_id in teams:
        some = [all_at(PLAIN, option) for option in (0, 1, 2, 3, 4) * 2]
        wave = surveyed.wave(team_id, some, MEMBERS)
        closing.close_due()
    found = answers(wave)["reliability"]["exhaustion"]
    print(found)
    assert found["n"] == 30 and found["value"] == pytest.approx(1)
    first = kept(wave - 2).content["answers"]["reliability"]["exhaustion"]
    assert first["reason"] == "too few: 10 of the 30 people needed"


def test_no_moment_is_left_that_tells_when_somebody_answered(here):
    wave = surveyed.wave(here, sheets(1, 2, 2, 3, 2), MEMBERS)
    with store.reading() as session:
        events = session.execute(select(func.count()).select_from(AuditEvent)).scalar_one()
    closing.close_due()
    assert [set(row.model_dump()) for row in rows(AnswerSheet, wave)] == [{"id", "wave_id", "answers", "signs"}] * 5
    with store.reading() as session:
        assert session.execute(select(func.count()).select_from(AuditEvent)).scalar_one() == events
