from tests.assessments.evidence.trees import CODE, lines, outcome, probe

LONG = "Sells everything that fits into a box, to everyone. " * 10


def test_what_and_how_is_met():
    finding = probe("readme", CODE | {"README.md": f"# Shop\n\n{LONG}\n\n## Getting started\n"})
    assert (str(finding.outcome), lines(finding)) == ("met", [5])
    assert outcome("readme", CODE | {"README.rst": f"{LONG}\n\n    make run\n"}) == "met"


def test_one_of_them_is_partly():
    assert outcome("readme", CODE | {"README.md": f"# Shop\n{LONG}"}) == "partly"
    assert outcome("readme", CODE | {"README.md": "# Shop\n## Usage\n"}) == "partly"


def test_none_is_not_met():
    assert outcome("readme", CODE) == "not met"


def test_an_empty_repository_is_not_applicable():
    assert outcome("readme", {}) == "not applicable"
