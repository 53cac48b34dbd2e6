output "name" {
  description = "How it is called in this environment."
  value       = module.settings.name
}

output "subnet_ids" {
  description = "Subnets by zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}
