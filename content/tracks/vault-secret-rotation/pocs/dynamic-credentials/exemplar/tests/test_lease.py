"""Handed out: logins that Vault makes at a database end when they should, and not before.

Needs a Vault and a PostgreSQL to throw away. VAULT_ADDR and VAULT_TOKEN: the Vault, with a root token, in which your
database engine and its roles are set up. DATABASE_URL: the database, without a user.
"""

import json
import os
import time
import urllib.request

import psycopg
import pytest

GRACE = 3  # seconds that an old login is left in these tests
PATIENCE = 30  # seconds until it must be refused
HOUR, DAY = 3_600, 86_400


def ask(method: str, path: str, **body: object) -> dict:
    request = urllib.request.Request(
        f"{os.environ['VAULT_ADDR']}/v1/{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"X-Vault-Token": os.environ["VAULT_TOKEN"], "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"{}")


def roles() -> list[tuple[str, str]]:
    """(mount, role) of every role that makes logins."""
    mounts = [path.strip("/") for path, each in ask("GET", "sys/mounts")["data"].items() if each["type"] == "database"]
    return [(mount, role) for mount in mounts for role in ask("GET", f"{mount}/roles?list=true")["data"]["keys"]]


@pytest.fixture(params=roles(), ids="/".join)
def role(request) -> tuple[str, str]:
    return request.param


def given(role: tuple[str, str]) -> dict:
    """A new login with its lease."""
    mount, name = role
    return ask("GET", f"{mount}/creds/{name}")


def connected(login: dict) -> psycopg.Connection:
    data = login["data"]
    return psycopg.connect(
        os.environ["DATABASE_URL"],
        user=data["username"],
        password=data["password"],
        connect_timeout=5,
    )


def opens(login: dict) -> bool:
    try:
        with connected(login) as database:
            return database.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def refused_in_time(login: dict) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not opens(login):
            return True
        time.sleep(0.1)
    return False


def test_a_login_opens_the_database(role):
    assert opens(given(role))


def test_each_asking_gives_another_login(role):
    one, other = given(role), given(role)
    assert one["data"]["username"] != other["data"]["username"]
    assert one["data"]["password"] != other["data"]["password"]


def test_a_login_is_refused_once_it_is_revoked(role):
    login = given(role)
    assert opens(login)
    ask("PUT", "sys/leases/revoke", lease_id=login["lease_id"], sync=True)
    assert refused_in_time(login)


def test_revoking_one_login_leaves_the_others_alone(role):
    one, other = given(role), given(role)
    ask("PUT", "sys/leases/revoke", lease_id=one["lease_id"], sync=True)
    assert opens(other)


def test_whoever_is_in_is_put_out_when_the_login_is_revoked(role):
    login = given(role)
    with connected(login) as database:
        database.execute("SELECT 1")
        ask("PUT", "sys/leases/revoke", lease_id=login["lease_id"], sync=True)
        with pytest.raises(psycopg.Error):
            database.execute("SELECT 1")


def test_the_old_login_works_in_the_grace_period_and_is_refused_after_it(role):
    old = given(role)
    new = given(role)
    ask("PUT", "sys/leases/renew", lease_id=old["lease_id"], increment=GRACE)
    assert opens(old), "it is refused at once, so whoever still has it fails"
    assert opens(new)
    assert refused_in_time(old), "it is still good after its time"
    assert opens(new)


def test_a_login_ends_within_the_hour_and_lives_a_day_at_most(role):
    mount, name = role
    assert 0 < given(role)["lease_duration"] <= HOUR
    assert 0 < ask("GET", f"{mount}/roles/{name}")["data"]["max_ttl"] <= DAY


def test_a_login_may_make_no_others(role):
    with connected(given(role)) as database:
        may = database.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert may.fetchone() == (False,)


def test_somebody_writes_down_who_asked():
    assert ask("GET", "sys/audit")["data"], "no audit device is switched on"
