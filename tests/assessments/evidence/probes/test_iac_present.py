import pytest

from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, job, outcome


@pytest.mark.parametrize(
    "files",
    [
        {"infra/main.tf": 'resource "aws_x" "y" {}'},
        {"deploy/a.yaml": pod()},
        {"chart/Chart.yaml": "name: x"},
        {"cdk.json": "{}"},
        {"Pulumi.yaml": "name: x"},
        {"infra/main.bicep": "param x string"},
        {"stack.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"},
        {"playbook.yml": "- hosts: all\n  tasks: []\n"},
    ],
)
def test_a_description_is_met(files):
    assert outcome("iac-present", CODE | files) == "met"


def test_single_commands_are_not_met():
    assert outcome("iac-present", job("- run: aws ec2 run-instances --image-id x")) == "not met"


def test_a_deployment_without_a_description_is_unknown():
    assert outcome("iac-present", job("- run: flyctl deploy")) == "unknown"


def test_nothing_deployed_is_not_applicable():
    assert outcome("iac-present", job("- run: pytest")) == "not applicable"
    assert outcome("iac-present", CODE | {"examples/main.tf": 'resource "a" "b" {}'}) == "not applicable"


def test_lock_files_are_not_read_for_it():
    assert outcome("iac-present", CODE | {"web/package-lock.json": b"x" * 600_000}) == "not applicable"


def test_what_is_too_large_for_a_template_is_not_read_for_it():
    assert outcome("iac-present", CODE | {"icons/all.json": b"x" * 600_000}) == "not applicable"
