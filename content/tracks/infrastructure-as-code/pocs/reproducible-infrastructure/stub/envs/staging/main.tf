# As it was found: made by hand, then written down. Move what is here into modules/settings and modules/service.
provider "aws" {
  region = "eu-central-1"
}

resource "aws_security_group" "web" {
  name = "shop-staging-web"

  ingress {
    from_port   = 22
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "shop" {
  identifier        = "shop-staging"
  engine            = "postgres"
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  username          = "shop"
  password          = "change-me-please"
}
