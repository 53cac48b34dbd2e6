"""How long and how much memory it takes to assess a large clone: `python -m benchmarks.clone [PATH ...]`.

Without a path a repository of 20,000 commits is made (merged and squashed pull requests, tags). Each clone is assessed
in a process of its own, without and with touched files; `git log` over the same history stands beside it as the least
that any reader needs. Ends with exit code 1 when a limit is broken.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.repos import RepoBuilder, git

ROOT = Path(__file__).parent.parent
SECONDS, MEGABYTES = 20.0, 500.0
COMMITS = 20_000


def measure(command: list[str], shown: bool = False) -> tuple[float, float, int]:
    """Seconds, peak megabytes and exit code of a command, whose output is shown or not."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=None if shown else subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begun, used.ru_maxrss / 1024, process.returncode


def bench(path: Path) -> bool:
    """Prints the figures of one clone; whether all limits hold."""
    count = git(path, "rev-list", "--count", "HEAD", "--tags")
    seconds, *_ = measure(["git", "-C", str(path), "log", "--format=%H %P %at %ct%n%B", "HEAD", "--tags"])
    print(f"{path}: {int(count):,} commits; git log {seconds:.1f} s")
    holds = True
    for name, options in {"assess": [], "assess with touched files": ["--paths", "src/*"]}.items():
        command = [sys.executable, "milepost.py", "assess", str(path), "--format", "json", "--weeks", "52", *options]
        seconds, megabytes, code = measure(command)
        kept = seconds < SECONDS and megabytes < MEGABYTES and code != 2
        holds &= kept
        print(f"  {name}: {seconds:.1f} s (limit {SECONDS:.0f}), {megabytes:.0f} MB (limit {MEGABYTES:.0f})")
    return holds


def main(paths: list[str]) -> int:
    if paths:
        return 0 if all([bench(Path(path).resolve()) for path in paths]) else 1
    with tempfile.TemporaryDirectory() as folder:
        repo = RepoBuilder(Path(folder) / "large", bare=True)
        repo.many(COMMITS * 2 // 3 + 1, "2022-01-01 00:00", step=7200, merge_every=4, tag_every=50)
        return 0 if bench(repo.path) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
