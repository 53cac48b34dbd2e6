"""Files of other tools as findings with their source named: OpenSSF Scorecard, SARIF, OWASP DSOMM (docs/imports.md).

What they say stands beside what our probes found and never counts for a level. A file is read whole before anything is
saved, and replaces what its kind said before in one transaction.

    read = imports.read("sarif", content)        # raises FileError; nothing is saved
    imports.save(who, read, service_id=7)        # or team_id=3, where the kind speaks of a team
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from assessments.evidence import Evaluation, Outcome
from assessments.evidence.reading import Malformed
from data import access, audit, store
from data.access import Action, NotFound, Subject
from data.evidence import foreign, strict
from data.people import Who
from data.practices import evaluations, reading_dsomm, reading_sarif, reading_scorecard
from data.practices.evaluations import EvaluationView
from data.practices.foreign_file import Content
from data.practices.reading_dsomm import TeamNeeded
from data.sources.files import FileError
from data.tables import Organization, Service, Team

#: What is counted in a file, where several are not called so with an s.
_PLURALS = {"activity": "activities"}


@dataclass(frozen=True)
class Kind:
    """title: for people. endings: of such files. of_team: it speaks of a team, not of a repository."""

    title: str
    endings: tuple[str, ...]
    of_team: bool
    read: Callable[..., Content]


KINDS = {
    "scorecard": Kind("OpenSSF Scorecard, JSON", ("json",), False, reading_scorecard.read),
    "sarif": Kind("SARIF 2.1.0 of any tool", ("sarif", "json"), False, reading_sarif.read),
    "dsomm": Kind("OWASP DSOMM, YAML", ("yaml", "yml"), True, reading_dsomm.read),
}


class TeamsNamed(FileError):
    """The file speaks of several teams: ask which. `teams`: as it names them."""

    def __init__(self, teams: list[str]):
        self.teams = teams
        super().__init__("This file speaks of several teams: choose which of them is meant.")


@dataclass(frozen=True)
class Read:
    """A file that was read and not saved yet. evaluation: its rules as findings."""

    kind: str
    content: Content
    evaluation: Evaluation

    def count(self, outcome: Outcome) -> int:
        return self.evaluation.count(outcome)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was read, what was left out and why, and what one should know."""
        said, found = self.content, Counter(str(each.finding.outcome) for each in self.evaluation.results)
        told = ", ".join(f"{found[outcome]:,} {outcome}" for outcome in Outcome if found[outcome])
        rules = _counted(len(self.evaluation.results), "finding")
        head = f"{said.tool}: {_counted(said.read, said.noun)} read, {rules}{f' ({told})' if told else ''}."
        about = [f"It speaks of {said.about}."] if said.about else []
        left = [f"Left out: {why} ({count:,})." for why, count in said.left_out.items()]
        return (head, *about, *left, *said.notes)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"


def read(kind: str, file: BinaryIO | bytes, team: str | None = None) -> Read:
    """Reads a file whole; saves nothing. team: of a file that speaks of several. Raises FileError, TeamsNamed."""
    if kind not in KINDS:
        raise FileError(f"Choose what the file holds: {', '.join(KINDS)}.")
    if isinstance(file, bytes):
        content = file[: strict.BYTES + 1]
    else:
        file.seek(0)
        content = file.read(strict.BYTES + 1)
    if not content.strip():
        raise FileError("The file is empty: choose the report itself.")
    options = {"team": team} if KINDS[kind].of_team and team is not None else {}
    try:
        found = KINDS[kind].read(content, **options)
    except TeamNeeded as error:
        raise TeamsNamed(error.teams) from None
    except Malformed as error:
        raise FileError(f"This file cannot be used: {error}.") from None
    return Read(kind, found, foreign.evaluation(kind, found.rules, found.commit))


def save(who: Who, read: Read, *, service_id: int | None = None, team_id: int | None = None) -> int:
    """Keeps the findings, in place of those that the same kind of file brought before; the evaluation's id.

    Those of a repository are seen by every team with a service on it, so one must be allowed to add to each.
    Raises Forbidden, NotFound, ValueError when the kind wants the other of service and team.
    """
    repository_id, subjects = _whose(read.kind, service_id, team_id)
    for subject in subjects:
        access.check(who, Action.ADD_SOURCE, subject)
    with store.writing() as session:
        number = evaluations.save(
            repository_id,
            read.kind,
            read.evaluation,
            as_of=read.content.as_of,
            tool=read.content.tool,
            made_by=who.id,
            team_id=team_id,
        )
        detail = {"kind": read.kind, "tool": read.content.tool, "findings": len(read.evaluation.results)}
        audit.record(session, who, "import_findings", _subject(repository_id, team_id), detail, _organization(subjects))
        return number


def remove(who: Who, kind: str, *, service_id: int | None = None, team_id: int | None = None) -> bool:
    """Takes away what that kind of file brought. Returns whether there was anything. Raises as `save`."""
    repository_id, subjects = _whose(kind, service_id, team_id)
    for subject in subjects:
        access.check(who, Action.REMOVE_SOURCE, subject)
    with store.writing() as session:
        if gone := evaluations.remove(repository_id, kind, team_id=team_id):
            about = _subject(repository_id, team_id)
            audit.record(session, who, "remove_findings", about, {"kind": kind}, _organization(subjects))
        return gone


def kept(who: Who, *, service_id: int | None = None, team_id: int | None = None) -> tuple[EvaluationView, ...]:
    """What files of other tools say of the service's repository, or of the team. Raises Forbidden, NotFound."""
    subject = access.of_team(team_id) if team_id is not None else access.of_service(service_id)
    access.check(who, Action.VIEW, subject)
    with store.reading() as session:
        repositories = [] if team_id is not None else [_repository(session, service_id)]
        found = evaluations.of_other_tools(session, repositories, [] if team_id is None else [team_id])
    return tuple(each for each in found if each.origin in KINDS)


def _whose(kind: str, service_id: int | None, team_id: int | None) -> tuple[int | None, tuple[Subject, ...]]:
    """The repository, or None for a team; and whose it is."""
    if kind not in KINDS or (service_id is None) == (team_id is None) or KINDS[kind].of_team != (team_id is not None):
        raise ValueError("Findings of Scorecard and SARIF belong to a service, those of DSOMM to a team.")
    if team_id is not None:
        return None, (access.of_team(team_id),)
    access.of_service(service_id)
    with store.reading() as session:
        repository_id = _repository(session, service_id)
        teams = (
            select(Team.organization_id, Team.id, Organization.is_demo)
            .join(Service, Service.team_id == Team.id)
            .join(Organization, Organization.id == Team.organization_id)
            .where(Service.repository_id == repository_id)
            .distinct()
        )
        return repository_id, tuple(Subject(*row) for row in session.execute(teams))


def _repository(session, service_id: int) -> int:
    found = session.execute(select(Service.repository_id).where(Service.id == service_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no service {service_id}.")
    return found


def _subject(repository_id: int | None, team_id: int | None) -> str:
    return f"team:{team_id}" if team_id is not None else f"repository:{repository_id}"


def _organization(subjects: tuple[Subject, ...]) -> int:
    return subjects[0].organization_id
