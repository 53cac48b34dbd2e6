"""Proofs of concept in words: outcomes, evidence, verdicts, gates. No colour says more than its words do."""

from assessments.poc import Level, Outcome, Severity, State, Verdict

OUTCOMES = {
    Outcome.PASS: ("green", "check_circle", "pass"),
    Outcome.FAIL: ("red", "cancel", "fail"),
    Outcome.UNKNOWN: ("gray", "help", "unknown"),
    Outcome.ERROR: ("orange", "error", "error"),
    Outcome.SKIPPED: ("gray", "redo", "skipped"),
}
#: What a criterion rests on, as a sentence ends.
SHOWN = {
    Level.E0: "somebody said so",
    Level.E1: "the files show it",
    Level.E2: "your own pipeline or GitHub shows it",
    Level.E3: "a run through the organisation's own workflow shows it",
    Level.E4: "somebody who did not write it accepted it",
    Level.E5: "the outcome was measured",
}
ASKED = {
    Level.E0: "somebody's word",
    Level.E1: "the files",
    Level.E2: "your own pipeline or GitHub",
    Level.E3: "a run through the organisation's own workflow",
    Level.E4: "somebody who did not write it",
    Level.E5: "the measured outcome",
}
VERDICTS = {
    Verdict.VALIDATED: ("green", "verified", "Validated", "All that is required passes, and so do the four gates."),
    Verdict.ACCEPTED: (
        "green", "task_alt", "Accepted", "All tasks pass, and not on the files alone. What is left are gates.",
    ),
    Verdict.PRACTISED: (
        "blue", "construction", "Practised",
        "All tasks pass by what the files show. It is accepted once a required criterion rests on a run through the "
        "organisation's workflow, or on a person who did not write it.",
    ),
    Verdict.OPEN: ("gray", "help", "Not known yet", "No required criterion of a task fails, and not all are known."),
    Verdict.FAILED: ("orange", "timelapse", "Not yet", "At least one required criterion of a task fails."),
}  # fmt: skip
GATES = {
    "peer_review": ("Peer review", "groups"),
    "performance": ("Performance", "speed"),
    "security": ("Security", "shield"),
    "production_readiness": ("Production readiness", "rocket_launch"),
}
STATES = {
    State.PASSED: ("green", "check_circle", "passed"),
    State.FAILED: ("red", "cancel", "fails"),
    State.OPEN: ("gray", "help", "not known yet"),
    State.EMPTY: ("gray", "block", "nothing is required"),
}
SEVERITIES = {
    Severity.REQUIRED: "",
    Severity.RECOMMENDED: ":blue-badge[recommended]",
    Severity.CELEBRATE: ":violet-badge[to celebrate]",
}
DECISIONS = {"adopt": "Adopt", "adapt": "Adapt", "stop": "Stop"}
DECIDED = {
    "adopt": ("green", "The team goes on with it as it is."),
    "adapt": ("blue", "The team goes on with it in another form."),
    "stop": ("violet", "The team does not go on with it. Knowing that after a few days is a success."),
}


def outcome(found: Outcome | None) -> str:
    """The badge of a criterion; None: it has not been checked."""
    if found is None:
        return ":gray-badge[:material/pending: not checked]"
    colour, icon, word = OUTCOMES[found]
    return f":{colour}-badge[:material/{icon}: {word}]"


def verdict(found: Verdict | None) -> str:
    """The badge of the whole; None: nothing has been checked."""
    if found is None:
        return ":gray-badge[:material/pending: Not checked yet]"
    colour, icon, word, _ = VERDICTS[found]
    return f":{colour}-badge[:material/{icon}: {word}]"


def state(found: State | None) -> str:
    """The badge of several criteria together; None: not checked."""
    if found is None:
        return ":gray-badge[:material/pending: not checked]"
    colour, icon, word = STATES[found]
    return f":{colour}-badge[:material/{icon}: {word}]"


def decision(found: str) -> str:
    colour, _ = DECIDED[found]
    return f":{colour}-badge[Decided: {DECISIONS[found].lower()}]"


def shown(level: Level | None) -> str:
    """'E1: the files show it'; "" when nothing is said of it."""
    return "" if level is None else f"{level}: {SHOWN[level]}"


def asked(level: Level) -> str:
    """'asks for E3: a run through the organisation's own workflow'."""
    return f"asks for {level}: {ASKED[level]}"
