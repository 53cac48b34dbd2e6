variable "db_password" {
  description = "Only until the secret store is there."
  type        = string
  sensitive   = true
  default     = "autumn-leaves-4711"
}
