"""Three sentences about a team's delivery: how it moves, how it holds, and what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.delivery import present
from assessments.delivery.results import Metric, State, Summary

STAGE_NAMES = {
    "coding": "coding",
    "draft": "draft",
    "waiting_for_review": "waiting for review",
    "review": "review",
    "waiting_to_merge": "waiting to merge",
    "waiting_to_deploy": "waiting to deploy",
    "deploying": "deploying",
}
_SHORT = {
    "deployment_frequency": "deployment frequency",
    "recovery_time": "recovery time",
    "change_fail_rate": "change fail rate",
    "rework_rate": "rework rate",
}
#: Fewer of the merged changes deployed than this is said aloud.
_MOSTLY = 0.8


@dataclass(frozen=True)
class Observed:
    """One service of the team. `notes`: sentences or phrases about its sources (a shallow clone ...)."""

    name: str
    summary: Summary
    incidents_collected: bool
    notes: tuple[str, ...] = ()


def sentences(services: Sequence[Observed]) -> tuple[str, str, str]:
    """Exactly three sentences: throughput, instability, unknowns. Never an average over services, never a zero for what
    nobody looked at."""
    if not services:
        return (
            "This team has no service yet.",
            "Add a repository to see how its changes reach users.",
            "Nothing is known until then.",
        )
    return _throughput(services), _instability(services), _unknown(services)


def _listed(names: Sequence[str], limit: int = 3) -> str:
    names = [*names[:limit], f"{len(names) - limit} more"] if len(names) > limit else list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _having(services: Sequence[Observed], key: str) -> list[tuple[Observed, Metric]]:
    found = [(service, service.summary.metrics[key]) for service in services]
    return [(service, metric) for service, metric in found if metric.state == State.VALUE]


def _throughput(services: Sequence[Observed]) -> str:
    key, subject = "lead_time", "A change takes"
    found = _having(services, key)
    if not found:
        key, subject = "merge_to_production", "A merged change takes"
        found = _having(services, key)
    often = _having(services, "deployment_frequency")
    if found:
        slow = max(found, key=lambda pair: pair[1].value)
        fast = min(found, key=lambda pair: pair[1].value)
        if slow[1].value == 0 and key == "merge_to_production":
            names = _listed([service.name for service, _ in found])
            return f"In {names} a merge counts as reaching users, and squash or rebase merges hide the time before it."
        text = f"{subject} {present.headline(slow[1])} (median) to reach users in {slow[0].name}"
        if slow[0] is not fast[0]:
            text += f", {present.headline(fast[1])} in {fast[0].name}"
        return text + _longest_stage(slow[0], key) + "."
    if often:
        rates = [f"{service.name} deploys {present.headline(metric)}" for service, metric in often]
        return f"There are too few shipped changes to give a lead time; {_listed(rates)}."
    return (
        f"Nothing is known to have reached users from {_listed([service.name for service in services])} in this time."
    )


def _longest_stage(service: Observed, key: str) -> str:
    stages = [stage for stage in service.summary.stages if stage.share is not None and stage.n]
    if key != "lead_time" or not stages:
        return ""
    longest = max(stages, key=lambda stage: stage.share)
    # From git alone everything before the merge is one block; calling it coding would blame the wrong thing.
    split = any(stage.n for stage in service.summary.stages if stage.key == "waiting_for_review")
    name = STAGE_NAMES[longest.key] if split or longest.key != "coding" else "the time before the merge"
    return f", and {name} is the largest part of it ({present.share(longest.share)})"


def _instability(services: Sequence[Observed]) -> str:
    failing = _having(services, "change_fail_rate")
    if failing:
        service, worst = max(failing, key=lambda pair: pair[1].value)
        if worst.n == 0:
            return f"No deployment led to a known failure in {_listed([service.name for service, _ in failing])}."
        text = f"{present.headline(worst)} of deployments led to a failure in {service.name} ({present.counted(worst)})"
        recovery = service.summary.metrics["recovery_time"]
        if recovery.state == State.VALUE:
            return f"{text}, and recovery took {present.headline(recovery)} (median)."
        return f"{text}; recovery time: {present.headline(recovery)}."
    guessed = [pair for pair in _having(services, "change_fail_rate_inferred") if pair[1].n]
    if guessed:
        service, worst = max(guessed, key=lambda pair: pair[1].value)
        return (
            f"Reverts, rollbacks and hotfixes suggest that {worst.n} of {worst.of} deployments failed "
            f"in {service.name}, with low confidence."
        )
    if any(service.incidents_collected for service in services):
        return "There are too few deployments to say how often they fail."
    return "No revert, rollback or hotfix stands out, which does not mean that nothing failed."


def _unknown(services: Sequence[Observed]) -> str:
    blind = [service.name for service in services if not service.incidents_collected]
    if blind:
        return (
            f"No incidents have been collected for {_listed(blind)}: "
            "change fail rate and recovery time are not known there."
        )
    for service in services:
        cover = service.summary.coverage
        if cover.changes_merged and cover.changes_never_deployed > (1 - _MOSTLY) * cover.changes_merged:
            return (
                f"{cover.changes_never_deployed} of {cover.changes_merged} changes merged in {service.name} "
                "have not been deployed yet, so its lead time is not the whole story."
            )
    hidden = [service.name for service in services if service.summary.coverage.changes_first_commit_hidden]
    if hidden:
        return f"When work on a change began is hidden by squash or rebase merges in {_listed(hidden)}."
    loose = [service for service in services if service.summary.coverage.incidents_unlinked]
    if loose:
        counts = [f"{each.summary.coverage.incidents_unlinked} in {each.name}" for each in loose]
        return f"Some incidents could not be tied to a deployment: {_listed(counts)}."
    noted = [f"{service.name}: {service.notes[0].rstrip('.')}" for service in services if service.notes]
    if noted:
        return f"What the source could not tell: {_listed(noted)}."
    few = [(service.name, key) for service in services for key in _SHORT if _is_few(service, key)]
    if few:
        return f"There is too little to judge yet: {_listed([f'{_SHORT[key]} of {name}' for name, key in few])}."
    return "Every number of this window has enough behind it to be judged."


def _is_few(service: Observed, key: str) -> bool:
    return service.summary.metrics[key].state == State.TOO_FEW
