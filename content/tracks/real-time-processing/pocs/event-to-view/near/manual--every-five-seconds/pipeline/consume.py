"""The loop: read, count, and only then say that it was read."""

import threading

from confluent_kafka import Consumer, KafkaException

from pipeline.events import parse
from pipeline.settings import Settings
from pipeline.view import View


def consumer(settings: Settings) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": settings.bootstrap,
            "group.id": settings.group,
            "group.instance.id": settings.instance,
            "enable.auto.commit": True,
            "auto.offset.reset": "earliest",
        }
    )


def run(reading: Consumer, view: View, topic: str, stop: threading.Event) -> None:
    """Until asked to stop. Whatever goes wrong ends it, and what was not committed is read again by the next process,
    which may count it twice but loses nothing."""
    reading.subscribe([topic])
    try:
        while not stop.is_set():
            message = reading.poll(0.2)
            if message is None:
                continue
            if error := message.error():
                raise KafkaException(error)
            view.count(parse(message.value()))
            reading.commit(message, asynchronous=False)
    finally:
        reading.close()
