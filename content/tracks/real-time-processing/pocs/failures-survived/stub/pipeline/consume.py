"""The loop, as many begin: whatever goes wrong is passed over."""

import json

from confluent_kafka import Consumer
from redis import Redis


def run(reading: Consumer, redis: Redis, prefix: str) -> None:
    while True:
        message = reading.poll(0.2)
        if message is None or message.error():
            continue
        try:
            event = json.loads(message.value())
            if redis.set(f"{prefix}:seen:{event['id']}", 1, nx=True):
                redis.hincrby(f"{prefix}:{event['service']}:{event['at']}", event["outcome"], 1)
        except Exception:
            pass
        reading.commit(message, asynchronous=False)
