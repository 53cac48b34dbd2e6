"""The facts of one service, brought together from all its sources, each object once and each commit in its place.

- A service sees what came for its repository as a whole and what came for it alone.
- A change known to several sources is one change: of each property the value of the source that knows most, then of
  the newest. A merged change does not change any more, so what one source lacks another may fill in. A commit without a
  visible pull request is the same change as a pull request of another source with that merge commit.
- A deployment or incident known to several sources is the row of the newest source, whole: its state moves on, and a
  mixture of two states would be neither.
- A sha, or its first 7 characters or more, is looked up among the commits; one that fits several is not known.
- A repository without commits (imports only) has its changes in the order in which they were merged.
"""

import json
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Select, Text, cast, exists, func, literal_column, or_, select, union

from assessments.delivery import facts as shapes
from assessments.delivery.facts import INSTANT, Facts
from assessments.delivery.settings import Settings
from data import store
from data.access import NotFound
from data.tables import Change, Correction, Deployment, Incident, Service, Source, TrunkCommit

SHORTEST = 7  # characters of a sha that mean a commit
_WHOLE = 40
_NEWEST = {"_read": INSTANT, "_source": pl.Int64}


@dataclass(frozen=True)
class Gathered:
    """facts_version: that of the service at the same moment. settings: with `incidents_collected` as the sources have
    it; None until somebody has chosen a production rule."""

    facts: Facts
    settings: Settings | None
    facts_version: int


def read(service_id: int) -> Gathered:
    """Everything about one service at one moment. Raises access.NotFound."""
    service, sources, changes, deployments, incidents, corrections, commits = store.read_frames(
        [
            (_service(service_id), None),
            (_sources(service_id), None),
            (_rows(Change, shapes.CHANGES, service_id), pl.Schema({**shapes.CHANGES, **_NEWEST})),
            (_rows(Deployment, shapes.DEPLOYMENTS, service_id), pl.Schema({**shapes.DEPLOYMENTS, **_NEWEST})),
            (_rows(Incident, shapes.INCIDENTS, service_id), pl.Schema({**shapes.INCIDENTS, **_NEWEST})),
            (_corrections(service_id), shapes.CORRECTIONS),
            (_commits(service_id), None),
        ]
    )
    if service.is_empty():
        raise NotFound(f"There is no service {service_id}.")
    row = service.row(0, named=True)
    changes = _one_row_each_change(changes)
    if row["has_commits"]:
        changes = _place_changes(changes, commits)
    else:
        changes = _rank(changes)
        commits = changes.select("merge_sha", "position", on_trunk=pl.lit(True)).rename({"merge_sha": "sha"})
    changes = _join_pull_requests(changes)
    facts = Facts(
        collected_until=store.from_us(_latest(sources["collected_until"], row["created_at"])),
        changes=changes.select(shapes.CHANGES.names()).sort("merged_at", "position", "change_id", nulls_last=True),
        deployments=_place_deployments(_newest(deployments, "deployment_id"), commits),
        incidents=_newest(incidents, "incident_id").select(shapes.INCIDENTS.names()).sort("opened_at", "incident_id"),
        corrections=corrections.sort("correction_id"),
        history_start=store.from_us(_latest(sources["history_start"], None)),
    )
    return Gathered(facts, _settings(row["settings"], sources, facts), row["facts_version"])


# What is asked for


def visible(table: type, service_id: int):
    """The condition for rows that a service sees: of its repository as a whole, or of itself."""
    own = select(Service.repository_id).where(Service.id == service_id).scalar_subquery()
    return (table.repository_id == own) & or_(table.service_id.is_(None), table.service_id == service_id)


def _service(service_id: int) -> Select:
    has_commits = exists().where(TrunkCommit.repository_id == Service.repository_id)
    return select(
        Service.facts_version,
        Service.created_at,
        cast(Service.settings, Text).label("settings"),
        has_commits.label("has_commits"),
    ).where(Service.id == service_id)


def _sources(service_id: int) -> Select:
    columns = (Source.collected_until, Source.history_start, cast(Source.cursor, Text).label("cursor"))
    return select(*columns).where(visible(Source, service_id))


def _rows(table: type, schema: pl.Schema, service_id: int) -> Select:
    columns = [getattr(table, name) for name in schema if hasattr(table, name)]
    mine = table.service_id == service_id if table is Incident else visible(table, service_id)
    newest = (Source.collected_until.label("_read"), Source.id.label("_source"))
    return select(*columns, *newest).join(Source, Source.id == table.source_id).where(mine)


def _corrections(service_id: int) -> Select:
    columns = (
        Correction.id.label("correction_id"),
        Correction.kind,
        Correction.subject,
        Correction.target,
        Correction.at,
    )
    return select(*columns).where(Correction.service_id == service_id, Correction.undone_at.is_(None))


def _commits(service_id: int) -> Select:
    """Only the commits that a change or deployment speaks of; a clone may hold a million others."""
    own = select(Service.repository_id).where(Service.id == service_id).scalar_subquery()
    changed = select(func.lower(Change.merge_sha).label("sha")).where(
        visible(Change, service_id), Change.position.is_(None)
    )
    deployed = select(func.lower(Deployment.sha).label("sha")).where(visible(Deployment, service_id))
    spoken = union(changed, deployed).subquery("spoken")
    length = func.length(spoken.c.sha)
    # Shas are hexadecimal, so whatever begins with one sorts before it with a "g" behind.
    begins = (TrunkCommit.sha >= spoken.c.sha) & (TrunkCommit.sha < spoken.c.sha.concat(literal_column("'g'")))
    columns = (TrunkCommit.sha, TrunkCommit.position, TrunkCommit.on_trunk)
    whole = select(*columns).where(TrunkCommit.repository_id == own, TrunkCommit.sha.in_(select(spoken.c.sha)))
    short = (
        select(*columns)
        .join(spoken, begins)
        .where(TrunkCommit.repository_id == own, length >= SHORTEST, length < _WHOLE)
    )
    found = union(whole, short).subquery()
    return select(found.c.sha, found.c.position, found.c.on_trunk)


# Each object once


def _newest(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    ordered = frame.with_columns(_known=_known(frame)).sort(
        "_read", "_source", "_known", descending=True, nulls_last=True, maintain_order=True
    )
    return ordered.unique(key, keep="first", maintain_order=True)


def _one_row_each_change(changes: pl.DataFrame) -> pl.DataFrame:
    ordered = changes.with_columns(_known=_known(changes)).sort(
        "_known", "_read", "_source", descending=True, nulls_last=True, maintain_order=True
    )
    first = ordered.unique("change_id", keep="first", maintain_order=True)
    if first.height == ordered.height:
        return first
    values = [pl.col(name).drop_nulls().first() for name in shapes.CHANGES if name != "change_id"]
    return ordered.group_by("change_id", maintain_order=True).agg(values)


def _known(frame: pl.DataFrame) -> pl.Series:
    """How many properties of each row are known."""
    return frame.select(pl.sum_horizontal(pl.all().is_not_null().cast(pl.UInt32)).alias("_known")).to_series()


def _join_pull_requests(changes: pl.DataFrame) -> pl.DataFrame:
    """Takes out a direct push that is the merge of a pull request, which gets what it lacks of commit and paths.

    Not the author's time: of a squashed commit it is the time of the merge.
    """
    direct = changes.filter(kind="direct_push").filter(pl.col("merge_sha").is_not_null())
    merged = changes.filter(kind="pull_request")
    same = merged.join(direct, on="merge_sha", how="semi")
    if same.is_empty():
        return changes
    filled = ("position", "paths", "reverts", "url", "merged_at")
    given = direct.select("merge_sha", *(pl.col(name).alias(f"_{name}") for name in filled)).unique("merge_sha")
    joined = changes.join(given, on="merge_sha", how="left").with_columns(
        pl.when(pl.col("kind") == "pull_request")
        .then(pl.coalesce(name, f"_{name}"))
        .otherwise(pl.col(name))
        .alias(name)
        for name in filled
    )
    gone = (pl.col("kind") == "direct_push") & pl.col("merge_sha").is_in(same["merge_sha"].implode())
    return joined.filter(~gone.fill_null(False))


# Each commit in its place


def _place_changes(changes: pl.DataFrame, commits: pl.DataFrame) -> pl.DataFrame:
    """A change of an import gets the whole sha and the position of its commit, where that is on trunk."""
    found = _look_up(changes["merge_sha"], commits.filter("on_trunk"))
    joined = changes.join(found, left_on="merge_sha", right_on="wanted", how="left")
    return joined.with_columns(
        position=pl.coalesce("position", "_position"), merge_sha=pl.coalesce("_sha", "merge_sha")
    ).drop("_position", "_sha", "_on_trunk")


def _rank(changes: pl.DataFrame) -> pl.DataFrame:
    """Positions by the order of merging; those of one moment by their ids, so that it is always the same."""
    ordered = changes.sort("merged_at", "number", "change_id", nulls_last=True)
    place = pl.when(pl.col("merged_at").is_not_null()).then(pl.int_range(pl.len(), dtype=pl.Int64))
    return ordered.with_columns(position=place, merge_sha=pl.col("merge_sha").str.to_lowercase())


def _place_deployments(deployments: pl.DataFrame, commits: pl.DataFrame) -> pl.DataFrame:
    found = _look_up(deployments["sha"], commits)
    joined = deployments.drop("position", "on_trunk").join(found, left_on="sha", right_on="wanted", how="left")
    placed = joined.with_columns(
        position=pl.col("_position"), on_trunk=pl.col("_on_trunk"), sha=pl.coalesce("_sha", "sha")
    )
    return placed.select(shapes.DEPLOYMENTS.names()).sort("finished_at", "deployment_id", nulls_last=True)


def _look_up(wanted: pl.Series, commits: pl.DataFrame) -> pl.DataFrame:
    """wanted, _sha, _position, _on_trunk for each sha that means exactly one commit. Either may be abbreviated."""
    asked = pl.DataFrame({"wanted": wanted.drop_nulls().unique()}).with_columns(sha=pl.col("wanted").str.to_lowercase())
    known = commits.filter(pl.col("sha").str.len_bytes() >= SHORTEST).select(
        _sha=pl.col("sha"), _position=pl.col("position"), _on_trunk=pl.col("on_trunk")
    )
    start = pl.col("sha").str.slice(0, SHORTEST)
    near = asked.filter(pl.col("sha").str.len_bytes() >= SHORTEST).with_columns(start=start)
    near = near.join(known.with_columns(start=pl.col("_sha").str.slice(0, SHORTEST)), on="start")
    exact = pl.col("sha") == pl.col("_sha")
    fits = near.filter(
        pl.col("_sha").str.starts_with(pl.col("sha")) | pl.col("sha").str.starts_with(pl.col("_sha"))
    ).filter(exact | ~exact.any().over("wanted"))
    # Several pull requests may share a merge commit: the same sha is one commit, at its highest position.
    fits = fits.sort("_position", descending=True, nulls_last=True).unique(["wanted", "_sha"], keep="first")
    return fits.filter(pl.len().over("wanted") == 1).select("wanted", "_sha", "_position", "_on_trunk")


# What the sources say about themselves


def _latest(instants: pl.Series, otherwise: int | None) -> int | None:
    latest = instants.max()
    return otherwise if latest is None else latest


def _settings(stored: str | None, sources: pl.DataFrame, facts: Facts) -> Settings | None:
    chosen = json.loads(stored) if stored else None
    if not chosen:
        return None
    collected = facts.incidents.height > 0 or any(
        "incidents" in (json.loads(cursor) or {}).get("facts", ()) for cursor in sources["cursor"].drop_nulls()
    )
    return Settings(**{**chosen, "incidents_collected": collected})
