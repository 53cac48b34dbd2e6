"""Builds real git repositories for tests, at the times wanted, one line a commit.

    repo = RepoBuilder(tmp_path / "shop")
    first = repo.commit("Begin", "2026-01-05 09:00")
    repo.branch("feature")
    repo.commit("Write it", "2026-01-06 09:00", on="feature")
    repo.merge("feature", "Merge pull request #12 from o/feature\\n\\nWrite it", "2026-01-07 09:00")
    repo.tag("v1", "2026-01-08 09:00")

Times are UTC: text, seconds since 1970 (also negative), or datetime. Nothing of the machine's git settings is used.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "LC_ALL": "C",
}

Time = str | int | datetime


def seconds(at: Time) -> int:
    if isinstance(at, int):
        return at
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def git(path: Path, *arguments: str, given: bytes = b"", **environment: str) -> str:
    """What a git command says. Raises AssertionError with its complaint when it fails."""
    answer = subprocess.run(
        ["git", "-C", str(path), *arguments],
        input=given,
        capture_output=True,
        env={**ENVIRONMENT, **environment},
        check=False,
    )
    assert answer.returncode == 0, answer.stderr.decode("utf-8", "replace")
    return answer.stdout.decode("utf-8", "replace").strip()


class RepoBuilder:
    """A repository that is written through git's own plumbing; the work tree, if any, stays empty."""

    def __init__(self, path: Path, bare: bool = False, trunk: str = "main"):
        path.mkdir(parents=True)
        self.path, self.trunk = path, trunk
        git(path, "init", "-q", *(["--bare"] if bare else []), f"--initial-branch={trunk}")
        self.counter = 0

    def copy(self, path: Path) -> "RepoBuilder":
        """The same repository in another folder: quicker than building it for every test."""
        twin = object.__new__(RepoBuilder)
        twin.path, twin.trunk, twin.counter = path, self.trunk, self.counter
        shutil.copytree(self.path, path, symlinks=True)
        return twin

    def git(self, *arguments: str, given: bytes = b"", **environment: str) -> str:
        return git(self.path, *arguments, given=given, **environment)

    @property
    def git_dir(self) -> Path:
        return self.path / ".git" if (self.path / ".git").exists() else self.path

    def head(self, branch: str | None = None) -> str:
        return self.git("rev-parse", f"refs/heads/{branch or self.trunk}")

    def commit(
        self,
        message: str | bytes,
        at: Time,
        *,
        authored: Time | None = None,
        on: str | None = None,
        files: dict[str, str] | None = None,
        merging: Iterable[str] = (),
        encoding: str | None = None,
    ) -> str:
        """One commit on a branch (trunk); its sha. Without `files` it changes one file of its own."""
        branch = f"refs/heads/{on or self.trunk}"
        self.counter += 1
        files = {f"file{self.counter}.txt": str(self.counter)} if files is None else files
        text = message if isinstance(message, bytes) else message.encode(encoding or "utf-8")
        parents = self.git("for-each-ref", "--format=%(objectname)", branch).split()
        stream = [f"commit {branch}".encode()]
        stream += [f"author A <a@example.org> {seconds(at if authored is None else authored)} +0000".encode()]
        stream += [f"committer A <a@example.org> {seconds(at)} +0000".encode()]
        stream += [f"encoding {encoding}".encode()] if encoding else []
        stream += [b"data %d" % len(text), text]
        stream += [f"from {parent}".encode() for parent in parents]
        stream += [f"merge {parent}".encode() for parent in merging]
        for name, content in files.items():
            stream += [f"M 100644 inline {name}".encode(), b"data %d" % len(content.encode()), content.encode()]
        self.git("fast-import", "--quiet", "--force", "--date-format=raw", given=b"\n".join(stream) + b"\n")
        return self.git("rev-parse", branch)

    def squash(self, title: str, number: int, at: Time, body: str = "", **options) -> str:
        """A pull request squashed onto trunk by the forge: author time and commit time are the merge."""
        return self.commit(f"{title} (#{number})\n\n{body}".strip(), at, **options)

    def branch(self, name: str, start: str | None = None) -> str:
        self.git("update-ref", f"refs/heads/{name}", start or self.head())
        return name

    def merge(self, branch: str, message: str, at: Time, on: str | None = None, **options) -> str:
        """Merges a branch with a merge commit; its files come along."""
        onto = on or self.trunk
        names = filter(None, self.git("diff", "--name-only", "-z", f"{onto}...{branch}").split("\0"))
        files = {name: self.git("show", f"{branch}:{name}") for name in names}
        return self.commit(message, at, on=onto, files=files, merging=[self.head(branch)], **options)

    def pull_request(self, number: int, title: str, opened: Time, merged: Time, commits: int = 1, **options) -> str:
        """A branch with commits from `opened` on, an hour apart, merged as GitHub does; the merge's sha."""
        branch = self.branch(f"pull-{number}")
        for count in range(commits):
            self.commit(f"{title}, step {count + 1}", seconds(opened) + 3600 * count, on=branch, **options)
        return self.merge(branch, f"Merge pull request #{number} from o/{branch}\n\n{title}", merged)

    def revert(self, sha: str, at: Time, **options) -> str:
        """What `git revert` leaves: a quoted title and the sha in the body. No file is put back."""
        title = self.git("show", "-s", "--format=%s", sha)
        return self.commit(f'Revert "{title}"\n\nThis reverts commit {sha}.', at, **options)

    def raw_commit(self, at: int | str, message: str = "Raw", on: str | None = None) -> str:
        """A commit whose time is written as it is, also where git itself would refuse it (before 1970, nonsense)."""
        branch = on or self.trunk
        parents = self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").split()
        tree = self.git("rev-parse", f"{parents[0]}^{{tree}}") if parents else self.git("mktree")
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"{role} A <a@example.org> {at} +0000" for role in ("author", "committer")]
        content = ("\n".join(lines) + f"\n\n{message}\n").encode()
        sha = self.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=content)
        self.git("update-ref", f"refs/heads/{branch}", sha)
        return sha

    def tag(self, name: str, at: Time | None = None, sha: str | None = None, force: bool = False) -> str:
        """An annotated tag at that time, or without one a lightweight tag; on trunk's head or the commit given."""
        options = ["--force"] if force else []
        if at is None:
            self.git("tag", *options, name, sha or self.head())
        else:
            when = f"{seconds(at)} +0000"
            self.git("tag", *options, "-a", "-m", name, name, sha or self.head(), GIT_COMMITTER_DATE=when)
        return name

    def many(self, count: int, start: Time, step: int = 3600, merge_every: int = 4, tag_every: int = 50) -> None:
        """A long history in one go: every so many trunk commits a merged pull request of two commits, and tags."""
        stream, mark, number, moment = [], 0, 0, seconds(start)
        trunk, last = f"refs/heads/{self.trunk}", None

        def commit(ref: str, message: str, time: int, parents: list[int], name: str) -> int:
            nonlocal mark
            mark += 1
            stream.extend([f"commit {ref}", f"mark :{mark}"])
            stream.extend(f"{role} A <a@example.org> {time} +0000" for role in ("author", "committer"))
            stream.extend([f"data {len(message)}", message])
            stream.extend(f"{'merge' if place else 'from'} :{parent}" for place, parent in enumerate(parents))
            stream.extend([f"M 100644 inline {name}", f"data {len(str(mark))}", str(mark)])
            return mark

        for place in range(count):
            moment += step
            if last and place % merge_every == 0:
                number += 1
                side = commit("refs/heads/side", f"Work {number}", moment - 7200, [last], f"src/{number % 97}.txt")
                side = commit("refs/heads/side", f"More {number}", moment - 3600, [side], f"src/{number % 89}.txt")
                message = f"Merge pull request #{number} from o/b{number}\n\nTitle {number}"
                last = commit(trunk, message, moment, [last, side], f"src/{number % 97}.txt")
            else:
                number += 1
                last = commit(
                    trunk, f"Title {number} (#{number})", moment, [last] if last else [], f"lib/{place % 83}.txt"
                )
            if place % tag_every == tag_every - 1:
                stream.extend([f"tag v{place // tag_every}", f"from :{last}"])
                stream.extend([f"tagger A <a@example.org> {moment + 60} +0000", "data 1", "v"])
        stream.append("")
        self.git("fast-import", "--quiet", "--date-format=raw", given="\n".join(stream).encode())
        self.git("update-ref", "-d", "refs/heads/side")
