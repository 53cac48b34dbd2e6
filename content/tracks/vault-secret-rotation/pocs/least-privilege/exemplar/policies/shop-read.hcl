# What the shop reads when it starts, and nothing else.
path "secret/data/shop/app" {
  capabilities = ["read"]
}

path "database/creds/shop" {
  capabilities = ["read"]
}

# Its own token and its own leases.
path "auth/token/renew-self" {
  capabilities = ["update"]
}

path "sys/leases/renew" {
  capabilities = ["update"]
}

path "sys/leases/revoke" {
  capabilities = ["update"]
}
