"""The page of those who lead: every picture, its filters in the address, and nothing that ranks or runs."""

import re
from html.parser import HTMLParser

import pytest

from assessments.portfolio import METRICS
from data import demo, people, store, teams
from data.asked import maps
from data.leading import capabilities, fleet, portfolio
from data.tables import Organization, Team
from tests.data.improving import planted
from tests.pages.conftest import opened, said

PAGE = "lead/progress.py"


@pytest.fixture(autouse=True)
def nothing_kept():
    """Stores of tests have services and teams of the same numbers."""
    fleet.forget()
    capabilities.forget()


class _Read(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.tags, self.words, self.links = [], [], [], []
        self._heading = False

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._heading = self._heading or tag == "h3"
        self.links += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        self._heading = self._heading and tag != "h3"

    def handle_data(self, data):
        self.words.append(data)
        if self._heading:
            self.names.append(data)


def drawn(at) -> _Read:
    """What the pictures hold, without their style."""
    assert not at.exception
    read = _Read()
    for each in at.get("html"):
        read.feed(re.sub(r"<style>.*?</style>", "", each.proto.body, flags=re.DOTALL))
    return read


def demo_id() -> int:
    return demo.present()


def test_every_picture_of_the_demo_is_drawn(demo_home):
    at = opened(PAGE)
    assert [each.value for each in at.header] == ["Every metric at a glance", "Lead time, team by team"]
    names = [one.name for one in portfolio.of(people.local_person(), demo_id(), "lead_time").teams]
    assert drawn(at).names == names == sorted(names)
    assert "better in 2 of 7 teams compared" in said(at) and "1 cannot be compared" in said(at)
    for view, header in (
        ("spread", "Capability levels"), ("capabilities", "Capabilities, team by team"),
        ("waiting", "Team by team"), ("learning", "By track"),
    ):  # fmt: skip
        at.query_params["view"] = view
        at.run()
        assert header in [each.value for each in at.header]
        assert drawn(at).words


def test_no_table_of_teams_can_be_put_in_another_order(demo_home):
    at = opened(PAGE)
    for view, key, columns in (
        ("change", "progress_table", ["Team", "Change"]), ("capabilities", "progress_heat", ["Team", "Capability"]),
        ("waiting", "progress_waits", ["Team", "Constraint"]),
    ):  # fmt: skip
        at.query_params["view"] = view
        at.run()
        at.session_state[key] = True
        at.run()
        assert not at.exception and not at.dataframe
        assert list(at.table[0].value.columns)[:2] == columns


def test_a_choice_goes_into_the_address_and_comes_from_it(demo_home):
    at = opened(PAGE, metric="deployment_frequency", weeks=26, against="year", show="changed")
    assert "Deployment frequency against the same weeks a year before" in said(at)
    assert {each.label: each.value for each in at.selectbox if each.label != "Organisation"} == {
        "Metric": "deployment_frequency", "Window": "26", "Compared with": "year", "Show": "changed"
    }  # fmt: skip
    found = portfolio.of(people.local_person(), demo_id(), "deployment_frequency", 26, "year").teams
    changed = [one.name for one in found if one.change.moved in ("better", "worse")]
    assert drawn(at).names == changed
    at.selectbox(key="progress_show").select("all").run()
    at.multiselect(key="progress_teams").select(found[1].team_id).run()
    assert drawn(at).names == [found[1].name]
    assert at.query_params["teams"] == str(found[1].team_id) and "show" not in at.query_params


def test_a_link_to_what_is_not_there_shows_the_usual_and_says_so(home, who):
    planted.service(who, 30)
    store_second_organization()
    at = opened(PAGE, metric="<script>", weeks="-1", against="best", show="worst", organization="99", teams="0-x-99999")
    assert not at.exception
    assert said(at).count("of this link is not here") == 5


def store_second_organization():
    """The picker of organizations is only there where there are several."""
    with store.writing() as session:
        made = Organization(name="Invented", is_demo=True, created_at=1)
        session.add(made)
        session.flush()
        session.add(Team(organization_id=made.id, name="Team 1", created_at=1))


def test_a_name_that_somebody_wrote_runs_nothing(home, who):
    planted.service(who, 30, name="<img src=x onerror=alert(1)>")
    for view in ("change", "capabilities", "waiting"):
        at = opened(PAGE, view=view)
        read = drawn(at)
        assert "onerror" in "".join(read.words) or view == "capabilities"
        assert all(not link.startswith("x") for link in read.links)
        bodies = "".join(each.proto.body for each in at.get("html"))
        assert "<img src=x" not in bodies


def test_without_any_team_it_says_how_to_begin(home, who):
    at = opened(PAGE)
    assert not at.exception
    assert "Nothing to lead yet" in said(at)


def test_without_any_numbers_it_says_what_to_do(home, who):
    teams.create_team(who, people.home_organization(who), "Team 1")
    told = {
        "change": "Nothing is measured yet",
        "spread": "Nothing is measured yet",
        "capabilities": "Nothing is known of any team yet",
        "waiting": "Nothing tells yet where work waits",
    }
    for view, title in told.items():
        at = opened(PAGE, view=view)
        assert title in [each.value for each in at.subheader] and not at.exception, view
        assert not at.selectbox and not at.multiselect, "nothing to choose from"
        assert len(at.get("page_link")) == 1, "what to do instead"
    assert not opened(PAGE, view="learning").exception


def test_a_map_alone_already_tells_where_work_waits(home, who):
    team = teams.create_team(who, people.home_organization(who), "Team 1")
    maps.create(who, team, "Shop")
    at = opened(PAGE, view="waiting")
    assert "its map says nothing yet" in drawn(at).words and len(at.selectbox) == 1 and not at.exception


def test_teams_cannot_be_ordered_by_anything_but_their_name(demo_home):
    """No picker offers it, and the order is the same whatever the metric says."""
    orders = {tuple(drawn(opened(PAGE, metric=key)).names) for key in ("lead_time", "change_fail_rate")}
    assert len(orders) == 1 and set(METRICS) > {"lead_time", "change_fail_rate"}
