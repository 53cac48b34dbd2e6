import pytest

from tests.assessments.evidence.trees import CODE, outcome

PATH = 'path "%s" {\n  capabilities = [%s]\n}\n'
NARROW = PATH % ("secret/data/shop/*", '"read"')


@pytest.mark.parametrize("path", ["secret/data/shop/*", "sys/health", "secret/*"])
def test_narrow_or_reading_policies_are_met(path):
    assert outcome("vault-policies", {"a.hcl": PATH % (path, '"read", "list"')}) == "met"


@pytest.mark.parametrize(
    ("path", "given"),
    [("*", '"read"'), ("secret/*", '"create", "read"'), ("secret/data/*", '"update"'), ("kv/x", '"sudo"')],
)
def test_wide_policies_are_not_met(path, given):
    assert outcome("vault-policies", {"a.hcl": PATH % (path, given)}) == "not met"


def test_some_is_partly():
    assert outcome("vault-policies", {"a.hcl": NARROW + PATH % ("*", '"sudo"')}) == "partly"


def test_other_files_are_not_applicable():
    assert outcome("vault-policies", {"a.hcl": 'job "x" {}'}) == "not applicable"
    assert outcome("vault-policies", CODE) == "not applicable"
