"""What people look at."""

from redis import Redis


def count(redis: Redis, prefix: str, service: str, day: str, outcome: str) -> None:
    redis.hincrby(f"{prefix}:{service}:{day}", outcome, 1)
