"""The example repositories of proofs of concept, held against their own checks.

content/tracks/<track>/pocs/<poc>/stub/        every required check of its files fails
content/tracks/<track>/pocs/<poc>/exemplar/    all of them pass
content/tracks/<track>/pocs/<poc>/near/<check>[--what]/    files put over the exemplar; exactly that check fails.
                                               A file `_removed` names paths that are taken away, one a line.
"""

from collections.abc import Iterator
from pathlib import Path

from assessments.evidence import Entry, Kind, Snapshot
from assessments.poc import Known, Outcome, Poc, Results, Severity, Source, read_poc, run
from assessments.poc.engine import may_be_kept
from assessments.poc.judging import blob
from content import catalog

#: Near misses of each proof of concept that is offered to teams.
NEAR = 3
REMOVED = "_removed"


def problems(root: Path) -> list[str]:
    """Everything in the example repositories below that folder of content that is not what it must be, one line each.
    The content itself must be right. Tracks that are offered (beta, active) must have them."""
    found = []
    with catalog.at(root):
        for slug, track in catalog.tracks().items():
            for name, data in catalog.pocs(slug).items():
                place = f"tracks/{slug}/pocs/{name}"
                offered = track["status"] in ("beta", "active")
                found += [f"{place}/{line}" for line in of_poc(root / place, read_poc(f"{slug}/{name}", data), offered)]
    return found


def of_poc(folder: Path, poc: Poc, offered: bool) -> Iterator[str]:
    """The same for the one proof of concept whose examples lie in that folder."""
    parts = {name: folder / name for name in ("stub", "exemplar", "near")}
    for name, path in parts.items():
        if offered and not path.is_dir():
            yield f"{name}: it is not there, and the track is offered to teams"
    if parts["stub"].is_dir():
        results = _judged(poc, _files(parts["stub"]))
        for each in results.results:
            if each.check.severity is Severity.REQUIRED and each.outcome is not Outcome.FAIL:
                yield f"stub: {each.check.id} does not fail ({each.outcome}): {each.judgement.because}"
    if not parts["exemplar"].is_dir():
        return
    exemplar = _files(parts["exemplar"])
    for each in poc.protected:
        if each.path not in exemplar or blob(exemplar[each.path]) != each.blob:
            name = blob(exemplar[each.path]) if each.path in exemplar else "not there"
            yield f"exemplar: {each.path} is {name}, and starter.protected says {each.blob}"
    for each in _judged(poc, exemplar).results:
        if each.outcome is not Outcome.PASS:
            yield f"exemplar: {each.check.id} does not pass ({each.outcome}): {each.judgement.because}"
    near = sorted(path for path in parts["near"].iterdir() if path.is_dir()) if parts["near"].is_dir() else []
    if offered and len(near) < NEAR:
        yield f"near: there are {len(near)} near misses, and {NEAR} are needed"
    for path in near:
        yield from _near(path, poc, exemplar)


def _near(path: Path, poc: Poc, exemplar: dict[str, bytes]) -> Iterator[str]:
    aim = path.name.split("--")[0]
    if aim not in {check.id for check in static(poc).checks}:
        yield f"near/{path.name}: {aim} is no check of files"
        return
    over = _files(path)
    gone = set(over.pop(REMOVED, b"").decode("utf-8", "replace").split("\n"))
    results = _judged(poc, {name: text for name, text in (exemplar | over).items() if name not in gone})
    odd = [each.check.id for each in results.results if each.outcome is not Outcome.PASS]
    if odd != [aim]:
        yield f"near/{path.name}: it fails {', '.join(odd) or 'nothing'}, and not {aim} alone"
    elif results.of(aim).outcome is not Outcome.FAIL:
        yield f"near/{path.name}: {aim} is {results.of(aim).outcome} and does not fail: {results.of(aim).because}"


def static(poc: Poc) -> Poc:
    """With those checks alone that files decide."""
    return Poc(poc.key, tuple(check for check in poc.checks if may_be_kept(check)), poc.protected)


def _judged(poc: Poc, files: dict[str, bytes]) -> Results:
    held = {blob(content): content for content in files.values()}
    entries = [Entry(path, blob(content), Kind.FILE, len(content)) for path, content in files.items()]
    snapshot = Snapshot(entries, lambda names: ((name, held.get(name)) for name in names))
    return run(static(poc), snapshot, Known(source=Source.CLONE))


def _files(folder: Path) -> dict[str, bytes]:
    """Regular files by path; links are not followed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
