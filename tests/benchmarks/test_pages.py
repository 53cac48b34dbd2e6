"""What the benchmarks of pages and of many people at once count, and how they say it. Nothing is timed here."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import load, pages
from benchmarks.pages import Row, Scene, Timed
from benchmarks.visitor import Failed, check, is_end, rerun
from pages.ui.registry import PAGES
from tests.loop import in_a_loop


def row(first: float, again: float) -> Row:
    times = [Timed(again + more, 0) for more in range(20)]
    return Row(Scene("Home", ""), Timed(900, 0), [Timed(first, 0), Timed(first + 300, 0)], times, times, 41.3)


def test_no_page_of_the_registry_is_left_out():
    assert {scene.page for scene in pages.scenes()} == {spec.path for spec in PAGES}
    assert [scene.page for scene in pages.scenes(["home"])] == [""]


def test_queries_name_only_what_is_looked_up():
    names = dict.fromkeys(("service", "team", "wave", "consensus", "attempt", "module"), "1")
    assert all("{" not in scene.query.format(**names) for scene in pages.scenes())


@pytest.mark.parametrize(
    ("first", "again", "slow"), [(500, 100, False), (501, 100, True), (500, 101, True)], ids=["met", "first", "again"]
)
def test_the_best_time_is_held_against_the_limit(first, again, slow):
    assert row(first, again).is_slow is slow


def test_a_line_says_what_is_above_a_limit():
    assert pages.line(row(80.4, 120)) == "| Home | 80 | **120** | 130 | 138 | 120 | 900 | 41 |"


def test_a_share_of_times_lies_within():
    assert [load.within(range(1, 101), share) for share in (0.5, 0.95, 0.99, 1.0)] == [51, 96, 100, 100]
    assert load.within([], 0.95) != load.within([], 0.95)  # not a number


def test_a_browser_says_which_messages_it_has():
    asked = rerun("abc", "team=1", ["x", "y"])
    assert list(asked.rerun_script.cached_message_hashes) == ["x", "y"] and not asked.rerun_script.is_auto_rerun
    assert rerun("abc", "", [], part="look").rerun_script.is_auto_rerun


def test_only_the_end_of_what_was_asked_for_counts():
    whole = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    again = ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    assert (is_end(whole), is_end(again), is_end(whole, "look")) == (True, False, False)
    with pytest.raises(Failed):
        is_end(ForwardMsg(script_finished=ForwardMsg.FINISHED_WITH_COMPILE_ERROR))


def test_a_page_that_says_it_could_not_be_shown_has_failed():
    heard = ForwardMsg()
    heard.delta.new_element.alert.title = "Something went wrong"
    heard.delta.new_element.alert.body = "reference 1234abcd"
    with pytest.raises(Failed, match="1234abcd"):
        check(heard)


def test_a_server_that_is_not_there_is_told_and_ends_nothing():
    crowd = load.Crowd()
    in_a_loop(load.Browser(crowd, [("", "")], [1], 1).live("http://127.0.0.1:9"))
    assert len(crowd.wrong) == 1 and crowd.times == []
