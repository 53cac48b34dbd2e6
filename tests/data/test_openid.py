import base64
import json
import math

import pytest

from data import openid, store
from data.openid import Grant

GOOD = {
    "MILEPOST_URL": "https://milepost.example",
    "MILEPOST_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    "MILEPOST_OIDC_CLIENT_ID": "milepost",
    "MILEPOST_OIDC_CLIENT_SECRET": "of the client",
    "MILEPOST_COOKIE_SECRET": "c" * 32,
    "MILEPOST_ADMINISTRATOR": "ann@acme.example",
}


@pytest.fixture
def given(monkeypatch):
    """Sets the environment to a good one with these differences, and reads it."""

    def read(**changed: str) -> openid.Settings | None:
        for name, value in (GOOD | {f"MILEPOST_{name}": value for name, value in changed.items()}).items():
            monkeypatch.setenv(name, value)
        return openid.settings()

    return read


def told(**changed: object) -> openid.Person:
    claims = {"iss": "https://id.example", "sub": "7", "exp": 2_000_000_000, "name": "Ann", **changed}
    return openid.person({name: value for name, value in claims.items() if value is not None})


def test_without_settings_it_is_local_mode(monkeypatch):
    monkeypatch.setenv("MILEPOST_URL", "https://milepost.example")  # may be told for other reasons
    assert (openid.is_shared(), openid.settings()) == (False, None)


def test_the_whole_of_it_is_shared_mode(given):
    found = given(OIDC_GROUPS_CLAIM="roles", SESSION_HOURS="0.5")
    assert (found.url, found.host, found.is_secure) == ("https://milepost.example", "milepost.example", True)
    assert (found.groups_claim, found.grace, found.scopes) == ("roles", 1800, "openid email profile")
    assert "of the client" not in repr(found) and "ccc" not in repr(found)


@pytest.mark.parametrize("name", GOOD)
def test_half_of_it_is_refused_with_what_is_missing(given, name):
    with pytest.raises(store.Unusable, match=f"set {name} too"):
        given(**{name.removeprefix("MILEPOST_"): " "})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "http://milepost.example"),
        ("URL", "https://milepost.example/portal"),
        ("URL", "https://ann:secret@milepost.example"),
        ("URL", "https://milepost.example:port"),
        ("URL", "milepost.example"),
        ("URL", "https://milepost.example,evil.example"),
        ("OIDC_METADATA_URL", "http://id.example/.well-known/openid-configuration"),
        ("OIDC_METADATA_URL", "file:///etc/passwd"),
        ("COOKIE_SECRET", "short"),
        ("COOKIE_SECRET", "file:/no/such/file"),
        ("ADMINISTRATOR", "ann"),
        ("ADMINISTRATOR", "group:"),
        ("OIDC_SCOPES", "email"),
        ("SESSION_HOURS", "-1"),
        ("SESSION_HOURS", "nan"),
        ("SESSION_HOURS", "soon"),
        ("GROUPS", "devs: owner"),
        ("GROUPS", "devs: member of"),
        ("GROUPS", "devs: [leader, {a: b}]"),
        ("GROUPS", "- devs"),
        ("GROUPS", "{"),
        ("GROUPS", "devs: leader\ndevs: admin"),
        ("GROUPS", "devs: !!python/object/apply:os.system [id]"),
        ("GROUPS", "devs:"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_without_the_secret(given, name, value):
    with pytest.raises(store.Unusable) as refused:
        given(**{name: value})
    assert f"MILEPOST_{name}" in str(refused.value) and "of the client" not in str(refused.value)
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Milepost.Example/", "https://milepost.example"),
        ("https://milepost.example:443", "https://milepost.example"),
        ("https://milepost.example:8443", "https://milepost.example:8443"),
        ("http://localhost:8501", "http://localhost:8501"),
        ("http://[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_the_url_is_the_origin_that_browsers_send(given, url, origin):
    assert given(URL=url).url == origin


def test_secrets_and_groups_may_lie_in_files(given, tmp_path):
    (tmp_path / "secret").write_text("f" * 40 + "\n")
    (tmp_path / "groups.yml").write_text('"0017": leader\n1e5: admin\ndevs: [member of Pay & Co, team_lead of B]\n')
    found = given(COOKIE_SECRET=f"file:{tmp_path}/secret", GROUPS=f"file:{tmp_path}/groups.yml")
    assert found.cookie_secret == "f" * 40
    assert found.groups == {
        "0017": (Grant("leader"),),
        "1e5": (Grant("admin"),),
        "devs": (Grant("member", "Pay & Co"), Grant("team_lead", "B")),
    }


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("10.0.0.7", False),
        ("milepost.example", False),
        (None, False),
    ],
)
def test_others_are_let_connect_only_where_they_must_sign_in(given, monkeypatch, address, own):
    if own:
        openid.check_address(address)
    else:
        with pytest.raises(store.Unusable, match="without sign-in"):
            openid.check_address(address)
    given()
    openid.check_address(address)


def test_a_person_is_issuer_and_subject():
    found = told(email="ann@acme.example", email_verified=True, groups=["a", "b"])
    assert found == openid.Person(
        "https://id.example", "7", "Ann", "ann@acme.example", frozenset({"a", "b"}), 2_000_000_000
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "a\nb"},
        {"iss": None},
        {"iss": "local"},
        {"exp": None},
        {"exp": "2000000000"},
        {"exp": True},
        {"exp": math.nan},
        {"exp": 1e300},
    ],
    ids=str,
)
def test_a_token_that_does_not_say_whose_and_until_when_lets_nobody_in(changed):
    with pytest.raises(openid.NotSignedIn):
        told(**changed)


@pytest.mark.parametrize(
    ("verified", "kept"), [(True, True), ("true", True), (False, False), (None, False), (1, False)]
)
def test_an_email_address_counts_only_when_it_is_verified(verified, kept):
    assert (told(email="ann@acme.example", email_verified=verified).email is not None) is kept


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        (None, set()),
        ("leads", {"leads"}),
        ("a,b", {"a,b"}),
        ([], set()),
        (["a", 7, None, ["b"], {"c": 1}, ""], {"a"}),
        ({"leads": True}, set()),
        (7, set()),
        (True, set()),
        ([f"g{number}" for number in range(10_000)], {f"g{number}" for number in range(10_000)}),
    ],
    ids=["none", "one", "with a comma", "empty", "odd ones", "a table", "a number", "yes", "many"],
)
def test_groups_of_any_kind_are_read_or_are_none(groups, found):
    assert told(groups=groups).groups == found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann <b>Archer</b>", "Ann <b>Archer</b>"),  # pages show it as it stands
        ("Ann\r\n\tArcher\x1b[31m", "Ann Archer [31m"),
        ("\u202eevil", "evil"),
        ("x" * 500, "x" * 80),
        ("  ", "ann"),
        (None, "ann"),
        (["a"], "ann"),
    ],
)
def test_names_are_one_line_of_what_can_be_seen(name, shown):
    assert told(name=name, preferred_username="ann").name == shown


def test_roles_come_from_groups_and_from_being_the_administrator(given):
    found = given(GROUPS='{"leads": "leader", "pay": ["member of Payments", "coach"]}')
    assert found.grants(told(groups=["pay", "unknown"])) == {Grant("member", "Payments"), Grant("coach")}
    assert found.grants(told(email="Ann@Acme.example", email_verified=True)) == {Grant("admin")}
    assert found.grants(told(email="ann@acme.example")) == set()
    by_group = given(ADMINISTRATOR="group: ops")
    assert by_group.grants(told(groups="ops")) == {Grant("admin")}
    assert by_group.grants(told(groups=["group:ops"])) == set()


def head(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=") + ".e30.c2ln"


@pytest.mark.parametrize(
    "token",
    ["", "x", "é.a.b", "....", head({"alg": "none"}), head({"alg": "None"}), head({"alg": "HS256"}), head({}),
     head([]), head({"alg": ["RS256"]}), head({"alg": None})],
)  # fmt: skip
def test_a_token_without_a_signature_of_the_provider_is_none(token):
    with pytest.raises(openid.NotSignedIn, match="not signed"):
        openid.check_signed(token)


@pytest.mark.parametrize("algorithm", ["RS256", "ES384", "PS512", "EdDSA"])
def test_a_signature_of_the_provider_is_one_with_a_key_of_its_own(algorithm):
    openid.check_signed(head({"alg": algorithm}))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"aud": "milepost"}, True),
        ({"aud": ["milepost"]}, True),
        ({"aud": ["other", "milepost"], "azp": "milepost"}, True),
        ({"aud": "other", "azp": "milepost"}, False),
        ({"aud": ["other"], "azp": "milepost"}, False),
        ({"aud": "milepost", "azp": "other"}, False),
        ({"aud": "milepost2"}, False),
        ({"aud": {"milepost": 1}}, False),
        ({"aud": None}, False),
        ({}, False),
    ],
)
def test_a_token_is_for_the_application_that_it_names(said, meant):
    if meant:
        return openid.check_meant(said, "milepost")
    with pytest.raises(openid.NotSignedIn, match="another application"):
        openid.check_meant(said, "milepost")
