"""GitHub Apps, their installations, and the JSON web tokens by which an App says who it is."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fake_github.access import READ, Token, new_token
from tests.fake_github.call import Call, Problem

if TYPE_CHECKING:
    from tests.fake_github.world import World


@dataclass
class Installation:
    """Where an App may look: all repositories of an account, or those with these ids."""

    id: int
    app: "App"
    account: str
    permissions: dict[str, str]
    repositories: set[int] | None = None
    suspended_at: int | None = None


@dataclass
class App:
    """`private_key` is PEM text, as an App's owner downloads it."""

    id: int
    slug: str
    owner: str
    permissions: dict[str, str]
    private_key: str
    public_key: str
    installations: dict[int, Installation] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return f"Iv23{self.id:016d}"


def new_app(world: "World", slug: str, owner: str, permissions: dict[str, str] | None) -> App:
    """With a fresh key pair of 2048 bits."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    app = App(
        900_000 + len(world.apps), slug, owner, dict(READ if permissions is None else permissions), private, public
    )
    world.user(owner, "Organization")
    world.apps[app.id] = app
    return app


def install(world: "World", app: App, account: str, repositories: set[int] | None) -> Installation:
    world.user(account, "Organization")
    place = Installation(world.ids("installation"), app, account, dict(app.permissions), repositories)
    app.installations[place.id] = place
    return place


def issue_token(
    world: "World", place: Installation, permissions: dict[str, str], repositories: set[int] | None
) -> Token:
    token = new_token(
        "app", place.account, permissions={"metadata": "read", **permissions}, installation=place.id,
        expires_at=world.now() + 3600, repositories=repositories, account=place.account,
    )  # fmt: skip
    world.tokens[token.value] = token
    return token


def checked(world: "World", text: str) -> App:
    """The App that signed a JSON web token; 401 with GitHub's own sentences when it is not good."""
    now = world.now()
    try:
        claims = jwt.decode(text, options={"verify_signature": False})
        header = jwt.get_unverified_header(text)
    except jwt.PyJWTError:
        raise Problem(401, "A JSON web token could not be decoded") from None
    issuer = str(claims.get("iss", ""))
    app = next((app for app in world.apps.values() if issuer in (str(app.id), app.client_id)), None)
    if app is None or header.get("alg") != "RS256":
        raise Problem(401, "A JSON web token could not be decoded")
    try:
        jwt.decode(
            text,
            app.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError:
        raise Problem(401, "A JSON web token could not be decoded") from None
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + 60:
        raise Problem(
            401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued."
        )
    if not isinstance(expires, int) or expires <= now:
        raise Problem(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which "
            "the assertion expires.",
        )
    if expires > now + 660:
        raise Problem(401, "'Expiration time' claim ('exp') is too far in the future")
    return app


def app_of(call: Call) -> App:
    """The App that makes this request."""
    app = call.world.apps.get(int(call.token.login)) if call.token.kind == "jwt" else None
    if app is None:
        raise Problem(401, "A JSON web token could not be decoded")
    return app
