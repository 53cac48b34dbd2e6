"""The facts of services, brought together from all their sources, each object once and each commit in its place.

- A service sees what came for its repository as a whole and what came for it alone.
- A change known to several sources is one change: of each property the value of the source that knows most, then of
  the newest. A merged change does not change any more, so what one source lacks another may fill in. A commit without a
  visible pull request is the same change as a pull request of another source with that merge commit.
- A deployment or incident known to several sources is the row of the newest source, whole: its state moves on, and a
  mixture of two states would be neither.
- A sha, or its first 7 characters or more, is looked up among the commits; one that fits several is not known.
- A repository without commits (imports only) has its changes in the order in which they were merged.
- Where the rule names workflows, their runs on the default branch are the deployments.
- What a source of GitHub has brought is left out until its first reading has come to its end.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from assessments.delivery import facts as shapes
from assessments.delivery.facts import FleetFacts
from assessments.delivery.settings import Settings
from data import asking, lately, store
from data.asking import SHORTEST, visible

__all__ = ["Known", "read", "visible"]

_COMMITS = pl.Schema({"service": pl.Int64, "sha": pl.String, "position": pl.Int64, "on_trunk": pl.Boolean})


@dataclass(frozen=True)
class Known:
    """The facts of many services at one moment.

    services: what their rows say, see `asking.services`. settings: by service, with `incidents_collected` as the
    sources have it; None until somebody has chosen a production rule. mixed: the services that have changes, or
    deployments, from several sources.
    """

    facts: FleetFacts
    settings: dict[int, Settings | None]
    services: pl.DataFrame
    mixed: frozenset[int]


def read(
    service_ids: Iterable[int], tail: pl.DataFrame | None = None, every_run: bool = False, unfinished: bool = False
) -> Known:
    """Everything about these services at one moment; those that are not there are left out.

    tail: a frame of these services (service, since: microseconds), of which only what a judgement of the time since
    then needs is read, see `data.tail`. every_run: pipeline runs of all workflows, not only of those that the rule
    names. unfinished: also what first readings that have not ended have brought so far.
    """
    ids = sorted(set(service_ids))
    with store.snapshot(narrow=tail is not None) as snapshot:
        services = snapshot.frame(asking.services(ids))
        sources = snapshot.frame(asking.sources(ids))
        corrections = snapshot.frame(*asking.corrections(ids))
        named = _workflows(services, snapshot, every_run)
        if tail is None:
            changes, deployments, incidents = (
                snapshot.frame(*asked)
                for asked in (asking.changes(ids), asking.deployments(ids), asking.incidents(ids))
            )
            runs = [snapshot.frame(*asked) for asked in asking.runs(named)]
            deployments = pl.concat([deployments, *runs])
            commits = snapshot.frame(asking.commits(ids))
        else:
            places = pl.col("environments").str.json_decode(pl.List(pl.String))
            cut = services.join(tail, on="service").select("service", "repository", "since", environment=places)
            before = lately.anchors(snapshot, cut)
            runs = lately.runs(snapshot, named, cut, before)
            deployments = pl.concat([lately.deployments(snapshot, cut, before), *runs])
            changes = lately.changes(snapshot, cut, lately.marks(before, deployments))
            incidents = lately.incidents(snapshot, cut)
            commits = lately.commits(snapshot, cut, changes, deployments)
            several = deployments.join(cut.filter(pl.col("environment").list.len() > 1), on="service", how="semi")
            if not several.is_empty():
                found = _look_up(several.select("service", wanted="sha"), commits)
                earlier = lately.again(snapshot, cut, found.select("service", position="_position"))
                commits = pl.concat([commits, lately.commits(snapshot, cut, changes.clear(), earlier)])
                deployments = pl.concat([deployments, earlier])
    if not unfinished:
        begun = sources.filter("unfinished").select("service", "_source")
        changes, deployments, incidents = (
            rows.join(begun, on=["service", "_source"], how="anti", maintain_order="left")
            for rows in (changes, deployments, incidents)
        )
    read = sources.select("service", "_source", _read="collected_until")
    changes, deployments, incidents = (
        rows.join(read, on=["service", "_source"], how="left", maintain_order="left")
        for rows in (changes, deployments, incidents)
    )
    mixed = _mixed(changes) | _mixed(deployments)
    changes = _one_row_each_change(changes)
    placed, commits = _on_trunk(changes, commits, services)
    changes = _join_pull_requests(placed).select("service", *shapes.CHANGES)
    facts = FleetFacts(
        services=_read_until(services, sources),
        changes=changes.sort("service", "merged_at", "position", "change_id", nulls_last=True),
        deployments=_place_deployments(_newest(deployments, "deployment_id"), commits),
        incidents=_newest(incidents, "incident_id")
        .select("service", *shapes.INCIDENTS)
        .sort("service", "opened_at", "incident_id"),
        corrections=corrections.sort("service", "correction_id"),
    )
    return Known(facts, _settings(services, sources), services, mixed)


def _mixed(rows: pl.DataFrame) -> frozenset[int]:
    sources = rows.group_by("service").agg(pl.col("_source").n_unique())
    return frozenset(sources.filter(pl.col("_source") > 1)["service"])


def _workflows(services: pl.DataFrame, snapshot, every_run: bool) -> dict[int, tuple[str, ...]]:
    """The workflows whose runs are wanted, by service: those that its rule names."""
    wanted = {}
    for service, stored in services.select("service", "settings").iter_rows():
        rule = (json.loads(stored) or {}).get("rule", {}) if stored else {}
        if every_run or rule.get("kind") == "workflow":
            wanted[service] = None if every_run else rule.get("include", "*")
    if not wanted:
        return {}
    names = snapshot.frame(asking.workflows(list(wanted)))
    return asking.named(names, wanted)


# Each object once


def _newest(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    if not frame.select("service", key).is_duplicated().any():
        return frame
    ordered = frame.with_columns(_known=_known(frame)).sort(
        "_read", "_source", "_known", descending=True, nulls_last=True, maintain_order=True
    )
    return ordered.unique(["service", key], keep="first", maintain_order=True)


def _one_row_each_change(changes: pl.DataFrame) -> pl.DataFrame:
    key = ["service", "change_id"]
    if not changes.select(key).is_duplicated().any():
        return changes
    ordered = changes.with_columns(_known=_known(changes)).sort(
        "_known", "_read", "_source", descending=True, nulls_last=True, maintain_order=True
    )
    values = [pl.col(name).drop_nulls().first() for name in shapes.CHANGES if name != "change_id"]
    return ordered.group_by(key, maintain_order=True).agg(values)


def _known(frame: pl.DataFrame) -> pl.Series:
    """How many properties of each row are known."""
    return frame.select(pl.sum_horizontal(pl.all().is_not_null().cast(pl.UInt32)).alias("_known")).to_series()


def _join_pull_requests(changes: pl.DataFrame) -> pl.DataFrame:
    """Takes out a direct push that is the merge of a pull request, which gets what it lacks of commit and paths.

    Not the author's time: of a squashed commit it is the time of the merge.
    """
    key = ["service", "merge_sha"]
    direct = changes.filter(kind="direct_push").filter(pl.col("merge_sha").is_not_null())
    merged = changes.filter(kind="pull_request")
    same = merged.join(direct, on=key, how="semi").select(key).unique().with_columns(same=pl.lit(True))
    if same.is_empty():
        return changes
    filled = ("position", "paths", "reverts", "url", "merged_at")
    given = direct.select(*key, *(pl.col(name).alias(f"_{name}") for name in filled)).unique(key)
    joined = changes.join(given, on=key, how="left").with_columns(
        pl.when(pl.col("kind") == "pull_request")
        .then(pl.coalesce(name, f"_{name}"))
        .otherwise(pl.col(name))
        .alias(name)
        for name in filled
    )
    gone = (pl.col("kind") == "direct_push") & pl.col("same").fill_null(False)
    return joined.join(same, on=key, how="left").filter(~gone.fill_null(False))


# Each commit in its place


def _on_trunk(
    changes: pl.DataFrame, commits: pl.DataFrame, services: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The changes with their positions, and every commit that a deployment may be of."""
    with_commits = services.filter("has_commits").select("service")
    placed = _place_changes(changes.join(with_commits, on="service", how="semi"), commits)
    ranked = _rank(changes.join(with_commits, on="service", how="anti"))
    merges = ranked.select("service", sha="merge_sha", position="position", on_trunk=pl.lit(True))
    together = [frame.select("service", *shapes.CHANGES) for frame in (placed, ranked)]
    return pl.concat(together), pl.concat([commits.cast(dict(_COMMITS)), merges.cast(dict(_COMMITS))])


def _place_changes(changes: pl.DataFrame, commits: pl.DataFrame) -> pl.DataFrame:
    """A change of an import gets the whole sha and the position of its commit, where that is on trunk."""
    unplaced = changes.filter(pl.col("position").is_null())
    found = _look_up(unplaced.select("service", wanted="merge_sha"), commits.filter("on_trunk"))
    joined = changes.join(found, left_on=["service", "merge_sha"], right_on=["service", "wanted"], how="left")
    return joined.with_columns(
        position=pl.coalesce("position", "_position"), merge_sha=pl.coalesce("_sha", "merge_sha")
    ).drop("_position", "_sha", "_on_trunk")


def _rank(changes: pl.DataFrame) -> pl.DataFrame:
    """Positions by the order of merging; those of one moment by their ids, so that it is always the same."""
    ordered = changes.sort("service", "merged_at", "number", "change_id", nulls_last=True)
    place = pl.int_range(pl.len(), dtype=pl.Int64).over("service")
    place = pl.when(pl.col("merged_at").is_not_null()).then(place)
    return ordered.with_columns(position=place, merge_sha=pl.col("merge_sha").str.to_lowercase())


def _place_deployments(deployments: pl.DataFrame, commits: pl.DataFrame) -> pl.DataFrame:
    found = _look_up(deployments.select("service", wanted="sha"), commits)
    joined = deployments.drop("position", "on_trunk").join(
        found, left_on=["service", "sha"], right_on=["service", "wanted"], how="left"
    )
    placed = joined.with_columns(
        position=pl.col("_position"), on_trunk=pl.col("_on_trunk"), sha=pl.coalesce("_sha", "sha")
    )
    return placed.select("service", *shapes.DEPLOYMENTS).sort(
        "service", "finished_at", "deployment_id", nulls_last=True
    )


def _look_up(asked: pl.DataFrame, commits: pl.DataFrame) -> pl.DataFrame:
    """service, wanted, _sha, _position, _on_trunk for each sha that means exactly one commit of the service's
    repository. Either may be abbreviated."""
    asked = asked.drop_nulls("wanted").unique().with_columns(sha=pl.col("wanted").str.to_lowercase())
    known = commits.filter(pl.col("sha").str.len_bytes() >= SHORTEST).select(
        "service", _sha=pl.col("sha"), _position=pl.col("position"), _on_trunk=pl.col("on_trunk")
    )
    near = asked.filter(pl.col("sha").str.len_bytes() >= SHORTEST)
    near = near.with_columns(start=pl.col("sha").str.slice(0, SHORTEST))
    near = near.join(known.with_columns(start=pl.col("_sha").str.slice(0, SHORTEST)), on=["service", "start"])
    exact = pl.col("sha") == pl.col("_sha")
    fits = near.filter(pl.col("_sha").str.starts_with(pl.col("sha")) | pl.col("sha").str.starts_with(pl.col("_sha")))
    fits = fits.filter(exact | ~exact.any().over("service", "wanted"))
    # Several pull requests may share a merge commit: the same sha is one commit, at its highest position.
    fits = fits.sort("_position", descending=True, nulls_last=True).unique(["service", "wanted", "_sha"], keep="first")
    return fits.filter(pl.len().over("service", "wanted") == 1).select(
        "service", "wanted", "_sha", "_position", "_on_trunk"
    )


# What the sources say about themselves


def _read_until(services: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Frame READ: the newest word of the sources; without any the collection ends where the service began."""
    said = sources.group_by("service").agg(pl.col("collected_until", "history_start").max())
    return (
        services.select("service", "created_at")
        .join(said, on="service", how="left", maintain_order="left")
        .select("service", pl.coalesce("collected_until", "created_at").alias("collected_until"), "history_start")
        .cast(dict(shapes.READ))
    )


def _settings(services: pl.DataFrame, sources: pl.DataFrame) -> dict[int, Settings | None]:
    collected = set(services.filter("has_incidents")["service"])
    for service, cursor in sources.select("service", "cursor").drop_nulls("cursor").iter_rows():
        if "incidents" in (json.loads(cursor) or {}).get("facts", ()):
            collected.add(service)
    found = {}
    for service, stored in services.select("service", "settings").iter_rows():
        chosen = json.loads(stored) if stored else None
        found[service] = Settings(**{**chosen, "incidents_collected": service in collected}) if chosen else None
    return found
