output "name" {
  description = "How things of this service are called in this environment."
  value       = "${var.service}-${var.environment}"
}

output "tags" {
  description = "What every resource carries, so that cost and owner can be told."
  value = {
    service     = var.service
    environment = var.environment
    owner       = var.owner
    managed_by  = "terraform"
  }
}

output "cidr" {
  description = "The network of the environment."
  value       = local.chosen.cidr
}

output "subnets" {
  description = "One range for each zone, in their order."
  value       = [for zone in range(local.chosen.zones) : cidrsubnet(local.chosen.cidr, 4, zone)]
}
