"""Sends events, one a line: `echo '{"id": ...}' | python -m pipeline.publish`. Ends with 0 when all are safe."""

import os
import sys

from confluent_kafka import KafkaError, Message, Producer

from pipeline import settings
from pipeline.events import parse


def producer(bootstrap: str, seconds: float) -> Producer:
    return Producer(
        {
            "bootstrap.servers": bootstrap,
            "acks": "all",  # all replicas that are in step have it
            "enable.idempotence": True,  # an attempt that is repeated leaves one copy
            "delivery.timeout.ms": int(seconds * 1000),
        }
    )


def publish(lines: list[bytes], bootstrap: str, topic: str, seconds: float = 30) -> list[str]:
    """What was not delivered, a line each. Raises BadEvent before anything is sent."""
    events = [parse(line) for line in lines]
    failed: list[str] = []

    def report(error: KafkaError | None, message: Message) -> None:
        if error is not None:
            failed.append(error.str())

    sending = producer(bootstrap, seconds)
    for _, line in zip(events, lines, strict=True):
        while True:
            try:
                sending.produce(topic, value=line, on_delivery=report)
                break
            except BufferError:  # as many are under way as may be
                sending.poll(0.5)
        sending.poll(0)
    left = sending.flush(seconds + 5)
    return failed + ["no answer"] * left


def main() -> int:
    lines = [line.strip() for line in sys.stdin.buffer if line.strip()]
    try:
        where = settings.read({"REDIS_URL": "unused"} | dict(os.environ))
        failed = publish(lines, where.bootstrap, where.topic, float(os.environ.get("PUBLISH_SECONDS", "30")))
    except ValueError as error:
        print(f"nothing was sent: {error}", file=sys.stderr)
        return 2
    if failed:
        print(f"{len(failed)} of {len(lines)} events were not delivered: {failed[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
