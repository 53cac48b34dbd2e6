"""Proofs of concept: judged by what a repository and its forge show, without ever running anybody's code.

    results = run(read_poc(key, plain), snapshot, known)

A kind of check is a file in `kinds/`. Content chooses kinds and gives parameters; it brings no code.
"""

from assessments.poc.engine import freshness, run
from assessments.poc.kinds import kinds
from assessments.poc.known import Known, Refused, Source
from assessments.poc.model import (
    Check,
    Judgement,
    Level,
    Outcome,
    Poc,
    Protected,
    Result,
    Results,
    Severity,
    State,
    Verdict,
    read_poc,
)
from assessments.poc.standing import Held, Standing, standing

__all__ = [
    "Check",
    "Held",
    "Judgement",
    "Known",
    "Level",
    "Outcome",
    "Poc",
    "Protected",
    "Refused",
    "Result",
    "Results",
    "Severity",
    "Source",
    "Standing",
    "State",
    "Verdict",
    "freshness",
    "kinds",
    "read_poc",
    "run",
    "standing",
]
