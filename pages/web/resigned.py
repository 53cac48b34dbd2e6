"""While the secret that signs cookies is replaced: cookies signed with the one before are as good as those of the new
one, so that nobody is signed out. Streamlit itself knows one secret.
"""

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

from data import openid

HOST = "__Host-"  # before the name of a cookie outside of this process; what is signed is the name without it
_MOST = 50  # cookies of a request that are looked at


class Resigned:
    """Pure ASGI, before everything that reads cookies: hands on each with a signature of the present secret."""

    def __init__(self, app, settings: openid.Settings):
        self.app, self.settings = app, settings

    async def __call__(self, scope, receive, send):
        if scope["type"] in ("http", "websocket"):
            headers = [(name, self._line(value) if name == b"cookie" else value) for name, value in scope["headers"]]
            scope = {**scope, "headers": headers}
        await self.app(scope, receive, send)

    def _line(self, sent: bytes) -> bytes:
        first, rest = sent.split(b";")[:_MOST], sent.split(b";")[_MOST:]
        return b";".join([*map(self._one, first), *rest])

    def _one(self, cookie: bytes) -> bytes:
        name, found, value = cookie.decode("latin-1").strip().partition("=")
        inner = name.removeprefix(HOST)
        if not found or decode_signed_value(self.settings.cookie_secret, inner, value) is not None:
            return cookie
        for secret in self.settings.old_cookie_secrets:
            if (signed := decode_signed_value(secret, inner, value)) is not None:
                return f"{name}=".encode("latin-1") + create_signed_value(self.settings.cookie_secret, inner, signed)
        return cookie
