"""What needs neither Kafka nor Redis."""

import threading

import pytest
from pipeline import consume, settings
from pipeline.consume import Loop
from pipeline.events import SIZE, BadEvent, Event, parse
from pipeline.metrics import Metrics
from prometheus_client import generate_latest
from redis.exceptions import AuthenticationError


def test_an_event_is_read_and_fields_that_are_not_known_are_left_alone():
    line = b'{"id": "a", "service": "shop", "outcome": "failed", "at": 86399.5, "commit": "abc"}'
    assert parse(line) == Event("a", "shop", "failed", 86399.5)
    assert parse(line).day == "1970-01-01"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"{" * 5000, "not JSON"),
        (b'"' + b"x" * SIZE + b'"', "longer"),
        (b"[]", "object"),
        (b'{"id": "a", "service": "shop", "outcome": "failed", "at": true}', "at is not a time"),
        (b'{"id": "a", "service": "shop", "outcome": "failed", "at": 1e30}', "at is not a time"),
        (b'{"id": "a", "service": "shop", "outcome": "failed", "at": 1' + b"0" * 400 + b"}", "at is not a time"),
        (b'{"id": "a", "service": "shop:*", "outcome": "failed", "at": 1}', "service is not"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(value, reason):
    with pytest.raises(BadEvent, match=reason):
        parse(value)


def test_settings_say_what_is_missing():
    with pytest.raises(ValueError, match="set KAFKA_BOOTSTRAP and REDIS_URL"):
        settings.read({})


def test_only_what_is_counted_now_has_a_delay():
    metrics = Metrics()
    metrics.handled(True, 0.3)
    metrics.handled(False, 86400.0)
    said = generate_latest(metrics.registry).decode()
    assert "board_delay_seconds_count 1.0" in said and "board_delay_seconds_sum 0.3" in said
    assert 'board_events_total{result="repeated"} 1.0' in said


class Reading:
    """As much of a consumer as the metrics ask."""

    def __init__(self, committed: dict[int, int], ends: dict[int, tuple[int, int]]):
        self.committed_offsets, self.ends = committed, ends

    def assignment(self):
        return list(self.ends)

    def committed(self, places, timeout):
        return [type("Place", (), {"partition": n, "offset": self.committed_offsets.get(n, -1001)}) for n in places]

    def get_watermark_offsets(self, place, timeout):
        return self.ends[place.partition]


def test_lag_is_what_lies_behind_the_last_commit_and_all_where_there_was_none():
    metrics = Metrics()
    metrics.look(Reading({0: 90}, {0: (10, 100), 1: (10, 100)}), now=1000.0)
    said = generate_latest(metrics.registry).decode()
    assert 'board_lag_events{partition="0"} 10.0' in said
    assert 'board_lag_events{partition="1"} 90.0' in said


def test_a_partition_that_went_to_another_process_is_forgotten():
    metrics = Metrics()
    metrics.look(Reading({}, {0: (0, 5), 1: (0, 5)}), now=1000.0)
    metrics.look(Reading({}, {1: (0, 5)}), now=1005.0)
    assert 'partition="0"' not in generate_latest(metrics.registry).decode()


class Handing:
    """As much of a consumer as the loop asks; hands out one event."""

    def subscribe(self, topics): ...

    def consume(self, number, seconds):
        return [self]

    def error(self): ...

    def value(self):
        return b'{"id": "a", "service": "shop", "outcome": "failed", "at": 1}'

    def close(self): ...


class Refusing:
    """A Redis that does not take the password."""

    asked = 0

    def count(self, event):
        self.asked += 1
        raise AuthenticationError("invalid username-password pair")


def test_a_wrong_password_ends_it_at_once(monkeypatch):
    monkeypatch.setattr(consume, "PATIENCE", 0.3)
    view = Refusing()
    with pytest.raises(AuthenticationError):
        Loop(Handing(), view, None, Metrics(), threading.Event()).run("events")
    assert view.asked == 1
