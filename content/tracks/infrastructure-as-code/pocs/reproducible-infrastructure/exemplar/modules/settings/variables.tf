variable "service" {
  description = "Name of the service; it becomes part of every name in the cloud."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.service))
    error_message = "The service is 2 to 20 small letters, digits or hyphens and begins with a letter."
  }
}

variable "environment" {
  description = "Where it runs."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "There are two environments: staging and production."
  }
}

variable "owner" {
  description = "The team that answers for it."
  type        = string

  validation {
    condition     = length(trimspace(var.owner)) > 0
    error_message = "Everything has an owner; name the team."
  }
}
