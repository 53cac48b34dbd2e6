"""Dockerfiles of a repository, and what image names say."""

import re

from assessments.evidence.reading.dockerfiles import DOCKERFILES, Dockerfile, Stage, read_dockerfile
from assessments.evidence.snapshot import Snapshot

_IGNORED = re.compile(r"\.(dockerignore|md|txt|j2|erb|tmpl|template|jinja2?|mustache|in|orig|bak)$", re.IGNORECASE)
#: Folders in which images for building, testing or developing are made, which nobody ships.
_INSIDE = re.compile(
    r"(^|/)(\.devcontainer|\.github|\.gitpod|ci|\.ci|dev|docs?|hack|build-?env|toolchain)/", re.IGNORECASE
)


_ASIDE = re.compile(
    r"(^|/)((Dockerfile|Containerfile)\.(dev\w*|([\w-]+-)?tests?|ci|debug|build|builder|binary|playwright|cypress|e2e|lint\w*|"
    r"docs?|local)|(tests?|dev|ci|build|builder|lint|e2e)([-_.][\w.-]*)?\.Dockerfile)$",
    re.IGNORECASE,
)


def dockerfiles(snapshot: Snapshot) -> tuple[Dockerfile, ...]:
    """The Dockerfiles of what the team ships: without those of tests, examples and templates."""
    return snapshot.once(_dockerfiles)


def _dockerfiles(snapshot: Snapshot) -> tuple[Dockerfile, ...]:
    found = []
    paths = [path for path in snapshot.active(*DOCKERFILES) if not _IGNORED.search(path)]
    for path, text in snapshot.texts(paths):
        if read := read_dockerfile(path, text):
            found.append(read)
    return tuple(found)


def shipped(snapshot: Snapshot) -> tuple[Dockerfile, ...]:
    """Of these, those that are not for developing or building alone."""
    aside = (_INSIDE, _ASIDE)
    return tuple(each for each in dockerfiles(snapshot) if not any(sign.search(each.path) for sign in aside))


def parts(image: str) -> tuple[str, str, str]:
    """(name, tag, digest) of an image; empty where it has none."""
    name, _, digest = image.partition("@")
    head, slash, tail = name.rpartition("/")
    last, _, tag = tail.partition(":")
    return f"{head}{slash}{last}", tag, digest


def fixed(image: str) -> str:
    """How an image is named: "digest", "version", or why it moves."""
    _, tag, digest = parts(image)
    if digest.startswith("sha256:"):
        return "digest"
    if not tag:
        return "no tag"
    if re.fullmatch(
        r"(latest|stable|edge|main|master|nightly|dev|develop|rolling|lts|current|mainline)(-.*)?", tag, re.I
    ):
        return f"moving tag {tag}"
    return "version"


def start(file: Dockerfile, stage: Stage) -> Stage:
    """The stage with the image that a stage comes from in the end."""
    return file.line_of_stages(stage)[0]
