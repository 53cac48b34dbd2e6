"""Asks a running service many times, and holds what it measured against load/limits.json.

    python3 load/load.py http://127.0.0.1:8080 > load.json

Ends with 1 when a limit is missed. Four threads send them, each waiting for its answer before it asks again.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

QUESTIONS = ["change", "change+paper", "opening", "nothing", "summer+hours"]


def asked(address: str, number: int) -> tuple[float, bool]:
    """(milliseconds, whether it was answered with 200) of one request."""
    begun = time.perf_counter()
    try:
        url = f"{address}/search?q={QUESTIONS[number % len(QUESTIONS)]}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            answer.read()
            well = answer.status == 200
    except (urllib.error.URLError, OSError):
        well = False
    return (time.perf_counter() - begun) * 1000, well


def measured(address: str, limits: dict) -> dict:
    """What is printed. Requests that failed count with their time too."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: asked(address, number), range(limits["requests"])))
    p95 = quantiles([took for took, _ in answers], n=100, method="inclusive")[94]
    errors = sum(not well for _, well in answers) / len(answers)
    return {
        "requests": len(answers),
        "p95_ms": round(p95, 2),
        "error_share": errors,
        "within_limits": p95 <= limits["p95_ms"] and errors <= limits["error_share"],
    }


if __name__ == "__main__":
    found = measured(sys.argv[1], json.loads((Path(__file__).parent / "limits.json").read_text()))
    print(json.dumps(found))
    sys.exit(0 if found["within_limits"] else 1)
