"""How Milepost finds Vault and signs in there. What each means stands in docs/secrets.md."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from data import environment, references
from data.references import Missing

ADDRESS, NAMESPACE, CA = "MILEPOST_VAULT_ADDRESS", "MILEPOST_VAULT_NAMESPACE", "MILEPOST_VAULT_CA"
AUTH, MOUNT = "MILEPOST_VAULT_AUTH", "MILEPOST_VAULT_AUTH_MOUNT"
TOKEN, ROLE_ID, SECRET_ID = "MILEPOST_VAULT_TOKEN", "MILEPOST_VAULT_ROLE_ID", "MILEPOST_VAULT_SECRET_ID"
ROLE, JWT = "MILEPOST_VAULT_ROLE", "MILEPOST_VAULT_SERVICE_ACCOUNT"
GRACE = "MILEPOST_ROTATION_HOURS"
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token"
NEEDED = {"token": (TOKEN,), "approle": (ROLE_ID, SECRET_ID), "kubernetes": (ROLE,)}
NAMES = (ADDRESS, NAMESPACE, CA, AUTH, MOUNT, TOKEN, ROLE_ID, SECRET_ID, ROLE, JWT, GRACE)


@dataclass(frozen=True)
class Settings:
    """auth: token | approle | kubernetes. mount: of the auth method, "" for its usual one. ca: the path of a file,
    "" for those that everybody trusts. grace: seconds that the version before the newest stays valid."""

    address: str
    auth: str
    mount: str = ""
    namespace: str = ""
    ca: str = ""
    grace: float = 24 * 3600


def given() -> tuple[str, ...]:
    """All of it as it stands in the environment."""
    return tuple(map(environment.given, NAMES))


def is_set_up() -> bool:
    return bool(environment.given(ADDRESS))


def settings() -> Settings:
    """Raises Missing with the one thing to mend."""
    found = dict(zip(NAMES, given(), strict=True))
    if not found[ADDRESS]:
        raise Missing(f"There is no Vault yet to read this from: set {ADDRESS} (docs/secrets.md).")
    address = _address(environment.value(ADDRESS))
    auth = found[AUTH].lower() or "token"
    if auth not in NEEDED:
        raise Missing(f"{AUTH} is one of {', '.join(NEEDED)}.")
    for name in NAMES:
        if references.kind(found[name]) == "vault":
            raise Missing(f"{name} cannot be in Vault itself: write env:NAME or file:/path.")
    if missing := [name for name in NEEDED[auth] if not found[name]]:
        raise Missing(f"Sign-in to Vault is set up by half: set {' and '.join(missing)} too (docs/secrets.md).")
    return Settings(
        address=address,
        auth=auth,
        mount=_path(MOUNT, environment.value(MOUNT)),
        namespace=_path(NAMESPACE, environment.value(NAMESPACE)),
        ca=_ca(found[CA]),
        grace=grace(),
    )


def grace() -> float:
    """Seconds that a secret which was just replaced in Vault stays valid. Raises Missing."""
    hours = environment.given(GRACE)
    try:
        found = float(hours) if hours else 24.0
    except ValueError:
        found = -1.0
    if not 0 <= found <= 720:
        raise Missing(f"{GRACE} is a number of hours from 0 to 720.")
    return found * 3600


def service_account() -> str:
    """The token that Kubernetes gives a container, read anew each time: it changes every hour. Raises Missing."""
    where = environment.given(JWT).removeprefix("file:") or SERVICE_ACCOUNT
    return references.of_file(Path(where), 1 << 16).decode("ascii", "replace")


def _address(url: str) -> str:
    about = f"{ADDRESS} is the https address of Vault, such as https://vault.example:8200, without a path."
    try:
        parts = urlsplit(url.rstrip("/"))
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise Missing(about) from None
    near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    plain = parts.path or parts.query or parts.fragment or "@" in parts.netloc or not url.isprintable()
    if (
        not parts.hostname
        or not port_is_right
        or plain
        or not (parts.scheme == "https" or (parts.scheme == "http" and near))
    ):
        raise Missing(f"{about} Without https only for localhost.")
    return f"{parts.scheme}://{parts.netloc}"


def _path(name: str, text: str) -> str:
    found = text.strip("/")
    if found and not all(references.is_part(each) for each in found.split("/")):
        raise Missing(f"{name} is a path of Vault, such as teams/payments.")
    return found


def _ca(text: str) -> str:
    where = text.removeprefix("file:")
    if where:
        references.of_file(Path(where))
    return where
