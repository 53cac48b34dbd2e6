from tests.assessments.evidence.trees import CODE, outcome


def test_one_is_met():
    assert outcome("postmortems", CODE | {"docs/postmortems/2026-03-01.md": "The queue stood still."}) == "met"


def test_a_template_alone_is_partly():
    assert outcome("postmortems", CODE | {"docs/postmortem-template.md": "# What happened?"}) == "partly"


def test_none_is_not_applicable():
    assert outcome("postmortems", CODE) == "not applicable"
