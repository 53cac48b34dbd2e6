# Who read what, and when. Two devices, as Vault stops answering when none of them can be written to.
resource "vault_audit" "file" {
  type = "file"

  options = {
    file_path = "/vault/logs/audit.log"
  }
}

resource "vault_audit" "stdout" {
  type = "file"
  path = "stdout"

  options = {
    file_path = "stdout"
  }
}

resource "vault_mount" "database" {
  path = "database"
  type = "database"
}

resource "vault_database_secret_backend_connection" "shop" {
  backend       = vault_mount.database.path
  name          = "shop"
  allowed_roles = ["shop"]

  postgresql {
    connection_url = var.database_url
    username       = var.database_username
    password       = var.database_password
  }

  lifecycle {
    ignore_changes = [postgresql[0].password] # Vault has replaced it
  }
}

resource "vault_database_secret_backend_role" "shop" {
  backend     = vault_mount.database.path
  name        = "shop"
  db_name     = vault_database_secret_backend_connection.shop.name
  default_ttl = 60 * 60

  creation_statements = [
    "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE shop_app",
  ]

  # In one transaction, all or none. Who is in is put out, and waited for: their temporary tables go with them.
  revocation_statements = [
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{{name}}'",
    "DROP ROLE \"{{name}}\"",
  ]
}
