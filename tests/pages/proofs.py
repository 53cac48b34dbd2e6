"""A team with a proof of concept under way in a real repository, for pages to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from content import catalog
from data import intake, people, store
from data.improving import choices
from data.learning import attempts
from data.people import Who
from data.tables import Service
from tests.repos import RepoBuilder

TRACK, POC = "jenkins-to-actions", "inventory"
EXAMPLES = Path(catalog.__file__).parent / "tracks" / TRACK / "pocs" / POC


def example(*parts: str) -> dict[str, str]:
    """The files of an example repository of the content; later ones over earlier ones."""
    found = {}
    for part in parts:
        for path in sorted((EXAMPLES / part).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(EXAMPLES / part))] = path.read_text(encoding="utf-8")
    return found


@dataclass(frozen=True)
class Begun:
    who: Who
    repo: RepoBuilder
    team_id: int
    repository_id: int
    attempt_id: int

    def commit(self, files: Mapping[str, str], message: str = "Go on") -> None:
        self.repo.commit(message, "2026-02-01", files=dict(files))


def begun(folder: Path, files: Mapping[str, str], track: str = TRACK, poc: str = POC) -> Begun:
    """From a clone in that folder, which MILEPOST_ROOTS allows, with these files on its trunk."""
    who, repo = people.local_person(), RepoBuilder(folder / "prices")
    repo.commit("Begin", "2026-01-05", files=dict(files))
    intake.add_clone(who, repo.path, "Checkout", "Prices")
    with store.reading() as session:
        service = session.execute(select(Service)).scalars().one()
        team_id, repository_id = service.team_id, service.repository_id
    choices.choose(who, team_id, track)
    return Begun(who, repo, team_id, repository_id, attempts.begin(who, team_id, track, poc, repository_id))
