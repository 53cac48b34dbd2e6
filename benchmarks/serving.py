"""A portal, or any other Streamlit page, in a process of its own, with what it costs: processor time and memory."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY_SECONDS = 120
QUIET, LOOKS, MOST = 0.03, 4, 90.0  # of a core; so many looks one after the other; seconds


@dataclass(frozen=True)
class Server:
    """tell, told: the pipe through which it is made to forget, and the one through which it says that it has."""

    address: str
    pid: int
    tell: int
    told: int

    def forget(self) -> None:
        """Empties all that it keeps for pages."""
        os.write(self.tell, b".")
        os.read(self.told, 1)

    def cpu(self) -> float:
        """Milliseconds of processor time that it has used since it began, all of its threads together."""
        return time.clock_gettime((~self.pid << 3) | 2) * 1000  # the clock of another process: clock_getcpuclockid(3)

    def settle(self) -> None:
        """Waits until it does nothing: what it works out beside the pages would be counted as theirs."""
        quiet, until = 0, time.monotonic() + MOST
        while quiet < LOOKS and time.monotonic() < until:
            begun, used = time.monotonic(), self.cpu()
            time.sleep(0.1)
            quiet = quiet + 1 if (self.cpu() - used) / 1000 < QUIET * (time.monotonic() - begun) else 0

    def megabytes(self) -> float:
        """The memory that it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(home: Path, script: str = "app.py", folder: Path = ROOT, ready: str = "/readyz") -> Iterator[Server]:
    """A server of that script, which keeps its data in `home` and its log beside it; ended afterwards. No worker is
    started. ready: the path that answers 200 once it may be asked."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    surroundings = {**os.environ, "MILEPOST_HOME": str(home), "MILEPOST_WORKER": "external", "PYTHONUNBUFFERED": "1"}
    surroundings.pop("DATABASE_URL", None)
    home.mkdir(parents=True, exist_ok=True)
    log = home / "benchmark.log"
    command = [sys.executable, "-m", "benchmarks.forgetful", "run", script, f"--server.port={port}"]
    command += ["--server.headless=true", "--server.address=127.0.0.1", "--browser.gatherUsageStats=false"]
    surroundings["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [surroundings.get("PYTHONPATH")])])
    heard, tell = os.pipe()
    told, say = os.pipe()
    surroundings["MILEPOST_TOLD"] = str(say)
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=surroundings, stdout=said, stderr=subprocess.STDOUT, stdin=heard, pass_fds=[say]
        )
    os.close(heard)
    os.close(say)
    try:
        _wait(port, ready, process, log)
        yield Server(f"http://127.0.0.1:{port}", process.pid, tell, told)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(tell)
        os.close(told)


def _wait(port: int, ready: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", ready)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")
