variable "database_url" {
  description = "Where the database is, with {{username}} and {{password}} for Vault to fill in."
  type        = string
}

variable "database_username" {
  description = "The login of Vault at the database."
  type        = string
}

variable "database_password" {
  description = "Its first password. Vault replaces it, so it is worth nothing afterwards."
  type        = string
  sensitive   = true
}
