# For the job that writes a new value. It cannot read the one that is there, nor write over the other keys beside it.
path "secret/data/shop/app" {
  capabilities = ["patch"]
}

# Which version is the newest, to write only over that one.
path "secret/metadata/shop/app" {
  capabilities = ["read"]
}
