"""What GitHub tells by itself, made into the rows that a sync would make, at once; `process` is the door.

A delivery is never the truth, it makes fresh: it may come late, twice, in any order or not at all. So rows are saved
only where they say something newer than what is stored, and as a moment older than an answer of the same second. What a
delivery does not tell stays unknown, and is put down for the next sync to read; nothing is made up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session

from data import store
from data.sources.github import deployments, issues, jobs, pulls, releases, repository, runs, saving, values
from data.sources.github.saving import Page
from data.sources.github.sync import FEED as SYNC
from data.sources.github.values import need
from data.tables import Connection, Deployment, Feed, Repository, Source

FEED = jobs.TOLD  # since when jobs are told, and what is no more
_REMEMBERED = 1_000  # things that are no more
_SETUP = (".github/", "CODEOWNERS", "docs/CODEOWNERS")  # where files say how a repository is set up
_ELSEWHERE = ("deleted", "transferred")


@dataclass
class Told:
    """What one delivery has led to. services: whose numbers are to be worked out again. sources: of which more is to be
    read than the delivery told."""

    services: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)

    def add(self, other: "Told") -> None:
        self.services |= other.services
        self.sources |= other.sources


def process(event: str, payload: dict) -> Told:
    """Saves what a delivery says about repositories that are collected; one transaction for each source. About others,
    and in an event that is not known, it says nothing. Raises BadAnswer for a payload of another shape than documented.
    """
    payload = values.storable(payload)
    if event in ("installation", "installation_repositories"):
        return _installation(event, payload)
    told = Told()
    handle = _HANDLERS.get(event)
    if handle is None or values.path(payload, "repository") is None:
        return told
    action = need(payload, "action", str, none=True) or ""
    for source_id in _sources(need(payload, "repository", dict)):
        told.add(_save(source_id, handle, payload, action))
    return told


def _sources(row: dict) -> list[int]:
    """Those of the repository with that number at that server: another server may have the same number."""
    host = urlsplit(need(row, "html_url", str)).netloc.casefold()
    mine = select(Source.id, Repository.web_url).join(Repository, Repository.id == Source.repository_id)
    mine = mine.where(Source.kind == "github", Repository.github_id == need(row, "id", int)).order_by(Source.id)
    with store.reading() as session:
        found = session.execute(mine).all()
    return [source_id for source_id, url in found if urlsplit(url or "").netloc.casefold() == host]


def _save(source_id: int, handle: Callable[[Page, dict, str], bool], payload: dict, action: str) -> Told:
    with store.reading() as session:
        source = session.get(Source, source_id, populate_existing=True)
        reader = repository.known(session, source) if source else None
    if reader is None:  # not read for the first time yet, and then it reads all
        return Told()
    try:
        with saving.page(reader, told=True) as page:
            more = handle(page, payload, action)
            services = issues.services(page) if page.touched else ()
            _heard(page.session, source_id, more)
    except saving.SourceGone:
        return Told()
    return Told(set(services), {source_id} if more else set())


def _heard(session: Session, source_id: int, more: bool) -> None:
    """The source is due at once where there is more to be read."""
    source = session.get_one(Source, source_id)
    source.heard_at = store.now_us()
    if more:
        source.due_at = None


# What was delivered. Each returns whether there is more to be read.


def _deployment(page: Page, payload: dict, action: str) -> bool:
    """A deployment ends with a status. When it began was told earlier, or not at all: then that is not known."""
    row, status = need(payload, "deployment", dict), need(payload, "deployment_status", dict, none=True)
    fact = deployments.told(page.reader, row, status)
    mine = (Deployment.source_id == page.reader.source_id, Deployment.deployment_id == fact["deployment_id"])
    stored = page.session.execute(select(Deployment).where(*mine)).scalar_one_or_none()
    version = fact["version"] - 1
    if stored is not None and (stored.version or 0) > version:
        return False
    page.todo("deployment", {need(row, "node_id", str): version})
    ended = fact["finished_at"] is not None
    if stored is None:
        new = fact["status"] is not None
    else:
        later = stored.finished_at is None or (ended and stored.finished_at < fact["finished_at"])
        new = ended and later
        if stored.started_at is not None and stored.started_at > stored.created_at:
            fact["started_at"] = stored.started_at
    if new:
        page.put(Deployment, ("deployment_id",), [fact], at="finished_at", facts=True)
        _known_until(page, fact["finished_at"])
    return True


def _known_until(page: Page, at: int | None) -> None:
    """Numbers end where facts are known: this one is. What else happened until then is read in a moment."""
    source = page.session.get_one(Source, page.reader.source_id)
    before = source.collected_until
    if at is not None and before is not None and before < min(at, store.now_us()):
        source.collected_until = min(at, store.now_us())
        page.touch(before)


def _run(page: Page, payload: dict, action: str) -> bool:
    row = need(payload, "workflow_run", dict)
    runs.save(page, [row])
    if page.touched and need(row, "status", str) == "completed":
        _known_until(page, values.moment(row, "updated_at"))
    return (need(row, "run_attempt", int, none=True) or 1) > 1


def _job(page: Page, payload: dict, action: str) -> bool:
    row = need(payload, "workflow_job", dict)
    jobs.save(page, [row])
    state, at = _state(page), values.moment(row, "created_at") or values.moment(row, "started_at")
    if "jobs_since" not in state.cursor and at is not None:
        state.cursor = {**state.cursor, "jobs_since": at}
    return False


def _release(page: Page, payload: dict, action: str) -> bool:
    """Which commit it is of is told by its tag, where that is known."""
    row = need(payload, "release", dict)
    fact = releases.told(page.reader, row)
    name = f"release:{need(row, 'id', int)}"
    if action == "deleted":
        page.drop(Deployment, "deployment_id", [name], at="finished_at")
        _remember_gone(page, name)
        return True
    if fact is None or _is_gone(page, name):
        return True
    mine = Deployment.source_id == page.reader.source_id
    known = select(Deployment.sha).where(mine, Deployment.ref == fact["ref"], Deployment.kind.in_(["release", "tag"]))
    fact["sha"] = page.session.execute(known.order_by(Deployment.kind.desc()).limit(1)).scalar_one_or_none()
    stored = select(Deployment.id).where(mine, Deployment.deployment_id == name)
    if page.session.execute(stored).first() is None or fact["version"] is not None:
        page.put(Deployment, ("deployment_id",), [fact], at="finished_at", facts=True)
        _known_until(page, fact["finished_at"])
    return True


def _issue(page: Page, payload: dict, action: str) -> bool:
    row = need(payload, "issue", dict)
    number = need(row, "number", int)
    if action in _ELSEWHERE:
        issues.forget(page, [number])
        _remember_gone(page, f"issue:{number}")
    elif not _is_gone(page, f"issue:{number}"):
        issues.save(page, [row])
    return False


def _pull(page: Page, payload: dict, action: str) -> bool:
    """Its commits, reviews and files matter once it is merged, and are to be read."""
    row = need(payload, "pull_request", dict)
    number, merged = need(row, "number", int), values.moment(row, "merged_at")
    issues.save(page, [issues.from_pull(row)])
    if merged is None:
        return False
    return page.is_todo(pulls.TODO, str(number))


def _push(page: Page, payload: dict, action: str) -> bool:
    """A push to the default branch moves trunk; one to another branch says nothing here."""
    ref = need(payload, "ref", str)
    branch = need(need(payload, "repository", dict), "default_branch", str)
    if ref != f"refs/heads/{branch}":
        return ref.startswith("refs/tags/")
    paths = [
        path
        for commit in values.rows(need(payload, "commits", list, none=True) or [])
        for kind in ("added", "modified", "removed")
        for path in need(commit, kind, list, none=True) or ()
    ]
    if not paths or any(isinstance(path, str) and path.startswith(_SETUP) for path in paths):
        repository.settings_anew(page)
    return True


def _ref(page: Page, payload: dict, action: str) -> bool:
    return need(payload, "ref_type", str) == "tag"


def _rules(page: Page, payload: dict, action: str) -> bool:
    repository.settings_anew(page)
    return True


def _repository(page: Page, payload: dict, action: str) -> bool:
    """How it is called and set by now; what the next sync finds goes before that."""
    if action == "deleted":
        _stop(page.session, page.reader.source_id, "The repository was deleted at GitHub: remove this source, or "
              "restore the repository within 90 days.")  # fmt: skip
    else:
        repository.told(page, need(payload, "repository", dict))
    return True


_HANDLERS = {
    "branch_protection_rule": _rules,
    "create": _ref,
    "delete": _ref,
    "deployment": _deployment,
    "deployment_status": _deployment,
    "issues": _issue,
    "pull_request": _pull,
    "pull_request_review": _pull,
    "push": _push,
    "release": _release,
    "repository": _repository,
    "repository_ruleset": _rules,
    "workflow_job": _job,
    "workflow_run": _run,
}


def _state(page: Page) -> Feed:
    feed = page.session.get(Feed, (page.reader.source_id, FEED))
    if feed is None:
        feed = Feed(source_id=page.reader.source_id, name=FEED, cursor={})
        page.session.add(feed)
    return feed


def _remember_gone(page: Page, name: str) -> None:
    """Its number never comes back, but what was told of it before may come yet."""
    state = _state(page)
    state.cursor = {**state.cursor, "gone": [*state.cursor.get("gone", []), name][-_REMEMBERED:]}


def _is_gone(page: Page, name: str) -> bool:
    return name in _state(page).cursor.get("gone", [])


# The app


def _installation(event: str, payload: dict) -> Told:
    """Where the app was taken away, its sources say so at once; where it was given more, they are read again."""
    row, action = need(payload, "installation", dict), need(payload, "action", str)
    sources = _of_installation(need(row, "id", int))
    if event == "installation_repositories":
        lost = {need(each, "id", int) for each in values.rows(payload, "repositories_removed")}
        said = "The app was taken away from this repository at GitHub: give it the repository again."
    else:
        lost = set(sources.values()) if action in _TAKEN else set()
        said = _TAKEN.get(action, "")
    with store.writing() as session:
        for source_id, github_id in sources.items():
            if session.get(Source, source_id) is None:
                continue
            if github_id in lost:
                _stop(session, source_id, said)
            _heard(session, source_id, more=True)
    return Told(sources=set(sources))


_TAKEN = {
    "deleted": "The app was uninstalled at GitHub: install it again, or connect with a token.",
    "suspend": "The app was suspended at GitHub: its owner, or that of the account, can end that.",
}


def _of_installation(number: int) -> dict[int, int | None]:
    """Source -> number of its repository, of those that are read through an installation of the app."""
    mine = select(Source.id, Repository.github_id).join(Repository, Repository.id == Source.repository_id)
    mine = mine.join(Connection, Connection.id == Source.connection_id)
    with store.reading() as session:
        return {one: each for one, each in session.execute(mine.where(Connection.installation_id == str(number)))}


def _stop(session: Session, source_id: int, sentence: str) -> None:
    """Where people see why it is not read; the next sync that comes to its end takes it away."""
    feed = session.get(Feed, (source_id, SYNC)) or Feed(source_id=source_id, name=SYNC)
    feed.problem = sentence
    session.add(feed)
