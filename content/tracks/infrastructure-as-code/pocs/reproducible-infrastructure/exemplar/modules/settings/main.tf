# The only place where staging and production differ.
locals {
  environments = {
    staging = {
      cidr  = "10.10.0.0/16"
      zones = 2
    }
    production = {
      cidr  = "10.20.0.0/16"
      zones = 3
    }
  }

  chosen = local.environments[var.environment]
}
