"""A store with more teams and services than anybody wants to scroll through."""

from assessments.delivery.settings import ProductionRule, Settings
from data import people, store
from data.tables import Repository, Service, Source, Team


def fill(teams: int = 40, services: int = 2000) -> None:
    """Adds so many teams, and services spread over them, each with a source that holds nothing yet."""
    who = people.local_person()
    home, now = people.home_organization(who), store.now_us()
    with store.writing() as session:
        made = [Team(organization_id=home, name=f"Team {number:02d}", created_at=now) for number in range(teams)]
        session.add_all(made)
        session.flush()
        homes = [
            Repository(organization_id=home, key=f"files:{number}", name=f"service-{number:04d}", created_at=now)
            for number in range(services)
        ]
        session.add_all(homes)
        session.flush()
        rule = Settings(rule=ProductionRule(kind="import")).model_dump(mode="json")
        for number, repository in enumerate(homes):
            team_id = made[number % teams].id
            session.add(
                Service(team_id=team_id, name=repository.name, repository_id=repository.id, created_at=now,
                        settings=rule)
            )  # fmt: skip
            session.add(
                Source(organization_id=home, kind="files", name=f"{repository.name}.csv", repository_id=repository.id,
                       collected_until=now, created_at=now, notes=[])
            )  # fmt: skip
