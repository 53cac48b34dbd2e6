variable "environment" {
  description = "Where it runs: staging or production."
  type        = string
}

variable "zones" {
  description = "Availability zones in the order in which they are used."
  type        = list(string)
}
