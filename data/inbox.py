"""The inbox of GitHub's webhooks: what was signed is kept and answered at once, and processed in a job.

The secret is in MILEPOST_WEBHOOK_SECRET, during a rotation the one before it in MILEPOST_WEBHOOK_SECRET_OLD: each a
value, or a reference (`data.references`). A delivery is known again by its id, and by what it says, as the id is not
signed. GitHub does not send again what was lost; reading the repository later repairs it.
"""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable

from pydantic_core import from_json
from sqlalchemy import delete, func, or_, select
from sqlmodel import Session

from data import derive, environment, jobs, store, trouble
from data.tables import Organization, WebhookDelivery
from data.work import Work, handler

MOST_BYTES = 25 * 2**20  # GitHub sends no more
KEPT = 30 * 24 * 3_600_000_000  # microseconds that a delivery is known again
ATTEMPTS = 3
FRESH_SECONDS = 2  # after which numbers are worked out, however much still waits
KIND = "github"
#: Events that say something about changes, deployments, incidents or practices; all others are ignored.
EVENTS = frozenset(
    {
        "branch_protection_rule",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "installation",
        "installation_repositories",
        "issues",
        "pull_request",
        "pull_request_review",
        "pull_request_review_thread",
        "push",
        "release",
        "repository",
        "repository_ruleset",
        "workflow_job",
        "workflow_run",
    }
)
SETTING = "MILEPOST_WEBHOOK_SECRET"

log = logging.getLogger("milepost.inbox")


class NotJson(ValueError):
    """The body is no JSON object."""


# Signatures


def secrets() -> list[bytes]:
    """The secrets in use, none where webhooks are not switched on. Raises Unusable for a reference that
    leads to nothing."""
    return list(environment.valid(SETTING))


class Signed:
    """Whether a body has the signature that came with it, worked out while the body arrives."""

    def __init__(self, keys: list[bytes]):
        self._codes = [hmac.new(key, digestmod=hashlib.sha256) for key in keys]

    def update(self, chunk: bytes) -> None:
        for code in self._codes:
            code.update(chunk)

    def by_any(self, signatures: list[str]) -> bool:
        """Whether one of these hexadecimal signatures is of one of the keys. Takes as long for a wrong one."""
        shown = [each.encode() for each in signatures]
        right = [hmac.compare_digest(code.hexdigest().encode(), each) for code in self._codes for each in shown]
        return any(right)


# Arriving


def receive(event: str, delivery_id: str, body: bytes) -> str:
    """Keeps a delivery whose signature was right. Returns what became of it: waiting, duplicate, or ignored for an
    event that says nothing here. Raises NotJson."""
    text = _checked(body)
    if event not in EVENTS:
        return "ignored"
    digest = hashlib.sha256(event.encode() + b"\0" + body).hexdigest()
    row = WebhookDelivery(
        kind=KIND, delivery_id=delivery_id, event=event, digest=digest, body=text, received_at=store.now_us()
    )
    with store.writing(quietly=True) as session:
        same = or_(WebhookDelivery.delivery_id == delivery_id, WebhookDelivery.digest == digest)
        if session.execute(select(WebhookDelivery.id).where(WebhookDelivery.kind == KIND, same).limit(1)).first():
            return "duplicate"
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.received_at < row.received_at - KEPT))
        session.add(row)
        job_id = _add_job(session)
    if job_id is not None:
        jobs.push(job_id)
    return "waiting"


def _checked(body: bytes) -> str:
    try:
        if not isinstance(from_json(body, allow_inf_nan=False), dict):
            raise NotJson("The body is no JSON object.")
    except ValueError:
        raise NotJson("The body is no JSON object.") from None
    return body.decode()


def _add_job(session: Session) -> int | None:
    """A job belongs to an organization, and a delivery tells only its repository: it is that of the first. None where
    there is no organization yet; the next delivery takes this one along."""
    first = select(Organization.id).where(Organization.is_demo.is_(False)).order_by(Organization.id).limit(1)
    organization_id = session.execute(first).scalar_one_or_none()
    if organization_id is None:
        return None
    return jobs.add(session, "webhook", {"lock": "webhooks"}, None, organization_id, None)


# Processing


@handler("webhook")
def process_waiting(work: Work) -> str:
    """Processes what waits, oldest first; what fails three times is left. The numbers that it changes are worked out
    when nothing waits any more, and now and then while much does."""
    process, total = processor(), waiting()
    done, failed, last, services, begun = 0, 0, 0, set(), time.monotonic()
    while True:
        row = _next(last)
        if services and (row is None or time.monotonic() - begun > FRESH_SECONDS):
            derive.refresh(sorted(services))
            services, begun = set(), time.monotonic()
            row = row or _next(last)
        if row is None:
            break
        work.progress(done, max(total, done + 1), "Processing what GitHub sent")
        last = row.id
        failed += not _process(process, row, services)
        done += 1
    problems = f" {failed:,} could not be: the log says why." if failed else ""
    whole = done - failed
    return f"Processed {whole:,} {'delivery' if whole == 1 else 'deliveries'}.{problems}"


def processor() -> Callable[[str, dict], object]:
    """What processes a delivery (event, payload); imported by the worker alone, not by who only receives."""
    from data.sources.github import webhooks

    return webhooks.process


def waiting() -> int:
    """How many deliveries wait."""
    with store.reading() as session:
        wanted = select(func.count()).where(WebhookDelivery.state == "waiting")
        return session.execute(wanted).scalar_one()


def _next(after: int) -> WebhookDelivery | None:
    wanted = select(WebhookDelivery).where(WebhookDelivery.state == "waiting", WebhookDelivery.id > after)
    with store.reading() as session:
        return session.execute(wanted.order_by(WebhookDelivery.id).limit(1)).scalar_one_or_none()


def _process(process: Callable[[str, dict], object], row: WebhookDelivery, services: set[int]) -> bool:
    """Whether it could be. services: gets those whose numbers are others now."""
    try:
        told = process(row.event, json.loads(row.body))
        services |= getattr(told, "services", set())
        problem = None
    except Exception as error:
        if trouble.passes(error):
            raise  # the job is begun again
        log.exception("delivery %s (%s) could not be processed", row.id, row.event)
        problem = type(error).__name__
    with store.writing(quietly=True) as session:
        kept = session.get(WebhookDelivery, row.id)
        if kept is None:
            return problem is None
        kept.attempts += 1
        kept.problem = problem
        if problem is None or kept.attempts >= ATTEMPTS:
            kept.state, kept.body = ("done", None) if problem is None else ("failed", kept.body)
    return problem is None
