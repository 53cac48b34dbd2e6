"""Where a repository is, which branch is its trunk, and its tags."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.sources.git_command import EmptyRepository, Git, GitError, allowed_by_person
from data.sources.git_links import web_url

#: Names tried in this order where no remote says which branch is the default.
USUAL_NAMES = ("main", "master", "trunk")

#: What git reads in its folder, beside all that lies in FOLDERS_READ.
FILES_READ = ("HEAD", "config", "config.worktree", "commondir", "packed-refs", "shallow")
FOLDERS_READ = ("refs", "objects")

#: A tag may point at a tag; this deep at most.
TAG_DEPTH = 5

TAGGER_TIME = re.compile(rb"^tagger .*?(-?[0-9]+) [+-][0-9]+$", re.MULTILINE)
TAG_TARGET = re.compile(rb"^object ([0-9a-f]{40,64})$", re.MULTILINE)
COMMITTER_TIME = re.compile(rb"^committer .*?(-?[0-9]+) [+-][0-9]+$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """path: the work tree or bare folder, resolved. git_dir: its own git folder, with HEAD and FETCH_HEAD. common_dir:
    where refs and objects are (another than git_dir in a worktree). shallow: commits whose parents were cut off."""

    path: Path
    git_dir: Path
    common_dir: Path
    name: str
    web_url: str | None
    shallow: frozenset[str]


@dataclass(frozen=True)
class Trunk:
    """The branch that changes are counted on: its name for people, its newest commit, and how it was chosen."""

    branch: str
    head: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Tag:
    """object: what the ref points at. time: seconds since 1970, of the tagger or, for a lightweight tag, the commit."""

    name: str
    object: str
    sha: str
    time: int | None
    lightweight: bool


def locate(git: Git) -> Place:
    """Finds the repository at `git.path`. Raises GitError when there is none, or git may not read it."""
    path = git.path
    if not path.is_dir():
        raise GitError(f"{path} is not a folder: give the folder of a git clone, or a bare repository.")
    _refuse_pipes(path / ".git" if os.path.isdir(path / ".git") else path)
    try:
        folder = git.one("rev-parse", "--git-dir")
    except GitError as error:
        if "another user" not in str(error) or not allowed_by_person(path):
            raise
        git.trusted = "*"  # of these commands, which all run in this one folder
        folder = git.one("rev-parse", "--git-dir")
    common = git.one("rev-parse", "--git-common-dir")
    git_dir, common_dir = (path / folder).resolve(), (path / common).resolve()
    _refuse_pipes(common_dir)
    link = web_url(git.one("config", "--no-includes", "--local", "--get", "remote.origin.url"))
    return Place(path, git_dir, common_dir, _name(path, git_dir, link), link, _shallow(common_dir))


def _files(folder: Path) -> Iterator[Path]:
    """What git may read in its folder. Linked folders are named and not entered."""
    yield from (folder / name for name in (*FILES_READ, *FOLDERS_READ))
    for name in FOLDERS_READ:
        for inner, folders, files in os.walk(folder / name):
            yield from (Path(inner) / each for each in (*folders, *files))


def _refuse_pipes(folder: Path) -> None:
    """Git, and we, would wait for ever for what a pipe or device in its folder says. Raises GitError."""
    # os.path answers no, where Path raises, for what may not be looked at: git says that better.
    for path in _files(folder) if os.path.exists(folder / "HEAD") else ():
        if not os.path.isfile(path) and not os.path.isdir(path) and os.path.exists(path):
            raise GitError(f"{path} is no ordinary file, and git would wait for it: remove it or clone anew.")


def _linked(folder: Path) -> list[Path]:
    """Where symbolic links in what git reads lead."""
    return [path.resolve() for path in _files(folder) if os.path.islink(path)]


def _name(path: Path, git_dir: Path, link: str | None) -> str:
    if link:
        return link.rsplit("/", 1)[1]
    folder = path.parent if path == git_dir and path.name == ".git" else path
    return folder.name.removesuffix(".git") or "repository"


def _shallow(common_dir: Path) -> frozenset[str]:
    try:
        return frozenset((common_dir / "shallow").read_text("ascii", "replace").split())
    except OSError:
        return frozenset()


def choose_trunk(git: Git) -> Trunk:
    """The default branch: what the remote calls so, else HEAD of a bare repository, else a usual name, else HEAD.

    In a clone with a work tree the branch exists twice, here and as last fetched; the newer one is read when one
    contains the other, else the fetched one. Raises EmptyRepository.
    """
    heads, symbolic = _branches(git)
    current = git.one("symbolic-ref", "-q", "HEAD") or ""
    bare = git.one("rev-parse", "--is-bare-repository") == "true"
    detached = "" if current else git.one("rev-parse", "--verify", "-q", "HEAD^{commit}") or ""
    remotes = [ref for ref in symbolic if ref == "refs/remotes/origin/HEAD"] or sorted(symbolic)

    def usual(prefix: str) -> list[str]:
        return [prefix + name for name in USUAL_NAMES if prefix + name in heads]

    if remotes and symbolic[remotes[0]] in heads:
        chosen, why = symbolic[remotes[0]], "the default branch of the remote"
    elif bare and current in heads:
        chosen, why = current, "the branch that HEAD names"
    elif candidates := usual("refs/remotes/origin/") or usual("refs/heads/"):
        chosen, why = candidates[0], "a usual name for the default branch"
    elif current in heads:
        chosen, why = current, "the branch checked out"
    elif detached:
        return Trunk("HEAD", detached, ("No branch could be told to be the default; the commit checked out was read.",))
    elif heads:
        raise GitError(
            f"{git.path} has no branch named {', '.join(USUAL_NAMES)}, and its HEAD names none that exists: say which "
            f"is the default with `git symbolic-ref HEAD refs/heads/NAME` there."
        )
    else:
        raise EmptyRepository(f"{git.path} has no commits yet: commit or fetch something, then try again.")
    branch = chosen.removeprefix("refs/heads/")
    if chosen.startswith("refs/remotes/"):
        branch = chosen.split("/", 3)[3]
    ref, note = _newer(git, branch, chosen, heads)
    return Trunk(branch, heads[ref], (f"Read {_short(ref)}, {why}.", *note))


def _branches(git: Git) -> tuple[dict[str, str], dict[str, str]]:
    """Commit of each branch by full name, and what the symbolic ones of remotes point at."""
    heads, symbolic = {}, {}
    for line in git.lines("for-each-ref", "--format=%(objectname) %(refname) %(symref)", "refs/heads", "refs/remotes"):
        sha, ref, target = line.split(" ", 2)
        if target:
            symbolic[ref] = target
        else:
            heads[ref] = sha
    return heads, {ref: target for ref, target in symbolic.items() if ref.endswith("/HEAD")}


def _newer(git: Git, branch: str, chosen: str, heads: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """Of the local and the fetched branch of that name, the one to read, and what to say about it."""
    local = f"refs/heads/{branch}"
    fetched = chosen if chosen.startswith("refs/remotes/") else f"refs/remotes/origin/{branch}"
    if local not in heads or fetched not in heads or heads[local] == heads[fetched]:
        return chosen, ()
    ahead, behind = (
        int(git.one("rev-list", "--count", f"^{heads[one]}", heads[other]) or 0)
        for one, other in ((fetched, local), (local, fetched))
    )
    if not behind:
        return local, (f"The local {branch} is {_commits(ahead)} ahead of {_short(fetched)}; the local one was read.",)
    if not ahead:
        return fetched, (
            f"The local {branch} is {_commits(behind)} behind {_short(fetched)}; the fetched one was read.",
        )
    return fetched, (
        f"The local {branch} and {_short(fetched)} have parted ({ahead} and {behind} commits of their own); "
        f"the fetched one was read.",
    )


def _commits(count: int) -> str:
    return "1 commit" if count == 1 else f"{count:,} commits"


def _short(ref: str) -> str:
    return ref.split("/", 2)[2]


def tag_objects(git: Git) -> dict[str, str]:
    """What each tag points at, by name without refs/tags/."""
    lines = git.lines("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags")
    return {ref.removeprefix("refs/tags/"): sha for sha, ref in (line.split(" ", 1) for line in lines)}


def resolve_tags(git: Git, objects: dict[str, str]) -> list[Tag]:
    """The tags that lead to a commit held here; others (a blob, a missing object) are left out."""
    targets: dict[str, tuple[str, int | None]] = {}  # a tag object's target and time
    commits: dict[str, int | None] = {}  # a commit's time
    asked = set(objects.values())
    for _ in range(TAG_DEPTH):
        for sha, kind, content in git.objects(sorted(asked)):
            if kind == "commit":
                commits[sha] = _time(COMMITTER_TIME, content)
            elif kind == "tag" and (target := TAG_TARGET.search(content)):
                targets[sha] = (target[1].decode(), _time(TAGGER_TIME, content))
        asked = {target for target, _ in targets.values()} - commits.keys() - targets.keys()
        if not asked:
            break
    found = (_follow(name, sha, targets, commits) for name, sha in sorted(objects.items()))
    return [tag for tag in found if tag]


def _follow(name: str, sha: str, targets: dict, commits: dict) -> Tag | None:
    end, time = sha, None
    for _ in range(TAG_DEPTH):
        if end in commits:
            return Tag(name, sha, end, commits[end] if time is None else time, lightweight=time is None)
        if end not in targets:
            return None
        end, tagged = targets[end]
        time = tagged if time is None else time
    return None


def _time(pattern: re.Pattern, content: bytes) -> int | None:
    found = pattern.search(content.partition(b"\n\n")[0])
    return int(found[1]) if found and len(found[1]) < 19 else None


def inside(path: Path, roots: Iterable[Path]) -> bool:
    return any(path == root or root in path.parents for root in roots)


def check_root(path: Path | str, roots: Iterable[Path]) -> Path:
    """The resolved path, if it and all that git would read for it lie below one of the roots; symlinks are followed.

    Raises GitError otherwise: a worktree, a `.git` file or borrowed objects must not be a way around the roots.
    """
    roots = [Path(root).expanduser().resolve() for root in roots]
    try:
        path = Path(path).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise GitError("That is not a path on this machine: give the folder of a git clone.") from error
    if not inside(path, roots):
        named = ", ".join(map(str, roots)) or "none"
        raise GitError(f"{path} is outside the folders that Milepost may read ({named}).")
    place = locate(Git(path))
    stores = [place.git_dir, place.common_dir, (place.common_dir / "objects").resolve()]
    links = _linked(place.git_dir) + _linked(place.common_dir)
    for reached in stores + links + _borrowed(place.common_dir / "objects"):
        if not inside(reached, roots):
            raise GitError(f"{path} keeps its history in {reached}, outside the folders that Milepost may read.")
    return path


def _borrowed(objects: Path) -> list[Path]:
    """Object stores of other repositories that this one borrows from, and those that they borrow from."""
    found: list[Path] = []
    waiting = [objects]
    while waiting:
        store = waiting.pop()
        try:
            lines = (store / "info" / "alternates").read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        further = [(store / line).resolve() for line in lines if line and not line.startswith("#")]
        waiting += [each for each in further if each not in found]
        found += further
    return found
