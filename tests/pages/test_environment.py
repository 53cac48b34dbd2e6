"""One production environment alone: chosen, in the address, and everything on the page of it."""

from dataclasses import replace

import pytest

from assessments import delivery as judging
from assessments.delivery.settings import ProductionRule, Settings
from data import derive
from pages.ui import judged, window
from tests.pages.conftest import opened, said
from tests.pages.test_judged import refreshed, service

EU, US = "production-eu", "production-us"


def picker(at):
    return next((one for one in at.selectbox if one.key == "pick_environment"), None)


def address(at) -> dict:
    return {name: value[0] if isinstance(value, list) else value for name, value in at.query_params.items()}


def test_a_service_with_several_environments_offers_each_and_begins_with_all(demo_home):
    at = opened("team/delivery.py", service=service("identity").id)
    assert picker(at).options == ["All that count", EU, US] and picker(at).value == ""
    assert "environment" not in address(at)


def test_with_one_environment_there_is_nothing_to_choose(demo_home):
    assert picker(opened("team/delivery.py", service=service("payments-api").id)) is None


def test_the_choice_stands_in_the_address_and_everything_is_of_it(demo_home):
    one = service("identity")
    at = opened("team/delivery.py", service=one.id, weeks=26)
    whole = said(at)
    picker(at).set_value(EU).run()
    assert not at.exception and address(at)["environment"] == EU
    assert f"Only deployments to {EU}; judged as if it were the only production environment." in said(at)
    alone = judging.summarise(derive.in_environment(one.id, EU), *bounds(one, 26))
    n = alone.metrics["deployment_frequency"].n
    assert f"n = {n}" in said(at) and f"n = {n}" not in whole.split("Evidence")[0]
    picker(at).set_value("").run()
    assert "environment" not in address(at) and said(at) == whole


def bounds(one, weeks: int):
    shown = window.of(one, weeks)
    return shown.start, shown.end


@pytest.mark.parametrize("which", [("shipped", "lead_time"), ("deployed",), ("deployed", False), ("failed",)])
def test_the_rows_are_those_of_the_environment(which, demo_home):
    shown = window.of(service("identity"), 26, EU)
    places = judged.listed(replace(shown, environment=US), "deployed")["environment"].unique().to_list()
    assert places == [US]
    found = judged.listed(shown, *which)
    if which == ("deployed",):
        assert found["environment"].unique().to_list() == [EU]
    assert not found.is_empty()


def test_points_and_line_are_those_of_the_environment(demo_home):
    shown = window.of(service("identity"), 13, EU)
    expected = judging.weekly(derive.in_environment(shown.service.id, EU))
    cells = judged.cells(shown)
    assert cells["week"].n_unique() == judged.cells(replace(shown, environment=""))["week"].n_unique()
    assert cells.join(expected, on=cells.columns, how="anti", nulls_equal=True).is_empty()


@pytest.mark.parametrize("wrong", ["mars", "PRODUCTION-EU", "", "x" * 5000, "production-eu' or 1=1"])
def test_an_environment_that_is_not_there_shows_all_and_leaves_the_address(wrong, demo_home):
    at = opened("team/delivery.py", service=service("identity").id, environment=wrong)
    assert not at.exception and picker(at).value == ""
    assert "environment" not in address(at)
    assert ("What follows counts all of them." in said(at)) is bool(wrong)


def test_another_service_begins_with_all_again(demo_home):
    at = opened("team/delivery.py", service=service("identity").id, environment=EU)
    at.selectbox(key="pick_service").set_value(service("payments-api").id).run()
    assert "environment" not in address(at)
    assert "What follows counts all of them." not in said(at)


def test_an_environment_is_judged_once_a_state(demo_home, monkeypatch):
    calls, real = [], derive.in_environment
    monkeypatch.setattr(derive, "in_environment", lambda *given: calls.append(given) or real(*given))
    for weeks in (4, 13, 13):
        opened("team/delivery.py", service=service("identity").id, environment=EU, weeks=weeks)
    assert len(calls) == 1
    refreshed("payments-api")
    opened("team/delivery.py", service=service("identity").id, environment=EU)
    assert len(calls) == 1
    refreshed("identity")
    opened("team/delivery.py", service=service("identity").id, environment=EU)
    assert len(calls) == 2


def with_environments(*names: str, kind: str = "import"):
    settings = Settings(rule=ProductionRule(kind=kind))
    return replace(service("identity"), environments=names, settings=settings)


@pytest.mark.parametrize(
    ("names", "offered"),
    [
        ((), ()),
        (("prod",), ()),
        (("", "prod"), ()),  # what names none belongs to each
        (("Prod", "prod"), ()),
        (("", "prod-b", "Prod-A", "prod-a"), ("Prod-A", "prod-b")),
    ],
)
def test_what_is_offered_is_what_judging_tells_apart(names, offered, demo_home):
    assert window.environments(with_environments(*names)) == offered


def test_where_tags_count_no_environment_is_offered(demo_home):
    assert window.environments(with_environments("a", "b", kind="tag")) == ()
