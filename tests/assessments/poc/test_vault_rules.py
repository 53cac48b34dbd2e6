"""Rules for Vault: what they refuse looks harmless, what they accept is written in many ways."""

import pytest

from tests.assessments.poc.trees import judge, outcome

POLICY = 'path "%s" {\n  capabilities = [%s]\n}\n'
READS = POLICY % ("secret/data/shop/*", '"read"')
NAIVE = POLICY % ("secret/data/*", '"create", "read", "update", "delete"')


def said(rule: str, **files: str) -> str:
    """What a rule says of files, whose names are written with _ for a dot."""
    named = {name.replace("_", "."): text for name, text in files.items()}
    return outcome("hcl", {"files": ["**/*.hcl", "**/*.tf"], "rules": [rule]}, named)


# -- policies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "given", "expected"),
    [
        ("secret/data/shop/*", '"read"', "pass"),
        ("secret/data/shop/app", '"create", "read", "update", "delete"', "pass"),
        ("secret/data/{{identity.entity.name}}/*", '"read"', "pass"),
        ("secret/data/+/app", '"read"', "pass"),
        ("secret/metadata/*", '"list", "read"', "pass"),
        ("secret/*", '"list"', "pass"),
        ("secret/data/shop-*", '"read"', "pass"),
        ("database/creds/shop", '"read"', "pass"),
        ("sys/leases/renew", '"update"', "pass"),
        ("*", '"deny"', "pass"),
        ("sys/leases/lookup/database/creds/shop/*", '"list"', "pass"),
        ("sys/policies/acl/shop-*", '"read"', "pass"),
        ("transit/decrypt/shop", '"update"', "pass"),
        ("transit/decrypt/*", '"update"', "fail"),
        ("sys/policies/acl/*", '"create", "update"', "fail"),
        ("*", '"read"', "fail"),
        ("secret/*", '"read"', "fail"),
        ("/secret/data/*", '"read"', "fail"),
        ("team/shop/kv/data/*", '"update"', "fail"),
        ("secret/metadata/*", '"delete"', "fail"),
        ("secret/data/+/*", '"read"', "fail"),
        ("database/creds/*", '"read"', "fail"),
        ("sys/*", '"read"', "fail"),
        ("sys/raw/x", '"sudo", "read"', "fail"),
        ("secret/data/shop/app", '"*"', "fail"),
    ],
)
def test_a_path_names_what_it_opens(place, given, expected):
    assert said("least privilege", a_hcl=POLICY % (place, given)) == expected


def test_the_policy_that_everybody_begins_with_is_refused_with_what_it_grants():
    it = judge("hcl", {"files": ["*.hcl"], "rules": ["least privilege"]}, {"a.hcl": READS + NAIVE})
    assert it.because == "a.hcl: secret/data/* is a whole mount, and grants create, delete, read, update."
    assert it.places[0].line == 4


DOCUMENT = """data "vault_policy_document" "%s" {
  rule {
    path         = "%s"
    capabilities = ["%s"]
  }
}
"""
WRITTEN = (
    'resource "vault_policy" "app" {\n  name   = "app"\n  policy = <<-EOT\n    path "%s" {\n      %s\n    }\n  EOT\n}\n'
)


@pytest.mark.parametrize(
    "written",
    [
        lambda place: WRITTEN % (place, 'capabilities = ["read"]'),
        lambda place: WRITTEN % (place.replace("secret", "${var.mount}"), 'capabilities = ["read"]'),
        lambda place: DOCUMENT % ("app", place, "read"),
        lambda place: f'path "{place}" {{\n  policy = "write"\n}}\n',
    ],
    ids=["a text", "with a variable", "a document", "the old word"],
)
def test_policies_are_found_wherever_they_are_written(written):
    assert said("least privilege", main_tf=written("secret/data/*")) == "fail"
    assert said("least privilege", main_tf=written("secret/data/shop/*")) == "pass"


def test_a_policy_that_is_read_from_its_file_is_judged_there():
    terraform = 'resource "vault_policy" "app" {\n  policy = file("app.hcl")\n}\n'
    assert said("least privilege", main_tf=terraform) == "fail"
    assert said("least privilege", main_tf=terraform, app_hcl=READS) == "pass"


@pytest.mark.parametrize("text", ["path { " * 5_000, 'path \\"a', "${x", ""], ids=["deep", "half", "open", "empty"])
def test_a_text_that_is_no_policy_is_none(text):
    terraform = f'resource "vault_policy" "app" {{\n  policy = <<EOT\n{text}\nEOT\n}}\n'
    assert said("least privilege", main_tf=terraform) == "fail"


def test_without_a_policy_nothing_is_narrow():
    assert said("least privilege", main_tf='resource "x" "y" {\n}\n') == "fail"
    assert said("reading apart", main_tf="# nothing\n") == "fail"


def test_reading_stands_apart_in_a_policy_of_its_own():
    writes = POLICY % ("secret/data/shop/app", '"update"')
    assert said("reading apart", read_hcl=READS, write_hcl=writes) == "pass"
    assert said("reading apart", read_hcl=READS) == "fail"
    assert said("reading apart", read_hcl=READS + writes, write_hcl=writes) == "fail"
    assert said("reading apart", deny_hcl=POLICY % ("a/b", '"deny"'), write_hcl=writes) == "fail"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("auth/token/renew-self", "pass"),
        ("sys/leases/renew", "pass"),
        ("sys/leases/revoke", "pass"),
        ("auth/token/create", "fail"),
        ("sys/leases/revoke-prefix/database", "fail"),
    ],
)
def test_what_a_token_does_with_itself_and_its_leases_is_no_writing(place, expected):
    writes = POLICY % ("secret/data/shop/app", '"update"')
    assert said("reading apart", read_hcl=READS + POLICY % (place, '"update"'), write_hcl=writes) == expected


def test_two_policies_of_one_terraform_file_are_two():
    both = DOCUMENT % ("one", "kv/data/a", "read") + DOCUMENT % ("two", "kv/data/a", "update")
    assert said("reading apart", a_tf=both) == "pass"


# -- leases ------------------------------------------------------------------------------------------------------------

ROLE = 'resource "vault_database_secret_backend_role" "a" {\n  default_ttl = %s\n  max_ttl = %s\n}\n'
STATIC = 'resource "vault_database_secret_backend_static_role" "a" {\n  %s\n}\n'


@pytest.mark.parametrize(
    ("default", "most", "expected"),
    [
        ("3600", "86400", "pass"),
        ("60 * 60", "24 * 60 * 60", "pass"),
        ('"900"', '"3600"', "pass"),
        ("var.ttl", "local.most", "pass"),
        ("7200", "86400", "fail"),
        ("3600", "31536000", "fail"),
        ("0", "0", "fail"),
        ("var.unknown", "86400", "fail"),
    ],
)
def test_a_login_ends_within_the_hour_and_lives_a_day_at_most(default, most, expected):
    given = 'variable "ttl" {\n  default = 1800\n}\nlocals {\n  most = 3600 * 4\n}\n'
    assert said("short leases", a_tf=ROLE % (default, most) + given) == expected


def test_a_lease_that_is_not_given_is_that_of_the_mount():
    it = judge(
        "hcl", {"files": ["*.tf"], "rules": ["short leases"]}, {"a.tf": ROLE.replace("  max_ttl = %s\n", "") % 60}
    )
    assert "max_ttl is not given" in it.because


def test_a_variable_of_another_folder_is_another_one():
    files = {"a/main.tf": ROLE % ("var.ttl", 60), "b/main.tf": 'variable "ttl" {\n  default = 60\n}\n'}
    assert outcome("hcl", {"files": ["**/*.tf"], "rules": ["short leases"]}, files) == "fail"


@pytest.mark.parametrize(
    ("static", "expected"),
    [
        ("rotation_period = 86400", "pass"),
        ('rotation_schedule = "0 3 * * SUN"', "pass"),
        ("rotation_period = 31536000", "fail"),
        ("db_name = 1", "fail"),
    ],
)
def test_a_login_that_stays_gets_a_new_password_each_month(static, expected):
    assert said("short leases", a_tf=ROLE % (60, 60) + STATIC % static) == expected


def test_only_logins_that_stay_are_not_enough():
    assert said("short leases", a_tf=STATIC % "rotation_period = 86400") == "fail"


# -- tokens of a forge -------------------------------------------------------------------------------------------------

LOGIN = """resource "vault_jwt_auth_backend_role" "ci" {
  role_name       = "ci"
  role_type       = "jwt"
  bound_audiences = [%s]
  %s
}
"""
AUDIENCE = '"https://vault.example.com"'
SUBJECT = 'bound_subject = "repo:example/shop:environment:production"'
CLAIMS = 'bound_claims_type = "glob"\n  bound_claims = {\n    %s\n  }'


@pytest.mark.parametrize(
    "bound",
    [
        SUBJECT,
        'bound_claims = { repository = "example/shop", ref = "refs/heads/main" }',
        'bound_claims = { workflow_ref = "example/shop/.github/workflows/deploy.yml@refs/heads/main" }',
        'bound_claims = { ci_config_ref_uri = "gitlab.example.com/team/shop//.gitlab-ci.yml@refs/heads/main" }',
        CLAIMS % 'sub = "repo:example/shop:ref:refs/tags/*"',
        CLAIMS % '"sub" : "repo:example@1234/shop@5678:*"',
        CLAIMS % 'repository_id = "123456"\n    ref = "refs/tags/*"',
        CLAIMS % 'sub = "repo:${var.repository}:environment:production"',
        CLAIMS % 'job_workflow_ref = "example/shop/.github/workflows/deploy.yml@refs/heads/*"',
    ],
)
def test_a_login_that_names_its_repository_is_bound(bound):
    assert said("bound logins", a_tf=LOGIN % (AUDIENCE, bound)) == "pass"


@pytest.mark.parametrize(
    ("audience", "bound"),
    [
        ("", SUBJECT),
        (AUDIENCE, ""),
        (AUDIENCE, 'bound_subject = "repo:example/shop:*"'),
        (AUDIENCE, 'bound_claims = { sub = "repo:example/shop:*" }'),
        (AUDIENCE, 'bound_claims = { ref = "refs/heads/main", environment = "production" }'),
        (AUDIENCE, CLAIMS % 'sub = "*"'),
        (AUDIENCE, CLAIMS % 'sub = "repo:*"'),
        (AUDIENCE, CLAIMS % 'sub = "repo:example/*"'),
        (AUDIENCE, CLAIMS % 'repository = "example/*"'),
        (AUDIENCE, CLAIMS % 'repository = "example/sh*"'),
        (AUDIENCE, CLAIMS % 'sub = "repo:example/shop*"'),
        (AUDIENCE, CLAIMS % 'project_path = "team/shop*"'),
    ],
)
def test_a_login_that_is_open_to_others_is_refused(audience, bound):
    assert said("bound logins", a_tf=LOGIN % (audience, bound)) == "fail"


def test_a_login_of_people_is_none_of_a_pipeline():
    assert said("bound logins", a_tf=LOGIN.replace('"jwt"', '"oidc"') % (AUDIENCE, SUBJECT)) == "fail"
