"""Secrets in Vault: signing in, reading, keeping for a minute, renewing, two valid versions, and what is said when it
cannot be."""

import logging

import pytest

from data import vault
from data.references import Away, Missing, in_vault
from data.vault_settings import Settings
from tests.fake_vault import Vault, running

PLACE = in_vault("secret/milepost/github#token")
ROLE = {"MILEPOST_VAULT_AUTH": "approle", "MILEPOST_VAULT_ROLE_ID": "milepost"}
SPARE = "the-value-after-the-first-one"


@pytest.fixture
def hashi():
    with running(Vault()) as made:
        made.put("secret/milepost/github", token="the-first-value-of-the-secret")
        yield made
    vault.forget()


@pytest.fixture
def signed_in(hashi, monkeypatch):
    """A client of that Vault, which signs in as the variables say; with a token that may read everything else."""

    def make(policies=("*",), grace=24 * 3600.0, **variables) -> vault.Client:
        if not variables:
            variables = {"MILEPOST_VAULT_TOKEN": hashi.token(*policies)}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        auth = variables.get("MILEPOST_VAULT_AUTH", "token")
        return vault.Client(Settings(hashi.url, auth, grace=grace), hashi.clock, hashi.clock)

    return make


# Signing in


def test_with_a_token(signed_in):
    assert signed_in().read(PLACE) == ("the-first-value-of-the-secret",)


def test_with_an_approle(hashi, signed_in):
    client = signed_in(**ROLE, MILEPOST_VAULT_SECRET_ID=hashi.approle())
    assert client.read(PLACE) == ("the-first-value-of-the-secret",)
    assert hashi.asked[0] == ("POST", "/v1/auth/approle/login")


def test_with_a_service_account_of_kubernetes(hashi, signed_in, tmp_path):
    file = tmp_path / "token"
    file.write_text(hashi.kubernetes())
    variables = {"MILEPOST_VAULT_AUTH": "kubernetes", "MILEPOST_VAULT_ROLE": "milepost"}
    client = signed_in(**variables, MILEPOST_VAULT_SERVICE_ACCOUNT=str(file))
    assert client.read(PLACE) == ("the-first-value-of-the-secret",)
    file.write_text(hashi.kubernetes())  # Kubernetes changes it every hour
    hashi.advance(hashi.last)
    assert client.read(PLACE) == ("the-first-value-of-the-secret",)


@pytest.mark.parametrize("auth", ["approle", "kubernetes"])
def test_who_is_not_let_in_is_told_what_to_check(hashi, signed_in, tmp_path, auth):
    (tmp_path / "token").write_text(hashi.kubernetes("another"))
    given = {"MILEPOST_VAULT_AUTH": auth, "MILEPOST_VAULT_ROLE_ID": "x", "MILEPOST_VAULT_SECRET_ID": "y",
             "MILEPOST_VAULT_ROLE": "milepost", "MILEPOST_VAULT_SERVICE_ACCOUNT": str(tmp_path / "token")}  # fmt: skip
    with pytest.raises(Missing, match="Vault does not let Milepost in: check MILEPOST_VAULT_ROLE"):
        signed_in(**given).read(PLACE)


def test_a_namespace_and_a_mount_of_ones_own(hashi, monkeypatch):
    monkeypatch.setenv("MILEPOST_VAULT_ROLE_ID", "milepost")
    monkeypatch.setenv("MILEPOST_VAULT_SECRET_ID", hashi.approle(mount="teams/approle", namespace="org/shop"))
    hashi.put("kv/team//milepost/github", namespace="org/shop", token="of the namespace alone")
    settings = Settings(hashi.url, "approle", "teams/approle", "org/shop")
    client = vault.Client(settings, hashi.clock, hashi.clock)
    assert client.read(in_vault("kv/team//milepost/github#token")) == ("of the namespace alone",)


def test_the_authority_of_its_certificate_is_a_file(tmp_path, monkeypatch):
    with running(Vault(), tls=tmp_path) as made:
        made.put("secret/milepost/github", token="read over an encrypted line")
        monkeypatch.setenv("MILEPOST_VAULT_TOKEN", made.token())
        assert vault.Client(Settings(made.url, "token", ca=made.ca)).read(PLACE) == ("read over an encrypted line",)
        with pytest.raises(Away, match=r"certificate of Vault is not trusted: name the file .* MILEPOST_VAULT_CA"):
            vault.Client(Settings(made.url, "token")).read(PLACE)


# Kept for a while


def test_a_secret_is_asked_for_once_a_minute(hashi, signed_in):
    client = signed_in()
    client.read(PLACE)
    hashi.put("secret/milepost/github", token=SPARE)
    hashi.advance(59)
    assert (client.read(PLACE)[0], hashi.reads()) == ("the-first-value-of-the-secret", 1)
    hashi.advance(1)
    assert client.read(PLACE)[0] == SPARE


@pytest.mark.parametrize("trouble", ["is_sealed", "is_busy"])
def test_what_was_read_is_good_for_an_hour_while_vault_is_away(hashi, signed_in, caplog, trouble):
    client = signed_in()
    client.read(PLACE)
    setattr(hashi, trouble, True)
    for _ in range(3):
        hashi.advance(1200)
        assert client.read(PLACE) == ("the-first-value-of-the-secret",)
    assert len(caplog.messages) == 1
    hashi.advance(61)
    with pytest.raises(Away):
        client.read(PLACE)


def test_a_vault_that_is_away_is_left_alone_for_some_seconds(hashi, signed_in):
    client = signed_in()
    hashi.is_sealed = True
    for _ in range(3):
        with pytest.raises(Away, match="sealed or stands by: unseal it"):
            client.read(PLACE)
    asked = len(hashi.asked)
    hashi.is_sealed = False
    hashi.advance(vault.QUIET)
    assert client.read(PLACE) and asked == 1


def test_what_was_taken_away_is_not_used_any_longer(hashi, signed_in):
    client = signed_in()
    client.read(PLACE)
    hashi.delete("secret/milepost/github")
    hashi.advance(vault.FRESH)
    with pytest.raises(Missing, match="newest version of secret/milepost/github was deleted in Vault: write another"):
        client.read(PLACE)


# Two valid values


def test_the_version_before_is_valid_for_a_day(hashi, signed_in):
    client = signed_in()
    hashi.put("secret/milepost/github", token=SPARE)
    assert client.read(PLACE) == (SPARE, "the-first-value-of-the-secret")
    hashi.advance(24 * 3600)
    assert client.read(PLACE) == (SPARE,)


def test_a_version_that_was_deleted_is_not_valid(hashi, signed_in):
    hashi.delete("secret/milepost/github")
    hashi.put("secret/milepost/github", token=SPARE)
    assert signed_in().read(PLACE) == (SPARE,)


def test_a_version_that_changed_another_key_is_no_second_value(hashi, signed_in):
    hashi.put("secret/milepost/github", token="the-first-value-of-the-secret", more="something else")
    assert signed_in().read(PLACE) == ("the-first-value-of-the-secret",)


def test_without_grace_there_is_one_value(hashi, signed_in):
    hashi.put("secret/milepost/github", token=SPARE)
    assert signed_in(grace=0.0).read(PLACE) == (SPARE,)


# The token


def test_a_token_is_renewed_before_it_ends(hashi, signed_in):
    client = signed_in(MILEPOST_VAULT_TOKEN=hashi.token(ttl=3600))
    client.read(PLACE)
    for _ in range(10):
        hashi.advance(min(client.tend(), 2500))
    assert client.read(PLACE) and ("POST", "/v1/auth/token/renew-self") in hashi.asked


def test_a_token_that_cannot_be_renewed_further_is_replaced(hashi, signed_in):
    client = signed_in(**ROLE, MILEPOST_VAULT_SECRET_ID=hashi.approle())
    client.read(PLACE)
    for _ in range(10):  # more than twice the four hours after which no renewing helps
        hashi.advance(client.tend())
    assert client.read(PLACE)
    assert [path for _, path in hashi.asked].count("/v1/auth/approle/login") in (2, 3, 4)


def test_a_token_that_never_ends_is_left_alone(hashi, signed_in):
    client = signed_in()
    client.read(PLACE)
    assert client.tend() == float("inf")


def test_a_token_that_was_revoked_is_replaced(hashi, signed_in):
    client = signed_in(**ROLE, MILEPOST_VAULT_SECRET_ID=hashi.approle())
    client.read(PLACE)
    hashi.tokens.clear()
    hashi.advance(vault.FRESH)
    assert client.read(PLACE)


def test_a_token_in_a_file_may_change(hashi, signed_in, tmp_path):
    file = tmp_path / "sink"
    file.write_text(hashi.token())
    client = signed_in(MILEPOST_VAULT_TOKEN=f"file:{file}")
    client.read(PLACE)
    hashi.tokens.clear()
    file.write_text(hashi.token() + "\n")
    hashi.advance(vault.FRESH)
    assert client.read(PLACE)


def test_renewing_waits_while_vault_is_away_and_the_token_is_good(hashi, signed_in):
    client = signed_in(MILEPOST_VAULT_TOKEN=hashi.token(ttl=3600))
    client.read(PLACE)
    hashi.advance(2400)
    hashi.is_sealed = True
    assert 0 < client.tend() <= 60
    hashi.advance(1200)
    with pytest.raises(Away):
        client.tend()


def test_nobody_signs_in_before_something_is_wanted(hashi, signed_in):
    assert signed_in().tend() == float("inf") and hashi.asked == []


# What goes wrong


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("secret/nowhere#token", "Vault holds nothing at secret/nowhere"),
        ("secret/milepost/github#password", "has no key password in Vault"),
        ("secret/milepost/numbers#list", "list of secret/milepost/numbers is no text in Vault"),
        ("hidden/milepost#token", r"does not let Milepost read hidden/data/milepost: let its policy read that path"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(hashi, signed_in, place, sentence):
    hashi.put("secret/milepost/numbers", list=["a", "b"])
    with pytest.raises(Missing, match=sentence) as raised:
        signed_in(policies=("secret/*",)).read(in_vault(place))
    assert not isinstance(raised.value, Away) and raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("says", "kind", "sentence"),
    [
        ((500, {"errors": ["internal error"]}), Away, "a problem of its own: see its log"),
        ((502, b"<html>"), Away, "a problem of its own"),
        ((200, b"<html>"), Missing, "What answers at MILEPOST_VAULT_ADDRESS is no Vault"),
        ((200, []), Missing, "is no Vault"),
        ((200, {"data": {"token": "of version one of the engine"}}), Missing, "is no secrets engine KV version 2"),
        ((400, [1]), Missing, "is no Vault"),
        ((400, {"errors": ["missing client token"]}), Missing, "refuses the request as wrong"),
    ],
)
def test_answers_that_are_none(hashi, signed_in, says, kind, sentence):
    client = signed_in()
    client.read(in_vault("secret/milepost/github#token"))
    hashi.put("secret/another", token="of another place in it")
    hashi.says = says
    with pytest.raises(Missing, match=sentence) as raised:
        client.read(in_vault("secret/another#token"))
    assert type(raised.value) in (kind, vault._Refused)


def kept(data, version: object = 1, made: object = "2026-02-25T00:00:00Z") -> dict:
    return {"data": {"data": data, "metadata": {"version": version, "created_time": made}}}


@pytest.mark.parametrize(
    "said",
    [
        kept(["token"]), kept("a token"), kept(5), kept({"token": "x"}, float("inf")), kept({"token": "\ud800"}),
        kept({"token": "x"}, made="0001-01-01T00:00:00"), b"[" * 100_000,
    ],
)  # fmt: skip
def test_whatever_answers_instead_of_a_secret_is_one_sentence(hashi, signed_in, said):
    client = signed_in()
    client.read(PLACE)
    hashi.put("secret/another", token="of another place in it")
    hashi.says = (200, said)
    with pytest.raises(Missing):
        client.read(in_vault("secret/another#token"))


@pytest.mark.parametrize("said", [{}, {"auth": ["x"], "data": 5}, {"auth": {}, "data": None}])
@pytest.mark.parametrize("auth", ["token", "approle"])
def test_whatever_answers_to_signing_in_is_one_sentence(hashi, signed_in, said, auth):
    given = {"MILEPOST_VAULT_AUTH": auth, "MILEPOST_VAULT_ROLE_ID": "x", "MILEPOST_VAULT_SECRET_ID": "y",
             "MILEPOST_VAULT_TOKEN": "z"}  # fmt: skip
    hashi.says = (200, said)
    with pytest.raises(Missing):
        signed_in(**given).read(PLACE)


def test_whatever_answers_to_renewing_is_one_sentence(hashi, signed_in):
    client = signed_in(MILEPOST_VAULT_TOKEN=hashi.token(ttl=3600))
    client.read(PLACE)
    hashi.advance(2400)
    hashi.says = (200, {"auth": None})
    with pytest.raises(Missing, match="is no Vault"):
        client.tend()


def test_a_lease_of_any_length_is_taken(hashi, signed_in):
    lasts = {"client_token": hashi.token(), "lease_duration": 10**400}
    hashi.says = (200, {"auth": lasts, **kept({"token": "x"})})
    client = signed_in(**ROLE, MILEPOST_VAULT_SECRET_ID=hashi.approle())
    assert client.read(PLACE) == ("x",) and client.tend() > 86_400


def test_an_answer_that_is_huge_is_not_read_to_its_end(hashi, signed_in, monkeypatch):
    monkeypatch.setattr(vault, "LARGEST", 1 << 16)
    hashi.says = (200, kept({"token": "x" * (1 << 20)}))
    with pytest.raises(Away, match="does not answer"):
        signed_in().read(PLACE)


def test_an_answer_that_drips_is_given_up(hashi, signed_in, monkeypatch):
    monkeypatch.setattr(vault, "WHOLE", 0)
    with pytest.raises(Away, match="does not answer"):
        signed_in().read(PLACE)


def test_a_vault_that_is_not_there(signed_in, hashi, monkeypatch):
    monkeypatch.setenv("MILEPOST_VAULT_TOKEN", "something")
    with pytest.raises(Away, match="Vault does not answer: check MILEPOST_VAULT_ADDRESS"):
        vault.Client(Settings("http://127.0.0.1:9", "token")).read(PLACE)


def test_a_redirect_takes_no_token_elsewhere(hashi, signed_in):
    with running(Vault()) as other:
        client = signed_in()
        hashi.redirects = other.url
        with pytest.raises(Missing, match="sends elsewhere: name the Vault itself"):
            client.read(PLACE)
        assert other.asked == []


def test_a_token_that_is_unknown(hashi, signed_in):
    with pytest.raises(Missing, match="or give it a token that is good"):
        signed_in(MILEPOST_VAULT_TOKEN="hvs.unknown").read(PLACE)


def test_neither_token_nor_secret_is_logged(hashi, signed_in, caplog):
    caplog.set_level(logging.DEBUG)
    client = signed_in(**ROLE, MILEPOST_VAULT_SECRET_ID=hashi.approle())
    client.read(PLACE)
    hashi.is_sealed = True
    hashi.advance(vault.FRESH)
    assert client.read(PLACE)
    hashi.tokens.clear()
    assert any("sealed" in each for each in caplog.messages)  # `tests.tokens` looks through all of them
