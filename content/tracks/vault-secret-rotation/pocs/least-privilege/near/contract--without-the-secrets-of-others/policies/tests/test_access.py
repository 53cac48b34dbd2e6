"""Handed out: the policies in policies/ grant what policies/tests/access.yml says, and nothing of anybody else.

Every policy is written into a Vault, a token with this policy alone is made, and Vault is asked what the token may. It
must be a Vault to throw away, such as `vault server -dev`; VAULT_ADDR and VAULT_TOKEN say where, with a root token.

access.yml is a list of rows: `policy` (the name of a file in policies/ without .hcl), `path`, and `may`, `never` or
both: lists of create, read, update, patch, delete, list.
"""

import json
import os
import urllib.request
import uuid
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROWS = yaml.safe_load((HERE / "access.yml").read_text(encoding="utf-8"))
POLICIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HERE.parent.glob("*.hcl"))}
#: What belongs to somebody else: no policy of a service grants anything here.
FOREIGN = [
    f"secret/data/{uuid.uuid4().hex}",
    f"secret/data/{uuid.uuid4().hex}/app",
    f"database/creds/{uuid.uuid4().hex}",
    "auth/token/create",
    "sys/audit/file",
    "sys/mounts",
    "sys/policies/acl/root-like",
    "sys/raw/core",
]


def ask(method: str, path: str, **body: object) -> dict:
    request = urllib.request.Request(
        f"{os.environ['VAULT_ADDR']}/v1/{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"X-Vault-Token": os.environ["VAULT_TOKEN"], "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"{}")


@pytest.fixture(scope="module")
def granted():
    """Asks what a token with one policy alone may do at a path."""
    held = {}
    for name, text in POLICIES.items():
        ask("PUT", f"sys/policies/acl/{name}", policy=text)
        made = ask("POST", "auth/token/create", policies=[name], no_default_policy=True, ttl="10m")
        held[name] = made["auth"]["client_token"]

    def of(policy: str, path: str) -> set[str]:
        said = ask("POST", "sys/capabilities", token=held[policy], paths=[path])
        return set(said["data"][path]) - {"deny"}

    return of


def test_each_policy_stands_in_the_table_with_what_it_must_not():
    forbidden = {row["policy"] for row in ROWS if row.get("never")}
    assert set(POLICIES) == {row["policy"] for row in ROWS} == forbidden
    assert len(POLICIES) >= 2


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['policy']} {row['path']}")
def test_a_policy_grants_what_its_row_says(row, granted):
    may = granted(row["policy"], row["path"])
    assert set(row.get("may", [])) - may == set(), "it may not do this, and must"
    assert set(row.get("never", [])) & may == set(), "it may do this, and must not"
