from tests.assessments.evidence.trees import lines, outcome, probe

PROVIDER = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws"%s }\n  }\n}\n'
MODULE = 'module "a" {\n  source = "%s"\n%s}\n'


def test_versions_are_met():
    text = PROVIDER % ', version = "~> 5.0"' + MODULE % ("terraform-aws-modules/vpc/aws", '  version = "5.1.0"\n')
    assert outcome("terraform-pinned", {"main.tf": text + MODULE % ("git::https://example.org/m?ref=v1", "")}) == "met"
    assert outcome("terraform-pinned", {"a/main.tf": PROVIDER % "", "a/.terraform.lock.hcl": ""}) == "met"


def test_none_is_not_met():
    finding = probe("terraform-pinned", {"main.tf": PROVIDER % "" + MODULE % ("o/m/aws", "")})
    assert (str(finding.outcome), lines(finding)) == ("not met", [3, 7])
    assert outcome("terraform-pinned", {"main.tf": MODULE % ("git::https://example.org/m", "")}) == "not met"


def test_some_is_partly():
    assert outcome("terraform-pinned", {"main.tf": PROVIDER % ', version = "1"' + MODULE % ("o/m/aws", "")}) == "partly"


def test_nothing_from_outside_is_not_applicable():
    assert outcome("terraform-pinned", {"main.tf": MODULE % ("./local", "")}) == "not applicable"
    assert outcome("terraform-pinned", {"examples/main.tf": MODULE % ("o/m/aws", "")}) == "not applicable"
    assert outcome("terraform-pinned", {"README.md": ""}) == "not applicable"
