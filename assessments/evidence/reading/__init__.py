"""Readers of what repositories hold. Each takes text and raises Malformed, never anything else, in bounded time."""


class Malformed(ValueError):
    """A text that is not what it should be; one sentence, with the line where there is one."""
