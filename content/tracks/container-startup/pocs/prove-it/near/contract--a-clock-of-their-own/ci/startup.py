"""Measures how long a program takes from its start until it is ready, with a stopwatch that stands outside of it.

    python3 ci/startup.py --out startup.json -- docker run --rm --publish 127.0.0.1:8080:8080 shop

Starts the command again and again, each time until the address answers 200, and ends it each time. Writes
{n, p50_s, p95_s, max_s}: seconds, p95 being the value that 95 of 100 starts do not exceed. The first start is measured
as all others are. Handed out; not to be changed.
"""

import argparse
import json
import math
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

PAUSE = 0.02


def answers(url: str) -> bool:
    """Whether it answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def quantile(values: list[float], share: float) -> float:
    """The smallest value that so many of all do not exceed."""
    return sorted(values)[int(share * len(values)) // 2]


def one(command: list[str], url: str, limit: float) -> float:
    """Seconds of one start. Raises SystemExit with a sentence when it does not become ready."""
    if answers(url):
        raise SystemExit(f"Something answers at {url} before anything was started; stop it first.")
    began = time.monotonic()
    process = subprocess.Popen(command)
    try:
        while not answers(url):
            if process.poll() is not None:
                raise SystemExit(f"The program ended with {process.returncode} before it was ready.")
            if time.monotonic() - began > limit:
                raise SystemExit(f"The program was not ready after {limit:g} s.")
            time.sleep(PAUSE)
        return time.monotonic() - began
    finally:
        end(process, url)


def end(process: subprocess.Popen, url: str) -> None:
    """Asks it to stop, waits until it has, and until nothing answers any more."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            print("It did not stop within 30 s of SIGTERM and was killed.", file=sys.stderr)
    until = time.monotonic() + 30
    while answers(url) and time.monotonic() < until:
        time.sleep(PAUSE)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--runs", type=int, default=20)
    reader.add_argument("--url", default="http://127.0.0.1:8080/readyz")
    reader.add_argument("--limit", type=float, default=120, help="seconds after which a start counts as failed")
    reader.add_argument("--out", default="startup.json")
    reader.add_argument("command", nargs=argparse.REMAINDER)
    given = reader.parse_args()
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command or given.runs < 1:
        reader.error("say behind -- how the program is started, and at least one run")
    took = [one(command, given.url, given.limit) for _ in range(given.runs)]
    found = {"n": len(took), "p50_s": quantile(took, 0.5), "p95_s": quantile(took, 0.95), "max_s": max(took)}
    found = {name: round(value, 3) for name, value in found.items()}
    with open(given.out, "w", encoding="utf-8") as file:
        json.dump(found, file)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
