"""The organization's reusable workflows that verify proofs of concept, each at the commits that it trusts.

A green run through one of them is worth E3: what it runs was chosen by the organization, and the team cannot edit it.
Trusting a branch or a tag would undo that, so only whole names of commits are taken.
"""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from data import access, audit, store
from data.access import Action, NotFound
from data.people import Who
from data.tables import Person, VerificationWorkflow

MOST = 200  # in force in one organization
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[\w.-]{1,100}/\.github/workflows/[\w.-]{1,100}\.ya?ml", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Trusted:
    """A workflow at a commit. added_by, removed_by: names, None when not known any more. Instants: microseconds;
    removed_at None: it is in force."""

    id: int
    path: str
    sha: str
    added_by: str | None
    added_at: int
    removed_by: str | None
    removed_at: int | None


def listed(who: Who, organization_id: int) -> tuple[Trusted, ...]:
    """All that were ever trusted: those in force by path, newest first, then those that were removed. Raises Forbidden,
    NotFound."""
    access.check(who, Action.ADMINISTER, access.of_organization(organization_id))
    wanted = select(VerificationWorkflow.__table__).where(VerificationWorkflow.organization_id == organization_id)
    with store.reading() as session:
        rows = session.execute(wanted).all()
        named = {each for row in rows for each in (row.added_by, row.removed_by) if each is not None}
        names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(named))).all())
    rows = sorted(rows, key=lambda row: (row.removed_at is not None, row.path, -row.added_at, -row.id))
    return tuple(
        Trusted(
            row.id, row.path, row.sha, names.get(row.added_by), row.added_at, names.get(row.removed_by), row.removed_at
        )
        for row in rows
    )


def add(who: Who, organization_id: int, path: str, sha: str) -> int:
    """Trusts a workflow at a commit; its id, also of one that is trusted already. path: `owner/name/.github/workflows/
    file.yml`.

    Raises Forbidden, NotFound, or ValueError with a sentence.
    """
    path, sha = _checked(path, sha)
    with store.writing() as session:
        subject = access.of_organization(organization_id)
        access.check(who, Action.ADMINISTER, subject)
        here = (
            VerificationWorkflow.organization_id == organization_id,
            VerificationWorkflow.removed_at.is_(None),
        )
        rows = session.execute(select(VerificationWorkflow).where(*here)).scalars().all()
        if known := next((row for row in rows if (row.path, row.sha) == (path, sha)), None):
            return known.id
        if len(rows) >= MOST:
            raise ValueError(f"{MOST} are trusted already: remove those that nobody uses any more.")
        row = VerificationWorkflow(
            organization_id=organization_id, path=path, sha=sha, added_by=who.id, added_at=store.now_us()
        )
        session.add(row)
        session.flush()
        audit.record(session, who, "trust_workflow", f"workflow:{row.id}", {"path": path, "sha": sha}, organization_id)
        return row.id


def remove(who: Who, workflow_id: int) -> None:
    """Trusts it no more: what is checked from now on through it is worth E2. What was accepted stays as it was found.
    Removing twice changes nothing. Raises Forbidden, NotFound."""
    with store.writing() as session:
        row = session.get(VerificationWorkflow, workflow_id)
        if row is None:
            raise NotFound("This workflow is not in the list any more; reload the page.")
        access.check(who, Action.ADMINISTER, access.of_organization(row.organization_id))
        if row.removed_at is not None:
            return
        row.removed_at, row.removed_by = store.now_us(), who.id
        detail = {"path": row.path, "sha": row.sha}
        audit.record(session, who, "distrust_workflow", f"workflow:{row.id}", detail, row.organization_id)


def _checked(path: str, sha: str) -> tuple[str, str]:
    path, sha = path.strip().strip("/"), sha.strip().lower()
    if "@" in path:
        path, _, at = path.partition("@")
        if at.lower() != sha:
            raise ValueError("Give the path without what follows @, and the commit in its own field.")
    if not _PATH.fullmatch(path):
        raise ValueError(
            "Give the path as owner/name/.github/workflows/file.yml: a workflow that GitHub can call from elsewhere."
        )
    if not _SHA.fullmatch(sha):
        raise ValueError(
            "Give the whole name of a commit, 40 digits from 0 to f: a branch or tag can be moved to something else."
        )
    return path, sha


def allowed(session: Session, organization_id: int) -> dict[str, frozenset[str]]:
    """Commits that are trusted now, by path of the workflow."""
    wanted = select(VerificationWorkflow.path, VerificationWorkflow.sha).where(
        VerificationWorkflow.organization_id == organization_id, VerificationWorkflow.removed_at.is_(None)
    )
    found: dict[str, set[str]] = {}
    for path, sha in session.execute(wanted):
        found.setdefault(path, set()).add(sha)
    return {path: frozenset(shas) for path, shas in found.items()}


def offered(who: Who, organization_id: int) -> tuple[tuple[str, str], ...]:
    """(path, commit) of what is trusted now, for teams to call, the newest first. Raises Forbidden, NotFound."""
    access.check(who, Action.VIEW, access.of_organization(organization_id))
    wanted = select(VerificationWorkflow.path, VerificationWorkflow.sha).where(
        VerificationWorkflow.organization_id == organization_id, VerificationWorkflow.removed_at.is_(None)
    )
    order = VerificationWorkflow.path, VerificationWorkflow.added_at.desc(), VerificationWorkflow.id.desc()
    with store.reading() as session:
        return tuple((path, sha) for path, sha in session.execute(wanted.order_by(*order)))
