"""Who saw or changed what, when: a change is written in its own transaction, never edited, never with a secret in it.

Nothing that people do as somebody who is asked is written here: no answer, no vote, no look at an invitation.
"""

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import Session

from data import store
from data.tables import AuditEvent

if TYPE_CHECKING:
    from data.people import Who

_SECRET = ("token", "secret", "password", "passwd", "credential", "api_key", "apikey", "private_key")
_LONGEST = 500  # characters of one text
#: What the name of an action begins with when somebody looked at something or took it away, and changed nothing.
LOOKED, TOOK = "view_", ("download_", "export_", "read_", "send_")
AGAIN = 3_600_000_000  # microseconds after which the same person looking at the same is worth another line


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


def seen(
    who: "Who | None", action: str, subject: str, detail: dict | None = None, organization_id: int | None = None
) -> None:
    """Writes that somebody looked at something sensitive, or took it out: call it where that is given away.

    action: begins with view_, or one of TOOK. A look (view_) is written once an hour for each person and
    subject, as a page is drawn again and again; what was taken is written each time. Never for what people see of their
    own team's answers, and never for anything they do under an invitation. who: None in a terminal that nobody owns.
    """
    if not action.startswith((LOOKED, *TOOK)):
        raise ValueError(f"{action} does not say that something was seen or taken")
    if action.startswith(LOOKED) and not _is_new(who.id if who else None, action, subject):
        return
    with store.writing(quietly=True) as session:
        record(session, who, action, subject, detail, organization_id)


def _is_new(person_id: int | None, action: str, subject: str) -> bool:
    """Whether that is not in the log of the last hour."""
    now = store.now_us()
    lately = select(AuditEvent.id).where(
        AuditEvent.person_id == person_id, AuditEvent.action == action, AuditEvent.subject == subject,
        AuditEvent.at > now - AGAIN, AuditEvent.at <= now,
    )  # fmt: skip
    with store.reading() as session:
        return session.execute(lately.limit(1)).first() is None


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
