"""What happens to invented services, drawn for many at once: whole columns, never row by row.

Rows carry `s`, the place of their service in the plan, and times in whole seconds; what comes out has the number of the
service and microseconds, as stored. Releases go forward on trunk: one waits for those of what was merged before.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo.simulation import RUNS, WORK

DEPLOY = "deploy"  # the workflow that deploys
CI = pl.Series(["test", "lint", "build", "security"])
DAY, HOUR, MINUTE = 86_400, 3_600, 60
THURSDAY = 3  # 1970-01-01
#: How much is merged from Monday to Sunday.
RHYTHM = np.array([1.0, 1.1, 1.1, 1.05, 0.85, 0.06, 0.05])
THINGS = (
    "the order", "the price", "the address", "the session", "the export", "the report", "the upload", "the invoice",
    "the search", "the queue", "the cache", "the audit log", "the settings page", "the webhook", "the schedule",
    "the import", "the mail", "the translation", "the quota", "the token",
)  # fmt: skip
TITLES = pl.Series([work.format(thing=thing) for work in WORK for thing in THINGS])

# Shares: of changes, deployments, failures and incidents.
REVERTS, DIRECT, UNREVIEWED, DRAFTS = 0.015, 0.05, 0.08, 0.2
FAILED_ATTEMPTS, HOTFIXES, ROLLBACKS = 0.04, 0.3, 0.35
OUTAGES, LINKED, LEFT_OPEN = 0.1, 0.3, 0.1
ON_TRUNK, RED, RED_ON_TRUNK, CANCELLED = 0.3, 0.18, 0.03, 0.04  # of runs of continuous integration
LATELY = 21 * DAY  # failures left open are younger


@dataclass(frozen=True)
class Facts:
    """Rows as the store has them, with the number of the service in place of keys."""

    changes: pl.DataFrame
    commits: pl.DataFrame
    deployments: pl.DataFrame
    runs: pl.DataFrame
    incidents: pl.DataFrame


def happen(plan: pl.DataFrame, seed: list[int], until: int, weeks: float) -> Facts:
    """The facts of the services of `plan` (see `scale.planned`) over so many weeks before `until` (microseconds)."""
    fleet = _Fleet(plan, seed, until // 1_000_000, weeks)
    changes, releases = fleet.merged()
    failures = fleet.failed(_forward(changes, releases))
    changes, releases = fleet.repaired(changes, releases, failures)
    attempts = fleet.deployed(_forward(changes, releases), failures)
    by_workflow = attempts.filter(kind="workflow")
    return Facts(
        changes=fleet.out(fleet.described(changes)),
        commits=fleet.out(changes.select("s", "sha", "position", on_trunk=pl.lit(True))),
        deployments=fleet.out(_as_deployments(attempts.filter(pl.col("kind") != "workflow"))),
        runs=fleet.out(pl.concat([_as_runs(by_workflow), fleet.integrated(changes, by_workflow)])),
        incidents=fleet.out(fleet.incidents(failures, attempts)),
    )


class _Fleet:
    """Draws what happens; `of` has the columns of the plan, by `s`."""

    def __init__(self, plan: pl.DataFrame, seed: list[int], until: int, weeks: float):
        self.random, self.until = np.random.default_rng(seed), until
        self.end = until // DAY * DAY
        self.begin = self.end - max(1, round(weeks * 7)) * DAY
        self.of = of = {name: plan[name].to_numpy() for name in plan.columns}
        # How many of each thing every service has, so that all together are what the plan says.
        self.outages = _whole(OUTAGES * of["incidents"])
        self.failing = of["incidents"] - self.outages
        self.hotfixes, self.rollbacks = _whole(HOTFIXES * self.failing), _whole(ROLLBACKS * self.failing)
        self.reverts = np.minimum(_whole(REVERTS * of["changes"]), of["deployments"] // (8 * of["regions"]))
        self.ordinary = of["changes"] - self.reverts - self.hotfixes
        repairs = self.reverts + self.hotfixes + self.rollbacks
        tags = of["kind"] == "tag"
        tries = np.where(tags, 0, _whole(FAILED_ATTEMPTS * of["deployments"]))
        planned = (of["deployments"] - tries) // of["regions"] - repairs
        self.planned = np.clip(planned, np.minimum(self.failing, self.ordinary), self.ordinary)
        left = of["deployments"] - of["regions"] * (self.planned + repairs)
        self.attempts = np.where(tags, 0, np.clip(left, 0, self.planned))

    def merged(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Ordinary changes, and reverts with the key of their cause; what is released by itself."""
        s = np.repeat(np.arange(len(self.ordinary)), self.ordinary)
        at = self._moments(len(s))
        at = at[np.lexsort((at, s))]
        cause = _chosen(self.random, s, self.reverts)
        later = np.minimum(self._around(20, len(cause), 1.2), self.end - 1 - at[cause])  # days, seldom weeks
        ordinary = _changes("ordinary", 0, s, at, np.full(len(s), -1))
        reverts = _changes("revert", len(s), s[cause], at[cause] + later, cause)
        heads = _chosen(self.random, s, self.planned)
        waits = self._around(self.of["releasing"][s[heads]], len(heads), 0.6)
        planned = self._releases(s[heads], heads, waits).with_columns(planned=pl.lit(True))
        return pl.concat([ordinary, reverts]), pl.concat([planned, self._at_once(reverts)])

    def failed(self, releases: pl.DataFrame) -> pl.DataFrame:
        """Releases that broke something: key, s, opened, resolved (null: open), repair (hotfix, rollback, null)."""
        planned = releases.filter("planned")
        rows = planned[_chosen(self.random, planned["s"].to_numpy(), self.failing)]
        s, count = rows["s"].to_numpy(), rows.height
        opened = rows["finish"].to_numpy() + self.random.integers(15 * MINUTE, 150 * MINUTE, count)
        resolved = opened + 20 * MINUTE + self._around(self.of["recovery"][s], count, 0.7)
        still_open = (opened > self.end - LATELY) & (self.random.random(count) < LEFT_OPEN)
        order = np.lexsort((self.random.random(count), s))
        rank = np.empty(count, np.int64)
        rank[order] = np.arange(count) - np.searchsorted(s, s)
        hotfix, mended = self.hotfixes[s], (self.hotfixes + self.rollbacks)[s]
        repair = np.where(rank < hotfix, "hotfix", np.where(rank < mended, "rollback", ""))
        columns = {"opened": opened, "resolved": resolved, "still_open": still_open, "repair": repair}
        return rows.select("key", "s").with_columns(pl.Series(name, values) for name, values in columns.items())

    def repaired(
        self, changes: pl.DataFrame, releases: pl.DataFrame, failures: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All changes in their places on trunk, and all releases: hotfixes and their releases besides."""
        mended = failures.filter(repair="hotfix")
        opened, resolved = mended["opened"].to_numpy(), mended["resolved"].to_numpy()
        at = np.minimum(opened + (resolved - opened) * 6 // 10, self.end - 1)
        s, none = mended["s"].to_numpy(), np.full(mended.height, -1)
        hotfixes = _changes("hotfix", changes.height, s, at, none)
        changes = pl.concat([changes, hotfixes]).sort("s", "merged", "key")
        changes = changes.with_columns(
            position=pl.int_range(pl.len(), dtype=pl.Int64).over("s"),
            sha=_hexadecimal(self.random, changes.height),
            head=_hexadecimal(self.random, changes.height),  # of its branch
            title=TITLES.gather(self.random.integers(0, len(TITLES), changes.height)),
        )
        return changes, pl.concat([releases, self._at_once(hotfixes)])

    def deployed(self, releases: pl.DataFrame, failures: pl.DataFrame) -> pl.DataFrame:
        """Every attempt to deploy, in the order of time, as its source names it.

        Columns: s, key (of the change at its head, null for a rollback), sha, region, start, finish, good, planned,
        kind, number, run, attempt, id.
        """
        before = releases.select("key", sha=pl.col("sha").shift(1).over("s"))
        back = failures.filter(repair="rollback").join(before, on="key", maintain_order="left").drop_nulls("sha")
        start = pl.col("resolved") - 5 * MINUTE
        took = pl.Series(self._around(self.of["deploying"][back["s"].to_numpy()], back.height, 0.4).clip(30))
        back = back.select("s", "sha", start=start, finish=start + took, good=True, planned=False)
        forward = releases.select("s", "key", "sha", "start", "finish", "planned", good=True)
        tried = releases.filter("planned")
        tried = tried[_chosen(self.random, tried["s"].to_numpy(), self.attempts)]
        earlier = pl.col("start") - pl.col("took") - MINUTE
        tried = tried.select("s", "key", "sha", "planned", start=earlier, finish=earlier + pl.col("took"), good=False)
        rows = pl.concat([forward, back, tried], how="diagonal").with_columns(region=pl.lit(0, pl.Int64))
        later = pl.col("start", "finish") + 40 * MINUTE
        again = rows.filter("good", pl.Series(self.of["regions"] == 2).gather(rows["s"]))
        rows = pl.concat([rows, again.with_columns(later, region=pl.lit(1, pl.Int64))])
        rows = rows.filter(pl.col("start") < self.until).sort("s", "start", "region", "key")
        rows = rows.with_columns(
            kind=pl.Series(self.of["kind"]).gather(rows["s"]),
            number=pl.int_range(1, pl.len() + 1).over("s"),
            finish=pl.when(pl.col("finish") <= self.until).then("finish"),
        )
        same = ["s", pl.coalesce("key", -pl.col("number"))]
        rows = rows.with_columns(
            run=9_000_000_000 + pl.col("number").first().over(same), attempt=pl.int_range(1, pl.len() + 1).over(same)
        )
        name = pl.when(kind="workflow").then(pl.format("run:{}:{}", "run", "attempt"))
        name = name.when(kind="tag").then(pl.format("tag:{}", _tag())).otherwise(pl.format("{}", "number"))
        return rows.with_columns(id=name)

    def incidents(self, failures: pl.DataFrame, attempts: pl.DataFrame) -> pl.DataFrame:
        """Those of failures, some naming their deployment, and outages that no change led to."""
        known = attempts.filter("good", region=0).drop_nulls("key").select("key", deployment="id")
        named = pl.Series(self.random.random(failures.height) < LINKED)
        broken = failures.join(known, on="key", how="left", maintain_order="left").select(
            "s", "opened", title=pl.lit("Errors after a release"), deployment=pl.when(named).then("deployment"),
            resolved=pl.when(~pl.col("still_open")).then("resolved"),
        )  # fmt: skip
        s = np.repeat(np.arange(len(self.outages)), self.outages)
        opened = self._moments(len(s))
        columns = {"s": s, "opened": opened, "resolved": opened + self._around(1.5, len(s))}
        outages = pl.DataFrame(columns).with_columns(title=pl.lit("The database was out of connections"))
        rows = pl.concat([broken, outages], how="diagonal").sort("s", "opened", "resolved")
        rows = rows.filter(pl.Series(self.of["collected"]).gather(rows["s"]), pl.col("opened") < self.until)
        return rows.select(
            "s", "title", "deployment",
            incident_id=pl.format("INC-{}", pl.int_range(1, pl.len() + 1).over("s")),
            opened_at="opened",
            acknowledged_at=pl.col("opened") + 5 * MINUTE,
            resolved_at=pl.when(pl.col("resolved") <= self.until).then("resolved"),
        )  # fmt: skip

    def described(self, changes: pl.DataFrame) -> pl.DataFrame:
        """The changes as a source tells them: title, stages up to the merge, what they revert."""
        s, count = changes["s"].to_numpy(), changes.height
        hasty = np.where(changes["sort"].to_numpy() == "ordinary", 1.0, 0.05)
        merged = changes["merged"].to_numpy()
        approved = merged - self._around(self.of["merging"][s] * hasty, count)
        reviewed = approved - self._around(self.of["review"][s] * hasty, count)
        ready = reviewed - self._around(self.of["waiting"][s] * hasty, count)
        opened = ready - np.where(self.random.random(count) < DRAFTS, self._around(3 * hasty, count), 0)
        authored = opened - self._around(self.of["coding"][s] * hasty, count)
        direct = (self.random.random(count) < DIRECT) & (hasty == 1)
        seen = (self.random.random(count) >= UNREVIEWED) & ~direct
        times = {
            "authored_at": (authored, ~self.of["squash"][s]), "opened_at": (opened, ~direct),
            "ready_at": (ready, ~direct), "first_review_at": (reviewed, seen), "first_approval_at": (approved, seen),
        }  # fmt: skip
        reverted = changes.select(cause="key", reverts="sha", of=pl.col("title"))
        rows = changes.with_columns(direct=pl.Series(direct)).join(
            reverted, on="cause", how="left", maintain_order="left"
        )
        title = pl.when(sort="revert").then(pl.format('Revert "{}"', pl.col("of").fill_null("")))
        number = pl.when(~pl.col("direct")).then(pl.col("position") + 1)
        return rows.select(
            "s", "position", "reverts", number=number, merge_sha="sha", merged_at="merged",
            kind=pl.when("direct").then(pl.lit("direct_push")).otherwise(pl.lit("pull_request")),
            change_id=pl.coalesce(pl.format("#{}", number), "sha"),
            title=title.when(sort="hotfix").then(pl.format("Hotfix: {}", "title")).otherwise("title"),
            **{name: pl.when(pl.Series(known)).then(pl.Series(at)) for name, (at, known) in times.items()},
        )  # fmt: skip

    def integrated(self, changes: pl.DataFrame, by_workflow: pl.DataFrame) -> pl.DataFrame:
        """Runs of continuous integration: as many as are wanted beside those that deploy, spread over the changes."""
        s = changes["s"].to_numpy()
        services = len(self.ordinary)
        wanted = np.maximum(self.of["runs"] - np.bincount(by_workflow["s"].to_numpy(), minlength=services), 0)
        whole, more = np.divmod(wanted, np.maximum(np.bincount(s, minlength=services), 1))
        each = whole[s]
        each[_chosen(self.random, s, more)] += 1
        row = np.repeat(np.arange(len(s)), each)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each)
        on_trunk = nth < np.ceil(each * ON_TRUNK)[row]
        merged, count = changes["merged"].to_numpy()[row], len(row)
        before = np.repeat(self._around(24, len(s)), each)
        queued = merged + np.where(on_trunk, 10, -_whole(before * self.random.random(count)))
        started = queued + self.random.integers(3, 120, count)
        finished = started + self._around(0.12, count, 0.6)
        luck = self.random.random(count)
        red = luck < np.where(on_trunk, RED_ON_TRUNK, RED)
        stopped = ~on_trunk & (luck > 1 - CANCELLED)
        ended = finished <= self.until
        result = np.where(red, "failure", np.where(stopped, "cancelled", "success"))
        of = changes[row].select("s", "sha", "head", branch=pl.format("change-{}", pl.col("position") + 1))
        trunk = pl.Series(on_trunk)
        rows = of.select(
            "s",
            queued_at=pl.Series(queued),
            started_at=pl.Series(started),
            finished_at=pl.when(pl.Series(ended)).then(pl.Series(finished)),
            workflow=CI.gather(nth % len(CI)),
            event=pl.when(trunk).then(pl.lit("push")).otherwise(pl.lit("pull_request")),
            branch=pl.when(trunk).then(pl.lit("main")).otherwise("branch"),
            sha=pl.when(trunk).then("sha").otherwise("head"),
            conclusion=pl.when(pl.Series(ended)).then(pl.Series(result)),
        ).sort("s", "queued_at", maintain_order=True)
        run = 7_000_000_000 + pl.int_range(pl.len(), dtype=pl.Int64).over("s")
        rows = rows.with_columns(run_id=run.cast(pl.String), attempt=pl.lit(1, pl.Int64))
        return rows.select("s", *RUNS.names())

    def out(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Seconds to microseconds, places in the plan to numbers of services."""
        instants = [name for name in frame.columns if name.endswith("_at")]
        numbers = pl.Series(self.of["service"]).gather(frame["s"])
        return frame.with_columns(pl.col(instants) * 1_000_000, service=numbers).drop("s")

    def _around(self, median: np.ndarray | float, count: int, spread: float = 0.8) -> np.ndarray:
        """Skewed durations in seconds about medians in hours."""
        return _whole(HOUR * median * np.exp(self.random.normal(0, spread, count)))

    def _moments(self, count: int) -> np.ndarray:
        """When people at work do something."""
        days = np.arange(self.begin // DAY, self.end // DAY)
        often = np.cumsum(RHYTHM[(days + THURSDAY) % 7])
        place = np.searchsorted(often, self.random.random(count) * often[-1], side="right").clip(0, len(days) - 1)
        clock = _whole(self.random.normal(13.5 * HOUR, 2.8 * HOUR, count)).clip(0, DAY - 1)
        return days[place] * DAY + clock

    def _releases(self, s: np.ndarray, key: np.ndarray, wait: np.ndarray) -> pl.DataFrame:
        took = self._around(self.of["deploying"][s], len(s), 0.4).clip(30, 3 * HOUR)
        return pl.DataFrame({"s": s, "key": key, "wait": wait, "took": took})

    def _at_once(self, changes: pl.DataFrame) -> pl.DataFrame:
        """The releases of repairs."""
        wait = np.full(changes.height, 5 * MINUTE)
        releases = self._releases(changes["s"].to_numpy(), changes["key"].to_numpy(), wait)
        return releases.with_columns(planned=pl.lit(False))


def _changes(sort: str, first: int, s: np.ndarray, merged: np.ndarray, cause: np.ndarray) -> pl.DataFrame:
    keys = first + np.arange(len(s))
    return pl.DataFrame({"key": keys, "s": s, "merged": merged, "cause": cause}).with_columns(sort=pl.lit(sort))


def _forward(changes: pl.DataFrame, releases: pl.DataFrame) -> pl.DataFrame:
    """The releases in the order of trunk, with start and finish."""
    known = [name for name in ("key", "merged", "sha") if name in changes.columns]
    placed = releases.join(changes.select(known), on="key", how="left").sort("s", "merged", "key")
    placed = placed.with_columns(start=(pl.col("merged") + pl.col("wait")).cum_max().over("s"))
    return placed.with_columns(finish=(pl.col("start") + pl.col("took")).cum_max().over("s"))


def _tag() -> pl.Expr:
    return pl.format("v{}.{}.0", 1 + pl.col("number") // 50, pl.col("number") % 50)


def _as_deployments(attempts: pl.DataFrame) -> pl.DataFrame:
    """Those of tags carry no environment and no start; only imports say that something was not planned."""
    tag, start = pl.col("kind") == "tag", pl.col("start")
    two = pl.col("region").max().over("s") == 1
    region = pl.when(two).then(
        pl.format("production-{}", pl.col("region").replace_strict({0: "eu", 1: "us"}, return_dtype=pl.String))
    )
    return attempts.select(
        "s", "kind", "sha", deployment_id="id", environment=pl.when(~tag).then(region.otherwise(pl.lit("production"))),
        ref=pl.when(tag).then(_tag()), created_at=start, started_at=pl.when(~tag).then(start), finished_at="finish",
        status=_outcome("in_progress"), unplanned=pl.when(kind="import").then(~pl.col("planned")),
    )  # fmt: skip


def _as_runs(attempts: pl.DataFrame) -> pl.DataFrame:
    event = pl.when(pl.col("key").is_null()).then(pl.lit("workflow_dispatch")).otherwise(pl.lit("push"))
    rows = attempts.with_columns(
        run_id=pl.col("run").cast(pl.String), workflow=pl.lit(DEPLOY), event=event, branch=pl.lit("main"),
        queued_at="start", started_at=pl.col("start") + 5, finished_at="finish", conclusion=_outcome(None),
    )  # fmt: skip
    return rows.select("s", *RUNS.names())


def _outcome(unknown: str | None) -> pl.Expr:
    good = pl.when("good").then(pl.lit("success")).otherwise(pl.lit("failure"))
    return pl.when(pl.col("finish").is_null()).then(pl.lit(unknown, pl.String)).otherwise(good)


def _chosen(random: np.random.Generator, s: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """So many rows of each service at random, in order; s is sorted."""
    order = np.lexsort((random.random(len(s)), s))
    rank = np.arange(len(s)) - np.searchsorted(s, s)
    return np.sort(order[rank < wanted[s]])


def _hexadecimal(random: np.random.Generator, count: int) -> pl.Series:
    """So many shas."""
    digits = random.bytes(20 * count).hex()
    return pl.Series([digits[begin : begin + 40] for begin in range(0, 40 * count, 40)], dtype=pl.String)


def _whole(values: np.ndarray) -> np.ndarray:
    return np.round(values).astype(np.int64)
