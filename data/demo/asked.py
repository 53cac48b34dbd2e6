"""What the demo organization has been asked: two surveys of one team a quarter apart, what holds it up, and a delivery
quick check.

They go the way of every survey: invitations, answers handed in under them, closing. Only who they are is invented.
"""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from assessments.surveys import questionnaire as shapes
from assessments.surveys.questionnaire import PERCENT, Item, Questionnaire
from data import store
from data.asked import answering, closing, waves
from data.tables import Team, Wave

TEAM = "Checkout"
PEOPLE = tuple(f"Member {number}" for number in range(1, 11))
_SUGGESTED = ("ci-cd", "automation-testing", "fast-feedback", "deployment-process", "monitoring-alerting")
_ASKED = (*_SUGGESTED, "containers-orchestration")


@dataclass(frozen=True)
class Asked:
    """A survey of the demo. `weeks`: before the end of the demo that it closed. `who`: how many of PEOPLE answered.
    `levels`: around which option the answers to a question lie; two options where the team is split."""

    title: str
    questionnaire: str
    blocks: tuple[str, ...] | None
    weeks: float
    who: int
    usual: float
    levels: Mapping[str, float | tuple[int, int]]


#: What people of the demo name: step, capability, how often and how bad (options), hours lost last week, words.
PAINS = (
    ("review", "code-review-flow", 3, 2, 3, "Changes wait a day for a review."),
    ("review", "code-review-flow", 3, 2, 2, "Waiting for a review of small changes."),
    ("review", None, 2, 1, None, "Reviews of the payment code wait for two people."),
    ("build-test", "test-automation", 4, 3, 4, "Browser tests fail without a reason and are run again."),
    ("build-test", "test-automation", 4, 2, 5, "I run the browser tests again until they pass."),
    ("build-test", "test-automation", 3, 2, 2, "Flaky browser tests block the merge."),
    ("build-test", "test-data-management", 2, 2, 1, "Nobody knows which test accounts still work."),
    ("deploy", "streamlining-change-approval", 1, 3, 6, "The freeze before the campaign kept everything back."),
    ("operate", "monitoring-and-observability", 2, 2, 2, "Alerts say that something is slow, not where."),
)


SURVEYS = (
    Asked(
        "Practices, the quarter before", "capabilities", _ASKED, 14, 8, 1.6,
        {"continuous-integration": 2, "version-control": 3, "deployment-automation": 1, "continuous-delivery": 1,
         "test-automation": 2, "code-review-flow": 3, "monitoring-and-observability": 2,
         "proactive-failure-notification": 2, "container-images": 2, "flexible-infrastructure": 1},
    ),
    Asked(
        "Practices this quarter", "capabilities", _ASKED, 1.5, 8, 1.9,
        {"continuous-integration": 3, "version-control": 3, "deployment-automation": 3, "continuous-delivery": 2,
         "test-automation": (1, 4), "working-in-small-batches": 2, "code-review-flow": 2, "container-images": 3},
    ),
    Asked("What holds us up", "pain-and-friction", None, 1.2, 9, 2, {}),
    Asked(
        "Delivery as we see it", "delivery-quick-check", None, 1, 9, 3,
        {"lead-time": 4, "deployment-frequency": 4, "recovery-time": 4, "change-fail-rate": 8, "rework-rate": 10},
    ),
)  # fmt: skip


def make(organization_id: int, until: datetime, seed: int) -> None:
    """Asks the team of the demo, if it is there and has not been asked. All surveys are saved together, or none."""
    wanted = select(Team.id).where(Team.organization_id == organization_id, Team.name == TEAM)
    with store.writing() as session:
        team_id = session.execute(wanted).scalar_one_or_none()
        if team_id is None or session.execute(select(Wave.id).where(Wave.team_id == team_id)).first():
            return
        for survey in SURVEYS:
            _ask(session, team_id, survey, until, random.Random(f"{seed}/{survey.title}"))  # noqa: S311 - invented


def _ask(session: Session, team_id: int, survey: Asked, until: datetime, chance: random.Random) -> None:
    plain = waves.plain_questionnaire(survey.questionnaire, survey.blocks)
    closed = until - timedelta(weeks=survey.weeks)
    wave = Wave(
        team_id=team_id, kind=waves.SURVEY, title=survey.title, questionnaire=survey.questionnaire, asked=plain,
        digest=shapes.digest(plain), opened_at=store.to_us(closed - timedelta(days=10)),
        closes_at=store.now_us() + 3_600_000_000,
    )  # fmt: skip
    session.add(wave)
    session.flush()
    invited = waves.make_invitations(session, wave.id, [(f"name:{name.casefold()}", name) for name in PEOPLE])
    asked = Questionnaire.of(plain)
    columns = {item.key: _column(item, survey, chance) for item in asked.items}
    for place, invitation in enumerate(invited[: survey.who]):
        raw = {key: column[place] for key, column in columns.items() if column[place] is not None}
        answering.hand_in(invitation.secret, secrets.token_hex(16), raw)
    end = {"closes_at": store.to_us(closed)}
    session.execute(update(Wave).where(Wave.id == wave.id).values(end))
    closing.finish(wave.id, store.to_us(closed))


def _column(item: Item, survey: Asked, chance: random.Random) -> list[dict | None]:
    """What each person answers to one question."""
    around = survey.levels.get(item.key, survey.usual + chance.uniform(-0.7, 0.7))
    if isinstance(around, tuple):
        low, high = around
        options = [low] * (survey.who // 2) + [high] * (survey.who - survey.who // 2)
        chance.shuffle(options)
        return [{"value": option} for option in options]
    if item.kind == PERCENT:
        return [{"value": max(0, min(100, 5 * round(chance.gauss(around, 4) / 5)))} for _ in range(survey.who)]
    if item.kind == shapes.PAIN_POINTS:
        fields = ("step", "capability", "how_often", "how_bad", "hours", "text")
        return [{"value": [dict(zip(fields, pain, strict=True))]} for pain in PAINS[: survey.who]]
    if item.kind != shapes.CHOICE:
        return [None] * survey.who
    return [_one(item, around, chance) for _ in range(survey.who)]


def _one(item: Item, around: float, chance: random.Random) -> dict:
    if chance.random() < 0.04:
        return {"said": chance.choice(["dont_know", "not_applicable"])}
    option = int(around + chance.random()) + chance.choices((-1, 0, 1), (1, 12, 1))[0]
    return {"value": max(0, min(item.top, option))}
