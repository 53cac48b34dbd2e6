"""How to write a track, as it stands in docs/authoring.md."""

from functools import lru_cache
from pathlib import Path

from pages.ui import prose

FILE = Path(__file__).parent.parent.parent / "docs" / "authoring.md"


@lru_cache
def _text() -> str:
    """Without its title, which the page has."""
    return FILE.read_text(encoding="utf-8").partition("\n")[2]


def section() -> None:
    """The whole guide."""
    prose.show(_text())
