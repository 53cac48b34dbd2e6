"""What a Vault holds and how it answers, as its API documentation says: the auth methods token, AppRole and
Kubernetes, tokens with a lease that are renewed up to a last end, policies, namespaces, and secrets of KV version 2
with versions that can be deleted. Time passes only when a test says so.

Whatever is secret here is remembered by `tests.tokens`, so that it may stand in no log, answer or file.
"""

import fnmatch
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests import tokens

DENIED = (403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]})
NOTHING = (404, {"errors": []})


@dataclass
class Token:
    text: str
    policies: tuple[str, ...]  # paths that may be read, with wildcards
    namespace: str
    ends: float  # of the clock; infinite: never
    ttl: float
    last: float  # beyond which no renewing leads
    renewable: bool


@dataclass
class Version:
    data: dict
    made: float
    deleted: float | None = None


@dataclass
class Vault:
    """now: seconds since 1970, which grow by `advance` alone. is_sealed, is_busy, redirects: troubles."""

    now: float = 1_772_000_000.0
    ttl: float = 3600.0  # of tokens that signing in gives
    last: float = 4 * 3600.0  # until when they can be renewed
    is_sealed: bool = False
    is_busy: bool = False
    redirects: str = ""
    says: tuple[int, object] | None = None  # instead of everything else
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    ca: str = ""

    def __post_init__(self):
        self._numbers = itertools.count(1)
        self.tokens: dict[str, Token] = {}
        self.roles: dict[tuple[str, str], tuple] = {}  # (mount, role) -> what it asks for, and what it gives
        self.secrets: dict[tuple[str, str, str], list[Version]] = {}

    # Arranging

    def clock(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def token(self, *policies: str, ttl: float = 0, last: float = 0, renewable=True, namespace="") -> str:
        """A new token; ttl 0: for ever."""
        text = tokens.remember(f"hvs.{next(self._numbers):06}.of-a-vault-to-test-against")
        ends = self.now + ttl if ttl else float("inf")
        limit = self.now + last if last else float("inf")
        given = policies or ("*",)
        self.tokens[text] = Token(text, given, namespace, ends, ttl, limit, renewable and bool(ttl))
        return text

    def approle(self, role_id: str = "milepost", mount: str = "approle", policies=("*",), namespace="") -> str:
        """A role; returns a secret id of it."""
        secret_id = tokens.remember(f"secret-id-number-{next(self._numbers):06}")
        self.roles[mount, role_id] = (secret_id, policies, namespace)
        return secret_id

    def kubernetes(self, role: str = "milepost", mount: str = "kubernetes", policies=("*",), namespace="") -> str:
        """A role; returns the token of the service account that it names."""
        jwt = tokens.remember(f"eyJ.service-account-{next(self._numbers):06}.signed")
        self.roles[mount, role] = (jwt, policies, namespace)
        return jwt

    def put(self, place: str, namespace: str = "", **data: object) -> int:
        """Writes a version of a secret at MOUNT/PATH; returns its number."""
        for value in data.values():
            tokens.remember(str(value))
        mount, _, path = place.rpartition("//") if "//" in place else place.partition("/")
        versions = self.secrets.setdefault((namespace, mount, path), [])
        versions.append(Version(data, self.now))
        return len(versions)

    def delete(self, place: str) -> None:
        """The newest version."""
        mount, _, path = place.partition("/")
        self.secrets["", mount, path][-1].deleted = self.now

    def reads(self) -> int:
        return sum("/data/" in path for _, path in self.asked)

    # Answering

    def answer(self, method: str, path: str, query: dict, headers: dict, body: dict) -> tuple[int, object]:
        """Status and JSON."""
        self.asked.append((method, path))
        if self.says:
            return self.says
        if self.is_sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if self.is_busy:
            return 429, {"errors": [f'request path "{path}": rate limit quota exceeded']}
        namespace = headers.get("x-vault-namespace", "").strip("/")
        parts = path.removeprefix("/v1/").split("/")
        if method == "POST" and parts[0] == "auth" and parts[-1] == "login":
            return self._login("/".join(parts[1:-1]), namespace, body)
        mine = self.tokens.get(headers.get("x-vault-token", ""))
        if mine is None or mine.ends <= self.now or mine.namespace != namespace:
            return DENIED
        if parts[:2] == ["auth", "token"]:
            return self._about(mine, parts[2])
        if method != "GET" or "data" not in parts:
            return 405, {"errors": ["unsupported operation"]}
        if not any(fnmatch.fnmatchcase("/".join(parts), each) for each in mine.policies):
            return DENIED
        place = parts.index("data")
        return self._read((namespace, "/".join(parts[:place]), "/".join(parts[place + 1 :])), query.get("version"))

    def _login(self, mount: str, namespace: str, body: dict) -> tuple[int, object]:
        is_approle = "role_id" in body
        role = body.get("role_id" if is_approle else "role")
        known = self.roles.get((mount, role))
        if known is None or known[2] != namespace:
            return 400, {"errors": ["invalid role or secret ID" if is_approle else f'invalid role name "{role}"']}
        if known[0] != body.get("secret_id" if is_approle else "jwt"):
            return (400, {"errors": ["invalid role or secret ID"]}) if is_approle else DENIED
        text = self.token(*known[1], ttl=self.ttl, last=self.last, namespace=namespace)
        return 200, self._shown(auth=self._auth(self.tokens[text]))

    def _about(self, mine: Token, what: str) -> tuple[int, object]:
        if what == "lookup-self":
            left = 0 if mine.ends == float("inf") else int(mine.ends - self.now)
            about = {"ttl": left, "creation_ttl": int(mine.ttl), "renewable": mine.renewable, "type": "service"}
            return 200, self._shown(data={**about, "policies": list(mine.policies)})
        if what == "renew-self" and mine.renewable:
            mine.ends = min(self.now + mine.ttl, mine.last)
            return 200, self._shown(auth=self._auth(mine))
        return 400, {"errors": ["lease is not renewable"]}

    def _read(self, place: tuple[str, str, str], version: str | None) -> tuple[int, object]:
        versions = self.secrets.get(place, [])
        number = int(version or len(versions))
        if not 1 <= number <= len(versions):
            return NOTHING
        found = versions[number - 1]
        about = {
            "created_time": _time(found.made), "custom_metadata": None, "destroyed": False, "version": number,
            "deletion_time": "" if found.deleted is None else _time(found.deleted),
        }  # fmt: skip
        if found.deleted is not None:
            return 404, self._shown(data={"data": None, "metadata": about})
        return 200, self._shown(data={"data": found.data, "metadata": about})

    def _auth(self, mine: Token) -> dict:
        lasts = 0 if mine.ends == float("inf") else int(mine.ends - self.now)
        return {
            "client_token": mine.text, "accessor": "an-accessor", "policies": ["default"],
            "token_policies": ["default"],
            "metadata": {}, "lease_duration": lasts, "renewable": mine.renewable, "entity_id": "", "orphan": True,
            "token_type": "service",
        }  # fmt: skip

    def _shown(self, data: object = None, auth: object = None) -> dict:
        return {
            "request_id": f"{next(self._numbers)}", "lease_id": "", "renewable": False, "lease_duration": 0,
            "data": data, "wrap_info": None, "warnings": None, "auth": auth,
        }  # fmt: skip


def _time(seconds: float) -> str:
    """As Go writes it, with nanoseconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "214Z"
