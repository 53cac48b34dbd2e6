"""A command line that deploys at once and says what it does in sentences. Put the core of the first proof of concept
beside it."""

import asyncio
import sys

from orchestrator import Orchestrator

STEPS = []  # the steps of your service


def main():
    version = sys.argv[1]
    print(f"deploying {version} ...")
    asyncio.run(Orchestrator(STEPS).deploy(version))
    print("done")


if __name__ == "__main__":
    main()
