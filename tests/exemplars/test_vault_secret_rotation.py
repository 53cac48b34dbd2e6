"""Secrets that rotate: policies are asked of a Vault, logins are made at a real PostgreSQL, and the handed-out tests
notice what they are there for. The Vault is a stand-in (`tests/fake_vault`): it keeps to the published API and to the
rules by which Vault decides between paths, and was not held against a real one."""

import fnmatch
import json
import re
import shutil
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

from assessments.evidence.reading.hcl import Block, read_hcl, texts
from content import catalog
from tests.exemplars import CONTENT, copied, exemplar, linted, outcome_of, run
from tests.fake_vault.leases import LeasingVault, Role, leasing
from tests.fake_vault.policies import granted, read_policy
from tests.need import need
from tests.servers import database

TRACK = "vault-secret-rotation"
POLICIES, LEASES, PIPELINE = POCS = ("least-privilege", "dynamic-credentials", "no-ci-secret")


def pytested(folder: Path, vault: LeasingVault, path: str, *, code: int = 0, **environment: str) -> str:
    """What pytest says of one file, run as the verifying workflow does."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", path]
    given = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": vault.root, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}
    return run(words, folder, code=code, COLUMNS="200", **given, **environment).stdout


def failed(said: str) -> set[str]:
    """Names of the tests that failed, without what they were asked with."""
    return {line.split("::")[1].split(" ")[0].split("[")[0] for line in said.splitlines() if line.startswith("FAILED ")}


def changed(path: Path, *replacements: tuple[str, str]) -> None:
    """A mistake is put into a file."""
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


# -- policies ----------------------------------------------------------------------------------------------------------


def nobody() -> psycopg.Connection:
    raise AssertionError("no login was to be made")


NAIVE = 'path "secret/data/*" {\n  capabilities = ["create", "read", "update", "delete"]\n}\n'


def test_every_row_of_the_table_holds_and_the_gate_can_read_how_long_it_took(tmp_path):
    folder = copied(tmp_path, TRACK, POLICIES)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (programs / "python").chmod(0o755)
    with leasing(LeasingVault(nobody)) as vault:
        given = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": vault.root, "PYTHONDONTWRITEBYTECODE": "1"}
        path = f"{programs}:/usr/bin:/bin"
        said = run(["ci/measure.sh", "policies.json"], folder, PATH=path, PYTEST_ADDOPTS="", **given).stdout
    assert said.splitlines()[-1].startswith("13 passed")
    measured = json.loads((folder / "policies.json").read_text(encoding="utf-8"))
    assert measured["rows"] == 9 and 0 <= measured["seconds"] <= 60


def test_the_naive_policy_and_one_without_rows_are_noticed(tmp_path):
    folder = copied(tmp_path, TRACK, POLICIES)
    (folder / "policies" / "shop-read.hcl").write_text(NAIVE, encoding="utf-8")
    (folder / "policies" / "shop-extra.hcl").write_text(NAIVE.replace("data/*", "data/shop/extra"), encoding="utf-8")
    with leasing(LeasingVault(nobody)) as vault:
        said = pytested(folder, vault, "policies/tests/test_access.py", code=1)
    noticed = "\n".join(line for line in said.splitlines() if line.startswith("FAILED "))
    assert failed(said) == {
        "test_each_policy_stands_in_the_table_with_what_it_must_not",
        "test_a_policy_grants_what_its_row_says",
        "test_a_policy_grants_nothing_of_others",
    }
    assert "[shop-read secret/data/shop/payment]" in noticed and "nothing_of_others[shop-read]" in noticed
    assert "nothing_of_others[shop-extra]" not in noticed


def rules(path: str, *capabilities: str) -> str:
    return f'path "{path}" {{\n  capabilities = {json.dumps(capabilities)}\n}}\n'


A_AND_B = 'path "a/*" {\n  capabilities = ["read"]\n}\npath "a/b" {\n  capabilities = ["update"]\n}\n'


@pytest.mark.parametrize(
    ("policies", "path", "may"),
    [
        ([NAIVE], "secret/data/shop/app", {"create", "read", "update", "delete"}),
        ([NAIVE], "secret/metadata/shop/app", set()),
        ([A_AND_B], "a/b", {"update"}),
        ([A_AND_B], "a/c", {"read"}),
        ([A_AND_B, 'path "a/b" {\n  capabilities = ["read"]\n}\n'], "a/b", {"read", "update"}),
        ([A_AND_B, 'path "a/b" {\n  capabilities = ["deny"]\n}\n'], "a/b", set()),
        (['path "a/+/c" {\n  capabilities = ["read"]\n}\n'], "a/b/c", {"read"}),
        (['path "a/+/c" {\n  capabilities = ["read"]\n}\n'], "a/b/d/c", set()),
        (
            ['path "a/+/*" {\n  capabilities = ["list"]\n}\npath "a/b/*" {\n  capabilities = ["read"]\n}\n'],
            "a/b/c",
            {"read"},
        ),
        (['path "a/b" {\n  capabilities = ["read"]\n}\n'], "a/b/c", set()),
        (['path "a/b*" {\n  capabilities = ["read"]\n}\n'], "a/bc/d", {"read"}),
        ([rules("a/b", "read") + rules("a/b", "update")], "a/b", {"read", "update"}),
        ([rules("a/b", "read") + rules("a/b", "deny")], "a/b", set()),
        ([rules("a/+", "read") + rules("a/*", "update")], "a/b", {"read"}),
        ([rules("a/+/c", "read") + rules("a/b*", "update")], "a/b/c", {"update"}),
        ([rules("a/b/+/d", "read") + rules("a/+/c/d", "update")], "a/b/c/d", {"read"}),
        ([rules("a/b/*", "list")], "a/b/", {"list"}),
        ([rules("a/b/*", "list")], "a/b", set()),
        ([rules("a/b/", "list")], "a/b/", {"list"}),
        ([rules("a/b/", "list")], "a/b", set()),
        ([rules("a/b", "list")], "a/b/", {"list"}),
        ([rules("a/b", "list") + rules("a/b/*", "read")], "a/b/", {"list"}),
    ],
)
def test_the_stand_in_decides_between_paths_as_vault_says_it_does(policies, path, may):
    assert granted([read_policy(text) for text in policies], path) == may


# -- leases ------------------------------------------------------------------------------------------------------------


def number(block: Block, name: str) -> int:
    total = 1
    for part in block.attributes[name].text.split("*"):
        total *= int(part)
    return total


def statements(block: Block, name: str) -> tuple[str, ...]:
    return tuple(text.replace('\\"', '"') for text in texts(block.get(name)))


def applied(folder: Path, connect) -> LeasingVault:
    """A Vault with what stands in the Terraform files: roles of databases and audit devices."""
    made = LeasingVault(connect)
    for path in sorted(folder.glob("*.tf")):
        for block in read_hcl(path.read_text(encoding="utf-8")).blocks:
            kind = block.labels[0] if block.kind == "resource" else ""
            if kind == "vault_audit":
                made.audits[f"{block.labels[1]}/"] = {"type": block.attributes["type"].value}
            if kind == "vault_database_secret_backend_role":
                made.roles[block.attributes["name"].value] = Role(
                    statements(block, "creation_statements"),
                    statements(block, "revocation_statements"),
                    number(block, "default_ttl"),
                    number(block, "max_ttl"),
                )
    return made


@pytest.fixture(scope="module")
def shop(postgresql):
    """The URL of a database in which the roles of the exemplar are, as its owner sees it. Roles belong to the whole
    server: whoever else wants them waits, and they are taken away again."""
    with psycopg.connect(postgresql, autocommit=True) as turn, database(postgresql) as address:
        turn.execute("SELECT pg_advisory_lock(hashtext('roles of the shop'))")
        with psycopg.connect(address, autocommit=True) as owner:
            owner.execute((exemplar(TRACK, LEASES) / "db" / "roles.sql").read_text(encoding="utf-8"))
        yield address
        with psycopg.connect(address, autocommit=True) as owner:
            left = owner.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-token-%'").fetchall()
            for (name,) in left:
                owner.execute(f'DROP OWNED BY "{name}"')
                owner.execute(f'DROP ROLE "{name}"')
            owner.execute("DROP OWNED BY shop_app, vault")
            owner.execute("DROP ROLE shop_app, vault")


@contextmanager
def running(folder: Path, address: str, user: str = "vault"):
    """The Vault of a repository; it has the rights of the role `vault` at the database, and no more."""
    with leasing(applied(folder / "vault", lambda: psycopg.connect(address, user=user, autocommit=True))) as vault:
        yield vault


def asked(vault: LeasingVault, method: str, path: str, **body: object) -> tuple[int, dict]:
    return vault.answer(method, f"/v1/{path}", {}, {"x-vault-token": vault.root}, body)


def test_statements_of_a_role_count_together_or_not_at_all(shop):
    """Vault sends them in one transaction, so one that fails takes back those before it."""
    made = ("CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'",)
    role = Role(made, ('ALTER ROLE "{{name}}" NOLOGIN', "DROP ROLE nobody_of_this_name"), 60, 60)
    vault = LeasingVault(lambda: psycopg.connect(shop, user="vault", autocommit=True), roles={"shop": role})
    _, given = asked(vault, "GET", "database/creds/shop")
    code, _ = asked(vault, "PUT", "sys/leases/revoke", lease_id=given["lease_id"])
    assert code == 500
    with psycopg.connect(shop, user=given["data"]["username"]) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


TEMPORARY = "DO $$ BEGIN FOR n IN 1..400 LOOP EXECUTE 'CREATE TEMPORARY TABLE t' || n || ' (a int)'; END LOOP; END $$"


def test_a_login_with_temporary_tables_is_taken_away_at_once(tmp_path, shop):
    """They belong to the login, and are cleared away by the connection while it ends: many of them take a moment."""
    with running(copied(tmp_path, TRACK, LEASES), shop) as vault:
        _, given = asked(vault, "GET", "database/creds/shop")
        with psycopg.connect(shop, user=given["data"]["username"], autocommit=True) as database:
            database.execute(TEMPORARY)
            assert asked(vault, "PUT", "sys/leases/revoke", lease_id=given["lease_id"]) == (204, b"")


CONTRACT = "tests/test_lease.py"
DROP = '"DROP ROLE \\"{{name}}\\""'
DROP_ALL = (
    "\"DO $$ DECLARE r record; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-token-all-%'"
    " LOOP EXECUTE format('DROP ROLE %I', r.rolname); END LOOP; END $$\""
)
#: name -> (what of vault/main.tf becomes what, tests of the contract that fail)
MISTAKES = {
    "nothing": (
        [(DROP, '"SELECT 1"')],
        {
            "test_a_login_is_refused_once_it_is_revoked",
            "test_the_old_login_works_in_the_grace_period_and_is_refused_after_it",
        },
    ),
    "inside": (
        [("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{{name}}'", "SELECT 1")],
        {"test_whoever_is_in_is_put_out_when_the_login_is_revoked"},
    ),
    "week": (
        [("= 60 * 60", "= 7 * 24 * 60 * 60"), ("= 4 * 60 * 60", "= 30 * 24 * 60 * 60")],
        {"test_a_login_ends_within_the_hour_and_lives_a_day_at_most"},
    ),
    "maker": ([("LOGIN PASSWORD", "LOGIN CREATEDB PASSWORD")], {"test_a_login_may_make_no_others"}),
    "locked": (
        [("PASSWORD '{{password}}'", "PASSWORD '{{password}}' CONNECTION LIMIT 0")],
        {
            "test_a_login_opens_the_database",
            "test_a_login_is_refused_once_it_is_revoked",
            "test_revoking_one_login_leaves_the_others_alone",
            "test_whoever_is_in_is_put_out_when_the_login_is_revoked",
            "test_the_old_login_works_in_the_grace_period_and_is_refused_after_it",
            "test_a_login_may_make_no_others",
        },
    ),
    "owner": (
        [('IN ROLE shop_app",', 'IN ROLE shop_app", "CREATE SCHEMA \\"{{name}}\\" AUTHORIZATION \\"{{name}}\\"",')],
        {
            "test_a_login_is_refused_once_it_is_revoked",
            "test_revoking_one_login_leaves_the_others_alone",
            "test_whoever_is_in_is_put_out_when_the_login_is_revoked",
            "test_the_old_login_works_in_the_grace_period_and_is_refused_after_it",
        },
    ),
    "all": (
        [(DROP, DROP_ALL)],
        {
            "test_revoking_one_login_leaves_the_others_alone",
            "test_the_old_login_works_in_the_grace_period_and_is_refused_after_it",
        },
    ),
}


def contract(folder: Path, address: str, code: int = 0) -> str:
    with running(folder, address) as vault:
        return pytested(folder, vault, CONTRACT, code=code, DATABASE_URL=address)


def test_logins_end_when_they_should(tmp_path, shop):
    assert contract(copied(tmp_path, TRACK, LEASES), shop).splitlines()[-1].startswith("9 passed")


def test_each_mistake_in_a_role_is_noticed(tmp_path, shop):
    """One Vault has a role with each, and none of them writes anything down."""
    folder = copied(tmp_path, TRACK, LEASES)
    changed(folder / CONTRACT, ("PATIENCE = 30", "PATIENCE = 2"), ("GRACE = 3", "GRACE = 1"))
    roles = {}
    for name, (replacements, _) in MISTAKES.items():
        wrong = Path(shutil.copytree(exemplar(TRACK, LEASES) / "vault", tmp_path / name))
        changed(wrong / "main.tf", *replacements)
        roles[name] = applied(wrong, None).roles["shop"]
    with leasing(LeasingVault(lambda: psycopg.connect(shop, autocommit=True), roles=roles)) as vault:
        said = pytested(folder, vault, CONTRACT, code=1, DATABASE_URL=shop)
    assert "test_somebody_writes_down_who_asked" in failed(said)
    noticed = {name: failed("\n".join(re.findall(rf"^FAILED .*\[database/{name}\].*", said, re.M))) for name in roles}
    assert noticed == {name: tests for name, (_, tests) in MISTAKES.items()}


def test_nothing_fails_while_logins_are_exchanged(tmp_path, shop):
    folder = copied(tmp_path, TRACK, LEASES)
    words = [sys.executable, "-m", "app.load", "rotation.json", "--requests", "600", "--rotations", "2"]
    with running(folder, shop) as vault:
        given = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": vault.root, "DATABASE_URL": shop}
        run(words, folder, PYTHONDONTWRITEBYTECODE="1", **given)
        assert sum(path == "/v1/database/creds/shop" for _, path in vault.asked) == 3
    said = json.loads((folder / "rotation.json").read_text(encoding="utf-8"))
    assert said == {"requests": 600, "failed": 0, "rotations": 2, "grace_seconds": 1.0}


#: mistake in app/rotation.py -> tests of the exemplar of which at least these fail
ROTATING = {
    "no grace": (
        [("self._clock() + self._grace", "self._clock()")],
        {"test_the_old_one_is_left_until_its_grace_period_is_over"},
    ),
    "exchanged at the very end": (
        [("newest.begins + self._share * (newest.ends - newest.begins)", "newest.ends")],
        {"test_it_is_exchanged_after_two_thirds_of_its_time"},
    ),
    "nothing left when Vault is away": (
        [
            (
                "            self.failures += 1\n            return",
                "            self.failures += 1\n            self._newest = None\n            return",
            )
        ],
        {"test_while_vault_is_away_the_old_one_is_used_until_its_end"},
    ),
    "revoked once and forgotten": (
        [("                if login.ends > now:\n                    continue\n", "")],
        {"test_what_could_not_be_revoked_is_tried_again"},
    ),
    "the password is shown": ([(" = field(repr=False)", "")], {"test_a_password_is_never_shown"}),
}


def test_the_tests_of_the_rotation_notice_each_mistake(tmp_path):
    folder = copied(tmp_path, TRACK, LEASES)
    right = (folder / "app" / "rotation.py").read_text(encoding="utf-8")
    tests = (folder / "tests" / "test_rotation.py").read_text(encoding="utf-8")
    (folder / "tests" / "test_lease.py").unlink()
    for number, (replacements, _) in enumerate(ROTATING.values()):
        path = folder / "app" / f"wrong_{number}.py"
        path.write_text(right, encoding="utf-8")
        changed(path, *replacements)
        wrong = tests.replace("app.rotation", f"app.wrong_{number}")
        (folder / "tests" / f"test_wrong_{number}.py").write_text(wrong, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rf", "tests"]
    said = run(words, folder, code=1, PYTHONDONTWRITEBYTECODE="1", PYTEST_ADDOPTS="", COLUMNS="200").stdout
    assert "test_rotation.py::" not in said
    for number, (_, tests) in enumerate(ROTATING.values()):
        lines = "\n".join(line for line in said.splitlines() if f"test_wrong_{number}.py" in line)
        assert tests <= failed(lines), number


# -- the pipeline ------------------------------------------------------------------------------------------------------


def login(text: str) -> dict:
    """What the first role of that type in a Terraform text binds."""
    blocks = [each for each in read_hcl(text).blocks if each.labels[:1] == ("vault_jwt_auth_backend_role",)]
    block = blocks[0]
    claims = dict(re.findall(r'(\w+) = "([^"]*)"', block.get("bound_claims").text)) if block.get("bound_claims") else {}
    subject = block.get("bound_subject")
    return {
        "audiences": texts(block.get("bound_audiences")),
        "claims": claims | ({"sub": subject.value} if subject else {}),
        "patterns": bool(block.get("bound_claims_type")) and block.get("bound_claims_type").value == "glob",
    }


def accepted(role: dict, claims: dict) -> bool:
    """As Vault decides once the signature is good: one audience, and every claim, letter by letter or as a pattern."""
    if role["audiences"] and claims["aud"] not in role["audiences"]:
        return False
    same = fnmatch.fnmatchcase if role["patterns"] else str.__eq__
    return all(key in claims and same(claims[key], value) for key, value in role["claims"].items())


RUN = {
    "aud": "https://vault.example.com",
    "repository": "example/shop",
    "repository_id": "481516234",
    "ref": "refs/heads/main",
    "environment": "production",
    "sub": "repo:example/shop:environment:production",
}
PULL = {"ref": "refs/pull/7/merge", "sub": "repo:example/shop:pull_request"}
STRANGER = {"repository": "stranger/shop", "repository_id": "1", "sub": "repo:stranger/shop:environment:production"}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, True),
        ({"repository": "example/store", "sub": "repo:example/store:environment:production"}, True),
        (STRANGER, False),
        ({"repository_id": "1"}, False),
        ({"ref": "refs/heads/idea"}, False),
        (PULL | {"environment": "production"}, False),
        ({"environment": "staging"}, False),
        ({"aud": "https://github.com/example"}, False),
    ],
    ids=["it", "renamed", "stranger", "made anew", "branch", "pull request", "environment", "audience"],
)
def test_the_login_takes_one_pipeline_and_no_other(other, expected):
    role = login((exemplar(TRACK, PIPELINE) / "vault" / "ci.tf").read_text(encoding="utf-8"))
    assert accepted(role, RUN | other) == expected


@pytest.mark.parametrize(
    ("near", "claims"),
    [
        ("bound--every-repository", STRANGER),
        ("bound--a-branch-of-anybody", STRANGER),
        ("bound--any-audience", {"aud": "https://github.com/example"}),
    ],
)
def test_what_only_looks_bound_lets_others_in(near, claims):
    text = (exemplar(TRACK, PIPELINE).parent / "near" / near / "vault" / "ci.tf").read_text(encoding="utf-8")
    assert accepted(login(text), RUN | claims)


def test_a_star_in_the_subject_lets_nobody_in():
    path = exemplar(TRACK, PIPELINE).parent / "near" / "bound--a-star-in-the-subject" / "vault" / "ci.tf"
    assert not accepted(login(path.read_text(encoding="utf-8")), RUN)


def test_the_alerts_fire_when_they_should_and_a_wrong_limit_is_noticed(tmp_path):
    promtool, folder = need("promtool"), copied(tmp_path, TRACK, PIPELINE)
    tests = sorted(path.relative_to(folder) for path in folder.glob("rules/tests/*.yml"))
    run([promtool, "check", "rules", "rules/credentials.yml"], folder)
    run([promtool, "test", "rules", *tests], folder)
    rules = folder / "rules" / "credentials.yml"
    handed = rules.read_text(encoding="utf-8")
    changed(rules, ("_total[3m])", "_total[15m])"))
    assert "mail" in run([promtool, "test", "rules", *tests], folder, code=1).stderr
    rules.write_text(handed, encoding="utf-8")
    changed(rules, ("time() < 900", "time() < 9"), ("[3m]) > 0", "[3m]) > 10"))
    said = run([promtool, "test", "rules", *tests], folder, code=1)
    assert "CredentialEndsSoon" in said.stderr + said.stdout and "CredentialRotationFails" in said.stderr + said.stdout


def test_a_deployment_hands_its_token_over_where_nobody_sees_it(tmp_path):
    folder, came = copied(tmp_path, TRACK, PIPELINE), []

    class Platform(BaseHTTPRequestHandler):
        def do_POST(self):
            processes = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
            body = self.rfile.read(int(self.headers["content-length"]))
            came.append(
                (self.path, self.headers["authorization"], body, any(b"of-the-platform" in p for p in processes))
            )
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Platform)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    token = "a-token-of-the-platform"
    address = f"http://127.0.0.1:{server.server_port}"
    run(["ci/deploy.sh", "c0ffee"], folder, DEPLOY_TOKEN=token, PLATFORM=address, no_proxy="127.0.0.1")
    thread.join()
    server.server_close()
    assert came == [("/shop/deployments", f"Bearer {token}", b"commit=c0ffee", False)]


def test_the_time_of_a_login_is_measured_as_its_gate_reads_it(tmp_path):
    folder = copied(tmp_path, TRACK, PIPELINE)
    run(["ci/measure.sh", str(int(time.time()) - 3), "login.json"], folder)
    assert 3 <= json.loads((folder / "login.json").read_text())["seconds"] <= 10


def test_other_tools_find_nothing_in_what_is_handed_out():
    zizmor = need("zizmor")
    for poc in POCS:
        run([zizmor, "--offline", "--no-progress", "--quiet", exemplar(TRACK, poc)], CONTENT)


def test_the_workflows_are_right():
    paths = [path for poc in POCS for path in sorted(exemplar(TRACK, poc).parent.glob("**/.github/workflows/*.yml"))]
    assert len(paths) >= 3 * len(POCS) and linted(paths) == []


def test_the_terraform_files_have_the_usual_format():
    terraform = need("terraform")
    for poc in (LEASES, PIPELINE):
        run([terraform, "fmt", "-check", "-recursive"], exemplar(TRACK, poc), TF_CLI_CONFIG_FILE="")


# -- what the modules show ---------------------------------------------------------------------------------------------


def shown(module: str, language: str) -> list[str]:
    text = (CONTENT / "tracks" / TRACK / "modules" / f"{module}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_rotation_of_the_module_exchanges_in_time_and_leaves_the_old_one():
    code = next(each for each in shown("exchange-without-failing", "python") if each.startswith("class Rotation"))
    names: dict = {"time": time, "NoLogin": LookupError}
    exec(code, names)  # noqa: S102 what is shown is run here as it stands
    now, made, revoked = [0.0], [], []

    class Login:
        def __init__(self):
            self.begins, self.ends = now[0], now[0] + 3600
            made.append(self)

    rotation = names["Rotation"](Login, revoked.append, grace=60, clock=lambda: now[0])
    rotation.tick()
    for moment, newest, ended in [(2399, 0, 0), (2400, 1, 0), (2459, 1, 0), (2460, 1, 1)]:
        now[0] = moment
        rotation.tick()
        assert (made.index(rotation.login()), len(revoked)) == (newest, ended)


def test_what_signs_of_the_module_takes_two_keys_and_no_third():
    (code,) = shown("replace-what-stays", "python")
    names: dict = {}
    exec(f"import hashlib, hmac\nfrom collections.abc import Sequence\n{code}", names)  # noqa: S102
    signed = names["hmac"].new(b"old", b"message", "sha256").hexdigest()
    assert names["checked"](b"message", signed, [b"new", b"old"]) and not names["checked"](b"message", signed, [b"new"])


def test_the_alerts_of_the_module_pass_their_test(tmp_path):
    rules, tests = shown("notice-before-it-ends", "yaml")
    (tmp_path / "rules" / "tests").mkdir(parents=True)
    (tmp_path / "rules" / "credentials.yml").write_text(rules, encoding="utf-8")
    (tmp_path / "rules" / "tests" / "credentials_test.yml").write_text(tests, encoding="utf-8")
    run([need("promtool"), "test", "rules", "rules/tests/credentials_test.yml"], tmp_path)


@pytest.mark.parametrize(
    ("poc", "check", "module"),
    [
        (LEASES, "leases", "logins-on-demand"),
        (LEASES, "no-secret", "logins-on-demand"),
        (PIPELINE, "bound", "tokens-of-the-pipeline"),
    ],
)
def test_terraform_as_a_module_shows_it_passes_its_check(poc, check, module):
    assert outcome_of(TRACK, poc, check, {"vault/main.tf": "\n".join(shown(module, "hcl"))}) == "pass"


def test_every_shell_line_of_the_modules_can_be_read(tmp_path):
    blocks = [each for path in catalog.modules(TRACK) for each in shown(path, "sh")]
    assert len(blocks) > 12
    for block in blocks:
        (tmp_path / "lines.sh").write_text(block, encoding="utf-8")
        run(["bash", "-n", "lines.sh"], tmp_path)


# -- other sensible ways -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "outcome"),
    [("{}", "pass"), ("{contents: read}", "pass"), ("read-all", "pass"), ("write-all", "fail"), ("", "fail")],
)
@pytest.mark.parametrize("poc", POCS)
def test_permissions_at_the_top_may_be_none_and_not_everything(poc, permissions, outcome):
    files = {".github/workflows/ci.yml": f"on: push\npermissions: {permissions}\njobs: {{}}\n"}
    assert outcome_of(TRACK, poc, "permissions", files) == outcome


@pytest.mark.parametrize(
    ("service", "outcome"),
    [
        ("{image: hashicorp/vault, command: 'agent -config=/a.hcl'}", "pass"),
        ("{image: hashicorp/vault, command: [server, -config=/vault/config]}", "pass"),
        ("{image: 'openbao/openbao:2', command: server -config=/a.hcl}", "pass"),
        ("{image: hashicorp/vault, entrypoint: [vault, server, -config=/a.hcl]}", "pass"),
        ("{image: hashicorp/vault, entrypoint: [vault, server, -dev]}", "fail"),
        ("{image: hashicorp/vault, entrypoint: docker-entrypoint.sh}", "fail"),
        ("{image: 'postgres:17', command: postgres -c a=-dev}", "pass"),
        ("{image: hashicorp/vault}", "fail"),
        ("{image: hashicorp/vault, command: server -dev}", "fail"),
        ("{image: hashicorp/vault, command: [server, -dev]}", "fail"),
        ("{image: 'registry.example.com/vault:1', command: vault server -dev}", "fail"),
        ("{image: hashicorp/vault, command: server, environment: {VAULT_DEV_ROOT_TOKEN_ID: root}}", "fail"),
        ("{image: hashicorp/vault, command: server, environment: ['VAULT_DEV_ROOT_TOKEN_ID=root']}", "fail"),
    ],
)
def test_development_mode_is_seen_however_it_is_switched_on(service, outcome):
    files = {"compose.yml": f"services: {{vault: {service}}}\n"}
    assert outcome_of(TRACK, LEASES, "dev-mode", files) == outcome


@pytest.mark.parametrize(
    "path", ["docker-compose.override.yaml", "deploy/prod/compose.yml", "infra/docker-compose.yml"]
)
def test_development_mode_is_seen_wherever_it_is_no_test(path):
    assert outcome_of(TRACK, LEASES, "dev-mode", {path: "services: {vault: {image: hashicorp/vault}}\n"}) == "fail"


def test_development_mode_is_fine_in_tests_and_without_compose_files():
    dev = "services: {vault: {image: hashicorp/vault, command: server -dev}}\n"
    assert outcome_of(TRACK, LEASES, "dev-mode", {"tests/compose.yml": dev}) == "pass"
    assert outcome_of(TRACK, LEASES, "dev-mode", {}) == "pass"


ACTION = "{uses: hashicorp/vault-action@v3, with: {method: jwt, role: a}}"
WORKFLOW = "on: push\npermissions: %s\njobs: {go: {permissions: %s, steps: [%s]}}\n"


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (ACTION, "pass"),
        ("{run: 'vault write -field=token auth/jwt/login role=a jwt=$JWT'}", "pass"),
        ('{run: "curl -fsS -d @- $VAULT_ADDR/v1/auth/jwt-github/login"}', "pass"),
        ("{run: 'export VAULT_TOKEN=$(vault write -field=token auth/jwt/login role=a jwt=$JWT)'}", "pass"),
        ("{run: 'token=$(curl -fsS -d @- $V/v1/auth/jwt/login | jq -r .auth.client_token)'}", "pass"),
        ("{run: 'echo vault write auth/jwt/login role=a'}", "fail"),
        ("{uses: hashicorp/vault-action@v3, with: {method: approle}}", "fail"),
        ("{uses: hashicorp/vault-action@v3, with: {token: x}}", "fail"),
    ],
)
def test_there_is_more_than_one_way_to_log_in(step, outcome):
    for top, job in (("{}", "{id-token: write}"), ("{id-token: write}", "{}")):
        files = {".github/workflows/deploy.yml": WORKFLOW % (top, job, step)}
        assert outcome_of(TRACK, PIPELINE, "login", files) == outcome
    nobody = {".github/workflows/deploy.yml": WORKFLOW % ("{}", "{contents: read}", step)}
    assert outcome_of(TRACK, PIPELINE, "login", nobody) == "fail"


CONNECTION = """resource "vault_database_secret_backend_connection" "shop" {
  name = "shop"
  postgresql {
    %s
  }
}
"""


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("password = var.database_password", "pass"),
        ("password_wo = var.database_password", "pass"),
        ("password_wo = ephemeral.random_password.first.result", "pass"),
        ('connection_url = "postgresql://{{username}}:{{password}}@database:5432/shop"', "pass"),
        ('connection_url = "postgresql://vault:${var.database_password}@database:5432/shop"', "pass"),
        ('password_wo = "a-first-one"', "fail"),
        ('connection_url = "postgresql://vault:a-first-one@database:5432/shop"', "fail"),
    ],
)
def test_a_password_is_seen_wherever_it_is_written_out(given, outcome):
    assert outcome_of(TRACK, LEASES, "no-secret", {"vault/main.tf": CONNECTION % given}) == outcome


def test_an_action_of_the_repository_may_log_in():
    action = f"runs: {{using: composite, steps: [{ACTION}]}}\n"
    assert outcome_of(TRACK, PIPELINE, "login", {".github/actions/vault/action.yml": action}) == "pass"


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (ACTION, "pass"),
        ("{run: ./deploy.sh, env: {KEY: '${{ secrets.PAYMENT_KEY }}'}}", "pass"),
        ("{run: 'curl -H \"X-Vault-Token: $T\" ${{ secrets.VAULT_ADDR }}/v1/a'}", "pass"),
        ("{uses: hashicorp/vault-action@v3, with: {token: '${{ secrets.VT }}'}}", "fail"),
        ("{run: a, env: {VAULT_TOKEN: '${{ secrets.VAULT_TOKEN }}'}}", "fail"),
        ("{run: a, env: {T: '${{ secrets.PROD_VAULT_TOKEN }}'}}", "fail"),
        ("{run: a, env: {VAULT_TOKEN: '${{ secrets.CI }}'}}", "fail"),
        ("{run: a, env: {VAULT_SECRET_ID: '${{ secrets.CI }}'}}", "fail"),
        ("{run: a, env: {VAULT_TOKEN: '${{ steps.vault.outputs.vault_token }}'}}", "pass"),
        ("{run: a, env: {VAULT_CACERT: '${{ secrets.VAULT_CA }}'}}", "pass"),
        ("{run: 'vault write auth/approle/login secret_id=${{ secrets.VAULT_SECRET_ID }}'}", "fail"),
    ],
)
def test_a_stored_credential_of_vault_is_seen_wherever_it_is_used(step, outcome):
    files = {".github/workflows/deploy.yml": WORKFLOW % ("{}", "{id-token: write}", step)}
    assert outcome_of(TRACK, PIPELINE, "none-stored", files) == outcome


RULE = """  - alert: %s
    expr: %s
    for: 5m
    labels: {severity: high}
    annotations: {summary: It stops, runbook_url: "https://runbooks.example.com/a"}
"""


@pytest.mark.parametrize(
    ("fails", "ends", "outcome"),
    [
        ("increase(vault_lease_renew_errors_total[10m]) > 0", "vault_lease_ttl_seconds < 600", "pass"),
        ('increase(secret_rotations_total{result="failed"}[1h]) > 0', "secret_expires_at - time() < 600", "pass"),
        ("rate(credential_rotation_failures_total[5m]) > 0", "min by (pod) (login_remaining_seconds) < 300", "pass"),
        ("up == 0", "vault_lease_ttl_seconds < 600", "fail"),
        ("increase(vault_lease_renew_errors_total[10m]) > 0", "up < 1", "fail"),
        ("increase(http_requests_failed_total[10m]) > 0", "vault_lease_ttl_seconds < 600", "fail"),
    ],
)
def test_alerts_may_have_other_names(fails, ends, outcome):
    rules = "groups:\n- name: a\n  rules:\n" + RULE % ("Fails", fails) + RULE % ("Ends", ends)
    assert outcome_of(TRACK, PIPELINE, "alerts", {"rules/vault.yml": rules}) == outcome


def test_rows_of_the_table_may_say_one_side_alone():
    row = "- {policy: a, path: b, %s: [read]}\n"
    rows = (row % "may") * 3 + (row % "never") * 3
    assert outcome_of(TRACK, POLICIES, "table", {"policies/tests/access.yml": rows}) == "pass"
    assert outcome_of(TRACK, POLICIES, "table", {"policies/tests/access.yml": row % "never" * 5}) == "fail"
    assert (
        outcome_of(TRACK, POLICIES, "table", {"policies/tests/access.yml": rows + "- {policy: a, path: b}\n"}) == "fail"
    )
