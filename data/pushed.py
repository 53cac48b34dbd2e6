"""Sources that are told what happened, rather than read: what the API, and the webhooks of incident tools, bring."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from data import audit, derive, store
from data.people import Who
from data.tables import Repository, Service, Source


def source_of(session: Session, service: Service, kind: str, name: str, who: Who | None = None) -> Source:
    """The source of a kind that the service has, made when it has none."""
    same = (Source.service_id == service.id, Source.kind == kind)
    source = session.execute(select(Source).where(*same).order_by(Source.id).limit(1)).scalar_one_or_none()
    if source is None:
        source = Source(
            organization_id=session.get_one(Repository, service.repository_id).organization_id,
            kind=kind,
            name=name,
            repository_id=service.repository_id,
            service_id=service.id,
            created_at=store.now_us(),
            created_by=who.id if who else None,
        )
        session.add(source)
        session.flush()
        detail = {"kind": kind, "service": service.id}
        audit.record(session, who, "add_source", f"source:{source.id}", detail, source.organization_id)
    return source


def told(session: Session, source: Source, kind: str, since: int, latest: datetime | None) -> None:
    """Notes that a source has told everything until now, or until the latest time that it spoke of, and marks the
    numbers of its service as stale. kind: of facts. since: the earliest instant at which one was touched.
    """
    before, now = source.collected_until, store.now_us()
    held = set((source.cursor or {}).get("facts", ()))
    source.collected_until = max(each for each in (before, now, store.to_us(latest)) if each is not None)
    if kind in held and before is not None:
        # What lay in the future before may not any more.
        since = min(since, before)
    else:
        # It begins to bring this kind of facts, and may go over what others said.
        since = None
        source.cursor = {**(source.cursor or {}), "facts": sorted(held | {kind})}
    derive.changed(session, service_id=source.service_id, since=since)
