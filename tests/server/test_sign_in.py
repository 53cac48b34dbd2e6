"""The way in around Streamlit's own: its real routes, a real provider, and an HTTP client in place of a browser."""

import json
import time
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import auth_util, config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

import server
import signin
from data import openid, people, rates, sessions, store
from data.tables import Person, SignIn
from tests import provider
from tests.loop import in_a_loop

URL = "https://milepost.example"
USER, TOKENS, NEXT = (signin.HOST + name for name in (signin.USER, signin.TOKENS, signin.NEXT))  # as browsers have them


@pytest.fixture(scope="module")
def issuer():
    with provider.running() as found:
        yield found


@contextmanager
def configured(environment: dict[str, str], monkeypatch):
    """Shared mode for this process; its settings."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = signin.settings()
    kept = {name: config.get_option(name) for name in ("server.cookieSecret", "server.allowedHosts")}
    monkeypatch.setattr(secrets_singleton, "_secrets", {})
    secrets_singleton.merge_programmatic_secrets(signin.secrets(found))
    yield found
    for name, value in kept.items():
        config.set_option(name, value)
    config.set_option("server.corsAllowedOrigins", [])


@pytest.fixture
def shared(issuer, home, monkeypatch):
    with configured(issuer.settings(URL), monkeypatch) as found:
        yield found


class Browser:
    """What a browser does: keeps cookies, follows redirects, says where it comes from."""

    def __init__(self, found: openid.Settings | None):
        async def page(request):
            return PlainTextResponse("page")

        routes = [*create_auth_routes(""), Route("/{rest:path}", page, methods=["GET", "PUT"])]
        around = [*server.MIDDLEWARE, *signin.middleware(found), *create_streamlit_middleware()]
        self.app = Starlette(routes=routes, middleware=around)
        self.cookies: dict[str, str] = {}
        self.headers: httpx.Headers | None = None

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """One request, no redirect followed; cookies are kept as a browser would."""
        answer = in_a_loop(self._ask(method, path, headers))
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value = rest.split(";")[0].strip('"')
            if "max-age=0" in line.lower() or not value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def _ask(self, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        sent = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
            return await client.request(method, path, headers=sent | named)

    def to_provider(self, begin: str = f"{URL}/delivery?service=7") -> str:
        """Presses *Sign in* on that page; the address at the provider."""
        answer = self.get(f"/auth/login?provider={self.provider_token}", referer=begin, sec_fetch_site="same-origin")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def signs_in(self, subject: str, begin: str = f"{URL}/delivery?service=7") -> httpx.Response:
        """The whole way; the answer that lets the person in."""
        back = httpx.post(self.to_provider(begin), data={"sub": subject}).headers["location"]
        assert back.startswith(f"{URL}/oauth2callback?"), back
        return self.get(back.removeprefix(URL))

    @property
    def provider_token(self) -> str:
        """What the button of the sign-in page sends along."""
        return auth_util.encode_provider_token("default")

    @property
    def who(self) -> people.Who:
        return sessions.who(self.key)

    @property
    def key(self) -> str | None:
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        guard = signin.Guarded(None, signin.settings())
        return guard.inside({"headers": [(b"cookie", sent.encode("latin-1"))]})["state"]["sign_in"]


@pytest.fixture
def browser(shared):
    return Browser(shared)


def test_the_way_in_leads_back_to_where_it_began_and_the_cookie_holds_a_key_only(browser, issuer):
    issuer.knows("ann", "Ann Archer", groups=["milepost-admins"], email="ann@acme.example", email_verified=True)
    answer = browser.signs_in("ann")
    assert (answer.status_code, answer.headers["location"]) == (302, "/delivery?service=7")
    assert {role for _, role in browser.who.organization_roles} == {"admin"}
    payload = json.loads(signin.decode_signed_value(provider.SECRET, signin.USER, browser.cookies[USER]))
    assert payload.keys() == {"is_logged_in", "sign_in", "provider", "origin"} and payload["origin"] == URL
    assert NEXT not in browser.cookies
    with store.reading() as session:
        row = session.execute(select(Person)).scalar_one()
    assert (row.provider, row.subject, row.email) == (issuer.url, "ann", "ann@acme.example")


def test_every_cookie_is_for_https_and_not_for_scripts(browser, issuer):
    issuer.knows("ann")
    lines = browser.signs_in("ann").headers.get_list("set-cookie")
    assert len(lines) > 2
    for line in lines:
        assert "; secure" in line.lower() and "samesite=lax" in line.lower() and "httponly" in line.lower(), line
    (lived,) = [line for line in lines if line.startswith(f"{USER}=")]
    seconds = int(line_value(lived, "Max-Age"))
    assert 9 * 3600 - 60 < seconds <= 9 * 3600, "the token's hour and the grace of eight"


def line_value(line: str, name: str) -> str:
    return dict(part.strip().partition("=")[::2] for part in line.split(";"))[name]


def test_thousands_of_groups_make_no_larger_cookie(browser, issuer):
    issuer.knows("many", groups=[f"a group with a long name, number {number}" for number in range(2_000)])
    answer = browser.signs_in("many")
    assert sum(len(line) for line in answer.headers.get_list("set-cookie")) < 8_000
    assert browser.who.organizations == frozenset()


def test_a_token_larger_than_is_read_lets_nobody_in_and_says_so(browser, issuer):
    """128 KB, by the library that checks its signature."""
    issuer.knows("more", groups=[f"a group with a long name, number {number}" for number in range(10_000)])
    assert "problem=sign-in" in browser.signs_in("more").headers["location"]
    assert USER not in browser.cookies


@pytest.mark.parametrize(
    "begin",
    [
        "https://evil.example/delivery",
        "https://milepost.example.evil.example/delivery",
        "https://milepost.example@evil.example/delivery",
        f"{URL}//evil.example",
        f"{URL}/\\evil.example",
        f"{URL}/%2F%2Fevil.example",
        f"{URL}/unknown",
        f"{URL}/delivery/../../evil",
        "",
    ],
)
def test_a_sign_in_that_began_nowhere_of_ours_leads_to_the_first_page(browser, begin):
    browser.to_provider(begin)
    assert browser.cookies[NEXT] == "%2F"


HOSTILE = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/%2F%2Fevil.example",
    "/%5Cevil.example",
    "/delivery\r\nSet-Cookie: a=b",
    "/delivery?a=b\r\nX: y",
    "/delivery?a=\x00",
    "/delivery?a=b#c",
    "/delivery/",
    "/Delivery",
    "delivery",
    "",
    "/delivery?" + "a" * 3000,
    "/auth/logout",
    "/api/v1/services",
]


@pytest.mark.parametrize("place", HOSTILE, ids=lambda place: repr(place)[:30])
def test_nothing_but_a_page_of_ours_is_led_to(place):
    assert signin.safe_next(place) == "/"


@pytest.mark.parametrize("place", ["/", "/delivery", "/delivery?service=7&environment=production-eu", "/?team=1"])
def test_pages_of_ours_are_led_to(place):
    assert signin.safe_next(place) == place


@pytest.mark.parametrize("place", ["//evil.example", "/\\evil.example", "/delivery\r\nX: y"], ids=repr)
def test_a_cookie_put_in_by_somebody_else_leads_nowhere(browser, issuer, place):
    issuer.knows("ann")
    back = httpx.post(browser.to_provider(), data={"sub": "ann"}).headers["location"]
    browser.cookies[NEXT] = quote(place, safe="")
    answer = browser.get(back.removeprefix(URL))
    assert answer.headers["location"] == "/" and "x" not in answer.headers


def test_somebody_elses_answer_of_the_provider_signs_nobody_in(browser, shared, issuer):
    """Login CSRF: an address with the attacker's own code, opened by the victim."""
    issuer.knows("eve")
    back = httpx.post(Browser(shared).to_provider(), data={"sub": "eve"}).headers["location"]
    answer = browser.get(back.removeprefix(URL), sec_fetch_site="cross-site")
    assert USER not in browser.cookies and answer.headers["location"] == "/?problem=sign-in"
    with store.reading() as session:
        assert session.execute(select(SignIn)).first() is None


def test_an_answer_of_the_provider_counts_once(browser, issuer):
    issuer.knows("ann")
    back = httpx.post(browser.to_provider(), data={"sub": "ann"}).headers["location"].removeprefix(URL)
    kept = dict(browser.cookies)
    browser.get(back)
    browser.cookies = kept
    assert "problem=sign-in" in browser.get(back).headers["location"]
    assert USER not in browser.cookies


def test_who_gives_up_at_the_provider_is_back_where_they_were_and_told(browser):
    back = httpx.post(browser.to_provider(), data={"action": "deny"}).headers["location"]
    place = browser.get(urlsplit(back).path + "?" + urlsplit(back).query).headers["location"]
    assert place == "/delivery?service=7&problem=sign-in"


def test_signing_in_again_changes_the_key_and_ends_the_session_before(browser, issuer):
    issuer.knows("ann")
    browser.signs_in("ann")
    first = dict(browser.cookies)
    browser.signs_in("ann")
    assert browser.cookies[USER] != first[USER]
    browser.cookies = first
    with pytest.raises(people.Unknown):
        _ = browser.who


def test_signing_out_ends_the_session_here_and_at_the_provider(browser, issuer):
    issuer.knows("ann")
    browser.signs_in("ann")
    copied = dict(browser.cookies)
    place = urlsplit(browser.get("/auth/logout", sec_fetch_site="same-origin").headers["location"])
    asked = parse_qs(place.query)
    assert f"{place.scheme}://{place.netloc}" == issuer.url and asked["id_token_hint"]
    assert asked["post_logout_redirect_uri"] == [f"{URL}/oauth2callback"]
    assert USER not in browser.cookies
    assert browser.get("/oauth2callback").headers["location"] == "/", "and back without a complaint"
    browser.cookies = copied
    with pytest.raises(people.Unknown):
        _ = browser.who


@pytest.mark.parametrize(
    "said",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"referer": "https://evil.example/"},
        {"referer": "https://milepost.example.evil.example/"},
        {},
    ],
    ids=str,
)
def test_a_link_on_another_site_signs_nobody_out(browser, issuer, said):
    """Browsers that do not say where a request began say which page had the link, unless that page forbids it."""
    issuer.knows("ann")
    browser.signs_in("ann")
    assert browser.get("/auth/logout", **said).headers["location"] == "/"
    assert browser.who.is_active


@pytest.mark.parametrize("said", [{"sec_fetch_site": "none"}, {"referer": f"{URL}/account"}], ids=str)
def test_our_own_pages_and_the_address_bar_do(browser, issuer, said):
    issuer.knows("ann")
    browser.signs_in("ann")
    browser.get("/auth/logout", **said)
    with pytest.raises(people.Unknown):
        _ = browser.who


def test_too_many_sign_ins_from_one_address_wait(browser, issuer, monkeypatch):
    monkeypatch.setenv("MILEPOST_SIGN_IN_RATE", "2")
    issuer.knows("ann")
    browser.to_provider()
    browser.to_provider()
    refused = browser.get("/auth/login", sec_fetch_site="same-origin")
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 30
    assert "set-cookie" not in refused.headers
    assert [browser.get("/oauth2callback?code=a&state=b").status_code for _ in range(3)] == [302, 302, 429]
    assert browser.get("/delivery").status_code == 200, "pages are not counted"


def test_a_store_that_is_away_lets_nobody_in_and_says_so(browser, issuer, monkeypatch):
    issuer.knows("ann")

    def away(*_, **__):
        raise store.Unusable("The store is away.")

    monkeypatch.setattr(sessions, "begin", away)
    answer = browser.signs_in("ann")
    assert (answer.status_code, answer.text) == (503, "The store is away.")
    assert USER not in browser.cookies


def forged(payload: object, secret: str = provider.SECRET, name: str = signin.USER) -> str:
    return create_signed_value(secret, name, json.dumps(payload)).decode()


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "nonsense",
        forged({"sign_in": "x" * 43}),
        forged({"is_logged_in": True, "sub": "ann"}),
        forged(["sign_in"]),
        forged("chunks-1000000000"),
        forged({"sign_in": {"$ne": ""}}),
        "é" * 10,
    ],
    ids=range(8),
)
def test_a_cookie_that_is_not_of_a_session_is_nobody(browser, cookie):
    browser.cookies = {USER: cookie}
    with pytest.raises(people.Unknown):
        _ = browser.who


@pytest.mark.parametrize("how", ["another secret", "another name", "another letter"])
def test_a_good_key_in_a_cookie_that_is_not_ours_is_nobody(browser, issuer, how):
    issuer.knows("ann")
    browser.signs_in("ann")
    good = browser.cookies[USER]
    payload = json.loads(signin.decode_signed_value(provider.SECRET, signin.USER, good))
    browser.cookies[USER] = {
        "another secret": forged(payload, "x" * 32),
        "another name": forged(payload, name=signin.TOKENS),
        "another letter": ("A" if good[9] != "A" else "B").join((good[:9], good[10:])),
    }[how]
    with pytest.raises(people.Unknown):
        _ = browser.who


def test_nobody_uploads_who_is_not_signed_in(browser, issuer):
    place = "/_stcore/upload_file/session/file"
    ours = {"sec_fetch_site": "same-origin"}
    assert browser.get(place, "PUT", **ours).status_code == 403
    issuer.knows("ann")
    browser.signs_in("ann")
    assert browser.get(place, "PUT", **ours).status_code == 200
    assert browser.get(place, "PUT", sec_fetch_site="cross-site").status_code == 403
    sessions.end(browser.key)
    assert browser.get(place, "PUT", **ours).status_code == 403


@pytest.mark.parametrize("place", ["/media/1234.csv", "/_stcore/metrics"])
def test_what_pages_hand_out_is_for_those_who_are_signed_in(browser, issuer, place):
    assert browser.get(place).status_code == 403
    issuer.knows("ann")
    browser.signs_in("ann")
    assert browser.get(place).status_code == 200
    sessions.end(browser.key)
    assert browser.get(place).status_code == 403


def test_a_session_that_a_neighbour_under_the_same_domain_put_in_is_nobodys(browser, issuer):
    """Session fixation: a cookie of evil.example's own session, set for .example, has no name that only we can set."""
    issuer.knows("eve")
    browser.signs_in("eve")
    browser.cookies = {signin.USER: browser.cookies[USER]}
    with pytest.raises(people.Unknown):
        _ = browser.who
    assert browser.get("/media/1234.csv").status_code == 403


def test_every_cookie_has_a_name_that_only_this_host_can_set(browser, issuer):
    issuer.knows("ann")
    answers = [
        browser.get(urlsplit(browser.to_provider()).path),
        browser.signs_in("ann"),
        browser.get("/auth/logout", sec_fetch_site="none"),
    ]
    lines = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert len(lines) > 5
    for line in lines:
        assert line.startswith("__Host-") and "; path=/;" in f"{line.lower()};" and "domain=" not in line.lower(), line


def test_for_this_computer_alone_cookies_need_no_https(issuer, shared, monkeypatch):
    monkeypatch.setenv("MILEPOST_URL", "http://localhost:8501")
    guard = signin.Guarded(None, signin.settings())
    assert guard._marked(b"set-cookie", b"a=b; Path=/") == (b"set-cookie", b"a=b; Path=/")
    sent = guard.inside({"headers": [(b"cookie", b"a=b")]})
    assert sent["headers"] == [(b"cookie", b"a=b")]


def socket(app, origin: str | None, here: str = "127.0.0.1", cookie: str = "") -> list[dict]:
    """What somebody hears who opens a websocket."""
    heard = []

    async def inner(scope, receive, send):
        await send({"type": "websocket.accept"})

    async def send(message):
        heard.append(message)

    headers = [(b"origin", origin.encode())] if origin else []
    headers += [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers, "server": (here, 8501)}
    in_a_loop(app(inner)(scope, None, send))
    return heard


@pytest.mark.parametrize(
    ("origin", "heard"),
    [
        (URL, "websocket.accept"),
        ("https://evil.example", "websocket.close"),
        ("http://milepost.example", "websocket.close"),
        ("http://localhost:8501", "websocket.close"),
        ("null", "websocket.close"),
        (None, "websocket.close"),
    ],
)
def test_a_websocket_is_for_pages_of_ours(shared, origin, heard):
    assert [message["type"] for message in socket(lambda app: signin.Guarded(app, shared), origin)] == [heard]


def test_strangers_have_so_many_connections_and_whoever_is_signed_in_goes_on(shared, issuer, browser, monkeypatch):
    issuer.knows("ann")
    browser.signs_in("ann")
    monkeypatch.setattr(signin, "MOST_STRANGERS", 1)
    guard = None

    def app(inner):
        nonlocal guard
        guard = signin.Guarded(inner, shared)
        guard.strangers = 1
        return guard

    assert [(message["type"], message.get("code")) for message in socket(app, URL)] == [("websocket.close", 1013)]
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    assert [message["type"] for message in socket(app, URL, cookie=cookie)] == ["websocket.accept"]
    monkeypatch.setattr(signin, "MOST_STRANGERS", 2)
    assert [message["type"] for message in socket(app, URL)] == ["websocket.accept"]
    assert guard.strangers == 1, "who has gone is not counted"


def test_connections_of_strangers_from_one_address_are_counted(shared, monkeypatch):
    monkeypatch.setattr(rates, "CONNECTIONS", rates.Rate("connections", 1, 2))
    heard = [socket(lambda app: signin.Guarded(app, shared), URL)[0]["type"] for _ in range(3)]
    assert heard == ["websocket.accept", "websocket.accept", "websocket.close"]


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("localhost:8501", "/delivery", 200),
        ("127.0.0.1:8501", "/media/a", 200),
        ("[::1]:8501", "/", 200),
        ("evil.example:8501", "/delivery", 403),
        ("evil.example", "/metrics", 403),
        ("evil.example", "/media/a", 403),
        ("localhost.evil.example", "/", 403),
        ("localhost@evil.example", "/", 403),
        ("tunnel.example", "/webhooks/github", 200),
        ("tunnel.example", "/api/v1/services", 200),
        ("tunnel.example", "/api", 403),
    ],
)
def test_a_name_of_another_site_that_leads_to_this_computer_is_told_nothing(host, path, status):
    """DNS rebinding: in local mode whoever asks is the administrator, so the name must be this computer's own. Doors
    for programs ask for a token or a signature whatever the name is."""
    browser = Browser(None)
    assert browser.get(path, host=host).status_code == status


@pytest.mark.parametrize(
    ("here", "answered"), [("127.0.0.1", True), ("::1", True), ("10.0.0.7", False), ("::ffff:10.0.0.7", False)]
)
def test_without_sign_in_only_this_computer_is_answered_however_it_was_started(here, answered):
    heard = socket(signin.ThisComputer, URL, here)
    assert [message["type"] for message in heard] == ["websocket.accept" if answered else "websocket.close"]


def test_whoever_starts_it_by_half_or_open_to_all_is_told_in_one_sentence(monkeypatch, issuer):
    monkeypatch.setenv("MILEPOST_OIDC_CLIENT_ID", "milepost")
    with pytest.raises(SystemExit, match="set up by half: set MILEPOST_URL and"):
        signin.settings()
    monkeypatch.delenv("MILEPOST_OIDC_CLIENT_ID")
    monkeypatch.setattr(config, "get_option", lambda name: "0.0.0.0")  # noqa: S104
    with pytest.raises(SystemExit, match="would be administrator"):
        signin.settings()


def test_the_tokens_of_the_provider_end_when_they_say(home, monkeypatch):
    with provider.running(expires=timedelta(seconds=3)) as issuer:
        for name, value in issuer.settings(URL, MILEPOST_SESSION_HOURS="0").items():
            monkeypatch.setenv(name, value)
        issuer.knows("ann")
        monkeypatch.setattr(secrets_singleton, "_secrets", {})
        secrets_singleton.merge_programmatic_secrets(signin.secrets(signin.settings()))
        browser = Browser(signin.settings())
        browser.signs_in("ann")
        assert browser.who.is_active
        time.sleep(3)
        with pytest.raises(people.Unknown):
            _ = browser.who
