"""Rehearses the newest change of the schema, forward, back and forward again. Handed out: leave it as it is.

    python3 ci/rehearse.py [--rows 100000] [--out rehearsal.json] [--before TAG] [--folder migrations]

DATABASE_URL names an EMPTY database, never one that anybody uses. The version before is the newest tag whose migrations
are others. With that version the database is made and filled; then this version migrates it, writes, and is taken back,
while somebody writes all the time (ci/probe.sql, one statement that both versions can do).

Of both versions ci/migrate.sh, ci/fill.sh and ci/read.sh are called, of this one ci/backfill.sh too where it is there.

What is written: rows, migrations, up_seconds, backfill_seconds, down_seconds, longest_wait_ms (the longest that one
writer waited), probes, failed_probes, lost (lines that this version showed and the version before, after going back,
does not), lost_again (the same after going forward again).
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WRITTEN_SINCE = 1000


def call(folder, script, *words):
    """What it prints. Ends the program when it fails."""
    done = subprocess.run(
        ["sh", f"ci/{script}.sh", *map(str, words)], cwd=folder, text=True, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit(f"ci/{script}.sh {' '.join(map(str, words))} ended with {done.returncode} in {folder}")
    return done.stdout


def git(*words, check=True):
    return subprocess.run(["git", *words], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=check)


def version_before(folder):
    """The newest tag whose migrations are others."""
    for tag in git("tag", "--merged", "HEAD", "--sort=-creatordate").stdout.split():
        if git("diff", "--quiet", tag, "HEAD", "--", folder, check=False).returncode == 1:
            return tag
    sys.exit(f"No tag has other files in {folder} than this commit: there is nothing to rehearse")


def connected(url):
    if url.startswith("sqlite:///"):
        return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=600)
    import psycopg

    return psycopg.connect(url, autocommit=True)


class Probe(threading.Thread):
    """Writes all the time, and notes how long the longest took."""

    def __init__(self, url, statement):
        super().__init__(daemon=True)
        self.url, self.statement = url, statement
        self.longest, self.count, self.failed = 0.0, 0, 0
        self.enough = threading.Event()

    def run(self):
        connection = connected(self.url)
        while not self.enough.wait(0.01):
            begun = time.monotonic()
            try:
                connection.execute(self.statement)
            except Exception as error:
                self.failed += 1
                print(f"a write failed: {error}", file=sys.stderr)
            self.count += 1
            self.longest = max(self.longest, time.monotonic() - begun)
        connection.close()


def timed(folder, script, *words):
    begun = time.monotonic()
    call(folder, script, *words)
    return round(time.monotonic() - begun, 3)


def rehearse(before, url, rows, tag):
    call(before, "migrate", "up")
    call(before, "fill", rows)
    waiting = [line for line in call(ROOT, "migrate", "pending").splitlines() if line.strip()]
    if not waiting:
        sys.exit(f"Nothing is pending after {tag}: there is nothing to rehearse")
    probe = Probe(url, (ROOT / "ci" / "probe.sql").read_text(encoding="utf-8"))
    probe.start()
    try:
        up = timed(ROOT, "migrate", "up")
        backfill = timed(ROOT, "backfill") if (ROOT / "ci" / "backfill.sh").exists() else 0
        call(ROOT, "fill", WRITTEN_SINCE)
        seen = call(ROOT, "read").splitlines()
        down = timed(ROOT, "migrate", "down", len(waiting))
    finally:
        probe.enough.set()
        probe.join()
    left = set(call(before, "read").splitlines())
    call(ROOT, "migrate", "up")
    if (ROOT / "ci" / "backfill.sh").exists():
        call(ROOT, "backfill")
    again = set(call(ROOT, "read").splitlines())
    return {
        "rows": len(seen),
        "migrations": len(waiting),
        "up_seconds": up,
        "backfill_seconds": backfill,
        "down_seconds": down,
        "longest_wait_ms": round(probe.longest * 1000, 1),
        "probes": probe.count,
        "failed_probes": probe.failed,
        "lost": sum(line not in left for line in seen),
        "lost_again": sum(line not in again for line in seen),
        "before": tag,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--out", default="rehearsal.json")
    parser.add_argument("--before")
    parser.add_argument("--folder", default="migrations")
    given = parser.parse_args()
    tag = given.before or version_before(given.folder)
    with tempfile.TemporaryDirectory() as temporary:
        before = Path(temporary) / "before"
        git("worktree", "add", "--quiet", "--detach", str(before), tag)
        try:
            found = rehearse(before, os.environ["DATABASE_URL"], given.rows, tag)
        finally:
            git("worktree", "remove", "--force", str(before), check=False)
    Path(given.out).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
