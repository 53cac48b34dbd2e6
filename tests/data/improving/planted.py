"""A service with some years of weeks, whose lead time may drop at one of them."""

import numpy as np

from data import derive
from data.people import Who
from tests.data.arrange import Place, change, deployment, hour, incident

WEEK = 7 * 24  # hours; week 0 begins on Monday, the first of January 2024


def service(
    who: Who, weeks: int = 60, drop_at: int | None = None, part: float = 0.4, *, spread: float = 0.25,
    failing: bool = False, name: str = "Shop", seed: int = 7,
) -> Place:  # fmt: skip
    """Three deployments a week of two changes each; from week `drop_at` on lead times are shorter by that part.
    failing: every tenth deployment is followed by an incident that lasts two hours."""
    random = np.random.default_rng(seed)
    changes, deployments, incidents, number = [], [], [], 0
    for week in range(weeks):
        level = 48 * (1 - part if drop_at is not None and week >= drop_at else 1)
        for day in (0.5, 2.5, 4.5):
            finished = week * WEEK + day * 24 + 12
            for before in (1.2, 1.1):
                number += 1
                lead = level * float(np.exp(random.normal(0, spread)))
                begun = {"authored_at": hour(finished - lead), "opened_at": hour(finished - lead * 0.9)}
                changes.append(change(number, finished - before, **begun))
            deployments.append(deployment(f"d{number}", number, finished))
            if failing and number % 20 == 0:
                incidents.append(incident(f"I{number}", finished + 1, finished + 3))
    place = Place(who, name)
    source = place.source(until=weeks * WEEK + 30)
    place.add(changes=changes, deployments=deployments, incidents=incidents, source=source)
    derive.refresh(place.service_id)
    return place
