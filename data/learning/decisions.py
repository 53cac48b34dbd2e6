"""What a team decides at the end of a timebox: adopt, adapt or stop, with the reasons, as a record to keep in the
repository. Stopping is a result like the others."""

import re
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session

from assessments.learning import ADAPT, ADOPT, STOP
from assessments.poc import Verdict
from data import access, audit, store
from data.access import Action, NotFound
from data.improving import interventions, texts
from data.improving.interventions import Done
from data.learning import events, reviews, runs, taught
from data.people import Who
from data.tables import Person, ProofAttempt

DECISIONS = (ADOPT, ADAPT, STOP)
LONGEST = 4000  # characters of one text
_TEXTS = {
    "context": "what was tried and why",
    "options": "what else there was, a line each",
    "because": "why you decide so",
    "consequences": "what follows from it",
}
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
#: What begins a heading, makes one of the line above, or begins HTML, which may go on to the end of the page.
_ENDS = re.compile(r"^( {0,3})(#{1,6}(?=\s|$)|(?:=+|-+)(?=[ \t]*$)|<(?=[!?/A-Za-z])(?!https?:))")
_SAYS = {
    ADOPT: "We adopt it.",
    ADAPT: "We adapt it, and try again in another way.",
    STOP: "We stop, and do not take it over.",
}
_FOUND = {
    Verdict.VALIDATED: "validated.",
    Verdict.ACCEPTED: "accepted; not all four gates pass.",
    Verdict.PRACTISED: "practised; the files alone show it.",
    Verdict.OPEN: "not all that is required is known.",
    Verdict.FAILED: "not all that is required passes.",
    None: "nothing came of it.",
}


@dataclass(frozen=True)
class Decision:
    """decision: adopt, adapt or stop. context: what was tried and why; options: what else there was, a line each;
    because: the reasons; consequences: what follows from it. watch: what is to be looked at for Did it work?; its kind
    and dates are those of the attempt."""

    decision: str
    context: str
    options: str
    because: str
    consequences: str
    watch: Done | None = None


@dataclass(frozen=True)
class DecisionView:
    """said: without `watch`. by: a name, None when not known any more. at: microseconds. intervention_id: what is
    looked at for Did it work?, None without one."""

    said: Decision
    by: str | None
    at: int
    intervention_id: int | None


def decide(who: Who, attempt_id: int, decision: Decision, at: int | None = None) -> None:
    """Ends an attempt. at: microseconds, now when None.

    Raises Forbidden, NotFound, or ValueError with a sentence: decided already, a text is missing or too long, adopting
    what was never checked or what failed the last time.
    """
    if decision.decision not in DECISIONS:
        raise ValueError("Decide to adopt, to adapt or to stop.")
    said = {name: _text(getattr(decision, name), name, what) for name, what in _TEXTS.items()}
    with store.writing() as session:
        row = session.get(ProofAttempt, attempt_id)
        if row is None:
            raise NotFound("There is no such proof of concept under way any more.")
        subject = access.of_team(row.team_id)
        access.check(who, Action.PLAN, subject)
        at = store.now_us() if at is None else at
        if row.decision is not None:
            raise ValueError(f"It was decided already, to {row.decision}: load the page again.")
        if not row.begun_at <= at <= store.now_us():
            raise ValueError("Choose a date after it began and not in the future.")
        if decision.decision == ADOPT:
            _refuse_unproven(session, row)
        if decision.watch is not None:
            row.intervention_id = _watched(session, row, decision, at, who)
        row.state, row.decision, row.record = "decided", decision.decision, said
        row.decided_at, row.decided_by = at, who.id
        if decision.decision != ADOPT:
            row.again_at = None
        detail = {"decision": decision.decision}
        events.record(
            session,
            events.DECIDED,
            row.poc_id,
            version=row.version,
            enrolment_id=row.enrolment_id,
            detail=detail,
            at=at,
        )
        audit.record(session, who, "decide_proof", f"proof:{row.id}", detail, subject.organization_id)


def _text(text: str, name: str, what: str) -> str:
    said = texts.written(text, LONGEST, f"The text on {name}")
    if not any(sign.isalnum() for sign in said):
        raise ValueError(f"Write down {what}: in a year nobody remembers.")
    return said


def _refuse_unproven(session: Session, row: ProofAttempt) -> None:
    newest = runs.newest(session, [row.id]).get(row.id)
    if newest is None:
        raise ValueError("It was never checked: check it before you adopt it, or decide to adapt or to stop.")
    if newest.version != row.version:
        raise ValueError("A newer version was taken over since it was checked: check it again before you adopt it.")
    if newest.verdict is Verdict.FAILED:
        raise ValueError("Required checks fail: mend them before you adopt it, or decide to adapt or to stop.")


def _watched(session: Session, row: ProofAttempt, decision: Decision, at: int, who: Who) -> int:
    if decision.decision == STOP:
        raise ValueError("What was stopped changes nothing that could be looked at: leave out the metric.")
    done = replace(decision.watch, kind="proof_of_concept", started_at=row.begun_at, finished_at=at)
    return interventions.make(session, row.team_id, done, who.id, row.enrolment_id).id


def view_of(session: Session, row: ProofAttempt) -> DecisionView | None:
    """In a session of somebody who may see it; None while it is not decided."""
    if row.decision is None:
        return None
    by = session.execute(select(Person.name).where(Person.id == row.decided_by)).scalar_one_or_none()
    return DecisionView(Decision(row.decision, **(row.record or dict.fromkeys(_TEXTS, ""))), by, row.decided_at,
                        row.intervention_id)  # fmt: skip


def adr(who: Who, attempt_id: int) -> tuple[str, str]:
    """(file name, Markdown) of the record of the decision, with the headings that checks look for: Context, Options,
    Decision, Consequences. Raises Forbidden, NotFound, or ValueError with a sentence while it is not decided."""
    with store.reading() as session:
        row, _ = reviews.seen(session, who, attempt_id)
        if row.decision is None:
            raise ValueError("It is not decided yet.")
        run = runs.newest(session, [row.id]).get(row.id)
    day = f"{store.from_us(row.decided_at):%Y-%m-%d}"
    title, said = row.content["title"], row.record
    options = [line.strip().lstrip("-*").strip() for line in said["options"].splitlines()]
    track = taught.track_of(row.track_id)
    parts = [
        f"# {_line(title)}: {row.decision}",
        f"Date: {day}. A proof of concept of the track {_line(track['title'] if track else row.track)}, version"
        f" {row.version}, begun on {store.from_us(row.begun_at):%Y-%m-%d}.",
        f"## Context\n\n{_below(said['context'])}",
        "## Options\n\n" + "\n".join(f"- {_in_a_list(line)}" for line in options if line),
        f"## Decision\n\n{_SAYS[row.decision]}\n\n{_below(said['because'])}",
        f"## Consequences\n\n{_below(said['consequences'])}",
    ]
    if run is not None:
        parts.append(f"## Evidence\n\nChecked at commit `{run.commit[:40]}`: {_FOUND[run.verdict]}")
    return f"{day}-{row.poc}-{row.decision}.md", "\n\n".join(parts) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _below(text: str) -> str:
    """What somebody wrote, with nothing that would end the part it stands in, or swallow those behind it: headings,
    HTML, code without an end. Code stays as it is."""
    lines, fence = [], ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            is_end = mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2].strip()
            fence = "" if is_end else fence
        elif mark:
            fence = mark[1]
        else:
            line = _ENDS.sub(r"\1\\\2", line)
        lines.append(line)
    return "\n".join([*lines, fence] if fence else lines)


def _in_a_list(line: str) -> str:
    """The same for one line, in which no code begins."""
    return re.sub(r"^(`{3,}|~{3,})", r"\\\1", _ENDS.sub(r"\1\\\2", line))
