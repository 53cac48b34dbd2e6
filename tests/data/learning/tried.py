"""Attempts at proofs of concept, written straight into the store, with checks of one's own."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from data import jobs, store
from data.learning import checking, runs
from data.tables import Enrolment, ProofAttempt, Repository, Service
from tests.data.hub import change_row, turn

DAY = 86_400_000_000
LISTED = "a" * 40
#: The organization's workflow, as a caller names it, and its path.
PATH = "acme/verification/.github/workflows/go-cli.yml"
CALLER = f"""on: [push]
permissions: {{contents: read}}
jobs:
  verify:
    uses: {PATH}@{LISTED}
"""


def check(name: str, kind: str, params: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A check as it stands in a poc.yml; required at E1 unless said."""
    base = {"title": f"Criterion {name}", "why": "It matters.", "hint": "Do it.", "severity": "required", "level": "E1"}
    return {**base, "id": name, "kind": kind, "with": dict(params), **more}


def content(
    checks: Sequence[dict], gates: Mapping[str, Sequence[dict]] = {}, protected: Mapping[str, str] = {}
) -> dict:  # fmt: skip
    """The plain values of a poc.yml as far as judging needs them. protected: blobs by path."""
    return {
        "title": "Try it", "tasks": [{"n": 1, "title": "Do it", "checks": list(checks)}],
        "gates": {name: {"why": "It matters.", "checks": list(each)} for name, each in gates.items()},
        "starter": {"protected": [{"path": path, "blob": blob} for path, blob in protected.items()]},
    }  # fmt: skip


def attempt(repository_id: int, plain: dict, **fields: Any) -> int:
    """An attempt of the team that has a service on that repository, or of another, which gets one; its id."""
    with store.writing() as session:
        found = session.execute(select(Service).where(Service.repository_id == repository_id)).scalars().all()
        team_id = fields.pop("team_id", None) or found[0].team_id
        if team_id not in {each.team_id for each in found}:
            session.add(Service(team_id=team_id, name="Also", repository_id=repository_id, created_at=1))
        chosen = Enrolment(
            team_id=team_id, track_id=str(uuid.uuid4()), slug="go-cli", version="1.0.0", state="under_way", chosen_at=1
        )
        session.add(chosen)
        session.flush()
        row = ProofAttempt(
            **{
                "uid": str(uuid.uuid4()), "team_id": team_id, "enrolment_id": chosen.id,
                "repository_id": repository_id, "repository": session.get_one(Repository, repository_id).name,
                "track_id": chosen.track_id, "track": "go-cli", "poc_id": str(uuid.uuid4()), "poc": "commands",
                "version": "1.0.0", "content": plain, "begun_at": store.now_us() - 10 * DAY,
                "due_at": store.now_us() + 10 * DAY, **fields,
            }
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def checked(who, attempt_id: int) -> jobs.JobView:
    """One turn of a check, here and now."""
    return turn(checking.check_now(who, attempt_id))


def found(attempt_id: int) -> runs.RunView:
    """The newest run."""
    with store.reading() as session:
        return runs.of(session, attempt_id)[0]


def outcomes(attempt_id: int) -> dict[str, tuple[str, str]]:
    """(outcome, sentence) by check, of the newest run."""
    return {each.check_id: (str(each.outcome), each.because) for each in found(attempt_id).results}


def change(attempt_id: int, **values: Any) -> None:
    change_row(ProofAttempt, attempt_id, **values)
