"""What the handed-out tests share. Leave this file as it is; tests of your own go into other files.

They start your program as others would, send it events through a real Kafka, and look at what stands in a real Redis.

    docker compose up --wait
    export KAFKA_BOOTSTRAP=localhost:9092 REDIS_URL=redis://localhost:6379/0
    python -m pytest

What they ask of the program, in whatever way it is built:

- `python -m pipeline` runs until SIGTERM and then ends with 0. (`PIPELINE` may hold other words to start it.)
- It takes KAFKA_BOOTSTRAP, REDIS_URL, EVENTS_TOPIC, DEAD_LETTER_TOPIC, CONSUMER_GROUP and VIEW_PREFIX from the
  environment. INSTANCE is the name of the one process, if it wants one.
- An event is `{"id": "d-17", "service": "shop", "outcome": "failed", "at": 1790000000.5}`. Its key is the service.
- What people see is a hash in Redis, `<VIEW_PREFIX>:<service>:<day of at, UTC>`, with the fields succeeded and failed.
- `python -m pipeline.publish` sends the events on its standard input, one JSON object a line, and ends with 0 only when
  the broker has all of them. (`PUBLISH` may hold other words.)
"""

import json
import os
import shlex
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import create_connection, socket
from urllib.parse import urlsplit

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from redis import Redis

ROOT = Path(__file__).resolve().parents[1]
#: Seconds; a group notices only after 45 that one of its members is gone.
PATIENCE = float(os.environ.get("PATIENCE", "90"))
PARTITIONS = 3
AT = 1_790_000_000.0


def event(number: int, service: str = "shop", outcome: str = "succeeded", at: float = AT) -> dict:
    return {"id": f"{service}-{number}", "service": service, "outcome": outcome, "at": at}


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Waits for a condition, and says what it was that did not come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"after {seconds:g} seconds still not so: {what}"
        time.sleep(0.05)


class Place:
    """Topics, a group and a prefix of its own for one test."""

    def __init__(self, bootstrap: str, redis_url: str):
        name = f"test-{uuid.uuid4().hex[:8]}"
        self.bootstrap, self.redis_url = bootstrap, redis_url
        self.topic, self.dead_letters, self.prefix = f"{name}-events", f"{name}-dead", name
        self.redis = Redis.from_url(redis_url, decode_responses=True)
        self.environment = os.environ | {
            "KAFKA_BOOTSTRAP": bootstrap,
            "REDIS_URL": redis_url,
            "EVENTS_TOPIC": self.topic,
            "DEAD_LETTER_TOPIC": self.dead_letters,
            "CONSUMER_GROUP": name,
            "VIEW_PREFIX": name,
        }

    @contextmanager
    def running(self, **environment: str) -> Iterator[subprocess.Popen]:
        """The program, which is ended afterwards however the block ends."""
        words = shlex.split(os.environ.get("PIPELINE", "")) or [sys.executable, "-m", "pipeline"]
        with subprocess.Popen(words, cwd=ROOT, env=self.environment | environment) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def publish(self, *events: dict, **environment: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(os.environ.get("PUBLISH", "")) or [sys.executable, "-m", "pipeline.publish"]
        lines = "".join(json.dumps(each) + "\n" for each in events)
        return subprocess.run(
            words, cwd=ROOT, env=self.environment | environment, input=lines, text=True, capture_output=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip

    def send(self, *values: bytes | dict, key: str = "shop") -> None:
        """Puts these into the topic as they are, past the program's own way of sending."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "acks": "all"})
        for value in values:
            producer.produce(self.topic, key=key, value=json.dumps(value) if isinstance(value, dict) else value)
        assert producer.flush(30) == 0, "the broker did not take the events of the test"

    def counted(self, service: str = "shop", outcome: str = "succeeded", at: float = AT) -> int:
        day = datetime.fromtimestamp(at, UTC).date().isoformat()
        return int(self.redis.hget(f"{self.prefix}:{service}:{day}", outcome) or 0)

    def written(self) -> list[str]:
        return list(self.redis.scan_iter(f"{self.prefix}:*", count=1000))

    def messages(self, topic: str) -> list[Message]:
        """All that lies in a topic now."""
        settings = {"bootstrap.servers": self.bootstrap, "group.id": self.prefix + "-look", "enable.auto.commit": False}
        reading = Consumer(settings)
        try:
            places = [TopicPartition(topic, number, 0) for number in range(PARTITIONS)]
            left = sum(reading.get_watermark_offsets(each, timeout=30)[1] for each in places)
            reading.assign(places)
            found: list[Message] = []
            while len(found) < left:
                some = reading.consume(left - len(found), 30)
                assert some and not any(each.error() for each in some), f"{topic} could not be read"
                found += some
            return found
        finally:
            reading.close()


@contextmanager
def place() -> Iterator[Place]:
    missing = [name for name in ("KAFKA_BOOTSTRAP", "REDIS_URL") if not os.environ.get(name)]
    assert not missing, f"set {' and '.join(missing)}; the first lines of tests/harness.py say how"
    made = Place(os.environ["KAFKA_BOOTSTRAP"], os.environ["REDIS_URL"])
    admin = AdminClient({"bootstrap.servers": made.bootstrap})
    topics = [NewTopic(name, PARTITIONS, 1) for name in (made.topic, made.dead_letters)]
    for answer in admin.create_topics(topics, operation_timeout=30).values():
        answer.result(60)
    try:
        yield made
    finally:
        for answer in admin.delete_topics([made.topic, made.dead_letters]).values():
            answer.result(60)
        if keys := made.written():
            made.redis.delete(*keys)
        made.redis.close()


class Door:
    """Stands before Redis. Closed, it hangs up on whoever comes; `tries` counts how often somebody did."""

    def __init__(self, redis_url: str):
        parts = urlsplit(redis_url)
        self._behind = (parts.hostname or "localhost", parts.port or 6379)
        self._listening = socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.open, self.tries = False, 0
        self.url = parts._replace(netloc=f"127.0.0.1:{self._listening.getsockname()[1]}").geturl()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            if not self.open:
                self.tries += 1
                one.close()
                continue
            other = create_connection(self._behind)
            for here, there in ((one, other), (other, one)):
                threading.Thread(target=_pass_on, args=(here, there), daemon=True).start()


def _pass_on(here: socket, there: socket) -> None:
    try:
        while said := here.recv(65536):
            there.sendall(said)
    except OSError:
        pass
    finally:
        there.close()
