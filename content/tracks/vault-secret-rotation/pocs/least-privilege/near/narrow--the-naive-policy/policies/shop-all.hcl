# As on the first page of the tutorial.
path "secret/data/*" {
  capabilities = ["create", "read", "update", "delete"]
}
