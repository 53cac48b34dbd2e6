"""Asks an address again and again while something else happens, and counts what went wrong.

    python3 ci/rollout.py --url https://shop.example.com/articles --out rollout.json -- ci/roll-out.sh

Asks until the command has ended, and a few seconds longer. Writes {n, failed, longest_s, seconds}: requests, those that
were not answered with 2xx or 3xx within two seconds, the longest that one took, how long all of it lasted. Ends with
the code of the command.
"""

import argparse
import json
import subprocess
import threading
import time
import urllib.request


class Count:
    """What happened so far. Several threads add to it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.n = self.failed = 0
        self.longest = 0.0

    def add(self, good: bool, seconds: float) -> None:
        with self.lock:
            self.n += 1
            self.failed += not good
            self.longest = max(self.longest, seconds)


def asks(url: str, count: Count, over: threading.Event, pause: float) -> None:
    while not over.is_set():
        began = time.monotonic()
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                answer.read()
                good = answer.status < 400
        except (OSError, ValueError):  # refused, ended early, too late, 4xx and 5xx
            good = False
        count.add(good, time.monotonic() - began)
        over.wait(pause)


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--url", required=True)
    reader.add_argument("--out", default="rollout.json")
    reader.add_argument("--after", type=float, default=20, help="seconds to go on asking when the command has ended")
    reader.add_argument("--threads", type=int, default=4)
    reader.add_argument("--pause", type=float, default=0.1, help="seconds between two requests of a thread")
    reader.add_argument("command", nargs=argparse.REMAINDER)
    given = reader.parse_args()
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        reader.error("say behind -- what happens meanwhile")
    count, over, began = Count(), threading.Event(), time.monotonic()
    asking = [threading.Thread(target=asks, args=(given.url, count, over, given.pause)) for _ in range(given.threads)]
    for each in asking:
        each.start()
    try:
        code = subprocess.call(command)
        time.sleep(given.after)
    finally:
        over.set()
        for each in asking:
            each.join()
    found = {
        "n": count.n,
        "failed": count.failed,
        "longest_s": round(count.longest, 3),
        "seconds": round(time.monotonic() - began, 1),
    }
    with open(given.out, "w", encoding="utf-8") as file:
        json.dump(found, file)
    print(json.dumps(found))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
