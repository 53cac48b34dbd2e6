import pytest

from tests.assessments.evidence.trees import lines, outcome, probe

TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2dF4hJ6"
AWS = "AKIA" + "Q3EGRT5ZXCVB7NMQ"
RANDOM = "kJ8#mPq2Xv9Lw4Tz7Rb3Nc6Yd1"


@pytest.mark.parametrize(
    "value", [TOKEN, AWS, "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bq8Xk2Vw9Zr4Tn6Ym1Lp3Qs5Uv8Jc0Hd2Fg"]
)
def test_a_known_form_is_not_met_and_never_shown(value):
    finding = probe("secrets-in-files", {"settings.py": f"import os\nkey = `{value}`\n"})
    assert (str(finding.outcome), lines(finding)) == ("not met", [2])
    assert value[4:20] not in repr(finding)


def test_a_value_that_looks_like_one_is_partly_and_never_shown():
    finding = probe("secrets-in-files", {"settings.py": f'password = "{RANDOM}"\n'})
    assert (str(finding.outcome), lines(finding)) == ("partly", [1])
    assert RANDOM[:8] not in repr(finding)
    assert outcome("secrets-in-files", {"a.py": "x = 'postgres://shop:kJ8mPq2Xv9Lw@db.prod.net/x'\n"}) == "partly"


def test_a_known_form_in_tests_or_documents_is_partly():
    assert outcome("secrets-in-files", {"tests/test_a.py": f"'{TOKEN}'"}) == "partly"
    assert outcome("secrets-in-files", {"docs/a.md": f"`{TOKEN}`"}) == "partly"


@pytest.mark.parametrize(
    "text",
    [
        'password = os.environ["DB_PASSWORD"]',
        'password = "changeme-please-changeme"',
        "token = 'your-token-goes-here-1A2b'",
        'secret_name = "shop/production/database"',
        'api_key: "${API_KEY_FROM_ENVIRONMENT_9aB}"',
        "AKIAIOSFODNN7EXAMPLE",
        f'key = "{TOKEN}"  # gitleaks:allow',
        "ghp_" + "a" * 36,
        'token = "aVeryLongCamelCaseIdentifierName1234"',
        '"integrity": "sha512-kJ8mPq2Xv9Lw4Tz7Rb3Nc6Yd1kJ8mPq2Xv9Lw4Tz7Rb3Nc6Yd1"',
    ],
)
def test_names_placeholders_and_what_is_marked_are_met(text):
    assert outcome("secrets-in-files", {"a.py": text}) == "met"


def test_no_text_is_not_applicable():
    assert outcome("secrets-in-files", {"a.png": b"\x89PNG\0"}) == "not applicable"


def test_keys_below_folders_named_after_tests_are_samples():
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" + "\n"
    assert outcome("secrets-in-files", {"internal/testresources/a.pem": key}) == "partly"
    assert outcome("secrets-in-files", {"deploy/a.pem": key}) == "not met"
