"""What several parts of a page need is asked once in a run of it: who looks, and what is being done."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Answer = TypeVar("Answer")

#: The answers of this run; None outside of one, as in a callback or in a part that is drawn again by itself.
_answers: ContextVar[dict | None] = ContextVar("answers", default=None)


@contextmanager
def run() -> Iterator[None]:
    """Around one run of a page."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(ask: Callable[..., Answer], *about: Hashable) -> Answer:
    """`ask(*about)`, or what it gave earlier in this run. Only for what the run itself does not change."""
    if (answers := _answers.get()) is None:
        return ask(*about)
    key = (ask, about)
    if key not in answers:
        answers[key] = ask(*about)
    return answers[key]
