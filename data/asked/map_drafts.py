"""What somebody has typed into a map and not saved yet: one draft for each person, map and kind. It outlives a reload,
a restart and a change of the server, and is seen by nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from assessments.workflow.typed import FIELDS
from data import access, store
from data.access import Action
from data.asked.maps import KINDS
from data.people import Who
from data.tables import MapDraft, WorkflowMap

MOST_ROWS, LONGEST_CELL = 60, 400
_KEPT = ("key", "path", *FIELDS)


@dataclass(frozen=True)
class DraftView:
    """base: the version it was begun from, 0 for none. rows: texts, see `assessments.workflow.typed`."""

    base: int
    title: str
    rows: tuple[dict[str, str], ...]
    changed_at: datetime


def draft(who: Who, map_id: int, kind: str) -> DraftView | None:
    """The person's own, None when there is none or they may not draw any more."""
    with store.reading() as session:
        found, row = session.get(WorkflowMap, map_id), session.get(MapDraft, (map_id, kind, who.id))
        if found is None or row is None or not access.may(who, Action.SAY, access.of_team(found.team_id)):
            return None
    return DraftView(row.base, row.typed["title"], tuple(row.typed["rows"]), store.from_us(row.changed_at))


def keep(who: Who, map_id: int, kind: str, base: int, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps what is typed as it is; what stands there already is kept without a write.

    Raises Forbidden, NotFound, ValueError for more rows or longer texts than any map could come from.
    """
    kept = [{field: _clean(row.get(field)) for field in _KEPT} for row in rows]
    title = _clean(title)
    if len(kept) > MOST_ROWS or max(map(len, [title, *(text for row in kept for text in row.values())])) > LONGEST_CELL:
        limits = f"{MOST_ROWS} rows and {LONGEST_CELL} characters a cell"
        raise ValueError(f"That is more than a map can hold ({limits}): what you typed last is not kept over a reload.")
    typed = {"title": title, "rows": kept}
    before = draft(who, map_id, kind)
    if before and (before.base, before.title, list(before.rows)) == (base, title, kept):
        return
    with store.writing(quietly=True) as session:
        found = session.get(WorkflowMap, map_id)
        if found is None or kind not in KINDS:
            raise access.NotFound("This map is not there any more.")
        access.check(who, Action.SAY, access.of_team(found.team_id))
        row = {"map_id": map_id, "kind": kind, "person_id": who.id, "base": base}
        row |= {"typed": typed, "changed_at": store.now_us()}
        store.upsert(session, MapDraft, [row], ("map_id", "kind", "person_id"))


def drop(who: Who, map_id: int, kind: str) -> None:
    """Forgets the person's own draft, if there is one."""
    with store.writing(quietly=True) as session:
        mine = MapDraft.map_id == map_id, MapDraft.kind == kind, MapDraft.person_id == who.id
        session.execute(delete(MapDraft).where(*mine))


def _clean(raw: Any) -> str:
    """A text that both stores can keep."""
    return "".join(sign if sign.isprintable() else " " for sign in str(raw or ""))
