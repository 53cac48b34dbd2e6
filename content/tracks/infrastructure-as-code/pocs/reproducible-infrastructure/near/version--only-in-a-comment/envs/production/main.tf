terraform {
  # required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }

  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "shop/production.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

module "service" {
  source = "../../modules/service"

  environment = "production"
  zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}
