"""What those who lead ask first, worked out before they ask: when a process starts, and when something has changed.

In a large organization that takes seconds once and hundredths afterwards; in a small one nobody would notice.
"""

import logging
import threading

from sqlalchemy import func, select

from data import store
from data.improving import worth_facts
from data.leading import capabilities, fleet, organizations
from data.tables import Service, Team

LARGE = 200  # services
WEEKS = (13, 4, 26, 52)  # windows, that which is shown first before the others
PAUSE, LEAVE = 60, 5  # seconds: between two looks, and for the last to end

log = logging.getLogger(__name__)


def warm() -> None:
    """Of every large organization; what has not changed costs nothing."""
    counted = select(Team.organization_id).join(Service, Service.team_id == Team.id).group_by(Team.organization_id)
    with store.reading() as session:
        large = session.execute(counted.having(func.count() >= LARGE)).scalars().all()
        teams = {key: organizations.teams(session, key) for key in large}
    for organization_id in large:
        fleet.of(organization_id, teams[organization_id], WEEKS[0], fleet.BEFORE)
        capabilities.warm(organization_id)
        worth_facts.observe([team_id for team_id, _ in teams[organization_id]], WEEKS[0])
    for organization_id in large:
        for weeks in WEEKS[1:]:
            fleet.of(organization_id, teams[organization_id], weeks, fleet.BEFORE)


class Keeping:
    """Warms at the start, and then every PAUSE seconds in which the store has changed, beside the pages. A store that
    cannot be read is tried again: whoever opens a page is told what is wrong with it."""

    def __init__(self, pause: float = PAUSE):
        self._pause, self._over, self._seen = pause, threading.Event(), None
        self._thread = threading.Thread(target=self._keep, name="warming", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(timeout=LEAVE)

    def once(self) -> bool:
        """Whether there was anything to look at."""
        try:
            version = store.version()
            if version == self._seen:
                return False
            warm()
        except Exception as error:  # whatever it is, the portal goes on without
            log.warning("progress could not be worked out ahead: %s", type(error).__name__)
            return False
        self._seen = version
        return True

    def _keep(self) -> None:
        self.once()
        while not self._over.wait(self._pause):
            self.once()
