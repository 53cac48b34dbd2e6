"""Asking one way on one store, in a process of its own: as often as it is worth, and never longer than the limit."""

import json
import select
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.questions import Question
from benchmarks.stores import Place

ROOT = Path(__file__).parent.parent
#: What takes more than so many seconds is asked so often at most; of the rivals also what is shorter.
FEWER = ((20.0, 1), (5.0, 3))
FEWER_OF_RIVALS = (*FEWER, (0.5, 5))


@dataclass(frozen=True)
class Figure:
    """seconds: the best of `runs`; None = stopped at the limit. saving: seconds of it that went into saving new facts.
    megabytes: the peak memory of the process until then. of: the share of the question that was asked, below 1 where
    the whole took too long. beside: seconds of Milepost's answer in the same run, of a rival's figure."""

    seconds: float | None
    runs: int = 0
    saving: float = 0.0
    megabytes: float = 0.0
    rows: int = 0
    of: float = 1.0
    beside: float | None = None


class Failed(RuntimeError):
    """A way that could not answer; the text says why."""


class Asker(AbstractContextManager):
    """One way on one store. `limit` seconds each run of a rival; `runs` at most of each question."""

    def __init__(self, place: Place, way: str, limit: float, runs: int):
        self.place, self.way, self.limit, self.runs = place, way, limit, runs
        self.process: subprocess.Popen | None = None
        self.idle = 0.0  # megabytes before the first question

    def __exit__(self, *raised) -> None:
        self.stop()

    def ask(self, question: Question, cold: bool = False, save: Path | None = None) -> Figure:
        asked = {"do": "ask", "question": asdict(question), "cold": cold}
        return self._often(asked, {"save": str(save)} if save else {})

    def anew(self) -> Figure:
        return self._often({"do": "anew"}, {})

    def arrive(self, services: list[int], spread: bool, question: Question) -> Figure:
        asked = {"do": "arrive", "services": services, "spread": spread, "question": asdict(question)}
        figure = self._often(asked, {})
        if figure.seconds is not None:
            self._once({"do": "depart"})
        return figure

    def stop(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.process = None

    def _often(self, asked: dict, first: dict) -> Figure:
        """Asks until it is worth no more; `first` goes with the first time only."""
        best, taken, peak = None, 0, 0.0
        while taken < self.runs:
            told = self._once({**asked, **(first if not taken else {})})
            if told is None:
                return Figure(None)
            taken, peak = taken + 1, told["megabytes"]
            if best is None or _whole(told) < _whole(best):
                best = told
            fewer = FEWER if self.way == "ours" else FEWER_OF_RIVALS
            if any(taken >= at_most for above, at_most in fewer if _whole(best) > above):
                break
        saving = best.get("saving", 0.0)
        return Figure(_whole(best), taken, saving, peak, best["rows"])

    def _once(self, asked: dict) -> dict | None:
        """What the process tells; None when it was stopped because it took too long."""
        if self.process is None:
            command = [sys.executable, "-m", "benchmarks.worker", self.way]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.place.environment(), text=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )  # fmt: skip
            self.idle = self._told(None)["megabytes"]
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self._told(None if self.way == "ours" else self.limit)

    def _told(self, limit: float | None) -> dict | None:
        # One line answers one: nothing can be left in the buffer of the pipe that `select` would not see.
        if not select.select([self.process.stdout], [], [], limit)[0]:
            self.process.kill()
            self.stop()
            self.place.stop_others()
            return None
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.stop()
            raise Failed(f"The way {self.way} on {self.place.kind} has ended with exit code {code}, see above.")
        return json.loads(line)


def _whole(told: dict) -> float:
    return told["seconds"] + told.get("saving", 0.0)
