"""The pages of learning by doing: part of the registry."""

from data.access import Action
from pages.ui.page_spec import PageSpec

PROVING = (
    PageSpec(
        "paths",
        "learn/paths.py",
        "Paths",
        "alt_route",
        "Learn",
        Action.VIEW,
        "Your first hour, and which tracks lead which capability up, with the hours they take.",
    ),
    PageSpec(
        "proof",
        "learn/proof.py",
        "Proof of concept",
        "science",
        "Learn",
        Action.VIEW_PROOFS,
        "Try one thing in your own repository, have it checked, and decide.",
        visible=False,
    ),
    PageSpec(
        "reviews",
        "learn/reviews.py",
        "Reviews",
        "rate_review",
        "Learn",
        Action.VIEW_PROOFS,
        "What waits for your judgement, with the rubric before you.",
    ),
    PageSpec(
        "learning",
        "learn/learning.py",
        "Learning",
        "trending_up",
        "Learn",
        Action.VIEW,
        "What a team learns and tries, what stands still, and how far teams come.",
    ),
)
