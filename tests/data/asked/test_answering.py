import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from data import store, trouble
from data.asked import answering
from data.tables import AnswerSheet, AuditEvent, Draft
from tests.data.asked.asking import Asking


def sheets(wave_id: int) -> list[AnswerSheet]:
    with store.reading() as session:
        return list(session.execute(select(AnswerSheet).where(AnswerSheet.wave_id == wave_id)).scalars())


def drafts() -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(Draft)).scalar_one()


# Saving


def test_answers_are_kept_until_they_are_handed_in(both, who):
    asking = Asking(who)
    assert not asking.sit_down(0).begun
    assert asking.save(0, {"waiting": {"value": 3}}) == 1
    assert asking.save(0, {"comment": {"value": "Smaller steps."}, "searching": {"said": "dont_know"}}) == 3
    sitting = asking.sit_down(0)
    assert sitting.begun
    assert sitting.raw == {
        "waiting": {"value": 3}, "searching": {"said": "dont_know"}, "comment": {"value": "Smaller steps."},
    }  # fmt: skip
    asking.hand_in(0)
    (sheet,) = sheets(asking.wave_id)
    assert sheet.answers == sitting.raw
    assert (asking.answered, drafts()) == ([True, False, False, False, False], 0)


def test_two_tabs_do_not_erase_each_other(both, who):
    asking, at_once = Asking(who), threading.Barrier(2)

    def tab(items: list[str]) -> None:
        at_once.wait()
        for item in items:
            asking.save(0, {item: {"value": 1}})

    with ThreadPoolExecutor(2) as tabs:
        list(tabs.map(tab, [["waiting", "searching"], ["slow-feedback", "time-valued"]]))
    assert set(asking.sit_down(0).raw) == {"waiting", "searching", "slow-feedback", "time-valued"}


def test_an_answer_is_changed_and_taken_back(home, who):
    asking = Asking(who)
    asking.save(0, {"waiting": {"value": 3}, "searching": {"value": 2}})
    assert asking.save(0, {"waiting": {"value": 1}, "searching": None}) == 1
    assert asking.sit_down(0).raw == {"waiting": {"value": 1}}


def test_another_browser_sees_nothing_of_a_draft(home, who):
    asking = Asking(who)
    asking.save(0, {"waiting": {"value": 3}})
    sitting = answering.sit_down(asking.secret(0), "f" * 32)
    assert (sitting.begun, sitting.raw) == (False, {})


def test_a_draft_belongs_to_one_wave(home, who):
    first, second = Asking(who), Asking(who)
    second.drafts = first.drafts
    first.save(0, {"waiting": {"value": 3}})
    assert second.sit_down(0).raw == {}
    second.save(0, {"waiting": {"value": 1}})
    assert first.sit_down(0).raw == {"waiting": {"value": 3}}


def test_each_draft_has_an_order_of_questions_of_its_own(home, who):
    asking = Asking(who, questionnaire="capabilities")

    def order(person: int) -> list[str]:
        return [item.key for item in asking.sit_down(person).questionnaire.items]

    assert order(0) == order(0) != order(1)
    assert sorted(order(0)) == sorted(order(1))


WRONG = [
    ({"horoscope": {"value": 1}}, "no question"),
    ({"waiting": {"value": 5}}, "choose one of its options"),
    ({"waiting": {"value": True}}, "choose one of its options"),
    ({"waiting": 3}, "give either a value"),
    ({"comment": {"value": "x" * 5_001}}, "5,001 characters; shorten it to 5,000"),
    ({"comment": {"value": "\ud800"}}, "half a character"),
    ([], "an object"),
    ({"pain-points": {"value": [{"step": "review"}]}}, "a pain point has"),
]


@pytest.mark.parametrize(("answers", "said"), WRONG)
def test_a_wrong_answer_is_refused_and_changes_nothing(home, who, answers, said):
    asking = Asking(who)
    asking.save(0, {"searching": {"value": 2}})
    for do in (asking.save, asking.hand_in):
        with pytest.raises(ValueError, match=said):
            do(0, answers or [1])
    assert asking.sit_down(0).raw == {"searching": {"value": 2}}
    assert asking.answered == [False] * 5


HOSTILE = (
    "**b** <script>alert(1)</script> [x](javascript:1) \U0001f469\u200d\U0001f680 \u0645\u0631\u062d\u0628\u0627 \u05e9"
)


@pytest.mark.parametrize("text", [HOSTILE, "x" * 5_000, "\U0001f680" * 5_000, "a\nb"])
def test_text_stays_what_it_is(both, who, text):
    asking = Asking(who)
    asking.hand_in(0, {"comment": {"value": text}})
    assert sheets(asking.wave_id)[0].answers == {"comment": {"value": text}}


def test_pain_points_are_kept_with_their_capability(home, who):
    asking = Asking(who)
    point = {"step": "review", "capability": "test-automation", "how_often": 3, "how_bad": 2, "hours": 2.5, "text": "x"}
    asking.hand_in(0, {"pain-points": {"value": [point]}})
    assert sheets(asking.wave_id)[0].answers["pain-points"]["value"] == [point]


@pytest.mark.parametrize("draft", ["", "short", "A" * 32, "a" * 33, None, 5])
def test_a_draft_needs_a_secret_of_its_own(home, who, draft):
    asking = Asking(who)
    with pytest.raises(ValueError, match="Reload the page"):
        answering.save(asking.secret(0), draft, {"waiting": {"value": 1}})


def test_drafts_of_a_wave_are_limited_and_handing_in_still_works(home, who, monkeypatch):
    monkeypatch.setattr(answering, "MOST_DRAFTS", 1)
    asking = Asking(who)
    for number in range(5):
        answering.save(asking.secret(0), f"{number:032x}", {"waiting": {"value": 1}})
    with pytest.raises(ValueError, match="hand in at its end"):
        asking.save(1, {"waiting": {"value": 1}})
    asking.hand_in(1, {"waiting": {"value": 1}})
    assert len(sheets(asking.wave_id)) == 1


# Handing in


def test_of_two_clicks_one_counts(both, who):
    asking, at_once = Asking(who), threading.Barrier(2)
    asking.save(0, {"waiting": {"value": 3}})

    def click(_) -> str:
        at_once.wait()
        try:
            asking.hand_in(0)
        except answering.AlreadyAnswered:
            return "already"
        return "handed in"

    with ThreadPoolExecutor(2) as tabs:
        assert sorted(tabs.map(click, range(2))) == ["already", "handed in"]
    assert len(sheets(asking.wave_id)) == 1


def test_trying_again_after_a_lost_answer_changes_nothing(both, who):
    asking = Asking(who)
    asking.hand_in(0, {"waiting": {"value": 3}})
    for again in (asking.hand_in, asking.save):
        with pytest.raises(answering.AlreadyAnswered):
            again(0, {"waiting": {"value": 4}})
    assert [sheet.answers for sheet in sheets(asking.wave_id)] == [{"waiting": {"value": 3}}]
    assert drafts() == 0


def test_what_could_not_be_sent_comes_with_the_hand_in(home, who):
    asking = Asking(who)
    asking.save(0, {"waiting": {"value": 3}, "searching": {"value": 1}})
    asking.hand_in(0, {"searching": None, "comment": {"value": "late"}})
    assert sheets(asking.wave_id)[0].answers == {"waiting": {"value": 3}, "comment": {"value": "late"}}


def test_nothing_cannot_be_handed_in(home, who):
    asking = Asking(who)
    with pytest.raises(ValueError, match="answer at least one question"):
        asking.hand_in(0, {"comment": {"value": "  "}})
    assert asking.answered == [False] * 5


def test_only_signs_of_haste_are_kept(home, who):
    asking = Asking(who, questionnaire="capabilities", blocks=("ci-cd", "monitoring-alerting", "deployment-process"))
    items = [item.key for item in asking.sit_down(0).questionnaire.items]
    asking.hand_in(0, {key: {"value": 2} for key in items}, seconds=3.0)
    asking.hand_in(1, {key: {"value": place % 3} for place, key in enumerate(items)}, seconds=300.0)
    asking.hand_in(2, {items[0]: {"value": 2}}, seconds=None)
    assert Counter(sheet.signs for sheet in sheets(asking.wave_id)) == {"": 2, "fast straight": 1}


# Links and ends


@pytest.mark.parametrize("secret", ["", "0" * 32, "x" * 32, "'; drop table wave", None, 7, "0" * 1_000_000])
def test_a_wrong_link_opens_nothing(home, who, secret):
    Asking(who)
    for do in (answering.admit, lambda each: answering.sit_down(each, "a" * 32)):
        with pytest.raises(answering.NotInvited) as refused:
            do(secret)
        assert str(refused.value) == answering.NOT_INVITED


def test_a_link_opens_its_own_wave_only(home, who):
    first, second = Asking(who), Asking(who, questionnaire="well-being")
    assert answering.admit(first.secret(0)).wave.id == first.wave_id
    with pytest.raises(ValueError, match="no question"):
        answering.save(first.secret(0), "a" * 32, {"worn-out": {"value": 1}})
    assert second.answered == [False] * 5


def test_a_wave_past_its_end_takes_nothing_more_and_loses_nothing(both, who):
    asking = Asking(who)
    asking.save(0, {"waiting": {"value": 3}})
    asking.end()
    for do in (asking.save, asking.hand_in):
        with pytest.raises(answering.NotOpen, match="closed and takes no more answers"):
            do(0, {"waiting": {"value": 4}})
    assert (asking.answered, sheets(asking.wave_id), drafts()) == ([False] * 5, [], 1)


def test_a_consensus_is_not_answered_alone(home, who):
    asking = Asking(who, number=3, kind="consensus")
    assert answering.admit(asking.secret(0)).wave.kind == "consensus"
    with pytest.raises(answering.NotOpen, match="answers it together"):
        asking.save(0, {"waiting": {"value": 3}})


def test_answering_leaves_no_trace(both, who):
    def traces() -> tuple[int, int]:
        with store.reading() as session:
            return session.execute(select(func.count()).select_from(AuditEvent)).scalar_one(), store.version()

    asking = Asking(who)
    before = traces()
    asking.save(0, {"waiting": {"value": 3}})
    asking.hand_in(0)
    assert traces() == before


def test_a_thousand_hand_in_at_once_and_none_is_lost_or_doubled(both, who):
    """A thousand threads on ten waves, a hundred of which do it twice. Who finds the store busy tries again, as the
    page does."""
    ten = [Asking(who, number=100, questionnaire="delivery-quick-check") for _ in range(10)]
    at_once, refused = threading.Barrier(1_000), []

    def hand_in(number: int) -> None:
        answers = {"lead-time": {"value": number % 6}, "rework-rate": {"value": number / 10}}
        while True:
            try:
                return ten[number % 10].hand_in(number // 10, answers)
            except Exception as error:
                if not trouble.passes(error):
                    raise

    def one(number: int) -> None:
        at_once.wait()
        hand_in(number)
        if number % 10 == number // 10 % 10:
            with pytest.raises(answering.AlreadyAnswered):
                hand_in(number)
            refused.append(number)

    with ThreadPoolExecutor(1_000) as crowd:
        list(crowd.map(one, range(1_000)))
    assert len(refused) == 100
    found = [sheet.answers["rework-rate"]["value"] for asking in ten for sheet in sheets(asking.wave_id)]
    assert sorted(found) == [number / 10 for number in range(1_000)]
    assert all(all(asking.answered) for asking in ten)
