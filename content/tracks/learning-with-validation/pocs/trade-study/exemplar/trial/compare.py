"""Measures all ways with the same pages and the same questions, and prints what it found as JSON.

    python3 trial/compare.py [pages] [questions]

Ends with 1 when the ways do not find the same pages: then a quicker one is only quicker at being wrong.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from statistics import quantiles

from search import Index, Words, scan

WARM_UP = 5


def made(pages: int, questions: int, seed: int = 7) -> tuple[dict[int, str], list[str]]:
    """Pages and questions that nobody wrote. Few words are in most pages and most words in few, as in real ones."""
    chance = random.Random(seed)
    known = [f"word{number}" for number in range(2000)]
    often = [1 / (rank + 1) for rank in range(len(known))]
    texts = {page: " ".join(chance.choices(known, often, k=200)) for page in range(1, pages + 1)}
    return texts, [" ".join(chance.choices(known, often, k=2)) for _ in range(questions)]


def timed(find: Callable[[str], list[int]], questions: list[str]) -> list[float]:
    """Milliseconds for each question. The first few run before, unmeasured, as caches fill then."""
    for question in questions[:WARM_UP]:
        find(question)
    took = []
    for question in questions:
        begun = time.perf_counter()
        find(question)
        took.append((time.perf_counter() - begun) * 1000)
    return took


def compared(pages: int, questions: int) -> dict:
    """What is printed: for each option n, the median and the 95th percentile in ms; and what they disagree about."""
    texts, asked = made(pages, questions)
    options = {
        "Scan as today": lambda question: scan(texts, question),
        "Index of our own": Words(texts).find,
        "Index in SQLite": Index(texts).find,
    }
    differ = [question for question in asked if len({tuple(find(question)) for find in options.values()}) > 1]
    measured = {}
    for name, find in options.items():
        cuts = quantiles(timed(find, asked), n=100, method="inclusive")
        measured[name] = {"n": len(asked), "p50_ms": round(cuts[49], 3), "p95_ms": round(cuts[94], 3)}
    return {"pages": pages, "differ": differ, "measured": measured}


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]] or [1000, 60]
    found = compared(*numbers)
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["differ"] else 0)
