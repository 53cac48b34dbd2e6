"""The names that settings can choose from, as the sources have brought them: environments and workflows for a
production rule, labels of issues for incidents."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlmodel import func, select

from assessments.delivery import production
from assessments.delivery.production import BY_ENVIRONMENT
from data import derive, store
from data.tables import Issue

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
    deployments = derive.facts(service_id, every_run=True).deployments.unique("deployment_id")
    named = deployments.with_columns(
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


def labels(source_id: int) -> tuple[tuple[str, int], ...]:
    """The labels of the issues of a source with how many have each, the most used first, no more than MOST."""
    counted = select(Issue.labels, func.count()).where(Issue.source_id == source_id, Issue.is_pull.is_(False))
    found: Counter[str] = Counter()
    with store.reading() as session:
        for lines, number in session.execute(counted.where(Issue.labels.is_not(None)).group_by(Issue.labels)):
            for label in lines.split("\n"):
                found[label] += number
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:MOST])
