"""What the runner says about the event: only numbers and names of commits are taken of it. Titles, branches and texts
are whatever somebody wrote, and nothing here needs them."""

import re
from dataclasses import dataclass
from pathlib import Path

from assessments.evidence.reading import Malformed
from data.evidence import strict

#: Events that are about a pull request.
PULLS = ("pull_request", "pull_request_target")
BYTES = 30 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/[A-Za-z0-9._-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Event:
    """number: of the pull request, None when the event is about none. base: the commit that it is to be merged into.
    fork: it comes from another repository, so that the token of the workflow may only read."""

    number: int | None = None
    base: str | None = None
    fork: bool = False


def read(name: str, path: str) -> Event:
    """From the name of the event and the file that describes it. Nothing that is not understood is an error: then
    there is no pull request to comment on."""
    if name not in PULLS or not path:
        return Event()
    try:
        pull = strict.table(strict.load(Path(path).read_bytes(), BYTES), "pull_request")
    except (OSError, Malformed):
        return Event()
    number, base, head = pull.get("number"), strict.table(pull, "base"), strict.table(pull, "head")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**53:
        return Event()
    sha = strict.text(base, "sha")
    here, there = (strict.text(strict.table(each, "repo"), "full_name") for each in (base, head))
    return Event(number, sha if _COMMIT.fullmatch(sha) else None, here != there)


def repository(text: str) -> str | None:
    """`owner/name`; None for what is no such name."""
    return text if _NAME.fullmatch(text) and text.rsplit("/", 1)[1] not in (".", "..") else None
