"""One line of JSON for each thing that ended, for programs that search; people find the same words in it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from orchestrator.core import Event


def log(stream: TextIO, deployment: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
    """A listener. deployment: stands in each line, so that all lines of one deployment can be found."""

    def listen(event: Event) -> None:
        line = {
            "at": now().isoformat(timespec="milliseconds"),
            "level": "error" if event.error else "info",
            "event": event.what,
            "step": event.step,
            "version": event.version,
            "duration": round(event.seconds, 3),
            "deployment": deployment,
        }
        if event.error:
            line["error"] = event.error
        print(json.dumps(line), file=stream, flush=True)

    return listen
