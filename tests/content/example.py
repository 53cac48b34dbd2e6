"""The example track of docs/authoring.md, as files by path."""

import re
from functools import lru_cache

from content import catalog

_BLOCK = re.compile(r"^(```|~~~~)(?:yaml|markdown) (tracks/\S+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@lru_cache
def files() -> dict[str, str]:
    text = (catalog.HERE.parent / "docs" / "authoring.md").read_text(encoding="utf-8")
    return {path: body for _, path, body in _BLOCK.findall(text)}


def file(ending: str) -> str:
    """The one whose path ends so."""
    return next(text for path, text in files().items() if path.endswith(ending))
