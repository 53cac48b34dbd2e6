# No provider: what an environment is called and how large it is can be tested anywhere, in a second.
terraform {
  required_version = "~> 1.9"
}
