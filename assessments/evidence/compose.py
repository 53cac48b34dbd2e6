"""Compose files: services that are started together."""

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.yamls import Map, single
from assessments.evidence.snapshot import Snapshot

COMPOSE = ("**/{docker-compose,compose}.{yml,yaml}", "**/{docker-compose,compose}.*.{yml,yaml}")


def compose_files(snapshot: Snapshot) -> tuple[tuple[str, dict[str, Map]], ...]:
    """(path, services by name) of each compose file that can be read."""
    return snapshot.once(_compose_files)


def _compose_files(snapshot: Snapshot) -> tuple[tuple[str, dict[str, Map]], ...]:
    found = []
    for path, text in snapshot.texts(snapshot.active(*COMPOSE)):
        try:
            read = single(text)
        except Malformed as error:
            snapshot.refuse(path, str(error))
            continue
        services = read.get("services") if isinstance(read, Map) else None
        if isinstance(services, Map):
            found.append((path, {name: each for name, each in services.items() if isinstance(each, Map)}))
    return tuple(found)
