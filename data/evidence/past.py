"""What the history of a clone adds: how old things are, how large changes were, and the trees of earlier days."""

import re
from collections.abc import Iterable, Iterator

from assessments.evidence.history import DAY, Change, History, Past
from assessments.evidence.snapshot import vendored
from data.sources.git_command import Git, GitError, Unsettled
from data.sources.git_refs import resolve_tags, tag_objects

#: Earlier days whose trees are looked at, in days before the commit.
EARLIER = (365, 180, 90)
#: Commits on trunk whose size is taken, of the last 90 days.
CHANGES, RECENT = 200, 90 * DAY
#: Files of one change that are counted; more is a change of everything, such as a reformatting.
LARGEST = 2_000
#: Days within which the last change of a file is looked for, and commits.
LOOKED_BACK, COMMITS = 730, 4_000

#: Files whose lines nobody writes or reads.
MADE = re.compile(
    r"(^|/)([^/]*lock[^/]*\.(json|yaml|yml|toml)|[^/]*\.lock|go\.sum|[^/]*\.(snap|svg|min\.js|min\.css|map|pb\.go|csv|ipynb)|"
    r"dist/.*|generated/.*)$",
    re.IGNORECASE,
)


def read_history(git: Git, sha: str, now: int) -> History:
    """What stands in the history before that commit. now: microseconds of the commit.

    Trunk is followed along first parents. What a shallow clone does not hold is left out, and said by `complete`.
    """
    complete = git.one("rev-parse", "--is-shallow-repository") != "true"
    roots = list(git.lines("rev-list", "--first-parent", "--max-parents=0", "--timestamp", sha))
    beginning = min((int(line.split(" ", 1)[0]) for line in roots), default=now // 1_000_000) * 1_000_000
    return History(
        beginning=beginning,
        last=dict(_last(git, sha, now)),
        past=tuple(_past(git, sha, now, beginning)) if complete else (),
        changes=_changes(git, sha, now),
        tags={tag.name: tag.time * 1_000_000 for tag in resolve_tags(git, tag_objects(git)) if tag.time is not None},
        complete=complete,
    )


def trunk(git: Git, sha: str, *options: str, paths: Iterable[str] = ()) -> list[tuple[int, str, str | None]]:
    """(seconds, commit, first parent) along trunk, newest first; with paths, only where one of them changed."""
    literal = [f":(literal,top){path}" for path in paths]
    found = []
    for line in git.lines(
        "rev-list", "--first-parent", "--parents", "--timestamp", *options, sha, *(["--", *literal] if literal else ())
    ):
        seconds, commit, *parents = line.split(" ")
        found.append((int(seconds), commit, parents[0] if parents else None))
    return found


def _since(now: int, days: int) -> str:
    return f"--max-age={max(0, (now - days * DAY) // 1_000_000)}"


def _last(git: Git, sha: str, now: int) -> Iterator[tuple[str, int]]:
    """(path, microseconds of its last change on trunk) for what changed within LOOKED_BACK days."""
    commits = trunk(git, sha, _since(now, LOOKED_BACK), f"--max-count={COMMITS}")
    seen: set[str] = set()
    try:
        for seconds, paths in touched(git, commits):
            for path in paths:
                if path not in seen:
                    seen.add(path)
                    yield path, seconds * 1_000_000
    except Unsettled:
        return  # the trees of older commits are not held


def touched(
    git: Git, commits: list[tuple[int, str, str | None]], *, status: str = ""
) -> Iterator[tuple[int, list[str]]]:
    """(seconds, paths changed against the first parent) of each commit, in order. status: only changes of that kind, as
    git's --diff-filter names them."""
    names = [f"{commit} {parent}" if parent else commit for _, commit, parent in commits]
    options = ["--stdin", "-r", "--root", "--always", "--name-only", "--no-renames", "--no-relative", "-z"]
    filtered = [f"--diff-filter={status}"] if status else []
    with git.stream("diff-tree", *options, *filtered, "--no-ext-diff", "--no-textconv", names=names) as output:
        following = iter(commits)
        expected = next(following, None)
        seconds, paths = None, []
        for token in _tokens(output):
            if expected and token == expected[1].encode():
                if seconds is not None:
                    yield seconds, paths
                seconds, paths = expected[0], []
                expected = next(following, None)
                git.stop_if_cancelled()
            else:
                paths.append(token.decode("utf-8", "replace"))
        if seconds is not None:
            yield seconds, paths


def _past(git: Git, sha: str, now: int, beginning: int) -> Iterator[Past]:
    for days in EARLIER:
        instant = now - days * DAY
        if instant < beginning:
            continue
        commit = git.one("rev-list", "--first-parent", "--max-count=1", f"--min-age={instant // 1_000_000}", sha)
        if commit:
            try:
                yield Past(instant, dict(_sizes(git, commit)))
            except Unsettled:
                continue


def _sizes(git: Git, sha: str) -> Iterator[tuple[str, int]]:
    with git.stream("ls-tree", "-r", "-l", "-z", "--full-tree", sha) as output:
        for token in _tokens(output):
            head, _, name = token.partition(b"\t")
            mode, _, _, size = head.decode("ascii", "replace").split()
            if mode.startswith("100") and size.isdigit():
                yield name.decode("utf-8", "replace"), int(size)


def _changes(git: Git, sha: str, now: int) -> tuple[Change, ...] | None:
    """Sizes of the changes of the last 90 days; None when the trees are not held."""
    commits = trunk(git, sha, f"--max-age={(now - RECENT) // 1_000_000}", f"--max-count={CHANGES}")
    names = [f"{commit} {parent}" for _, commit, parent in commits if parent]
    times = {commit: seconds for seconds, commit, parent in commits if parent}
    options = [
        "--stdin",
        "-r",
        "--always",
        "--numstat",
        "-M",
        "-l200",
        "--no-relative",
        "--no-ext-diff",
        "--no-textconv",
    ]
    found: dict[str, list[int]] = {}
    current = ""
    try:
        for line in git.lines("diff-tree", *options, names=names):
            if line in times:
                current = line
                found[current] = [0, 0]
                continue
            added, removed, path = line.split("\t", 2)
            if added.isdigit() and removed.isdigit() and not MADE.search(path) and not vendored(path):
                found[current][0] += int(added) + int(removed)
                found[current][1] += 1
    except GitError:
        return None
    return tuple(
        Change(commit, times[commit] * 1_000_000, lines, files)
        for commit, (lines, files) in found.items()
        if 0 < files <= LARGEST
    )


def _tokens(output) -> Iterator[bytes]:
    rest = b""
    while block := output.read1(1 << 16):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
