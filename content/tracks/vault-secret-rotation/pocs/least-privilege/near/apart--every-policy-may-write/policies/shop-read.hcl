path "secret/data/shop/app" {
  capabilities = ["read", "update"]
}
