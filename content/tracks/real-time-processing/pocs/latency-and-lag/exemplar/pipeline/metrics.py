"""How late the board is, and whether it is there at all; as Prometheus asks for it."""

from confluent_kafka import Consumer, KafkaException
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

EVERY = 5.0  # seconds between two looks at the broker
SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)


class Metrics:
    def __init__(self, registry: CollectorRegistry | None = None):
        self.registry = registry or CollectorRegistry()
        self._events = Counter("board_events", "Events that were read", ["result"], registry=self.registry)
        self._delay = Histogram(
            "board_delay_seconds", "From the end of a deployment until it is visible", buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self._lag = Gauge("board_lag_events", "Events that wait", ["partition"], registry=self.registry)
        self._looked = Gauge("board_last_look_timestamp_seconds", "When the loop came round", registry=self.registry)
        self._next = 0.0
        for result in ("counted", "repeated", "dead"):
            self._events.labels(result)  # there from the start, so that the first one is an increase

    def serve(self, port: int) -> None:
        start_http_server(port, addr="0.0.0.0", registry=self.registry)  # noqa: S104  Prometheus comes from elsewhere

    def handled(self, counted: bool, delay: float) -> None:
        """Only what is counted now has a delay: an event of last week that is read again is not a week late."""
        self._events.labels("counted" if counted else "repeated").inc()
        if counted:
            self._delay.observe(max(delay, 0.0))

    def dead(self) -> None:
        self._events.labels("dead").inc()

    def look(self, reading: Consumer, now: float) -> None:
        """Asks the broker how far it is, every few seconds. Partitions that went to another process are forgotten."""
        self._looked.set(now)
        if now < self._next:
            return
        self._next = now + EVERY
        self._lag.clear()
        try:
            places = reading.committed(reading.assignment(), timeout=2)
        except KafkaException:
            return  # not known, which is not 0
        for place in places:
            try:
                first, end = reading.get_watermark_offsets(place, timeout=2)
            except KafkaException:
                continue
            self._lag.labels(str(place.partition)).set(end - max(place.offset, first))
