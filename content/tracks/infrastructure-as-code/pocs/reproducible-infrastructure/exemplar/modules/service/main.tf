module "settings" {
  source = "../settings"

  service     = "shop"
  environment = var.environment
  owner       = "Platform team"
}

locals {
  # By zone, not by number: a zone that is taken out of the middle moves no other subnet.
  subnets = {
    for place, range in module.settings.subnets : var.zones[place] => range
  }
}

resource "aws_vpc" "this" {
  cidr_block           = module.settings.cidr
  enable_dns_hostnames = true

  tags = merge(module.settings.tags, { Name = module.settings.name })
}

resource "aws_subnet" "private" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = merge(module.settings.tags, { Name = "${module.settings.name}-${each.key}" })
}

resource "aws_security_group" "web" {
  name        = "${module.settings.name}-web"
  description = "What may reach the shop"
  vpc_id      = aws_vpc.this.id

  tags = module.settings.tags
}

# waiver: customers come from everywhere, and HTTPS is all they reach
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.web.id
  description       = "HTTPS from everywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "within" {
  security_group_id = aws_security_group.web.id
  description       = "Only to the network of the environment"
  cidr_ipv4         = module.settings.cidr
  ip_protocol       = "-1"
}
