"""The seal on what a backup holds that not everybody who has the file may read."""

from collections.abc import Callable

from cryptography.fernet import InvalidToken, MultiFernet

from data import environment, sealed, store
from data.parcel import MoveError
from data.references import Missing
from data.sealed import KEY, has_key

_MARK = "milepost"


class NotTheKey(MoveError):
    """The key here is not the one that it was sealed with, or there is none."""


def mark() -> tuple[str, Callable[[str], str]]:
    """A text by which the key is known again, and what seals. A key is made where there is none. Raises MoveError."""
    cipher = _cipher()

    def seal(text: str) -> str:
        return cipher.encrypt(text.encode()).decode("ascii")

    return seal(_MARK), seal


def opener(marked: str) -> Callable[[str], str]:
    """What opens whatever was sealed together with that mark, and raises ValueError for what is not whole. Raises
    NotTheKey; never makes a key."""
    if not has_key():
        raise NotTheKey(f"there is no key here, neither in {KEY} nor in {_key_file()}")
    cipher = _cipher()

    def open_(text: str) -> str:
        try:
            return cipher.decrypt(text.encode()).decode()
        except (InvalidToken, ValueError) as error:
            raise ValueError("not sealed with this key") from error

    try:
        right = open_(marked) == _MARK
    except ValueError:
        right = False
    if not right:
        raise NotTheKey(f"the key in {key_place()} is another")
    return open_


def opens(secret: str) -> bool:
    """Whether a stored secret is no sealed one, or opens with the key here."""
    if not secret.startswith("sealed:"):
        return True
    if not has_key():
        return False
    try:
        _cipher().decrypt(secret.removeprefix("sealed:").encode())
    except (MoveError, InvalidToken, ValueError):
        return False
    return True


def key_place() -> str:
    """Where the key is."""
    return KEY if environment.given(KEY) else str(_key_file())


def _key_file():
    return store.place() / "secret.key"


def _cipher() -> MultiFernet:
    try:
        return sealed.cipher()
    except Missing as error:
        raise MoveError(str(error)) from None
