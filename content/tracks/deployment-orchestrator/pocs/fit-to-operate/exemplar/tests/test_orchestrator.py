"""The contract of an orchestrator. Handed out: leave this file as it is, tests of your own go into others.

    from orchestrator import DeploymentFailed, Orchestrator, ValidationFailed

    await Orchestrator(steps, validators).deploy("v2")

A step has a `name`, and the coroutines `execute(version)` and `undo(version)`. A validator has a `name` and the
coroutine `check(version)`, which raises when it refuses. Validators run at the same time and before any step; steps
run one after the other. Needs pytest and nothing else.
"""

import asyncio

import pytest
from orchestrator import DeploymentFailed, Orchestrator, ValidationFailed

#: Seconds after which something that should end is taken to hang.
PATIENCE = 10


class Broken(Exception):
    """What goes wrong in these tests."""


class Recorded:
    """A step that writes down what it is asked for."""

    def __init__(self, name, log, *, execute=None, undo=None):
        self.name, self.log, self.errors = name, log, {"execute": execute, "undo": undo}

    async def execute(self, version):
        await self._do("execute", version)

    async def undo(self, version):
        await self._do("undo", version)

    async def _do(self, what, version):
        self.log.append(f"{what} {self.name} {version}")
        await asyncio.sleep(0)
        if self.errors[what]:
            raise self.errors[what]


class Refusing:
    """A validator that refuses, once all others have begun."""

    def __init__(self, error, *others):
        self.name, self.error, self.others = "refusing", error, others

    async def check(self, version):
        for each in self.others:
            await each.begun.wait()
        raise self.error


class Endless:
    """A validator that never has an answer. ended: how it came to its end."""

    def __init__(self, name="endless"):
        self.name, self.begun, self.ended = name, asyncio.Event(), "still running"

    async def check(self, version):
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # it closes its connection
            self.ended = "cancelled"
            raise


class Meeting:
    """Validators that wait for one another, so that they only pass when they run at the same time."""

    def __init__(self, name, own, other):
        self.name, self.own, self.other = name, own, other

    async def check(self, version):
        self.own.set()
        await self.other.wait()


def steps(log, **broken):
    """Three of them. broken: what `execute` or `undo` of a step raises, such as third_execute=Broken()."""
    names = ("first", "second", "third")
    return [
        Recorded(name, log, execute=broken.get(f"{name}_execute"), undo=broken.get(f"{name}_undo")) for name in names
    ]


def deploy(made, version="v2"):
    async def limited():
        async with asyncio.timeout(PATIENCE):
            await made.deploy(version)

    asyncio.run(limited())


def test_steps_run_in_their_order():
    log = []
    deploy(Orchestrator(steps(log), []))
    assert log == ["execute first v2", "execute second v2", "execute third v2"]


def test_a_failure_rolls_back_the_completed_steps_and_no_others():
    log = []
    with pytest.raises(DeploymentFailed):
        deploy(Orchestrator(steps(log, second_execute=Broken()), []))
    assert [each for each in log if each.startswith("undo")] == ["undo first v2"]


def test_a_failure_rolls_back_in_reverse():
    log = []
    with pytest.raises(DeploymentFailed):
        deploy(Orchestrator(steps(log, third_execute=Broken()), []))
    assert log[3:] == ["undo second v2", "undo first v2"]


def test_the_original_exception_of_a_step_is_kept_as_the_cause():
    error = Broken("the disk is full")
    with pytest.raises(DeploymentFailed) as caught:
        deploy(Orchestrator(steps([], second_execute=error), []))
    assert caught.value.__cause__ is error


def test_an_undo_that_fails_stops_no_other_and_hides_no_cause():
    log, error = [], Broken("the disk is full")
    made = Orchestrator(steps(log, third_execute=error, second_undo=Broken("gone")), [])
    with pytest.raises(DeploymentFailed) as caught:
        deploy(made)
    assert log[3:] == ["undo second v2", "undo first v2"]
    assert caught.value.__cause__ is error


def test_a_cancelled_deployment_is_rolled_back_and_stays_cancelled():
    log = []

    class Hanging(Recorded):
        async def execute(self, version):
            begun.set()
            await asyncio.Event().wait()

    async def cancelled():
        made = Orchestrator([Recorded("first", log), Hanging("hanging", log)], [])
        running = asyncio.create_task(made.deploy("v2"))
        await begun.wait()
        running.cancel()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled()

    begun = asyncio.Event()
    asyncio.run(cancelled())
    assert log == ["execute first v2", "undo first v2"]


def test_validators_run_at_the_same_time():
    log, one, other = [], asyncio.Event(), asyncio.Event()
    deploy(Orchestrator(steps(log), [Meeting("one", one, other), Meeting("other", other, one)]))
    assert len(log) == 3


def test_a_refusal_executes_nothing_and_rolls_nothing_back():
    log = []
    with pytest.raises(ValidationFailed):
        deploy(Orchestrator(steps(log), [Refusing(Broken())]))
    assert log == []


def test_a_refusal_cancels_the_other_validators_and_waits_for_their_end():
    endless = [Endless("one"), Endless("other")]
    seen = []

    async def refused():
        async with asyncio.timeout(PATIENCE):
            try:
                await Orchestrator(steps([]), [endless[0], Refusing(Broken(), *endless), endless[1]]).deploy("v2")
            except ValidationFailed:
                seen.extend(each.ended for each in endless)  # before the end of the loop cancels what is left
                raise

    with pytest.raises(ValidationFailed):
        asyncio.run(refused())
    assert seen == ["cancelled", "cancelled"]


def test_the_original_exception_of_a_validator_is_kept_as_the_cause():
    error = Broken("the image is not signed")
    with pytest.raises(ValidationFailed) as caught:
        deploy(Orchestrator(steps([]), [Refusing(error)]))
    assert caught.value.__cause__ is error
