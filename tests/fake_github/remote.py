"""The test GitHub as a process of its own, for tests that kill things: the same calls, over HTTP."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import requests

from tests import nursery

ROOT = Path(__file__).parent.parent.parent


class Remote:
    """Talks to a running `python -m tests.fake_github`, or starts one:

        with Remote.start("--seed", "3", "--pulls", "50") as hub:
            hub.url, hub.graphql_url, hub.token          # as it printed them
            hub.call("mutate", 4, 100)                   # any method or property of GitHub
            hub.on("acme/shop", "pull", "Faster cart")   # any method of a repository; gives its row
            hub.truth()

    What is given back is plain data.
    """

    def __init__(self, root: str, said: dict[str, Any] | None = None, process: nursery.Process | None = None):
        self.root, self._process = root, process
        said = said or {}
        self.url, self.graphql_url, self.token = (said.get(name, "") for name in ("url", "graphql_url", "token"))

    @classmethod
    def start(cls, *arguments: str) -> Self:
        command = [sys.executable, "-m", "tests.fake_github", *arguments]
        process = nursery.start(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline() if process.stdout else ""
        assert line, "the test GitHub did not start"
        said = json.loads(line)
        return cls(said["root"], said, process)

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        return self._order({"call": name, "args": arguments, "options": options})

    def on(self, repository: str, name: str, *arguments: Any, **options: Any) -> Any:
        return self._order({"repository": repository, "call": name, "args": arguments, "options": options})

    def truth(self) -> dict[str, list[dict]]:
        return self.call("truth")

    def _order(self, order: dict[str, Any]) -> Any:
        answer = requests.post(f"{self.root}/_control", json=order, timeout=120)
        assert answer.ok, answer.text
        return answer.json()

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)
            if self._process.stdout:
                self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
