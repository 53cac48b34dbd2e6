"""A service with facts, arranged in a line. Times are hours after the first of January 2024, UTC."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assessments.delivery import facts as shapes
from assessments.delivery.settings import ProductionRule, Settings
from data import derive, people, store, teams
from data.people import Who
from data.tables import Change, Deployment, Incident, Service, Source, TrunkCommit

START = datetime(2024, 1, 1, tzinfo=UTC)
IMPORTS = Settings(rule=ProductionRule(kind="import"))


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def sha(number: int) -> str:
    """40 characters, told apart by the first seven."""
    return f"{number:07x}a" * 5


def change(number: int, merged: float | None = None, /, **more) -> dict:
    merged = number if merged is None else merged
    return {
        "change_id": f"#{number}", "number": number, "kind": "pull_request", "title": f"Change {number}",
        "merge_sha": sha(number), "authored_at": hour(merged - 3), "opened_at": hour(merged - 2),
        "merged_at": hour(merged), **more,
    }  # fmt: skip


def deployment(name: str, number: int | None, finished: float, **more) -> dict:
    """A deployment of the commit of that number; None = of a commit that nobody knows."""
    return {
        "deployment_id": name, "kind": "import", "environment": "production",
        "sha": sha(number) if number is not None else None, "started_at": hour(finished - 0.5),
        "finished_at": hour(finished), "status": "success", **more,
    }  # fmt: skip


def incident(name: str, opened: float, resolved: float | None, **more) -> dict:
    at = hour(resolved) if resolved is not None else None
    return {"incident_id": name, "title": name, "opened_at": hour(opened), "resolved_at": at, **more}


@dataclass
class Place:
    """A service of its own team on its own repository."""

    who: Who
    name: str = "Shop"
    settings: Settings | None = IMPORTS
    team_id: int = field(init=False)
    service_id: int = field(init=False)
    repository_id: int = field(init=False)

    def __post_init__(self):
        organization = people.home_organization(self.who)
        self.organization_id = organization
        self.team_id = teams.create_team(self.who, organization, f"Team of {self.name}")
        self.service_id = teams.create_service(self.who, self.team_id, self.name)
        with store.writing() as session:
            service = session.get(Service, self.service_id)
            self.repository_id = service.repository_id
            if self.settings is not None:
                service.settings = self.settings.model_dump(mode="json", exclude={"incidents_collected"})

    def source(self, *, whole=False, until: float = 2000, **more) -> int:
        """A source of the service, or of the whole repository."""
        with store.writing() as session:
            row = Source(
                organization_id=self.organization_id, kind="git" if whole else "files", name="s",
                repository_id=self.repository_id, service_id=None if whole else self.service_id,
                collected_until=store.to_us(hour(until)), created_at=1, **more,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def add(self, *, changes=(), deployments=(), incidents=(), source: int | None = None, whole=False) -> int:
        """Facts of a source, a new one when none is given. The service is stale afterwards. The source's id."""
        source = source or self.source(whole=whole)
        owner = {"source_id": source, "service_id": None if whole else self.service_id}
        with store.writing() as session:
            for table, rows, schema in (
                (Change, changes, shapes.CHANGES),
                (Deployment, deployments, shapes.DEPLOYMENTS),
                (Incident, incidents, shapes.INCIDENTS),
            ):
                frame = shapes.frame(list(rows), schema)
                if table is Incident:
                    store.insert_frame(session, table, frame, source_id=source, service_id=self.service_id)
                elif table is Deployment:
                    frame = frame.drop("position", "on_trunk")
                    store.insert_frame(session, table, frame, repository_id=self.repository_id, **owner)
                else:
                    store.insert_frame(session, table, frame, repository_id=self.repository_id, **owner)
            derive.changed(session, service_id=self.service_id)
        return source

    def commits(self, source: int, rows: list[tuple[str, int | None, bool]]) -> None:
        """Commits as (sha, position, on trunk)."""
        with store.writing() as session:
            store.upsert(
                session, TrunkCommit,
                [
                    {"repository_id": self.repository_id, "sha": each, "source_id": source, "position": position,
                     "on_trunk": on_trunk}
                    for each, position, on_trunk in rows
                ],
                ["repository_id", "sha"],
            )  # fmt: skip

    def positions(self) -> dict[str, int | None]:
        """Where each deployment stands on trunk."""
        return dict(derive.facts(self.service_id).deployments.select("deployment_id", "position").iter_rows())
