"""A questionnaire and sheets of a few words, for tests."""

from assessments.surveys.answers import Sheet
from assessments.surveys.questionnaire import Questionnaire

OPTIONS = [{"key": str(place), "text": text} for place, text in enumerate(["None", "Few", "Half", "Most", "All"])]
STEPS = [{"key": key, "text": key.capitalize()} for key in ("coding", "review", "deploy")]


def plain(*items: dict) -> dict:
    """With these items in one block, or with one item of every kind."""
    items = items or (
        choice("speed"),
        choice("calm", construct="mood", better="low"),
        choice("hope", construct="mood", better="low"),
        {"key": "failed", "text": "How many of 100 failed?", "kind": "percent", "better": "low"},
        {"key": "words", "text": "What else?", "kind": "text", "better": "high"},
        {"key": "pains", "text": "What held you up?", "kind": "pain-points", "better": "high", "most": 2, "steps":
        STEPS,
         "how_often": OPTIONS, "how_bad": OPTIONS},
    )  # fmt: skip
    block = {"key": "first", "title": "First", "lead": "Of late.", "about": "outcome", "minutes": 1.5}
    head = {"key": "small", "version": 1, "title": "Small", "purpose": "To try.", "recall": "of late"}
    return {**head, "suggested": [], "minutes": 1.5, "blocks": [{**block, "items": list(items)}]}


def choice(key: str, options: int = 5, better: str = "high", **fields) -> dict:
    return {
        "key": key,
        "text": f"How {key}?",
        "kind": "choice",
        "options": OPTIONS[:options],
        "better": better,
        **fields,
    }


def questionnaire(*items: dict) -> Questionnaire:
    return Questionnaire.of(plain(*items))


def sheets(*values: int | str, key: str = "speed") -> list[Sheet]:
    """One for each value of that item; a word is said instead of a value, None is unanswered."""
    made = []
    for value in values:
        said = {key: value} if isinstance(value, str) else {}
        made.append(Sheet({} if said or value is None else {key: value}, said))
    return made
