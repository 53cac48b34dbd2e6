"""What the teams of the demo set out to do and did: tracks, goals and interventions that fit what happened there, see
`data.demo.stories`. Weeks are before the end of the demo, negative ones after it."""

from dataclasses import dataclass

from data.improving.goals import MISSED, REACHED


@dataclass(frozen=True)
class Learning:
    """A track: that it was chosen, begun and finished (None: under way)."""

    slug: str
    why: str
    chosen: float
    begun: float
    finished: float | None = None


@dataclass(frozen=True)
class Aim:
    """A goal: that it was set and is due, and how it ended (None: open). owner: who looks at it, next at `look`; looks:
    when they did, and what they said. pain: the words of the pain point that it came from; capability, level: the
    gap."""

    title: str
    service: str
    metric: str
    target: float
    counter: str
    limit: float
    set: float
    due: float
    capability: str | None = None
    level: int | None = None
    pain: str = ""
    ended: tuple[float, str] | None = None
    note: str = ""
    owner: str = ""
    look: float | None = None
    looks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Deed:
    """An intervention: that it began and was finished (None: goes on). track: its slug; goal: the title of the goal it
    was for."""

    kind: str
    title: str
    service: str
    metric: str
    counter: str
    began: float
    finished: float | None = None
    note: str = ""
    track: str = ""
    goal: str = ""


@dataclass(frozen=True)
class Plan:
    """All of that of one team, by its name."""

    team: str
    tracks: tuple[Learning, ...] = ()
    aims: tuple[Aim, ...] = ()
    deeds: tuple[Deed, ...] = ()


TEAM = "Checkout"
_SOONER = "A change of a payment is live within a working day"

TRACKS = (
    Learning(
        "jenkins-to-actions",
        "It works on continuous integration and pipelines as code, where two services still built on Jenkins.",
        32, 30, 24,
    ),
    Learning(
        "pipeline-monitoring",
        "It works on proactive failure notification, the largest gap, and nothing has to come before it.", 7, 6,
    ),
)  # fmt: skip
AIMS = (
    Aim(
        _SOONER, "payments-api", "lead_time", 16, "change_fail_rate", 0.12, 13, -6, "continuous-delivery", 3,
        note="From the assessment: releases wait for a day of the week.", owner="Lead of Checkout", look=-2,
        looks=(
            (9, "Releases are daily now. What is left to wait for is the review."),
            (4, "On the way, and nothing breaks more often."),
        ),
    ),
    Aim(
        "Invoices fail half as often", "invoices", "change_fail_rate", 0.1, "lead_time", 30, 13.5, 1.5,
        "test-automation", 3, ended=(1.3, MISSED), owner="A developer of invoices",
        note="Tests run on every change now, but the browser tests fail without a reason and count for nothing. Next: "
        "mend these first.",
    ),
    Aim(
        "A review begins within two hours", "payments-api", "waiting_for_review", 2, "change_fail_rate", 0.12, 1, -12,
        pain="Changes wait a day for a review.", note="The price to watch: reviews that only nod.",
        owner="Reviewer on duty", look=-3,
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        "process", "From a weekly release to one with every merge", "payments-api", "lead_time", "change_fail_rate",
        20.2, 11, "Twice a week first, then with every merge, with a way back that takes one click.", goal=_SOONER,
    ),
    Deed(
        "process", "A reviewer on duty", "storefront", "waiting_for_review", "change_fail_rate", 16, 14,
        "Somebody reads first thing after lunch and before leaving. Reviews were soon here before, too.",
    ),
    Deed(
        "migration", "From Jenkins to GitHub Actions", "invoices", "change_fail_rate", "lead_time", 30, 24,
        "The old jobs were left alone until the new ones had run beside them for two weeks.", "jenkins-to-actions",
    ),
    Deed(
        "track", "Alerts that name a runbook", "payments-api", "recovery_time", "deployment_frequency", 6, None,
        "Every alert gets a runbook, and one of us tries it at the desk.",
    ),
)  # fmt: skip

_ELSEWHERE = (
    Plan("Platform", aims=(
        Aim(
            "A change of a runner is reviewed within a day", "build-runners", "waiting_for_review", 24,
            "change_fail_rate", 0.12, 14, -12, owner="Lead of Platform", look=1.4,
            looks=((9, "Too early to tell."), (5, "No better: the same two people review everything.")),
        ),
    )),
    Plan("Mobile", aims=(
        Aim(
            "What is merged is live within half a day", "app-backend", "merge_to_production", 12, "change_fail_rate",
            0.12, 11, -15, owner="Lead of Mobile", look=-2,
        ),
        Aim(
            "Back within half a day after a failure", "push-gateway", "recovery_time", 12, "deployment_frequency", 2.5,
            12, -14, owner="Duty desk", look=0.5, looks=((6, "Hotfixes still wait for the evening."),),
        ),
    )),
    Plan("Search", aims=(
        Aim(
            "A change of the index is live within two days", "indexer", "lead_time", 48, "change_fail_rate", 0.12, 21,
            -5, owner="Lead of Search", look=-1, looks=((12, "Daily releases did it."), (6, "It holds.")),
        ),
    ), deeds=(
        Deed(
            "process", "Merge when approved, without the weekly meeting", "ranking", "waiting_to_merge",
            "change_fail_rate", 19, 17, "Two approvals stand for the meeting. Who disagrees says so in the review.",
        ),
    )),
    Plan("Logistics", aims=(
        Aim(
            "One deployment in five fails at most", "route-planner", "change_fail_rate", 0.2, "deployment_frequency", 1,
            20, -6,
        ),
    )),
    Plan("Data", aims=(
        Aim(
            "Ten deployments a week", "metrics-store", "deployment_frequency", 10, "change_fail_rate", 0.15, 45, 19,
            ended=(20, REACHED), owner="Lead of Data", looks=((30, "Every day now."),),
        ),
    )),
    Plan("Support", aims=(
        Aim(
            "A change of the help centre is live within ten hours", "help-centre", "lead_time", 10, "change_fail_rate",
            0.15, 1, -12, owner="Lead of Support", look=-3,
        ),
    )),
    Plan("Finance", aims=(
        Aim(
            "The change board holds up nothing for more than a day", "tax-rules", "waiting_to_merge", 24,
            "change_fail_rate", 0.12, 10, -16, owner="Chair of the change board", look=-4,
            note="Next to be tried: the board looks at what is above a limit only.",
        ),
    ), deeds=(
        Deed(
            "process", "Deploying by pipeline instead of by hand", "tax-rules", "deploying", "change_fail_rate", 28, 24,
            "Four hours of an evening with a checklist became ten minutes that nobody has to watch.",
        ),
    )),
)  # fmt: skip
PLANS = (Plan(TEAM, TRACKS, AIMS, DEEDS), *_ELSEWHERE)
