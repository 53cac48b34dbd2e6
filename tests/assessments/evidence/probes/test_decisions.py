from tests.assessments.evidence.trees import CODE, outcome

LONG = "We keep orders in a queue, because the shop must take them while the store is away. " * 4


def adr(number: int) -> dict[str, str]:
    return {f"docs/adr/{n:04}-x.md": LONG for n in range(1, number + 1)}


def test_three_records_or_a_document_of_several_are_met():
    assert outcome("decisions", CODE | adr(3)) == "met"
    assert outcome("decisions", CODE | {"docs/decisions.md": f"# Decisions\n## A\n{LONG}\n## B\n## C\n"}) == "met"


def test_one_is_partly():
    assert outcome("decisions", CODE | adr(1)) == "partly"


def test_none_or_a_template_is_not_met():
    assert outcome("decisions", CODE) == "not met"
    assert outcome("decisions", CODE | {"docs/adr/template.md": LONG, "docs/adr/README.md": LONG}) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("decisions", {"README.md": ""}) == "not applicable"
