"""Fills the store in use (MILEPOST_HOME or DATABASE_URL) with an invented organisation, to measure other things with:
`python -m benchmarks.large [--factor F] [--weeks N] [--services N] [--teams N] [--judge]`.

Factor 1 is 2,000 services, 1 million changes, 0.5 million deployments and 10 million pipeline runs in 104 weeks. Other
weeks are more or less history of the same services at the same pace. What is there already is not made again. Prints
how many rows there are and how long it took; with --judge also how long the numbers take.
"""

import argparse
import sys
import time
from dataclasses import replace
from datetime import datetime

from data import store
from data.demo import scale

UNTIL = "2026-03-02T09:00+00:00"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factor", type=float, default=1.0, help="share of the full size (1)")
    parser.add_argument("--weeks", type=float, default=scale.WEEKS, help="length of the history (104)")
    parser.add_argument("--services", type=int, help="so many services, with as much of everything together")
    parser.add_argument("--teams", type=int, help="so many teams that share the services")
    parser.add_argument(
        "--until", type=datetime.fromisoformat, default=UNTIL, help="end of the history, with an offset"
    )
    parser.add_argument("--seed", type=int, default=scale.SEED)
    parser.add_argument("--judge", action="store_true", help="compute the numbers of all services too")
    options = parser.parse_args(arguments)
    size = scale.Size().times(options.factor).over(options.weeks)
    if options.services:
        size = replace(size, services=options.services)
    if options.teams:
        size = replace(size, teams=options.teams)
    store.migrate()
    begun = time.perf_counter()
    organization_id = scale.fill(size, options.until, options.seed, _progress(begun))
    seconds = time.perf_counter() - begun
    counts = scale.count(organization_id)
    print(f"{size.name} (number {organization_id})")
    for table, rows in counts.items():
        print(f"{table:15}{rows:>12,}")
    print(f"filled in {seconds:.1f} s, {sum(counts.values()) / seconds:,.0f} rows a second")
    if options.judge:
        begun = time.perf_counter()
        scale.judge(organization_id, _progress(begun))
        print(f"judged in {time.perf_counter() - begun:.1f} s")
    return 0


def _progress(begun: float):
    def say(done: int, total: int, message: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{time.perf_counter() - begun:6.1f} s  {done:,} of {total:,}  {message}", end="", file=sys.stderr)

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
