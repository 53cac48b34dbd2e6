"""The files of a repository at GitHub: which there are at the newest commit, and the text of those that are asked for.

Three kinds of request: where the default branch stands (one query), its tree with all that is below (one request), and
blobs by name, a hundred in one query. Nothing is unpacked or run, no link or submodule is followed, and what GitHub
does not give is said with the reason.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assessments.evidence import Entry, Kind, Unread
from assessments.evidence.snapshot import ENTRY_LIMIT, TEXT_LIMIT
from data.sources.github import errors, values
from data.sources.github.api import Answer, Api

MOST = 100  # blobs in one query
BYTES = 4 << 20  # of the blobs of one query, as the tree says
CUT = "GitHub gives only a part of so many files."
_SHA = re.compile(r"[0-9a-f]{40}")
_KINDS = {"100644": Kind.FILE, "100664": Kind.FILE, "100755": Kind.EXECUTABLE, "120000": Kind.SYMLINK}
#: In the place of what is no text: neither UTF-8 nor without a zero.
BINARY = b"\0\xff"

_HEAD = """
query($node: ID!) { node(id: $node) { ... on Repository {
  defaultBranchRef { name target { oid ... on Commit { committedDate } } } } } }
"""
_FILE = "\nfragment File on Blob { byteSize isBinary isTruncated text }"


@dataclass(frozen=True)
class Head:
    """Where the default branch stands. committed: microseconds."""

    commit: str
    committed: int
    branch: str


def head(api: Api, node: str, name: str) -> Head:
    """Of the repository with that id in GraphQL. Raises EmptyRepository, NotFound and what `Api.graphql` does."""
    answer = api.graphql(_HEAD, {"node": node}, f"files of {name}", partly=True)
    _refused(answer, name)
    found = values.need(answer.json, "node", dict, none=True)
    if found is None:
        raise errors.NotFound(f"There is no {name} at GitHub, or the token may not see it.")
    ref = values.need(found, "defaultBranchRef", dict, none=True)
    if ref is None:
        raise errors.EmptyRepository(f"{name} holds no commit yet.")
    target = values.need(ref, "target", dict)
    return Head(_sha(target, "oid"), values.moment(target, "committedDate", none=False), values.need(ref, "name", str))


def _refused(answer: Answer, name: str) -> None:
    for kind, _, message in answer.errors:
        if kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            raise errors.MissingPermission(
                f"The token may not read the files of {name} ({message}): give it contents (read)."
            )


def _sha(row: object, name: str) -> str:
    found = values.need(row, name, str)
    if not _SHA.fullmatch(found):
        raise errors.BadAnswer("What answers is not GitHub as documented: the name of a commit is none.")
    return found


def listing(api: Api, base: str, commit: str, name: str) -> tuple[list[Entry], str]:
    """All entries below that commit, and why they are not all (empty when they are). base: the path of the repository.
    Raises what `Api.get` does."""
    answer = api.get(f"{base}/git/trees/{commit}", {"recursive": "1"}, what=f"files of {name}")
    entries = []
    for row in values.rows(answer.json, "tree"):
        kind, path, sha = (values.need(row, each, str) for each in ("type", "path", "sha"))
        if kind == "tree" or not _SHA.fullmatch(sha):
            continue
        what = Kind.SUBMODULE if kind == "commit" else _KINDS.get(values.need(row, "mode", str), Kind.FILE)
        entries.append(Entry(path, sha, what, values.need(row, "size", int, none=True)))
    cut = values.need(answer.json, "truncated", bool) or len(entries) > ENTRY_LIMIT
    return entries[:ENTRY_LIMIT], CUT if cut else ""


class Shelf(Protocol):
    """Where contents are kept from one time to the next, by name."""

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]: ...

    def put(self, contents: Mapping[str, bytes]) -> None: ...


class Blobs:
    """Reads blobs by name, as `Snapshot` wants it: from the shelf, and what is not there from GitHub, many at once.

    What goes wrong on the way ends the reading of this and all later ones, and stands in `trouble`: probes take any
    exception for their own. `ask`: called before each request; what it raises is such trouble. `asked`, `calls`:
    blobs and requests so far.
    """

    def __init__(
        self, api: Api, node: str, name: str, entries: Iterable[Entry], shelf: Shelf, ask: Callable[[int], None]
    ):
        self._api, self._node, self._name, self._shelf, self._ask = api, node, name, shelf, ask
        self._sizes = {entry.sha: entry.size or 0 for entry in entries}
        self._most = MOST
        self.asked = self.calls = 0
        self.trouble: Exception | None = None

    def __call__(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | Unread | None]]:
        names = list(names)
        kept = self._shelf.get(names)
        yield from kept.items()
        left = [name for name in names if name not in kept]
        while left and self.trouble is None:
            batch = self._batch(left)
            try:
                found = self._fetched(batch)
            except Exception as error:
                self.trouble = error
                break
            left = left[len(batch) :] if found is not None else left
            yield from (found or {}).items()
        yield from ((name, Unread("no request was left to read it; check again")) for name in left)

    def _batch(self, names: list[str]) -> list[str]:
        size, batch = 0, []
        for name in names[: self._most]:
            size += self._sizes.get(name, 0)
            if batch and size > BYTES:
                break
            batch.append(name)
        return batch

    def _fetched(self, names: list[str]) -> dict[str, bytes | Unread] | None:
        """What GitHub gives of these; None where they were too many at once. What is whole is put on the shelf."""
        self._ask(self.asked)
        fields = "\n".join(f'b{place}: object(oid: "{name}") {{ ...File }}' for place, name in enumerate(names))
        query = f"query($node: ID!) {{ node(id: $node) {{ ... on Repository {{ {fields} }} }} }}{_FILE}"
        self.calls += 1
        try:
            answer = self._api.graphql(query, {"node": self._node}, f"files of {self._name}", partly=True)
        except errors.TooHeavy:
            if len(names) == 1:
                return {names[0]: Unread("GitHub does not give it")}
            self._most = max(1, len(names) // 2)
            return None
        _refused(answer, self._name)
        rows = values.need(answer.json, "node", dict, none=True)
        if rows is None:
            raise errors.NotFound(f"There is no {self._name} at GitHub, or the token may not see it.")
        broken = {path[1] for _, path, _ in answer.errors if len(path) > 1}
        found: dict[str, bytes | Unread] = {}
        for place, name in enumerate(names):
            row = values.need(rows, f"b{place}", dict, none=True)
            found[name] = _content(name, row, f"b{place}" in broken)
        self._shelf.put({name: each for name, each in found.items() if isinstance(each, bytes)})
        self.asked += len(names)
        return found


def _content(name: str, row: dict | None, is_broken: bool) -> bytes | Unread:
    """The bytes of a file. Text that GitHub had to turn into UTF-8 is no UTF-8 text, and stays none."""
    if not row:  # also of another kind than a blob
        return Unread("GitHub did not give it this time" if is_broken else "GitHub does not hold it any more")
    if row.get("isBinary"):
        return BINARY
    size, text = values.need(row, "byteSize", int), values.need(row, "text", str, none=True)
    if values.need(row, "isTruncated", bool) or size > TEXT_LIMIT:
        return Unread(f"it is larger than {TEXT_LIMIT // 1024} KB")
    if text is None:
        return BINARY
    for content in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        if hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == name:
            return content
    return text.encode() + b"\xff"
