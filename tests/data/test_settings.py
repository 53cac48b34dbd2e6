"""Every setting in one place: what is told of it, what is not, and what is refused."""

import ast
import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography.fernet import Fernet

import milepost
from data import people, sealed, settings, settings_table, settings_tried, store, vault
from data.access import Forbidden
from data.people import Who
from data.tables import Connection
from tests.fake_vault import Vault, running

ROOT = Path(__file__).parent.parent.parent
SECRETS = {name: setting for name, setting in settings_table.ALL.items() if setting.kind == "secret"}


@pytest.fixture(autouse=True)
def only_ours(bare_home, monkeypatch):
    """No setting from around the tests."""
    for name in os.environ:
        if name.startswith("MILEPOST_") and name != "MILEPOST_HOME":
            monkeypatch.delenv(name)


@pytest.fixture
def of(monkeypatch):
    """Sets variables; the row of the first of them."""

    def row(**given: str) -> settings.Stated:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        rows = {each.setting.name: each for part in settings.report().parts for each in part.rows}
        return rows[next(iter(given))]

    return row


# What is told


def test_every_setting_that_the_code_reads_is_known():
    """Whoever adds a setting describes it in `data.settings_table`."""
    files = [*(ROOT / "data").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), *ROOT.glob("*.py")]
    texts = (
        node.value
        for path in files
        if path.name != "settings_table.py" and "action" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    read = {text for text in texts if re.fullmatch(r"MILEPOST_[A-Z_]*[A-Z]", text)}
    assert read - settings_table.BESIDE - settings_table.ALL.keys() == set()


def test_every_setting_is_in_the_list_of_the_documentation():
    docs = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    shown = {name for name in settings_table.ALL if name in docs or f"{name.removesuffix('_OLD')}_OLD" in docs}
    assert settings_table.ALL.keys() - shown - {"MILEPOST_JOBS"} == set()


def test_where_a_value_comes_from(of, tmp_path, monkeypatch):
    (tmp_path / "rate").write_text("60\n")
    monkeypatch.setenv("RATE", "50")
    for given, shown, origin in (
        ("70", "70", "environment"),
        (f"file:{tmp_path}/rate", "60", f"file:{tmp_path}/rate"), 
        ("env:RATE", "50", "env:RATE"),
    ):  # fmt: skip
        row = of(MILEPOST_API_RATE=given)
        assert (row.is_set, row.shown, row.origin, row.problem) == (True, shown, origin, "")
    assert of(MILEPOST_CONTACT="").origin == "default"


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_told_not_even_a_wrong_one(of, name):
    of(**{name: "the-secret-that-nobody-may-read"})
    found = settings.report()
    assert "the-secret-that" not in "\n".join(settings.lines(found)) + json.dumps(settings.as_json(found)) + repr(found)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("DATABASE_URL", "postgresql://milepost:hidden@db:5432/milepost"),
        ("DATABASE_URL", "postgresql://db/milepost?user=milepost&password=hidden"),
        ("DATABASE_URL", "postgresql://milepost:hidden@db:port/milepost"),
        ("MILEPOST_REDIS_URL", "redis://:hidden@redis:6379/0"),
        ("MILEPOST_REDIS_URL", "hidden"),
        ("MILEPOST_OIDC_METADATA_URL", "https://me:hidden@id.example/db?key=hidden"),
        ("MILEPOST_OIDC_METADATA_URL", "https://id.example/db?access_token=hidden"),
        ("MILEPOST_CHAT_HOSTS", "chat.example, http://me:hidden@db:8065"),
        ("MILEPOST_SMTP_HOST", "smtp://me:hidden@db"),
        ("MILEPOST_GITHUB_URL", "https://me:hidden@db/api/v3"),
        ("MILEPOST_URL", "https://me:hidden@db"),
    ],
)
def test_of_an_address_everything_is_told_but_the_password(of, name, given):
    row = of(**{name: given})
    assert "hidden" not in repr(row) and (row.problem or "db" in row.shown or "redis" in row.shown)


def test_two_valid_values_are_told(of):
    with running(Vault()) as hashi:
        hashi.put("secret/milepost", hook="the-first-secret-of-the-webhooks")
        hashi.now = 4e9
        hashi.put("secret/milepost", hook="the-second-secret-of-the-webhooks")
        row = of(MILEPOST_WEBHOOK_SECRET="vault:secret/milepost#hook", MILEPOST_VAULT_ADDRESS=hashi.url,
                 MILEPOST_VAULT_TOKEN=hashi.token())  # fmt: skip
    vault.forget()
    assert row.is_doubled and row.origin == "vault:secret/milepost#hook" and "-secret-of" not in repr(row)


def test_only_administrators_are_told(home):
    who = people.local_person()
    assert settings.seen(who) == settings.report()
    organization = people.home_organization(who)
    for role in ("leader", "coach"):
        with pytest.raises(Forbidden):
            settings.seen(Who(who.id, "x", organization_roles=frozenset({(organization, role)})))


# What is wrong


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("PORT", "eighty", "from 1 to 65535"),
        ("MILEPOST_ADDRESS", "192.0.2.7", "does not listen at 192.0.2.7 without sign-in"),
        ("MILEPOST_API_RATE", "many", "number of requests a minute"),
        ("MILEPOST_WORKER", "extern", "is external, or not set; not 'extern'"),
        ("MILEPOST_METRICS", "none", "is token or loopback"),
        ("MILEPOST_KEEP_FILES", "never", "is no or yes"),
        ("MILEPOST_ROOTS", "/no/such/folder", "/no/such/folder, which is no folder"),
        ("MILEPOST_TOOLS", "zizmor,trivvy", "knows zizmor and hadolint, not 'trivvy'"),
        ("MILEPOST_HADOLINT", "/no/such/program", "There is no program /no/such/program: mend MILEPOST_HADOLINT"),
        ("MILEPOST_GITHUB_URL", "http://github.example.com", "https"),
        ("MILEPOST_WEBHOOK_SECRET", "short", "have 16 characters or more, and tell GitHub"),
        ("MILEPOST_WEBHOOK_SECRET", "file:/no/such/file", "cannot be read: mend MILEPOST_WEBHOOK_SECRET"),
        ("MILEPOST_WEBHOOK_SECRET", "vault:secret/a#b", "set MILEPOST_VAULT_ADDRESS"),
        ("MILEPOST_WEBHOOK_SECRET_OLD", "a secret of long ago", "means nothing without MILEPOST_WEBHOOK_SECRET"),
        ("MILEPOST_SECRET_KEY", "no key", "MILEPOST_SECRET_KEY holds no key: make one"),
        ("MILEPOST_SECRET_KEY_OLD", "no key", "means nothing without MILEPOST_SECRET_KEY"),
        ("MILEPOST_VAULT_ADDRESS", "http://vault.example", "is the https address of Vault"),
        ("MILEPOST_VAULT_TOKEN", "x", "means nothing without MILEPOST_VAULT_ADDRESS"),
        ("MILEPOST_ROTATION_HOURS", "long", "from 0 to 720"),
        ("MILEPOST_SMTP_USER", "milepost", "means nothing without MILEPOST_SMTP_HOST"),
        ("MILEPOST_URL", "http://milepost.example", "https, without a path"),
        ("DATABASE_URL", "mysql://db/milepost", "must begin with postgresql://"),
        ("MILEPOST_REDIS_URL", "http://redis", "must begin with redis://"),
    ],
)
def test_what_cannot_be_says_what_to_mend(of, name, given, sentence):
    assert sentence in of(**{name: given}).problem


def test_half_of_sign_in_is_said_where_something_is_missing(of):
    of(MILEPOST_OIDC_METADATA_URL="https://id.example/.well-known/openid-configuration")
    assert list(settings.report().problems) == ["MILEPOST_URL"]
    assert "set up by half: set MILEPOST_URL and MILEPOST_OIDC_CLIENT_ID" in settings.report().problems["MILEPOST_URL"]


def test_the_same_secret_twice_is_no_rotation(of):
    of(MILEPOST_WEBHOOK_SECRET="a secret of the webhooks", MILEPOST_WEBHOOK_SECRET_OLD="a secret of the webhooks")
    assert "is the same as" in settings.report().problems["MILEPOST_WEBHOOK_SECRET_OLD"]


def test_what_is_misspelt_is_found(of, monkeypatch):
    monkeypatch.setenv("MILEPOST_CONTACT", "env:MILEPOST_OF_MY_OWN")
    monkeypatch.setenv("MILEPOST_OF_MY_OWN", "ask the platform team")
    for name in ("MILEPOST_WORKR", "MILEPOST_SOMETHING_ELSE_ENTIRELY", "MILEPOST_PORT_8501_TCP_ADDR",
                 "MILEPOST_SERVICE_HOST", "MILEPOST_PORT"):  # fmt: skip
        monkeypatch.setenv(name, "x")
    found = settings.strangers()
    assert list(found) == ["MILEPOST_SOMETHING_ELSE_ENTIRELY", "MILEPOST_WORKR"]
    assert found["MILEPOST_WORKR"].endswith("MILEPOST_WORKER is meant?")


@pytest.mark.parametrize(
    ("name", "given"),
    [("MILEPOST_WORKER", "extern"), ("MILEPOST_GITHUB_URL", "http://x"), ("MILEPOST_REDIS_URL", "http://redis"),
     ("MILEPOST_API_RATE", "vault:nonsense")],
)  # fmt: skip
def test_milepost_does_not_start_with_what_cannot_be_meant(monkeypatch, name, given):
    monkeypatch.setenv(name, given)
    with pytest.raises(store.Unusable):
        settings.refuse_wrong()


def test_milepost_starts_while_vault_is_away(monkeypatch):
    monkeypatch.setenv("MILEPOST_REDIS_URL", "vault:secret/milepost#redis")
    monkeypatch.setenv("MILEPOST_TOOLS", "hadolint")
    monkeypatch.setenv("MILEPOST_HADOLINT", "/not/here")
    settings.refuse_wrong()


def test_each_setting_of_mail_is_judged_at_its_own_place(of, monkeypatch):
    monkeypatch.setenv("MILEPOST_SMTP_PORT", "twentyfive")
    monkeypatch.setenv("MILEPOST_MAIL_FROM", "nobody")
    monkeypatch.setenv("MILEPOST_SMTP_USER", "milepost")
    assert of(MILEPOST_SMTP_HOST="mail.example").problem == ""
    assert set(settings.report().problems) == {"MILEPOST_SMTP_PORT", "MILEPOST_MAIL_FROM", "MILEPOST_SMTP_USER"}
    assert "from 1 to 65535" in settings.report().problems["MILEPOST_SMTP_PORT"]


# What they lead to


def test_before_the_first_start_nothing_is_made(bare_home):
    assert settings_tried.everything() == [("The database", "")] and not bare_home.exists()


def test_the_store_and_its_secrets_are_tried(home, monkeypatch):
    who = people.local_person()
    with store.writing() as session:
        for secret in (sealed.keep("a token to be sealed"), "env:NOT_SET_ANYWHERE"):
            session.add(Connection(organization_id=people.home_organization(who), kind="github_token",
                                   base_url="https://x", secret=secret, created_at=1))  # fmt: skip
    assert settings_tried.asked(who) == [
        ("The database", ""),
        ("Connection 1 (sealed)", ""),
        ("Connection 2 (env:NOT_SET_ANYWHERE)",
         "The environment variable NOT_SET_ANYWHERE is not set or empty: put the secret there."),
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        organization = people.home_organization(who)
        settings_tried.asked(Who(who.id, "x", organization_roles=frozenset({(organization, "leader")})))


def test_a_database_that_is_away_is_said(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://milepost:hidden@127.0.0.1:9/milepost")
    ((_, problem),) = settings_tried.everything()
    assert "does not answer" in problem and "hidden" not in problem


def test_redis_is_tried(on_redis, monkeypatch):
    assert ("The Redis of the queue", "") in settings_tried.everything()
    monkeypatch.setenv("MILEPOST_REDIS_URL", "redis://:hidden@127.0.0.1:9/0")
    said = dict(settings_tried.everything())["The Redis of the queue"]
    assert "does not answer" in said and "hidden" not in said


def test_vault_is_tried(monkeypatch):
    with running(Vault()) as hashi:
        monkeypatch.setenv("MILEPOST_VAULT_ADDRESS", hashi.url)
        monkeypatch.setenv("MILEPOST_VAULT_TOKEN", hashi.token())
        assert ("Vault", "") in settings_tried.everything()
        monkeypatch.setenv("MILEPOST_VAULT_TOKEN", "hvs.unknown")
        assert "does not know the token" in dict(settings_tried.everything())["Vault"]
    vault.forget()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"issuer": "x", "authorization_endpoint": "x", "token_endpoint": "x", "jwks_uri": "x"}', ""),
        (b"{}", "is not the settings of an OpenID Connect provider"),
        (b"<html>", "is not the settings"),
    ],
)
def test_the_provider_is_tried(monkeypatch, body, sentence):
    class Provider(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    for name, value in {
        "MILEPOST_URL": "http://localhost", "MILEPOST_OIDC_CLIENT_ID": "x", "MILEPOST_OIDC_CLIENT_SECRET": "x",
        "MILEPOST_OIDC_METADATA_URL": f"http://127.0.0.1:{server.server_port}/x", "MILEPOST_COOKIE_SECRET": "c" * 32,
        "MILEPOST_ADMINISTRATOR": "ann@acme.example",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    said = dict(settings_tried.everything())["The provider of sign-in"]
    server.shutdown()
    server.server_close()
    assert sentence in said and bool(sentence) == bool(said)


# In a terminal


def test_the_command_says_what_is_wrong_with_its_exit_code(monkeypatch, capsys):
    assert milepost.main(["settings"]) == 0
    assert capsys.readouterr().out.endswith("Nothing to mend, no unknown.\n")
    monkeypatch.setenv("MILEPOST_API_RATE", "many")
    assert milepost.main(["settings", "--format", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    (wrong,) = [each for each in said["settings"] if each["problem"]]
    assert (said["format"], wrong["name"], wrong["set"]) == ("milepost.settings/1", "MILEPOST_API_RATE", True)


def test_the_command_seals_anew(home, monkeypatch, capsys):
    who = people.local_person()
    with store.writing() as session:
        session.add(Connection(organization_id=people.home_organization(who), kind="github_token", base_url="https://x",
                               secret=sealed.keep("a token to be sealed"), created_at=1))  # fmt: skip
    monkeypatch.setenv("MILEPOST_SECRET_KEY", Fernet.generate_key().decode())
    assert milepost.main(["settings", "--reseal", "--try"]) == 0
    assert "Sealed anew: 1." in capsys.readouterr().err
    (home / "secret.key").unlink()
    assert milepost.main(["settings", "--try"]) == 0
    (home / "secret.key").write_text("")
    monkeypatch.delenv("MILEPOST_SECRET_KEY")
    assert milepost.main(["settings", "--reseal"]) == 2
