"""What is typed into a map in this session, kept in the store as well: a reload or another device brings it back.

The tables give what is typed on top of the rows they began with; whenever something else than typing changes the rows
(a step is moved, another version is taken), the tables begin anew from the rows as they are then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from assessments.workflow import typed
from assessments.workflow.model import HAPPY, RECOVERY, Map
from data.asked import map_drafts
from data.asked.maps import VersionView
from data.people import Who

Row = dict[str, str]


@dataclass
class Sheet:
    """base: the version it was begun from. begun: the rows the tables began with; rows: as they stand. turn: of the
    tables, another whenever they begin anew. good: the last map without problems."""

    map_id: int
    kind: str
    base: int
    title: str
    begun: list[Row]
    rows: list[Row]
    good: Map
    turn: int
    restored: bool = False
    kept: tuple | None = field(default=None)

    def anew(self, rows: Sequence[Row]) -> None:
        """The tables begin with these rows."""
        self.begun = self.rows = list(rows)
        self.turn = _turn()

    def differs(self, version: VersionView) -> bool:
        """Whether what is typed is another text than that version's."""
        return self.title.strip() != version.drawn.title or self.rows != blank_free(typed.rows(version.drawn.steps))

    def read(self) -> tuple[dict, list[str]]:
        """The plain values, and what is wrong with them."""
        return typed.read(self.rows, self.title)


def blank_free(rows: Sequence[Row]) -> list[Row]:
    """Texts only, rows with something in them, those of the happy path first."""
    texts = [{name: (row.get(name) or "").strip() for name in ("key", "path", *typed.FIELDS)} for row in rows]
    there = [row for row in texts if any(row[name] for name in typed.FIELDS if name != "source")]
    return [row for path in (HAPPY, RECOVERY) for row in there if (row["path"] or HAPPY) == path]


def _turn() -> int:
    st.session_state["map_turn"] = st.session_state.get("map_turn", 0) + 1
    return st.session_state["map_turn"]


def sheet(user: Who, map_id: int, newest: VersionView) -> Sheet:
    """The one of this session; else from the draft that the store has; else the newest version."""
    kind, name = newest.line.kind, f"map_sheet_{map_id}_{newest.line.kind}"
    one = st.session_state.get(name)
    if one is None and (draft := map_drafts.draft(user, map_id, kind)):
        rows = blank_free(draft.rows)
        one = Sheet(map_id, kind, draft.base, draft.title, rows, rows, newest.drawn, _turn(), restored=True)
        one.kept = _state(one)
    if one is None or (one.kept is None and one.base != newest.line.number):
        rows = blank_free(typed.rows(newest.drawn.steps))
        one = Sheet(map_id, kind, newest.line.number, newest.drawn.title, rows, rows, newest.drawn, _turn())
    st.session_state[name] = one
    return one


def _state(one: Sheet) -> tuple:
    return one.base, one.title, tuple(tuple(row.items()) for row in one.rows)


def keep(user: Who, one: Sheet, unsaved: bool) -> None:
    """Brings the store up to what is typed. Raises Forbidden, NotFound, ValueError."""
    if not unsaved:
        if one.kept is not None:
            map_drafts.drop(user, one.map_id, one.kind)
        one.kept, one.restored = None, False
    elif (now := _state(one)) != one.kept:
        map_drafts.keep(user, one.map_id, one.kind, one.base, one.title, one.rows)
        one.kept = now


def forget(user: Who, one: Sheet) -> None:
    """What was typed is given up, or saved."""
    map_drafts.drop(user, one.map_id, one.kind)
    st.session_state.pop(f"map_sheet_{one.map_id}_{one.kind}", None)
