"""The order in which a deployment is checked, done and, when something fails, undone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Step(Protocol):
    """One change. When `execute` raises or is cancelled it has cleared up after itself; `undo` is only asked of steps
    that were completed. Both may be called again."""

    name: str

    async def execute(self, version: str) -> None: ...

    async def undo(self, version: str) -> None: ...


class Validator(Protocol):
    """A question that is answered before anything changes. `check` raises when the answer is no."""

    name: str

    async def check(self, version: str) -> None: ...


@dataclass(frozen=True)
class Event:
    """what: checked, executed or undone. seconds: how long it took. error: what went wrong, empty when nothing did."""

    what: str
    step: str
    version: str
    seconds: float
    error: str = ""


class ValidationFailed(Exception):
    """Nothing was begun. `__cause__` is what the validator said first."""

    def __init__(self, validator: str, version: str):
        super().__init__(f"{validator} refuses {version}; nothing was changed")
        self.validator, self.version = validator, version


class DeploymentFailed(Exception):
    """`__cause__` is what the step raised. left: names of steps that could not be put back; a person has to look."""

    def __init__(self, step: str, version: str, left: Sequence[str]):
        end = f"not put back: {', '.join(left)}" if left else "everything before it was put back"
        super().__init__(f"{step} failed for {version}; {end}")
        self.step, self.version, self.left = step, version, tuple(left)


class Orchestrator:
    """listen: is told of each check, execution and undoing; it must not raise."""

    def __init__(
        self,
        steps: Sequence[Step],
        validators: Sequence[Validator] = (),
        listen: Callable[[Event], None] = lambda event: None,
    ):
        self._steps, self._validators, self._listen = tuple(steps), tuple(validators), listen

    async def deploy(self, version: str) -> None:
        """Raises ValidationFailed when nothing was begun, DeploymentFailed when something was, and stays cancelled when
        it is cancelled; in the last two cases the completed steps are undone first."""
        await self._validate(version)
        done: list[Step] = []
        step = None
        try:
            for step in self._steps:
                await self._timed("executed", step.name, step.execute, version)
                done.append(step)
        except asyncio.CancelledError:
            await self._roll_back(done, version)
            raise
        except Exception as error:
            left = await self._roll_back(done, version)
            raise DeploymentFailed(step.name, version, left) from error

    async def _validate(self, version: str) -> None:
        """All validators at the same time. With the first refusal the others are cancelled, and waited for."""
        refused: list[tuple[str, Exception]] = []

        async def ask(validator: Validator) -> None:
            try:
                await self._timed("checked", validator.name, validator.check, version)
            except Exception as error:
                refused.append((validator.name, error))
                raise

        try:
            async with asyncio.TaskGroup() as group:
                for each in self._validators:
                    group.create_task(ask(each))
        except ExceptionGroup:
            name, error = refused[0]
            raise ValidationFailed(name, version) from error

    async def _roll_back(self, done: Sequence[Step], version: str) -> list[str]:
        """The names of those that could not be undone. One that fails stops no other."""
        left = []
        for step in reversed(done):
            try:
                await self._timed("undone", step.name, step.undo, version)
            except Exception:  # told to the listener, and named in what is raised
                left.append(step.name)
        return left

    async def _timed(self, what: str, name: str, act: Callable[[str], Awaitable[None]], version: str) -> None:
        began, error = time.perf_counter(), ""
        try:
            await act(version)
        except BaseException as raised:  # cancelled, too
            error = f"{type(raised).__name__}: {raised}" if str(raised) else type(raised).__name__
            raise
        finally:
            self._listen(Event(what, name, version, time.perf_counter() - began, error))
