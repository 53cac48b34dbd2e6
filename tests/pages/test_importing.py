"""Importing a file: nothing is saved before one has seen what is wrong with it."""

import pytest

from data import intake, people, queries, store, teams
from data.sources import files
from tests.pages.conftest import opened, said


@pytest.fixture
def service(home) -> int:
    who = people.local_person()
    team = teams.create_team(who, people.home_organization(who), "Shop")
    return teams.create_service(who, team, "till")


def form(service: int, name: str, content: bytes, kind: str = "deployments"):
    at = opened("admin/sources.py", service=service)
    at.session_state["sources_tab"] = "Import files"
    at.run()
    at.radio(key="import_kind").set_value(kind).run()
    at.file_uploader[0].upload(name, content)
    return at.run()


def counted(who) -> int:
    return sum(queries.brought((one.id,))[one.id].deployments for one in queries.sources(who))


def test_the_template_itself_can_be_imported(service):
    at = form(service, "till.csv", files.template("deployments").encode())
    assert "All 2 rows can be used. Nothing has been saved yet." in said(at)
    assert counted(people.local_person()) == 0
    at.button(key="import_go").click().run()
    assert not at.exception
    assert counted(people.local_person()) == 2


def test_bad_rows_are_listed_and_good_ones_saved_only_when_chosen(service):
    lines = files.template("deployments").splitlines()
    broken = lines[2].replace("1042", "=cmd()").replace("success", "wonderful").replace("failure", "wonderful")
    at = form(service, "till.csv", "\n".join([lines[0], lines[1], broken]).encode())
    assert "1 row of 2 cannot be used. Nothing has been saved." in said(at)
    assert at.button(key="import_go").disabled
    assert "wonderful" in str(at.dataframe[0].value.to_dict())
    at.checkbox(key="import_partial").check().run()
    at.button(key="import_go").click().run()
    assert counted(people.local_person()) == 1


def test_a_file_with_other_columns_gets_one_sentence_and_saves_nothing(service):
    at = form(service, "till.csv", b"colour,size\nred,4\n")
    assert len(at.error) == 1 and not at.exception
    assert counted(people.local_person()) == 0
    assert "import_go" not in {button.key for button in at.button}


def test_times_without_an_offset_ask_for_a_time_zone(service):
    content = files.template("deployments").replace("Z,", ",").replace("+00:00", "")
    at = form(service, "till.csv", content.encode())
    if at.warning:
        at.selectbox(key="import_zone").set_value("Europe/Berlin").run()
    assert "can be used" in said(at)


def test_what_came_in_makes_the_next_step_clear(service):
    who = people.local_person()
    intake.add_files(who, service, "deployments", files.template("deployments").encode(), "till.csv")
    assert store.version()
    assert "Say what counts as a production deployment." in said(opened())


# A file of incidents without rows is a fact: they are collected, and none happened.


def test_that_no_incident_happened_can_be_imported(service):
    at = form(service, "incidents.csv", b"id,opened_at\n", kind="incidents")
    assert "The file has no rows: it says that no incident happened" in said(at)
    at.button(key="import_go").click().run()
    assert not at.exception
    (source,) = queries.sources(people.local_person())
    assert source.name == "incidents.csv"


def test_a_file_of_deployments_without_rows_says_nothing(service):
    at = form(service, "d.csv", b"id,finished_at\n")
    assert "The file has no rows: there is nothing to save" in said(at)
    assert "import_go" not in {button.key for button in at.button}
