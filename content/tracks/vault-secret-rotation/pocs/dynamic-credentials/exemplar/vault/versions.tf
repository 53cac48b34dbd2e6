terraform {
  required_version = "~> 1.11"

  required_providers {
    vault = {
      source  = "hashicorp/vault"
      version = "~> 5.3"
    }
  }

  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "shop/vault.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}
