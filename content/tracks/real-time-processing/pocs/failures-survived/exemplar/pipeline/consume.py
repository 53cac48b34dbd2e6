"""The loop: read, count, and only then say that it was read."""

import logging
import threading
import time

from confluent_kafka import Consumer, KafkaException, Message
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    OutOfMemoryError,
    ReadOnlyError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from pipeline.events import BadEvent, parse
from pipeline.letters import DeadLetters
from pipeline.settings import Settings
from pipeline.view import View

log = logging.getLogger("pipeline")
BATCH = 200
WAIT = 0.1  # seconds until a batch that is not full is handled
PATIENCE = 120.0  # seconds of trying again, well below max.poll.interval.ms
#: These pass. Whatever else Redis says does not get better by asking again.
PASSING = (RedisConnectionError, RedisTimeoutError, BusyLoadingError, ReadOnlyError, OutOfMemoryError)
#: For redis-py a kind of ConnectionError, though they stay.
REFUSED = (AuthenticationError, AuthorizationError)


class Stopped(Exception):
    """Somebody asked the process to end while it was waiting."""


def consumer(settings: Settings) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": settings.bootstrap,
            "group.id": settings.group,
            "group.instance.id": settings.instance,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "max.poll.interval.ms": 300_000,
        }
    )


class Loop:
    def __init__(self, reading: Consumer, view: View, letters: DeadLetters, stop: threading.Event):
        self._reading = reading
        self._view = view
        self._letters = letters
        self._stop = stop

    def run(self, topic: str) -> None:
        """Until asked to stop. Raises what cannot be got over; what was not committed is then read again."""
        self._reading.subscribe([topic])
        try:
            while not self._stop.is_set():
                messages = self._reading.consume(BATCH, WAIT)
                for message in messages:
                    self._handle(message)
                if messages:
                    self._reading.commit(asynchronous=False)
        except Stopped:
            log.info("asked to end while waiting for Redis; what was not committed is read again")
        finally:
            self._reading.close()

    def _handle(self, message: Message) -> None:
        if error := message.error():
            raise KafkaException(error)
        try:
            event = parse(message.value())
        except BadEvent as bad:
            log.warning("dead letter at %s/%s: %s", message.partition(), message.offset(), bad)
            self._letters.put(message, str(bad))
            return
        begun, pause = time.monotonic(), 0.1
        while True:
            try:
                self._view.count(event)
                return
            except REFUSED:
                raise
            except PASSING as error:
                if time.monotonic() - begun > PATIENCE:
                    raise
                log.warning("Redis is away, trying again in %.1f s: %s", pause, error)
                if self._stop.wait(pause):
                    raise Stopped from None
                pause = min(pause * 2, 5.0)
