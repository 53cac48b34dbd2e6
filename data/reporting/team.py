"""The quarterly report of a team, for one reader."""

from sqlalchemy import select

from assessments import reporting
from assessments.reporting import Quarter
from data import access, queries, store
from data.access import Action
from data.people import Who
from data.reporting import aimed, delivered, stood
from data.reporting.aimed import Patience, Progress
from data.reporting.document import Block, Points, Report, Section, Text
from data.tables import Organization, Team


def of(
    who: Who, team_id: int, quarter: Quarter, now: int | None = None,
    progress: Progress = lambda done, of, what: None, patient: Patience = lambda: True,
) -> Report:  # fmt: skip
    """What that quarter says to this person. now: microseconds, the clock when None. progress: of what takes long, the
    verdicts on what was done; patient: whether another one shall be waited for.

    Raises Forbidden, NotFound, and ValueError for a quarter that has not begun.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.VIEW, subject)
    at = store.now_us() if now is None else now
    begun(quarter, at)
    name, organization = _names(team_id)
    services = queries.services(who, team_id)
    delivery = delivered.of(services, quarter)
    goals = aimed.wanted(who, team_id, quarter, at)
    done = aimed.done(who, team_id, quarter, at, progress, patient)
    practices = stood.practices(who, team_id, quarter, at)
    sections = (
        delivery.section, goals.section, done.section, stood.workflow(who, team_id, quarter), practices.section,
        aimed.learned(who, team_id, quarter), _unknown(delivery.unknown), READING,
    )  # fmt: skip
    so_far = store.to_us(quarter.end) > at
    summary = reporting.team(quarter, so_far, delivery.readings, goals.aims, done.deeds, practices.levels)
    return Report(
        "team", team_id, name, organization, subject.is_demo, quarter, so_far, at, summary,
        tuple(each for each in sections if each is not None), delivery.numbers, not done.deeds.waiting,
    )  # fmt: skip


def begun(quarter: Quarter, at: int) -> None:
    """Raises ValueError for a quarter that has not begun."""
    if store.to_us(quarter.start) > at:
        raise ValueError(f"{quarter.name} has not begun: choose an earlier quarter.")


def _names(team_id: int) -> tuple[str, str]:
    wanted = select(Team.name, Organization.name).join(Organization, Organization.id == Team.organization_id)
    with store.reading() as session:
        return tuple(session.execute(wanted.where(Team.id == team_id)).one())


def _unknown(sentences: tuple[str, ...]) -> Section:
    if not sentences:
        known = "Changes, deployments and incidents were collected for every service in all of the quarter."
        return Section("What is not known", (Text(known),))
    return Section("What is not known", (Points(sentences),))


_HOW: tuple[Block, ...] = (
    Points(
        (
            "A quarter is one of the calendar, in UTC. A metric is of the whole quarter, never a mean of weeks or of "
            "services.",
            "Lead time: from the first commit of a change to the deployment that brought it to users; the median. "
            "Deployment frequency: successful production deployments a day. Change fail rate: deployments that led to "
            "a failure needing intervention, of those that reached users. Rework rate: unplanned deployments that "
            "repaired something for users, of those that reached users. Recovery time: from a failing deployment to "
            "its recovery; the median, failures that are still open included.",
            "An interval holds the true value in 95 of 100 cases. A difference is called one when its own 95 % "
            "interval, worked out from both (Zou and Donner 2008), leaves out zero; else it is no clear change, "
            "which does not mean that nothing changed.",
            "No data, not collected, none happened and too few are different things, and none of them is zero.",
            "Nothing here is about a person, no team is ranked, and no sentence says why something changed.",
        )
    ),
)
READING = Section("How to read this", _HOW)
