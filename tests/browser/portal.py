"""A portal of its own for a test: a fresh home, a free port, the real server with its worker, and a browser on it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import nursery

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


def answered(address: str, path: str = "/") -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in small letters) and body of a plain request. Raises OSError when nobody answers."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    except http.client.HTTPException as error:
        raise OSError("the answer broke off") from error
    finally:
        connection.close()


@contextmanager
def running(
    home: Path,
    roots: Path | None = None,
    worker: bool = True,
    wait: float = 90,
    fresh: bool = False,
    code: Path = ROOT,
    settings: Callable[[str], dict[str, str]] | None = None,
) -> Iterator[str]:
    """The address of a portal that keeps its data in `home`, its log in `home/portal.log`; its code is in `code`.

    fresh: it loads its code itself, as `milepost.py run` does; settings: more of its environment, given its address.
    """
    port = free_port()
    surroundings = {**os.environ, "MILEPOST_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    if roots:
        surroundings["MILEPOST_ROOTS"] = str(roots)
    if not worker:
        surroundings["MILEPOST_WORKER"] = "external"
    address = f"http://127.0.0.1:{port}"
    surroundings |= settings(address) if settings else {}
    home.mkdir(parents=True, exist_ok=True)
    with (home / "portal.log").open("wb") as log:
        server = (subprocess.Popen if fresh else nursery.start)(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
            cwd=code,
            env=surroundings,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
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


def _wait_until_ready(address: str, server: subprocess.Popen | nursery.Process, log: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            if answered(address, "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the portal did not start:\n{log.read_text(errors='replace')[-4000:]}")
