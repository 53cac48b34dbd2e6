"""A small part of `make soak`, in a process of its own because it forks."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def soak(folder: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tests.soak", "--folder", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_a_process_that_is_killed_at_random_loses_nothing_and_without_guards_it_does(tmp_path):
    ended = soak(tmp_path, "--kills", "20", "--seed", "7", "--control", "100")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said, _, control = ended.stdout.partition("Control:")
    assert re.search(r"In all: 20 kills, \d+ changes, .*; 0 lost, 0 stale, 0 twice, 0 too many", said)
    assert "Nothing was wrong" not in control
    assert list(tmp_path.iterdir()) == []
