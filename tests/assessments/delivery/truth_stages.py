"""Truth table: the stages of lead time. Every change is shipped by d1; hours since Monday."""

from datetime import datetime

from tests.assessments.delivery.story import deploy, merge, story

FULL = {"authored": 0, "opened": 2, "ready": 3, "review": 5, "approval": 6}
WHOLE = {"A.lead": 12, "A.clamped": False}

CASES = {
    "the seven stages of a reviewed pull request": (
        story(merge("A", 8, **FULL), deploy("d1", "A", 12, started=11)),
        {
            **{"A.coding": 2, "A.draft": 1, "A.waiting_for_review": 2, "A.review": 1, "A.waiting_to_merge": 2},
            **{"A.waiting_to_deploy": 3, "A.deploying": 1, "A.reviewed": True},
            **WHOLE,
        },
    ),
    "an unreviewed pull request keeps its whole open time": (
        story(merge("A", 8, authored=0, opened=2), deploy("d1", "A", 12, started=11)),
        {"A.waiting_for_review": 6, "A.review": None, "A.waiting_to_merge": None, "A.reviewed": False, **WHOLE},
    ),
    "draft time is a stage": (
        story(merge("A", 8, authored=0, opened=2, ready=7), deploy("d1", "A", 12, started=11)),
        {"A.draft": 5, "A.waiting_for_review": 1, "A.coding": 2, **WHOLE},
    ),
    "never a draft has no draft time": (
        story(merge("A", 8, authored=0, opened=2, review=3, approval=4), deploy("d1", "A", 12)),
        {"A.draft": 0, "A.waiting_for_review": 1, **WHOLE},
    ),
    "an approval after the merge moves to the merge": (
        story(merge("A", 8, authored=0, opened=2, review=3, approval=9), deploy("d1", "A", 12)),
        {"A.review": 5, "A.waiting_to_merge": 0, "A.clamped": True, "A.lead": 12, "coverage.changes_clamped": 1},
    ),
    "a review before ready moves to ready": (
        story(merge("A", 8, authored=0, opened=2, ready=5, review=3, approval=6), deploy("d1", "A", 12)),
        {"A.waiting_for_review": 0, "A.review": 1, "A.clamped": True, "A.draft": 3},
    ),
    "authored after the opening moves to the opening": (
        story(merge("A", 8, authored=5, opened=2), deploy("d1", "A", 12)),
        {"A.coding": 0, "A.lead": 10, "A.clamped": True},
    ),
    "without an approval the rest is review": (
        story(merge("A", 8, authored=0, opened=2, review=3), deploy("d1", "A", 12)),
        {"A.review": 5, "A.waiting_to_merge": None, **WHOLE},
    ),
    "an approval is a review": (
        story(merge("A", 8, authored=0, opened=2, approval=5), deploy("d1", "A", 12)),
        {"A.waiting_for_review": 3, "A.review": 0, "A.waiting_to_merge": 3, "A.reviewed": True},
    ),
    "a hidden first commit is no lead time of zero": (
        story(merge("A", 8, authored=None), deploy("d1", "A", 12, started=11)),
        {
            **{"A.series": "merge_to_production", "A.lead": 4, "A.coding": None, "A.waiting_to_deploy": 3},
            **{"lead_time.state": "no_data", "lead_time.n": 0, "merge_to_production.n": 1},
            "coverage.changes_first_commit_hidden": 1,
        },
    ),
    "hidden and known first commits are never mixed": (
        story(
            *(merge(name, 10, authored=0) for name in "ABCDEF"),
            *(merge("G", 10, authored=None), deploy("d1", "G", 20)),
        ),
        {"lead_time.value": 20, "lead_time.n": 6, "merge_to_production.values": (10,)},
    ),
    "a deployment that began before the merge": (
        story(merge("A", 8, authored=0), deploy("d1", "A", 12, started=7)),
        {"A.waiting_to_deploy": 0, "A.deploying": 4, "A.clamped": True, "A.lead": 12},
    ),
    "without a start it all waited to deploy": (
        story(merge("A", 8, authored=0), deploy("d1", "A", 12)),
        {"A.waiting_to_deploy": 4, "A.deploying": None, **WHOLE},
    ),
    "without an opening all before the merge is one": (
        story(merge("A", 8, authored=0), deploy("d1", "A", 12)),
        {"A.coding": 8, "A.draft": None, "A.waiting_for_review": None, "A.reviewed": None},
    ),
    "a merge dated after the finish takes no negative time": (
        story(merge("A", 15, authored=14), deploy("d1", "A", 12, started=11)),
        {"A.lead": 0, "A.deploying": 0, "A.coding": 0, "A.clamped": True},
    ),
    "local times on both sides of a clock change": (
        story(
            merge(
                "A",
                datetime.fromisoformat("2026-03-29T01:30:00+01:00"),
                authored=datetime.fromisoformat("2026-03-29T00:30:00+01:00"),
            ),
            deploy("d1", "A", datetime.fromisoformat("2026-03-29T03:30:00+02:00")),
            until=2500,
        ),
        {"A.lead": 2, "A.waiting_to_deploy": 1},
    ),
    "first commit written before 1970": (
        story(merge("A", 8, authored=-490_912), deploy("d1", "A", 12)),
        {"A.lead": 490_924, "A.coding": 490_920},
    ),
}
