"""What people write about plans, as it may be kept."""

from assessments.surveys.answers import clean

LONGEST_TITLE, LONGEST_NOTE, LONGEST_OWNER = 120, 2000, 80


def title(text: str, of: str) -> str:
    """On one line. Raises ValueError with a sentence."""
    line = " ".join(written(text, LONGEST_TITLE, f"The title of the {of}").split())
    if not any(sign.isalnum() for sign in line):
        raise ValueError(f"Give the {of} a title of 1 to {LONGEST_TITLE} characters.")
    return line


def owner(text: str) -> str:
    """On one line, "" for nobody. Raises ValueError with a sentence."""
    return " ".join(written(text, LONGEST_OWNER, "The owner").split())


def note(text: str) -> str:
    """Raises ValueError with a sentence."""
    return written(text, LONGEST_NOTE, "The note")


def written(text: str, longest: int, about: str) -> str:
    """A text of up to that many characters, which `about` names. Raises ValueError with a sentence."""
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(f"{about} has up to {longest:,} characters.")
    return clean(text, about.lower())
