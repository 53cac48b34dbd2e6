"""Whatever comes, changes and goes, in whatever order: judging what changed gives what judging everything gives."""

import os
import random
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from assessments.delivery import facts as shapes
from assessments.delivery.settings import ProductionRule, Settings
from data import corrections, derive, queries, replacing, store, tail
from data.tables import (
    CellBlock,
    Change,
    Deployment,
    Failure,
    Incident,
    JudgedDeployment,
    PackedWeek,
    Service,
    ShippedChange,
    Source,
)
from tests.data.arrange import Place, change, deployment, hour, incident, sha

WEEK = 168  # hours
SEEDS = range(int(os.environ.get("MILEPOST_SEEDS", "2")))  # more of them by hand
DERIVED = (JudgedDeployment, ShippedChange, Failure, PackedWeek, CellBlock)
SETTINGS = Settings(rule=ProductionRule(kind="import"), incidents_collected=False)


@dataclass
class History(Place):
    """A service whose history grows: a trunk with changes, deployments and incidents, each from a source of its own."""

    now: float = 0  # hours
    regions: int = 0  # of forty deployments to production, so many more go to a second one
    follows: float = 0.0  # share of successes that a second region gets too, some time later
    until_week: float = float("inf")  # when the second region is given up
    merged: list = field(default_factory=list)
    deployed: list = field(default_factory=list)
    hit: list = field(default_factory=list)
    corrected: list = field(default_factory=list)
    settings: Settings | None = SETTINGS

    def __post_init__(self):
        super().__post_init__()
        self.git, self.ci, self.pager = self.source(whole=True), self.source(), self.source()

    def save(self, table, key, rows, gone=(), commits=()) -> None:
        shape = {Change: shapes.CHANGES, Deployment: shapes.DEPLOYMENTS, Incident: shapes.INCIDENTS}[table]
        owner = {
            Change: {"repository_id": self.repository_id, "source_id": self.git},
            Deployment: {"repository_id": self.repository_id, "source_id": self.ci, "service_id": self.service_id},
            Incident: {"source_id": self.pager, "service_id": self.service_id},
        }[table]
        with store.writing() as session:
            since = replacing.put(session, table, owner, key, shapes.frame(list(rows), shape), gone)
            if commits:
                other = replacing.speaking_of(session, session.get_one(Source, self.git), [each[0] for each in commits])
                since = None if other is None else min(since, other)
                self.commits(self.git, commits)
            session.execute(
                update(Source).where(Source.service_id == self.service_id).values(collected_until=self.until())
            )
            derive.changed(session, service_id=self.service_id, since=since)

    def until(self) -> int:
        return store.to_us(hour(self.now + 1))


def live(place: History, chance: random.Random, hours: float) -> None:
    """Some more weeks of work."""
    changes, deployments, incidents, commits = [], [], [], []
    end = place.now + hours
    while place.now < end:
        place.now += chance.expovariate(1 / 20)
        number = len(place.merged) + 1
        what = chance.random()
        if what < 0.55:
            reverts = [chance.choice([f"#{number - chance.randint(1, 4)}", sha(max(1, number - 2))[:9]])]
            one = change(
                number, place.now, position=number, authored_at=hour(place.now - chance.expovariate(1 / 40)),
                reverts=reverts if chance.random() < 0.06 and number > 4 else None,
                title=chance.choice(["Work", "Work", "A hotfix"]) + f" {number}",
            )  # fmt: skip
            place.merged.append(one)
            changes.append(one)
            commits.append((sha(number), number, True))
        elif what < 0.9 and place.merged:
            back = chance.choice([0, 0, 0, 0, 0, 1, 3])
            status = chance.choice(["success"] * 8 + ["failure", "cancelled", "in_progress"])
            row = deployment(
                f"d{len(place.deployed)}", max(1, len(place.merged) - back), place.now, status=status,
                environment=chance.choices(["production", "production-eu", "staging"], [40, place.regions, 2])[0],
                ref=chance.choice([None, "main", "hotfix/1"]), unplanned=chance.choice([None, None, None, True]),
            )  # fmt: skip
            if status == "in_progress":
                row["finished_at"] = None
            place.deployed.append(row)
            deployments.append(row)
            if status == "success" and chance.random() < place.follows and place.now < place.until_week * WEEK:
                later = place.now + chance.choice([0.7, 3, 30, 80])
                row = {**row, "deployment_id": f"d{len(place.deployed)}", "environment": "Production-EU",
                       "started_at": None, "finished_at": hour(later)}  # fmt: skip
                place.deployed.append(row)
                deployments.append(row)
        else:
            resolved = None if chance.random() < 0.1 else place.now + chance.expovariate(1 / 10)
            names = chance.choice(["dx", *(d["deployment_id"] for d in place.deployed[-2:])])
            row = incident(
                f"i{len(place.hit)}", place.now, resolved, deployment=names if chance.random() < 0.3 else None
            )
            place.hit.append(row)
            incidents.append(row)
    place.save(Change, "change_id", changes, commits=commits)
    place.save(Deployment, "deployment_id", deployments)
    place.save(Incident, "incident_id", incidents)


def disturb(place: History, chance: random.Random, who) -> None:
    """Something old or new turns out to be otherwise."""
    kind = chance.choice(["late", "resolve", "finish", "gone", "move", "retitle", "correct", "undo", "nothing"])

    def recent(rows: list[dict]) -> dict:
        return rows[-chance.randint(1, min(len(rows), 25))]

    if kind == "resolve" and place.hit:
        row = recent(place.hit)
        row["resolved_at"] = hour(place.now)
        place.save(Incident, "incident_id", [row])
    elif kind == "finish" and place.deployed:
        row = recent(place.deployed)
        row.update(status=chance.choice(["success", "failure"]), finished_at=row["finished_at"] or hour(place.now))
        place.save(Deployment, "deployment_id", [row])
    elif kind == "gone" and place.deployed:
        place.save(
            Deployment,
            "deployment_id",
            [],
            [place.deployed.pop(-chance.randint(1, 5) % len(place.deployed))["deployment_id"]],
        )
    elif kind == "move" and place.deployed:
        row = recent(place.deployed)
        row["finished_at"] = hour(max(1, place.now - chance.expovariate(1 / 200)))
        place.save(Deployment, "deployment_id", [row])
    elif kind == "late" and place.merged:
        at = max(1, place.now - chance.expovariate(1 / 300))
        row = deployment(f"late{len(place.deployed)}", chance.randint(1, len(place.merged)), at)
        place.deployed.append(row)
        place.save(Deployment, "deployment_id", [row])
    elif kind == "retitle" and place.merged:
        row = recent(place.merged)
        row["title"] = "A hotfix after all"
        place.save(Change, "change_id", [row])
    elif kind == "correct" and place.deployed and chance.random() < 0.3:
        row = recent(place.deployed)
        made = corrections.add(who, place.service_id, "deployment.failed", row["deployment_id"], reason="We saw it.")
        place.corrected.append(made)
    elif kind == "undo" and place.corrected:
        corrections.undo(who, place.corrected.pop())


def derived(services: list[int]) -> dict:
    """Everything derived, to compare."""
    found = {}
    for table in DERIVED:
        columns = [column for column in table.__table__.columns if column.name != "id"]
        rows = store.read_frame(select(*columns).where(table.service_id.in_(services)))
        found[table.__name__] = rows.sort(rows.columns)
    about = select(Service.id, Service.existed_from, Service.collected_until, Service.has_changes, Service.derived_with)
    with store.reading() as session:
        found["Service"] = sorted(tuple(row) for row in session.execute(about.where(Service.id.in_(services))))
    return found


def everything_anew(services: list[int]) -> None:
    with store.writing() as session:
        for service_id in services:
            derive.changed(session, service_id=service_id)
    assert derive.refresh(services)


def differing(one: dict, other: dict) -> dict:
    out = {}
    for name, rows in one.items():
        same = rows == other[name] if isinstance(rows, list) else rows.equals(other[name])
        if not same:
            out[name] = rows, other[name]
    return out


@pytest.mark.parametrize("seed", SEEDS)
def test_judging_what_changed_gives_what_judging_everything_gives(both, who, seed):
    chance = random.Random(seed)
    places = [History(who, f"Service {number}") for number in range(7)]
    places.append(History(who, "Service 7", SETTINGS.model_copy(update={"leading_environment": "production"})))
    ids = [place.service_id for place in places]
    for number, place in enumerate(places):
        place.regions = 8 if number % 4 == 3 else 0
        place.follows = (0, 0, 0.9, 0.3)[number % 4]
        place.until_week = 18 if number == 6 else place.until_week
        live(place, chance, 20 * WEEK)
    assert derive.refresh(ids)
    in_part, of_regions = 0, 0
    for _ in range(3):
        for place in places:
            for _ in range(chance.randint(0, 2)):
                disturb(place, chance, who)
            if chance.random() < 0.6:
                live(place, chance, chance.choice([5, 40, WEEK]))
        ends = set(tail.find(ids).ends)
        in_part += len(ends)
        of_regions += len(ends & {place.service_id for place in places if place.follows})
        assert derive.refresh(ids)
        step_by_step = derived(ids)
        everything_anew(ids)
        assert differing(step_by_step, derived(ids)) == {}
        assert derive.stale() == []
    assert in_part > 5 and of_regions > 2  # else this proves nothing


def test_a_clock_that_jumps_back_leaves_no_weeks_of_a_future_that_was_none(both, who):
    place = History(who)
    live(place, random.Random(1), 20 * WEEK)
    derive.refresh(place.service_id)
    ahead, back = place.until() + 60 * WEEK * 3_600_000_000, place.until()
    weeks = []
    for until in (ahead, back):
        with store.writing() as session:
            session.execute(update(Source).where(Source.service_id == place.service_id).values(collected_until=until))
            derive.changed(session, service_id=place.service_id, since=back)
        derive.refresh(place.service_id)
        weeks.append(queries.cells(place.service_id, hour(0), hour(200 * WEEK))["week"].n_unique())
    step_by_step = derived([place.service_id])
    everything_anew([place.service_id])
    assert differing(step_by_step, derived([place.service_id])) == {}
    assert weeks[0] - weeks[1] == 60
