"""The page of verification workflows: added with a commit, said what is wrong, removed."""

from streamlit.testing.v1 import AppTest

from data import people
from data.learning import trusted
from tests.pages.conftest import ROOT, said

PATH, SHA = "acme/verification/.github/workflows/go-cli.yml", "a" * 40


def page() -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return at.switch_page("pages/admin/verification.py").run()


def test_a_workflow_is_added_and_removed(home):
    at = page()
    assert "None yet: no proof of concept can reach E3 until one is added." in said(at)
    at.text_input(key="verification_path").set_value(PATH)
    at.text_input(key="verification_sha").set_value("main")
    at.button(key="FormSubmitter:verification_add-Trust it").click().run()
    assert "whole name of a commit" in at.error[0].value
    at.text_input(key="verification_sha").set_value(SHA)
    at.button(key="FormSubmitter:verification_add-Trust it").click().run()
    assert not at.exception and SHA in said(at) and "Added by Local administrator on" in said(at)
    (one,) = trusted.listed(people.local_person(), people.home_organization(people.local_person()))
    at.button(key=f"verification_remove_{one.id}").click().run()
    assert "a run through acme/verification/.github/workflows/go-cli.yml at aaaaaaaaaaaa is worth E2" in said(at)
    trusted.remove(people.local_person(), one.id)
    at = page()
    assert "Not trusted any more (1)" in [each.label for each in at.expander]
    assert "removed by Local administrator" in said(at)


def test_what_somebody_typed_is_shown_as_it_is(home):
    who = people.local_person()
    trusted.add(who, people.home_organization(who), "acme/_a_b_/.github/workflows/x.yml", SHA)
    assert "acme/\\_a\\_b\\_/" in said(page())
