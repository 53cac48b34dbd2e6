"""Which of the organization's workflows a proof of concept may go through, at which commit: what a team calls to show
more than its files do."""

from sqlalchemy import select

from assessments.poc import read_poc
from assessments.poc.patterns import fits
from data import access, store
from data.learning import reviews
from data.people import Who
from data.tables import VerificationWorkflow


def of_attempt(who: Who, attempt_id: int) -> dict[str, tuple[str, ...]]:
    """By id of each check that asks for such a workflow: what a job `uses`, the newest first; empty where none is
    trusted yet. Raises Forbidden, NotFound."""
    with store.reading() as session:
        row, _ = reviews.seen(session, who, attempt_id)
        wanted = {each.id: _named(each.params) for each in read_poc(row.poc, row.content).checks}
        wanted = {name: pattern for name, pattern in wanted.items() if pattern}
        if not wanted:
            return {}
        mine = VerificationWorkflow.organization_id == access.of_team(row.team_id).organization_id
        trusted = select(VerificationWorkflow.path, VerificationWorkflow.sha).where(
            mine, VerificationWorkflow.removed_at.is_(None)
        )
        newest = trusted.order_by(VerificationWorkflow.added_at.desc(), VerificationWorkflow.id.desc())
        rows = session.execute(newest).all()
    return {
        name: tuple(f"{path}@{sha}" for path, sha in rows if fits(pattern, path.rsplit("/", 1)[-1]))
        for name, pattern in wanted.items()
    }


def _named(params) -> str:
    """The file name that a check of runs or of what they keep asks for; empty where it asks for none."""
    return params.get("reusable", "") or params.get("commit", {}).get("reusable", "")
