"""The pages, read as a visitor reads them."""

import sqlite3

import pytest

from data import access, corrections, people, queries, store, teams
from tests.pages.conftest import opened, said


def service(name: str) -> queries.ServiceView:
    return next(one for one in queries.services(people.local_person()) if one.name == name)


def rename(home, table: str, old: str, new: str) -> None:
    """Behind the back of every check: what a page shows may come from anywhere."""
    with sqlite3.connect(home / "milepost.db") as connection:
        connection.execute(f"update {table} set name = ? where name = ?", (new, old))
        connection.execute("update data_version set version = version + 1")


def test_a_new_install_offers_four_ways(home):
    at = opened()
    assert "See how your team delivers" in said(at)
    assert [head.value for head in at.subheader] == [
        "A clone on this machine",
        "GitHub",
        "Import files",
        "The demo organisation",
    ]
    assert "Add from GitHub" in [element.proto.label for element in at.get("page_link")]


def test_a_path_that_is_no_clone_gets_one_sentence_and_leaves_nothing(home, tmp_path, monkeypatch):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))
    (tmp_path / "empty").mkdir()
    at = opened()
    at.text_input(key="begin_path").set_value(str(tmp_path / "empty"))
    at.get_by_key("begin_clone_go").click()
    at.run()
    assert len(at.error) == 1 and not at.exception
    assert queries.services(people.local_person()) == ()


@pytest.mark.parametrize(
    "file", ["team/overview.py", "team/delivery.py", "team/rule.py", "admin/teams.py", "admin/sources.py"]
)
def test_an_empty_portal_says_on_every_page_what_to_do(file, home):
    at = opened(file)
    assert not at.exception
    assert any(word in said(at) for word in ("Begin", "begin", "Nothing is connected here yet"))


@pytest.mark.parametrize(
    "file",
    ["home/start.py", "team/overview.py", "team/delivery.py", "team/rule.py", "team/plan.py", "team/outcomes.py",
     "admin/teams.py", "admin/sources.py"],
)  # fmt: skip
def test_every_page_that_shows_the_demo_says_so(file, demo_home):
    at = opened(file)
    assert not at.exception
    assert "Demo data" in said(at)


@pytest.mark.parametrize(
    "name", ["payments-api", "config-store", "fraud-check", "app-backend", "release-train", "identity"]
)
@pytest.mark.parametrize("weeks", [4, 52])
def test_delivery_shows_every_story(name, weeks, demo_home):
    at = opened("team/delivery.py", service=service(name).id, weeks=weeks)
    assert not at.exception
    assert "Counted as production" in said(at) and "Rules of version 1." in said(at)


def test_without_incidents_the_change_fail_rate_is_not_known_and_never_zero(demo_home):
    at = opened("team/delivery.py", service=service("fraud-check").id)
    assert "No incidents have been collected: change fail rate is not known." in said(at)
    assert "0 %" not in {text.value for text in at.header}


def test_what_happens_seldom_is_too_few_with_the_values_listed(demo_home):
    at = opened("team/delivery.py", service=service("config-store").id)
    assert "Something happened, but not often enough to judge." in said(at)
    assert "Too few to judge (3 of 6): " in said(at) and "Too few to judge (2 of 5 deployments)\n" in said(at)


def test_hidden_first_commits_show_merge_to_production_under_its_own_name(demo_home):
    at = opened("team/delivery.py", service=service("app-backend").id)
    assert "Merge to production" in said(at)


def test_the_address_says_which_service_and_window(demo_home):
    wanted = service("release-train")
    at = opened("team/delivery.py", service=wanted.id, weeks=26)
    assert at.selectbox(key="pick_service").value == wanted.id
    at.selectbox(key="pick_service").set_value(service("identity").id).run()
    assert at.query_params["service"] in (str(service("identity").id), [str(service("identity").id)])


@pytest.mark.parametrize("wrong", ["999999", "0", "-1", "x", "1; drop table team", "٣", "9" * 5000])
def test_an_address_that_means_nothing_shows_something_valid(wrong, demo_home):
    at = opened("team/delivery.py", service=wrong, weeks=wrong)
    assert not at.exception and "Counted as production" in said(at)
    assert "What follows is another." in said(at)


def test_a_service_of_others_cannot_be_reached_by_its_number(demo_home, monkeypatch):
    administrator = people.local_person()
    organization = people.home_organization(administrator)
    ours, theirs = (teams.create_team(administrator, organization, name) for name in ("Ours", "Theirs"))
    mine = teams.create_service(administrator, ours, "mine")
    hidden = teams.create_service(administrator, theirs, "hidden")
    member = people.Who(administrator.id, "M", team_roles=frozenset({(organization, ours, "member")}))
    monkeypatch.setattr(people, "local_person", lambda: member)
    at = opened("team/delivery.py", service=hidden)
    assert hidden not in [one.id for one in queries.services(member)] and mine in [
        one.id for one in queries.services(member)
    ]
    assert queries.service(member, hidden) is None
    assert "hidden" not in said(at)


def test_names_and_titles_that_others_wrote_stay_text(demo_home):
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) :material/delete: **b**"
    rename(demo_home, "team", "Checkout", hostile)
    rename(demo_home, "service", "payments-api", hostile)
    for file in (
        "home/start.py",
        "team/overview.py",
        "team/delivery.py",
        "team/rule.py",
        "admin/teams.py",
        "admin/sources.py",
    ):
        at = opened(file, service=service(hostile).id, team=service(hostile).team_id)
        assert not at.exception
        for element in (*at.markdown, *at.subheader, *at.header, *at.caption, *at.error, *at.success, *at.info):
            assert "[x](javascript" not in str(element.value) and ":material/delete: **b**" not in str(element.value)
            assert "<img" not in str(element.value).replace("\\<", "")


def test_overview_says_three_things_draws_one_picture_and_names_what_is_not_known(demo_home):
    at = opened("team/overview.py", team=service("fraud-check").team_id)
    assert len([one for one in at.markdown if str(one.value).startswith("- ")]) == 3
    assert len(at.get("plotly_chart")) == 1
    assert "no incidents have been collected" in said(at).replace("\\", "")


def test_the_rule_page_shows_reasons_before_anything_is_saved(demo_home):
    at = opened("team/rule.py", service=service("release-train").id)
    assert not at.exception
    assert "would count" in said(at) and "This is the rule in use." in said(at)
    at.radio[0].set_value(1).run()
    assert "would count" in said(at) and "Nothing has been saved yet." in said(at)
    assert not [button for button in at.button if str(button.key).startswith("rule_save")], (
        "the demo is not to be edited"
    )


def test_a_correction_is_listed_with_who_and_why_and_can_be_taken_back(demo_home):
    one, who = service("fraud-check"), people.local_person()
    at = opened("team/delivery.py", service=one.id)
    first = next(iter(store_failures(one.id)))
    corrections.add(who, one.id, "deployment.not_failed", first, reason="It was *planned*")
    at.run()
    assert "It was *planned*" in said(at) and "Local administrator" in said(at)
    number = queries.corrections(one.id)[0].id
    at.button(key=f"undo_{number}").click().run()
    assert queries.corrections(one.id)[0].undone_at is not None
    assert "undone by Local administrator" in said(at)


def store_failures(service_id: int) -> list[str]:
    """Deployments that something suggests have failed."""
    from data import derive

    return derive.load(service_id).failures["deployment_id"].drop_nulls().to_list()


def test_the_demo_goes_with_one_click(demo_home):
    at = opened("team/delivery.py")
    at.button(key="demo_remove").click().run()
    assert queries.services(people.local_person()) == ()


def test_nobody_without_the_right_may_remove_it(demo_home, monkeypatch):
    member = people.Who(1, "M", team_roles=frozenset({(1, 1, "member")}))
    monkeypatch.setattr(people, "local_person", lambda: member)
    at = opened("team/delivery.py")
    assert "demo_remove" not in {button.key for button in at.button}
    with pytest.raises(access.Forbidden):
        from data import demo

        demo.remove(member)


def test_a_window_ends_where_the_sources_were_read(demo_home):
    one = service("payments-api")
    assert queries.window(one, 13)[1] == one.collected_until
    with sqlite3.connect(store.home() / "milepost.db") as connection:
        connection.execute("update source set collected_until = null")
    with pytest.raises(ValueError, match="Nothing has been collected"):
        queries.window(service("payments-api"), 13)
