"""What was read from git as frames in the shapes of `assessments.delivery.facts`."""

from datetime import UTC, datetime, timedelta

import polars as pl

from assessments.delivery.facts import CHANGES, DEPLOYMENTS, INSTANT
from data.sources.git_changes import Change
from data.sources.git_graph import NONE, Graph
from data.sources.git_links import Links
from data.sources.git_refs import Tag

COMMITS = pl.Schema(
    {
        "sha": pl.String,
        "position": pl.Int64,  # on trunk its place; off trunk the highest trunk position it contains, null = none
        "on_trunk": pl.Boolean,
    }
)

#: Seconds since 1970 that a calendar of four-digit years can hold.
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799


def instant(seconds: int | None) -> datetime | None:
    """Seconds since 1970 as a moment; None where no calendar can hold them."""
    held = microseconds(seconds)
    return None if held is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=held)


def microseconds(seconds: int | None) -> int | None:
    return seconds * 1_000_000 if seconds is not None and FIRST_SECOND <= seconds <= LAST_SECOND else None


def rows_of_commits(graph: Graph | None, commits: list[int]) -> pl.DataFrame:
    contained = [graph.contained[commit] for commit in commits]
    columns = {
        "sha": [graph.shas[commit] for commit in commits],
        "position": [None if position == NONE else position for position in contained],
        "on_trunk": [graph.on_trunk(commit) for commit in commits],
    }
    return pl.DataFrame(columns, schema=COMMITS)


def rows_of_changes(changes: list[Change], links: Links) -> pl.DataFrame:
    return _frame(
        {
            "change_id": [change.change_id for change in changes],
            "number": [change.number for change in changes],
            "kind": ["direct_push" if change.number is None else "pull_request" for change in changes],
            "title": [change.title for change in changes],
            "merge_sha": [change.sha for change in changes],
            "position": [change.position for change in changes],
            "authored_at": [microseconds(change.authored) for change in changes],
            "merged_at": [microseconds(change.merged) for change in changes],
            "reverts": [change.reverts for change in changes],
            "paths": [change.paths for change in changes],
            "url": [links.change(change.number, change.sha) for change in changes],
        },
        CHANGES,
    )


def rows_of_tags(tags: list[Tag], graph: Graph | None, links: Links) -> pl.DataFrame:
    commits = [graph.index[tag.sha] for tag in tags]
    positions = [graph.contained[commit] for commit in commits]
    times = [microseconds(tag.time) for tag in tags]
    return _frame(
        {
            "deployment_id": [f"tag:{tag.name}" for tag in tags],
            "kind": ["tag"] * len(tags),
            "ref": [tag.name for tag in tags],
            "sha": [tag.sha for tag in tags],
            "position": [None if position == NONE else position for position in positions],
            "on_trunk": [graph.on_trunk(commit) for commit in commits],
            "created_at": times,
            "finished_at": times,
            "status": ["success"] * len(tags),
            "url": [links.tag(tag.name) for tag in tags],
        },
        DEPLOYMENTS,
    )


def _frame(columns: dict[str, list], schema: pl.Schema) -> pl.DataFrame:
    """Columns as a frame of that schema; instants come as microseconds, absent columns are null."""
    length = len(next(iter(columns.values())))
    series = []
    for name, kind in schema.items():
        values = columns.get(name, [None] * length)
        if kind == pl.List(pl.String):
            series.append(_lists(values).alias(name))
        else:
            series.append(pl.Series(name, values, dtype=pl.Int64 if kind == INSTANT else kind).cast(kind))
    return pl.DataFrame(series)


def _lists(values: list[list[str] | None]) -> pl.Series:
    """Lists of texts as one series. Made from flat columns: Polars takes a list of lists only at a kilobyte each."""
    rows = [row for row, texts in enumerate(values) if texts for _ in texts]
    flat = pl.DataFrame(
        {"row": rows, "text": [text for texts in values if texts for text in texts]},
        schema={"row": pl.Int64, "text": pl.String},
    )
    known = pl.DataFrame(
        {"row": range(len(values)), "known": [texts is not None for texts in values]},
        schema={"row": pl.Int64, "known": pl.Boolean},
    )
    grouped = flat.group_by("row", maintain_order=True).agg("text")
    joined = known.join(grouped, on="row", how="left", maintain_order="left")
    some = pl.col("text").is_not_null() | ~pl.col("known")
    return joined.select(pl.when(some).then("text").otherwise(pl.lit([], dtype=pl.List(pl.String)))).to_series()
