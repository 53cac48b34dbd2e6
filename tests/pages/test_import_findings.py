"""Bringing in what another tool found: read and shown first, kept only then, and taken away again."""

import json

import pytest

from data import people
from data.practices import imports
from tests.data.arrange import Place
from tests.data.practices.test_imports import MODEL, SCORECARD, result, sarif
from tests.pages.conftest import opened, said


@pytest.fixture
def place(home) -> Place:
    return Place(people.local_person())


def form(place: Place, kind: str, name: str, content: str):
    at = opened("admin/sources.py", service=place.service_id)
    at.session_state["sources_tab"] = "Import findings"
    at.run()
    at.radio(key="findings_kind").set_value(kind).run()
    at.file_uploader[0].upload(name, content.encode())
    return at.run()


def test_a_report_is_shown_before_it_is_kept_and_can_be_taken_away(place):
    at = form(place, "scorecard", "card.json", json.dumps(SCORECARD))
    assert "4 checks read, 4 findings" in said(at) and "Nothing has been saved yet" in said(at)
    assert imports.kept(place.who, service_id=place.service_id) == ()
    at.button(key="findings_keep").click().run()
    assert not at.exception
    [kept] = imports.kept(place.who, service_id=place.service_id)
    assert (kept.origin, len(kept.findings)) == ("scorecard", 4)
    assert "Nothing has been saved yet" not in said(at)
    at.button(key=f"findings_remove_{kept.id}").click().run()
    assert imports.kept(place.who, service_id=place.service_id) == ()


def test_a_file_that_cannot_be_used_is_one_sentence_and_saves_nothing(place):
    at = form(place, "sarif", "x.sarif", '{"version": "2.0.0", "runs": []}')
    assert [error.value for error in at.error] and not at.exception
    assert "findings_keep" not in {button.key for button in at.button}


def test_a_hostile_report_stays_text(place):
    evil = "[x](http://evil.example) <b>**:smile:** $x$"
    at = form(place, "sarif", "x.sarif", json.dumps(sarif(result(evil, suppressions=[{}]), result(evil, uri="<i>"))))
    at.button(key="findings_keep").click().run()
    shown = " ".join(each.value for each in [*at.markdown, *at.success])
    assert not at.exception and "(http://evil" not in shown and "<b>" not in shown.replace("\\<b", "")


def test_the_team_of_a_model_is_asked_for(place):
    at = form(place, "dsomm", "model.yaml", MODEL)
    assert "choose which of them is meant" in said(at)
    at.selectbox(key="findings_column").select("Shop").run()
    at.button(key="findings_keep").click().run()
    [kept] = imports.kept(place.who, team_id=place.team_id)
    assert (kept.origin, len(kept.findings)) == ("dsomm", 2)
