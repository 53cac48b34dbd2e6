"""What a team reached, for others to see: as an Open Badges 3.0 credential and as Markdown for a README.

A credential says what was shown at one commit. It ends when that evidence is stale, and is not signed: a reader follows
its evidence to the repository, and asks whoever issued it.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from assessments.poc import Held, Level, Outcome, Severity, Verdict
from assessments.poc.engine import STALE_AFTER
from assessments.poc.judging import DAY
from data import store
from data.learning import reviews, runs, taught
from data.learning.runs import ResultView, RunView
from data.people import Who
from data.tables import Organization, ProofAttempt, Repository, Team

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LONGEST_URL = 500  # characters
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|<>~])")
_BEGINS = re.compile(r"^(\d*)([-+.])")  # a list, where a line begins so


def credential(who: Who, attempt_id: int, issuer_url: str) -> dict[str, Any]:
    """An OpenBadgeCredential (Open Badges 3.0 in the Verifiable Credentials Data Model 2.0) about the team, with the
    commit, the checks and the levels of evidence. It is not signed. issuer_url: https address of the portal.

    Raises Forbidden, NotFound, or ValueError with a sentence when the attempt was not accepted, or the address is none.
    """
    issuer = _address(issuer_url)
    row, run, team, organization, repository = _reached(who, attempt_id)
    poc, track = row.content, taught.track_of(row.track_id)
    shown = [each for each in run.results if each.outcome is Outcome.PASS]
    return {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{row.uid}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": poc["title"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": organization, "url": issuer},
        "validFrom": _instant(run.at),
        "validUntil": _instant(run.at + STALE_AFTER * DAY),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": team, "identityType": "name"},
            ],
            "activityStartDate": _instant(row.begun_at),
            "activityEndDate": _instant(row.decided_at or run.at),
            "achievement": {
                "id": f"urn:uuid:{row.poc_id}",
                "type": ["Achievement"],
                "achievementType": "Achievement",
                "name": poc["title"],
                "description": poc["problem"],
                "version": row.version,
                "fieldOfStudy": track["title"] if track else row.track,
                "criteria": {"narrative": _criteria(poc["definition_of_done"], run)},
            },
        },
        "evidence": [_of_commit(run, repository), *(_of_check(each) for each in shown)],
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def readme(who: Who, attempt_id: int) -> str:
    """Markdown for the repository's README: what was reached, when, by which checks. Raises as `credential`."""
    row, run, _, _, repository = _reached(who, attempt_id)
    track = taught.track_of(row.track_id)
    required = [each for each in run.results if each.severity is Severity.REQUIRED]
    passed = [each for each in required if each.outcome is Outcome.PASS]
    commit = f"`{run.commit[:10]}`"
    if link := _commit_url(run, repository):
        commit = f"[{commit}]({link})"
    lines = [
        f"**{_plain(row.content['title'])}**: {run.verdict} on {store.from_us(run.at):%Y-%m-%d} at {commit}, as part of"
        f" {_plain(track['title'] if track else row.track)} {row.version}.",
        "",
        f"{len(passed)} of {len(required)} required checks pass:",
        "",
        *(f"- {_plain(each.title)} ({each.level})" for each in passed),
    ]
    return "\n".join(lines) + "\n"


def _reached(who: Who, attempt_id: int) -> tuple[ProofAttempt, RunView, str, str, Repository | None]:
    """The attempt, the run that it stands on, the names of the team and the organization, and the repository."""
    with store.reading() as session:
        row, _ = reviews.seen(session, who, attempt_id)
        stands = runs.standings(session, [row.id], store.now_us())[row.id]
        if stands.held is Held.STALE:
            raise ValueError("Its evidence is older than 90 days: check it again first.")
        if stands.verdict not in (Verdict.ACCEPTED, Verdict.VALIDATED):
            raise ValueError("There is something to show once it is accepted: required checks pass at E3 or more.")
        every = runs.of(session, row.id)
        run = next((each for each in every if each.at == stands.at and each.verdict is stands.verdict), None)
        if run is None or not run.is_whole:
            raise ValueError("What it rests on is not kept whole any more: check it again first.")
        if run.version != row.version:
            raise ValueError("A newer version was taken over since it was checked: check it again first.")
        team = session.get_one(Team, row.team_id)
        organization = session.get_one(Organization, team.organization_id)
        place = session.get(Repository, row.repository_id) if row.repository_id else None
        return row, run, team.name, organization.name, place


def _address(url: str) -> str:
    """Raises ValueError with a sentence when it is none that a badge may name."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    secure = parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL))
    if not secure or not host or parts.username or len(url) > _LONGEST_URL or re.search(r"[\s<>\"\\]", url):
        raise ValueError("A badge names who issued it by an https address, such as https://milepost.example.com.")
    return url


def _criteria(done: Iterable[str], run: RunView) -> str:
    asked = [f"- {each.title} ({each.asked})" for each in run.results if each.severity is Severity.REQUIRED]
    parts = ["It is done when:", *(f"- {each}" for each in done), "", "Required checks, each with the least evidence:"]
    return "\n".join([*parts, *asked])


def _of_commit(run: RunView, repository: Repository | None) -> dict[str, Any]:
    found = {
        "type": ["Evidence"],
        "name": f"Commit {run.commit[:40]}",
        "description": f"What was checked on {_instant(run.at)}: {run.verdict}.",
        "genre": "commit",
    }
    link = _commit_url(run, repository)
    return {"id": link, **found} if link else found


def _of_check(each: ResultView) -> dict[str, Any]:
    """Narratives are Markdown to those who read them, and names of files are anybody's."""
    where = ", ".join(
        f"{place.path}:{place.line}" if place.line else place.path for place in each.places[:5] if place.path
    )
    narrative = f"{each.because} Seen in {where}." if where else each.because
    level = each.level if each.level is not None else Level.E0
    return {
        "type": ["Evidence"],
        "name": each.title,
        "narrative": _plain(narrative),
        "genre": f"check, evidence {level}",
    }


def _commit_url(run: RunView, repository: Repository | None) -> str | None:
    base = repository.web_url if repository else None
    if not base or not base.startswith("https://") or not re.fullmatch(r"[0-9a-f]{40,64}", run.commit):
        return None
    return f"{base}/commit/{run.commit}"


def _instant(at: int) -> str:
    return f"{store.from_us(at):%Y-%m-%dT%H:%M:%SZ}"


def _plain(text: str) -> str:
    return _BEGINS.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(text.split())))
