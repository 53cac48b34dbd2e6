path "secret/metadata/shop/*" {
  capabilities = ["read", "list", "delete"]
}
