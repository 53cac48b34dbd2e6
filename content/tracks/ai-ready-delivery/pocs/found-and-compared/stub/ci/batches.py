"""How large the changes were that came to the main branch between two days.

    python3 ci/batches.py 2026-06-01 2026-08-31
    python3 ci/batches.py 2026-06-01 2026-08-31 --branch origin/main --without '*.lock' --without 'vendor/*'

A change is a commit on the main line: a merge, or what a pull request was squashed to. Prints YAML for
docs/poc/baseline.yml and docs/poc/after.yml. In the patterns of what is left out `*` is
anything, slashes too. Percentiles are of the nearest rank. Ends with 2 when git cannot say.
"""

import argparse
import math
import subprocess
import sys
from datetime import date


def changes(begin: date, end: date, branch: str, without: list[str]) -> list[tuple[str, int]]:
    """(subject, lines added and taken away) of each change on these days, both included."""
    command = [
        "git", "log", "--first-parent", "--diff-merges=first-parent", "-M", "--numstat", "--format=%x01%s",
        f"--since={begin}T00:00:00", f"--until={end}T23:59:59", branch, "--", ".",
        *(f":(exclude){each}" for each in without),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise ValueError(done.stderr.strip())
    found = []
    for part in done.stdout.split("\1")[1:]:
        subject, *rows = part.strip().splitlines() or [""]
        numbers = [row.split("\t")[:2] for row in rows if row.count("\t") >= 2]
        found.append((subject, sum(int(each) for pair in numbers for each in pair if each != "-")))
    return found


def rank(values: list[int], share: float) -> int:
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("begin", type=date.fromisoformat)
    given.add_argument("end", type=date.fromisoformat)
    given.add_argument("--branch", default="HEAD")
    given.add_argument("--without", action="append", default=[], metavar="PATTERN")
    asked = given.parse_args()
    try:
        found = changes(asked.begin, asked.end, asked.branch, asked.without)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f'from: "{asked.begin}"\nto: "{asked.end}"\nchanges: {len(found)}')
    if found:
        sizes = [lines for _, lines in found]
        print(f"lines_p50: {rank(sizes, 0.5)}\nlines_p90: {rank(sizes, 0.9)}")
    print(f"taken_back: {sum(subject.startswith('Revert') for subject, _ in found)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
