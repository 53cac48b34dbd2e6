"""The names that settings can choose from, as the sources have brought them: environments and workflows for a
production rule, labels of issues for incidents."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Select, func, select

from assessments.delivery import production
from assessments.delivery.facts import Facts
from assessments.delivery.production import BY_ENVIRONMENT
from data import asking, derive, store
from data.tables import Issue, PipelineRun, Repository, Service

MOST = 500  # of a kind: each branch may have an environment, and nobody chooses among thousands


@dataclass(frozen=True)
class Seen:
    """A name with how often it was deployed to, or has run: successes, and all. latest: its last finish."""

    name: str
    successes: int
    times: int
    latest: datetime | None

    @property
    def pattern(self) -> str:
        """What a rule says to mean this name alone."""
        return production.exactly(self.name)


def names(service_id: int) -> dict[str, tuple[Seen, ...]]:
    """By kind of deployment, the most successful first, no more than MOST; runs of pull requests are no deployments.
    Raises NotFound."""
    return among(derive.facts(service_id, every_run=True))


def among(facts: Facts) -> dict[str, tuple[Seen, ...]]:
    """The same of these facts; of workflows only where their runs are among them."""
    named = facts.deployments.unique("deployment_id").with_columns(
        called=pl.when(pl.col("kind").is_in(BY_ENVIRONMENT))
        .then("environment")
        .when(pl.col("kind") == "workflow")
        .then("name")
    )
    successes = (pl.col("status") == "success").sum()
    counted = (
        named.filter(pl.col("called").str.strip_chars() != "")
        .group_by("kind", "called")
        .agg(successes=successes, times=pl.len(), latest=pl.col("finished_at").max())
        .sort("successes", "times", "called", descending=[True, True, False])
        .group_by("kind", maintain_order=True)
        .head(MOST)
    )
    found: dict[str, tuple[Seen, ...]] = {}
    for kind, *rest in counted.iter_rows():
        found[kind] = (*found.get(kind, ()), Seen(*rest))
    return found


def workflows(service_id: int) -> tuple[str, ...]:
    """The names of the workflows that have run outside of pull requests, those that ran most first; quick with any
    number of runs."""
    run = PipelineRun
    counted = select(run.workflow, func.count()).join(Service, Service.repository_id == run.repository_id)
    counted = counted.where(Service.id == service_id).group_by(run.workflow)
    with store.reading() as session:
        by_name = dict(session.execute(counted).all())
        deploying = {name for name in by_name if session.execute(_runs(service_id, [name]).limit(1)).first()}
    return tuple(sorted(deploying, key=lambda name: (-by_name[name], name)))


def successes(service_id: int, workflows: Collection[str]) -> dict[str, int]:
    """How often these workflows succeeded outside of pull requests, by name."""
    if not workflows:
        return {}
    once = select(PipelineRun.workflow, PipelineRun.run_id, PipelineRun.attempt)
    done = _runs(service_id, workflows, once).where(PipelineRun.conclusion == "success").distinct().subquery()
    with store.reading() as session:
        return dict(session.execute(select(done.c.workflow, func.count()).group_by(done.c.workflow)).all())


def _runs(service_id: int, workflows: Collection[str], what: Select | None = None) -> Select:
    """Their runs on the default branch, as `data.asking` has them."""
    asked = select(PipelineRun.id) if what is None else what
    asked = asked.join(Repository, Repository.id == PipelineRun.repository_id)
    asked = asked.join(Service, Service.repository_id == Repository.id)
    return asked.where(Service.id == service_id, PipelineRun.workflow.in_(workflows), *asking.deploying())


def labels(source_id: int) -> tuple[tuple[str, int], ...]:
    """The labels of the issues of a source with how many have each, the most used first, no more than MOST."""
    counted = select(Issue.labels, func.count()).where(Issue.source_id == source_id, Issue.is_pull.is_(False))
    found: Counter[str] = Counter()
    with store.reading() as session:
        for lines, number in session.execute(counted.where(Issue.labels.is_not(None)).group_by(Issue.labels)):
            for label in lines.split("\n"):
                found[label] += number
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:MOST])
