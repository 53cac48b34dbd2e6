from tests.assessments.evidence.trees import outcome

PROVIDER = 'provider "aws" {\n  region = "x"\n}\n'
SHARED = 'terraform {\n  backend "s3" {}\n}\n'


def test_a_shared_backend_is_met():
    assert outcome("terraform-state", {"a/main.tf": PROVIDER, "a/versions.tf": SHARED}) == "met"
    assert (
        outcome("terraform-state", {"main.tf": PROVIDER + 'terraform {\n  cloud {\n organization = "x"\n }\n}\n'})
        == "met"
    )


def test_none_or_a_local_one_is_not_met():
    assert outcome("terraform-state", {"main.tf": PROVIDER}) == "not met"
    assert outcome("terraform-state", {"main.tf": PROVIDER + SHARED.replace("s3", "local")}) == "not met"
    assert outcome("terraform-state", {"terraform.tfstate": "{}"}) == "not met"


def test_some_is_partly():
    assert outcome("terraform-state", {"a/main.tf": PROVIDER + SHARED, "b/main.tf": PROVIDER}) == "partly"


def test_modules_are_not_applicable():
    assert outcome("terraform-state", {"main.tf": 'resource "a" "b" {}'}) == "not applicable"
    assert outcome("terraform-state", {"README.md": ""}) == "not applicable"
