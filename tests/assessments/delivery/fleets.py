"""Many stories as one fleet, stretched and cut, for tests."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import polars as pl
from polars import selectors

from assessments.delivery import judge_fleet
from assessments.delivery.facts import Facts, FleetFacts
from assessments.delivery.results import Fleet
from tests.assessments.delivery.story import MONDAY, Story, at, deploy, incident, merge, story

UTC = MONDAY.tzinfo


def fleet(*stories: Story, first: int = 3, step: int = 4) -> Fleet:
    """The stories judged together, as services 3, 7, 11 ..."""
    numbered = {first + step * place: each for place, each in enumerate(stories)}
    facts = FleetFacts.of({number: each.facts for number, each in numbered.items()})
    return judge_fleet(facts, {number: each.settings for number, each in numbered.items()})


def stretched(told: Story, times: int) -> Story:
    """The same story, told so many times as slowly."""
    moved = (selectors.datetime() - MONDAY) * times + MONDAY
    facts = told.facts
    frames = {name: getattr(facts, name).with_columns(moved) for name in ("changes", "deployments", "incidents")}
    start = facts.history_start and MONDAY + (facts.history_start - MONDAY) * times
    until = MONDAY + (facts.collected_until - MONDAY) * times
    slow = Facts(until, corrections=facts.corrections.with_columns(moved), history_start=start, **frames)
    return replace(told, facts=slow, end=until)


def busy(hours_to_recover: list[float | None], *, every: float = 30, until: float | None = None) -> Story:
    """A change deployed every so many hours, each deployment a failure that lasts so long; None = open."""
    events = []
    for i, hours in enumerate(hours_to_recover):
        now = i * every
        events += [merge(f"c{i}", now, authored=now - 3 * i), deploy(f"d{i}", f"c{i}", now + 1 + i / 7)]
        began = now + 1.5 + i / 7
        events.append(incident(f"i{i}", at(began), None if hours is None else at(began + hours), f"d{i}"))
    return story(*events, until=until or len(hours_to_recover) * every + 400)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def tail(whole: Fleet, since: dict[int, date], weeks: int) -> Fleet:
    """What is left of a fleet without the rows from before so many weeks ahead of those dates."""

    def kept(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
        mine = [pl.col("service") == service for service in since]
        bounds = [midnight(day) - timedelta(weeks=weeks) for day in since.values()]
        old = [
            own & ~pl.any_horizontal((pl.col(column) >= bound).fill_null(False) for column in columns)
            for own, bound in zip(mine, bounds, strict=True)
        ]
        return frame.filter(~pl.any_horizontal(old)) if old else frame

    deployments, begun = kept(whole.deployments, "finished_at"), kept(whole.failures, "began_at")
    of_those = whole.failures.join(
        deployments.select("service", "deployment_id"), on=["service", "deployment_id"], how="semi"
    )
    return replace(
        whole,
        deployments=deployments,
        changes=kept(whole.changes, "finished_at", "merged_at"),
        failures=pl.concat([begun, of_those]).unique().sort("service"),
    )
