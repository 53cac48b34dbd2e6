import pytest

from tests.assessments.evidence.trees import CODE, job, outcome

OPENAPI = {"docs/openapi.yaml": "openapi: 3.1.0\ninfo: {}\n"}


@pytest.mark.parametrize(
    "step", ["run: buf breaking --against x", "run: oasdiff breaking a b", "uses: bufbuild/buf-action@v1"]
)
def test_a_check_is_met(step):
    assert outcome("interface-tests", job(f"- {step}") | OPENAPI) == "met"


def test_contract_tests_are_met():
    assert outcome("interface-tests", {"package.json": '{"devDependencies": {"@pact-foundation/pact": "1"}}'}) == "met"


def test_a_description_alone_is_partly():
    assert outcome("interface-tests", CODE | OPENAPI) == "partly"
    assert outcome("interface-tests", CODE | {"api/a.proto": ""}) == "partly"


def test_no_description_is_not_applicable():
    assert outcome("interface-tests", CODE | {"docs/openapi.yaml": "# openapi: 3"}) == "not applicable"


def test_an_action_that_compares_descriptions_is_met():
    assert outcome("interface-tests", job("- uses: delimit-ai/delimit-action@v1\n  with: {spec: api.yaml}")) == "met"


def test_a_library_that_reads_descriptions_is_no_check():
    assert outcome("interface-tests", {"go.mod": "require github.com/getkin/kin-openapi v0.1.0\n"}) == "not applicable"
