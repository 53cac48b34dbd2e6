"""Small stories to judge: one line arranges, `look` reads one truth. Times are hours since Monday 2026-01-05, UTC."""

import importlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha1
from typing import Any

from assessments.delivery.facts import CHANGES, CORRECTIONS, DEPLOYMENTS, INCIDENTS, Facts, frame
from assessments.delivery.settings import ProductionRule, Settings

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
AUTO = -1


def at(hours: float | datetime | None) -> datetime | None:
    """Hours since the Monday as an instant; an instant stays what it is."""
    return hours if hours is None or isinstance(hours, datetime) else MONDAY + timedelta(hours=hours)


def sha(name: str) -> str:
    return sha1(name.encode(), usedforsecurity=False).hexdigest()


def merge(name: str, hour, /, *, authored: Any = AUTO, reverts=None, **more) -> tuple[str, dict]:
    """A change merged then; authored an hour before unless told. Later merges lie higher on trunk."""
    times = {f"{key}_at": at(more.pop(key)) for key in ("opened", "ready") if key in more}
    times |= {f"first_{key}_at": at(more.pop(key)) for key in ("review", "approval") if key in more}
    if authored == AUTO:
        authored = hour - (timedelta(hours=1) if isinstance(hour, datetime) else 1)
    wanted = [text if text.startswith("#") else sha(text)[:9] for text in (reverts or "").split()]
    row = {"change_id": name, "kind": "pull_request", "title": name, "merge_sha": sha(name), "position": AUTO}
    row |= {"merged_at": at(hour), "authored_at": at(authored), "reverts": wanted or None}
    return "change", row | times | more


def deploy(name: str, change: str | None, hour, /, **more) -> tuple[str, dict]:
    """A deployment of that change's merge commit, finished then; success in production unless told."""
    row = {"deployment_id": name, "kind": "github_deployment", "environment": "production", "status": "success"}
    row |= {"sha": sha(change) if change else None, "position": change, "on_trunk": True, "finished_at": at(hour)}
    started = {"started_at": at(more.pop("started"))} if "started" in more else {}
    return "deployment", row | started | more


def tag(name: str, change: str | None, hour, /, **more) -> tuple[str, dict]:
    return deploy(name, change, hour, **({"kind": "tag", "environment": None, "ref": name} | more))


def incident(name: str, opened, resolved=None, deployment=None) -> tuple[str, dict]:
    row = {"incident_id": name, "title": name, "opened_at": at(opened), "resolved_at": at(resolved)}
    return "incident", row | {"deployment": deployment}


def says(kind: str, subject: str, target=None, restored=None) -> tuple[str, dict]:
    """A correction by the team; later ones win."""
    return "correction", {"kind": kind, "subject": subject, "target": target, "at": at(restored)}


@dataclass(frozen=True)
class Story:
    facts: Facts
    settings: Settings
    start: datetime
    end: datetime

    def told(self) -> "Told":
        return Told(self, importlib.import_module("assessments.delivery"))


def story(*events, until=336, start=0, end=None, history=None, rule=None, **settings) -> Story:
    """Facts and settings from events; the window is [start, until) unless `end` is given."""
    rows = {"change": [], "deployment": [], "incident": [], "correction": []}
    places: dict[str, int | None] = {}
    for kind, event in events:
        row = dict(event)
        if kind == "change":
            row["position"] = len(places) if row["position"] == AUTO else row["position"]
            places.setdefault(row["change_id"], row["position"])
            row["position"] = places[row["change_id"]]
        elif kind == "correction":
            row["correction_id"] = len(rows["correction"])
        rows[kind].append(row)
    for row in rows["deployment"]:
        row["position"] = places.get(row["position"]) if isinstance(row["position"], str) else row["position"]
    facts = Facts(
        collected_until=at(until),
        changes=frame(rows["change"], CHANGES),
        deployments=frame(rows["deployment"], DEPLOYMENTS),
        incidents=frame(rows["incident"], INCIDENTS),
        corrections=frame(rows["correction"], CORRECTIONS),
        history_start=at(history),
    )
    rule = rule or ProductionRule(kind="github_deployment")
    return Story(facts, Settings(rule=rule, **settings), at(start), at(until if end is None else end))


@dataclass(frozen=True)
class Told:
    """A story judged, with what can be seen in it."""

    story: Story
    calculator: Any

    @cached_property
    def delivery(self):
        return self.calculator.judge(self.story.facts, self.story.settings)

    @cached_property
    def summary(self):
        return self.calculator.summarise(self.delivery, self.story.start, self.story.end)

    @cached_property
    def weeks(self):
        return self.calculator.weekly(self.delivery)

    def look(self, path: str):
        """One truth: "d1.role" (a deployment), "A.coding" (a change, stages and lead in hours), "because i1.signal"
        (what that incident, change or deployment points at), "lead_time.value" (a metric), "coverage.incidents",
        "2026-01-05 lead_time.n" (a cell). Instants come as hours since the Monday; None where there is no such row."""
        name, _, field = path.rpartition(".")
        if name.startswith("because "):
            signals = self.delivery.failures
            rows = signals.filter(signals["evidence_id"] == name.removeprefix("because ")).rows(named=True)
            return self._value(rows[0], field) if rows else None
        if " " in name:
            return self._cell(*name.split(" "), field)
        if name == "coverage":
            return getattr(self.summary.coverage, field)
        if name in self.summary.metrics:
            metric = self.summary.metrics[name]
            return metric.extra[field] if field in metric.extra else getattr(metric, field)
        for frame_, key in ((self.delivery.deployments, "deployment_id"), (self.delivery.changes, "change_id")):
            rows = frame_.filter(frame_[key] == name).rows(named=True)
            if rows and (field in rows[0] or f"{field}_us" in rows[0]):
                return self._value(rows[0], field)
        return None

    @staticmethod
    def _value(row: dict, field: str):
        if f"{field}_us" in row:
            return None if row[f"{field}_us"] is None else row[f"{field}_us"] / 3_600_000_000
        value = row[field]
        return (value - MONDAY) / timedelta(hours=1) if isinstance(value, datetime) else value

    def _cell(self, week: str, metric: str, field: str):
        rows = self.weeks.filter((self.weeks["week"].cast(str) == week) & (self.weeks["metric"] == metric))
        return rows[field].item() if rows.height else None
