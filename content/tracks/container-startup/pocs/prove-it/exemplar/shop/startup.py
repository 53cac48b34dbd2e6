"""The start: each step begins as soon as what it needs is there, beside all others that can."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter


@dataclass(frozen=True)
class Step:
    """needs: names of the steps that must have ended before."""

    name: str
    work: Callable[[], None]
    needs: tuple[str, ...] = ()


def run_all(steps: Iterable[Step], ended: Callable[[str, float], None], workers: int = 8) -> None:
    """Runs all steps; `ended` is told the name and the seconds of each. workers: 1 runs them in sequence.

    Raises what a step raises, at once; nothing further is begun. Raises ValueError for a step that needs one that does
    not exist, and CycleError when steps wait for each other.
    """
    named = {each.name: each for each in steps}
    if unknown := {need for each in named.values() for need in each.needs} - named.keys():
        raise ValueError(f"steps that do not exist are needed: {', '.join(sorted(unknown))}")
    order = TopologicalSorter({each.name: each.needs for each in named.values()})
    order.prepare()
    running: dict[Future[float], str] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="start")
    try:
        while order.is_active():
            running |= {pool.submit(_timed, named[name]): name for name in order.get_ready()}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                ended(name, future.result())
                order.done(name)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _timed(step: Step) -> float:
    began = time.monotonic()
    step.work()
    return time.monotonic() - began
