"""What the checks of a proof of concept ask beside the files, so that nothing else is fetched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assessments.evidence import Snapshot
from assessments.evidence.reading.codeowners import PLACES
from assessments.poc import Check, Poc
from assessments.poc.engine import key_of, may_be_kept, wrong
from assessments.poc.kinds import kinds

_WHOLE_NAME = frozenset("*|?")


@dataclass(frozen=True)
class Needs:
    """reusable, jobs: patterns of reusable workflows, and of workflows whose jobs are asked for. history: the name of a
    workflow's file ("" for all) with the days that are looked at. shipping: deployments are asked for; shipped_by: of
    which workflow. artifacts: names of JSON files. groups: of people, as the checks name them; owners: those of
    CODEOWNERS too. approvals: the most that a check asks a branch to need; None when none does. added, removed: globs
    and paths whose coming and going matters. series: with the days that are asked for. days: the longest."""

    runs: bool = False
    reusable: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    history: tuple[tuple[str, int], ...] = ()
    shipping: bool = False
    shipped_by: bool = False
    artifacts: tuple[str, ...] = ()
    reviews: bool = False
    authors: bool = False
    groups: tuple[str, ...] = ()
    owners: bool = False
    required_checks: bool = False
    approvals: int | None = None
    reviewers: bool = False
    releases: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    days: int = 0
    attested: bool = False
    spread: bool = False


def sound(poc: Poc, skipped: Iterable[str] = ()) -> Poc:
    """With those checks alone for which something has to be looked at: neither skipped nor broken."""
    left_out = set(skipped)
    return replace(poc, checks=tuple(each for each in poc.checks if each.id not in left_out and not wrong(each)))


def needs(poc: Poc) -> Needs:
    """Of a sound one."""
    found: dict[str, object] = {}
    for check in poc.checks:
        _add(found, _of(check))
    return Needs(**found)


def _add(found: dict, more: Mapping) -> None:
    for name, value in more.items():
        if isinstance(value, tuple):
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *value)))
        elif isinstance(value, bool):
            found[name] = found.get(name, False) or value
        else:
            found[name] = max(found.get(name) or 0, value)


def _of(check: Check) -> dict:
    params = check.params
    if check.kind == "ci-run":
        return _of_runs(params)
    if check.kind == "artifact":
        return {"runs": True, "artifacts": (params["name"],), **_through(params)}
    if check.kind == "pr-review":
        groups = (params["group"],) if "group" in params else ()
        return {"reviews": True, "authors": True, "groups": groups, "owners": "owner_groups" in params}
    if check.kind == "repo-setting":
        found: dict = {"required_checks": "required_check" in params, "reviewers": "reviewers" in params}
        found |= {"approvals": params["approvals"]} if "approvals" in params else {}
        return found | {"releases": "release" in params}
    if check.kind == "metric":
        parts = [each for each in params.get("any", (params,)) if "series" in each]
        days = max((each.get("days", 0) for each in parts), default=0)
        return {"series": tuple(each["series"] for each in parts), "days": days}
    if check.kind == "attest":
        return {"spread": True} if "spread" in params else {"attested": True, "authors": True}
    return {"added": tuple(params["files"])} if "before_start" in params else {}


def _of_runs(params: Mapping) -> dict:
    if "commit" in params:
        wanted = params["commit"]
        own = (wanted.get("workflow", "*"),) if "job" in wanted and "reusable" not in wanted else ()
        return {"runs": True, "jobs": own, **_through(wanted)}
    if "history" in params:
        wanted = params["history"]
        name = wanted.get("workflow", "").rsplit("/", 1)[-1]
        return {"history": (("" if _WHOLE_NAME & set(name) else name, wanted["days"]),)}
    wanted = params["deployments"]
    gone = (wanted["after_removal_of"],) if "after_removal_of" in wanted else ()
    return {"shipping": True, "shipped_by": "workflow" in wanted, "removed": gone}


def _through(params: Mapping) -> dict:
    return {"reusable": (params["reusable"],)} if "reusable" in params else {}


def readable(poc: Poc, needs: Needs, snapshot: Snapshot, keys: Mapping[str, str], held: Iterable[str]) -> list[str]:
    """Files that checks will read: asked for all at once they cost far fewer requests. keys: under which judgements may
    be kept, by id of the check; held: those that are."""
    kept = set(held)
    found: dict[str, None] = {}
    if needs.reusable:
        found.update(dict.fromkeys(snapshot.find(".github/workflows/*.{yml,yaml}")))
    if needs.owners:
        found.update(dict.fromkeys(path for path in PLACES if path in snapshot.entries))
    for check in poc.checks:
        if check.kind == "hash" or keys.get(check.id) in kept or not (globs := globs_of(check)):
            continue
        found.update(dict.fromkeys(snapshot.find(*globs)))
    return list(found)


def globs_of(check: Check) -> tuple[str, ...]:
    """Of the files that a check looks at, beside protected ones."""
    return () if check.kind == "hash" else kinds()[check.kind].globs(check.params)


def keys(poc: Poc, snapshot: Snapshot) -> dict[str, str]:
    """Under which judgements may be kept, by id of the check; of those alone that rest on files."""
    return {check.id: key_of(check, poc, snapshot) for check in poc.checks if may_be_kept(check)}
