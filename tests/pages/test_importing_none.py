"""A file of incidents without rows is a fact: they are collected, and none happened."""

from data import people, queries
from tests.pages.test_importing import form, said, service  # noqa: F401  the fixture


def test_that_no_incident_happened_can_be_imported(service):  # noqa: F811
    at = form(service, "incidents.csv", b"id,opened_at\n", kind="incidents")
    assert "The file has no rows: it says that no incident happened" in said(at)
    at.button(key="import_go").click().run()
    assert not at.exception
    (source,) = queries.sources(people.local_person())
    assert source.name == "incidents.csv"


def test_a_file_of_deployments_without_rows_says_nothing(service):  # noqa: F811
    at = form(service, "d.csv", b"id,finished_at\n")
    assert "The file has no rows: there is nothing to save" in said(at)
    assert "import_go" not in {button.key for button in at.button}
