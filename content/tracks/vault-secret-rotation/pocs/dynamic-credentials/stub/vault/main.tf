resource "vault_database_secret_backend_connection" "shop" {
  backend = "database"
  name    = "shop"

  postgresql {
    connection_url = "postgresql://{{username}}:{{password}}@database:5432/shop"
    username       = "postgres"
    password       = "change-me-one-day"
  }
}

resource "vault_database_secret_backend_static_role" "shop" {
  backend         = "database"
  name            = "shop"
  db_name         = "shop"
  username        = "shop"
  rotation_period = 31536000
}
