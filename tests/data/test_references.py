"""Where secrets are: the forms of references, settings that are references, and secrets that the store holds."""

import threading

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from data import connections, environment, inbox, jobs, openid, people, references, sealed, store, trouble, vault
from data.api import door
from data.references import Away, InVault, Missing, in_vault
from data.sources.github import credentials, errors
from data.tables import Base, Connection
from tests.fake_vault import Vault, running

NAME = "MILEPOST_WEBHOOK_SECRET"
KEY, OLD_KEY = "MILEPOST_SECRET_KEY", "MILEPOST_SECRET_KEY_OLD"


@pytest.fixture
def hashi(monkeypatch):
    """A Vault that the settings name, with one secret."""
    with running(Vault()) as made:
        made.put("secret/milepost", hook="the-secret-of-the-webhooks")
        monkeypatch.setenv("MILEPOST_VAULT_ADDRESS", made.url)
        monkeypatch.setenv("MILEPOST_VAULT_TOKEN", made.token())
        yield made
    vault.forget()


def key() -> str:
    return Fernet.generate_key().decode()


# Forms


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("env:NAME", "env"), ("file:/x", "file"), ("vault:a/b#c", "vault"), ("vault:nonsense", "vault"),
        ("vault: leader", None), ("env:", None), ("plain", None), ("", None), ("http://x", None), ("sealed:x", None),
    ],
)  # fmt: skip
def test_what_is_a_reference(text, kind):
    assert references.kind(text) == kind


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("secret/milepost#token", InVault("secret", "milepost", "token")),
        ("secret/a/b/c#k", InVault("secret", "a/b/c", "k")),
        ("team/kv//a/b#k", InVault("team/kv", "a/b", "k")),
    ],
)
def test_a_place_in_vault(text, place):
    assert in_vault(text) == place and str(place) == f"vault:{text}"


@pytest.mark.parametrize(
    "text",
    ["", "secret", "secret/a", "secret/a#", "secret#k", "/a#k", "secret/../sys#k", "secret/a?version=1#k", "a//#k",
     "secret/a%2fb#k", "secret/a#k/l", "secret/a b#k", "/".join("a" * 30) + "#k"],
)  # fmt: skip
def test_what_is_no_place_in_vault(text):
    with pytest.raises(Missing, match="After vault: stand"):
        in_vault(text)


def test_a_variable_a_file_and_vault(hashi, monkeypatch, tmp_path):
    monkeypatch.setenv("ELSEWHERE", " in a variable ")
    (tmp_path / "secret").write_text("in a file\n")
    for text, found in (
        ("env:ELSEWHERE", b"in a variable"),
        (f"file:{tmp_path}/secret", b"in a file"),
        ("vault:secret/milepost#hook", b"the-secret-of-the-webhooks"),
    ):
        assert references.value(text) == found


def test_files_that_are_none(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * (references.LARGEST + 1))
    for place, sentence in (("large", "larger than a secret"), ("none", "cannot be read"), (".", "cannot be read")):
        with pytest.raises(Missing, match=sentence):
            references.value(f"file:{tmp_path / place}")
    with pytest.raises(Missing, match="plain file"):
        references.value("file:/dev/zero")


# Settings


def test_a_setting_is_a_value_or_a_reference(hashi, monkeypatch):
    for given in ("the-secret-of-the-webhooks", "vault:secret/milepost#hook", "env:ELSEWHERE"):
        monkeypatch.setenv("ELSEWHERE", "the-secret-of-the-webhooks")
        monkeypatch.setenv(NAME, given)
        assert environment.value(NAME) == "the-secret-of-the-webhooks"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("file:/no/such/file", f"^The file that {NAME} names cannot be read: mend {NAME}"),
        ("env:NOT_SET_ANYWHERE", f"^{NAME} names env:NOT_SET_ANYWHERE, where nothing stands"),
        ("env:not a name", f"^{NAME}: After env: stands the name"),
        ("vault:secret/milepost", f"^{NAME}: After vault: stand"),
        ("vault:secret/milepost#hook", f"^{NAME}: There is no Vault yet to read this from: set MILEPOST_VAULT_ADDRESS"),
    ],
)
def test_a_reference_that_leads_nowhere_names_the_setting(monkeypatch, given, sentence):
    monkeypatch.setenv(NAME, given)
    with pytest.raises(store.Unusable, match=sentence):
        environment.value(NAME)


def test_two_values_are_valid_while_one_is_replaced(hashi, monkeypatch):
    monkeypatch.setenv(NAME, "the new one")
    monkeypatch.setenv(f"{NAME}_OLD", "the old one")
    assert inbox.secrets() == [b"the new one", b"the old one"]
    monkeypatch.delenv(f"{NAME}_OLD")
    monkeypatch.setenv(NAME, "vault:secret/milepost#hook")
    hashi.now = 4e9  # this machine's clock is the judge of how old a version is
    hashi.put("secret/milepost", hook="the-second-one-of-the-webhooks")
    assert inbox.secrets() == [b"the-second-one-of-the-webhooks", b"the-secret-of-the-webhooks"]


def test_half_of_a_sign_in_to_vault_says_what_is_missing(monkeypatch):
    monkeypatch.setenv("MILEPOST_VAULT_ADDRESS", "https://vault.example:8200")
    monkeypatch.setenv("MILEPOST_VAULT_AUTH", "approle")
    monkeypatch.setenv("MILEPOST_VAULT_ROLE_ID", "x")
    with pytest.raises(Missing, match="set MILEPOST_VAULT_SECRET_ID too"):
        references.value("vault:secret/a#b")


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("ADDRESS", "http://vault.example:8200", "is the https address"),
        ("ADDRESS", "https://vault.example/v1", "without a path"),
        ("ADDRESS", "https://me:pw@vault.example", "is the https address"),
        ("ADDRESS", "https://vault.example:port", "is the https address"),
        ("AUTH", "github", "is one of token, approle, kubernetes"),
        ("TOKEN", "vault:secret/a#b", "cannot be in Vault itself"),
        ("NAMESPACE", "a/../b", "is a path of Vault"),
        ("CA", "/no/such/file", "cannot be read"),
    ],
)
def test_settings_of_vault_that_cannot_be(monkeypatch, name, given, sentence):
    monkeypatch.setenv("MILEPOST_VAULT_ADDRESS", "https://vault.example:8200")
    monkeypatch.setenv("MILEPOST_VAULT_TOKEN", "x")
    monkeypatch.setenv(f"MILEPOST_VAULT_{name}", given)
    with pytest.raises(Missing, match=sentence):
        vault.client()


def test_other_settings_make_another_client(hashi, monkeypatch):
    first = vault.client()
    assert vault.client() is first
    monkeypatch.setenv("MILEPOST_VAULT_NAMESPACE", "another")
    assert vault.client() is not first


def test_a_thread_keeps_the_token_alive(hashi, monkeypatch):
    hashi.ttl, renewed = 3600.0, threading.Event()
    monkeypatch.setenv("MILEPOST_VAULT_TOKEN", hashi.token(ttl=1))
    client = vault.client()
    client.read(in_vault("secret/milepost#hook"))
    answer = hashi.answer

    def seen(method, path, *rest):
        if path.endswith("renew-self"):
            renewed.set()
        return answer(method, path, *rest)

    monkeypatch.setattr(hashi, "answer", seen)
    assert renewed.wait(60)


def test_database_and_redis_may_be_references(bare_home, hashi, monkeypatch):
    hashi.put("secret/stores", database="postgresql://milepost:a-long-password@db/milepost",
              redis="redis://:another-long-password@redis/0")  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", "vault:secret/stores#database")
    monkeypatch.setenv("MILEPOST_REDIS_URL", "vault:secret/stores#redis")
    assert store.url() == "postgresql+psycopg://milepost:a-long-password@db/milepost"
    assert (jobs.shared(), jobs._place()[0]) == (True, "redis://:another-long-password@redis/0")


def test_sign_in_may_be_references(hashi, monkeypatch):
    hashi.put("secret/oidc", client="the-secret-of-the-client", cookie="c" * 40)
    for name, given in {
        "MILEPOST_URL": "https://milepost.example", "MILEPOST_OIDC_CLIENT_ID": "milepost",
        "MILEPOST_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
        "MILEPOST_OIDC_CLIENT_SECRET": "vault:secret/oidc#client", "MILEPOST_COOKIE_SECRET": "vault:secret/oidc#cookie",
        "MILEPOST_ADMINISTRATOR": "ann@acme.example", "MILEPOST_GROUPS": "vault: leader",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, given)
    found = openid.settings()
    assert (found.client_secret, found.cookie_secret) == ("the-secret-of-the-client", "c" * 40)
    assert found.groups["vault"] == (openid.Grant("leader"),)  # a line of YAML is no reference


# Secrets that the store holds


def test_a_stored_secret_may_be_in_vault(home, hashi):
    text = "vault:secret/milepost#hook"
    assert (sealed.keep(text), sealed.reveal(text), sealed.described(text)) == (
        text,
        "the-secret-of-the-webhooks",
        text,
    )
    with pytest.raises(Missing, match="has no key token in Vault"):
        sealed.keep("vault:secret/milepost#token")


def test_while_vault_is_away_reading_from_github_waits(home, hashi):
    hashi.is_sealed = True
    with pytest.raises(Away):
        sealed.reveal("vault:secret/milepost#hook")
    with pytest.raises(errors.Unavailable, match="Vault is sealed"):
        credentials.reveal("vault:secret/milepost#hook")


def test_a_connection_whose_secret_is_away_is_not_said_to_work(home, hashi):
    who = people.local_person()
    with store.writing() as session:
        row = Connection(organization_id=people.home_organization(who), kind="github_token", created_at=1,
                         base_url=connections.base_url(), secret="vault:secret/milepost#hook")  # fmt: skip
        session.add(row)
    hashi.is_sealed = True
    with pytest.raises(errors.Unavailable, match="Vault is sealed"):
        connections.check(who, row.id)
    assert connections.listed(who)[0].problem is None


def test_what_waits_for_vault_may_be_tried_again():
    assert trouble.passes(Away("x")) and not trouble.passes(Missing("x"))
    assert door.failed(Away("Vault is sealed: unseal it.")).status == 503


@pytest.mark.parametrize("given", ["env:MILEPOST_COOKIE_SECRET", "env:DATABASE_URL", "env:MILEPOST_VAULT_TOKEN"])
def test_secrets_of_milepost_itself_are_not_lent(home, monkeypatch, given):
    monkeypatch.setenv(given.removeprefix("env:"), "something that is there")
    with pytest.raises(Missing, match="is a setting of Milepost itself"):
        sealed.keep(given)


def test_nor_is_the_key_of_the_seal(home):
    sealed.keep("a token to be sealed")
    with pytest.raises(Missing, match="Milepost's own"):
        sealed.keep(f"file:{home}/../{home.name}/secret.key")


def test_a_new_key_opens_what_the_old_one_sealed(home, monkeypatch):
    first, second = key(), key()
    monkeypatch.setenv(KEY, first)
    kept = sealed.keep("a token to be sealed")
    monkeypatch.setenv(KEY, second)
    with pytest.raises(Missing, match="sealed with another key"):
        sealed.reveal(kept)
    monkeypatch.setenv(OLD_KEY, first)
    assert sealed.reveal(kept) == "a token to be sealed"


def test_a_key_that_is_set_opens_what_that_of_the_file_sealed(home, monkeypatch):
    kept = sealed.keep("a token to be sealed")
    monkeypatch.setenv(KEY, key())
    assert sealed.reveal(kept) == "a token to be sealed"


def test_sealing_anew_needs_the_old_key_no_more(both, monkeypatch):
    who = people.local_person()
    first, second = key(), key()
    monkeypatch.setenv(KEY, first)
    with store.writing() as session:
        row = Connection(organization_id=people.home_organization(who), kind="github_token", base_url="https://x",
                         secret=sealed.keep("a token to be sealed"), created_at=1)  # fmt: skip
        lost = Connection(organization_id=people.home_organization(who), kind="github_token", base_url="https://x",
                          secret="sealed:nothing", created_at=1)  # fmt: skip
        by_reference = Connection(organization_id=people.home_organization(who), kind="github_token", secret="env:X",
                                  base_url="https://x", created_at=1)  # fmt: skip
        session.add_all([row, lost, by_reference])
    monkeypatch.setenv(KEY, second)
    monkeypatch.setenv(OLD_KEY, first)
    assert sealed.reseal(who) == (1, (f"connection:{lost.id}",))
    monkeypatch.delenv(OLD_KEY)
    with store.reading() as session:
        now = {each.id: each.secret for each in session.execute(select(Connection)).scalars()}
    assert sealed.reveal(now[row.id]) == "a token to be sealed"
    assert (now[lost.id], now[by_reference.id]) == ("sealed:nothing", "env:X")


def test_every_column_of_secrets_is_sealed_anew():
    """A column that is called a secret and missing here would be lost with the next change of the key."""
    named = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("secret")
    }
    assert {*named, ("report_subscription", "address")} == {
        (table.__tablename__, name) for table, name in sealed.COLUMNS
    }
