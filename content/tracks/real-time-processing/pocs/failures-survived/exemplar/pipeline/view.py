"""What people look at: for each service and day how many deployments succeeded and failed, in Redis."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import WatchError
from redis.retry import Retry

from pipeline.events import Event

#: Longer than an event lies in the topic (7 days and a segment of 6 hours): whatever is read again is still known.
KEEP = 8 * 24 * 3600  # seconds


def connected(url: str) -> Redis:
    """A server that does not answer is an error after two seconds. Trying again is left to the loop, which knows when
    to stop."""
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))


class View:
    def __init__(self, redis: Redis, prefix: str):
        self._redis = redis
        self._prefix = prefix

    def count(self, event: Event) -> bool:
        """Whether it was counted now; an event that was counted before changes nothing. The mark and the number are
        written in one transaction, so there is never one without the other."""
        seen = f"{self._prefix}:seen:{event.id}"
        number = f"{self._prefix}:{event.service}:{event.day}"
        while True:
            with self._redis.pipeline() as pipe:
                try:
                    pipe.watch(seen)
                    if pipe.exists(seen):
                        return False
                    pipe.multi()
                    pipe.set(seen, 1, ex=KEEP)
                    pipe.hincrby(number, event.outcome, 1)
                    pipe.expire(number, KEEP)
                    pipe.execute()
                    return True
                except WatchError:
                    continue  # somebody else has just counted it: look again
