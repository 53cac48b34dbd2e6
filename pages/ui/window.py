"""What a page about one service shows: one state of its numbers, some weeks, all of production or one environment."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from assessments.delivery.production import BY_ENVIRONMENT
from data import queries, store
from data.queries import ServiceView


@dataclass(frozen=True)
class Window:
    """[start, end) of a service. environment: judged from the facts as if it alone were production; "" for all that
    counts, as it was derived."""

    service: ServiceView
    start: datetime
    end: datetime
    environment: str = ""

    @cached_property
    def key(self) -> str:
        """Tells its numbers from every other's."""
        judged_from = facts(self.service) if self.environment else state(self.service)
        return repr((judged_from, self.environment, self.start.timestamp(), self.end.timestamp()))

    @property
    def name(self) -> str:
        """As a sentence calls it: "till", "till in production-eu"."""
        return f"{self.service.name} in {self.environment}" if self.environment else self.service.name


def of(service: ServiceView, weeks: int, environment: str = "") -> Window:
    """The last so many weeks. Raises ValueError when nothing has been collected yet."""
    return Window(service, *queries.window(service, weeks), environment)


def state(service: ServiceView) -> tuple:
    """Tells one state of the derived rows of a service from every other. New rules change them without new facts."""
    return (service.id, *service.version, service.rules_version)


def facts(service: ServiceView) -> tuple:
    """Tells one state of its facts from every other: until the derived rows are of the newest, each write may be one
    more."""
    return (*state(service), 0 if service.ready else store.version())


def environments(service: ServiceView) -> tuple[str, ...]:
    """The production environments that can be looked at alone; none where there is only one. As in judging, capitals do
    not matter, and deployments that name no environment belong to each."""
    if service.settings is None or service.settings.rule.kind not in BY_ENVIRONMENT:
        return ()
    named = {one.lower(): one for one in reversed(service.environments) if one.strip()}
    return tuple(sorted(named.values())) if len(named) > 1 else ()
