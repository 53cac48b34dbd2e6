path "secret/data/shop/app" {
  capabilities = ["create", "update"]
}

path "sys/leases/revoke-prefix/database/creds/shop" {
  capabilities = ["update", "sudo"]
}
