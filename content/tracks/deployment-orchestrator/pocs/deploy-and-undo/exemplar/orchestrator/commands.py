"""Steps and validators that call a program. No shell stands between, so nothing in a version can become a command."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

#: What a version may be; above all it cannot begin with a dash and be taken for a flag.
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
#: Seconds that a program gets to end after it was asked to.
GRACE = 5


class CommandFailed(Exception):
    """A program could not be started, ended with another code than 0, or took too long."""


async def call(words: Sequence[str], version: str, seconds: float) -> None:
    """`{version}` in a word is replaced. Raises CommandFailed with the end of what the program said."""
    arguments = [word.replace("{version}", version) for word in words]
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise CommandFailed(f"{arguments[0]} could not be started: {error.strerror}") from error
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate()
    except TimeoutError:
        await _end(process)
        raise CommandFailed(f"{arguments[0]} took longer than {seconds:g} s and was ended") from None
    except asyncio.CancelledError:
        await _end(process)
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip()[-500:]
        raise CommandFailed(f"{arguments[0]} ended with {process.returncode}: {last}")


async def _end(process: asyncio.subprocess.Process) -> None:
    """A coroutine that is cancelled leaves its program running, unless somebody ends it."""
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            process.kill()
            await process.wait()


@dataclass(frozen=True)
class CommandStep:
    """does and undoes: the program and its arguments. undoes may be empty for what needs no undoing."""

    name: str
    does: tuple[str, ...]
    undoes: tuple[str, ...] = ()
    seconds: float = 300

    async def execute(self, version: str) -> None:
        await call(self.does, version, self.seconds)

    async def undo(self, version: str) -> None:
        if self.undoes:
            await call(self.undoes, version, self.seconds)


@dataclass(frozen=True)
class CommandValidator:
    name: str
    asks: tuple[str, ...]
    seconds: float = 60

    async def check(self, version: str) -> None:
        await call(self.asks, version, self.seconds)
