import pytest

from tests.assessments.evidence.trees import CODE, job, outcome


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "hvac==2.0\n"},
        {"a.yaml": "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\n"},
        {".sops.yaml": "creation_rules: []"},
        {"main.tf": 'resource "aws_secretsmanager_secret" "a" {}'},
        job("- uses: hashicorp/vault-action@v3"),
    ],
)
def test_a_sign_of_a_store_is_met(files):
    assert outcome("secret-store", CODE | files) == "met"


def test_secrets_in_files_are_not_met():
    assert outcome("secret-store", CODE | {".env": "DB_PASSWORD=k8Jm2pQx\n"}) == "not met"


def test_no_sign_at_all_is_not_applicable():
    assert outcome("secret-store", CODE) == "not applicable"


def test_placeholders_are_no_secrets():
    assert outcome("secret-store", {".env": "SECRET_KEY=changethis\nPOSTGRES_PASSWORD=postgres\n"}) == "not applicable"
