"""A clone at a commit as a snapshot for probes. Nothing is checked out, and no program of the repository is run."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from assessments.evidence import Entry, Kind, Snapshot
from assessments.evidence.facts import Facts
from assessments.evidence.snapshot import ENTRY_LIMIT
from data.evidence.past import read_history
from data.sources.git_command import Git, GitError
from data.sources.git_refs import choose_trunk, locate

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_KINDS = {"100644": Kind.FILE, "100664": Kind.FILE, "100755": Kind.EXECUTABLE, "120000": Kind.SYMLINK}
_COMMITTED = re.compile(rb"^committer .*?(-?[0-9]{1,14}) [+-][0-9]+$", re.MULTILINE)


def open_clone(path: Path | str, cancelled: Callable[[], bool] = lambda: False) -> Git:
    """The clone at that folder. Raises GitError when there is none, or it may not be read."""
    git = Git(Path(path), cancelled)
    locate(git)
    return git


def head_of(git: Git) -> str:
    """The newest commit of its default branch. Raises EmptyRepository when there is none."""
    return choose_trunk(git).head


def take(
    git: Git, commit: str | None = None, *, facts: Facts | None = None, as_of: int | None = None, history: bool = True
) -> Snapshot:
    """The files of that commit (the newest of the default branch), with what the history adds.

    commit: at least seven digits of its name. as_of: microseconds at which it is looked at; the time of the commit
    when not given. Raises GitError when there is no such commit.
    """
    sha = resolved(git, commit) if commit else head_of(git)
    committed = committed_at(git, sha)
    entries, left_out = listing(git, sha)
    return Snapshot(
        entries,
        reader(git),
        commit=sha,
        as_of=committed if as_of is None else as_of,
        facts=facts,
        history=read_history(git, sha, committed) if history else None,
        left_out=left_out,
    )


def resolved(git: Git, commit: str) -> str:
    """The whole name of a commit, from at least seven digits of it. Raises GitError when there is none."""
    sha = None
    if _COMMIT.fullmatch(commit):
        sha = git.one("rev-parse", "--verify", "-q", f"{commit}^{{commit}}")
    if not sha:
        raise GitError(f"{git.path} holds no commit {commit[:80]}: give at least seven digits of a commit's name.")
    return sha


def committed_at(git: Git, sha: str) -> int:
    """When a commit was made, in microseconds. Raises GitError."""
    for _, kind, content in git.objects([sha]):
        found = _COMMITTED.search(content.partition(b"\n\n")[0])
        if kind == "commit" and found:
            return int(found[1]) * 1_000_000
    raise GitError(f"Commit {sha[:12]} of {git.path} is not held or is damaged: run `git fsck` there or clone anew.")


def listing(git: Git, sha: str) -> tuple[list[Entry], str]:
    """All entries of a commit's tree, and why they are not all (empty when they are)."""
    entries: list[Entry] = []
    with git.stream("ls-tree", "-r", "-l", "-z", "--full-tree", sha) as output:
        for token in _tokens(output):
            if len(entries) > ENTRY_LIMIT:
                return entries, f"it has more than {ENTRY_LIMIT:,} files, and the first were looked at."
            head, _, name = token.partition(b"\t")
            mode, kind, blob, size = head.decode("ascii", "replace").split()
            path = name.decode("utf-8", "replace")
            what = Kind.SUBMODULE if kind == "commit" else _KINDS.get(mode, Kind.FILE)
            entries.append(Entry(path, blob, what, int(size) if size.isdigit() else None))
            if not len(entries) % 5000:
                git.stop_if_cancelled()
    return entries, ""


def reader(git: Git) -> Callable[[Iterable[str]], Iterator[tuple[str, bytes | None]]]:
    """Reads blobs by name, many at a time."""

    def read(names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        for name, kind, content in git.objects(names):
            yield name, content if kind == "blob" else None

    return read


def _tokens(output) -> Iterator[bytes]:
    rest = b""
    while block := output.read1(1 << 16):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
