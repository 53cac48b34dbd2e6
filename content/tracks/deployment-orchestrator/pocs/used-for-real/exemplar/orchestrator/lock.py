"""One deployment at a time. The lock is the kernel's, so it goes with the process that held it, however that ends."""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What a target may be named, as it becomes the name of a file.
TARGET = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Busy(Exception):
    """Somebody else deploys there. by: who, as they said."""

    def __init__(self, target: str, by: str):
        super().__init__(f"{target} is being deployed by {by or 'somebody who did not say'}")
        self.target, self.by = target, by


@contextmanager
def hold(folder: Path, target: str, by: str = "") -> Iterator[None]:
    """Raises Busy at once; whoever wants to wait asks again. The file stays: to remove it while another process opens
    it would give two of them a lock."""
    if not TARGET.fullmatch(target):
        raise ValueError(f"{target!r} is no name of a target; small letters, digits and dashes")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{target}.lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Busy(target, file.read(200).strip()) from None
        file.truncate(0)
        file.write(by)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
