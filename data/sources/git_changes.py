"""From trunk commits to changes: pull requests seen in merge and squash messages, direct pushes, and reverts."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from zlib import compress, decompress

from data.sources.git_command import Git, Unsettled
from data.sources.git_graph import Graph
from data.sources.git_messages import Message, parse

#: A change that touches more files is taken to touch everything: its list is not kept.
PATH_LIMIT = 2_000

#: Reverts kept of one change.
REVERT_LIMIT = 200

#: How often reading paths goes on after a commit whose trees are not held.
PATH_RETRIES = 20

AUTHOR_TIME = re.compile(rb"^author .*?(-?[0-9]+) [+-][0-9]+$", re.MULTILINE)
COMMITTER_TIME = re.compile(rb"^committer .*?(-?[0-9]+) [+-][0-9]+$", re.MULTILINE)
ENCODING = re.compile(rb"^encoding (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Commit:
    """What is kept of one commit object. Times are seconds since 1970, None where the object holds none."""

    authored: int | None
    committed: int | None
    message: Message


@dataclass(slots=True)
class Change:
    """One trunk commit as a change, before it becomes a row. `reverts` as in assessments.delivery.facts.CHANGES."""

    change_id: str
    number: int | None
    title: str
    sha: str
    position: int
    authored: int | None
    merged: int | None
    reverts: list[str]
    merge: bool
    side_pull_requests: int
    paths: list[str] | None = None


@dataclass
class Numbers:
    """Pull request numbers met on trunk so far, and the position of the first change of each met in this read."""

    met: set[int] = field(default_factory=set)
    positions: dict[int, int] = field(default_factory=dict)

    def pack(self) -> str:
        """The numbers met as a short text for a cursor: bit n is set for number n."""
        bits = bytearray(max(self.met, default=0) // 8 + 1)
        for number in self.met:
            bits[number // 8] |= 1 << number % 8
        return b64encode(compress(bytes(bits))).decode("ascii")

    @classmethod
    def unpack(cls, text: str) -> "Numbers":
        bits = decompress(b64decode(text))
        return cls({8 * place + bit for place, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1})


def parse_commit(content: bytes) -> Commit:
    """Reads a raw commit object; never raises, whatever its bytes."""
    head, _, text = content.partition(b"\n\n")
    encoding = ENCODING.search(head)
    try:
        message = text.decode(encoding[1].decode("ascii") if encoding else "utf-8", "replace")
    except (LookupError, UnicodeError, ValueError):
        message = text.decode("utf-8", "replace")
    return Commit(_time(AUTHOR_TIME, head), _time(COMMITTER_TIME, head), parse(message))


def _time(pattern: re.Pattern, head: bytes) -> int | None:
    found = pattern.search(head)
    return int(found[1]) if found and len(found[1]) < 19 else None


def read_changes(
    git: Git,
    graph: Graph,
    start: int,
    cut: frozenset[str],
    numbers: Numbers,
    progress: Callable[[int], None] = lambda count: None,
) -> tuple[list[Change], int]:
    """Changes at trunk positions from `start` on, oldest first, and how many commit objects were read for them.

    `cut` are the commits of a shallow clone whose parents were cut off; `numbers` grows.
    Raises Unsettled when a commit is not there.
    """
    changes: list[Change] = []
    wanted = (
        (position, [graph.trunk[position], *graph.brought(position)]) for position in range(start, len(graph.trunk))
    )
    groups = list(wanted)
    contents = git.objects(graph.shas[commit] for _, group in groups for commit in group)
    read = 0
    for position, group in groups:
        commits = []
        for commit in group:
            sha, kind, content = next(contents, ("", "missing", b""))
            if kind != "commit" or sha != graph.shas[commit]:
                raise Unsettled(
                    f"{git.path} lacks commit {graph.shas[commit][:12]}: run `git fsck` there or clone anew."
                )
            commits.append(parse_commit(content))
        read += len(group)
        hidden = any(graph.shas[commit] in cut for commit in group)
        changes.append(_change(graph, position, commits, hidden, numbers))
        if not position % 500:
            progress(read)
    for _ in contents:  # lets git end by itself
        pass
    return changes, read


def _change(graph: Graph, position: int, commits: list[Commit], hidden: bool, numbers: Numbers) -> Change:
    top, *side = commits
    sha = graph.shas[graph.trunk[position]]
    number = top.message.number
    merge = len(graph.parents[graph.trunk[position]]) > 1
    change_id = sha if number is None else f"#{number}"
    if number in numbers.met:
        change_id = f"#{number}@{sha[:7]}"
    elif number is not None:
        numbers.met.add(number)
        numbers.positions[number] = position
    return Change(
        change_id=change_id,
        number=number,
        title=top.message.title or "(no title)",
        sha=sha,
        position=position,
        authored=None if hidden else _authored(top, side, number),
        merged=top.committed,
        reverts=_reverts(graph, position, change_id, [commit.message for commit in commits], numbers),
        merge=merge,
        side_pull_requests=sum(commit.message.number is not None for commit in side),
    )


def _authored(top: Commit, side: list[Commit], number: int | None) -> int | None:
    """When the first commit was written: of a merge, the earliest it brought in; unknown for a squash or a rebase."""
    times = [commit.authored for commit in side if commit.authored is not None]
    if times:
        return min(times)
    return top.authored if number is None else None


def _reverts(graph: Graph, position: int, own_id: str, messages: list[Message], numbers: Numbers) -> list[str]:
    """What a change reverts, each once: the trunk commit that brought the reverted one, else as stated.

    A commit and its revert inside one change undo nothing that was ever shipped, and are left out.
    """
    stated = [target for message in messages for target in message.reverts]
    stated = stated or [message.reverts_hint for message in messages if message.reverts_hint]
    found: dict[int | str, str] = {}
    for target in dict.fromkeys(stated):
        if target.startswith("#"):
            at = numbers.positions.get(int(target[1:]))
            if target == own_id or at == position:
                continue
            found.setdefault(target if at is None else at, target)
        else:
            at = graph.position_bringing(target)
            if at is None:
                found.setdefault(target, target)
            elif at < position:
                found[at] = graph.shas[graph.trunk[at]]
    return list(found.values())[:REVERT_LIMIT]


def read_paths(git: Git, graph: Graph, changes: Iterable[Change], cut: frozenset[str]) -> tuple[int, int]:
    """Fills in which files each change touches against its first parent; null where that is not known or too many.

    Returns how many are unknown because trees are missing, and how many touch more than PATH_LIMIT files.
    """
    waiting = [change for change in changes if change.sha not in cut]
    unknown = many = 0
    for _ in range(PATH_RETRIES):
        done = 0
        try:
            for change, paths in _touched(git, graph, waiting):
                change.paths = paths
                many += paths is None
                done += 1
        except Unsettled:
            unknown += 1
            done += 1  # the one whose tree is not held
        waiting = waiting[done:]
        if not waiting:
            return unknown, many
    return unknown + len(waiting), many


def _touched(git: Git, graph: Graph, changes: list[Change]):
    """(change, files it touches) for each in order; None where there are more than PATH_LIMIT."""
    names = []
    for change in changes:
        parents = graph.parents[graph.trunk[change.position]]
        names.append(" ".join([change.sha, *(graph.shas[parent] for parent in parents[:1])]))
    options = ["--stdin", "-r", "--root", "--always", "--name-only", "--no-renames", "--no-relative", "-z"]
    with git.stream("diff-tree", *options, "--no-ext-diff", "--no-textconv", names=names) as output:
        following = iter(changes)
        expected = next(following, None)
        current, paths, count = None, [], 0
        texts: dict[bytes, str] = {}  # the same path comes again and again: one text for all
        for token in _tokens(output):
            if expected and token == expected.sha.encode():
                if current:
                    yield current, paths if count <= PATH_LIMIT else None
                current, paths, count = expected, [], 0
                expected = next(following, None)
                git.stop_if_cancelled()
                continue
            count += 1
            if count <= PATH_LIMIT:
                paths.append(texts.get(token) or texts.setdefault(token, token.decode("utf-8", "replace")))
        if current:
            yield current, paths if count <= PATH_LIMIT else None


def _tokens(output):
    """NUL-terminated pieces of a stream, without holding it."""
    rest = b""
    while block := output.read1(1 << 16):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
