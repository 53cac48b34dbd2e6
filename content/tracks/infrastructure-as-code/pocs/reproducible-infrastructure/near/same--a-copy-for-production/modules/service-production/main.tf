# A copy of modules/service with one more zone. It was to be merged back.
variable "environment" {
  type = string
}

variable "zones" {
  type = list(string)
}
