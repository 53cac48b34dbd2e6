import pytest

from tests.assessments.evidence.trees import lines, outcome, probe

AWS = """resource "aws_security_group" "a" {{
  ingress {{
    from_port   = {port}
    to_port     = {port}
    protocol    = "tcp"
    cidr_blocks = [{source}]
  }}
  egress {{
    from_port = 0
    to_port = 0
    cidr_blocks = ["0.0.0.0/0"]
  }}
}}
"""
GOOGLE = """resource "google_compute_firewall" "a" {
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
"""
RULE = """resource "aws_security_group_rule" "a" {
  type        = "ingress"
  protocol    = "-1"
  cidr_blocks = ["0.0.0.0/0"]
}
"""
EVERYONE = '"0.0.0.0/0"'


@pytest.mark.parametrize(("port", "source"), [(443, EVERYONE), (22, '"10.0.0.0/8"'), (22, "var.office")])
def test_web_ports_or_named_networks_are_met(port, source):
    assert outcome("terraform-ingress", {"main.tf": AWS.format(port=port, source=source)}) == "met"


def test_another_port_for_everyone_is_not_met():
    finding = probe("terraform-ingress", {"main.tf": AWS.format(port=22, source=EVERYONE)})
    assert (str(finding.outcome), lines(finding)) == ("not met", [2])
    assert outcome("terraform-ingress", {"main.tf": GOOGLE}) == "not met"
    assert outcome("terraform-ingress", {"main.tf": RULE}) == "not met"


def test_a_comment_is_no_rule():
    assert (
        outcome("terraform-ingress", {"main.tf": "/*\n" + AWS.format(port=22, source=EVERYONE) + "*/"})
        == "not applicable"
    )


def test_no_rules_are_not_applicable():
    assert outcome("terraform-ingress", {"main.tf": 'resource "a" "b" {}'}) == "not applicable"
