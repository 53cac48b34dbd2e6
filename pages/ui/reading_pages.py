"""The pages for reading: part of the registry."""

from data.access import Action
from pages.ui.page_spec import PageSpec

READING = (
    PageSpec(
        "learn",
        "learn/catalog.py",
        "Learn",
        "school",
        "Learn",
        Action.VIEW,
        "Tracks to learn by doing: what fits your team, why, and what it takes.",
    ),
    PageSpec(
        "track",
        "learn/track.py",
        "Track",
        "route",
        "Learn",
        Action.VIEW,
        "A track: what the team can do afterwards, its modules and proofs of concept.",
        visible=False,
    ),
    PageSpec(
        "module",
        "learn/module.py",
        "Module",
        "menu_book",
        "Learn",
        Action.VIEW,
        "A module to read, with its questions.",
        visible=False,
    ),
)
CONTENT = (
    PageSpec(
        "content",
        "learn/content.py",
        "Content",
        "fact_check",
        "Learn",
        Action.REVIEW,
        "What is wrong with the learning content, how its questions are answered, and how to write more.",
    ),
)
