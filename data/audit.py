"""Who changed what, when: written in the same transaction as the change, never edited, never with a secret in it."""

from typing import TYPE_CHECKING

from sqlmodel import Session

from data import store
from data.tables import AuditEvent

if TYPE_CHECKING:
    from data.people import Who

_SECRET = ("token", "secret", "password", "passwd", "credential", "api_key", "apikey", "private_key")
_LONGEST = 500  # characters of one text


def record(
    session: Session,
    who: "Who | None",
    action: str,
    subject: str,
    detail: dict | None = None,
    organization_id: int | None = None,
) -> None:
    """Adds an event to the transaction.

    who: None when Milepost acts by itself. action: verb and object, as "team.rename". subject: "team:3", "service:7".
    detail: plain values; those under a name that speaks of a secret are left out, long texts are cut.
    """
    session.add(
        AuditEvent(
            at=store.now_us(),
            person_id=who.id if who else None,
            action=action,
            subject=subject,
            detail=_clean(detail) if detail else None,
            organization_id=organization_id,
        )
    )


def _clean(value):
    if isinstance(value, dict):
        return {
            str(name): "(left out)" if any(word in str(name).lower() for word in _SECRET) else _clean(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:_LONGEST]
