"""A fixed piece of work, timed beside every run: on a slow or busy machine it is slow too."""

import time

import numpy as np

TIMES = 5


def loop() -> int:
    """Half in plain Python (a dictionary of counts), half in numpy (sorting)."""
    counts: dict[int, int] = {}
    number = 1
    for _ in range(1_000_000):
        number = number * 1_103_515_245 % 2_147_483_648 + 12_345
        counts[number & 1023] = counts.get(number & 1023, 0) + 1
    values = np.random.default_rng(1).random(4_000_000)
    values.sort()
    return len(counts) + int(values[-1])


def seconds() -> float:
    """The quickest of a few."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        loop()
        taken.append(time.perf_counter() - begun)
    return min(taken)
