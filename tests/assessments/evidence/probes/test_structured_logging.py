from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, lines, outcome, probe


def test_a_library_or_its_use_is_met():
    assert outcome("structured-logging", CODE | {"requirements.txt": "structlog==24\n"}) == "met"
    finding = probe("structured-logging", {"main.go": 'package main\n\nimport "log/slog"\n'})
    assert (str(finding.outcome), lines(finding)) == ("met", [3])


def test_an_operated_product_without_it_is_not_met():
    assert outcome("structured-logging", CODE | {"deploy/a.yaml": pod()}) == "not met"


def test_nothing_operated_is_not_applicable():
    assert outcome("structured-logging", CODE) == "not applicable"
