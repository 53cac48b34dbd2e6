import pytest

from assessments.evidence.history import DAY, History
from tests.assessments.evidence.trees import CODE, outcome

FILES = CODE | {"README.md": "", "docs/a.md": ""}


def said(days: int, complete: bool = True):
    last = {"src/shop.py": 2_000 * DAY, "docs/a.md": (2_000 - days) * DAY}
    return outcome("docs-freshness", FILES, history=History(0, last=last, complete=complete))


@pytest.mark.parametrize(("days", "expected"), [(-5, "met"), (90, "met"), (365, "partly"), (366, "not met")])
def test_days_between_document_and_code(days, expected):
    assert said(days) == expected


def test_a_document_older_than_what_was_looked_at_is_not_met_unless_the_clone_is_shallow():
    last = {"src/shop.py": 5 * DAY}
    assert outcome("docs-freshness", FILES, history=History(0, last=last)) == "not met"
    assert outcome("docs-freshness", FILES, history=History(0, last=last, complete=False)) == "unknown"


def test_no_documents_are_not_applicable_and_no_history_unknown():
    assert outcome("docs-freshness", CODE, history=History(0)) == "not applicable"
    assert outcome("docs-freshness", FILES) == "unknown"


def test_one_old_page_is_partly():
    last = {"src/shop.py": 900 * DAY, "README.md": 300 * DAY}
    history = History(beginning=0, last=last)
    files = CODE | {"README.md": "x"}
    assert outcome("docs-freshness", files, history=history, as_of=900 * DAY) == "partly"
    history = History(beginning=0, last=last | {"docs/a.md": 200 * DAY})
    assert outcome("docs-freshness", files | {"docs/a.md": "x"}, history=history, as_of=900 * DAY) == "not met"
