"""Reports, as somebody reads them and has them sent."""

from datetime import UTC, datetime

import pytest

from data import demo, people, store
from data.reporting import reports, subscriptions
from data.reporting.reports import ORGANIZATION, TEAM, About
from data.tables import Person
from pages.ui.text import JOINER
from tests.data.arrange import Place
from tests.data.improving import planted
from tests.pages.conftest import opened, said

PAGE = "lead/reports.py"
EVIL = "**Shop** <script>alert(1)</script> :rocket: [x](http://evil.example)"


@pytest.fixture(autouse=True)
def nothing_kept():
    reports.forget()


@pytest.fixture
def shop(home, who) -> Place:
    return planted.service(who, 42, drop_at=26, failing=True, name=EVIL[:60])


def words(at) -> str:
    return said(at).replace("\\", "").replace(JOINER, "")


def links(at) -> list[str]:
    return [each.proto.url for each in at.get("link_button")]


def test_without_a_team_the_page_says_how_to_begin(home, who):
    at = opened(PAGE)
    assert not at.exception and "Report of" in [each.label for each in at.selectbox]
    at.button(key="reports_write").click().run()
    assert "has no team yet" in words(at) and "This report reads all teams" not in words(at)


def test_the_report_is_told_in_short_with_its_forms_and_its_tables(shop, monkeypatch):
    monkeypatch.setattr(store, "now_us", lambda: store.to_us(datetime(2024, 10, 20, tzinfo=UTC)))
    at = opened(PAGE, team=shop.team_id, quarter="2019-Q1")
    assert "The quarter of this link cannot be chosen any more" in words(at)
    assert "2024-Q3" in at.query_params["quarter"] and "Lead time was shorter in" in words(at)
    assert links(at) == [f"/reports/team/{shop.team_id}/2024-Q3.{form}" for form in ("html", "pdf", "md", "csv")]
    assert (
        not at.exception and "<script>" not in said(at) and "What is not known" in [each.label for each in at.expander]
    )


def test_another_report_is_chosen_and_stands_in_the_address(shop):
    at = opened(PAGE, team=shop.team_id)
    at.selectbox(key="reports_about").set_value(About(ORGANIZATION, shop.organization_id)).run()
    assert "1" in at.query_params["organization"] and "team" not in at.query_params
    at.button(key="reports_write").click().run()
    assert "1 team has numbers" in words(at)
    at.query_params["team"] = "999"
    at.query_params.pop("organization")
    assert "not here any more, or not yours to see" in words(at.run())


def test_a_person_has_it_sent_to_themselves_and_stops_it(shop):
    with store.writing() as session:
        session.get_one(Person, shop.who.id).email = "me@docs.example"
    at = opened(PAGE, team=shop.team_id)
    next(each for each in at.button if each.label == "Send it by itself").click().run()
    assert "E-mail to you" in words(at) and not at.exception
    (view,) = subscriptions.listed(shop.who)
    at.button(key=f"report_stop_{view.id}").click().run()
    assert "stopped here" in words(at) and subscriptions.listed(shop.who)[0].ended_why == "stopped here"


def test_whoever_would_have_it_mailed_is_told_before_that_it_cannot_be(shop, monkeypatch):
    assert "No e-mail can be sent as it is. No mail server is named" in words(opened(PAGE, team=shop.team_id))
    monkeypatch.setenv("MILEPOST_SMTP_HOST", "localhost")
    monkeypatch.setenv("MILEPOST_MAIL_FROM", "milepost@docs.example")
    assert "No e-mail can be sent" not in words(opened(PAGE, team=shop.team_id))


def test_an_administrator_adds_an_address_and_sees_why_nothing_is_sent(shop):
    at = opened(PAGE, team=shop.team_id)
    at.radio(key="reports_way").set_value("By e-mail to")
    at.text_input(key="reports_to").input("nobody")
    send = lambda: next(each for each in at.button if each.label == "Send it by itself")  # noqa: E731
    send().click().run()
    assert "This is no e-mail address" in words(at) and subscriptions.listed(shop.who) == ()
    at.text_input(key="reports_to").input("board@docs.example")
    send().click().run()
    (view,) = subscriptions.listed(shop.who)
    at.button(key=f"report_now_{view.id}").click().run()
    assert "MILEPOST_SMTP_HOST" in words(at) and "on its way" in words(at)
    assert view.about == About(TEAM, shop.team_id)


def test_a_member_sees_their_team_and_nobody_elses_addresses(shop, monkeypatch):
    from data import people
    from tests.data import surveyed

    subscriptions.add_mail(shop.who, About(TEAM, shop.team_id), "board@docs.example", "quarter")
    member = surveyed.person("member", shop.organization_id, shop.team_id)
    monkeypatch.setattr(people, "local_person", lambda: member)
    at = opened(PAGE, team=shop.team_id)
    assert not at.exception and "board@docs.example" not in words(at)
    assert [each for each in at.selectbox(key="reports_about").options if each.startswith("Organisation")] == []
    assert not [each for each in at.text_input if each.key == "reports_to"]


def test_the_demo_is_called_so_and_nothing_else_is(demo_home):
    place = Place(people.local_person(), "Own")
    assert "Demo data" in words(opened(PAGE, organization=demo.present()))
    assert "Demo data" not in words(opened(PAGE, team=place.team_id))
