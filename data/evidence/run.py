"""From the folder of a clone to what its files show."""

import time
from collections.abc import Callable
from pathlib import Path

from assessments.evidence import Evaluation, evaluate
from assessments.evidence.facts import Facts
from data.evidence.trees import open_clone, take

#: Seconds for the probes of one repository; what is left then is unknown.
TIME_LIMIT = 60.0


def evidence(
    path: Path | str,
    commit: str | None = None,
    *,
    facts: Facts | None = None,
    as_of: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """What the files of that commit show (of the newest on the default branch, when none is named).

    Raises GitError when the clone or the commit cannot be read, Cancelled when `cancelled` says so.
    """
    git = open_clone(path, cancelled)
    snapshot = take(git, commit, facts=facts, as_of=as_of)
    end = time.monotonic() + TIME_LIMIT
    return evaluate(snapshot, stop=lambda: time.monotonic() > end)
