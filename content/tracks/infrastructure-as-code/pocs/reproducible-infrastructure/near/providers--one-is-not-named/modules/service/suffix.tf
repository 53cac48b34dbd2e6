# Works at once, since Terraform finds the provider by its name: in whichever version is newest on that day.
resource "random_pet" "suffix" {
  length = 2
}
