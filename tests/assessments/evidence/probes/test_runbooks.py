from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, outcome

LONG = "Look at the queue. If it is longer than a thousand, stop the importer and tell the shop. " * 4


def test_a_runbook_is_met():
    assert outcome("runbooks", CODE | {"docs/runbooks/queue.md": LONG}) == "met"
    assert outcome("runbooks", CODE | {"deploy/a.yaml": pod(), "docs/troubleshooting.md": LONG}) == "met"


def test_a_page_for_users_of_a_library_is_no_runbook():
    assert outcome("runbooks", CODE | {"docs/troubleshooting.md": LONG}) == "not applicable"


def test_headings_alone_are_partly():
    assert outcome("runbooks", CODE | {"docs/runbook.md": "# Runbook\n"}) == "partly"


def test_an_operated_product_without_one_is_not_met():
    assert outcome("runbooks", CODE | {"deploy/a.yaml": pod(), "docs/install.md": LONG}) == "not met"


def test_nothing_operated_is_not_applicable():
    assert outcome("runbooks", CODE) == "not applicable"
