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


def test_badges_and_titles_do_not_say_how():
    page = "# Example Shop\n\n[![Build status](a)](b)\n\n" + "It sells things to people. " * 20
    assert outcome("readme", {"README.md": page}) == "partly"
    finding = probe("readme", {"README.md": page + "\n\nMake sure of it.\n\n## Getting started\n"})
    assert (str(finding.outcome), finding.evidence[0].what) == ("met", "## Getting started")


def test_the_surest_heading_is_named():
    page = "# Shop\n\n" + "It sells things to people. " * 20 + "\n\n### Documentation\n\n### Installation\n"
    assert probe("readme", {"README.md": page}).evidence[0].what == "### Installation"
