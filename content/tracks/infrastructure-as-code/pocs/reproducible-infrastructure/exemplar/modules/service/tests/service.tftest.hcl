# The provider is replaced by one that makes values up, so no account is needed and nothing is created.
mock_provider "aws" {}

variables {
  zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

run "staging_is_smaller" {
  command = plan

  variables {
    environment = "staging"
  }

  assert {
    condition     = length(aws_subnet.private) == 2
    error_message = "Staging uses two zones."
  }
}

run "production_has_a_subnet_in_each_zone" {
  command = plan

  variables {
    environment = "production"
  }

  assert {
    condition     = toset(keys(aws_subnet.private)) == toset(["eu-central-1a", "eu-central-1b", "eu-central-1c"])
    error_message = "A zone without a subnet is a zone that cannot be used."
  }

  assert {
    condition     = aws_vpc.this.tags["owner"] == "Platform team"
    error_message = "The network has no owner."
  }
}

run "only_https_is_open" {
  command = plan

  variables {
    environment = "production"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.https.from_port == 443 && aws_vpc_security_group_ingress_rule.https.to_port == 443
    error_message = "Only port 443 may be open to everyone."
  }
}
