import pytest

from tests.assessments.evidence.trees import CODE, job, outcome

ROLE = "- uses: aws-actions/configure-aws-credentials@v4\n  with: {role-to-assume: x, aws-region: y}"
KEY = "- uses: aws-actions/configure-aws-credentials@v4\n  with: {aws-access-key-id: '${{ secrets.K }}'}"


@pytest.mark.parametrize(
    "steps",
    [
        ROLE,
        "- uses: azure/login@v2\n  with: {client-id: x, tenant-id: y}",
        "- uses: google-github-actions/auth@v2\n  with: {workload_identity_provider: x}",
        "- uses: hashicorp/vault-action@v3\n  with: {method: jwt, role: x}",
        "- uses: pypa/gh-action-pypi-publish@release/v1",
    ],
)
def test_an_identity_is_met(steps):
    assert outcome("ci-oidc", job(steps)) == "met"


@pytest.mark.parametrize(
    "steps",
    [
        KEY,
        "- uses: azure/login@v2\n  with: {creds: '${{ secrets.C }}'}",
        "- uses: google-github-actions/auth@v2\n  with: {credentials_json: '${{ secrets.C }}'}",
        "- uses: pypa/gh-action-pypi-publish@v1\n  with: {password: '${{ secrets.P }}'}",
        "- run: aws s3 ls\n  env: {AWS_SECRET_ACCESS_KEY: '${{ secrets.K }}'}",
    ],
)
def test_a_stored_key_is_not_met(steps):
    assert outcome("ci-oidc", job(steps)) == "not met"


def test_both_are_partly():
    assert outcome("ci-oidc", job(f"{ROLE}\n{KEY}")) == "partly"


def test_a_value_that_is_no_secret_is_none():
    assert outcome("ci-oidc", job("- run: pytest\n  env: {AWS_SECRET_ACCESS_KEY: testing}")) == "not applicable"


def test_no_sign_in_is_not_applicable():
    assert outcome("ci-oidc", CODE) == "not applicable"
