"""What an event is. Whatever arrives and is none is refused here, in one place."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

OUTCOMES = ("succeeded", "failed")
SIZE = 10_000  # bytes
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_LATEST = 4_102_444_800.0  # the year 2100


class BadEvent(ValueError):
    """It will never be one, however often it is tried."""


@dataclass(frozen=True)
class Event:
    """A deployment that ended. id: the same each time it is sent; at: seconds since 1970, when it ended."""

    id: str
    service: str
    outcome: str
    at: float

    @property
    def day(self) -> str:
        return datetime.fromtimestamp(self.at, UTC).date().isoformat()


def parse(value: bytes | None) -> Event:
    """Raises BadEvent with the reason. Fields that are not known are left alone, so that senders may add some."""
    if value is None or len(value) > SIZE:
        raise BadEvent("empty" if value is None else f"longer than {SIZE} bytes")
    try:
        plain = json.loads(value)
    except (ValueError, RecursionError):
        raise BadEvent("not JSON") from None
    if not isinstance(plain, dict):
        raise BadEvent("not a JSON object")
    id_, service, outcome, at = (plain.get(name) for name in ("id", "service", "outcome", "at"))
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise BadEvent("id is not 1 to 80 letters, digits and dashes")
    if not isinstance(service, str) or not _NAME.fullmatch(service):
        raise BadEvent("service is not a name of small letters, digits and dashes")
    if outcome not in OUTCOMES:
        raise BadEvent(f"outcome is none of {', '.join(OUTCOMES)}")
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at < _LATEST:
        raise BadEvent("at is not a time in seconds since 1970")
    return Event(id_, service, outcome, float(at))
