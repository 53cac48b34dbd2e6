"""The workflow maps of three invented teams: how they worked before and after a change, and what they want next.

The map of `ranking` fits its story: merges waited for a meeting until four months before the end. So do that of
`payments-api`, which left its weekly release, and that of `tax-rules`, whose evening of deploying by hand became ten
minutes of a pipeline. Times are minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from assessments.workflow.model import RECOVERY, Map
from data import store
from data.tables import MapVersion, Service, WorkflowMap

TEAM, SERVICE, TITLE = "Search", "ranking", "A change of the ranking"
HOUR, DAY = 60, 1440


def _step(key: str, name: str, role: str, lead: Any, process: Any, complete: float, **more: Any) -> dict[str, Any]:
    ranged = [
        {"value": value[1], "low": value[0], "high": value[2]} if isinstance(value, tuple) else value
        for value in (lead, process)
    ]
    head = {"key": key, "name": name, "role": role, "complete_accurate": complete}
    return head | {"lead": ranged[0], "process": ranged[1]} | more


_WRITE = _step("write", "Write the change", "Developer", (4 * HOUR, 10 * HOUR, 2 * DAY),
               (2 * HOUR, 6 * HOUR, 16 * HOUR), 0.85, output="Pull request", stage="coding")  # fmt: skip
_ASK = _step("ask", "Wait for a reviewer", "Reviewer", (1 * HOUR, 4 * HOUR, 1 * DAY), 5, 0.98, tool="GitHub",
             trigger="Pull request", stage="waiting_for_review")  # fmt: skip
_REVIEW = _step("review", "Review", "Reviewer", (30, 2 * HOUR, 6 * HOUR), (15, 40, 2 * HOUR), 0.8, tool="GitHub",
                output="Approval", approvals=1, stage="review")  # fmt: skip
_BUILD = _step("build", "Build and test", "Pipeline", 25, 22, 0.92, tool="GitHub Actions", manual_steps=0)
_ROLL_OUT = _step("roll-out", "Roll out", "Pipeline", 15, 12, 0.97, tool="GitHub Actions", manual_steps=0,
                  environment="Production", stage="deploying")  # fmt: skip
_WATCH = _step("watch", "Watch the click rate", "Developer", 1 * HOUR, 10, 0.98, tool="Dashboard", manual_steps=3)
_BACK = (
    _step("alarm", "Click rate falls", "Developer", (5, 20, 1 * HOUR), 5, 0.9, path=RECOVERY, tool="Dashboard"),
    _step("find", "Find the change", "Developer", (10, 40, 2 * HOUR), (8, 30, 1 * HOUR), 0.85, path=RECOVERY,
          tool="Release notes"),
    _step("back", "Roll back", "Pipeline", 20, 12, 0.98, path=RECOVERY, tool="GitHub Actions",
          environment="Production"),
)  # fmt: skip


def _wait(lead: float) -> dict[str, Any]:
    return _step("release", "Wait for the release", "Release manager", lead, 10, 0.99, tool="Calendar", manual_steps=4,
                 batch_size=round(lead / 240), stage="waiting_to_deploy")  # fmt: skip


BEFORE = {
    "title": TITLE,
    "steps": [
        _WRITE, _ASK, _REVIEW,
        _step("meeting", "Ranking meeting", "Search board", (1 * DAY, 2.5 * DAY, 7 * DAY), 30, 0.97, tool="Calendar",
              queue=6, batch_size=6, approvals=4, manual_steps=1, stage="waiting_to_merge"),
        _BUILD, _wait(1 * DAY), _ROLL_OUT, _WATCH, *_BACK,
    ],
}  # fmt: skip
AFTER = {
    "title": TITLE,
    "steps": [
        _WRITE, _ASK, _REVIEW,
        _step("merge", "Merge when approved", "Developer", (15, 2 * HOUR, 8 * HOUR), 5, 0.97, tool="GitHub",
              manual_steps=1, stage="waiting_to_merge"),
        _BUILD, _wait(0.5 * DAY), _ROLL_OUT, _WATCH, *_BACK,
    ],
}  # fmt: skip
FUTURE = {
    "title": "A change of the ranking, live with the merge",
    "steps": [
        _WRITE | {"name": "Write a smaller change", "lead": 4 * HOUR, "process": 3 * HOUR, "complete_accurate": 0.92},
        _ASK | {"name": "Wait for the reviewer on duty", "lead": 1 * HOUR},
        _REVIEW | {"lead": 1 * HOUR, "process": 20, "complete_accurate": 0.9},
        _step("merge", "Merge by itself", "Pipeline", 5, 1, 0.99, tool="Merge queue", manual_steps=0,
              stage="waiting_to_merge"),
        _BUILD | {"lead": 15, "process": 14, "complete_accurate": 0.95},
        _ROLL_OUT | {"name": "Roll out in steps", "lead": 30, "process": 12, "complete_accurate": 0.98},
        _WATCH | {"name": "Compare the click rate", "role": "Pipeline", "lead": 30, "process": 30, "manual_steps": 0},
        _BACK[0] | {"name": "Click rate falls in the first step", "role": "Pipeline", "lead": 5, "process": 1},
        _BACK[2] | {"name": "Roll back by itself", "lead": 5, "process": 5},
    ],
}  # fmt: skip


_PAY = _step("write", "Write the change", "Developer", (3 * HOUR, 10 * HOUR, 2 * DAY), (2 * HOUR, 6 * HOUR, 14 * HOUR),
             0.9, output="Pull request", stage="coding")  # fmt: skip
_READ = _step("review", "Review", "Reviewer", (30, 2 * HOUR, 6 * HOUR), (15, 30, 90), 0.85, tool="GitHub",
              output="Approval", approvals=1, stage="review")  # fmt: skip
_MERGE = _step(
    "merge", "Merge", "Developer", 1 * HOUR, 5, 0.97, tool="GitHub", manual_steps=1, stage="waiting_to_merge"
)
_TRY = _step("build", "Build and test", "Pipeline", 15, 14, 0.88, tool="GitHub Actions", manual_steps=0)


def _asked(lead: float) -> dict[str, Any]:
    return _step("ask", "Wait for a reviewer", "Reviewer", (lead / 4, lead, 3 * lead), 5, 0.98, tool="GitHub", queue=4,
                 trigger="Pull request", stage="waiting_for_review")  # fmt: skip


def _returned(first: str, manual: int, lead: float) -> tuple[dict[str, Any], ...]:
    return (
        _step("alarm", first, "Developer", (5, 15, 1 * HOUR), 5, 0.9, path=RECOVERY, manual_steps=0),
        _step("back", "Go back one version", "Developer" if manual > 1 else "Pipeline", lead, lead / 2, 0.95,
              path=RECOVERY, tool="GitHub Actions", environment="Production", manual_steps=manual),
    )  # fmt: skip


WEEKLY = {
    "title": "A change of a payment",
    "steps": [
        _PAY, _asked(14 * HOUR), _READ, _MERGE, _TRY,
        _step("release", "Wait for the weekly release", "Release manager", (1 * DAY, 2.5 * DAY, 5 * DAY), 30, 0.96,
              tool="Calendar", queue=11, batch_size=13, approvals=2, manual_steps=3, stage="waiting_to_deploy"),
        _step("roll-out", "Roll out by script", "Release manager", 90, 70, 0.9, manual_steps=6,
              environment="Production", stage="deploying"),
        *_returned("Support calls", 5, 80),
    ],
}  # fmt: skip
EACH = {
    "title": WEEKLY["title"],
    "steps": [
        _PAY, _asked(4 * HOUR), _READ, _MERGE, _TRY,
        _step("roll-out", "Roll out with the merge", "Pipeline", 12, 12, 0.96, tool="GitHub Actions", manual_steps=0,
              approvals=0, batch_size=1, environment="Production", stage="deploying"),
        *_returned("An alert names its runbook", 1, 10),
    ],
}  # fmt: skip
SMALLER = {
    "title": "A change of a payment, read within the hour",
    "steps": [
        _PAY | {"name": "Write a smaller change", "lead": 5 * HOUR, "process": 4 * HOUR, "complete_accurate": 0.94},
        _asked(1 * HOUR) | {"name": "Wait for the reviewer on duty"},
        _READ | {"lead": 1 * HOUR, "process": 20, "complete_accurate": 0.92},
        _MERGE | {"name": "Merge by itself", "role": "Pipeline", "lead": 5, "process": 1, "manual_steps": 0},
        _TRY | {"complete_accurate": 0.95},
        EACH["steps"][5],
        *_returned("An alert names its runbook", 0, 8),
    ],
}  # fmt: skip


_RULE = (
    _step("write", "Write the rule", "Developer", (4 * HOUR, 10 * HOUR, 2 * DAY), (2 * HOUR, 6 * HOUR, 12 * HOUR), 0.9,
          output="Pull request", stage="coding"),
    _step("ask", "Wait for a reviewer", "Reviewer", (1 * HOUR, 4 * HOUR, 1 * DAY), 5, 0.98, tool="GitHub",
          trigger="Pull request", stage="waiting_for_review"),
    _step("review", "Review", "Tax expert", (30, 2 * HOUR, 6 * HOUR), (20, 45, 90), 0.88, tool="GitHub",
          output="Approval", approvals=1, stage="review"),
    _step("board", "Wait for the change board", "Change board", (1 * DAY, 2.9 * DAY, 7 * DAY), 20, 0.99,
          tool="Calendar", queue=5, batch_size=4, approvals=3, stage="waiting_to_merge"),
    _step("build", "Build and test", "Pipeline", 20, 18, 0.95, tool="GitHub Actions", manual_steps=0),
)  # fmt: skip


def _undone(lead: float, manual: int) -> tuple[dict[str, Any], ...]:
    return (
        _step("call", "The duty desk calls", "Operations", (5, 20, 1 * HOUR), 5, 0.9, path=RECOVERY),
        _step("undo", "Put the old version back", "Operations" if manual else "Pipeline", lead, lead, 0.95,
              path=RECOVERY, environment="Production", manual_steps=manual),
    )  # fmt: skip


BY_HAND = {
    "title": "A change of a tax rule",
    "steps": [
        *_RULE,
        _step("evening", "Wait for the evening", "Operations", (2 * HOUR, 10 * HOUR, 1 * DAY), 5, 0.99,
              tool="Calendar", batch_size=2, stage="waiting_to_deploy"),
        _step("deploy", "Deploy by hand", "Operations", (3 * HOUR, 4 * HOUR, 6 * HOUR), (3 * HOUR, 4 * HOUR, 6 * HOUR),
              0.7, tool="Checklist of 31 lines", manual_steps=31, approvals=2, environment="Production",
              stage="deploying"),
        *_undone(2 * HOUR, 12),
    ],
}  # fmt: skip
BY_PIPELINE = {
    "title": BY_HAND["title"],
    "steps": [
        *_RULE,
        _step("deploy", "Deploy", "Pipeline", (8, 10, 14), (8, 10, 14), 0.99, tool="GitHub Actions", manual_steps=0,
              approvals=0, environment="Production", stage="deploying"),
        *_undone(8, 0),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Drawing:
    """A map of a team. versions: kind, number, weeks before the end, note, map."""

    team: str
    service: str
    versions: tuple[tuple[str, int, float, str, Mapping[str, Any]], ...]


DRAWINGS = (
    Drawing(TEAM, SERVICE, (
        ("today", 1, 26, "Drawn together in an afternoon; times as we remember them.", BEFORE),
        ("today", 2, 14, "The meeting is gone since a month, and releases are daily.", AFTER),
        ("future", 1, 13, "What we want next: a reviewer on duty, and no more waiting for a release.", FUTURE),
    )),
    Drawing("Checkout", "payments-api", (
        ("today", 1, 25, "As it was with the weekly release; times from the last ten changes.", WEEKLY),
        ("future", 1, 24, "What we want: live with the merge, and a review within the hour.", SMALLER),
        ("today", 2, 5, "Every merge is released since six weeks. What is left to wait for is the review.", EACH),
    )),
    Drawing("Finance", "tax-rules", (
        ("today", 1, 29, "Timed on three evenings, with the checklist in hand.", BY_HAND),
        ("today", 2, 19, "Every merge is deployed at once. The board meets twice a week, as before.", BY_PIPELINE),
    )),
)  # fmt: skip


def save(session: Session, teams: Mapping[str, int], until: datetime) -> None:
    """The maps with their versions, into the transaction. teams: ids by name."""
    for drawing in DRAWINGS:
        team_id = teams[drawing.team]
        service = select(Service.id).where(Service.team_id == team_id, Service.name == drawing.service)
        versions = [(*head, Map.of(plain).plain()) for *head, plain in drawing.versions]
        at = [store.to_us(until - timedelta(weeks=weeks)) for _, _, weeks, _, _ in versions]
        title = drawing.versions[0][-1]["title"]
        made = WorkflowMap(
            team_id=team_id, title=title, service_id=session.execute(service).scalar_one(), created_at=at[0]
        )
        session.add(made)
        session.flush()
        session.add_all(
            MapVersion(map_id=made.id, kind=kind, version=number, plain=plain, note=note, saved_at=when)
            for (kind, number, _, note, plain), when in zip(versions, at, strict=True)
        )
