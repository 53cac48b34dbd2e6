"""How texts reach a terminal: as text, wherever they came from."""

import os
import sys
from typing import TextIO

from rich.console import Console


def console_for(color: str, file: TextIO | None = None) -> Console:
    """Where to print: standard output, or a file. color: "auto" (only in a terminal), "always" or "never"."""
    in_terminal = file is None and sys.stdout.isatty()
    wanted = {"auto": None, "always": True, "never": False}[color]
    bare = wanted is False or (wanted is None and (not in_terminal or bool(os.environ.get("NO_COLOR"))))
    return Console(
        file=file,
        no_color=bare,
        force_terminal=False if bare else wanted,
        width=None if in_terminal else 120,
        highlight=False,
        markup=False,
        emoji=False,
    )


def safe(text: object) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in str(text))
