"""How many events were read."""

from prometheus_client import Counter

EVENTS = Counter("board_events", "Events that were read")
