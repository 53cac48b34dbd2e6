"""Shared mode: how Milepost is told of an OpenID Connect provider, and what the provider says of a person.

Without these settings Milepost is in local mode, for whoever sits at this computer. Half of them is refused. What each
means stands in docs/sign-in.md.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from data import environment, store

URL, METADATA, CLIENT = "MILEPOST_URL", "MILEPOST_OIDC_METADATA_URL", "MILEPOST_OIDC_CLIENT_ID"
CLIENT_SECRET, COOKIE_SECRET = "MILEPOST_OIDC_CLIENT_SECRET", "MILEPOST_COOKIE_SECRET"
ADMINISTRATOR, GROUPS, GROUPS_CLAIM = "MILEPOST_ADMINISTRATOR", "MILEPOST_GROUPS", "MILEPOST_OIDC_GROUPS_CLAIM"
SCOPES, GRACE, CONTACT = "MILEPOST_OIDC_SCOPES", "MILEPOST_SESSION_HOURS", "MILEPOST_CONTACT"
NEEDED = (URL, METADATA, CLIENT, CLIENT_SECRET, COOKIE_SECRET, ADMINISTRATOR)
#: Any of these says that shared mode is meant; MILEPOST_URL alone does not.
_MEANT = (METADATA, CLIENT, CLIENT_SECRET, COOKIE_SECRET, ADMINISTRATOR, GROUPS, GROUPS_CLAIM, SCOPES)

IN_ORGANIZATION = ("admin", "leader", "coach")
IN_TEAM = ("team_lead", "member")
SHORTEST = 32  # characters of the secret that signs cookies
LONGEST_NAME = 80
LONGEST = 24 * 3600  # seconds that a token is believed from when it came, however long it says that it is good
_SIGNED = frozenset({f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)} | {"EdDSA", "Ed25519"})
_LONGEST_ID = 255  # of a subject: OpenID Connect Core 1.0, section 2
_OF_TEAM = re.compile(rf"({'|'.join(IN_TEAM)}) of (\S.*)")


class NotSignedIn(ValueError):
    """What the provider sent lets nobody in; the text is one sentence."""


@dataclass(frozen=True)
class Grant:
    """A role that a group brings. team: its name, None for a role in the organization."""

    role: str
    team: str | None = None


@dataclass(frozen=True)
class Settings:
    """url: the origin people open, as https://milepost.example. administrator: an e-mail address, or group:NAME.
    groups: what each group brings. grace: seconds that a session goes on after the token it began with has expired.
    old_cookie_secrets: what cookies were signed with before, good until they are taken away."""

    url: str
    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)
    administrator: str
    groups: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict, hash=False)
    groups_claim: str = "groups"
    scopes: str = "openid email profile"
    grace: int = 8 * 3600
    old_cookie_secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The name in the URL, without a port."""
        return urlsplit(self.url).hostname or ""

    def grants(self, person: "Person") -> set[Grant]:
        """What the groups of the person bring, and being the administrator that the settings name."""
        found = {grant for group in person.groups for grant in self.groups.get(group, ())}
        group = self.administrator.removeprefix("group:")
        if group != self.administrator:
            named = group in person.groups
        else:
            named = person.email is not None and person.email.casefold() == self.administrator.casefold()
        return found | ({Grant("admin")} if named else set())


@dataclass(frozen=True)
class Person:
    """What a provider vouches for. email: only one that it has verified. expires: seconds since 1970 UTC."""

    issuer: str
    subject: str
    name: str
    email: str | None
    groups: frozenset[str]
    expires: int


# Settings


def is_shared() -> bool:
    """Whether people sign in; otherwise there is the local administrator alone."""
    return any(map(environment.given, _MEANT))


def settings() -> Settings | None:
    """The settings of shared mode, None in local mode. Raises Unusable with the one thing to mend."""
    if not is_shared():
        return None
    names = (*NEEDED, GROUPS, GROUPS_CLAIM, SCOPES, GRACE)
    old = tuple(each.decode("utf-8", "replace") for each in environment.valid(COOKIE_SECRET)[1:])
    return _settings(tuple(environment.value(name) for name in names), old)


def contact() -> str | None:
    """Whom to ask for a role, in the words of whoever runs this; None where nobody was named."""
    said = " ".join(environment.value(CONTACT).split())[:200]
    return said or None


def public_url() -> str | None:
    """The origin under which others reach this, None where it is not told. Raises Unusable."""
    given = environment.value(URL)
    return _origin(given) if given else None


def check_address(address: str | None) -> None:
    """Raises Unusable where others could connect, and nobody would have to sign in. None is every address."""
    if not is_shared() and not is_loopback(address or ""):
        raise store.Unusable(
            f"Milepost does not listen at {address or 'every address'} without sign-in: whoever connects would be "
            f"administrator. Set up sign-in (docs/sign-in.md), or listen at 127.0.0.1."
        )


def is_loopback(address: str) -> bool:
    """Whether an address is this computer's own and nobody else's."""
    if address.lower() == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def is_local_url(url: str) -> bool:
    """Whether an address leads to this computer, wherever it is opened."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


@lru_cache(maxsize=4)
def _settings(given: tuple[str, ...], old: tuple[str, ...]) -> Settings:
    url, metadata, client, client_secret, cookie_secret, administrator, groups, claim, scopes, grace = given
    needed = zip(NEEDED, given[: len(NEEDED)], strict=True)
    if missing := [name for name, value in needed if not value]:
        raise store.Unusable(f"Sign-in is set up by half: set {' and '.join(missing)} too (docs/sign-in.md).")
    if any(len(each) < SHORTEST for each in (cookie_secret, *old)):
        raise store.Unusable(f"Let {COOKIE_SECRET} have {SHORTEST} random characters or more.")
    if "@" not in administrator and not re.fullmatch(r"group:\s*\S.*", administrator):
        raise store.Unusable(f"{ADMINISTRATOR} is an e-mail address, or group: and the name of a group.")
    if scopes and "openid" not in scopes.split():
        raise store.Unusable(f"Name openid among the scopes in {SCOPES}.")
    return Settings(
        url=_origin(url),
        metadata_url=_metadata(metadata),
        client_id=client,
        client_secret=client_secret,
        cookie_secret=cookie_secret,
        administrator=re.sub(r"^group:\s+", "group:", administrator),
        groups=_groups(groups),
        groups_claim=claim or "groups",
        scopes=scopes or "openid email profile",
        grace=_grace(grace),
        old_cookie_secrets=old,
    )


def _origin(url: str) -> str:
    about = f"{URL} is where people open Milepost, such as https://milepost.example: https, without a path."
    try:
        parts = urlsplit(url.rstrip("/"))
        port = parts.port
    except ValueError:
        raise store.Unusable(about) from None
    host = (parts.hostname or "").lower()
    if not _is_safe(parts.scheme, host) or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise store.Unusable(f"{about} Without https only for localhost.")
    name = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{name}{'' if port in (None, usual) else f':{port}'}"


def _metadata(url: str) -> str:
    try:
        parts = urlsplit(url)
        safe = _is_safe(parts.scheme, parts.hostname or "")
    except ValueError:
        safe = False
    if not safe or not url.isprintable():
        raise store.Unusable(
            f"{METADATA} is the https address of the provider's settings; it ends in /.well-known/openid-configuration."
        )
    return url


def _is_safe(scheme: str, host: str) -> bool:
    """Encrypted, or inside this computer."""
    return bool(re.fullmatch(r"[a-z0-9.:-]+", host, re.IGNORECASE)) and (
        scheme == "https" or (scheme == "http" and is_loopback(host))
    )


def _grace(hours: str) -> int:
    try:
        found = float(hours) if hours else 8.0
    except ValueError:
        found = -1.0
    if not 0 <= found <= 720:
        raise store.Unusable(f"{GRACE} is a number of hours from 0 to 720.")
    return round(found * 3600)


def _groups(text: str) -> dict[str, tuple[Grant, ...]]:
    """YAML or JSON: each group with what it brings, one or a list of "admin", "member of Payments"."""
    try:
        # "base" leaves every value a text: the ids of groups may look like numbers.
        found = YAML(typ="base", pure=True).load(text) if text else {}
    except (YAMLError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise store.Unusable(f"{GROUPS} cannot be read: it is YAML or JSON, a line a group, such as  devs: leader")
    return {str(group): tuple(_grant(one) for one in _listed(brings)) for group, brings in found.items()}


def _listed(brings: object) -> list:
    return brings if isinstance(brings, list) else [brings]


def _grant(text: object) -> Grant:
    words = " ".join(text.split()) if isinstance(text, str) else ""
    if words in IN_ORGANIZATION:
        return Grant(words)
    if found := _OF_TEAM.fullmatch(words):
        return Grant(found[1], found[2])
    raise store.Unusable(
        f"In {GROUPS} a group brings one of {', '.join(IN_ORGANIZATION)}, or {' or '.join(IN_TEAM)} of a team, such as "
        f"'member of Payments'; not {words[:60]!r}."
    )


# What the provider says


def person(claims: Mapping, groups_claim: str = "groups") -> Person:
    """The person of an ID token whose signature, issuer and audience were checked.

    The e-mail address is taken only where `email_verified` says so. Groups are a list of texts, or one text: one group.
    Raises NotSignedIn for a token that does not say whose it is and until when.
    """
    issuer, subject, expires = claims.get("iss"), claims.get("sub"), claims.get("exp")
    if not _is_id(issuer) or "://" not in issuer or not _is_id(subject):
        raise NotSignedIn("The provider did not say who this is.")
    if isinstance(expires, bool) or not isinstance(expires, int | float) or not 0 < expires < 1e11:
        raise NotSignedIn("The provider did not say until when this sign-in is good.")
    email = _line(claims.get("email"), 254)
    verified = claims.get("email_verified")
    if "@" not in email or not (verified is True or verified == "true"):
        email = ""
    names = (_line(claims.get(each), LONGEST_NAME) for each in ("name", "preferred_username"))
    name = next((each for each in names if each), "") or email[:LONGEST_NAME] or "Somebody without a name"
    return Person(issuer, subject, name, email or None, _named(claims.get(groups_claim)), int(expires))


def check_meant(claims: Mapping, client_id: str) -> None:
    """Raises NotSignedIn for a token that the provider made for somebody else: the application must be among those it
    is for, which the library that checks signatures does not ask where it is named as the one that was authorised."""
    meant = claims.get("aud")
    if client_id not in (meant if isinstance(meant, list) else [meant]) or claims.get("azp") not in (None, client_id):
        raise NotSignedIn("What the provider sent was made for another application.")


def check_signed(token: str) -> None:
    """Raises NotSignedIn for an ID token without a signature of the provider's own key: one of nobody passes the
    library that checks signatures where the provider says that it may send such."""
    part = token.partition(".")[0]
    try:
        head = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        head = None
    if not isinstance(head, dict) or str(head.get("alg")) not in _SIGNED:
        raise NotSignedIn("What the provider sent is not signed with a key of its own.")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()


def _named(groups: object) -> frozenset[str]:
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, Collection) or isinstance(groups, Mapping):
        return frozenset()
    return frozenset(each for each in groups if isinstance(each, str) and each)


def _line(value: object, longest: int) -> str:
    """One line without what commands a terminal or turns the direction of writing."""
    text = value if isinstance(value, str) else ""
    kept = "".join(letter if letter.isprintable() else " " for letter in text[: longest * 4])
    return " ".join(kept.split())[:longest].strip()
