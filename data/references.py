"""Where a secret is, instead of the secret: the same three forms in settings, connections and webhooks.

    env:NAME               a variable in the environment of Milepost
    file:/path             a file, read anew whenever it changes
    vault:MOUNT/PATH#KEY   a key of a secret in Vault's KV version 2; a mount with slashes ends in two: a/b//PATH#KEY

What is found is never kept in the store, never logged and never part of a sentence.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from data.unusable import Unusable

KINDS = ("env", "file", "vault")
LARGEST = 1 << 20  # bytes of a file
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"[^\s#/]{1,200}")
_PART = re.compile(r"[A-Za-z0-9._~@+=:,-]{1,200}")
_MOST_PARTS = 20


class Missing(Unusable):
    """What a reference names is not there, or it names nothing; the text never repeats what was found."""


class Away(Missing):
    """It cannot be asked for at this moment; the same will do later."""


@dataclass(frozen=True)
class InVault:
    """A place in Vault. mount: of a secrets engine KV version 2."""

    mount: str
    path: str
    key: str

    def __str__(self) -> str:
        between = "//" if "/" in self.mount else "/"
        return f"vault:{self.mount}{between}{self.path}#{self.key}"


def kind(text: str) -> str | None:
    """env, file or vault; None for what is no reference. A space after the colon is no reference: `vault: leader` is
    a line of YAML."""
    found, _, place = text.partition(":")
    return found if found in KINDS and place and not place[0].isspace() else None


def check(text: str) -> None:
    """Raises Missing for a reference of another form, whether or not anything is there."""
    _place(text)


def values(text: str) -> tuple[bytes, ...]:
    """What is there, without the space around it; b"" where it is empty. The newest first: of Vault also the version
    before, while a rotation takes its time. Raises Missing, Away."""
    found = _place(text)
    if isinstance(found, InVault):
        from data import vault  # its client takes a fifth of a second to import

        return tuple(each.encode() for each in vault.read(found))
    if isinstance(found, Path):
        return (of_file(found),)
    return (os.environ.get(found, "").strip().encode(),)


def value(text: str) -> bytes:
    """The newest. Raises Missing, Away."""
    return values(text)[0]


def of_file(path: Path, largest: int = LARGEST) -> bytes:
    """Raises Missing for what is no plain file or cannot be read."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Missing(f"The file {path} is none: name a plain file.")
            found = file.read(largest + 1)
    except Missing:
        raise
    except (OSError, ValueError):
        raise Missing(f"The file {path} cannot be read: check its path and who may read it.") from None
    if len(found) > largest:
        raise Missing(f"The file {path} is larger than a secret can be: name the file of the secret alone.")
    return found.strip()


def path(text: str) -> Path:
    """That of a reference `file:`. Raises Missing."""
    place = text.removeprefix("file:")
    if not place.isprintable():
        raise Missing("After file: stands the path of a file.")
    return Path(place)


def _place(text: str) -> str | Path | InVault:
    found, _, place = text.partition(":")
    if kind(text) == "env":
        if not VARIABLE.fullmatch(place):
            raise Missing("After env: stands the name of an environment variable.")
        return place
    if kind(text) == "file":
        return path(text)
    if kind(text) == "vault":
        return in_vault(place)
    raise Missing(f"{found or 'This'}: is no place of secrets: write env:NAME, file:/path or vault:MOUNT/PATH#KEY.")


def in_vault(place: str) -> InVault:
    """What stands after `vault:`. Raises Missing."""
    where, _, key = place.partition("#")
    mount, _, path = where.partition("//") if "//" in where else where.partition("/")
    parts = [*mount.split("/"), *path.split("/")]
    whole = all(map(is_part, parts))
    if not whole or len(parts) > _MOST_PARTS or not _KEY.fullmatch(key):
        raise Missing(
            "After vault: stand the mount of a secrets engine, the path of a secret and, after #, a key of it, such "
            "as vault:secret/milepost/github#token."
        )
    return InVault(mount, path, key)


def is_part(text: str) -> bool:
    """Whether it can stand between two slashes of a path in Vault."""
    return bool(_PART.fullmatch(text) and text.strip("."))
