"""Connections: cursors that hold their place while rows come and go, and GitHub's bounds."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.fake_github.graphql_engine import Refused
from tests.fake_github.records import Row

MOST = 100


def _cursor(key: Any) -> str:
    return base64.b64encode(b"cursor:v2:" + json.dumps(key).encode()).decode()


def _key(cursor: str) -> Any:
    try:
        return json.loads(base64.b64decode(cursor).removeprefix(b"cursor:v2:"))
    except ValueError:
        raise Refused("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None


def connection(
    name: str, rows: Sequence[Row], shape: Callable[[Row], Any], *, key: Callable[[Row], list] | None = None,
    backwards: bool = False, first: int | None = None, last: int | None = None, after: str | None = None,
    before: str | None = None, **more: Any,
) -> Row:  # fmt: skip
    """Rows as a connection. `key` orders them and makes the cursors; without, the place in the list does."""
    if first is None and last is None:
        message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise Refused("MISSING_PAGINATION_BOUNDARIES", message)
    size = first if first is not None else last
    if size is None or size < 0 or size > MOST:
        message = f"Requesting {size} records on the `{name}` connection exceeds the `first` limit of {MOST} records."
        raise Refused("EXCESSIVE_PAGINATION", message)
    total = len(rows)
    begin, end = 0, total
    if key is None:  # a cursor is a place: of a long list only the page is looked at
        begin = 0 if after is None else min(total, _key(after) + 1)
        end = total if before is None else min(total, _key(before))
    else:
        keyed = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0], reverse=backwards)
        if after is not None:
            mark = _key(after)
            begin = next((place for place, (own, _) in enumerate(keyed) if _later(own, mark, backwards)), total)
        if before is not None:
            mark = _key(before)
            end = next((place for place, (own, _) in enumerate(keyed) if not _later(mark, own, backwards)), total)
    end = max(begin, end)
    start, stop = (begin, min(end, begin + size)) if first is not None else (max(begin, end - size), end)
    chosen = list(enumerate(rows[start:stop], start)) if key is None else keyed[start:stop]
    ahead = stop < end if first is not None else end < total
    behind = begin > 0 if first is not None else begin < start
    edges = [{"cursor": _cursor(own), "node": shape(row)} for own, row in chosen]
    return {
        "totalCount": total, "edges": edges, "nodes": [edge["node"] for edge in edges],
        "pageInfo": {
            "hasNextPage": ahead, "hasPreviousPage": behind, "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
        "filteredCount": total, "pageCount": len(edges), **more,
    }  # fmt: skip


def _later(own: Any, mark: Any, backwards: bool) -> bool:
    return own < mark if backwards else own > mark


def ordered_by(
    order: Row | None, fields: dict[str, str], default: str, backwards: bool
) -> tuple[Callable[[Row], list], bool]:
    """(key, backwards) for an orderBy argument; `fields` says which row field each word means."""
    name = fields[order["field"]] if order else default
    down = order["direction"] == "DESC" if order else backwards
    return (lambda row: [row[name] or 0, row["id"]]), down
