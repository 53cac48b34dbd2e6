# secret/data/shop/* and nothing else
path "secret/+/*" {
  capabilities = ["read", "list"]
}
