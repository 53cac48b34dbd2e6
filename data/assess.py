"""From a path to an assessment, without portal or database: read the clone, judge it, measure a window."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from assessments.delivery import judge, overview, present, summarise
from assessments.delivery.benchmarks import band
from assessments.delivery.facts import Facts
from assessments.delivery.production import propose
from assessments.delivery.results import Delivery, Metric, State, Summary
from assessments.delivery.settings import ProductionRule, Settings
from content import catalog
from data.sources.git import GitHistory, read

#: Name of the JSON form; its number is raised when a reader of the old form would be wrong.
FORMAT = "milepost.assessment/1"


@dataclass(frozen=True)
class Assessment:
    """One clone, assessed. `proposed`: the rule was chosen from what the clone holds, not given."""

    history: GitHistory
    settings: Settings
    proposed: bool
    others: tuple[ProductionRule, ...]
    delivery: Delivery
    summary: Summary
    weeks: int
    notes: tuple[str, ...]

    @property
    def deploys(self) -> bool:
        """Whether the rule finds any production deployment that succeeded, in the window or before it."""
        return self.delivery.deployments.select((pl.col("counts") & (pl.col("status") == "success")).any()).item()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What stands out, in three sentences."""
        observed = overview.Observed(
            self.history.name, self.summary, self.delivery.incidents_collected, self.history.notes
        )
        return overview.sentences([observed])


def assess(
    path: Path,
    *,
    rule: str | None = None,
    include: str | None = None,
    exclude: str | None = None,
    paths: tuple[str, ...] = (),
    weeks: int = 13,
    until: datetime | None = None,
    now: datetime | None = None,
    progress: Callable[[int, int | None, str], None] = lambda done, total, text: None,
) -> Assessment:
    """Assesses the last `weeks` before `until`, or before the moment to which the clone is known.

    rule: "tag" or "merge"; None takes the best of what the clone holds. include, exclude: globs on tags; without them
    those that fit the clone's tags best. paths: only changes that touch one of these globs.
    Raises GitError when the clone cannot be read (EmptyRepository when it holds no commit).
    """
    history = read(path, paths=bool(paths), now=now, progress=progress)
    notes = list(history.notes)
    end = history.collected_until
    if until and until < end:
        end = until
    elif until:
        notes.append(f"The clone is known only until {end:%Y-%m-%d %H:%M} UTC, so the window ends there.")
    facts = Facts(end, history.changes, history.deployments, history_start=history.history_start)
    proposals = propose(facts)
    chosen = _rule(rule, include, exclude, proposals)
    settings = Settings(rule=chosen, path_globs=paths)
    progress(0, None, "Judging what was found")
    delivery = judge(facts, settings)
    summary = summarise(delivery, end - timedelta(weeks=weeks), end)
    others = tuple(each for each in proposals if each != chosen)
    proposed = rule is None and include is None and exclude is None
    return Assessment(history, settings, proposed, others, delivery, summary, weeks, tuple(notes))


def _rule(
    kind: str | None, include: str | None, exclude: str | None, proposals: list[ProductionRule]
) -> ProductionRule:
    """The rule asked for, completed from the proposal of the same kind."""
    if kind is None:
        kind = "tag" if include or exclude else (proposals[0].kind if proposals else "merge")
    rule = next((each for each in proposals if each.kind == kind), ProductionRule(kind=kind))
    if include is not None:  # the proposal's exclusions belong to the proposal's names
        return ProductionRule(kind=kind, include=include, exclude=exclude or "")
    return rule if exclude is None else rule.model_copy(update={"exclude": exclude})


def behind(assessment: Assessment) -> dict[str, pl.DataFrame]:
    """The rows of the window that the numbers rest on, newest first: deployments that count and those that do not,
    changes shipped, signals of failure."""
    start, end = assessment.summary.start, assessment.summary.end
    delivery = assessment.delivery

    def inside(rows: pl.DataFrame, column: str) -> pl.DataFrame:
        return rows.filter(pl.col(column).is_between(start, end)).sort(column, descending=True)

    deployments = inside(delivery.deployments, "finished_at")
    return {
        "deployments": deployments.filter("counts"),
        "not_counted": deployments.filter(~pl.col("counts")),
        "changes": inside(delivery.changes, "finished_at"),
        "failures": inside(delivery.failures, "began_at"),
    }


def as_json(assessment: Assessment, rows: int = 0) -> dict:
    """The documented JSON form (docs/cli.md), only of types that JSON has. rows: list this many rows behind."""
    history, summary = assessment.history, assessment.summary
    form = {
        "format": FORMAT,
        "repository": {
            "name": history.name,
            "path": str(history.path),
            "web_url": history.web_url,
            "branch": history.branch,
            "head": history.head,
        },
        "window": {"start": summary.start, "end": summary.end, "weeks": assessment.weeks},
        "collected_until": history.collected_until,
        "history_start": history.history_start,
        "rule": {
            **_rule_form(assessment.settings.rule),
            "proposed": assessment.proposed,
            "others": [_rule_form(each) for each in assessment.others],
        },
        "paths": list(assessment.settings.path_globs),
        "rules_version": summary.rules_version,
        "said": list(assessment.sentences),
        "metrics": {key: metric_form(metric) for key, metric in summary.metrics.items()},
        "stages": [asdict(stage) for stage in summary.stages],
        "coverage": asdict(summary.coverage),
        "notes": list(assessment.notes),
    }
    if rows:
        form["rows"] = {name: found.head(rows).to_dicts() for name, found in behind(assessment).items()}
    return plain(form)


def _rule_form(rule: ProductionRule) -> dict:
    """Tags and merges know no environment."""
    return {"kind": rule.kind, "include": rule.include, "exclude": rule.exclude}


def metric_form(metric: Metric) -> dict:
    title = catalog.definitions()[metric.key]["title"]
    found = compared(metric)
    benchmark = {"year": found.year, "text": found.text, "top": found.top, "source": found.source} if found else None
    return {"title": title, "headline": present.headline(metric), **asdict(metric), "benchmark": benchmark}


def compared(metric: Metric):
    """The band of survey answers that a measured value falls into; None without one."""
    if metric.state != State.VALUE or metric.basis != "measured":
        return None
    return band(metric.key, metric.value, catalog.benchmarks())


def plain(value):
    """The same in JSON's own types: instants as ISO 8601 in UTC, numbers that are none as null."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
