"""From nothing to a number: the demo made in the background, a clone, the rule, and what stays unknown."""

from datetime import UTC, datetime, timedelta

import pytest

from assessments.delivery.results import Metric, State
from assessments.delivery.settings import ProductionRule, Settings
from data import intake, jobs, people, queries, teams
from data.sources.git_notes import notes as git_notes
from data.sources.git_refs import Trunk
from pages.ui import limits, states
from tests.pages.conftest import opened, said
from tests.repos import RepoBuilder

RULES = {"tag": ProductionRule(kind="tag", include="v*"), "merge": ProductionRule(kind="merge")}


@pytest.fixture
def clone(home, tmp_path, monkeypatch) -> int:
    """A service on a clone whose pull requests were squashed and tagged; nobody has chosen a rule."""
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    repo, moment = RepoBuilder(tmp_path / "till"), datetime(2026, 1, 5, 9, tzinfo=UTC)
    for number in range(1, 15):
        repo.squash(f"Improve step {number}", number, moment)
        repo.tag(f"v1.{number}.0", moment + timedelta(hours=2))
        moment += timedelta(days=3)
    who = people.local_person()
    intake.add_clone(who, repo.path, "Shop", "till")
    return queries.services(who)[0].id


def choose(service_id: int, kind: str) -> None:
    teams.save_settings(people.local_person(), service_id, Settings(rule=RULES[kind]))


def test_the_demo_is_a_job_like_any_other(home):
    at = opened()
    at.button(key="begin_demo").click().run()
    who = people.local_person()
    assert [job.kind for job in jobs.recent(who)] == ["demo"]
    assert "Demo organisation" in said(at) and "begin_demo" not in {button.key for button in at.button}


def test_while_the_demo_is_being_made_it_cannot_be_made_again(home, monkeypatch):
    monkeypatch.delenv("MILEPOST_JOBS")  # it stays in the queue: no worker runs
    at = opened()
    at.button(key="begin_demo").click().run()
    again = opened()  # another visit, as after leaving and coming back
    assert "begin_demo" not in {button.key for button in again.button}
    assert "It is being made" in said(again) and "You may leave this page" in said(again)


def test_hidden_first_commits_are_not_known_and_not_an_empty_window():
    metric = Metric("lead_time", State.NO_DATA, "hours", interval_note="the first commit of every change is hidden")
    assert states.explain(metric) == states.HIDDEN
    assert states.mark(metric)[0] == "Not known"
    assert states.mark(Metric("lead_time", State.NO_DATA, "hours"))[0] == "No data"


def test_squashed_changes_have_no_lead_time_but_a_merge_to_production(clone):
    choose(clone, "tag")
    at = opened("team/delivery.py", service=clone)
    assert states.HIDDEN in said(at) and states.NO_DATA not in said(at)
    assert "2.0 h" in said(at)


def test_zero_seconds_by_definition_are_not_presented_as_speed(clone):
    choose(clone, "merge")
    at = opened("team/delivery.py", service=clone)
    assert said(at).count(states.AT_MERGE) == 2  # on the card and as evidence
    assert not [line for line in said(at).splitlines() if line.startswith("0 s")]


def test_tags_and_merges_are_both_offered_with_what_they_mean_and_the_proposal_chosen(clone):
    choice = opened("team/rule.py", service=clone).radio[0]
    assert [option.split(" ")[0] for option in choice.options] == ["Tags", "Merges"]
    assert "Proposed" in choice.options[0] and "Proposed" not in choice.options[1]
    assert choice.index == 0
    assert len(set(choice.proto.captions)) == 2 and all(choice.proto.captions)


def test_the_button_stands_above_the_table(clone):
    at = opened("team/rule.py", service=clone)
    page = list(walked(at.main))
    finding = next(at for at, one in enumerate(page) if "would count" in str(getattr(one, "value", "")))
    button = next(at for at, one in enumerate(page) if str(getattr(one, "key", "")).startswith("rule_save"))
    table = next(at for at, one in enumerate(page) if "data" in one.type)
    assert finding < button < table


def walked(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from walked(child)
        else:
            yield child


def test_the_dry_run_of_merges_shows_their_titles(clone):
    at = opened("team/rule.py", service=clone)
    assert "title" not in shown(at)
    at.radio[0].set_value(1).run()
    assert "title" in shown(at)
    assert "Improve step 14" in str(at.dataframe[0].value.to_dict())


def shown(at) -> list[str]:
    return list(at.dataframe[0].proto.column_order) or list(at.dataframe[0].value.columns)


def test_the_overview_names_what_limits_numbers_and_not_how_a_clone_was_read(clone):
    choose(clone, "tag")
    text = said(opened("team/overview.py", team=queries.services(people.local_person())[0].team_id)).replace("\\", "")
    assert "no incidents have been collected" in text and "Import changes with authored_at" in text
    assert "Read main" not in text


def test_every_note_that_limits_numbers_is_known_by_its_text():
    counts = {"pull_requests": 0, "inside_merges": 1, "odd_times": 1, "paths_unknown": 1, "paths_many": 1}
    state = {"counts": counts, "history_start": None, "tags": {"v1": "a"}, "unresolved": 1, "lightweight": 1}
    said_by_git = git_notes(Trunk("main", "a", ("Read main, the branch checked out.",)), state, True, True)
    known = [note for note in said_by_git if any(telling.part in note for telling in limits.NOTES)]
    assert len(known) == 7
    harmless = set(said_by_git) - set(known)
    assert {note.split(" ")[0] for note in harmless} == {"Read", "History", "Merges"}
