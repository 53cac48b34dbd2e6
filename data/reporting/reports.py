"""The door to reports: which there are for a person, and one of them in the form that was asked for."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from assessments.reporting import Quarter
from data import access, audit, people, queries, store
from data.access import Action
from data.leading import organizations
from data.people import Who
from data.reporting import organization, team
from data.reporting.aimed import Patience, Progress
from data.reporting.as_html import page
from data.reporting.as_text import comma_separated, markdown
from data.reporting.document import Report
from data.tables import Service

TEAM, ORGANIZATION = "team", "organization"
QUARTERS = 12  # that may be chosen
#: Forms: ending of the address -> what makes it, and its kind.
FORMS = {"html": "text/html", "pdf": "application/pdf", "md": "text/markdown", "csv": "text/csv"}
_KEPT = 64
_FRESH = 300.0  # seconds that a report of a quarter that goes on is shown again


@dataclass(frozen=True, order=True)
class About:
    """What a report is about. kind: team | organization."""

    kind: str
    id: int

    @property
    def path(self) -> str:
        return f"/reports/{self.kind}/{self.id}"


@dataclass(frozen=True)
class Choice:
    """holds: numbers have been worked out of any of its services."""

    about: About
    name: str
    is_demo: bool
    holds: bool


def choices(who: Who) -> tuple[Choice, ...]:
    """What this person may read a report of: organizations that they lead, then teams by name; the demo last."""
    led = [Choice(About(ORGANIZATION, one.id), one.name, one.is_demo, one.judged > 0) for one in organizations.led(who)]
    with store.reading() as session:
        judged = set(session.scalars(select(Service.team_id).where(Service.derived_with.is_not(None)).distinct()))
    teams = [Choice(About(TEAM, one.id), one.name, one.is_demo, one.id in judged) for one in queries.teams(who)]
    return tuple(sorted([*led, *teams], key=lambda one: one.is_demo))


def usual(choices: Sequence[Choice]) -> Choice:
    """The one to begin with where nobody has chosen: the first that holds anything, else the first."""
    return next((one for one in choices if one.holds), choices[0])


def subject_of(about: About) -> access.Subject:
    """Raises NotFound."""
    return access.of_team(about.id) if about.kind == TEAM else access.of_organization(about.id)


def check(who: Who, about: About) -> access.Subject:
    """Raises Forbidden unless the person may read it, NotFound."""
    subject = subject_of(about)
    access.check(who, Action.VIEW if about.kind == TEAM else Action.LEAD, subject)
    return subject


def quarters(now: int | None = None) -> tuple[Quarter, ...]:
    """Those that may be chosen, the newest first: the one that goes on and those before."""
    found = [Quarter.holding(store.from_us(store.now_us() if now is None else now))]
    while len(found) < QUARTERS:
        found.append(found[-1].before)
    return tuple(found)


def of(
    who: Who, about: About, quarter: Quarter, now: int | None = None,
    progress: Progress = lambda done, of, what: None, patient: Patience = lambda: True,
) -> Report:  # fmt: skip
    """The report, for this person; kept in memory while nothing that it could rest on has changed. progress, patient:
    as of `organization.of`. Raises Forbidden, NotFound, ValueError for a quarter that has not begun."""
    at = store.now_us() if now is None else now
    if (found := kept(who, about, quarter, now)) is not None:
        return found
    key = _key(people.of_this_moment(who), about, quarter, now)
    if about.kind == TEAM:
        made = team.of(who, about.id, quarter, at, progress, patient)
    else:
        made = organization.of(who, about.id, quarter, at, progress, patient)
    if made.whole:
        _MEMORY.keep(key, made)
    return made


def kept(who: Who, about: About, quarter: Quarter, now: int | None = None) -> Report | None:
    """The same, when it has been written before. Raises Forbidden, NotFound."""
    check(who, about)
    at = store.now_us() if now is None else now
    return _MEMORY.get(_key(people.of_this_moment(who), about, quarter, now), at)


def _key(who: Who, about: About, quarter: Quarter, now: int | None) -> tuple:
    rights = (who.id, who.is_active, tuple(sorted(who.organization_roles)), tuple(sorted(who.team_roles)))
    return store.url(), store.version(), rights, about, quarter, now


def within(seconds: float) -> Patience:
    """Somebody who is patient for so long."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


def written(who: Who, report: Report, form: str, bar_html: str = "") -> bytes:
    """The report in a form, with a trace of who took it. Raises ValueError for a form that is none."""
    if form not in FORMS:
        raise ValueError(f"A report is one of {', '.join(FORMS)}.")
    body = as_form(report, form, bar_html)
    subject = subject_of(About(report.kind, report.subject_id))
    detail = {"quarter": report.quarter.key, "form": form}
    with store.writing(quietly=True) as session:
        where = f"{report.kind}:{report.subject_id}"
        audit.record(session, who, "read_report", where, detail, subject.organization_id)
    return body


def as_form(report: Report, form: str, bar_html: str = "") -> bytes:
    """The same without a trace."""
    if form == "pdf":
        from data.reporting.as_pdf import pdf  # its library takes a second to load

        return pdf(report)
    texts = {"html": lambda: page(report, bar_html), "md": lambda: markdown(report)}
    return texts.get(form, lambda: comma_separated(report))().encode()


class _Memory:
    """Reports, the latest used last; several threads may ask at once."""

    def __init__(self, most: int):
        self._most, self._found, self._lock = most, OrderedDict(), threading.Lock()

    def get(self, key: tuple, at: int) -> Report | None:
        with self._lock:
            made = self._found.get(key)
            if made is None or at - made.made_at > _FRESH * 1e6:
                return None
            self._found.move_to_end(key)
            return made

    def keep(self, key: tuple, made: Report) -> None:
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._most:
                self._found.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


_MEMORY = _Memory(_KEPT)
forget = _MEMORY.clear
