"""The process that answers: `python -m benchmarks.worker WAY`, on the store that its environment names.

One line of JSON asks, one answers, so that whoever asks can stop it when it takes too long, and its peak memory is that
of what it was asked. Asked are `ask` (a question), `anew` (everything derived, from the facts), `arrive` (new facts,
and then a question until it is answered again) and `depart` (those facts, all of them, are no more).
"""

import importlib
import json
import re
import resource
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from benchmarks import arrivals, way_ours
from benchmarks.questions import Question
from data import store


def way(name: str) -> ModuleType:
    """ours, orm, sql or often."""
    return importlib.import_module(f"benchmarks.way_{name}")


def question(given: dict) -> Question:
    return Question(**{**given, "services": None if given["services"] is None else tuple(given["services"])})


@contextmanager
def _timed(taken: dict, name: str = "seconds"):
    begun = time.perf_counter()
    yield
    taken[name] = time.perf_counter() - begun


class Worker:
    def __init__(self, name: str):
        self.name, self.way = name, way(name)
        self.arrived: arrivals.Arrived | None = None
        with store.engine().begin() as connection:
            self.way.ready(connection)
        store.dispose()

    def ask(self, asked: dict) -> dict:
        """cold: with a new connection. save: the file for the answer."""
        wanted, taken = question(asked["question"]), {}
        if asked.get("cold"):
            store.dispose()
        else:
            with store.engine().connect():
                pass
        with _timed(taken):
            raw = self.way.ask(wanted)
        if asked.get("save"):
            self.way.shaped(wanted, raw).write_parquet(asked["save"])
        return {**taken, "rows": len(raw)}

    def anew(self, asked: dict) -> dict:
        services, taken = way_ours.make_stale(), {}
        with _timed(taken):
            way_ours.refresh(services)
        return {**taken, "rows": len(services)}

    def arrive(self, asked: dict) -> dict:
        """saving: seconds until the facts are saved; seconds: until all is answered again."""
        services, taken = arrivals.chosen(asked["services"], asked["spread"]), {}
        ours = self.name == "ours"
        coming = arrivals.next_of(services)
        with _timed(taken, "saving"):
            new = arrivals.bring(coming, marking=ours)
        self.arrived = self.arrived.and_then(new) if self.arrived else new
        with _timed(taken):
            if ours:
                way_ours.refresh(services)
            else:
                self.way.ask(question(asked["question"]))
        return {**taken, "rows": len(services)}

    def depart(self, asked: dict) -> dict:
        arrived, self.arrived = self.arrived, None
        arrivals.take_away(arrived, marking=self.name == "ours")
        if self.name == "ours":
            way_ours.refresh(arrived.services)
        return {"seconds": 0.0, "rows": len(arrived.services)}


def main(name: str) -> None:
    worker = Worker(name)
    _tell({})
    for line in sys.stdin:
        asked = json.loads(line)
        _tell(getattr(worker, asked["do"])(asked))


def _tell(answer: dict) -> None:
    print(json.dumps({**answer, "megabytes": _peak() / 1e6}), flush=True)


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux is never below that of the process which started this one
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(sys.argv[1])
