resource "vault_database_secret_backend_static_role" "report" {
  backend         = vault_mount.database.path
  name            = "report"
  db_name         = vault_database_secret_backend_connection.shop.name
  username        = "report"
  rotation_period = 365 * 24 * 60 * 60
}
