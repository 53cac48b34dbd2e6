"""What is deployed where, so that the same deployment is not done twice."""

import json
import os
from pathlib import Path


def deployed(folder: Path, target: str) -> str:
    """The version that was deployed last, empty when none was or when it is not known."""
    try:
        return str(json.loads((folder / f"{target}.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def record(folder: Path, target: str, version: str) -> None:
    """Empty when something was begun and is not known to be there. Written beside and moved, so that nobody ever reads
    half of it."""
    path = folder / f"{target}.json"
    beside = path.with_suffix(".new")
    with open(beside, "w", encoding="utf-8") as file:
        json.dump({"version": version}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
