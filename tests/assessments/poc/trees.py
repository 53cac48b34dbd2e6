"""Small repositories with real blob names, a forge on which everything is well, and what a check says of them."""

from collections.abc import Mapping
from dataclasses import replace
from textwrap import dedent
from typing import Any

from assessments.evidence.snapshot import Entry, Kind, Snapshot
from assessments.poc import Check, Judgement, Known, Level, Poc, Protected, Source, run
from assessments.poc.judging import DAY, blob
from assessments.poc.known import (
    Artifact,
    Attestation,
    Deployment,
    Job,
    Referenced,
    Review,
    Run,
    Series,
    Settings,
    Spread,
)

COMMIT = "c" * 40
LISTED = "a" * 40
NOW = 20_000 * DAY
ORGANISATION = "shop/verification/.github/workflows"


def tree(files: Mapping[str, str | bytes | Entry], **parts: Any) -> Snapshot:
    """A snapshot of these texts at COMMIT; an Entry stands for itself, such as a link."""
    held: dict[str, bytes] = {}
    entries = []
    for path, text in files.items():
        if isinstance(text, Entry):
            entries.append(replace(text, path=path))
            continue
        content = text.encode() if isinstance(text, str) else text
        held[blob(content)] = content
        entries.append(Entry(path, blob(content), Kind.FILE, len(content)))
    parts = {"commit": COMMIT, "as_of": NOW} | parts
    return Snapshot(entries, lambda names: ((name, held.get(name)) for name in names), **parts)


def forge(**parts: Any) -> Known:
    """A forge that has been read and holds nothing but these facts."""
    base: dict[str, Any] = {
        "source": Source.FORGE,
        "default_branch": "main",
        "authors": frozenset({"author"}),
        "groups": {},
        "runs": (),
        "reviews": (),
        "deployments": (),
        "settings": Settings((), {}, 0, ()),
        "artifacts": {},
        "metrics": {},
        "attestations": (),
        "spread": (),
        "added": {},
        "removed": {},
        "begun": NOW - 30 * DAY,
    }
    return Known(**base | parts)


def judge(kind: str, params: dict, files: Mapping = {}, known: Known | None = None, **more: Any) -> Judgement:
    """What a check of that kind says. more: level, protected (texts by path), and parts of the snapshot."""
    protected = tuple(Protected(path, blob(text.encode())) for path, text in more.pop("protected", {}).items())
    check = Check("it", "It", kind, params, level=more.pop("level", Level.E1), hint="Do it.")
    return run(Poc("a/b", (check,), protected), tree(files, **more), known or forge()).of("it")


def outcome(kind: str, params: dict, files: Mapping = {}, known: Known | None = None, **more: Any) -> str:
    return str(judge(kind, params, files, known, **more).outcome)


def lines(text: str) -> str:
    return dedent(text).lstrip("\n")


# -- facts of a forge, from the plain values of an example -------------------------------------------------------------


def facts(plain: Mapping[str, Any]) -> Known:
    """A forge from plain values, as the examples in `proofs/` write them down. Days are counted from today."""
    parts: dict[str, Any] = {}
    groups = {name: frozenset(people) for name, people in plain.get("groups", {}).items()}
    runs = [made for each in plain.get("runs", ()) for made in _runs(each)]
    runs = [replace(each, id=each.id or number) for number, each in enumerate(runs, 100)]
    parts["groups"], parts["runs"] = groups, tuple(runs)
    parts["allowed"] = {f"{ORGANISATION}/{name}": frozenset({LISTED}) for name in plain.get("allowed", ())}
    parts["reviews"] = tuple(Review(**each) for each in plain.get("reviews", ()))
    parts["deployments"] = tuple(made for each in plain.get("deployments", ()) for made in _deployments(each))
    settings = {"required_checks": (), "reviewers": {}, "approvals": 0, "releases": ()} | plain.get("settings", {})
    settings["required_checks"] = tuple(settings["required_checks"])
    settings["releases"] = tuple(map(tuple, settings["releases"]))
    parts["settings"] = Settings(**settings)
    parts["artifacts"] = {
        name: Artifact(each["value"], each.get("run", 1)) for name, each in plain.get("artifacts", {}).items()
    }
    parts["metrics"] = {key: Series(**each) for key, each in plain.get("metrics", {}).items()}
    parts["attestations"] = tuple(
        Attestation(**{**each, "criteria": tuple(each.get("criteria", ()))}) for each in plain.get("attestations", ())
    )
    parts["spread"] = tuple(
        Spread(each["team"], each["poc"], Level[each["level"]] if each["level"] else None)
        for each in plain.get("spread", ())
    )
    for name in ("added", "removed"):
        parts[name] = {path: NOW + day * DAY for path, day in plain.get(name, {}).items()}
    return forge(**parts)


def _runs(each: Mapping[str, Any]) -> list[Run]:
    """`count` runs, one a day back from `day`; only the first of today is of the commit that is judged."""
    referenced = tuple(Referenced(f"{ORGANISATION}/{name}", sha) for name, sha in each.get("through", {}).items())
    made = []
    for back in range(each.get("count", 1)):
        day = each.get("day", 0) - back
        made.append(
            Run(
                id=each.get("id", 0),
                sha=COMMIT if day == 0 else f"{-day:040x}",
                workflow=each["workflow"],
                event=each.get("event", "push"),
                conclusion=each.get("conclusion", "success"),
                branch=each.get("branch", "main"),
                instant=NOW + day * DAY - 1,
                referenced=referenced,
                jobs=tuple(Job(*job) for job in each.get("jobs", {}).items()),
            )
        )
    return made


def _deployments(each: Mapping[str, Any]) -> list[Deployment]:
    states = tuple((state, NOW + int(minutes * 60_000_000)) for state, minutes in each["states"])
    made = Deployment(each.get("environment", "production"), states, each.get("workflow", ""))
    return [made] * each.get("count", 1)
