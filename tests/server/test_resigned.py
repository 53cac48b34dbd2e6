"""Cookies while the secret that signs them is replaced."""

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

import signin
from data import openid
from pages.web.resigned import Resigned
from tests import provider
from tests.loop import in_a_loop
from tests.server.test_sign_in import URL, Browser, issuer, shared  # noqa: F401 (fixtures)

OLD, NEW, OTHER = "o" * 32, "n" * 32, "x" * 32
SETTINGS = openid.Settings(URL, "", "", "", NEW, "", old_cookie_secrets=(OLD,))


def seen(line: str, kind: str = "http") -> str:
    """The header Cookie as what comes after sees it."""
    found = {}

    async def app(scope, receive, send):
        found.update(scope["headers"])

    scope = {"type": kind, "headers": [(b"host", b"x"), (b"cookie", line.encode("latin-1"))]}
    in_a_loop(Resigned(app, SETTINGS)(scope, None, None))
    assert found[b"host"] == b"x"
    return found[b"cookie"].decode("latin-1")


def cookie(secret: str, name: str = "_streamlit_user", value: str = "somebody") -> str:
    return f"{name}={create_signed_value(secret, name.removeprefix('__Host-'), value).decode()}"


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("name", ["_streamlit_user", "__Host-_streamlit_user"])
def test_a_cookie_of_the_old_secret_gets_a_signature_of_the_new_one(kind, name):
    rest, _, found = seen(f"a=b; {cookie(OLD, name)}", kind).rpartition("=")
    assert rest in (f"a=b;{name}", f"a=b; {name}")
    assert decode_signed_value(NEW, "_streamlit_user", found) == b"somebody"


@pytest.mark.parametrize(
    "line",
    [
        cookie(NEW),
        cookie(OTHER),
        cookie(OLD)[:-1] + "!",
        cookie(OLD).replace("_streamlit_user=", "_streamlit_user_tokens="),
        "nonsense; =; a; b=\xff",
        "",
    ],
    ids=["new", "unknown", "tampered", "of another name", "nonsense", "empty"],
)
def test_every_other_cookie_stays_as_it_is(line):
    assert seen(line) == line


def test_whoever_is_signed_in_stays_so_until_the_old_secret_is_taken_away(shared, issuer, monkeypatch):  # noqa: F811
    issuer.knows("ann", "Ann Archer", groups=["milepost-admins"])
    before = Browser(shared)
    before.signs_in("ann")

    def upload() -> int:
        after = Browser(signin.settings())
        after.cookies = before.cookies
        return after.get("/_stcore/upload_file/x", "PUT", origin=URL, sec_fetch_site="same-origin").status_code

    monkeypatch.setenv("MILEPOST_COOKIE_SECRET", NEW)
    monkeypatch.setenv("MILEPOST_COOKIE_SECRET_OLD", provider.SECRET)
    assert upload() == 200
    monkeypatch.delenv("MILEPOST_COOKIE_SECRET_OLD")
    assert upload() == 403


def test_an_old_secret_that_is_too_short_is_refused(shared, monkeypatch):  # noqa: F811
    monkeypatch.setenv("MILEPOST_COOKIE_SECRET_OLD", "short")
    with pytest.raises(SystemExit, match="MILEPOST_COOKIE_SECRET have 32 random characters"):
        signin.settings()
