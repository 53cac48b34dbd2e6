"""The ids of learning content as they were at a commit: what people's progress hangs on."""

import re
from pathlib import Path

from data.sources.git_command import Git, GitError
from data.sources.git_refs import locate

_PLACE = re.compile(r"tracks/([^/]+/(?:track\.yml|modules/[^/]+\.md|pocs/[^/]+\.yml))")
_ID = re.compile(r"^id:[ \t]*[\"']?([0-9a-f-]{36})[\"']?[ \t]*$", re.MULTILINE)
#: Files that are looked at.
FILES_LIMIT = 5_000


def ids_at(root: Path, commit: str = "HEAD") -> dict[str, str] | None:
    """Id by place (`<track>/track.yml`, `<track>/modules/<name>.md`, ...) of the content in `root` at that commit; None
    when the folder belongs to no repository, or the repository has no commit yet.

    Raises GitError when there is no such commit, or the repository cannot be read.
    """
    here = root.resolve()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), None)
    if top is None:
        return None
    git = Git(top)
    locate(git)
    sha = None if commit.startswith("-") else git.one("rev-parse", "--verify", "-q", f"{commit}^{{commit}}")
    if sha is None and commit == "HEAD":
        return None
    if sha is None:
        raise GitError(f"The repository of {root} holds no commit {commit[:80]}: name a branch, a tag or a commit.")
    return _ids(git, sha, "" if top == here else f"{here.relative_to(top).as_posix()}/")


def _ids(git: Git, sha: str, prefix: str) -> dict[str, str]:
    places: dict[str, list[str]] = {}
    with git.stream("ls-tree", "-r", "-z", "--full-tree", sha) as output:
        for entry in output.read().split(b"\0"):
            head, _, name = entry.partition(b"\t")
            path = name.decode("utf-8", "replace")
            place = _PLACE.fullmatch(path[len(prefix) :]) if path.startswith(prefix) else None
            if place and len(places) < FILES_LIMIT:
                places.setdefault(head.split()[2].decode("ascii"), []).append(place[1])
    found = {}
    for name, _, content in git.objects(places):
        if said := _ID.search(content.decode("utf-8", "replace")):
            found |= {place: said[1] for place in places[name]}
    return found
