resource "vault_jwt_auth_backend_role" "deploy" {
  backend        = "jwt-github"
  role_name      = "shop-deploy"
  role_type      = "jwt"
  user_claim     = "actor"
  token_policies = ["shop-deploy"]
}
