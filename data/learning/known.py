"""What is known of an attempt beside the files: from the store, from the history of a clone, from GitHub.

GitHub is asked for nothing that no check needs, and at most `proofs.MOST` requests in all. What could not be asked any
more was not collected, which is neither a yes nor a no.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import func, select
from sqlmodel import Session

from assessments.evidence import Snapshot
from assessments.learning import STOP
from assessments.poc import Held, Known, Poc, Refused, Source
from assessments.poc.judging import DAY, Open
from assessments.poc.kinds.pr_review import owner_teams
from assessments.poc.known import Artifact, Attestation, Run, Settings, Spread
from assessments.poc.patterns import fits
from assessments.poc.runs import is_workflow
from data import store
from data.evidence.adoption import begun_at
from data.evidence.past import trunk
from data.learning import reviews, runs, series, trusted
from data.learning.needs import Needs, globs_of
from data.sources.git_command import Git, GitError
from data.sources.github import errors, proofs
from data.sources.github.proofs import Asked, Pull, Spent, Tip
from data.tables import Person, ProofAttempt, ProofRun

JOBS_OF = 4  # runs whose jobs are asked for
TEAMS = 6  # of people
COMMITS = 200  # of a clone, of which it is told who wrote them
_AUTHOR = re.compile(rb"^author .*<([^<>\n]*)> [0-9-]", re.MULTILINE)
_COAUTHOR = re.compile(rb"(?im)^co-authored-by:.*<([^<>\n]*)>")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Mine:
    """What the portal knows by itself. earlier: branches that were judged before."""

    known: Known
    earlier: frozenset[str]


# From the store


def mine(session: Session, attempt: ProofAttempt, needs: Needs, organization_id: int, now: int) -> Mine:
    """now: microseconds."""
    asked = series.Asked(attempt.repository_id, attempt.team_id, attempt.service_id, attempt.begun_at)
    judged = select(ProofRun.branch).where(ProofRun.attempt_id == attempt.id, ProofRun.verdict.is_not(None))
    return Mine(
        Known(
            authors=frozenset({person(attempt.begun_by)} if attempt.begun_by else ()),
            allowed=trusted.allowed(session, organization_id),
            metrics=series.of(session, asked, needs.series, needs.days, now) if needs.series else {},
            attestations=_attestations(session, attempt) if needs.attested else (),
            spread=_spread(session, attempt, now) if needs.spread else (),
            begun=attempt.begun_at,
        ),
        frozenset(session.execute(judged.distinct()).scalars()),
    )


def person(person_id: int) -> str:
    """How somebody of this portal is called among authors and reviewers, beside logins."""
    return f"person:{person_id}"


def _attestations(session: Session, attempt: ProofAttempt) -> tuple[Attestation, ...]:
    """Of people who are here still: nobody could tell any more whether others are among the authors. What somebody said
    stands for the commit they looked at. Where the team has decided on that commit it stands for the decision: the
    trunk goes on with other work every day, and nobody reviews a proof of concept again for that."""
    decided = attempt.decided_at
    of = ProofRun.attempt_id == attempt.id, ProofRun.verdict.is_not(None), ProofRun.at <= (decided or 0)
    last = select(ProofRun.commit).where(*of).order_by(ProofRun.id.desc()).limit(1)
    looked_at = session.execute(last).scalar() if decided is not None else None
    return tuple(
        Attestation(
            each.check_id, person(each.person_id), each.accepted, each.role,
            "" if each.commit == looked_at and each.at <= decided else each.commit, tuple(each.criteria),
        )
        for each in reviews.attested(session, attempt.id)
        if each.person_id is not None
    )  # fmt: skip


def _spread(session: Session, attempt: ProofAttempt, now: int) -> tuple[Spread, ...]:
    """What other teams took over from any attempt of this team."""
    own = select(ProofAttempt.uid).where(ProofAttempt.team_id == attempt.team_id)
    wanted = select(ProofAttempt.id, ProofAttempt.team_id, ProofAttempt.track, ProofAttempt.poc).where(
        ProofAttempt.derived_from.in_(own), ProofAttempt.team_id != attempt.team_id,
        ProofAttempt.decision.is_distinct_from(STOP),
    )  # fmt: skip
    rows = session.execute(wanted).all()
    stand = runs.standings(session, [row.id for row in rows], now)
    newest = runs.newest(session, [each for each, found in stand.items() if found.held is Held.HOLDS])
    return tuple(
        Spread(str(row.team_id), f"{row.track}/{row.poc}", newest[row.id].level if row.id in newest else None)
        for row in rows
    )


def people_of(session: Session, emails: Iterable[str]) -> frozenset[str]:
    """Those of this portal who have one of these addresses (in lower case)."""
    wanted = sorted(set(emails))[:500]
    found = select(Person.id).where(func.lower(Person.email).in_(wanted))
    return frozenset(person(each) for each in session.execute(found).scalars()) if wanted else frozenset()


# From a clone


def from_clone(known: Known, git: Git, snapshot: Snapshot, needs: Needs, trunk_head: str) -> Known:
    """With who wrote it, and when files came and went on trunk, as far as the history is held."""
    authors, added, removed = known.authors, None, None
    if needs.authors:
        with store.reading() as session:
            authors = known.authors | people_of(session, _written(git, snapshot.commit, trunk_head, known.begun))
    if needs.added:
        paths = snapshot.find(*needs.added)
        added = {path: since.instant for path, since in begun_at(git, trunk_head, list(paths)).items()}
    if needs.removed:
        removed = {path: at for path in needs.removed if (at := _left(git, trunk_head, path)) is not None}
    return replace(known, source=Source.CLONE, authors=authors, added=added, removed=removed)


def _written(git: Git, commit: str, trunk_head: str, begun: int) -> set[str]:
    """Addresses in lower case of whoever wrote what is not on trunk; of what came since the start, when all is."""
    apart = [f"^{trunk_head}"] if commit != trunk_head else [f"--max-age={begun // 1_000_000}"]
    names = list(git.lines("rev-list", f"--max-count={COMMITS}", commit, *apart))
    found: set[str] = set()
    for _, _, content in git.objects(names):
        head, _, message = content.partition(b"\n\n")
        for email in (*_AUTHOR.findall(head), *_COAUTHOR.findall(message)):
            found.add(email.decode("utf-8", "replace").strip().lower())
    return found


def _left(git: Git, trunk_head: str, path: str) -> int | None:
    """When a path left trunk, in microseconds; None when it is there, or never was."""
    try:
        if git.one("rev-parse", "--verify", "-q", f"{trunk_head}:{path}"):
            return None
    except GitError:
        pass  # it is not there
    commits = trunk(git, trunk_head, "--max-count=1", paths=[path])
    return commits[0][0] * 1_000_000 if commits else None


# From GitHub


def from_github(
    mine: Mine, at: Asked, tip: Tip, snapshot: Snapshot, poc: Poc, needs: Needs, told: Callable[[str], None]
) -> Known:
    """With what GitHub knows. told: what is asked for now, called before each part; what it raises ends the asking.

    Raises `errors.GitHubError` but for missing permissions.
    """
    known, now = mine.known, snapshot.as_of
    told("Reading workflow runs from GitHub")
    found, since, refused = _runs(at, tip, snapshot.commit, needs, now)
    through = {run.id for run in found if _goes_through(run, needs, known)}
    found = _with_jobs(at, found, needs, through)
    parts: dict[str, object] = {"runs": refused or tuple(found), "runs_from": since}
    if needs.artifacts:
        told("Reading artifacts from GitHub")
        parts["artifacts"] = refused or _part(
            lambda: _artifacts(at, needs, snapshot.commit, found, through), "actions: read"
        )
    if needs.reviews or needs.authors:
        told("Reading reviews from GitHub")
        parts |= _people(mine, at, tip, snapshot, poc, needs)
    if needs.groups or needs.owners:
        parts["groups"] = _part(lambda: _groups(at, snapshot, needs), proofs.MEMBERS)
    if needs.shipping:
        told("Reading deployments from GitHub")
        paths = {run.id: run.workflow for run in found} if needs.shipped_by else None
        parts["deployments"] = _part(lambda: tuple(proofs.deployments(at, paths)), "deployments: read")
    if needs.added or needs.removed:
        told("Reading the history of files from GitHub")
        added = snapshot.find(*needs.added) if needs.added else ()
        both = _part(lambda: proofs.came_and_went(at, tip.default, added, needs.removed), "contents: read")
        if isinstance(both, tuple):
            parts["added"], parts["removed"] = both
    told("Reading settings from GitHub")
    return replace(
        known, source=Source.FORGE, default_branch=tip.default, settings=_settings(at, tip.default, needs), **parts
    )


def _part(make: Callable[[], Value], permission: str) -> Value | Refused | None:
    """A part of what is known: Refused where the token may not read it, None where no requests are left."""
    try:
        return make()
    except errors.MissingPermission as error:
        return Refused(error.needed or permission)
    except Spent:
        return None


def _runs(at: Asked, tip: Tip, commit: str, needs: Needs, now: int) -> tuple[list[Run], int, Refused | None]:
    """Runs, from when on those of the default branch are all there are, and the permission that is missing."""
    found: dict[int, Run] = {}
    since = 0
    try:
        if needs.runs:
            found |= {run.id: run for run in proofs.runs_at(at, commit)}
        for workflow, days in needs.history:
            several, whole = proofs.runs_since(at, tip.default, now - days * DAY, workflow)
            found |= {run.id: run for run in several}
            since = max(since, whole if whole > now - days * DAY else 0)
    except errors.MissingPermission as error:
        return [], 0, Refused(error.needed or "actions: read")
    except Spent:
        return list(found.values()), now, None
    return list(found.values()), since, None


def _goes_through(run: Run, needs: Needs, known: Known) -> bool:
    """Whether it calls a workflow of the organization that a check asks for, at a commit that is trusted."""
    return any(
        each.sha in known.allowed.get(each.path, ()) and fits(needs.reusable, each.path.rsplit("/", 1)[-1])
        for each in run.referenced
    )


def _with_jobs(at: Asked, found: list[Run], needs: Needs, through: set[int]) -> list[Run]:
    """The same, with the jobs of the newest runs that ended well and of which a check asks."""
    good = [run for run in found if run.conclusion == "success"]
    asked = [run for run in good if run.id in through or any(is_workflow(each, run) for each in needs.jobs)]
    newest = sorted(asked, key=lambda run: (-run.instant, -run.id))
    first = {(run.workflow, run.event): run for run in reversed(newest)}  # by these the commit is judged
    newest = list(dict.fromkeys((*first.values(), *newest)))[:JOBS_OF]
    jobs = {run.id: _part(lambda run=run: proofs.jobs(at, run.id), "actions: read") for run in newest}
    return [replace(run, jobs=jobs[run.id]) if run.id in jobs else run for run in found]


def _artifacts(at: Asked, needs: Needs, commit: str, found: Iterable[Run], through: set[int]) -> Mapping[str, Artifact]:
    made = {name: proofs.artifact(at, name, commit, found, through) for name in needs.artifacts}
    return {name: each for name, each in made.items() if each is not None}


def _people(mine: Mine, at: Asked, tip: Tip, snapshot: Snapshot, poc: Poc, needs: Needs) -> dict:
    """Reviews of what brought the work, and who wrote it."""
    pulls = _part(lambda: _pulls(mine, at, tip, snapshot, poc), "pull_requests: read")
    found: dict[str, object] = {}
    if needs.reviews:
        found["reviews"] = tuple(r for pull in pulls for r in pull.reviews) if isinstance(pulls, tuple) else pulls
    if isinstance(pulls, tuple) and pulls:
        if not all(pull.whole for pull in pulls):
            return {**found, "authors": None}  # one of those who were not read may be who approved it
        logins = frozenset().union(*(pull.authors for pull in pulls))
        emails = frozenset().union(*(pull.emails for pull in pulls))
    else:
        written = _part(lambda: proofs.authors_since(at, snapshot.commit, mine.known.begun), "contents: read")
        if not isinstance(written, tuple):
            return {**found, "authors": None}
        logins, emails = written
    with store.reading() as session:
        return {**found, "authors": mine.known.authors | logins | people_of(session, emails)}


def _pulls(mine: Mine, at: Asked, tip: Tip, snapshot: Snapshot, poc: Poc) -> tuple[Pull, ...]:
    """The pull request of the branch. On the default branch: of those merged since the start, those of a branch that
    was judged before, else those that changed a file which some check looks at."""
    if not tip.is_default:
        pull = proofs.pull_of(at, tip.branch, snapshot.commit)
        return (pull,) if pull else ()
    merged = proofs.merged_since(at, tip.default, mine.known.begun)
    if known := [pull for pull in merged if pull.branch in mine.earlier]:
        return tuple(known)
    looked_at = {path for check in poc.checks if (globs := globs_of(check)) for path in snapshot.find(*globs)}
    looked_at |= {each.path for each in poc.protected}
    return tuple(pull for pull in merged if pull.paths & looked_at)


def _groups(at: Asked, snapshot: Snapshot, needs: Needs) -> Mapping[str, frozenset[str]]:
    """People by the name of a team, as checks and CODEOWNERS name them, in lower case."""
    own = at.full_name.partition("/")[0]
    names = [each.casefold() for each in needs.groups]
    if needs.owners:
        try:
            names += owner_teams(snapshot)
        except Open:
            names += []
    found = {}
    for name in list(dict.fromkeys(names))[:TEAMS]:
        organization, _, team = name.lstrip("@").rpartition("/")
        found[name] = proofs.members(at, organization or own, team)
    return found


def _settings(at: Asked, branch: str, needs: Needs) -> Settings:
    actions, contents = "actions: read", "contents: read"
    asks_rules = needs.required_checks or needs.approvals
    rules = _part(lambda: proofs.rules(at, branch), contents) if asks_rules else None
    is_known = isinstance(rules, proofs.Rules)
    approvals = rules
    if is_known and needs.approvals:
        approvals = _part(lambda: proofs.approvals(at, branch, rules, needs.approvals), "administration: read")
    return Settings(
        required_checks=rules.checks if is_known else rules,
        reviewers=_part(lambda: proofs.reviewers(at), actions) if needs.reviewers else None,
        approvals=approvals if needs.approvals else None,
        releases=_part(lambda: proofs.releases(at), contents) if needs.releases else None,
    )
