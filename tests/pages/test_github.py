"""Adding from GitHub, page by page against the test GitHub: states, rights, and what is said of what is missing."""

import pytest

from assessments.delivery import settings as judging
from data import connections, people, queries, seen, syncing, teams
from data.people import Who
from data.sources.github.settings import Settings
from pages.ui import syncs
from tests.data.hub import connected_to
from tests.hub_shop import history
from tests.pages import conftest
from tests.pages.conftest import opened

PAGE = "admin/github.py"


@pytest.fixture
def hub(home, monkeypatch):
    with connected_to(monkeypatch) as hub:
        monkeypatch.setenv("MILEPOST_JOBS", "immediate")
        yield hub


@pytest.fixture
def who(home) -> Who:
    return people.local_person()


def connect(at, secret: str):
    at.text_input(key="connect_secret").set_value(secret)
    at.get_by_key("connect_go").click()
    return at.run()


def said(at) -> str:
    """As it is read, without the signs that keep Markdown from being taken for such."""
    return conftest.said(at).replace("\\", "").replace("\N{WORD JOINER}", "")


def labels(at) -> list[str]:
    return [str(button.label) for button in at.button]


def links(at) -> list[str]:
    return [element.proto.label for element in at.get("page_link")]


# Connecting


def test_it_says_what_a_token_must_be_allowed_and_no_more(home):
    at = opened(PAGE)
    assert not at.exception
    for permission in ("Contents", "Pull requests", "Issues", "Actions", "Deployments", "Administration"):
        assert f"**{permission}**" in said(at)
    assert "to read, nothing more" in said(at)


def test_a_wrong_token_gets_one_sentence_and_is_not_kept(hub, who):
    at = connect(opened(PAGE), "github_pat_wrong")
    assert not at.exception and len(at.error) == 1
    assert "GitHub does not know this token" in at.error[0].value
    assert connections.listed(who) == ()


def test_nothing_is_asked_of_github_for_an_empty_form(home):
    assert [error.value for error in connect(opened(PAGE), " ").error] == ["Fill in every field first."]


def test_after_connecting_the_token_is_gone_from_the_page_and_what_it_may_read_stands_there(hub, who):
    hub.repository("acme/shop")
    token = hub.token(login="ada")
    at = connect(opened(PAGE), token)
    assert not at.exception
    assert "Token of ada" in said(at) and "commits and tags" in said(at)
    assert token not in repr(at.session_state) + said(at)


def test_an_app_is_connected_by_a_reference_to_its_key(hub, who, tmp_path):
    hub.repository("acme/shop")
    app = hub.app()
    key = tmp_path / "key.pem"
    key.write_text(app.private_key)
    at = opened(PAGE)
    at.radio(key="connect_kind").set_value("app").run()
    at.text_input(key="connect_app_id").set_value(str(app.id))
    at.text_input(key="connect_installation").set_value(str(hub.install(app).id))
    at.text_input(key="connect_key").set_value(f"file:{key}")
    at.get_by_key("connect_go").click()
    at.run()
    assert not at.exception and not at.error
    assert connections.listed(who)[0].kind == "app"


def test_what_may_not_be_read_is_said_with_the_permission_and_called_not_known(hub):
    hub.repository("acme/shop").deploy()
    at = connect(opened(PAGE), hub.token({"metadata": "read", "contents": "read", "issues": "read"}))
    assert "deployments (read)" in said(at) and "Until then it is not known." in said(at)
    assert ":material/block: deployments" in said(at)
    assert "/repositories/" not in said(at)


def test_a_token_that_may_too_much_gets_a_warning_that_names_the_scope(hub):
    at = connect(opened(PAGE), hub.token(kind="classic", scopes=("repo", "admin:org")))
    assert len(at.warning) == 1 and "repo" in at.warning[0].value and "admin" in at.warning[0].value


def test_another_github_is_for_whoever_runs_milepost_to_name(home, monkeypatch):
    monkeypatch.setenv("MILEPOST_GITHUB_URL", "http://github.example.com")
    at = opened(PAGE)
    assert not at.exception and "must begin with https" in at.error[0].value
    assert not [field for field in at.text_input if "url" in str(field.key) or "address" in str(field.key)]


# Choosing and starting


def test_a_thousand_repositories_are_a_page_and_a_search(hub, who):
    for number in range(1_050):
        hub.repository(f"acme/service-{number:04d}", archived=number == 7)
    at = connect(opened(PAGE), hub.token())
    at.run()
    assert "1,050 repositories; list read" in said(at)
    at.text_input(key="github_find").set_value("service-1").run()
    assert [str(box.label) for box in at.checkbox][:2] == ["acme/service-1000", "acme/service-1001"]
    assert len(at.checkbox) == 12
    at.button(key="github_all").click().run()
    assert "50 repositories chosen" in said(at)
    at.text_input(key="github_find").set_value("service-000").run()
    at.button(key="github_all").click().run()
    assert "59 repositories chosen" in said(at), "all but the archived one"


def test_only_a_name_may_be_typed(hub):
    hub.repository("acme/shop")
    at = connect(opened(PAGE), hub.token())
    for wrong in ("https://github.com/acme/shop", "../etc/passwd", "acme"):
        at.text_input(key="github_typed").set_value(wrong)
        at.get_by_key("github_typed_go").click()
        at.run()
        assert "without an address around it" in at.error[0].value
    assert "0 repositories chosen" in said(at)


def chosen(hub, name: str = "acme/shop", **token):
    at = connect(opened(PAGE), hub.token(**token))
    at.text_input(key="github_typed").set_value(name)
    at.get_by_key("github_typed_go").click()
    return at.run()


def test_the_plan_says_calls_time_quota_and_what_stays_unknown(hub):
    history(hub, days=12)
    at = chosen(hub, permissions={"metadata": "read", "contents": "read", "issues": "read", "pull_requests": "read"})
    at.button(key="github_plan_go").click().run()
    assert not at.exception
    assert [metric.label for metric in at.metric] == ["Requests, about", "Minutes, about", "Left of this hour"]
    assert int(at.metric[0].value.replace(",", "")) > 10
    assert "Not known will be deployments: The token may not read deployments" in said(at)


def test_from_a_name_to_a_rule_with_environments_and_workflows_to_choose_from(hub, who):
    history(hub, days=12)
    at = chosen(hub)
    assert at.text_input(key="github_service_acme/shop").value == "shop"
    at.button(key="github_start").click().run()
    assert not at.exception and not at.error
    (service,) = queries.services(who)
    assert (service.name, service.team, service.collected_until is not None) == ("shop", "My team", True)
    at = opened("team/rule.py", service=service.id)
    assert not at.exception
    assert "GitHub deployments into prod" in at.radio[0].options[0]
    (environments,) = at.multiselect
    assert set(environments.options) >= {"production", "staging", "prod*", "live"}
    assert "staging (11 of 11), production (" in said(at)
    environments.set_value(["staging"]).run()
    assert "11 would count" in said(at)
    workflow = next(index for index, option in enumerate(at.radio[0].options) if "Workflow runs" in option)
    at.radio[0].set_value(workflow).run()
    assert at.multiselect[0].value == ["Deploy to production"]
    assert "11 would count, 30 would not" in said(at)
    assert "this is a GitHub deployment; 11 because the name does not match Deploy to production" in said(at)


def test_a_repository_that_cannot_be_read_is_refused_in_one_sentence(hub, who):
    hub.repository("acme/shop")
    at = chosen(hub, "acme/secret")
    at.button(key="github_start").click().run()
    assert not at.exception and len(at.error) == 1
    assert queries.services(who) == ()


def test_one_that_cannot_be_read_is_left_out_with_one_press_and_the_plan_stays(hub, who):
    hub.repository("acme/shop")
    at = chosen(hub, "acme/secret")
    at.text_input(key="github_typed").set_value("acme/shop")
    at.get_by_key("github_typed_go").click()
    at.run()
    at.button(key="github_plan_go").click().run()
    assert "acme/secret: GitHub has no acme/secret" in at.warning[0].value
    at.button(key="github_out_acme/secret").click().run()
    assert "1 repository chosen" in said(at) and not at.warning and at.metric
    at.button(key="github_start").click().run()
    assert [service.name for service in queries.services(who)] == ["shop"]


def test_a_name_that_was_chosen_is_taken_out_by_pressing_it(hub):
    hub.repository("acme/shop")
    at = chosen(hub, "acme/slip")
    (names,) = (group for group in at.button_group if str(group.key).startswith("github_names"))
    names.set_value([]).run()
    assert not at.exception and "0 repositories chosen" in said(at)


def test_a_list_that_is_still_being_read_is_not_called_empty(hub, monkeypatch):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    hub.repository("acme/shop")
    at = connect(opened(PAGE), hub.token())
    assert "The list is not there yet." in said(at) and "The list is empty" not in said(at)


def test_an_empty_repository_was_read_and_holds_nothing(hub, who):
    hub.repository("acme/empty")
    syncing.add(who, connections.add_token(who, hub.token()), ["acme/empty"], "Shop")
    (service,) = queries.services(who)
    assert (service.collected_until is not None, service.holds) == (True, False)
    for page in ("home/start.py", "team/delivery.py", "team/rule.py"):
        at = opened(page, service=service.id)
        assert not at.exception and "hold nothing yet" in said(at) and "See its sources" in links(at), page
        assert "waits for you" not in said(at) and "A proposal is ready" not in said(at)
    assert "hold nothing yet" in said(opened("team/overview.py"))


# Reading


@pytest.fixture
def reading(hub, who, monkeypatch):
    """Two repositories that wait for their turn."""
    history(hub, days=3)
    hub.repository("acme/store")
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    connection = connections.add_token(who, hub.token())
    return syncing.add(who, connection, ["acme/shop", "acme/store"], "Shop")


def test_home_tells_how_far_the_first_readings_are(reading):
    at = opened()
    assert not at.exception
    assert "0 of 2 repositories have been read from GitHub; 2 wait for their turn." in bars(at)
    assert "Its sources are being read." in said(at)


def bars(at) -> str:
    return "\n".join(element.proto.text for element in at.get("progress"))


def test_a_reading_is_paused_and_goes_on(reading, who):
    at = opened(PAGE)
    at.button(key=f"sync_first_{reading[0].source_id}").click().run()
    assert syncing.status(who)[reading[0].source_id].state == "paused"
    assert "1 waits for its turn, 1 is paused" in bars(at)
    at.button(key=f"sync_first_{reading[0].source_id}").click().run()
    assert syncing.status(who)[reading[0].source_id].state == "reading"
    at.button(key="sync_all_Pause all").click().run()
    assert {view.state for view in syncing.status(who).values()} == {"paused"}


def test_a_limit_says_when_it_goes_on(hub, who, reading, monkeypatch):
    hub.limit(0, reset_in=1_800)
    syncing.pause(who, reading[1].source_id)
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")
    from data import work

    work.run(reading[0].job_id)
    at = opened(PAGE)
    assert "Waits for GitHub" in said(at) and "Goes on by itself at" in said(at)
    assert "limit is used up until" in said(at), "a time and no duration: what is said stays for as long as it waits"


def test_who_may_add_sources_but_not_administer_may_not_connect(home, who, monkeypatch):
    organization = people.home_organization(who)
    team = teams.create_team(who, organization, "Shop")
    lead = Who(who.id, "Ada", team_roles=frozenset({(organization, team, "team_lead")}))
    monkeypatch.setattr(people, "local_person", lambda: lead)
    at = opened(PAGE)
    assert not at.text_input
    assert "An administrator has to connect" in said(at)


def test_a_member_does_not_open_it(home, who, monkeypatch):
    organization = people.home_organization(who)
    team = teams.create_team(who, organization, "Shop")
    member = Who(who.id, "Ada", team_roles=frozenset({(organization, team, "member")}))
    monkeypatch.setattr(people, "local_person", lambda: member)
    assert [title.value for title in opened(PAGE).title] == ["No access"]


# Afterwards


@pytest.fixture
def shop(hub, who):
    """A repository that was read, by a token that may not read its runs."""
    history(hub, days=12)
    allowed = dict.fromkeys(("metadata", "contents", "issues", "pull_requests", "deployments"), "read")
    connection = connections.add_token(who, hub.token(allowed))
    return syncing.add(who, connection, ["acme/shop"], "Shop")[0]


def test_its_source_tells_its_state_and_what_is_not_known(shop):
    at = opened("admin/sources.py")
    assert not at.exception
    assert "workflow runs: not known.** The token may not read workflow runs of acme/shop" in said(at)
    assert "actions (read)" in said(at)
    assert "next read" in said(at).lower() and "the time in the queue is not known" in said(at)
    assert "Read now" in labels(at) and "How it is read" in labels(at)


def test_labels_that_were_seen_can_be_chosen_and_make_incidents_known(shop, who):
    assert seen.labels(shop.source_id) == (("bug", 1),)
    service = queries.service(who, shop.service_id)
    assert not service.incidents_collected
    syncing.save_settings(who, shop.source_id, Settings(incident_labels=("bug",)))
    rule = judging.ProductionRule(kind="github_deployment")
    teams.save_settings(who, shop.service_id, judging.Settings(rule=rule))
    assert queries.service(who, shop.service_id).incidents_collected


def test_connections_are_listed_with_their_state(shop):
    at = opened(PAGE, github_tab="Connections (1)")
    at.session_state["github_tab"] = "Connections (1)"
    at.run()
    assert {"Check now", "Replace secret", "Remove"} <= set(labels(at))
    assert "reads for 1 source" in said(at)


def test_a_connection_taken_away_leaves_what_was_read_and_says_how_to_go_on(shop, who):
    connections.remove(who, connections.listed(who)[0].id)
    at = opened("admin/sources.py")
    assert not at.exception and "No connection" in said(at)
    assert "Add it again with another connection" in links(at)


def test_services_without_a_rule_can_take_the_first_proposal_all_at_once(hub, who):
    history(hub, days=12)
    history(hub, "acme/store", days=12)
    syncing.add(who, connections.add_token(who, hub.token()), ["acme/shop", "acme/store"], "Shop")
    at = opened()
    assert "2 services wait for you to say what counts as production" in said(at)
    at.button(key="home_rules").click().run()
    assert {one.settings.rule.kind for one in queries.services(who)} == {"github_deployment"}
    assert "2 services count by the first rule proposed." in said(at)


@pytest.mark.parametrize("state", ["reading", "paused", "waiting_for_limit", "stopped", "up_to_date", "never"])
def test_every_state_has_a_word(state):
    assert syncs.WORDS[state][0]
