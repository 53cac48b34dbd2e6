# What a deployment of the shop needs, for ten minutes.
path "secret/data/shop/deploy" {
  capabilities = ["read"]
}
