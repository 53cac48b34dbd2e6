"""Settings that come from the environment: a value, or `file:` and the path of a file that holds it."""

import os
from pathlib import Path

from data import store

_LARGEST = 1 << 20  # bytes of a file


def value(name: str) -> str:
    """The setting without the space around it, "" where it is not set. Raises Unusable for a file that cannot be
    read."""
    given = os.environ.get(name, "").strip()
    if not given.startswith("file:"):
        return given
    return secret(name).decode("utf-8", "replace")


def secret(name: str) -> bytes:
    """The same as bytes, whatever they are."""
    given = os.environ.get(name, "").strip()
    if not given.startswith("file:"):
        return given.encode()
    try:
        with Path(given.removeprefix("file:")).open("rb") as file:
            return file.read(_LARGEST).strip()
    except OSError:
        raise store.Unusable(f"The file that {name} names cannot be read: mend {name}.") from None
