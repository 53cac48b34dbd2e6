"""Bodies while they come: never more than is allowed, and never slower."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from data.api.answers import Problem

_CLOSING = {"Connection": "close"}  # what is still to come is not read


async def read(
    stream: AsyncIterator[bytes],
    headers: Mapping[str, str],
    most: int,
    seconds: float,
    take: Callable[[bytes], None],
) -> None:
    """Hands on a body while it comes. Raises Problem for one that is larger than `most` bytes, or that has not come
    after `seconds`."""
    too_large = Problem(413, f"The body is larger than {most:,} bytes: send less at once.", headers=_CLOSING)
    declared = headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdecimal()) or len(declared) > 15 or int(declared) > most:
        raise too_large
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in stream:
                size += len(chunk)
                if size > most:
                    raise too_large
                take(chunk)
    except TimeoutError:
        said = f"The body did not come within {seconds:g} seconds: send it again."
        raise Problem(408, said, headers=_CLOSING) from None
