"""The error of everything that is set wrongly; it knows of nothing else, so that all may raise it."""


class Unusable(ValueError):
    """Milepost cannot be used as things are. The text is one sentence for people that says what to do."""
