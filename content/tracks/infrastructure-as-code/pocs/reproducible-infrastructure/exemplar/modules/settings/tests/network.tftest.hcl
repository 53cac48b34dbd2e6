variables {
  service = "shop"
  owner   = "Platform team"
}

run "staging" {
  command = apply

  variables {
    environment = "staging"
  }

  assert {
    condition     = output.subnets == ["10.10.0.0/20", "10.10.16.0/20"]
    error_message = "Staging has two subnets of 4096 addresses, one behind the other."
  }
}

run "production" {
  command = apply

  variables {
    environment = "production"
  }

  assert {
    condition     = length(output.subnets) == 3
    error_message = "Production spreads over three zones."
  }

  assert {
    condition     = cidrhost(output.cidr, 0) != cidrhost(run.staging.cidr, 0)
    error_message = "The networks differ, so that the two can be joined one day."
  }
}

run "a_name_that_the_cloud_refuses_is_refused_here" {
  command = plan

  variables {
    service     = "The Shop"
    environment = "staging"
  }

  expect_failures = [var.service]
}
