"""A repository at one commit, as probes see it: names of files, and their text when somebody asks for it.

Nothing here touches a disk or a network. Whoever builds a snapshot gives the list of entries and a function that reads
blobs by name. A repository is hostile: symbolic links and submodules are named and never followed, sizes and counts are
limited, and what could not be read is kept with the reason, so that no probe takes silence for absence.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from assessments.evidence.facts import Facts
from assessments.evidence.history import History

#: Bytes of one file that is read as text.
TEXT_LIMIT = 512 * 1024
#: Readings of files, and bytes read, for one repository; a file that is not kept counts again.
COUNT_LIMIT, BYTES_LIMIT = 60_000, 512 * 1024 * 1024
#: Files listed. Beyond, the listing is cut and says so.
ENTRY_LIMIT = 200_000
#: Blobs asked for at once.
BATCH = 500
#: Bytes of text kept for further probes. What is read once by all, file after file, is not kept.
KEPT = 48 * 1024 * 1024

#: Folders of code that somebody else maintains.
VENDORED = re.compile(
    r"(^|/)(vendor|vendored|third[-_]party|thirdparty|external|externals|deps|node_modules|bower_components|\.yarn|"
    r"site-packages|\.venv|venv|Pods|Godeps|_vendor)/",
    re.IGNORECASE,
)

_SAMPLE = re.compile(
    r"(^|/)(tests?|testing|testdata|test-data|__tests?__|spec|specs|fixtures?|__fixtures__|testfixtures|"
    r"examples?|samples?|demos?|e2e|mocks?|templates?|cookiecutter[^/]*|\{\{[^/]*|benchmarks?|tutorials?)/",
    re.IGNORECASE,
)


def sample(path: str) -> bool:
    """Whether a path lies in a folder of tests, examples or templates rather than of what the team runs. Below
    `src/main/` folders are packages, which may have such names."""
    return _of_samples(path.rpartition("/")[0])


def vendored(path: str) -> bool:
    """Whether a path lies in a folder of code that somebody else maintains."""
    return _of_others(path.rpartition("/")[0])


# There are far fewer folders than files, and both are asked for every file, many times.


@lru_cache(maxsize=16_384)
def _of_samples(folder: str) -> bool:
    return bool(_SAMPLE.search(f"{folder}/".partition("src/main/")[0]))


@lru_cache(maxsize=16_384)
def _of_others(folder: str) -> bool:
    return bool(VENDORED.search(f"{folder}/"))


class Kind(StrEnum):
    FILE = "file"
    EXECUTABLE = "executable"
    SYMLINK = "symbolic link"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the tree. sha: of its blob (the commit, for a submodule). size: bytes; None when not known."""

    path: str
    sha: str
    kind: Kind = Kind.FILE
    size: int | None = None


class Unread(Exception):
    """A file that cannot be read; the text says why."""


class Spent(Exception):
    """Time or amount set aside for one repository is used up."""


#: Reads blobs by name: (name, content) in any order; content is None when it is not held, and Unread where another
#: reason is known. Content may be cut at a limit.
Reader = Callable[[Iterable[str]], Iterator[tuple[str, bytes | Unread | None]]]


class Snapshot:
    """A repository at a commit. `as_of`: microseconds since 1970 at which it is looked at. `left_out`: why the entries
    are not all, one sentence. `facts` and `history` are None when they were not collected. `swept`: files and bytes up
    to which all of them are looked through, where reading each costs something."""

    def __init__(
        self,
        entries: Iterable[Entry],
        read: Reader,
        *,
        commit: str = "",
        as_of: int | None = None,
        facts: Facts | None = None,
        history: History | None = None,
        left_out: str = "",
        swept: tuple[int, int] = (COUNT_LIMIT, BYTES_LIMIT),
    ):
        listed = sorted(entries, key=lambda entry: entry.path)
        if len(listed) > ENTRY_LIMIT:
            left_out = left_out or f"it has {len(listed):,} files, and the first {ENTRY_LIMIT:,} were looked at."
            listed = listed[:ENTRY_LIMIT]
        self.entries: dict[str, Entry] = {entry.path: entry for entry in listed}
        self.commit, self.as_of, self.facts, self.history, self.left_out = commit, as_of, facts, history, left_out
        self._read, self._swept = read, swept
        self._stop: Callable[[], bool] = lambda: False
        self._texts: dict[str, str | Unread] = {}
        self._kept = 0
        self._count = 0
        self._bytes = 0
        self._asked: dict[str, str] = {}
        self._made: dict[Any, tuple[Any, dict[str, str]]] = {}
        self._found: dict[tuple, tuple[str, ...]] = {}

    # -- names ------------------------------------------------------------------------------------------------------

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Paths of regular files that the team maintains: without what lies in folders of other people's code."""
        regular = (Kind.FILE, Kind.EXECUTABLE)
        return tuple(path for path, each in self.entries.items() if each.kind in regular and not vendored(path))

    @cached_property
    def _lines(self) -> list[str]:
        return [path if "\n" not in path else path.replace("\n", "?") for path in self.own]

    @cached_property
    def _listing(self) -> str:
        return "\n".join(self._lines)

    @cached_property
    def _links(self) -> str:
        kinds = (Kind.SYMLINK, Kind.SUBMODULE)
        return "\n".join(path for path, each in self.entries.items() if each.kind in kinds)

    @cached_property
    def _by_end(self) -> dict[str, list[int]]:
        """Places among `_lines` by file name, and by ending with its dot, without regard to case."""
        found: dict[str, list[int]] = {}
        for place, path in enumerate(self._lines):
            name = path.rpartition("/")[2].casefold()
            found.setdefault(name, []).append(place)
            dot = name.rfind(".")
            if dot > 0:  # else the name is its own ending
                found.setdefault(name[dot:], []).append(place)
        return found

    def find(self, *globs: str) -> tuple[str, ...]:
        """Own paths that match one of the globs, without regard to case, in order. `*` and `?` stop at a slash, `**/`
        is any number of folders, `{a,b}` one of several. Symbolic links are not found: they hold no text of their own.
        """
        if globs not in self._found:
            ends = _ends(globs)
            if ends is None:
                found = [match[0] for match in _pattern(globs).finditer(self._listing)]
            else:
                places = sorted({place for end in ends for place in self._by_end.get(end, ())})
                whole = _whole(globs)
                found = [path for path in (self._lines[place] for place in places) if whole.fullmatch(path)]
            self._found[globs] = tuple(path for path in found if path in self.entries)
        return self._found[globs]

    def active(self, *globs: str) -> tuple[str, ...]:
        """As `find`, without tests, examples and templates: what the team itself runs."""
        return tuple(path for path in self.find(*globs) if not sample(path))

    def linked(self, *globs: str) -> tuple[str, ...]:
        """Symbolic links and submodules with such names."""
        return tuple(match[0] for match in _pattern(globs).finditer(self._links)) if self._links else ()

    # -- texts ------------------------------------------------------------------------------------------------------

    def text(self, path: str) -> str:
        """The text of one file. Raises Unread, which is also kept as the reason why."""
        for _, text in self.texts([path]):
            return text
        raise Unread(self._asked[path])

    def texts(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(path, text) of those that can be read, in order; the others are kept with the reason why."""
        paths = list(paths)
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            read = dict(self._load(path for path in batch if path not in self._texts))
            for path, text in read.items():
                self._keep(path, text)
            for path in batch:
                text = self._texts.get(path) or read.get(path, "")
                if isinstance(text, Unread):
                    self._asked[path] = str(text)
                else:
                    yield path, text

    def _keep(self, path: str, text: "str | Unread") -> None:
        size = 0 if isinstance(text, Unread) else len(text)
        if self._kept + size <= KEPT:
            self._texts[path] = text
            self._kept += size

    def pass_over(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """(path, content) of those that can be read, keeping none. What is no text is left out without a word; what
        is too large is kept with the reason why. Raises Spent, reading none, where these are more than are swept."""
        paths = list(paths)
        size = sum(self.entries[path].size or 0 for path in paths if path in self.entries)
        if len(paths) > self._swept[0] or size > self._swept[1]:
            raise Spent(f"Its {len(paths):,} files are more than are looked through without a clone.")
        for path, content in self._contents(paths):
            if isinstance(content, Unread):
                self._asked[path] = str(content)
            elif b"\0" not in content[:8192]:
                yield path, content

    def refuse(self, path: str, why: str) -> None:
        """Notes that a file was read and could not be understood."""
        self._asked[path] = why

    def _load(self, paths: Iterable[str]) -> Iterator[tuple[str, str | Unread]]:
        for path, content in self._contents(paths):
            if isinstance(content, Unread):
                yield path, content
                continue
            try:
                yield path, content.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield path, Unread("it is not UTF-8 text")

    def _contents(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unread]]:
        """Each path once, with what it holds or why not."""
        wanted: dict[str, list[str]] = {}
        sizes: dict[str, int] = {}
        for path in dict.fromkeys(paths):
            entry = self.entries.get(path)
            if refusal := _refusal(entry):
                yield path, Unread(refusal)
            else:
                wanted.setdefault(entry.sha, []).append(path)
                sizes[entry.sha] = entry.size or 0
        names = list(wanted)
        for start in range(0, len(names), BATCH):
            if self._stop():
                raise Spent("The time for one repository was over before this was looked at.")
            batch = names[start : start + BATCH]
            self._count += len(batch)
            self._bytes += sum(sizes[name] for name in batch)
            if self._count > COUNT_LIMIT or self._bytes > BYTES_LIMIT:
                raise Spent("More files than are read of one repository would be needed to tell.")
            left = set(batch)
            for name, content in self._read(batch):
                left.discard(name)
                for path in wanted.get(name, ()):
                    if isinstance(content, Unread):
                        yield path, content
                    elif content is None:
                        yield path, Unread("it is not held in this clone")
                    elif len(content) > TEXT_LIMIT:
                        yield path, Unread(f"it is larger than {TEXT_LIMIT // 1024} KB")
                    else:
                        yield path, content
            for name in left:
                yield from ((path, Unread("it is not held in this clone")) for path in wanted[name])

    # -- what probes share --------------------------------------------------------------------------------------------

    def once(self, make: Callable[["Snapshot"], Any]) -> Any:
        """What `make` makes of this snapshot, made once. Whoever asks again is told again what could not be read."""
        if make not in self._made:
            with self.asking() as unread:
                value = make(self)
            self._made[make] = (value, dict(unread))
        value, unread = self._made[make]
        self._asked.update(unread)
        return value

    @contextmanager
    def asking(self) -> Iterator[dict[str, str]]:
        """Collects why, by path, of what cannot be read meanwhile."""
        outer, inner = self._asked, {}
        self._asked = inner
        try:
            yield inner
        finally:
            self._asked = outer
            outer.update(inner)

    @contextmanager
    def until(self, stop: Callable[[], bool]) -> Iterator[None]:
        """Reading ends with Spent once `stop` says yes."""
        before, self._stop = self._stop, stop
        try:
            yield
        finally:
            self._stop = before


def _refusal(entry: Entry | None) -> str:
    if entry is None:
        return "there is no such file"
    if entry.kind in (Kind.SYMLINK, Kind.SUBMODULE):
        return f"it is a {entry.kind}, which is not followed"
    if entry.size is not None and entry.size > TEXT_LIMIT:
        return f"it is larger than {TEXT_LIMIT // 1024} KB"
    return ""


@lru_cache(maxsize=4096)
def _pattern(globs: tuple[str, ...]) -> re.Pattern:
    return re.compile(f"(?im)^(?:{'|'.join(map(_translate, globs))})$")


@lru_cache(maxsize=4096)
def _whole(globs: tuple[str, ...]) -> re.Pattern:
    return re.compile(f"(?i)(?:{'|'.join(map(_translate, globs))})")


@lru_cache(maxsize=4096)
def _ends(globs: tuple[str, ...]) -> tuple[str, ...] | None:
    """File names, or endings with their dot, of which whatever matches has one; None when that cannot be told."""
    found: list[str] = []
    for glob in globs:
        for plain in _without_braces(glob):
            name = plain.rpartition("/")[2].casefold()
            fixed = re.split(r"[*?]", name)[-1] if re.search(r"[*?]", name) else name
            if fixed != name:
                dot = fixed.rfind(".")
                if dot < 0 or not name:
                    return None
                fixed = fixed[dot:]
            if not fixed:
                return None
            found.append(fixed)
    return tuple(dict.fromkeys(found))


def _without_braces(glob: str) -> list[str]:
    """The globs that one with braces stands for; itself where braces are not of the simple kind."""
    waiting, found = [glob], []
    while waiting:
        each = waiting.pop()
        inner = re.search(r"\{([^{}]*)\}", each)
        if inner is None:
            found.append(each)
        else:
            waiting += [f"{each[: inner.start()]}{part}{each[inner.end() :]}" for part in inner[1].split(",")]
    return found


def _translate(glob: str) -> str:
    out, at, depth = [], 0, 0
    while at < len(glob):
        letter = glob[at]
        if glob.startswith("**/", at):
            out.append("(?:[^\n]*/)?")
            at += 3
            continue
        if glob.startswith("**", at):
            out.append("[^\n]*")
            at += 2
            continue
        if letter == "*":
            out.append("[^/\n]*")
        elif letter == "?":
            out.append("[^/\n]")
        elif letter == "{":
            out.append("(?:")
            depth += 1
        elif letter == "}" and depth:
            out.append(")")
            depth -= 1
        elif letter == "," and depth:
            out.append("|")
        else:
            out.append(re.escape(letter))
        at += 1
    return "".join(out)


def of_texts(texts: Mapping[str, str | bytes], **parts: Any) -> Snapshot:
    """A snapshot of texts held in memory, for examples and tests."""
    held = {path: text.encode() if isinstance(text, str) else text for path, text in texts.items()}
    entries = [Entry(path, f"blob:{path}", Kind.FILE, len(content)) for path, content in held.items()]
    by_name = {f"blob:{path}": content for path, content in held.items()}
    return Snapshot(entries, lambda names: ((name, by_name.get(name)) for name in names), **parts)
