"""Forty teams with two thousand services: every page stays short, and everything can be found."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from data import people, queries
from pages.ui import paging, services
from pages.ui.text import plain
from tests.conftest import to_copy
from tests.many import fill
from tests.pages.conftest import opened, said

PAGES = ["home/start.py", "admin/teams.py", "admin/sources.py", "team/overview.py"]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, migrated_file) -> Path:
    folder = tmp_path_factory.mktemp("crowd")
    with to_copy(folder, migrated_file):
        fill()
    return folder


@pytest.fixture
def many(bare_home, crowd):
    shutil.copytree(crowd, bare_home)


def drawn(at) -> int:
    """How many elements the page holds."""

    def below(block) -> int:
        return sum(1 + below(child) if hasattr(child, "children") else 1 for child in block.children.values())

    return below(at.main)


@pytest.mark.parametrize("file", PAGES)
def test_a_page_shows_a_few_of_many(file, many):
    at = opened(file)
    assert not at.exception
    assert drawn(at) < 400


@pytest.mark.parametrize(("file", "key"), [(PAGES[0], "home_own"), (PAGES[1], "teams_own"), (PAGES[2], "sources")])
def test_every_service_is_found_by_its_name(file, key, many):
    at = opened(file)
    assert "1234" not in said(at) + links(at)
    at.text_input(key=f"{key}_find").set_value("service 1234").run()
    assert "1234" in said(at) + links(at)
    at.text_input(key=f"{key}_find").set_value("no such thing").run()
    assert "None of the 2,000" in said(at)


def links(at) -> str:
    return " ".join(element.proto.label for element in at.get("page_link"))


def test_few_services_are_cards_and_many_are_rows(home):
    fill(teams=2, services=services.CARDS)
    at = opened()
    assert "Open delivery" in links(at)
    assert not [one for one in at.text_input if one.key == "home_own_find"]


def test_a_row_is_one_link_that_says_how_its_service_stands(many):
    rows = [one.proto.label for one in opened().get("page_link") if one.proto.label.startswith("**")]
    assert len(rows) == 20 and all(
        label.endswith(f":gray[{plain('Its numbers are being worked out.')}]") for label in rows
    )


def test_a_list_that_fits_is_left_alone():
    assert paging.part([1, 2], "x", "Find", ("one", "many"), str) == [1, 2]


def test_neighbours_that_fit_on_a_page_are_not_torn_apart():
    sizes = {"a": 9, "b": 9, "c": 4, "d": 45, "e": 3}
    items = [name for name, size in sizes.items() for _ in range(size)]
    assert paging.begins(items, 20, together=str) == [0, 18, 22, 42, 62]
    assert paging.begins(items, 20) == [0, 20, 40, 60]
    assert paging.begins([], 20, together=str) == paging.begins([], 20) == [0]


def test_the_pages_of_a_list_hold_everything_once(many):
    found = queries.services(people.local_person())
    edges = [*paging.begins(found, 12, together=lambda one: one.team_id), len(found)]
    assert edges == sorted(set(edges)) and max(b - a for a, b in pairwise(edges)) <= 12


def test_who_may_see_one_team_sees_only_its_services_among_many(many, monkeypatch):
    administrator = people.local_person()
    one = queries.teams(administrator)[3]
    opened()  # somebody else has read the same list before
    member = people.Who(administrator.id, "M", team_roles=frozenset({(one.organization_id, one.id, "member")}))
    monkeypatch.setattr(people, "local_person", lambda: member)
    assert "1 to 20 of 50 services" in said(opened())
