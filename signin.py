"""The way in for people in shared mode, around Streamlit's own `st.login`: what it leaves open is closed here.

Streamlit's callback puts the claims of the ID token into a signed cookie for 30 days and always returns to the first
page. Here they become a session in the store (`data.sessions`), the cookie holds its key alone, and the browser returns
to the page it came from. Without these settings only this computer is answered, and only by its own name.

Where browsers come by https, every cookie bears a name with `__Host-` outside of this process: a browser takes such a
one from this very host alone, so no neighbour under the same domain can put a session of theirs into somebody's hand.
"""

import json
import logging
import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from time import time
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from data import openid, people, rates, sessions, store, trouble
from gate import MACHINES, header
from pages.ui.registry import BY_PATH
from pages.web.resigned import HOST, Resigned

USER, TOKENS, NEXT = "_streamlit_user", "_streamlit_user_tokens", "milepost_next"
READ_BY_SCRIPTS = "_streamlit_xsrf"  # keeps its name: Streamlit's own script looks for it
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
#: What only those who are signed in are given: uploads, what pages let them download, how the process is doing.
INSIDE = ("/_stcore/upload_file/", "/media/", "/_stcore/metrics", "/_stcore/script-health-check")
PROBLEM = "problem=sign-in"  # what the page asks for when the provider sent nobody
AWAY = "problem=provider"  # and when it does not answer
MOST_STRANGERS = 300  # connections at once, in a process, of people who are not signed in
NEXT_SECONDS = 600  # that signing in may take
_MOST = 3_800  # bytes of a cookie's value, with room for its name and attributes
_LONGEST_NEXT = 2_000
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")

log = logging.getLogger("milepost")


def settings() -> openid.Settings | None:
    """The settings of shared mode, None in local mode. Ends the process with one sentence where they cannot be, or
    where others could connect without signing in."""
    try:
        openid.check_address(config.get_option("server.address"))
        rates.sign_ins()
        return openid.settings()
    except store.Unusable as error:
        raise SystemExit(str(error)) from None


def secrets(found: openid.Settings | None) -> dict:
    """What `st.App` is told of the provider."""
    if found is None:
        return {}
    return {
        "auth": {
            "redirect_uri": f"{found.url}{CALLBACK}",
            "cookie_secret": found.cookie_secret,
            "client_id": found.client_id,
            "client_secret": found.client_secret,
            "server_metadata_url": found.metadata_url,
            "client_kwargs": {"scope": found.scopes, "prompt": "select_account"},
        }
    }


def middleware(found: openid.Settings | None) -> list[Middleware]:
    """What stands before the pages; also tells Streamlit under which name it is reached."""
    if found is None:
        return [Middleware(ThisComputer)]
    # The state of a sign-in under way is signed with this one before the secrets above are known to Streamlit.
    config.set_option("server.cookieSecret", found.cookie_secret)
    config.set_option("server.allowedHosts", [*config.get_option("server.allowedHosts"), found.host])
    config.set_option("server.corsAllowedOrigins", [found.url])
    before = [Middleware(Resigned, settings=found)] if found.old_cookie_secrets else []
    return [*before, Middleware(Guarded, settings=found)]


def safe_next(text: str) -> str:
    """The path and query where a browser may be sent: a page of ours, else the first page."""
    path, _, query = text.partition("?")
    if len(text) > _LONGEST_NEXT or not path.startswith("/") or path[1:] not in BY_PATH or not _QUERY.fullmatch(query):
        return "/"
    kept = "&".join(each for each in query.split("&") if each and not each.startswith("problem="))
    return f"{path}?{kept}" if kept else path


def _asking(place: str, what: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}{what}"


class ThisComputer:
    """Pure ASGI, local mode: answers connections inside this computer only, however the server was started, and pages
    only where they are asked for by a name of this computer: a page of another site may let its own name lead here."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        here = (scope.get("server") or ("localhost", 0))[0]
        if not openid.is_loopback(here) and re.search(r"^[\d.]+$|:", here):
            text = "Milepost is not set up for sign-in, so it answers on its own computer only: see docs/sign-in.md."
        elif (host := header(scope, b"host")) and not is_host_allowed(host) and not scope["path"].startswith(MACHINES):
            text = "Open Milepost at localhost: it is not set up to be reached by another name."
        else:
            state = {**scope.get("state", {}), "this_computer": openid.is_loopback(here)}
            return await self.app({**scope, "state": state}, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        await PlainTextResponse(text, status_code=403)(scope, receive, send)


class Guarded:
    """Pure ASGI, shared mode: see the top of this file."""

    def __init__(self, app, settings: openid.Settings):
        self.app, self.settings = app, settings
        self.strangers = 0  # whose pages are connected

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        scope = self.inside(scope)
        if scope["type"] == "websocket":
            return await self._connect(scope, receive, send)
        path, change = scope["path"], None
        if path in (LOGIN, LOGOUT) and not self._is_own(scope):
            # A link or picture elsewhere signs nobody out.
            return await RedirectResponse("/", status_code=303)(scope, receive, send)
        if path in (LOGIN, CALLBACK) and (wait := await self._wait(rates.sign_ins(), scope, path)):
            text = f"Too many people sign in from where you are at this moment: try again in {wait} s."
            headers = {"retry-after": str(wait), "cache-control": "no-store"}
            return await PlainTextResponse(text, status_code=429, headers=headers)(scope, receive, send)
        if path == LOGIN:
            change = self._remember
        elif path == CALLBACK:
            change = self._arrive
        elif path == LOGOUT:
            await run_in_threadpool(sessions.end, scope["state"]["sign_in"])
        elif path.startswith(INSIDE) and not await run_in_threadpool(self._is_known, scope):
            return await PlainTextResponse("Sign in first.", status_code=403)(scope, receive, send)
        await self.app(scope, receive, self._sending(scope, send, change))

    def inside(self, scope) -> dict:
        """The same request as everything inside of this process sees it: cookies under the names that Streamlit gave
        them, those alone that this host has set; and the key of the session, for `pages.web.whom`."""
        found, sent = {**scope}, header(scope, b"cookie")
        if self.settings.is_secure and sent:
            kept = {}
            for name, value in _cookies(sent).items():
                if name.startswith(HOST) or name == READ_BY_SCRIPTS:
                    kept[name.removeprefix(HOST)] = value
            rest = [each for each in scope["headers"] if each[0] != b"cookie"]
            line = "; ".join(f"{name}={value}" for name, value in kept.items())
            found["headers"] = [*rest, (b"cookie", line.encode("latin-1"))] if line else rest
        found["state"] = {**scope.get("state", {}), "sign_in": self.key(found) if sent else None}
        return found

    async def _connect(self, scope, receive, send) -> None:
        """A websocket, of a page of ours. Strangers need one to be shown the way in, and get so many at once."""
        if header(scope, b"origin") != self.settings.url:  # a page of another site, or no browser
            return await send({"type": "websocket.close", "code": 1008})
        if await run_in_threadpool(self._is_known, scope):
            return await self.app(scope, receive, send)
        if self.strangers >= MOST_STRANGERS or await self._wait(rates.CONNECTIONS, scope):
            return await send({"type": "websocket.close", "code": 1013})
        self.strangers += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.strangers -= 1

    async def _wait(self, rate: rates.Rate, scope, *what: str) -> int:
        """Seconds until whoever asks may, 0 when now."""
        near = rates.address((scope.get("client") or (None,))[0])
        return await run_in_threadpool(rates.take, rate, " ".join((*what, near)))

    def _is_own(self, scope) -> bool:
        """Whether a browser says that the way here began on a page of ours, or in its address bar."""
        if site := header(scope, b"sec-fetch-site"):
            return site in ("same-origin", "none")
        came = urlsplit(header(scope, b"referer"))
        return f"{came.scheme}://{came.netloc}" == self.settings.url

    def key(self, scope) -> str | None:
        """Of the session whose cookie came `inside`; signed by us, which says nothing about whether it goes on."""
        return self._claims(_cookies(header(scope, b"cookie"))).get("sign_in")

    def _claims(self, cookies: dict[str, str]) -> dict:
        def one(name: str) -> bytes | None:
            return decode_signed_value(self.settings.cookie_secret, name, cookies.get(name, ""))

        try:
            found = json.loads(get_cookie_with_chunks(one, USER) or "{}")
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}

    def _is_known(self, scope) -> bool:
        try:
            return sessions.who(scope["state"]["sign_in"]).is_active
        except people.Unknown:
            return False

    def _sending(self, scope, send, change):
        """A `send` that changes the answer on its way, once, and marks every cookie for https and this host alone."""
        replaced = None

        async def sending(message):
            nonlocal replaced
            if replaced:
                return
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                if change:
                    headers, replaced = await change(scope, message["status"], headers)
                if replaced:
                    return await replaced(scope, None, send)
                message = {**message, "headers": [self._marked(*each) for each in headers]}
            await send(message)

        return sending

    def _marked(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if not self.settings.is_secure or name.lower() != b"set-cookie":
            return name, value
        if b"; secure" not in value.lower():
            value += b"; Secure"
        return name, value if _named(value) == READ_BY_SCRIPTS else HOST.encode() + value

    async def _remember(self, scope, status: int, headers: list) -> tuple[list, Response | None]:
        """On the way to the provider: which page it began on, as the browser says (we let it say so to ourselves).
        Where the provider does not answer, the page says so."""
        came = urlsplit(header(scope, b"referer"))
        place = "/"
        if f"{came.scheme}://{came.netloc}" == self.settings.url:
            place = safe_next(came.path + (f"?{came.query}" if came.query else ""))
        if status >= 400:
            return headers, RedirectResponse(_asking(place, AWAY), 303, headers={"cache-control": "no-store"})
        return [*headers, *_cookie(NEXT, quote(place, safe=""), NEXT_SECONDS)], None

    async def _arrive(self, scope, status: int, headers: list) -> tuple[list, Response | None]:
        """Back from the provider: a session instead of claims, and the page where it began instead of the first."""
        sent = _cookies(header(scope, b"cookie"))
        place = safe_next(unquote(sent.get(NEXT, "")))
        claims = self._claims(_set_cookies(headers))
        ours = [*_cookie(NEXT, "", 0), (b"cache-control", b"no-store")]
        kept = [(name, value) for name, value in headers if name.lower() not in (b"location", b"set-cookie")]
        rest = [each for each in headers if each[0].lower() == b"set-cookie"]
        if not claims:  # refused, given up, come too late, or just signed out
            if re.search(rb"(^|&)(state|error|code)=", scope["query_string"]):
                place = _asking(place, PROBLEM)
            return [*kept, *rest, *ours, (b"location", place.encode())], None
        token = self._token(_set_cookies(headers))
        try:
            openid.check_signed(token)
            begun = await run_in_threadpool(sessions.begin, claims, self.settings, scope["state"]["sign_in"])
        except openid.NotSignedIn as error:
            log.warning("a sign-in was refused: %s", error)
            return [*kept, *ours, *_cookie(USER, "", 0), (b"location", f"/?{PROBLEM}".encode())], None
        except Exception as error:
            log.exception("a sign-in could not be saved")
            text = trouble.sentence(error) or "Your sign-in could not be saved: try again in a minute."
            return headers, PlainTextResponse(text, status_code=503, headers={"cache-control": "no-store"})
        rest = [each for each in rest if not _named(each[1]).startswith(USER)]
        left = max(int(begun.ends - time()), 1)
        mine = {"is_logged_in": True, "sign_in": begun.key, "provider": "default", "origin": self.settings.url}
        ours += self._signed(USER, mine, left)
        # With the ID token the provider knows whom to sign out; where it is too long, the provider asks.
        ours += self._signed(TOKENS, {"id_token": token}, left)
        return [*kept, *rest, *ours, (b"location", place.encode())], None

    def _token(self, cookies: dict[str, str]) -> str:
        """The ID token in cookies of Streamlit's, "" without one."""

        def one(name: str) -> bytes | None:
            return decode_signed_value(self.settings.cookie_secret, name, cookies.get(name, ""))

        try:
            found = json.loads(get_cookie_with_chunks(one, TOKENS) or "{}").get("id_token")
        except (ValueError, AttributeError):
            found = None
        return found if isinstance(found, str) else ""

    def _signed(self, name: str, value: dict, seconds: int) -> list:
        signed = create_signed_value(self.settings.cookie_secret, name, json.dumps(value)).decode()
        return _cookie(name, signed, seconds) if len(signed) <= _MOST else _cookie(name, "", 0)


def _cookies(sent: str) -> dict[str, str]:
    """Each cookie on its own: one that cannot be read takes no other with it. Of two of a name the first counts."""
    pairs = [each.strip().partition("=") for each in sent.split(";")]
    return {name: value for name, found, value in reversed(pairs) if found}


def _set_cookies(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found = {}
    for name, value in headers:
        if name.lower() == b"set-cookie":
            try:
                found |= {key: one.value for key, one in SimpleCookie(value.decode("latin-1")).items() if one.value}
            except CookieError:
                continue
    return found


def _named(value: bytes) -> str:
    return value.partition(b"=")[0].decode("latin-1")


def _cookie(name: str, value: str, seconds: int) -> list[tuple[bytes, bytes]]:
    text = f"{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}"
    return [(b"set-cookie", text.encode())]
