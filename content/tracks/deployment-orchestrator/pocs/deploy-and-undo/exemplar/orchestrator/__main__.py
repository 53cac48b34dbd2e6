"""python -m orchestrator deploy VERSION --plan deploy/plan.toml

Ends with 0 when the version is deployed, 1 when it failed and was put back, 2 when nothing was begun, 3 when something
could not be put back and a person has to look, 130 when it was cancelled and put back.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestrator import DeploymentFailed, Event, Orchestrator, ValidationFailed, plan
from orchestrator.commands import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    said = _parser().parse_args(arguments)
    if not VERSION.fullmatch(said.version):
        print(f"{said.version!r} is no version; letters, digits, dots, dashes and underscores", file=sys.stderr)
        return 2
    try:
        made = plan.read(said.plan)
    except plan.BadPlan as error:
        print(error, file=sys.stderr)
        return 2
    told = Told()
    return asyncio.run(_deploy(Orchestrator(made.steps, made.validators, told), told, said.version))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orchestrator", description="Deploys a version in steps that can be undone.")
    deploy = parser.add_subparsers(dest="command", required=True).add_parser("deploy", help="deploy a version")
    deploy.add_argument("version")
    deploy.add_argument("--plan", type=Path, default=Path("deploy/plan.toml"), help="default: %(default)s")
    return parser


class Told:
    """Says each event, and remembers what could not be put back."""

    def __init__(self) -> None:
        self.left: list[str] = []

    def __call__(self, event: Event) -> None:
        end = f": {event.error}" if event.error else ""
        print(f"{event.what} {event.step} in {event.seconds:.1f} s{end}", file=sys.stderr)
        if event.what == "undone" and event.error:
            self.left.append(event.step)


async def _deploy(made: Orchestrator, told: Told, version: str) -> int:
    """A pipeline that is cancelled sends a signal; the task is then cancelled, which rolls back. A second signal must
    not cancel that too."""
    running = asyncio.ensure_future(made.deploy(version))

    def stop() -> None:
        if not running.cancelling():
            running.cancel()

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop)
    try:
        await running
    except asyncio.CancelledError:
        print(f"cancelled; not put back: {', '.join(told.left) or 'nothing'}", file=sys.stderr)
        return 3 if told.left else 130
    except ValidationFailed as error:
        print(f"{error}: {error.__cause__}", file=sys.stderr)
        return 2
    except DeploymentFailed as error:
        print(f"{error}: {error.__cause__}", file=sys.stderr)
        return 3 if error.left else 1
    print(f"{version} is deployed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
