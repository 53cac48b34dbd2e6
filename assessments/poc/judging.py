"""What the kinds of checks share: what they look at, how they say what they found, and what a kind is."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.evidence.finding import PLACES, Evidence
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.documents import load_json
from assessments.evidence.reading.yamls import Map, Seq, load
from assessments.evidence.snapshot import Kind as Entry
from assessments.evidence.snapshot import Snapshot
from assessments.poc.known import Known, Refused, Source
from assessments.poc.model import Judgement, Level, Outcome, Protected

BASELINE = "docs/poc/baseline.yml"
DAY = 24 * 3600 * 1_000_000


class Open(Exception):
    """A check that cannot be decided; the judgement says why."""

    def __init__(self, judgement: Judgement):
        super().__init__(judgement.because)
        self.judgement = judgement


@dataclass(frozen=True)
class Context:
    """What a check may look at. id: its own. made: what was made of files so far, shared by the checks of a run."""

    snapshot: Snapshot
    known: Known
    protected: tuple[Protected, ...] = ()
    id: str = ""
    made: dict[tuple[str, str], Any] = field(default_factory=dict)

    def find(self, globs: Iterable[str]) -> tuple[str, ...]:
        """Paths of files that match; links and submodules with such names are noted as not read."""
        globs = tuple(globs)
        if not globs:
            return ()
        for path in self.snapshot.linked(*globs):
            self.snapshot.refuse(path, f"it is a {self.snapshot.entries[path].kind}, which is not followed")
        return self.snapshot.find(*globs)

    def texts(self, globs: Iterable[str]) -> Iterator[tuple[str, str]]:
        return self.snapshot.texts(self.find(globs))

    def documents(self, globs: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """(path, document) of YAML and JSON files, one by one where a file holds several. Broken ones are noted."""
        for path, found in self.read("documents", self.find(globs), documents):
            yield from ((path, each) for each in found)

    def read(self, name: str, paths: Iterable[str], reader: Callable[[str, str], Any]) -> Iterator[tuple[str, Any]]:
        """(path, what the reader makes of its text), each file read once for all checks. Broken ones are noted."""
        for path, text in self.snapshot.texts(paths):
            if (name, path) not in self.made:
                try:
                    self.made[name, path] = reader(path, text)
                except Malformed as error:
                    self.made[name, path] = error
            made = self.made[name, path]
            if isinstance(made, Malformed):
                self.snapshot.refuse(path, str(made))
            else:
                yield path, made

    def baseline(self, name: str) -> float:
        """A number that the team wrote down before it began. Raises Open when there is none."""
        for _, document in self.documents([BASELINE]):
            value = document.get(name) if isinstance(document, Map) else None
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return float(value)
        raise Open(unknown(f"{BASELINE} holds no number {name}.", todo=f"Measure {name} and commit it in {BASELINE}."))


@dataclass(frozen=True)
class Kind:
    """A kind of check. what: one sentence for authors. schema: of its parameters (JSON Schema 2020-12, every property
    with a description). reaches: the highest level it can show. globs: the files it looks at, of its parameters.
    files: whether it looks at nothing else, so that a judgement may be kept. daily: whether the day matters."""

    name: str
    what: str
    schema: Mapping[str, Any]
    reaches: Level
    judge: Callable[[Mapping[str, Any], Context], Judgement]
    globs: Callable[[Mapping[str, Any]], tuple[str, ...]] = field(default=lambda params: tuple(params.get("files", ())))
    files: bool = True
    daily: Callable[[Mapping[str, Any]], bool] = field(default=lambda params: False)


def passed(because: str, places: Iterable[Evidence] = (), *, level: Level = Level.E1, every: bool = False) -> Judgement:
    """every: it says something of all files, so that one that was not read leaves it open."""
    return Judgement(Outcome.PASS, because, _first(places), level, every)


def failed(because: str, places: Iterable[Evidence] = (), *, missing: bool = False, todo: str = "") -> Judgement:
    """missing: something was not found, so that a file that was not read leaves it open."""
    return Judgement(Outcome.FAIL, because, _first(places), None, missing, todo=todo)


def unknown(because: str, places: Iterable[Evidence] = (), *, todo: str = "", permission: str = "") -> Judgement:
    return Judgement(Outcome.UNKNOWN, because, _first(places), todo=todo, permission=permission)


def _first(places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(places))[:PLACES]


def collected(value: Any, what: str, known: Known, *, own: bool = False) -> Any:
    """The value, when it was collected. Raises Open when it was not, or the token may not read it. own: the portal
    knows it by itself, whatever the repository was read from."""
    if isinstance(value, Refused):
        raise Open(
            unknown(
                f"This token may not read {what}; it needs {value.permission}.",
                todo=f"Give the token the permission {value.permission}, then check again.",
                permission=value.permission,
            )
        )
    if value is None and known.source is Source.CLONE and not own:
        raise Open(
            unknown(
                f"A clone does not show {what}.",
                todo="Connect the repository at GitHub, and check its branch there.",
            )
        )
    if value is None:
        raise Open(unknown(f"It was not collected: {what}.", todo="Check again once the repository has been read."))
    return value


def documents(path: str, text: str) -> list[Any]:
    """The documents of a YAML or JSON file, as values that know their lines. Raises Malformed."""
    try:
        return load(text)
    except Malformed:
        if not path.lower().endswith(".json"):
            raise
    return [placed(load_json(text))]


def placed(value: Any) -> Any:
    """Plain values as those of the YAML reader, with unknown lines (0). Depth is limited by whoever read them."""
    if isinstance(value, dict):
        made = Map(0)
        for key, each in value.items():
            made[str(key)] = placed(each)
        return made
    if isinstance(value, list):
        listed = Seq(0)
        for each in value:
            listed.append(placed(each))
            listed.lines.append(0)
        return listed
    return value


def blob(content: bytes) -> str:
    """The name that git gives a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def changed(context: Context, paths: Iterable[str] | None = None) -> list[Evidence]:
    """Protected files that are not as they were handed out, all or those of these paths. Raises Open when one cannot be
    seen."""
    wanted = None if paths is None else set(paths)
    found = []
    for each in context.protected:
        if wanted is not None and each.path not in wanted:
            continue
        entry = context.snapshot.entries.get(each.path)
        if entry is None:
            if context.snapshot.left_out:
                raise Open(unknown(f"{each.path} was not seen: {context.snapshot.left_out}"))
            found.append(Evidence(each.path, None, "it is missing"))
        elif entry.kind not in (Entry.FILE, Entry.EXECUTABLE):
            found.append(Evidence(each.path, None, f"it is a {entry.kind}"))
        elif _name(context, each.path, entry.sha) != each.blob.lower():
            found.append(Evidence(each.path, None, "its content was changed"))
    return found


def _name(context: Context, path: str, sha: str) -> str:
    """The sha-1 name of a file's content, which the tree knows unless the repository uses another."""
    if re.fullmatch(r"[0-9a-f]{40}", sha):
        return sha
    for _, content in context.snapshot.pass_over([path]):
        return blob(content)
    raise Open(unknown(f"{path} could not be read, so nobody knows whether it was changed."))


def number(value: float) -> str:
    """As shown in a sentence."""
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def counted(count: int, one: str, many: str, none: str = "No") -> str:
    """'No person', '1 person', '2 people', as a sentence begins."""
    return f"{count or none} {one if count < 2 else many}"


def span(params: Mapping[str, Any], value: float) -> str:
    """What is wrong with a count that must lie between `min` and `max`; empty when nothing is."""
    if value < params.get("min", value):
        return f"at least {params['min']}"
    return f"at most {params['max']}" if value > params.get("max", value) else ""
