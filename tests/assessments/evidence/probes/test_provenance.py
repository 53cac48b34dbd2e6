import pytest

from tests.assessments.evidence.trees import job, outcome

IMAGE = {"Dockerfile": "FROM a"}


@pytest.mark.parametrize(
    "step",
    [
        "uses: actions/attest-build-provenance@v2",
        "run: cosign sign --yes x",
        "uses: pypa/gh-action-pypi-publish@release/v1",
    ],
)
def test_a_signed_build_is_met(step):
    assert outcome("provenance", job(f"- {step}") | IMAGE) == "met"


def test_a_release_without_it_is_not_met():
    assert outcome("provenance", job("- run: docker build .") | IMAGE) == "not met"
    assert outcome("provenance", job("- run: npm publish")) == "not met"


def test_nothing_released_is_not_applicable():
    assert outcome("provenance", job("- run: pytest")) == "not applicable"
