"""All checks of a proof of concept over one commit. Nothing of the repository is run; one that breaks stops no other.

What a judgement rests on is known, so it may be kept: the key of a check names the engine, the kind, the parameters and
the blobs of all files it may look at. While these are the same, `run` takes what was kept and reads nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from jsonschema import Draft202012Validator

from assessments.evidence.reading import Malformed
from assessments.evidence.snapshot import Snapshot, Spent
from assessments.poc.judging import DAY, Context, Kind, Open, unknown
from assessments.poc.kinds import kinds
from assessments.poc.known import Known, Settings, Source
from assessments.poc.model import Check, Judgement, Level, Outcome, Poc, Result, Results, Severity

#: Raised when the same files may now be judged otherwise.
VERSION = 2
#: Kinds whose facts are the portal's own, and not of the repository.
_OWN = ("metric", "attest")
#: Days after which an accepted check is judged again, and after which its evidence is stale.
AGAIN_AFTER, STALE_AFTER = 30, 90


def run(
    poc: Poc,
    snapshot: Snapshot,
    known: Known,
    *,
    held: Mapping[str, Judgement] | None = None,
    skipped: Mapping[str, str] | None = None,
) -> Results:
    """Judges every check. held: judgements kept from earlier runs, by key. skipped: reasons by id of checks that the
    team leaves out.

    Raises ValueError when a required check is to be skipped, or a reason is missing.
    """
    held, skipped = held or {}, skipped or {}
    _refuse_skipping(poc, skipped)
    known = without_forge(known) if known.source is Source.CLONE else known
    made: dict = {}
    results = [
        _result(check, poc, Context(snapshot, known, poc.protected, check.id, made), held, skipped)
        for check in poc.checks
    ]
    kept = {each.key: each.judgement for each in results if each.key and each.outcome in (Outcome.PASS, Outcome.FAIL)}
    return Results(poc.key, snapshot.commit, tuple(results), kept)


def without_forge(known: Known) -> Known:
    """A clone has no facts of a forge, whatever came along; when files came and went it knows by itself."""
    return replace(
        known, groups=None, runs=None, reviews=None, deployments=None, settings=Settings(), artifacts=None, allowed={}
    )


def freshness(judged: int, now: int) -> str:
    """Of an accepted check: `fresh`, `due` after 30 days, `stale` after 90. Both in microseconds."""
    days = (now - judged) / DAY
    return "stale" if days >= STALE_AFTER else "due" if days >= AGAIN_AFTER else "fresh"


def _refuse_skipping(poc: Poc, skipped: Mapping[str, str]) -> None:
    by_id = {check.id: check for check in poc.checks}
    for name, reason in skipped.items():
        if name not in by_id:
            raise ValueError(f"{poc.key} has no check {name} to be skipped.")
        if by_id[name].severity is Severity.REQUIRED:
            raise ValueError(f"{name} is required and cannot be skipped.")
        if not reason.strip():
            raise ValueError(f"Say why {name} is skipped.")


def _result(
    check: Check, poc: Poc, context: Context, held: Mapping[str, Judgement], skipped: Mapping[str, str]
) -> Result:
    if check.id in skipped:
        return Result(check, Judgement(Outcome.SKIPPED, skipped[check.id].strip()))
    kind = kinds().get(check.kind)
    if problem := wrong(check):
        return Result(check, Judgement(Outcome.ERROR, f"This check is broken: {problem}."))
    rests = looked_at(check, poc, context.snapshot)
    key = key_of(check, poc, context.snapshot, rests) if may_be_kept(check) else None
    if key is not None and key in held:
        return Result(check, held[key], key, rests, True)
    judged = _judged(kind, check, context)
    return Result(check, _levelled(judged, check, context.known), key, rests)


def may_be_kept(check: Check) -> bool:
    """Whether its judgement rests on files alone, and not on when they came either. Of a check that is not broken."""
    return kinds()[check.kind].files and "before_start" not in check.params


def wrong(check: Check) -> str:
    """What is wrong with a check itself; empty when nothing is."""
    kind = kinds().get(check.kind)
    if kind is None:
        return f"there is no kind {check.kind}"
    if problem := _misshapen(check.kind, json.dumps(check.params, sort_keys=True)):
        return problem
    if check.level > kind.reaches:
        return f"{check.kind} shows {kind.reaches} at most, and {check.level} is asked for"
    return ""


@lru_cache(maxsize=4096)
def _misshapen(kind: str, params: str) -> str:
    for error in Draft202012Validator(kinds()[kind].schema).iter_errors(json.loads(params)):
        place = ".".join(str(part) for part in error.absolute_path) or "its parameters"
        return f"{place}: {error.message[:200]}"
    return ""


def _judged(kind: Kind, check: Check, context: Context) -> Judgement:
    with context.snapshot.asking() as unread:
        try:
            judged = kind.judge(check.params, context)
        except Open as error:
            judged = error.judgement
        except Spent as error:
            judged = unknown(str(error))
        except Malformed as error:
            judged = unknown(f"It could not be told: {error}.")
        except Exception as error:
            return Judgement(
                Outcome.ERROR, f"This check failed by itself ({type(error).__name__}: {str(error)[:120]})."
            )
        return _settled(judged, dict(unread), context.snapshot.left_out)


def _settled(judged: Judgement, unread: dict[str, str], left_out: str) -> Judgement:
    """What a file that could not be read might change is unknown."""
    named = tuple(sorted(unread.items())[:20])
    judged = replace(judged, unread=named)
    if not judged.open or judged.outcome not in (Outcome.PASS, Outcome.FAIL):
        return judged
    if named:
        path, why = named[0]
        more = f", and {len(unread) - 1} more files" if len(unread) > 1 else ""
        text = f"{path} could not be read: {why}{more}."
        todo = f"Mend or replace {path}, so that it can be read, then check again."
        return replace(judged, outcome=Outcome.UNKNOWN, because=text, level=None, todo=todo)
    if left_out:
        text = f"Not all files were seen: {left_out}"
        return replace(
            judged, outcome=Outcome.UNKNOWN, because=text, level=None, todo="Check a clone of the repository."
        )
    return judged


def _levelled(judged: Judgement, check: Check, known: Known) -> Judgement:
    """Held against the level that is asked for; says what to do where nobody else did."""
    if judged.outcome is Outcome.PASS:
        level = judged.level or Level.E1
        if known.source is Source.CLONE and check.kind not in _OWN:
            level = min(level, Level.E1)
        judged = replace(judged, level=level)
        if level < check.level:
            text = f"{judged.because} That is {level}, and {check.level} is asked for."
            if known.source is Source.CLONE:
                todo = "A clone shows E1 at most: connect the repository at GitHub."
                return replace(judged, outcome=Outcome.UNKNOWN, because=text, todo=todo)
            return replace(judged, outcome=Outcome.FAIL, because=text, todo=check.hint)
        return judged
    return replace(judged, todo=judged.todo or check.hint)


def looked_at(check: Check, poc: Poc, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """(path, blob) of every file that a check may look at, by its parameters."""
    if check.kind == "hash":
        paths = [path for path in check.params["files"] if path in snapshot.entries]
    else:
        globs = kinds()[check.kind].globs(check.params)
        paths = [*snapshot.find(*globs), *snapshot.linked(*globs)] if globs else []
    return tuple(sorted((path, snapshot.entries[path].sha) for path in set(paths) if path in snapshot.entries))


def key_of(check: Check, poc: Poc, snapshot: Snapshot, rests: Iterable[tuple[str, str]] | None = None) -> str:
    """Under which a judgement may be kept: the same key means the same judgement. rests: what it looks at, where that
    is known."""
    rests = looked_at(check, poc, snapshot) if rests is None else rests
    kind = kinds()[check.kind]
    said = {
        "version": VERSION,
        "kind": check.kind,
        "with": check.params,
        "level": int(check.level),
        "hint": check.hint,
        "files": [(path, sha, str(snapshot.entries[path].kind)) for path, sha in rests],
        "protected": [(each.path, each.blob) for each in poc.protected] if check.kind == "hash" else [],
        "left out": snapshot.left_out,
        "day": None if snapshot.as_of is None or not kind.daily(check.params) else snapshot.as_of // DAY,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
