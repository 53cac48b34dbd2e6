"""Settings that come from the environment: a value, or a reference to where it is (see `data.references`)."""

import os

from data import references
from data.unusable import Unusable


def given(name: str) -> str:
    """What stands in the environment, without the space around it; "" where it is not set."""
    return os.environ.get(name, "").strip()


def value(name: str) -> str:
    """The setting without the space around it, "" where it is not set. Raises Unusable, naming the setting, for a
    reference that leads to nothing that can be read."""
    return _text(secret(name))


def secret(name: str) -> bytes:
    """The same as bytes, whatever they are."""
    return secrets(name)[0]


def secrets(name: str) -> tuple[bytes, ...]:
    """The same, the newest first, and after it what was valid before, where that still counts; (b"",) where it is not
    set."""
    text = given(name)
    match references.kind(text):
        case None:
            return (text.encode(),)
        case "file":
            try:
                return (references.of_file(references.path(text)),)
            except references.Missing:
                raise Unusable(f"The file that {name} names cannot be read: mend {name}.") from None
    try:
        found = references.values(text)
    except references.Missing as error:
        raise type(error)(f"{name}: {error}") from None
    if not found[0]:
        raise references.Missing(f"{name} names {text}, where nothing stands: put the value there, or mend {name}.")
    return found


def valid(name: str) -> tuple[bytes, ...]:
    """What is valid for a setting that proves something, newest first, empty where it is not set: its values, and those
    of the same name with _OLD, which stays good while the others are told of a new one."""
    found = (each for one in (name, f"{name}_OLD") for each in secrets(one))
    return tuple(dict.fromkeys(each for each in found if each))


def _text(found: bytes) -> str:
    return found.decode("utf-8", "replace")
