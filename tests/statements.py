"""How many statements the store is sent: that does not depend on how busy a machine is, as time does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from data import store


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent inside the block."""
    sent: list[str] = []

    def take(connection, cursor, statement, *rest) -> None:
        sent.append(statement)

    event.listen(store.engine(), "before_cursor_execute", take)
    try:
        yield sent
    finally:
        event.remove(store.engine(), "before_cursor_execute", take)
