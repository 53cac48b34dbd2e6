"""Who asks for a plain page: the person whose cookie the browser sent, as the middleware of `signin.py` found them; in
local mode the local administrator, on this computer alone. A door without that middleware knows nobody."""

from starlette.requests import Request

from data import openid, people, sessions
from data.people import Unknown, Who


def whom(request: Request) -> Who:
    """Raises Unknown with a sentence."""
    state = request.scope.get("state") or {}
    if openid.is_shared():
        return sessions.who(state.get("sign_in"))
    # A page of another site can make its name resolve to this computer, but not its own Host header to ours.
    if state.get("this_computer") and openid.is_loopback(request.url.hostname or ""):
        return people.local_person()
    raise Unknown("Open this in Milepost: nobody is known here.")
