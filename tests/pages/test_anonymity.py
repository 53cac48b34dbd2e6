"""Pages in two stores that differ only in what a team said: somebody who leads sees the same, whoever looked before."""

from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assessments.reporting import Quarter
from data import people
from pages.ui import guard
from tests.data.leading import test_anonymity as tried
from tests.data.leading import twins
from tests.data.leading.twins import Twins
from tests.pages.conftest import opened, said

template, told = tried.template, tried.said
#: Pages that tell administrators what was said, but for those ALIKE.
PAGES = {
    "practices": ("team/practices.py", {"capability": "learning-culture"}),
    "plan": ("team/plan.py", {}),
    "pains": ("team/pains.py", {}),
    "a survey": ("team/survey.py", {"wave": 5}),
    "assessments": ("team/assessments.py", {}),
    "capabilities of all": ("lead/progress.py", {"view": "capabilities"}),
    "goals of all": ("lead/goals.py", {"goal_1": "true"}),
    "reports": ("lead/reports.py", {"quarter": Quarter.holding(datetime.now(UTC)).key}),
}

ALIKE = ("capabilities of all",)  # whoever looks, as it is shown in meetings


def shown(at: AppTest) -> list[str]:
    """All that stands on the page, and in its tables and pictures."""
    assert not at.exception
    tables = [line for each in at.dataframe for line in each.value.to_csv().splitlines()]
    pictures = [each.proto.spec for each in at.get("plotly_chart")]
    labels = [f"{each.label} {each.value}" for each in at.metric]
    return sorted([*said(at).splitlines(), *tables, *pictures, *labels])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_tells_those_who_lead_nothing_that_is_not_for_them(page, told: Twins, bare_home, monkeypatch):
    file, query = PAGES[page]

    def look(_: int) -> tuple[list[str], list[str]]:
        st.cache_data.clear()
        st.cache_resource.clear()
        found = []
        for who in (people.local_person(), twins.reader("leader")):
            monkeypatch.setattr(guard, "identity", lambda who=who: who)
            found.append(shown(opened(file, team=tried.FIRST, **query)))
        return tuple(found)

    (whole, mine), (other_whole, other) = told.each(look)
    assert mine == other and "No access" not in mine
    assert (whole != other_whole) == (page not in ALIKE)
