"""The first hour of a person: chosen, walked, remembered, and nobody else's."""

import pytest
from sqlalchemy import select

from content import catalog
from data import people, store
from data.access import Forbidden, NotFound
from data.keeping import deleting
from data.learning import first_hours, progress
from data.tables import LearningEvent, ModuleProgress
from tests.data.learning.course import person


def steps(key: str = "developer") -> list[str]:
    return [step["id"] for step in catalog.first_hours()[key]["steps"]]


def test_nothing_is_chosen_or_done_at_first(home, who):
    assert first_hours.chosen(who) is None
    found = first_hours.of(who, "developer")
    assert (found.done, found.minutes_left) == (0, found.minutes)
    assert list(first_hours.roles().values()) == ["Developer", "Operations", "Team lead", "Leader"]


def test_the_role_and_the_steps_are_remembered(both, who):
    first_hours.choose(who, "developer")
    first_hours.mark(who, "developer", steps()[0], True)
    found = first_hours.of(who, "developer")
    assert first_hours.chosen(who) == "developer" and found.done == 1
    assert found.minutes - found.minutes_left == found.steps[0].minutes
    first_hours.mark(who, "developer", steps()[0], False)
    assert first_hours.of(who, "developer").done == 0


def test_the_newest_choice_counts_and_steps_of_the_other_stay(home, who, monkeypatch):
    for at, key in enumerate(("developer", "leader", "developer", "leader")):
        monkeypatch.setattr(store, "now_us", lambda at=at: 1_800_000_000_000_000 + at)
        first_hours.choose(who, key)
    first_hours.mark(who, "developer", steps()[1], True)
    assert first_hours.chosen(who) == "leader" and first_hours.of(who, "developer").done == 1


def test_a_module_that_is_read_is_a_step_done(home, who):
    (read,) = [step for step in first_hours.of(who, "leader").steps if step.module]
    assert not read.is_done
    progress.finish(who, read.track, read.module)
    (read,) = [step for step in first_hours.of(who, "leader").steps if step.module]
    assert read.is_done and read.by_reading


def test_nobody_else_sees_it_and_it_is_no_event_of_learning(home, who):
    first_hours.choose(who, "lead")
    first_hours.mark(who, "lead", steps("lead")[0], True)
    other = person("Somebody else")
    assert first_hours.chosen(other) is None and first_hours.of(other, "lead").done == 0
    with store.reading() as session:
        assert session.execute(select(LearningEvent)).all() == []


def test_it_is_no_place_to_go_on_reading(home, who):
    first_hours.choose(who, "lead")
    assert progress.resume(who) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda who: first_hours.choose(who, "nobody"),
        lambda who: first_hours.of(who, "nobody"),
        lambda who: first_hours.mark(who, "lead", steps("developer")[0], True),
    ],
)
def test_what_there_is_not_is_refused_and_nothing_is_kept(home, who, act):
    with pytest.raises(NotFound):
        act(who)
    with store.reading() as session:
        assert session.execute(select(ModuleProgress)).all() == []


def test_whoever_may_not_come_in_any_more_has_none(home, who):
    gone = people.Who(who.id, who.name, is_active=False)
    for act in (first_hours.chosen, lambda who: first_hours.mark(who, "lead", steps("lead")[0], True)):
        with pytest.raises(Forbidden):
            act(gone)


def test_it_goes_with_the_person(home, who):
    here = people.home_organization(who)
    other = person("Somebody else", organization_id=here, role="leader")
    first_hours.choose(other, "leader")
    assert deleting.preview(who, here, other.id).goes["modules read and first steps"] == 1
