"""Takes over what a real git repository knows."""

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fake_github.records import Row
from tests.repos import git

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository

FIELDS = ("%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B")
MERGE = re.compile(r"Merge pull request #(\d+) from [^/\s]+/(\S+)\n*(.*)", re.DOTALL)
SQUASH = re.compile(r"(.*) \(#(\d+)\)(?:\n|$)")
SIZE = 1024 * 1024


def take(repository: "Repository", path: Path, pulls: bool = True) -> None:
    """Commits, branches, tags, files of the default branch; with `pulls` the pull requests that its history names."""
    _commits(repository, path)
    for line in git(path, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)").splitlines():
        name, *shas = line.split()
        if name.startswith(("refs/heads/", "refs/tags/")):
            repository.refs.put(name, {"name": name, "sha": shas[-1]})
    head = git(path, "symbolic-ref", "--short", "HEAD")
    newest = max((row["committer"]["date"] for row in repository.commits.values()), default=None)
    repository.change(default_branch=head, pushed_at=newest, size=max(1, len(repository.commits)))
    if not repository.head():
        return
    _files(repository, path, repository.head() or "")
    if pulls:
        _pulls(repository)


def _commits(repository: "Repository", path: Path) -> None:
    text = git(path, "log", "--all", "-z", f"--format={'%x1f'.join(FIELDS)}")
    for entry in filter(None, text.split("\0")):
        sha, tree, parents, author, mail, authored, committer, mail2, committed, message = entry.split("\x1f", 9)
        login, login2 = _login(author), _login(committer)
        repository.commits[sha] = {
            "sha": sha, "tree": tree, "parents": parents.split(), "message": message.strip("\n"),
            "author": {"name": author, "email": mail, "date": int(authored), "login": login},
            "committer": {"name": committer, "email": mail2, "date": int(committed), "login": login2},
        }  # fmt: skip


def _login(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "ghost"


def _files(repository: "Repository", path: Path, sha: str) -> None:
    settings = repository.settings
    for line in filter(None, git(path, "ls-tree", "-r", "-l", "-z", sha).split("\0")):
        description, name = line.split("\t", 1)
        mode, kind, blob, size = description.split()
        if kind == "commit":
            settings.submodules[name] = blob
        elif int(size) <= SIZE:
            settings.files[name] = _content(path, blob)
            if mode != "100644":
                settings.modes[name] = mode


def _content(path: Path, blob: str) -> str | bytes:
    """As text where it is one."""
    command = ["git", "-C", str(path), "cat-file", "blob", blob]
    found = subprocess.run(command, capture_output=True, check=True).stdout
    try:
        return found.decode()
    except UnicodeDecodeError:
        return found


def _pulls(repository: "Repository") -> None:
    """One for each merge or squash of the first-parent history, oldest first, with the number it had."""
    line, sha = [], repository.head()
    while sha:
        line.append(repository.commits[sha])
        sha = next(iter(repository.commits[sha]["parents"]), None)
    known: set[str] = set()
    for row in reversed(line):
        merged, brought = row["committer"]["date"], _brought(repository, row, known)
        if (match := MERGE.match(row["message"])) and len(row["parents"]) > 1:
            number, head, title = int(match[1]), match[2], match[3].strip() or match[2]
        elif match := SQUASH.match(row["message"]):
            number, head, title = int(match[2]), f"change-{match[2]}", match[1]
        else:
            continue
        first = repository.commits[brought[0]]["committer"]["date"] if brought else merged - 7200
        repository.pull(
            title, number=number, head=head, opened=min(first + 600, merged), merged=merged, commits=brought or [first],
            author=row["author"]["login"], merge_commit=row["sha"],
        )  # fmt: skip


def _brought(repository: "Repository", trunk: Row, known: set[str]) -> list[str]:
    """The commits that came with one of the trunk, without itself, oldest first; all of them are known afterwards."""
    found, waiting = [], [trunk["sha"]]
    while waiting:
        sha = waiting.pop()
        if sha not in known and sha in repository.commits:
            known.add(sha)
            found.append(sha)
            waiting.extend(repository.commits[sha]["parents"])
    dates = {sha: repository.commits[sha]["committer"]["date"] for sha in found}
    return sorted((sha for sha in found if sha != trunk["sha"]), key=lambda sha: dates[sha])
