"""What other tools say of a repository looked at in its clone, where a setting names them (docs/evidence.md)."""

from collections.abc import Iterable

from assessments.evidence import Snapshot
from data.evidence.tools import TOOLS, Said, ask, wanted
from data.practices import evaluations


def asked(snapshot: Snapshot) -> tuple[Said, ...]:
    """What each of the tools wanted says; none are wanted unless a setting names them."""
    return tuple(ask(TOOLS[key], snapshot) for key in wanted())


def keep(repository_id: int, told: Iterable[Said], as_of: int) -> None:
    """Keeps what they said beside what probes found; one that collected nothing keeps its older findings, with the
    reason. What tools said that nobody wants any more goes. Belongs in the transaction of the probes."""
    for said in told:
        if said.evaluation is None:
            evaluations.failed(repository_id, said.origin, said.problem)
        else:
            evaluations.save(repository_id, said.origin, said.evaluation, as_of=as_of, tool=said.tool)
    for key in TOOLS.keys() - set(wanted()):
        evaluations.remove(repository_id, key)
