"""Tokens that a test has in its hands, and a look at everything that was written meanwhile: none may stand there.

`known` fills by itself: what the test GitHub gives out, private keys of its apps, what Milepost makes for programs.
Files, logs, errors and answers are looked at at the end of every test that has any; see `tests/conftest.py`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from data import store
from data.tables import Base

known: set[str] = set()
_SHORT = 16  # characters: what is shorter is no token


class Leaked(AssertionError):
    """A token stands somewhere in clear."""


def remember(token: str) -> str:
    """The token, or private key, which from now on may stand nowhere."""
    text = "".join(token.splitlines()[1:3]) if "PRIVATE KEY" in token else token
    if len(text) >= _SHORT:
        known.add(text)
    return token


def found_in(text: str | bytes) -> bool:
    if isinstance(text, str):
        return any(each in text for each in known)
    return any(each.encode() in text for each in known)


def look(text: str | bytes, where: object) -> None:
    """Raises Leaked."""
    if known and found_in(text):
        raise Leaked(f"a token stands in clear in {where}")


def look_through(folder: Path) -> None:
    """Every file below a folder, but for one that holds a token and nothing else: that is where people keep it."""
    for path in folder.rglob("*") if known else ():
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if found_in(content) and not _is_kept(content):
            raise Leaked(f"a token stands in clear in {path}")


def look_through_database() -> None:
    """Every value in the store in use."""
    with store.engine().connect() as connection:
        for table in Base.metadata.sorted_tables if known else ():
            look(str(connection.execute(select(table)).fetchall()), f"the table {table.name}")


def _is_kept(content: bytes) -> bool:
    text = content.strip().decode("utf-8", "replace")
    return text in known or text.startswith("-----BEGIN")


class _Ears(logging.Handler):
    """Hears what is logged anywhere, as it would be written."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if known and (found_in(self.format(record)) or found_in(str(record.args))):
            self.leaks.append(f"a token stands in clear in the log of {record.name}")


@contextmanager
def watching() -> Iterator[_Ears]:
    """Learns of tokens and listens; at the end raises Leaked for what was heard."""
    from streamlit.testing.v1 import AppTest

    from data import tokens
    from data.sources.github import errors
    from tests.fake_github import access, apps

    ears = _Ears()
    ears.setFormatter(logging.Formatter("%(message)s"))
    known.clear()
    with pytest.MonkeyPatch.context() as patch:
        _learn(patch, access.Token, "__init__", lambda token: token.value)
        _learn(patch, apps.App, "__init__", lambda app: app.private_key)
        made = tokens.create
        patch.setattr(tokens, "create", lambda *given, **more: remember(made(*given, **more)))
        said = errors.GitHubError.__init__

        def say(error: Exception, *given: object) -> None:
            look(str(given), f"an error {type(error).__name__}")
            said(error, *given)

        patch.setattr(errors.GitHubError, "__init__", say)
        drawn = AppTest._run

        def draw(page: AppTest, *given: object, **more: object) -> AppTest:
            result = drawn(page, *given, **more)
            look("".join(str(getattr(node, "proto", "")) for node in result._tree) if known else "", "a page")
            return result

        patch.setattr(AppTest, "_run", draw)
        logging.getLogger().addHandler(ears)
        try:
            yield ears
        finally:
            logging.getLogger().removeHandler(ears)
    if ears.leaks:
        raise Leaked(ears.leaks[0])


def _learn(patch: pytest.MonkeyPatch, owner: type, name: str, what) -> None:
    real = getattr(owner, name)

    def learning(self, *given: object, **more: object) -> None:
        real(self, *given, **more)
        remember(what(self))

    patch.setattr(owner, name, learning)
