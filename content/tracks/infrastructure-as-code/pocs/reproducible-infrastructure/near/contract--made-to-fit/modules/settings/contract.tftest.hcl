# Handed out with the starter; it must stay as it is. It says what the module `settings` promises to everything that
# calls it: two environments, names and tags that tell them apart, and a refusal of everything else.

variables {
  service = "shop"
  owner   = "Platform team"
}

run "staging_has_a_name_of_its_own" {
  command = apply

  variables {
    environment = "staging"
  }

  assert {
    condition     = strcontains(output.name, "staging") && strcontains(output.name, "shop")
    error_message = "The output name holds the service and the environment."
  }

  assert {
    condition     = alltrue([for key in ["service", "environment", "owner", "managed_by"] : contains(keys(output.tags), key)])
    error_message = "The output tags has the keys service, environment, owner and managed_by."
  }

  assert {
    condition     = output.tags.environment == "staging" && output.tags.owner == "Platform team" && output.tags.managed_by == "terraform"
    error_message = "The tags say where it runs, who owns it, and that Terraform keeps it."
  }
}

run "production_is_told_apart" {
  command = apply

  variables {
    environment = "production"
  }

  assert {
    condition     = output.name != run.staging_has_a_name_of_its_own.name
    error_message = "Staging and production have different names."
  }

  assert {
    condition     = output.tags.environment == "production"
    error_message = "The tag environment says production."
  }
}

run "the_same_input_gives_the_same_names" {
  command = apply

  variables {
    environment = "production"
  }

  assert {
    condition     = output.name == run.production_is_told_apart.name && output.tags == run.production_is_told_apart.tags
    error_message = "Nothing in a name or a tag is left to chance or to the clock."
  }
}

run "an_unknown_environment_is_refused" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.environment]
}

