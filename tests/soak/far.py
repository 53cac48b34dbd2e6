"""The test GitHub in a process of its own, forked from this one, and its clock as seen from elsewhere."""

import json
import os
import signal
import time
from contextlib import ExitStack
from typing import Any, Self

import requests

from tests.data.sources.hub.arrange import truth
from tests.fake_github import GitHub
from tests.fake_github.faults import CALM, STORM

#: All that a client has to survive; left out is what it may rightly end at.
FAULTS = (*STORM, *sorted(CALM - {"401", "huge", "301-loop", "301-elsewhere"}))


class Soaked(GitHub):
    """What is asked of it from the other process, besides what every test GitHub can do."""

    def begin(self, seed: int, every: float, rate: float, lag: float) -> None:
        """From now on things change all the while, answers fail, and copies lag."""
        self.lag(lag)
        self.storm(seed, rate, FAULTS)
        self._ending = ExitStack()
        self._changed = self._ending.enter_context(self.changing(seed, every))

    def calm(self) -> dict[str, Any]:
        """Nothing changes and nothing fails any more. What there was of it."""
        self._ending.close()
        self.storm(0, 0)
        assert not [problem for problem in self.problems if problem.startswith("while changing")], self.problems
        kinds = sorted({kind for kind, _ in self.faults.struck})
        return {"changes": len(self._changed), "faults": len(self.faults.struck), "kinds": kinds}

    def expected(self, name: str) -> dict:
        with self.world.lock:
            return truth(self, name)


class Far:
    """In the shape in which `arrange.place` wants a hub."""

    def __init__(self, seed: int, sizes: dict[str, int]):
        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                self._serve(seed, sizes, writing)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as said:
            line = said.readline()
        assert line, "the test GitHub did not start"
        self.root, self._token = json.loads(line)
        self.url, self.clock = self.root, FarClock(self)

    def _serve(self, seed: int, sizes: dict[str, int], writing: int) -> None:
        hub = Soaked()
        hub.fill("acme/shop", seed=seed, **sizes)
        hub.start()
        os.write(writing, json.dumps([hub.root, hub.token()]).encode() + b"\n")
        os.close(writing)
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    def token(self) -> str:
        return self._token

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        return self._order({"call": name, "args": arguments, "options": options})

    def on(self, repository: str, name: str, *arguments: Any) -> Any:
        return self._order({"repository": repository, "call": name, "args": arguments})

    def _order(self, order: dict[str, Any]) -> Any:
        answer = requests.post(f"{self.root}/_control", json=order, timeout=120)
        assert answer.ok, answer.text
        return answer.json()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


class FarClock:
    """The server's clock: who sleeps here moves it on there."""

    def __init__(self, far: Far):
        self._far, self._ahead = far, 0.0

    def look(self) -> None:
        """Others have moved it too."""
        self._ahead = self._far.call("clock.now") - time.time()

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, by: float) -> None:
        self._far.call("clock.advance", by)
        self._ahead += by
