"""Thirty invented services of eight teams: who they are, how they work, and the one thing each is there to show.

Only what differs from an ordinary service is written; `data.demo.simulation` walks through it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

WEEKS = 78

Course = Callable[[float], float]  # what something is at a moment of the story, which goes from 0 to 1


def steady(value: float) -> Course:
    return lambda progress: value


def between(first: float, last: float, middle: float = 0.5, haste: float = 12) -> Course:
    """From the first value to the last, most of the move around the middle (logistic curve)."""
    return lambda progress: first + (last - first) / (1 + math.exp(-haste * (progress - middle)))


def steps(first: float, *later: tuple[float, float]) -> Course:
    """The first value, and from each moment given on another: (moment, value)."""
    return lambda progress: [first, *(value for moment, value in later if progress >= moment)][-1]


def during(begin: float, end: float, inside: float, outside: float) -> Course:
    return steps(outside, (begin, inside), (end, outside))


@dataclass(frozen=True)
class Said:
    """What the team says of a deployment (the latest but `back` that failed) or of the incident it led to."""

    kind: str
    back: int
    reason: str


@dataclass(frozen=True)
class Story:
    """How one service works. Times are median hours."""

    team: str
    service: str
    moral: str
    things: tuple[str, ...]
    weeks: int = WEEKS  # of its life, up to the end
    changes_per_week: Course = steady(9)
    coding: Course = steady(10)
    review_wait: Course = steady(4)
    review: Course = steady(2)
    merge_wait: Course = steady(1)
    drafts: float = 0.2
    unreviewed: float = 0.05
    squash: bool = False
    release: Course = steady(0)  # hours between releases; below 1: every merge is deployed
    released_until: float = 1  # the moment after which nothing is deployed any more
    deploying: Course = steady(0.2)
    attempts_failing: Course = steady(0.03)
    failing: Course = steady(0.05)
    repair: tuple[float, float, float] = (0.4, 0.3, 0.3)  # rollback, revert, hotfix
    by_hand: float = 0.15  # share of failures that end without a deployment
    outages: float = 0  # incidents per week that no change led to
    recovery: Course = steady(1.5)
    incidents: bool = True  # collected
    incident_links: float = 0.3  # share of incidents that name their deployment
    still_open: bool = False
    said: tuple[Said, ...] = ()
    kind: str = "import"  # how its deployments are known, and the kind that counts: see ProductionRule
    chosen: bool = True  # whether somebody has said what counts as production
    regions: tuple[str, ...] = ("production",)
    staging: bool = False  # every merge goes there first
    pipeline: bool = False  # its runs of continuous integration are known
    paths: tuple[str, ...] = ()
    repository: str = ""


_MONOREPO = {"repository": "mobile-monorepo", "squash": True}
_HALVED = {"middle": 0.77, "haste": 60}  # within a few weeks, four months before the end

CHECKOUT = (
    Story(
        "Checkout", "payments-api", "Moved from a weekly release to one per merge, and its lead time fell with it",
        ("the card authorisation", "the refund", "the receipt", "the currency table"),
        changes_per_week=steady(13), release=steps(120, (0.74, 48), (0.86, 0)), review_wait=steps(14, (0.8, 4)),
    ),
    Story(
        "Checkout", "storefront", "Deploys many times a day and seldom breaks",
        ("the basket", "the product list", "the price badge", "the search box"), pipeline=True,
        changes_per_week=steady(24), coding=steady(5), review_wait=steady(1.5), failing=steady(0.03),
        recovery=steady(0.5),
    ),
    Story(
        "Checkout", "invoices", "Ships fast and rolls back often",
        ("the tax line", "the PDF", "the dunning letter", "the numbering"),
        failing=between(0.2, 0.26), repair=(0.8, 0.1, 0.1), recovery=steady(2.5), attempts_failing=steady(0.1),
    ),
    Story(
        "Checkout", "fraud-check", "Collects no incidents: its change fail rate is not known",
        ("the risk score", "the block list", "the device check"),
        changes_per_week=steady(7), failing=steady(0.08), incidents=False, repair=(0.3, 0.5, 0.2),
    ),
)  # fmt: skip
PLATFORM = (
    Story(
        "Platform", "build-runners", "Most of its lead time is waiting for a review",
        ("the runner image", "the queue", "the cache", "the disk cleaner"), pipeline=True,
        changes_per_week=steady(8), review_wait=between(40, 52), coding=steady(6), release=steady(24),
    ),
    Story(
        "Platform", "identity", "Rolls out region by region; one release counts once",
        ("the session", "the login form", "the token exchange", "the audit trail"),
        changes_per_week=steady(8), regions=("production-eu", "production-us"), release=steady(48),
        failing=steady(0.04), recovery=steady(1),
    ),
    Story(
        "Platform", "config-store", "Changes too seldom for most numbers to mean anything",
        ("the schema", "the watch stream", "the snapshot"),
        changes_per_week=steady(0.4), coding=steady(30), release=steady(600), failing=steady(0),
    ),
    Story(
        "Platform", "feature-flags", "Steady and good: small changes, every day, hardly a failure",
        ("the rule list", "the percentage", "the audience"), pipeline=True,
        changes_per_week=steady(10), coding=steady(4), review_wait=steady(2), failing=steady(0.025),
        recovery=steady(0.4),
    ),
)  # fmt: skip
MOBILE = (
    Story(
        "Mobile", "app-backend", "Squash merges hide the first commit: only merge to production is known",
        ("the feed", "the profile page", "the attachment upload"), **_MONOREPO,
        changes_per_week=steady(11), release=steady(20), paths=("backend/", "shared/"),
    ),
    Story(
        "Mobile", "push-gateway", "Recovers slowly, and one failure is still open",
        ("the device token", "the quiet hours", "the retry queue"), **_MONOREPO,
        changes_per_week=steady(7), release=steady(30), paths=("push/", "shared/"), failing=steady(0.2),
        recovery=steady(30), repair=(0.1, 0.2, 0.7), still_open=True,
    ),
    Story(
        "Mobile", "media-resizer", "One of three in a monorepo: only what touches its own paths is its change",
        ("the thumbnail", "the crop", "the colour profile"), **_MONOREPO,
        changes_per_week=steady(4), release=steady(48), paths=("media/",),
    ),
    Story(
        "Mobile", "release-train", "Waits for a monthly release, found by its tags",
        ("the settings page", "the onboarding", "the offline mode", "the crash report"), kind="tag",
        changes_per_week=steady(11), release=steady(24 * 28), failing=steady(0.3), repair=(0, 0.2, 0.8),
        recovery=steady(20), outages=0.1,
    ),
)  # fmt: skip
SEARCH = (
    Story(
        "Search", "query-api", "Halved its lead time: a review waits hours instead of days",
        ("the query parser", "the filter", "the result page"), pipeline=True,
        changes_per_week=steady(11), review_wait=between(44, 3, **_HALVED), coding=between(14, 9, **_HALVED),
    ),
    Story(
        "Search", "indexer", "Halved its lead time: releases daily instead of twice a week",
        ("the crawl", "the tokeniser", "the shard map"),
        release=steps(84, (0.76, 24)), review_wait=between(26, 3, **_HALVED), coding=between(20, 5, **_HALVED),
    ),
    Story(
        "Search", "suggestions", "Halved its lead time: the same work in smaller changes",
        ("the prefix tree", "the spelling", "the recent searches"),
        changes_per_week=between(5, 12, **_HALVED), coding=between(70, 12, **_HALVED),
        review=between(8, 1.5, **_HALVED),
    ),
    Story(
        "Search", "ranking", "Halved its lead time: merges when approved, without a weekly meeting",
        ("the score", "the boost", "the freshness term"),
        changes_per_week=steady(8), merge_wait=between(60, 2, **_HALVED), release=steps(48, (0.77, 24)),
    ),
)  # fmt: skip
LOGISTICS = (
    Story(
        "Logistics", "parcel-tracking", "One quarter full of incidents, and calm again since",
        ("the carrier feed", "the delivery window", "the map"),
        changes_per_week=steady(10), failing=during(0.5, 0.67, 0.42, 0.04), recovery=during(0.5, 0.67, 9, 1.2),
    ),
    Story(
        "Logistics", "warehouse-sync", "Every merge goes to staging, which does not count; production follows later",
        ("the stock count", "the pick list", "the shelf label"), kind="github_deployment", staging=True,
        release=steady(60),
    ),
    Story(
        "Logistics", "route-planner", "Slow, seldom and often broken, and no different a year ago",
        ("the distance matrix", "the driver shift", "the depot"),
        changes_per_week=steady(6), coding=steady(60), review_wait=steady(50), merge_wait=steady(12),
        release=steady(24 * 9), failing=steady(0.45), recovery=steady(40), repair=(0.2, 0.2, 0.6), drafts=0.5,
        outages=0.1,
    ),
    Story(
        "Logistics", "label-printer", "Stopped deploying four months ago while changes pile up",
        ("the paper size", "the barcode", "the printer driver"),
        changes_per_week=steady(5), release=steady(72), released_until=0.777,
    ),
)  # fmt: skip
DATA = (
    Story(
        "Data", "event-pipeline", "Deploys by a workflow of that name; its runs on the default branch are counted",
        ("the consumer", "the dead letter queue", "the schema registry"), kind="workflow", pipeline=True,
        changes_per_week=steady(10), attempts_failing=steady(0.09),
    ),
    Story(
        "Data", "metrics-store", "Grew from one deployment a week to several a day",
        ("the retention", "the downsampling", "the write path"),
        changes_per_week=between(7, 20), release=steps(168, (0.3, 72), (0.5, 24), (0.68, 0)), coding=between(16, 6),
    ),
    Story(
        "Data", "report-builder", "Its team has corrected what was inferred, each time with a reason",
        ("the column picker", "the export", "the schedule"), failing=steady(0.1),
        said=(
            Said("deployment.not_failed", 1, "The alert came from a load test that we had announced"),
            Said("incident.not_a_change", 3, "The cloud provider lost a zone; no change of ours was involved"),
        ),
    ),
    Story(
        "Data", "catalogue", "Waits for somebody to say what counts as a production deployment",
        ("the lineage", "the owner field", "the search facet"), kind="github_deployment", chosen=False,
        changes_per_week=steady(6), staging=True, release=steady(36), incidents=False,
    ),
)  # fmt: skip
SUPPORT = (
    Story(
        "Support", "help-centre", "Six weeks old: what it shows is short, and says so",
        ("the article page", "the feedback form", "the table of contents"),
        weeks=6, changes_per_week=steady(12), coding=steady(6), failing=steady(0.08),
    ),
    Story(
        "Support", "ticket-desk", "Live with every merge: the merge itself counts as the deployment",
        ("the inbox", "the canned answer", "the assignment"), kind="merge", incident_links=0,
    ),
    Story(
        "Support", "chat-widget", "Mends by hotfix: much of what it deploys is rework",
        ("the greeting", "the typing indicator", "the transcript"),
        failing=steady(0.22), repair=(0.05, 0.05, 0.9), recovery=steady(4),
    ),
)  # fmt: skip
FINANCE = (
    Story(
        "Finance", "ledger", "Works for weeks on large changes: coding is most of its lead time",
        ("the posting", "the closing run", "the exchange rate"), kind="github_deployment",
        changes_per_week=steady(3), coding=steady(150), drafts=0.6, review=steady(10), release=steady(24),
        outages=0.1,
    ),
    Story(
        "Finance", "payroll-export", "Takes back by revert: what shipped the reverted change is what failed",
        ("the bank file", "the payslip", "the cut-off date"),
        changes_per_week=steady(7), failing=steady(0.16), repair=(0.05, 0.9, 0.05), recovery=steady(5),
        incident_links=0.1,
    ),
    Story(
        "Finance", "tax-rules", "Deploys in ten minutes instead of four hours, and still waits days for a change board",
        ("the rate table", "the exemption", "the rounding"),
        merge_wait=steady(70), release=steps(24, (0.69, 0)), deploying=steps(4, (0.69, 1 / 6)),
        attempts_failing=steps(0.5, (0.69, 0.01)),  # of ten attempts seven succeed, later nearly all
    ),
)  # fmt: skip

STORIES = CHECKOUT + PLATFORM + MOBILE + SEARCH + LOGISTICS + DATA + SUPPORT + FINANCE
