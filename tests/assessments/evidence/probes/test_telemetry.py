import pytest

from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, outcome


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "opentelemetry-sdk==1\n"},
        {"go.mod": "module x\nrequire (\n\tgithub.com/prometheus/client_golang v1.2.3\n)\n"},
        {"package.json": '{"dependencies": {"prom-client": "15"}}'},
    ],
)
def test_a_library_is_met(files):
    assert outcome("telemetry", CODE | files) == "met"


def test_an_operated_product_without_one_is_not_met():
    assert (
        outcome("telemetry", CODE | {"deploy/a.yaml": pod(), "requirements.txt": "# opentelemetry-sdk\nflask==3\n"})
        == "not met"
    )


def test_nothing_operated_is_not_applicable():
    assert outcome("telemetry", CODE) == "not applicable"
