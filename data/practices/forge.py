"""What only GitHub knows of a repository, as it was collected, in the shape that probes ask for.

Each part is None until it was collected whole; `Facts.why` says what was in the way and which permission would help.
Nothing here asks GitHub: the sync has read it, at most a day ago.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from assessments.evidence.facts import Branch, Environment, Facts, Merged, Protection, Release, Scanning
from assessments.evidence.history import DAY
from data.sources.github import issues, pulls, repository, trunk, values
from data.tables import Change, Feed, RepositorySettings, Source, TrunkCommit

RECENT = 90 * DAY
MOST = 2_000  # pull requests that are looked at
OLD = 30  # days
_HOUR = 3_600_000_000
#: By part: what it is called, the parts of the settings that it needs, and the permission that they need.
_NEEDS = {
    "protection": ("The rules of branches", ("protection", "rulesets"), "administration (read)"),
    "environments": ("Environments", ("environments",), "actions (read)"),
    "branches": ("Branches", ("branches",), "contents (read)"),
    "releases": ("Releases", ("releases",), "contents (read)"),
}
_NEVER = "What GitHub says of this repository was not read yet: that comes with its next reading."


@dataclass(frozen=True)
class Collected:
    """facts: None where no source of GitHub feeds the repository. read_at: microseconds, when its settings were read;
    None: not yet."""

    facts: Facts | None
    read_at: int | None = None


def facts_of(session: Session, repository_id: int, now: int) -> Collected:
    """now: microseconds, from which ages are counted."""
    mine = select(Source).where(Source.repository_id == repository_id, Source.kind == "github")
    source = session.execute(mine.order_by(Source.id).limit(1)).scalar_one_or_none()
    if source is None:
        return Collected(None)
    read = select(Feed).where(Feed.source_id == source.id)
    feeds = {feed.name: feed for feed in session.execute(read).scalars()}
    settings = session.get(RepositorySettings, source.id, populate_existing=True)
    found = dict((feeds[repository.FEED].cursor or {}) if repository.FEED in feeds else {})
    parts: dict[str, object] = {}
    why: dict[str, str] = {}
    parts["merged"] = _merged(session, source, feeds, now, why)
    parts["scanning"] = _scanning(found, settings, why)
    if settings is None:
        why |= dict.fromkeys(_NEEDS, _NEVER)
        return Collected(Facts(**parts, why=why))
    for name, make in (
        ("protection", lambda data: _protection(data, found.get("branch") or "main")),
        ("environments", _environments),
        ("branches", lambda data: _branches(session, source, data, found.get("branch"), now)),
        ("releases", _releases),
    ):
        parts[name] = _part(name, settings, make, why)
    return Collected(Facts(**parts, why=why), settings.read_at)


class _Incomplete(Exception):
    """There is more than was read; the text says so."""


def _part(name: str, settings: RepositorySettings, make, why: dict[str, str]):
    said, needs, permission = _NEEDS[name]
    if any(each in (settings.unknown or {}) for each in needs):
        why[name] = f"{said} may not be read with this token or app: give it {permission}."
        return None
    try:
        return make(settings.data)
    except _Incomplete as error:
        why[name] = str(error)
    except (KeyError, TypeError, AttributeError):  # of a reading before this was asked for
        why[name] = _NEVER
    return None


def _nodes(data: Mapping, name: str, what: str) -> list[dict]:
    """All of a list. Raises _Incomplete."""
    listed = data[name]
    rows = [each for each in listed["nodes"] if each]
    if listed["totalCount"] > len(rows):
        raise _Incomplete(f"There are {listed['totalCount']:,} {what}, and only the first {len(rows)} are read.")
    return rows


# Rules of the default branch


def _protection(data: Mapping, branch: str) -> Protection:
    """What holds for the default branch, old rules and rulesets together: of each the stricter, and everyone who may
    pass one of them by."""
    rules = [
        rule for rule in _nodes(data, "branchProtectionRules", "rules of branches") if _matches(rule["pattern"], branch)
    ]
    # Of several patterns GitHub takes the exact one, then the oldest.
    rules = sorted(rules, key=lambda rule: rule["pattern"] != branch)[:1]
    sets = [each for each in _nodes(data, "rulesets", "rulesets") if _covers(each, branch)]
    parts = [_of_rule(rule) for rule in rules] + [_of_set(each) for each in sets]
    if not parts:
        return Protection(pull_request=False, force_push=True, deletion=True)
    return Protection(
        pull_request=any(each.pull_request for each in parts),
        approvals=max(each.approvals for each in parts),
        stale_dismissed=any(each.stale_dismissed for each in parts),
        owners_asked=any(each.owners_asked for each in parts),
        checks=tuple(dict.fromkeys(name for each in parts for name in each.checks)),
        strict=any(each.strict for each in parts),
        force_push=all(each.force_push for each in parts),
        deletion=all(each.deletion for each in parts),
        admins_bound=any(each.admins_bound for each in parts),
        bypass=tuple(dict.fromkeys(name for each in parts for name in each.bypass)),
    )


def _of_rule(rule: Mapping) -> Protection:
    passing = rule["bypassPullRequestAllowances"]["totalCount"]
    reviews = rule["requiresApprovingReviews"]
    return Protection(
        pull_request=reviews,
        approvals=(rule["requiredApprovingReviewCount"] or 0) if reviews else 0,
        stale_dismissed=rule["dismissesStaleReviews"],
        owners_asked=rule["requiresCodeOwnerReviews"],
        checks=tuple(rule["requiredStatusCheckContexts"] or ()) if rule["requiresStatusChecks"] else (),
        strict=rule["requiresStrictStatusChecks"],
        force_push=rule["allowsForcePushes"],
        deletion=rule["allowsDeletions"],
        admins_bound=rule["isAdminEnforced"],
        bypass=(f"{passing} named {'account' if passing == 1 else 'accounts'}",) if passing else (),
    )


def _of_set(ruleset: Mapping) -> Protection:
    rules = {rule["type"]: rule.get("parameters") or {} for rule in _nodes(ruleset, "rules", "rules in a ruleset")}
    pull, checks = rules.get("PULL_REQUEST"), rules.get("REQUIRED_STATUS_CHECKS")
    bypass = tuple(_bypass(ruleset))
    return Protection(
        pull_request=pull is not None,
        approvals=(pull or {}).get("requiredApprovingReviewCount", 0),
        stale_dismissed=pull["dismissStaleReviewsOnPush"] if pull else False,
        owners_asked=bool((pull or {}).get("requireCodeOwnerReview")),
        checks=tuple(each["context"] for each in (checks or {}).get("requiredStatusChecks", ())),
        strict=bool((checks or {}).get("strictRequiredStatusChecksPolicy")),
        force_push="NON_FAST_FORWARD" not in rules,
        deletion="DELETION" not in rules,
        admins_bound=not bypass,
        bypass=bypass,
    )


def _bypass(ruleset: Mapping) -> Iterable[str]:
    """Roles that need not follow it, in words; names of people and teams are not kept."""
    for actor in (ruleset.get("bypassActors") or {}).get("nodes") or ():
        role = actor.get("repositoryRoleName")
        if actor.get("organizationAdmin"):
            yield "owners of the organization"
        elif role:
            yield f"the role {role}"
        elif actor.get("deployKey"):
            yield "deploy keys"
        else:
            yield "a team or an app"


def _covers(ruleset: Mapping, branch: str) -> bool:
    if ruleset["enforcement"] != "ACTIVE" or ruleset.get("target") not in ("BRANCH", None):
        return False
    names = (ruleset.get("conditions") or {}).get("refName") or {}
    included, excluded = names.get("include") or (), names.get("exclude") or ()
    return any(_names(each, branch) for each in included) and not any(_names(each, branch) for each in excluded)


def _names(pattern: str, branch: str) -> bool:
    return pattern in ("~DEFAULT_BRANCH", "~ALL") or _matches(pattern.removeprefix("refs/heads/"), branch)


def _matches(pattern: str, branch: str) -> bool:
    """As Ruby's fnmatch with FNM_PATHNAME, by which GitHub goes: `*` stops at a slash, `**/` does not."""
    out, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out, at = f"{out}(?:.*/)?", at + 3
        elif pattern[at] == "*":
            out, at = f"{out}[^/]*", at + 1
        elif pattern[at] == "?":
            out, at = f"{out}[^/]", at + 1
        else:
            out, at = out + re.escape(pattern[at]), at + 1
    return re.fullmatch(out, branch) is not None


# The others


def _environments(data: Mapping) -> tuple[Environment, ...]:
    return tuple(_environment(each) for each in _nodes(data, "environments", "environments"))


def _environment(row: Mapping) -> Environment:
    rules = [each for each in row["protectionRules"]["nodes"] if each]
    return Environment(
        name=row["name"],
        reviewers=sum((each.get("reviewers") or {}).get("totalCount", 0) for each in rules),
        wait=max((each.get("timeout") or 0 for each in rules), default=0),
        branches=any(each["type"] == "BRANCH_POLICY" for each in rules),
    )


def _releases(data: Mapping) -> tuple[Release, ...]:
    rows = [each for each in data["published"]["nodes"] if each and not each["isDraft"]]
    return tuple(
        Release(
            tag=row["tagName"],
            notes=bool((row["shortDescriptionHTML"] or "").strip()),
            assets=tuple(each["name"] for each in row["releaseAssets"]["nodes"] if each),
        )
        for row in rows
    )


def _branches(session: Session, source: Source, data: Mapping, default: str | None, now: int) -> tuple[Branch, ...]:
    """All but the default one. Those whose newest commit is on trunk, or that were merged, lack nothing."""
    listed = data["branches"]
    rows = [each for each in listed["nodes"] if each and each["name"] != default and each.get("target")]
    tips = [each["target"]["oid"] for each in rows]
    known = select(TrunkCommit.sha).where(
        TrunkCommit.repository_id == source.repository_id, TrunkCommit.sha.in_(tips), TrunkCommit.position.is_not(None)
    )
    contained = set(session.execute(known).scalars()) if tips else set()
    found = []
    for row in rows:
        at = row["target"].get("committedDate")
        if at is None:
            continue
        merged = row["merged"]["totalCount"] > 0 or row["target"]["oid"] in contained
        days = max(0.0, (now - values.instant(at)) / DAY)
        found.append(Branch(row["name"], days, 0 if merged else None))
    missing = listed["totalCount"] - len(listed["nodes"])
    if missing and sum(each.days > OLD and each.ahead != 0 for each in found) <= 10:
        raise _Incomplete(f"There are {listed['totalCount']:,} branches, and only the first {len(rows)} are read.")
    return tuple(found)


def _scanning(found: Mapping, settings: RepositorySettings | None, why: dict[str, str]) -> Scanning | None:
    """What is turned off is told only to who may administer: else "off" may only mean "not for you"."""
    told = found.get("security")
    alerts = (settings.data.get("hasVulnerabilityAlertsEnabled") if settings else None) or None
    if told is None:
        why["scanning"] = "What GitHub scans may not be read with this token or app: give it administration (read)."
        return Scanning(dependencies=True) if alerts else None
    on = {name: status == "enabled" for name, status in told.items()}
    return Scanning(
        secrets=on.get("secret_scanning"),
        push_protection=on.get("secret_scanning_push_protection"),
        dependencies=bool(alerts or on.get("dependabot_security_updates")),
    )


def _merged(
    session: Session, source: Source, feeds: Mapping[str, Feed], now: int, why: dict[str, str]
) -> tuple[Merged, ...] | None:
    if source.synced_at is None:
        why["merged"] = _NEVER
        return None
    for name in (issues.FEED, pulls.FEED, trunk.FEED):
        if name in feeds and feeds[name].problem:
            why["merged"] = feeds[name].problem
            return None
    wanted = (
        select(
            Change.number, Change.lines, Change.automatic, Change.first_review_at, Change.authored_at,
            Change.opened_at, Change.merged_at,
        )
        .where(
            Change.repository_id == source.repository_id, Change.source_id == source.id,
            Change.kind == "pull_request", Change.merged_at > now - RECENT, Change.merged_at <= now,
        )
        .order_by(Change.merged_at.desc())
        .limit(MOST)
    )  # fmt: skip
    found = []
    for number, lines, automatic, reviewed, authored, opened, merged in session.execute(wanted):
        begun = min((each for each in (authored, opened) if each is not None), default=None)
        hours = max(0.0, (merged - begun) / _HOUR) if begun is not None else None
        found.append(Merged(number or 0, lines, hours, reviewed is not None, bool(automatic)))
    return tuple(found)
