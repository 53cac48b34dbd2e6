"""Where Kafka and Redis are, and under which names; all from the environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """instance: the name under which a restarted process gets its partitions back at once; each process that runs
    beside another has its own."""

    bootstrap: str
    redis_url: str
    topic: str
    group: str
    instance: str
    prefix: str


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises ValueError with what is missing or wrong."""
    missing = [name for name in ("KAFKA_BOOTSTRAP", "REDIS_URL") if not environment.get(name)]
    if missing:
        raise ValueError(f"set {' and '.join(missing)}, such as localhost:9092 and redis://localhost:6379/0")
    return Settings(
        bootstrap=environment["KAFKA_BOOTSTRAP"],
        redis_url=environment["REDIS_URL"],
        topic=environment.get("EVENTS_TOPIC", "delivery-events"),
        group=environment.get("CONSUMER_GROUP", "board"),
        instance=environment.get("INSTANCE", socket.gethostname()),
        prefix=environment.get("VIEW_PREFIX", "board"),
    )
