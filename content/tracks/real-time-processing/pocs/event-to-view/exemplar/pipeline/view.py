"""What people look at: for each service and day how many deployments succeeded and failed, in Redis."""

from redis import Redis

from pipeline.events import Event

KEEP = 8 * 24 * 3600  # seconds


def connected(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


class View:
    def __init__(self, redis: Redis, prefix: str):
        self._redis = redis
        self._prefix = prefix

    def count(self, event: Event) -> None:
        """The number and its end are written in one transaction: a number without an end would stay for ever."""
        number = f"{self._prefix}:{event.service}:{event.day}"
        with self._redis.pipeline() as pipe:
            pipe.hincrby(number, event.outcome, 1)
            pipe.expire(number, KEEP)
            pipe.execute()
