# Pipelines log in with the token that the forge gives to each run. Vault knows the forge by its public keys.
resource "vault_jwt_auth_backend" "github" {
  path               = "jwt-github"
  oidc_discovery_url = "https://token.actions.githubusercontent.com"
  bound_issuer       = "https://token.actions.githubusercontent.com"
}

resource "vault_policy" "deploy" {
  name   = "shop-deploy"
  policy = file("../policies/shop-deploy.hcl")
}

# The number of a repository stays when it is renamed, and is never given to another one.
resource "vault_jwt_auth_backend_role" "deploy" {
  backend    = vault_jwt_auth_backend.github.path
  role_name  = "shop-deploy"
  role_type  = "jwt"
  user_claim = "job_workflow_ref"

  bound_claims = {
    repository_id = "481516234"
    environment   = "production"
    ref           = "refs/heads/main"
  }

  token_policies = [vault_policy.deploy.name]
  token_ttl      = 600
  token_max_ttl  = 600
}
