"""Processes that need not load the code first: children of one that has, forked when asked for.

    with nursery.start([sys.executable, "-c", code], stdin=PIPE) as process:
        process.send_signal(signal.SIGKILL)

Each is a process of its own, with its own environment and pipes, and runs to the end of an interpreter as a command
does; only the two or three seconds of imports are those of the nursery. There is one nursery for a process of pytest.
What it cannot give is the start itself. The real commands are started by tests/test_cli.py and tests/test_cli_sync.py
(worker, sync), tests/server/test_serve.py (serve, once), tests/browser/test_journey.py and test_security.py (portals
with and without a worker), tests/data/test_jobs_worker.py (a worker by its supervisor, and by a parent that dies).
"""

import atexit
import contextlib
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from functools import cache
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parent.parent
#: Set in the nursery and in all that it has forked: they ask for more at the same place.
ADDRESS = ""
LOADED = (
    "alembic.command", "data.asked.closing", "data.collecting", "data.demo", "data.derive", "data.intake", "data.jobs",
    "data.learning.checking", "data.loading", "data.moving", "data.practices.assessments", "data.practices.evaluating",
    "data.work", "data.worker", "pages.ui.shell", "pandas", "psycopg", "server", "signin", "streamlit.web.cli",
    "tests.fake_github.hub",
)  # fmt: skip


class Process:
    """As much of `subprocess.Popen` as tests need."""

    def __init__(self, arguments: list[str], cwd: Path | None, env: dict[str, str] | None, files: list[int]):
        self.args, self.returncode = arguments, None
        self.stdin = self.stdout = self.stderr = None
        self._lock = threading.Lock()
        order = {"arguments": [str(each) for each in arguments[1:]], "folder": str(cwd or Path.cwd())}
        order["environment"] = dict(os.environ if env is None else env)
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(_address())
        said = json.dumps(order).encode()
        socket.send_fds(self._line, [len(said).to_bytes(4, "big")], files)
        self._line.sendall(said)
        self.pid = int.from_bytes(self._line.recv(4, socket.MSG_WAITALL), "big")
        assert self.pid, "the nursery has ended"

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while self._ended(0.2) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def _ended(self, seconds: float) -> int | None:
        with self._lock:
            if self.returncode is None and select.select([self._line], [], [], seconds)[0]:
                said = self._line.recv(4, socket.MSG_WAITALL)
                self._line.close()
                assert said, "the nursery has ended"
                self.returncode = int.from_bytes(said, "big", signed=True)
            return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self.stdin, self.stdout, self.stderr):
            if each:
                each.close()
        self.wait()


def start(
    arguments: list[str],
    *,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    text: bool = False,
) -> Process:
    """`arguments`: an interpreter, which is not looked at, and then `-c code`, `-m module` or a file, and what these
    are given. The rest means what it means to `subprocess.Popen`."""
    with contextlib.ExitStack() as ours:
        ends, files = {}, []
        for number, (name, given) in enumerate({"stdin": stdin, "stdout": stdout, "stderr": stderr}.items()):
            if given == subprocess.PIPE:
                theirs, kept = os.pipe() if name == "stdin" else os.pipe()[::-1]
                ours.callback(os.close, theirs)
                ends[name] = kept
            elif given == subprocess.DEVNULL:
                theirs = os.open(os.devnull, os.O_RDWR)
                ours.callback(os.close, theirs)
            elif given == subprocess.STDOUT:
                theirs = files[1]
            else:
                theirs = number if given is None else given.fileno()
            files.append(theirs)
        process = Process(arguments, cwd, env, files)
    for name, kept in ends.items():
        mode = "w" if name == "stdin" else "r"
        setattr(process, name, os.fdopen(kept, mode if text else f"{mode}b"))
    return process


def run(arguments: list[str], *, timeout: float = 120, text: bool = False, **options: Any):
    """As `subprocess.run` with its output captured."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with start(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, **options) as process:
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        said = []
        for each in (out, err):
            each.seek(0)
            said.append(each.read().decode() if text else each.read())
    return subprocess.CompletedProcess(arguments, process.returncode, *said)


@cache
def _address() -> str:
    """Where the nursery listens. The first who asks starts it; it ends with that process."""
    if ADDRESS:
        return ADDRESS
    folder = Path(tempfile.mkdtemp(prefix="mp-nu-", dir="/tmp"))  # a socket's path must be short
    address = str(folder / "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        command = [sys.executable, "-m", "tests.nursery", address, str(listening.fileno())]
        nursery = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, pass_fds=[listening.fileno()])

    def end() -> None:
        nursery.stdin.close()
        nursery.wait()

    atexit.register(end)
    return address


# In the nursery


def _tend(listening: socket.socket) -> dict | None:
    """Forks for whoever asks and tells them how it ended. Comes back with the order in each child, and with None when
    nobody is left to ask."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal it goes to all: who asked ends, then so do we
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    lines: dict[int, socket.socket] = {}
    while True:
        ready = select.select([listening, woken, 0], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            _tell_ended(lines)
        if listening in ready:
            line = listening.accept()[0]
            order, files = _order(line)
            with warnings.catch_warnings(action="ignore"):  # of threads: those there are, are allocators' and idle
                pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                for each in (listening, line, *lines.values()):
                    each.close()
                for each in (woken, wake):
                    os.close(each)
                for number, file in enumerate(files):
                    os.dup2(file, number)
                    os.close(file)
                return order
            for file in files:
                os.close(file)
            lines[pid] = line
            line.sendall(pid.to_bytes(4, "big"))
        if 0 in ready:
            return None


def _order(line: socket.socket) -> tuple[dict, list[int]]:
    size, files, _, _ = socket.recv_fds(line, 4, 3)
    return json.loads(line.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)), files


def _tell_ended(lines: dict[int, socket.socket]) -> None:
    while lines:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with lines.pop(pid) as line, contextlib.suppress(OSError):  # who asked may have gone
            line.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def _become(order: dict) -> None:
    """What an interpreter does with its arguments."""
    from data import worker

    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    worker.subprocess = _Subprocess
    kind, *rest = order["arguments"]
    if kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    elif kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = order["arguments"]
        runpy.run_path(kind, run_name="__main__")


class _Subprocess:
    """So that a portal's worker needs no imports either."""

    Popen, PIPE, TimeoutExpired = staticmethod(start), subprocess.PIPE, subprocess.TimeoutExpired


def _main() -> None:
    import pkgutil
    from importlib import import_module

    import pages.ui
    from tests import nursery

    nursery.ADDRESS = sys.argv[1]
    for name in LOADED:
        import_module(name)
    for module in pkgutil.iter_modules(pages.ui.__path__, "pages.ui."):
        import_module(module.name)
    busy = [Path(f"/proc/self/task/{task}/comm").read_text() for task in os.listdir("/proc/self/task")]
    assert not any(name.startswith("polars-") and name[7:8].isdigit() for name in busy), "its pool would not be forked"
    gc.collect()
    gc.freeze()  # nobody has to look through all that again
    if order := _tend(socket.socket(fileno=int(sys.argv[2]))):
        _become(order)
    else:
        shutil.rmtree(Path(nursery.ADDRESS).parent, ignore_errors=True)


if __name__ == "__main__":
    _main()
