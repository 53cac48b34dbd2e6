"""What counts as a production deployment, and why: the rule of the service, its dry run, and rules worth proposing."""

from collections.abc import Iterable, Mapping

import polars as pl

from assessments.delivery import globs
from assessments.delivery.facts import DEPLOYMENTS, Facts, FleetFacts
from assessments.delivery.settings import ProductionRule, Settings
from assessments.delivery.tidy import answers, choices, chosen, distinct, touching

NAMED = ("tag", "release", "workflow")
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
#: A deployment of a fleet. Services may share a repository, so its own id does not tell one from another.
ID = ("service", "deployment_id")
#: Order in which deployments of a service happened: by the clock, except that merges to trunk happened in trunk order.
ORDER = ("sequence", "finished_at", "position", "deployment_id")


def select(facts: FleetFacts, services: pl.DataFrame, changes: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Every deployment known, by service and in order, with what the rule of its service makes of it.

    `services` comes from `tidy.chosen`, `changes` from `tidy.touching`, `said` from `tidy.answers`. Returns service,
    the columns of DEPLOYMENTS and: counts (bool), reason (one sentence), env (whose high-water mark it moves),
    stands_for (the counted deployment that it is or is one with; null when it is not production), sequence.
    """
    known = pl.concat([distinct(facts.deployments, *ID), _merges(changes, services)])
    words = said.filter(pl.col("question") == "counts").select("service", deployment_id="subject", word="kind")
    rows = known.join(services, on="service", how="left").join(words, on=ID, how="left")
    said_yes = pl.col("word").eq_missing(pl.lit("deployment.production"))
    said_no = pl.col("word").eq_missing(pl.lit("deployment.not_production"))
    usable = said_yes & pl.col("finished_at").is_not_null() & ~_in_future()
    refused = (
        pl.when(said_no)
        .then(pl.lit("The team says it is not production."))
        .otherwise(pl.coalesce(pl.when(~said_yes).then(_refused()), pl.when(~usable).then(_unusable())))
    )
    accepted = pl.when(said_yes).then(pl.lit("The team says it is production.")).otherwise(_accepted())
    rows = rows.with_columns(
        said_yes=said_yes, refused=refused, sequence=pl.when(pl.col("rule") == "merge").then("position")
    ).with_columns(counts=pl.col("refused").is_null(), reason=pl.coalesce("refused", accepted))
    return _one_release(_one_environment(rows))


def _merges(changes: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """Where merges count, each change on trunk that touches the service, as the deployment of its own merge commit."""
    merging = services.filter(pl.col("rule") == "merge")
    at = pl.col("merged_at")
    columns = {
        "service": pl.col("service"),
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
    merges = changes.join(merging, on="service", how="semi").filter(pl.col("position").is_not_null())
    shape = {"service": pl.Int64, **DEPLOYMENTS}
    made = [columns.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in shape.items()]
    return distinct(merges.select(made), *ID)


def _refused() -> pl.Expr:
    """Why the rule does not take a row; null where it does."""
    kind, rule, environment = pl.col("kind"), pl.col("rule"), pl.col("environment")
    named, by_environment = rule.is_in(NAMED), rule.is_in(BY_ENVIRONMENT)
    known = _named().fill_null("")
    shown = pl.coalesce(_named(), pl.lit("without a name"))
    matches = environment.str.contains(pl.col("environment_expression"))
    # Hand-made sources hold production only unless they say otherwise; GitHub always names an environment.
    matches = pl.when(environment.is_null()).then(rule != "github_deployment").otherwise(matches)
    return (
        pl.when(kind != rule)
        .then(pl.format("The rule counts {}; this is of kind {}.", rule.replace_strict(LABELS), kind))
        .when(named & ~known.str.contains(pl.col("include_expression")))
        .then(pl.format("{} does not match {}.", shown, "include"))
        .when(named & known.str.contains(pl.col("exclude_expression")))
        .then(pl.format("{} is excluded by {}.", shown, "exclude"))
        .when(by_environment & pl.col("environment_expression").is_not_null() & ~matches)
        .then(pl.format("Environment {} does not match {}.", environment.fill_null("(none)"), "environment_glob"))
    )


def _named() -> pl.Expr:
    """The name that the rule looks at."""
    return pl.when(pl.col("rule") == "workflow").then("name").otherwise("ref")


def _in_future() -> pl.Expr:
    return pl.col("finished_at") > pl.col("collected_until")


def _unusable() -> pl.Expr:
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
        .when(_in_future())
        .then(pl.lit("Its finish lies after the moment the facts were collected."))
    )


def _accepted() -> pl.Expr:
    rule, environment = pl.col("rule"), pl.col("environment")
    include = pl.col("include").str.strip_chars().replace("", "*")
    return (
        pl.when(rule == "merge")
        .then(pl.lit("Every merge to trunk counts."))
        .when(rule.is_in(NAMED))
        .then(pl.format("{} matches {}.", _named().fill_null(""), include))
        .when(environment.is_null())
        .then(pl.lit("It names no environment, and the rule counts such deployments."))
        .otherwise(pl.format("Environment {} matches {}.", environment, pl.col("environment_glob").replace("", "*")))
    )


def _one_environment(rows: pl.DataFrame) -> pl.DataFrame:
    """Where the service names a leading environment that occurs, the others do not count. Returns the rows in order."""
    same, leading = pl.col("environment").str.to_lowercase(), pl.col("leading")
    by_environment, counts = pl.col("rule").is_in(BY_ENVIRONMENT), pl.col("counts")
    rows = rows.with_columns(leading=pl.when((same.eq(leading) & counts).any().over("service")).then(leading))
    rows = rows.with_columns(env=pl.when(by_environment).then(pl.coalesce(same, leading)).fill_null(""))
    other = (counts & by_environment & ~pl.col("said_yes") & (pl.col("env") != leading)).fill_null(False)
    note = pl.format("{} is not the leading environment ({}).", "environment", "leading_environment")
    kept = ["service", *DEPLOYMENTS, "env", "sequence", "said_yes", "same_release"]
    reason = pl.when(other).then(note).otherwise("reason")
    return rows.select(*kept, reason=reason, counts=counts & ~other).sort("service", *ORDER)


def _one_release(rows: pl.DataFrame) -> pl.DataFrame:
    """Deployments of one sha into several environments within the limit are one, at its first success.

    The n-th success of a sha in one environment belongs with its n-th success in the others, so that deploying again,
    or going back to it, stays a deployment of its own.
    """
    rows = rows.with_columns(stands_for=pl.when("counts").then("deployment_id"))
    several = (pl.col("env") != pl.col("env").first()).any().over("service")
    left = (
        rows.filter("counts")
        .filter(several, pl.col("status") == "success", pl.col("sha").is_not_null(), ~pl.col("said_yes"))
        .with_columns(round=pl.int_range(pl.len()).over("service", "sha", "env"))
        .select(*ID, "finished_at", "sha", "round", "environment", "same_release")
    )
    group = ["service", "sha", "round"]
    folded = [left.clear().with_columns(anchor=pl.lit(""), anchor_environment=pl.lit(""))]
    while left.height:  # at most once per environment
        within = left.with_columns(
            anchor=pl.col("deployment_id").first().over(group),
            anchor_environment=pl.col("environment").first().over(group),
            near=pl.col("finished_at") - pl.col("finished_at").first().over(group) <= pl.col("same_release"),
        )
        folded.append(within.filter("near", pl.col("anchor") != pl.col("deployment_id")).drop("near"))
        left = within.filter(~pl.col("near")).select(left.columns)
    rows = rows.join(
        pl.concat(folded).select(*ID, "anchor", "anchor_environment"), on=ID, how="left", maintain_order="left"
    )
    one = pl.col("anchor").is_not_null()
    note = pl.format(
        "The same commit as in {} shortly before: counted once.", pl.col("anchor_environment").fill_null("(none)")
    )
    return rows.with_columns(
        counts=pl.col("counts") & ~one,
        reason=pl.when(one).then(note).otherwise("reason"),
        stands_for=pl.coalesce("anchor", "stands_for"),
    ).drop("said_yes", "same_release", "anchor", "anchor_environment")


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
    alone = FleetFacts.of({0: facts})
    services = chosen(alone.services, {0: settings})
    selected = select(alone, services, touching(alone.changes, services), answers(alone.corrections))
    return selected.reverse().sort("finished_at", descending=True, nulls_last=True, maintain_order=True)[shown]


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


def propose(facts: Facts, runs: Mapping[str, int] | None = None) -> list[ProductionRule]:
    """Rules that would count at least one success, best first: GitHub deployments, releases, tags, workflows, webhook,
    import, merges to trunk. Empty when nothing is known. runs: successes of each workflow that `deploys`, in place of
    the runs among the facts."""
    done = distinct(facts.deployments, "deployment_id").filter(pl.col("status") == "success")
    found: list[ProductionRule] = []
    for kind in ("github_deployment", "release", "tag", "workflow", "webhook", "import"):
        if kind == "workflow" and runs is not None:
            found.extend(_by_workflow(runs))
            continue
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
        if rows.join(choices([Settings(rule=rule)]), how="cross").select(_refused().is_null().any()).item():
            return [rule]
    return []


def _by_name(kind: str, rows: pl.DataFrame) -> list[ProductionRule]:
    if kind == "workflow":
        counts = dict(rows.drop_nulls("name").group_by("name").len().iter_rows())
        return _by_workflow({name: counts[name] for name in deploys(counts)})
    # What stands before the first digit is what a repository's version tags share: "v", "", "api/v".
    newest = rows.sort("finished_at", "ref", descending=True, nulls_last=True)
    versions = newest.select(ref=pl.col("ref"), prefix=pl.col("ref").str.extract(r"^([^0-9]*)[0-9]", 1)).drop_nulls()
    counts = versions.group_by("prefix").len().sort(["len", "prefix"], descending=[True, False])
    rules = []
    for prefix in counts["prefix"].head(3):
        names = versions.filter(pl.col("prefix") == prefix)["ref"]
        early = [glob for glob in _EARLY if names.str.contains(globs.names(glob)).any()]
        if early and names.head(_RECENT).str.contains(globs.names(", ".join(early))).mean() > 0.5:
            early = []  # a project whose releases are betas releases betas
        rules.append(ProductionRule(kind=kind, include=exactly(prefix, "[0-9]*"), exclude=", ".join(early)))
    return rules or [ProductionRule(kind=kind)]


def deploys(names: Iterable[str]) -> list[str]:
    """Those of the names of workflows that speak of deploying."""
    given = pl.Series("name", list(names), pl.String)
    return given.filter(given.str.contains(globs.names(_DEPLOYS))).to_list()


def _by_workflow(successes: Mapping[str, int]) -> list[ProductionRule]:
    most = sorted((name for name, number in successes.items() if number), key=lambda name: (-successes[name], name))
    return [ProductionRule(kind="workflow", include=exactly(name)) for name in most[:3]]


def exactly(text: str, then: str = "") -> str:
    """A glob for that text and a glob behind it. In the text, signs of globs stand for any letter; so do spaces at the
    ends of the whole, where they would be lost."""
    glob = "".join("?" if letter in "*?[," else letter for letter in text) + then
    return glob.lstrip().rjust(len(glob), "?").rstrip().ljust(len(glob), "?")
