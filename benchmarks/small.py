"""A small store made by hand, on which every way must answer the same, and services on which the definitions part.

The first kind has what the rivals know too: deployments that go forward on trunk, failed attempts, incidents within and
beyond the limit, several of one deployment, facts from imports and from workflows. The others have one thing each that
the rivals see otherwise.
"""

import random
from dataclasses import dataclass

from sqlmodel import Session

from assessments.delivery.settings import ProductionRule, Settings
from benchmarks.questions import HOUR_US, Question
from data import derive, people, store
from data.tables import PipelineRun
from tests.data.arrange import Place, change, deployment, hour, incident, sha

WEEKS = 8
ALIKE = 12  # services on which all must agree, half of them with workflows
WORKFLOWS = Settings(rule=ProductionRule(kind="workflow", include="deploy"))


@dataclass(frozen=True)
class Small:
    """The services that all ways must answer alike, and by what happens in them those where they need not."""

    alike: tuple[int, ...]
    apart: dict[str, int]

    def question(self, *services: int) -> Question:
        start = store.to_us(hour(0))
        return Question("small", "", start, start + WEEKS * 168 * HOUR_US, services, weekly=True)


def build() -> Small:
    """Fills the store in use, which must be migrated and empty, and computes what is derived."""
    who = people.local_person()
    alike = [_drawn(Place(who, f"Alike {number}", WORKFLOWS if number % 2 else Place.settings), number)
             for number in range(ALIKE)]  # fmt: skip
    apart = {why: tell(Place(who, why)) for why, tell in _APART.items()}
    derive.refresh([*alike, *apart.values()])
    return Small(tuple(alike), apart)


def _drawn(place: Place, seed: int) -> int:
    """A service with a history drawn at random: changes now and then, deployments of the newest, some that fail."""
    draw = random.Random(seed)
    end = WEEKS * 168 - 60
    merges = sorted(draw.uniform(1, end) for _ in range(draw.randint(30, 90)))
    # Numbers from 1 as those of pull requests, positions from 0 as on trunk.
    changes = [change(number, at, position=number - 1, authored_at=hour(at - draw.uniform(2.1, 200)))
               for number, at in enumerate(merges, start=1)]  # fmt: skip
    deployments, incidents = [], []
    for number, at in enumerate(sorted(draw.uniform(1, end) for _ in range(draw.randint(20, 60)))):
        newest = sum(merged < at for merged in merges)
        if not newest:
            continue
        status = "failure" if draw.random() < 0.1 else "success"
        deployments.append(deployment(f"d{number}", newest, at, status=status))
        for again in range(draw.choice([0, 0, 0, 1, 2])):
            opened = at + draw.choice([draw.uniform(0.1, 23.9), draw.uniform(24.1, 60)])
            incidents.append(incident(f"i{number}-{again}", opened, opened + draw.uniform(0.2, 40)))
    if place.settings is WORKFLOWS:
        source = place.add(changes=changes, incidents=incidents)
        with store.writing() as session:
            _run(session, place, source, deployments)
    else:
        source = place.add(changes=changes, deployments=deployments, incidents=incidents)
    place.commits(source, [(sha(number), number - 1, True) for number in range(1, len(merges) + 1)])
    return place.service_id


def _run(session: Session, place: Place, source: int, deployments: list[dict]) -> None:
    """The deployments as runs of a workflow, each with a run of another workflow beside it."""
    for row in deployments:
        for workflow in ("deploy", "test"):
            session.add(
                PipelineRun(
                    repository_id=place.repository_id,
                    source_id=source,
                    run_id=f"{workflow}-{row['deployment_id']}",
                    workflow=workflow,
                    event="push",
                    sha=row["sha"],
                    started_at=store.to_us(row["started_at"]),
                    finished_at=store.to_us(row["finished_at"]),
                    conclusion=row["status"],
                )
            )
    derive.changed(session, service_id=place.service_id)


def _line(place: Place, deployments: list[dict], incidents: list[dict]) -> int:
    """Ten changes on trunk, one every twelve hours, and what is given."""
    changes = [change(number, number * 12, position=number - 1) for number in range(1, 11)]
    source = place.add(changes=changes, deployments=deployments, incidents=incidents)
    place.commits(source, [(sha(number), number - 1, True) for number in range(1, 11)])
    return place.service_id


def _rollback(place: Place) -> int:
    there = [deployment("d1", 2, 26), deployment("d2", 6, 75), deployment("back", 2, 80), deployment("d3", 9, 120)]
    return _line(place, there, [incident("i", 30, 31)])


def _named(place: Place) -> int:
    there = [deployment("d1", 2, 26), deployment("d2", 6, 190)]
    return _line(place, there, [incident("i", 191, 195, deployment="d1")])


def _open(place: Place) -> int:
    there = [deployment(f"d{number}", number, number * 12 + 2) for number in range(1, 9)]
    ended = [incident(f"i{number}", number * 12 + 3, number * 12 + 3 + number) for number in range(1, 6)]
    left = [incident(f"i{number}", number * 12 + 3, None) for number in range(6, 9)]
    return _line(place, there, [*ended, *left])


def _attempt(place: Place) -> int:
    there = [deployment("d1", 2, 26), deployment("d2", 6, 75, status="failure"), deployment("d3", 7, 90)]
    return _line(place, there, [incident("i", 76, 89, deployment="d2")])


def _regions(place: Place) -> int:
    there = [deployment(f"d{number}-{region}", number, number * 12 + later, environment=f"production-{region}")
             for number in (2, 5, 8) for later, region in ((1, "eu"), (2, "us"))]  # fmt: skip
    return _line(place, there, [incident("i", 30, 31)])


def _silent(place: Place) -> int:
    return _line(place, [deployment("d1", 2, 26), deployment("d2", 6, 75)], [])


_APART = {
    "A rollback, and later forward again": _rollback,
    "An incident that names an older deployment": _named,
    "Failures that are still open": _open,
    "A failed attempt that reached users": _attempt,
    "One commit in two regions": _regions,
    "Nobody collects incidents": _silent,
}

#: What Milepost does there, and the rivals do not.
WHY = {
    "A rollback, and later forward again": "A change is shipped once, by the first deployment above the high-water "
    "mark; ranges between neighbouring deployments ship it again after the rollback.",
    "An incident that names an older deployment": "What the incident says goes before what the clock suggests.",
    "Failures that are still open": "They are times that have not ended (Kaplan-Meier); leaving them out looks fast.",
    "A failed attempt that reached users": "It counts among those that reached users, and as failed.",
    "One commit in two regions": "It is one deployment, at its first success.",
    "Nobody collects incidents": "The share of failures is not known; the others read 0 %.",
}
