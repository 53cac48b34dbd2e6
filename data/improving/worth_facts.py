"""What happened in the services of an organization, added up for what changes are worth.

Kept in memory by the state of each service, so that a refresh of one makes one to be added up anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection

import polars as pl
from sqlalchemy import select

from assessments import observed
from data import derived, store
from data.store import Snapshot
from data.tables import Service

KEPT = 20_000  # services
_ROWS: OrderedDict[tuple, tuple] = OrderedDict()
_LOCK = threading.Lock()


def observe(team_ids: Collection[int], weeks: int) -> pl.DataFrame:
    """Frame OBSERVED of the services of these teams of which something was worked out; only of teams that the person
    may see."""
    with store.snapshot() as snapshot:
        columns = (Service.id, Service.derived_version, Service.created_at, Service.collected_until)
        wanted = select(*columns).where(Service.team_id.in_(list(team_ids)), Service.derived_with.is_not(None))
        states = {(row.id, weeks): tuple(row) for row in snapshot.rows(wanted) if row.collected_until is not None}
        with _LOCK:
            found = {key: _ROWS[key, state] for key, state in states.items() if (key, state) in _ROWS}
        missing = {key: state for key, state in states.items() if key not in found}
        if missing:
            fresh = _observed(snapshot, missing, weeks)
            found |= {key: fresh[key[0]] for key in missing}
            with _LOCK:
                _ROWS.update({(key, state): found[key] for key, state in missing.items()})
                while len(_ROWS) > KEPT:
                    _ROWS.popitem(last=False)
    rows = [found[key] for key in sorted(found)]
    return pl.DataFrame(rows, schema=observed.OBSERVED, orient="row")


def forget() -> None:
    """Adds everything up anew the next time."""
    with _LOCK:
        _ROWS.clear()


def _observed(snapshot: Snapshot, states: dict, weeks: int) -> dict[int, tuple]:
    ids = [service for service, _ in states]
    read = [state[3] for state in states.values()]
    first, last = store.from_us(min(read) - weeks * 7 * 86_400_000_000).date(), store.from_us(max(read)).date()
    parts = derived.parts_of(snapshot, ids, first, last, ("deployments", "changes"))
    return {row[0]: row for row in observed.observe(parts, weeks).iter_rows()}
