# For whoever is on call: which secrets there are and how old, never their values.
path "secret/metadata/shop/*" {
  capabilities = ["read", "list"]
}

path "secret/data/shop/app" {
  capabilities = ["deny"]
}
