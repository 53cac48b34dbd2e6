"""python -m orchestrator deploy VERSION --target production --plan deploy/plan.toml

Ends with 0 when the version is deployed, 1 when it failed and was put back, 2 when nothing was begun, 3 when something
could not be put back and a person has to look, 130 when it was cancelled and put back.
"""

import argparse
import asyncio
import getpass
import os
import signal
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from orchestrator import DeploymentFailed, Event, Orchestrator, ValidationFailed, plan, state
from orchestrator.commands import VERSION
from orchestrator.lock import TARGET, Busy, hold
from orchestrator.log import log
from orchestrator.metrics import Tally

CODES = {"deployed": 0, "failed": 1, "refused": 2, "left": 3, "cancelled": 130}


def main(arguments: Sequence[str] | None = None) -> int:
    said = _parser().parse_args(arguments)
    if not VERSION.fullmatch(said.version):
        return _refuse(f"{said.version!r} is no version; letters, digits, dots, dashes and underscores")
    if not TARGET.fullmatch(said.target):
        return _refuse(f"{said.target!r} is no target; small letters, digits and dashes")
    try:
        made = plan.read(said.plan)
    except plan.BadPlan as error:
        return _refuse(str(error))
    if os.environ.get("DRY_RUN"):  # DRY_RUN=1, in place of --dry-run
        return _show(made, said.version)
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(said.state, said.target, by=_who()))
        except Busy as error:
            return _refuse(f"{error}; nothing was changed")
        except OSError as error:
            return _refuse(f"{said.state} cannot be used: {error.strerror}; nothing was changed")
        return _locked(made, said)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orchestrator", description="Deploys a version in steps that can be undone.")
    deploy = parser.add_subparsers(dest="command", required=True).add_parser("deploy", help="deploy a version")
    deploy.add_argument("version")
    deploy.add_argument("--target", default="staging", help="where to; default: %(default)s")
    deploy.add_argument("--plan", type=Path, default=Path("deploy/plan.toml"), help="default: %(default)s")
    deploy.add_argument(
        "--state", type=Path, default=Path(".orchestrator"), help="folder of locks and counts; default: %(default)s"
    )
    deploy.add_argument("--again", action="store_true", help="deploy also what is deployed already")
    return parser


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return CODES["refused"]


def _who() -> str:
    run = os.environ.get("GITHUB_RUN_ID")
    return f"run {run}" if run else f"{getpass.getuser()}, process {os.getpid()}"


def _show(made: plan.Plan, version: str) -> int:
    """What would be called, in its order. Nothing is called, not even what only asks."""
    for each in made.validators:
        print(f"check    {each.name}: {_line(each.asks, version)}")
    for step in made.steps:
        print(f"execute  {step.name}: {_line(step.does, version)}")
        print(f"  undo   {step.name}: {_line(step.undoes, version) or 'nothing to undo'}")
    return 0


def _line(words: Sequence[str], version: str) -> str:
    return " ".join(word.replace("{version}", version) for word in words)


def _locked(made: plan.Plan, said: argparse.Namespace) -> int:
    """What is known of the target is forgotten before the first step, and written again after the last: in between,
    and when it is killed, nobody can say what is there."""
    if state.deployed(said.state, said.target) == said.version and not said.again:
        print(f"{said.version} is deployed already; --again does it all the same")
        return 0
    tally = Tally(said.state, said.target)
    tell, left = log(sys.stderr, uuid.uuid4().hex[:12]), []

    def listen(event: Event) -> None:
        with suppress(OSError):  # nobody reads the log any more; that is no reason to roll back
            tell(event)
        tally(event)
        if event.what == "undone" and event.error:
            left.append(event.step)

    before = state.deployed(said.state, said.target)
    try:
        state.record(said.state, said.target, "")
    except OSError as error:
        return _refuse(f"{said.state} cannot be written: {error.strerror}; nothing was changed")
    result = asyncio.run(_deploy(Orchestrator(made.steps, made.validators, listen), left, said.version))
    known = {"deployed": said.version, "left": ""}.get(result, before)
    try:
        state.record(said.state, said.target, known)
        tally.ended(result)
    except OSError as error:  # what happened has happened, and the code says so
        print(f"{said.state} cannot be written: {error.strerror}; its note or its counts are missing", file=sys.stderr)
    return CODES[result]


async def _deploy(made: Orchestrator, left: Sequence[str], version: str) -> str:
    """How it ended. A pipeline that is cancelled sends a signal; the task is then cancelled, which rolls back. A second
    signal must not cancel that too."""
    running = asyncio.ensure_future(made.deploy(version))
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, _once(running))
    try:
        await running
    except asyncio.CancelledError:
        print(f"cancelled; not put back: {', '.join(left) or 'nothing'}", file=sys.stderr)
        return "left" if left else "cancelled"
    except ValidationFailed as error:
        print(f"{error}: {error.__cause__}", file=sys.stderr)
        return "refused"
    except DeploymentFailed as error:
        print(f"{error}: {error.__cause__}", file=sys.stderr)
        return "left" if error.left else "failed"
    print(f"{version} is deployed")
    return "deployed"


def _once(running: asyncio.Future) -> Callable[[], None]:
    def stop() -> None:
        if not running.cancelling():
            running.cancel()

    return stop


if __name__ == "__main__":
    sys.exit(main())
