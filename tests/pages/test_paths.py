"""The page Paths, as somebody uses it in their first hour."""

import pytest

from content import catalog
from data import people
from data.access import IN_ORGANIZATION, IN_TEAM
from data.learning import first_hours, progress
from pages.ui.registry import BY_PATH
from pages.ui.text import JOINER
from tests.pages.conftest import opened, said

PAGE = "learn/paths.py"


def plainly(at) -> str:
    assert not at.exception
    return said(at).replace("\\", "").replace(JOINER, "")


def html(at) -> str:
    return "".join(element.proto.body for element in at.get("html"))


@pytest.mark.parametrize("role", catalog.first_hours().values(), ids=lambda role: role["key"])
def test_each_step_leads_to_a_page_that_the_role_may_open(role):
    rights = IN_TEAM | IN_ORGANIZATION
    assert [step["page"] for step in role["steps"] if step["page"] not in BY_PATH] == []
    assert [step["page"] for step in role["steps"] if BY_PATH[step["page"]].action not in rights[role["right"]]] == []


def test_a_first_hour_is_chosen_walked_and_remembered(home, who):
    at = opened(PAGE)
    assert "Choose one, and there are five steps to take" in plainly(at) and not at.checkbox
    at.get("button_group")[0].set_value("developer").run()
    steps = catalog.first_hours()["developer"]["steps"]
    text = plainly(at)
    assert len(at.checkbox) == len(steps) == 5 and steps[0]["title"] in at.checkbox[0].label.replace("\\", "")
    assert "0 of 5 steps done, about 1 h to go" in at.get("progress")[0].proto.text and "You write and change" in text
    labels = [element.proto.label for element in at.get("page_link")]
    assert {"Open Delivery", "Open Pain points", "Open Workflow map", "Read the module", "Open Plan"} <= set(labels)
    at.checkbox[0].check().run()
    again = opened(PAGE)
    assert again.checkbox[0].value and "1 of 5 steps done" in again.get("progress")[0].proto.text
    again.checkbox[0].uncheck().run()
    assert first_hours.of(who, "developer").done == 0 and not again.exception


def test_a_module_that_was_read_is_ticked_and_stays_so(home, who):
    first_hours.choose(who, "lead")
    progress.finish(who, "practice-roll-out", "how-change-spreads")
    at = opened(PAGE)
    (box,) = [each for each in at.checkbox if each.disabled]
    assert box.value and "Read a first module" in box.label


def test_every_capability_has_a_line_with_its_tracks_and_hours(home, who):
    at = opened(PAGE)
    drawn = html(at)
    capabilities = [each for area in catalog.practices()["areas"] for each in area["capabilities"]]
    assert f"of {len(capabilities)} capabilities have a way up" in plainly(at)
    for slug in catalog.tracks():
        assert f'href="track?track={slug}"' in drawn
    assert drawn.count('<th scope="row"') == drawn.count('<div class="mp-way">') == len(capabilities)
    assert drawn.count("mp-mark") > len(capabilities) and "40 h to level 4" in drawn


def test_home_shows_the_way_on_until_the_hour_is_over(demo_home):
    who = people.local_person()

    def links() -> list[str]:
        return [element.proto.label for element in opened().get("page_link")]

    assert not any("first hour" in label for label in links())
    first_hours.choose(who, "leader")
    assert "Go on with your first hour: 0 of 5 steps done" in links()
    for step in first_hours.of(who, "leader").steps:
        first_hours.mark(who, "leader", step.id, True)
    assert not any("first hour" in label for label in links())
