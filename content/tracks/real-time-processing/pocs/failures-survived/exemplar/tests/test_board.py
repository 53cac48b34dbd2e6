"""What needs neither Kafka nor Redis."""

import threading

import pytest
from pipeline import consume, settings
from pipeline.consume import Loop
from pipeline.events import SIZE, BadEvent, Event, parse
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
        Loop(Handing(), view, None, threading.Event()).run("events")
    assert view.asked == 1
