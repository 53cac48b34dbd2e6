"""What the settings lead to, asked now: whether the database, the queue, Vault, the provider of sign-in and the stored
secrets answer. Each with one sentence where it does not; nothing is changed.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import requests
from sqlalchemy import make_url, select, text

from data import (
    access,
    environment,
    jobs,
    migrations,
    openid,
    people,
    sealed,
    store,
    trouble,
    vault_settings,
)
from data.access import Action
from data.people import Who

SECONDS = (3.05, 5)  # to connect, and between two pieces of an answer
_LARGEST = 1 << 20  # bytes of the provider's settings


def asked(who: Who) -> list[tuple[str, str]]:
    """As `everything`, for a person. Raises Forbidden, NotFound."""
    access.check(who, Action.ADMINISTER, access.of_organization(people.home_organization(who)))
    return everything()


def everything() -> list[tuple[str, str]]:
    """What was asked, and what is wrong with it; "" where it answers."""
    found = [("The database", _problem(_database))]
    if jobs.shared():
        found.append(("The Redis of the queue", _problem(jobs.check_answers)))
    if vault_settings.is_set_up():
        found.append(("Vault", _problem(_vault)))
    if openid.is_shared():
        found.append(("The provider of sign-in", _problem(_provider)))
    if not found[0][1] and _is_there():
        found += [(what, _problem(partial(sealed.reveal, secret))) for what, secret in _kept()]
    return found


def _problem(do: Callable[[], object]) -> str:
    try:
        do()
    except Exception as error:
        sentence = trouble.sentence(error)
        if sentence is None:
            raise
        return sentence
    return ""


def _is_missing() -> bool:
    """Whether there is no file of a store yet, as before the first start; opening it would make it."""
    if not environment.given("DATABASE_URL"):
        return not (store.place() / "milepost.db").exists()
    return store.is_sqlite() and not Path(make_url(store.url()).database).exists()


def _is_there() -> bool:
    """Whether there is a store of the present form."""
    if _is_missing():
        return False
    with store.reading() as session:
        return migrations.current(session.connection()) == migrations.newest()


def _database() -> None:
    if _is_missing():
        return
    with store.reading() as session:
        session.execute(text("SELECT 1"))


def _vault() -> None:
    from data import vault

    vault.client().sign_in()


def _provider() -> None:
    settings = openid.settings()
    name = openid.METADATA
    try:
        with requests.get(settings.metadata_url, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            body = answer.raw.read(_LARGEST, decode_content=True)
            is_there = answer.status_code == 200
    except (requests.RequestException, OSError, ValueError):
        raise store.Unusable(f"The provider does not answer: check {name}, and that it runs.") from None
    try:
        told = json.loads(body) if is_there else None
    except ValueError:
        told = None
    needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if not isinstance(told, dict) or any(not isinstance(told.get(each), str) for each in needed):
        raise store.Unusable(f"What {name} names is not the settings of an OpenID Connect provider: mend it.")


def _kept() -> list[tuple[str, str]]:
    """The secrets that the store holds, by what they are for."""
    found = []
    with store.reading() as session:
        for table, name in sealed.COLUMNS:
            rows = session.execute(select(table).where(getattr(table, name).is_not(None))).scalars()
            for row in rows:
                if _where(getattr(row, name)) is None:
                    continue
                key = "-".join(str(getattr(row, column.name)) for column in table.__table__.primary_key)
                what = f"{table.__tablename__.replace('_', ' ').capitalize()} {key}"
                before = ", the secret before" if name.startswith("old_") else ""
                found.append((f"{what}{before} ({_where(getattr(row, name))})", getattr(row, name)))
    return found


def _where(secret: str) -> str | None:
    """None for what is no secret, as the address of a mail."""
    return sealed.described(secret) if sealed.is_reference(secret) else None
