"""What a commit message says about pull requests and reverts. Pure text in, plain values out.

Read are the habits of the forges: GitHub (merge, squash, revert button), GitLab, Bitbucket, Azure DevOps, Gitea and
merge bots. "(#12)" at the end of a subject is taken as the pull request; where a team writes an issue number there,
git alone cannot tell the two apart.
"""

import re
from dataclasses import dataclass

#: Longest title kept, in characters.
TITLE_LIMIT = 300

#: Bodies are searched no further than this many characters: a squash of hundreds of commits can be very long.
BODY_LIMIT = 100_000

NUMBER = r"([0-9]{1,7})(?![0-9])"

PULL_REQUEST_MERGE = re.compile(rf"Merge pull request #{NUMBER}(?: (?:from|in) (\S+))?")
GITEA_MERGE = re.compile(rf"Merge pull request '(.*)' \(#{NUMBER}\) from ")
BITBUCKET_MERGE = re.compile(rf"Merged in (\S+) \(pull request #{NUMBER}\)$")
AZURE_MERGE = re.compile(rf"Merged PR {NUMBER}: *(.*)")
BOT_MERGE = re.compile(rf"(?:Auto merge of|Merge) #{NUMBER}(?:\b|$)")
GITLAB_SUBJECT = re.compile(r"Merge branch '.*' into ")
GITLAB_FOOTER = re.compile(rf"^See merge request (?:[^\s!]+)?!{NUMBER}\s*$", re.MULTILINE)
TRAILING = re.compile(rf"^(.*?)\s*\((?:#|!|GH-|pull request #){NUMBER}\)$")

REVERT_TITLE = re.compile(r'Revert "(.*)"(?:\s*\([#!][0-9]+\))?$')
REVERT_BRANCH = re.compile(rf"(?:^|[/:])revert-{NUMBER}-")
REVERTED_NUMBER = re.compile(
    rf"^(?:This )?[Rr]everts (?:merge request |pull request |PR )?(?:[\w.-]+(?:/[\w.-]+)+)?[#!]{NUMBER}", re.MULTILINE
)
REVERTED_COMMITS = re.compile(
    r"\b[Rr]everts commits?\s+((?:[0-9a-f]{7,64}\b(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s+(?=[0-9a-f]{7}))?)+)"
)
SHA = re.compile(r"[0-9a-f]{7,64}")
SQUASHED_COMMIT = re.compile(r"^\* ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Message:
    """number: of the pull request, None when none is visible. title: without number and forge words.

    reverts: what the message states it reverts, as shas (7 characters or more) or "#12", in order.
    reverts_hint: "#12" from a quoted title or a branch name only, for where nothing is stated.
    """

    number: int | None
    title: str
    reverts: tuple[str, ...] = ()
    reverts_hint: str | None = None


def parse(text: str) -> Message:
    """Reads a whole commit message. Never raises, whatever the text."""
    head, _, body = text.strip()[:BODY_LIMIT].partition("\n\n")
    subject = clean(head)
    first_of_body = clean(next((line for line in body.splitlines() if line.strip()), ""))
    number, title, branch = _pull_request(subject, first_of_body, body)
    return Message(number, title or subject, _stated(body), _hint(subject, title, branch))


def clean(text: str) -> str:
    """One line, printable, at most TITLE_LIMIT characters."""
    line = " ".join(text[: TITLE_LIMIT * 4].split())
    if line.isprintable():
        return line[:TITLE_LIMIT]
    return "".join(letter for letter in line if letter.isprintable())[:TITLE_LIMIT]


def _pull_request(subject: str, first_of_body: str, body: str) -> tuple[int | None, str, str]:
    """Number, title and source branch, as far as the message shows them."""
    if found := GITEA_MERGE.match(subject):
        return int(found[2]), found[1], ""
    if found := PULL_REQUEST_MERGE.match(subject):
        return int(found[1]), first_of_body or subject, found[2] or ""
    if found := BITBUCKET_MERGE.match(subject):
        return int(found[2]), first_of_body or subject, found[1]
    if found := AZURE_MERGE.match(subject):
        return int(found[1]), found[2], ""
    if found := BOT_MERGE.match(subject):
        return int(found[1]), first_of_body or subject, ""
    footers = GITLAB_FOOTER.findall(body)
    if footers:
        title = first_of_body if GITLAB_SUBJECT.match(subject) else subject
        return int(footers[-1]), title, ""
    if found := TRAILING.match(subject):
        return int(found[2]), found[1], ""
    return None, subject, ""


def _stated(body: str) -> tuple[str, ...]:
    """Shas and numbers that the body says are reverted: a only, of "reverts commit a, reversing changes made to b".

    A squash lists the commits of its branch behind asterisks; what those took back among themselves never was on trunk.
    """
    if "everts" not in body:
        return ()
    body = SQUASHED_COMMIT.split(body, maxsplit=1)[0]
    stated = [sha for group in REVERTED_COMMITS.findall(body) for sha in SHA.findall(group)]
    stated += [f"#{int(number)}" for number in REVERTED_NUMBER.findall(body)]
    return tuple(dict.fromkeys(stated))


def _hint(subject: str, title: str, branch: str) -> str | None:
    for text in (subject, title):
        quoted = REVERT_TITLE.match(text)
        inner = TRAILING.match(quoted[1]) if quoted else None
        if inner:
            return f"#{int(inner[2])}"
    named = REVERT_BRANCH.search(branch)
    return f"#{int(named[1])}" if named else None
