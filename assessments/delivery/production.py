"""What counts as a production deployment, and why: the rule of the service, its dry run, and rules worth proposing."""

import polars as pl

from assessments.delivery import globs
from assessments.delivery.facts import DEPLOYMENTS, Facts
from assessments.delivery.settings import ProductionRule, Settings
from assessments.delivery.tidy import answers, distinct, touching

NAMED = {"tag": "ref", "release": "ref", "workflow": "name"}
BY_ENVIRONMENT = ("github_deployment", "import", "webhook")
LABELS = {
    "github_deployment": "GitHub deployments",
    "release": "releases",
    "tag": "tags",
    "workflow": "workflow runs",
    "import": "imported deployments",
    "webhook": "deployments sent by webhook",
    "merge": "merges to trunk",
}
#: Order in which deployments happened: by the clock, except that merges to trunk happened in trunk order.
ORDER = ("sequence", "finished_at", "position", "deployment_id")


def select(facts: Facts, settings: Settings) -> pl.DataFrame:
    """Every deployment known, in order, with what the rule makes of it.

    Returns the columns of DEPLOYMENTS and: counts (bool), reason (one sentence), env (whose high-water mark it moves),
    stands_for (the counted deployment that it is or is one with; null when it is not production), sequence.
    """
    rule = settings.rule
    known = distinct(facts.deployments, "deployment_id")
    if rule.kind == "merge":
        known = pl.concat([known, _merges(facts, settings)])
    team = answers(facts.corrections).filter(pl.col("question") == "counts")
    rows = known.join(team.select(deployment_id="subject", word="kind"), on="deployment_id", how="left").with_columns(
        sequence=pl.col("position") if rule.kind == "merge" else None,
        refused=_refused(rule),
        unusable=_unusable(facts),
    )
    said_yes = pl.col("word").eq_missing(pl.lit("deployment.production"))
    said_no = pl.col("word").eq_missing(pl.lit("deployment.not_production"))
    rows = rows.with_columns(
        said_yes=said_yes,
        reason=pl.when(said_no)
        .then(pl.lit("The team says it is not production."))
        .when(~said_yes & pl.col("refused").is_not_null())
        .then(pl.col("refused"))
        .when(pl.col("unusable").is_not_null() & ~(said_yes & pl.col("finished_at").is_not_null() & ~_in_future(facts)))
        .then(pl.col("unusable")),
    ).with_columns(counts=pl.col("reason").is_null(), sequence=pl.col("sequence").cast(pl.Int64))
    rows = _one_environment(rows, settings).sort(ORDER)
    rows = _one_release(rows, settings)
    accepted = pl.when("said_yes").then(pl.lit("The team says it is production.")).otherwise(_accepted(rule))
    return rows.with_columns(reason=pl.coalesce("reason", accepted)).drop("word", "refused", "unusable", "said_yes")


def _merges(facts: Facts, settings: Settings) -> pl.DataFrame:
    """Each change on trunk that touches the service, as the deployment of its own merge commit."""
    changes = touching(facts.changes, settings.path_globs).filter(pl.col("position").is_not_null())
    at = pl.col("merged_at")
    columns = {
        "deployment_id": pl.format("merge:{}", pl.coalesce("merge_sha", "change_id")),
        "kind": pl.lit("merge"),
        "name": pl.col("title"),
        "sha": pl.col("merge_sha"),
        "position": pl.col("position"),
        "on_trunk": pl.lit(True),
        "created_at": at,
        "started_at": at,
        "finished_at": at,
        "status": pl.lit("success"),
        "url": pl.col("url"),
    }
    made = [columns.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in DEPLOYMENTS.items()]
    return distinct(changes.select(made), "deployment_id")


def _refused(rule: ProductionRule) -> pl.Expr:
    """Why the rule does not take a row; null where it does."""
    reason = pl.when(pl.col("kind") != rule.kind).then(
        pl.format(f"The rule counts {LABELS[rule.kind]}; this is of kind {{}}.", pl.col("kind"))
    )
    if rule.kind in NAMED:
        column = NAMED[rule.kind]
        name = pl.col(column).fill_null("")
        shown = pl.coalesce(column, pl.lit("without a name"))
        include, exclude = globs.names(rule.include), globs.names(rule.exclude)
        if include:
            reason = reason.when(~name.str.contains(include)).then(
                pl.format("{} does not match {}.", shown, pl.lit(rule.include))
            )
        if exclude:
            reason = reason.when(name.str.contains(exclude)).then(
                pl.format("{} is excluded by {}.", shown, pl.lit(rule.exclude))
            )
    pattern = globs.names(rule.environment)
    if rule.kind in BY_ENVIRONMENT and pattern:
        matches = pl.col("environment").str.contains(pattern)
        # Hand-made sources hold production only unless they say otherwise; GitHub always names an environment.
        matches = matches.fill_null(rule.kind != "github_deployment")
        reason = reason.when(~matches).then(
            pl.format(
                "Environment {} does not match {}.", pl.col("environment").fill_null("(none)"), pl.lit(rule.environment)
            )
        )
    return reason.otherwise(None)


def _in_future(facts: Facts) -> pl.Expr:
    return pl.col("finished_at") > facts.collected_until


def _unusable(facts: Facts) -> pl.Expr:
    """Why a row is no finished attempt; null where it is one."""
    status = pl.col("status")
    return (
        pl.when(status.is_in(["cancelled", "skipped"]))
        .then(pl.format("It was {}: not a deployment.", status))
        .when(status == "in_progress")
        .then(pl.lit("It has not finished."))
        .when(~status.is_in(["success", "failure"]))
        .then(pl.format("Its outcome is not known (status {}).", status.fill_null("missing")))
        .when(pl.col("finished_at").is_null())
        .then(pl.lit("Its finish time is not known."))
        .when(_in_future(facts))
        .then(pl.lit("Its finish lies after the moment the facts were collected."))
        .otherwise(None)
    )


def _accepted(rule: ProductionRule) -> pl.Expr:
    if rule.kind == "merge":
        return pl.lit("Every merge to trunk counts.")
    if rule.kind in NAMED:
        return pl.format("{} matches {}.", pl.col(NAMED[rule.kind]).fill_null(""), pl.lit(rule.include.strip() or "*"))
    return (
        pl.when(pl.col("environment").is_null())
        .then(pl.lit("It names no environment, and the rule counts such deployments."))
        .otherwise(pl.format("Environment {} matches {}.", pl.col("environment"), pl.lit(rule.environment or "*")))
    )


def _one_environment(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Where the service names a leading environment that occurs, the others do not count."""
    same = pl.col("environment").str.to_lowercase()
    leading = (settings.leading_environment or "").strip().lower()
    occurs = bool(leading) and rows.select((same.eq(leading) & pl.col("counts")).any()).item()
    if settings.rule.kind not in BY_ENVIRONMENT:
        return rows.with_columns(env=pl.lit(""))
    rows = rows.with_columns(env=same.fill_null(leading if occurs else ""))
    if not occurs:
        return rows
    other = pl.col("counts") & ~pl.col("said_yes") & (pl.col("env") != leading)
    named = pl.lit(settings.leading_environment)
    note = pl.format("{} is not the leading environment ({}).", pl.col("environment"), named)
    return rows.with_columns(reason=pl.when(other).then(note).otherwise("reason"), counts=pl.col("counts") & ~other)


def _one_release(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Deployments of one sha into several environments within the limit are one, at its first success.

    The n-th success of a sha in one environment belongs with its n-th success in the others, so that deploying again,
    or going back to it, stays a deployment of its own.
    """
    rows = rows.with_columns(stands_for=pl.when("counts").then("deployment_id"))
    counted = rows.filter("counts")
    if counted["env"].n_unique() < 2:
        return rows
    limit = pl.duration(microseconds=round(settings.same_release_hours * 3_600_000_000))
    left = (
        counted.filter((pl.col("status") == "success") & pl.col("sha").is_not_null() & ~pl.col("said_yes"))
        .with_columns(round=pl.int_range(pl.len()).over("sha", "env"))
        .select("deployment_id", "finished_at", "sha", "round", "environment")
    )
    group, folded = ["sha", "round"], [left.clear().with_columns(anchor=pl.lit(""), anchor_environment=pl.lit(""))]
    while left.height:  # at most once per environment
        within = left.with_columns(
            anchor=pl.col("deployment_id").first().over(group),
            anchor_environment=pl.col("environment").first().over(group),
            near=pl.col("finished_at") - pl.col("finished_at").first().over(group) <= limit,
        )
        folded.append(within.filter("near", pl.col("anchor") != pl.col("deployment_id")).drop("near"))
        left = within.filter(~pl.col("near")).select(left.columns)
    rows = rows.join(
        pl.concat(folded).select("deployment_id", "anchor", "anchor_environment"),
        on="deployment_id",
        how="left",
        maintain_order="left",
    )
    one = pl.col("anchor").is_not_null()
    note = pl.format(
        "The same commit as in {} shortly before: counted once.", pl.col("anchor_environment").fill_null("(none)")
    )
    return rows.with_columns(
        counts=pl.col("counts") & ~one,
        reason=pl.when(one).then(note).otherwise("reason"),
        stands_for=pl.coalesce("anchor", "stands_for"),
    ).drop("anchor", "anchor_environment")


def dry_run(facts: Facts, settings: Settings) -> pl.DataFrame:
    """What the rule would count and what not, newest first, each with the reason.

    Columns: deployment_id, kind, environment, ref, name, sha, finished_at, status, counts, reason, url.
    """
    shown = [
        "deployment_id",
        "kind",
        "environment",
        "ref",
        "name",
        "sha",
        "finished_at",
        "status",
        "counts",
        "reason",
        "url",
    ]
    return (
        select(facts, settings)
        .reverse()
        .sort("finished_at", descending=True, nulls_last=True, maintain_order=True)[shown]
    )


#: Endings of versions that are not meant for everyone, as people write them.
_EARLY = (
    "*[0-9]rc*",
    "*-rc*",
    "*[0-9]a[0-9]*",
    "*[0-9]b[0-9]*",
    "*alpha*",
    "*beta*",
    "*-dev*",
    "*-pre*",
    "*snapshot*",
    "*nightly*",
    "*.x",  # the head of a release line, not a release
)
_RECENT = 20  # tags that show how a project names its releases now
_DEPLOYS = "*deploy*, *release*, *publish*, *production*"


def propose(facts: Facts) -> list[ProductionRule]:
    """Rules that would count at least one success, best first: GitHub deployments, releases, tags, workflows, webhook,
    import, merges to trunk. Empty when nothing is known."""
    done = distinct(facts.deployments, "deployment_id").filter(pl.col("status") == "success")
    found: list[ProductionRule] = []
    for kind in ("github_deployment", "release", "tag", "workflow", "webhook", "import"):
        rows = done.filter(pl.col("kind") == kind)
        if rows.height:
            found.extend(_by_environment(kind, rows) if kind in BY_ENVIRONMENT else _by_name(kind, rows))
    if facts.changes["position"].is_not_null().any():
        found.append(ProductionRule(kind="merge"))
    return found


def _by_environment(kind: str, rows: pl.DataFrame) -> list[ProductionRule]:
    default = ProductionRule(kind=kind)
    for pattern in (default.environment, "*prod*, *live*"):
        rule = default.model_copy(update={"environment": pattern})
        if rows.select(_refused(rule).is_null().any()).item():
            return [rule]
    return []


def _by_name(kind: str, rows: pl.DataFrame) -> list[ProductionRule]:
    if kind == "workflow":
        likely = rows.filter(pl.col("name").fill_null("").str.contains(globs.names(_DEPLOYS)))
        counts = likely.group_by("name").len().sort(["len", "name"], descending=[True, False])
        return [ProductionRule(kind="workflow", include=name.replace(",", "?")) for name in counts["name"].head(3)]
    # What stands before the first digit is what a repository's version tags share: "v", "", "api/v".
    newest = rows.sort("finished_at", "ref", descending=True, nulls_last=True)
    versions = newest.select(ref=pl.col("ref"), prefix=pl.col("ref").str.extract(r"^(\D*)\d", 1)).drop_nulls()
    counts = versions.group_by("prefix").len().sort(["len", "prefix"], descending=[True, False])
    rules = []
    for prefix in counts["prefix"].head(3):
        names = versions.filter(pl.col("prefix") == prefix)["ref"]
        early = [glob for glob in _EARLY if names.str.contains(globs.names(glob)).any()]
        if early and names.head(_RECENT).str.contains(globs.names(", ".join(early))).mean() > 0.5:
            early = []  # a project whose releases are betas releases betas
        include = "".join(letter if letter not in "*?[," else "?" for letter in prefix) + "[0-9]*"
        rules.append(ProductionRule(kind=kind, include=include, exclude=", ".join(early)))
    return rules or [ProductionRule(kind=kind)]
