path "secret/data/*" {
  capabilities = ["create", "read", "update", "delete"]
}
