"""The contract of a lock. Handed out: leave this file as it is, tests of your own go into others.

    from orchestrator.lock import Busy, hold

    with hold(folder, "production", by="run 17"):
        ...

Whoever comes second gets Busy at once, with `by` of the first in its message. The lock is gone when the block ends, in
whatever way, and when the process ends, in whatever way. Needs pytest and nothing else.
"""

import signal
import subprocess
import sys

import pytest
from orchestrator.lock import Busy, hold

#: Another process takes the lock, says so, and waits until its input ends; it ends with 3 when the lock is held.
OTHER = """
import pathlib, sys
from orchestrator.lock import Busy, hold
try:
    with hold(pathlib.Path(sys.argv[1]), sys.argv[2], by="the other"):
        print("held", flush=True)
        sys.stdin.read()
except Busy:
    raise SystemExit(3)
"""


def other(folder, target="production"):
    command = [sys.executable, "-c", OTHER, str(folder), target]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def refused(folder, says, target="production"):
    """Somebody who comes second."""
    with pytest.raises(Busy, match=says), hold(folder, target, by="the second"):
        pass


def test_the_second_is_told_who_was_first(tmp_path):
    with hold(tmp_path, "production", by="run 17"):
        refused(tmp_path, "run 17")


def test_it_is_free_once_the_first_has_ended(tmp_path):
    with hold(tmp_path, "production", by="run 17"):
        pass
    with hold(tmp_path, "production", by="run 18"):
        pass


def test_it_is_free_once_the_first_has_failed(tmp_path):
    with pytest.raises(RuntimeError, match="on the way"), hold(tmp_path, "production", by="run 17"):
        raise RuntimeError("on the way")
    with hold(tmp_path, "production", by="run 18"):
        pass


def test_whoever_is_refused_takes_nothing_from_the_first(tmp_path):
    with hold(tmp_path, "production", by="run 17"):
        refused(tmp_path, "run 17")
        refused(tmp_path, "run 17")


def test_two_targets_do_not_disturb_one_another(tmp_path):
    with hold(tmp_path, "production", by="run 17"), hold(tmp_path, "staging", by="run 18"):
        pass


def another_process_is_kept_out(tmp_path):
    with hold(tmp_path, "production", by="run 17"):
        with other(tmp_path) as process:
            process.communicate(timeout=60)
        assert process.returncode == 3


def another_process_keeps_us_out_until_it_ends(tmp_path):
    with other(tmp_path) as process:
        assert process.stdout.readline() == "held\n"
        refused(tmp_path, "the other")
        process.communicate(timeout=60)
    with hold(tmp_path, "production", by="run 17"):
        pass


def a_process_that_is_killed_leaves_no_lock(tmp_path):
    with other(tmp_path) as process:
        assert process.stdout.readline() == "held\n"
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        with hold(tmp_path, "production", by="run 17"):
            pass
