"""What people write about plans, as it may be kept."""

from assessments.surveys.answers import clean

LONGEST_TITLE, LONGEST_NOTE = 120, 2000


def title(text: str, of: str) -> str:
    """On one line. Raises ValueError with a sentence."""
    line = " ".join(_cleaned(text, LONGEST_TITLE, f"The title of the {of}").split())
    if not any(sign.isalnum() for sign in line):
        raise ValueError(f"Give the {of} a title of 1 to {LONGEST_TITLE} characters.")
    return line


def note(text: str) -> str:
    """Raises ValueError with a sentence."""
    return _cleaned(text, LONGEST_NOTE, "The note")


def _cleaned(text: str, longest: int, about: str) -> str:
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(f"{about} has up to {longest:,} characters.")
    return clean(text, about.lower())
