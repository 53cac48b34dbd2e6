"""Secrets that the store holds: each is a reference (see `data.references`) or sealed, never in clear.

The key of the seal lies outside the database: in MILEPOST_SECRET_KEY, else in `secret.key` in MILEPOST_HOME. What was
sealed with the key before it, in MILEPOST_SECRET_KEY_OLD or in that file, opens too, until `reseal` has sealed it anew.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import select

from data import audit, environment, references, settings_table, store
from data.people import Who
from data.references import Missing
from data.tables import Connection, IncidentHook, ReportSubscription

KEY = "MILEPOST_SECRET_KEY"
#: Every column that holds such a secret: a new one belongs here, or a change of the key loses what is in it.
COLUMNS = (
    (Connection, "secret"),
    (IncidentHook, "secret"),
    (IncidentHook, "old_secret"),
    (ReportSubscription, "address"),  # of a chat; that of a mail is none
)
_SEALED = "sealed:"
_LARGEST = 1 << 16  # bytes of a secret
_MAKE = "make one with `python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`"


def is_reference(given: str) -> bool:
    """Whether it says where a secret is, so that only administrators may give it."""
    return given.strip().startswith((*(f"{each}:" for each in references.KINDS), _SEALED))


def keep(given: str, what: str = "token") -> str:
    """What to store for a secret that somebody gave: a reference as it is, once it leads to a secret; anything else
    sealed. what: it is, in words. Raises Missing, Away."""
    given = given.strip()
    if is_reference(given):
        _refuse_ours(given)
        reveal(given)
        return given
    if not given:
        raise Missing(f"Give the {what} first.")
    _checked(given, f"The {what}")
    return _SEALED + cipher().encrypt(given.encode()).decode("ascii")


def reveal(secret: str) -> str:
    """The secret itself, the newest where two are valid. Raises Missing when it is not where it should be, Away when it
    cannot be asked for now."""
    return revealed(secret)[0]


def revealed(secret: str) -> tuple[str, ...]:
    """The secret, and after it the one that was there before, while a rotation takes its time. As `reveal`."""
    if secret.startswith(_SEALED):
        return (_opened(secret.removeprefix(_SEALED)),)
    kind, _, place = secret.partition(":")
    if kind not in references.KINDS:
        raise Missing("A stored secret is no reference and not sealed: store it again.")
    if kind == "file" and not Path(place).is_absolute():
        raise Missing("After file: stands a whole path, from / on.")
    where = {"env": f"The environment variable {place}", "file": f"The file {place}"}.get(kind, secret)
    newest, *before = (each.decode("utf-8", "replace") for each in references.values(secret))
    kept = []
    for each in before:
        with suppress(Missing):
            kept.append(_checked(each, where))
    return (_checked(newest, where), *kept)


def described(secret: str) -> str:
    """Where a stored secret is: "sealed", or the reference."""
    return "sealed" if secret.startswith(_SEALED) else secret


def reseal(who: Who | None) -> tuple[int, tuple[str, ...]]:
    """Seals with the present key whatever was sealed with an older one: everything or, when something goes wrong,
    nothing. Returns how many, and where those stand that no key opens; they stay as they are. For terminals: whoever
    has the keys may."""
    seal, done, lost = cipher(), 0, []
    with store.writing() as session:
        for table, name in COLUMNS:
            column = getattr(table, name)
            for row in session.execute(select(table).where(column.startswith(_SEALED, autoescape=True))).scalars():
                try:
                    new = seal.rotate(getattr(row, name).removeprefix(_SEALED).encode())
                except InvalidToken:
                    number = ", ".join(str(getattr(row, each.name)) for each in table.__table__.primary_key)
                    lost.append(f"{table.__tablename__}:{number}")
                    continue
                setattr(row, name, _SEALED + new.decode("ascii"))
                done += 1
        if done:
            audit.record(session, who, "reseal", "settings", {"sealed_anew": done, "lost": len(lost)})
    return done, tuple(lost)


def _refuse_ours(given: str) -> None:
    """Nobody leads a secret of Milepost itself to where secrets of others are sent. Raises Missing."""
    kind, _, place = given.partition(":")
    if kind == "env" and place in settings_table.OURS:
        raise Missing(f"{place} is a setting of Milepost itself: put the secret into a variable of its own.")
    if kind == "file" and Path(place).resolve() in (_key_path().resolve(), Path("/proc/self/environ").resolve()):
        raise Missing("This file is Milepost's own: put the secret into a file of its own.")


def _opened(sealed: str) -> str:
    try:
        return cipher().decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        if isinstance(error, Missing):
            raise
        raise Missing(
            f"The stored secret was sealed with another key: put that key back ({KEY}, or secret.key in "
            f"MILEPOST_HOME), or store the secret again."
        ) from None


def _checked(text: str, where: str) -> str:
    text = text.strip()
    if not text:
        raise Missing(f"{where} is not set or empty: put the secret there.")
    plain = text.replace("\n", "").replace("\r", "")
    if len(text) > _LARGEST or not plain.isascii() or not plain.isprintable():
        raise Missing(f"{where} holds something that is no token and no key.")
    return text


# The key


def has_key() -> bool:
    """Whether there is one, without making it."""
    return bool(environment.given(KEY)) or _key_path().exists()


def check_key() -> None:
    """Raises Missing for a key that is none."""
    cipher()


def cipher() -> MultiFernet:
    """Seals with the newest key and opens with all. A key is made where there is none. Raises Missing, Away."""
    given = ((name, each) for name in (KEY, f"{KEY}_OLD") for each in environment.secrets(name) if each)
    found = [_fernet(each.decode("utf-8", "replace"), name) for name, each in given]
    path = _key_path()
    if not found:
        return MultiFernet([_fernet(_of_file(path), str(path))])
    if path.exists():  # beside a key that is set it is an older one
        with suppress(Missing):
            found.append(_fernet(_of_file(path), str(path)))
    return MultiFernet(found)


def _fernet(key: str, where: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise Missing(f"{where} holds no key: {_MAKE}.") from None


def _key_path() -> Path:
    return store.place() / "secret.key"


def _of_file(path: Path) -> str:
    if path.exists():
        return path.read_text().strip()
    store.home()
    try:
        made = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)  # whole or not at all, and never over one that is there
        finally:
            made.unlink()
    except FileExistsError:
        pass
    return path.read_text().strip()
