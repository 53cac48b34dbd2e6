"""How a task stands in the queue: as JSON. Huey's own way, pickle, would let whoever can write to the queue run code
here."""

import json
from datetime import datetime

from huey.registry import Message
from huey.serializer import Serializer

_KEPT = ("id", "name", "eta", "retries", "retry_delay", "priority", "args", "kwargs", "expires", "expires_resolved",
         "timeout", "retry_backoff")  # fmt: skip
_TIMES = ("eta", "expires_resolved")


class PlainSerializer(Serializer):
    """Tasks of plain arguments, without others that follow them. Raises ValueError for what is none."""

    def _serialize(self, data: object) -> bytes:
        if not isinstance(data, Message):
            return json.dumps({"value": data}).encode()
        row = {name: getattr(data, name) for name in _KEPT}
        row |= {name: row[name].isoformat() for name in _TIMES if row[name] is not None}
        return json.dumps({"task": row}).encode()

    def _deserialize(self, data: bytes) -> object:
        try:
            found = json.loads(data)
            if "task" not in found:
                return found["value"]
            row = {name: found["task"][name] for name in _KEPT}
            row |= {name: datetime.fromisoformat(row[name]) for name in _TIMES if row[name] is not None}
        except (LookupError, TypeError, RecursionError, UnicodeDecodeError) as error:
            raise ValueError("What stands in the queue is no task.") from error
        return Message(**{**row, "args": tuple(row["args"]), "kwargs": dict(row["kwargs"] or {})})
