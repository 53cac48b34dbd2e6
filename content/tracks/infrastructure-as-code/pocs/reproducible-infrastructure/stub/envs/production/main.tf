# A copy of staging that has gone its own way since.
provider "aws" {
  region = "eu-central-1"
}

resource "aws_security_group" "web" {
  name = "shop-prod-web"

  ingress {
    from_port   = 22
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "shop" {
  identifier        = "shop-prod"
  engine            = "postgres"
  instance_class    = "db.t4g.large"
  allocated_storage = 100
  username          = "shop"
  password          = "change-me-please"
}
