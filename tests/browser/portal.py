"""A portal of its own for a test: a fresh home, a free port, the real server with its worker, and a browser on it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "tests" / "artifacts"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(home: Path, roots: Path | None = None, worker: bool = True, wait: float = 90) -> Iterator[str]:
    """The address of a portal that keeps its data in `home`. Its log is `home/portal.log`."""
    port = free_port()
    surroundings = {**os.environ, "MILEPOST_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    if roots:
        surroundings["MILEPOST_ROOTS"] = str(roots)
    if not worker:
        surroundings["MILEPOST_WORKER"] = "external"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "portal.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
            cwd=ROOT,
            env=surroundings,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, server, home / "portal.log", wait)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(address: str, server: subprocess.Popen, log: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200 and b'"ok"' in answer.read():
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the portal did not start:\n{log.read_text(errors='replace')[-4000:]}")
