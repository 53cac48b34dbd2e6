"""A broker of Kafka, started once for all workers of a run, as that takes a dozen seconds; and a Redis on a port."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.need import need

LIMIT = 90.0  # seconds, on a machine that does other things
SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:{controller}
listeners=PLAINTEXT://localhost:{port},CONTROLLER://localhost:{controller}
advertised.listeners=PLAINTEXT://localhost:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={folder}/data
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory) -> Iterator[str]:
    """Its address. Whoever needs it last stops it."""
    jars = need("kafka")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "kafka"
    folder.mkdir(exist_ok=True)
    with _noted(folder) as note:
        if not note:
            note |= _started(folder, jars)
        note["users"] = note.get("users", 0) + 1
    try:
        yield note["address"]
    finally:
        with _noted(folder) as note:
            note["users"] -= 1
            if not note["users"]:
                os.kill(note["pid"], signal.SIGKILL)
                note.clear()


@contextmanager
def _noted(folder: Path) -> Iterator[dict]:
    """What stands in the note about the broker, written back at the end; one worker at a time."""
    with (folder / "note.json").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        note = json.loads(file.read() or "{}")
        yield note
        file.truncate(0)
        file.write(json.dumps(note))


def _started(folder: Path, jars: str) -> dict:
    port, controller = _free_port(), _free_port()
    settings = folder / "server.properties"
    settings.write_text(SETTINGS.format(port=port, controller=controller, folder=folder), encoding="utf-8")
    java = ["java", "-cp", f"{jars}/*", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    with (folder / "log").open("ab") as log:
        formatting = [*java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAQACAAAAAAAAAAQ", "-c", settings]
        subprocess.run(formatting, stdout=log, stderr=log, check=True, timeout=LIMIT)
        process = subprocess.Popen(
            [*java, "kafka.Kafka", settings], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    address, end = f"localhost:{port}", time.monotonic() + LIMIT
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.fail(f"the broker did not start:\n{(folder / 'log').read_text(encoding='utf-8')[-4000:]}")
    return {"pid": process.pid, "address": address}


def _answers(address: str) -> bool:
    from confluent_kafka import KafkaException  # not there on every machine, and then `need` has skipped
    from confluent_kafka.admin import AdminClient

    try:
        return bool(AdminClient({"bootstrap.servers": address, "log_level": 0}).list_topics(timeout=1).brokers)
    except KafkaException:
        return False


@pytest.fixture(scope="session")
def redis_on_a_port(tmp_path_factory) -> Iterator[str]:
    """Its URL."""
    folder, port = tmp_path_factory.mktemp("redis"), _free_port()
    words = [need("redis"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    try:
        while not _open(port):
            assert time.monotonic() < end and process.poll() is None, "redis-server did not start"
            time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


def _open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]
