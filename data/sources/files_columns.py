"""The columns of import files: what they are called, what they hold, and how a header is recognised."""

import re
from dataclasses import dataclass

import polars as pl

from assessments.delivery.facts import CHANGES, DEPLOYMENTS, INCIDENTS


class FileError(Exception):
    """The file as a whole cannot be read; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Column:
    """One column: its name in files, its name in the facts, the form of its values, other headers that are understood
    (spelled in any case, with or without separators), what it means, and the values of two example rows."""

    name: str
    target: str
    form: str  # text | instant | status | truth | commit | number | link | objects | paths
    also: str
    about: str
    examples: tuple[str, str] = ("", "")

    @property
    def spellings(self) -> set[str]:
        return {_plain(word) for word in (self.name, *self.also.split())}


@dataclass(frozen=True)
class Kind:
    """One kind of file. `needed`: of each group at least one column must be there; `in_order`: pairs of times of which
    the first may not be later than the second."""

    name: str
    schema: pl.Schema
    columns: tuple[Column, ...]
    needed: tuple[tuple[str, ...], ...]
    in_order: tuple[tuple[str, str], ...]
    id: str

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


# A column stays together, not one line for each of its words.
# fmt: off
_URL = Column("url", "url", "link", "link href weburl htmlurl", "Where a person can look at it, beginning with https://.")

DEPLOYMENT_FILE = Kind(
    "deployments",
    DEPLOYMENTS,
    (
        Column(
            "id", "deployment_id", "text", "deploymentid deployment runid key externalid",
            "A name that stays the same for the same deployment, such as the run number. Needed.", ("1041", "1042"),
        ),
        Column(
            "environment", "environment", "text", "env target",
            "Where it went. Empty counts as production.", ("production", "staging"),
        ),
        Column(
            "sha", "sha", "commit", "commit commitsha commithash commitid gitsha headsha revision",
            "The commit that was deployed, 7 to 64 hexadecimal characters. Without it no lead time can be known.",
            ("4f1c2d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"),
        ),
        Column("ref", "ref", "text", "tag branch version release", "Tag, branch or version.", ("v1.4.0", "main")),
        Column("name", "name", "text", "workflow job pipeline", "The workflow, job or pipeline.", ("deploy", "deploy")),
        Column("created_at", "created_at", "instant", "created queued queuedat", "When it was asked for."),
        Column(
            "started_at", "started_at", "instant", "started start starttime startedtime begin began",
            "When it began.", ("2025-03-03T14:00:00Z", "2025-03-04T09:30:00+01:00"),
        ),
        Column(
            "finished_at", "finished_at", "instant",
            "finished finish finishtime finishedtime end ended endedat endtime completed completedat "
            "deployedat deployed timestamp time",
            "When it ended. Needed, except in rows that are in progress, skipped or cancelled.",
            ("2025-03-03T14:06:30Z", "2025-03-04T09:41:00+01:00"),
        ),
        Column(
            "status", "status", "status", "state result outcome conclusion",
            "How it ended. Without this column every row counts as a success.", ("success", "failure"),
        ),
        Column(
            "unplanned", "unplanned", "truth", "hotfix isunplanned",
            "yes when it was made to repair a problem that users saw.", ("no", ""),
        ),
        _URL,
    ),
    needed=(("id",), ("finished_at",)),
    in_order=(("created_at", "finished_at"), ("started_at", "finished_at")),
    id="deployment_id",
)

INCIDENT_FILE = Kind(
    "incidents",
    INCIDENTS,
    (
        Column(
            "id", "incident_id", "text", "incidentid incident key ticket issue externalid",
            "A name that stays the same for the same incident. Needed.", ("INC-7", "INC-8"),
        ),
        Column(
            "title", "title", "text", "summary name subject description",
            "One line, without names of people.", ("Checkout answers with errors", "Search is slow"),
        ),
        Column(
            "opened_at", "opened_at", "instant",
            "opened created createdat started startedat start begin detected detectedat",
            "When users began to be affected. Needed.", ("2025-03-03T14:20:00Z", "2025-03-09T08:00:00+01:00"),
        ),
        Column(
            "acknowledged_at", "acknowledged_at", "instant", "acknowledged ack ackedat acked",
            "When somebody took it up.", ("2025-03-03T14:25:00Z", ""),
        ),
        Column(
            "resolved_at", "resolved_at", "instant",
            "resolved closed closedat restored restoredat ended endedat end finished finishedat fixedat",
            "When service was restored. Empty means still open.", ("2025-03-03T15:10:00Z", ""),
        ),
        Column(
            "deployment", "deployment", "text", "deploymentid causedby release version sha commit",
            "The deployment that caused it, where known: its id, tag or commit.", ("1041", ""),
        ),
        _URL,
    ),
    needed=(("id",), ("opened_at",)),
    in_order=(("opened_at", "acknowledged_at"), ("opened_at", "resolved_at")),
    id="incident_id",
)

CHANGE_FILE = Kind(
    "changes",
    CHANGES,
    (
        Column(
            "number", "number", "number", "id pr prnumber mr mrnumber iid pullrequest mergerequest",
            "Number of the pull or merge request. This or sha is needed.", ("12", "13"),
        ),
        Column("title", "title", "text", "subject name summary", "One line.", ("Add export", "Mend paging")),
        Column(
            "sha", "merge_sha", "commit",
            "mergesha mergecommit mergecommitsha commit commitsha commithash commitid gitsha revision",
            "The commit on the main branch, 7 to 64 hexadecimal characters. This or number is needed.",
            ("4f1c2d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"),
        ),
        Column(
            "authored_at", "authored_at", "instant", "authored firstcommit firstcommitat",
            "When its first commit was written. Empty means not known.", ("2025-03-02T10:00:00Z", ""),
        ),
        Column(
            "opened_at", "opened_at", "instant", "opened created createdat",
            "When the request was opened.", ("2025-03-02T16:00:00Z", "2025-03-03T11:00:00+01:00"),
        ),
        Column("ready_at", "ready_at", "instant", "ready readyforreview readyforreviewat", "When it left draft."),
        Column(
            "first_review_at", "first_review_at", "instant", "firstreview reviewed reviewedat",
            "The first review by somebody else.", ("2025-03-03T09:00:00Z", ""),
        ),
        Column(
            "first_approval_at", "first_approval_at", "instant", "firstapproval approved approvedat",
            "The first approval.", ("2025-03-03T09:20:00Z", ""),
        ),
        Column(
            "merged_at", "merged_at", "instant", "merged mergetime mergedon",
            "When it reached the main branch. Needed: leave out what was not merged.",
            ("2025-03-03T13:30:00Z", "2025-03-03T15:00:00+01:00"),
        ),
        Column(
            "reverts", "reverts", "objects", "reverted revertof",
            "What it takes back: commits or numbers such as #12, separated by spaces.", ("", "#12"),
        ),
        Column(
            "paths", "paths", "paths", "files path",
            "Files it touches, separated by ; or line breaks. Empty means not known.", ("src/export.py", ""),
        ),
        _URL,
    ),
    needed=(("number", "sha"), ("merged_at",)),
    in_order=(("opened_at", "merged_at"),),
    id="change_id",
)
# fmt: on

KINDS = {kind.name: kind for kind in (DEPLOYMENT_FILE, INCIDENT_FILE, CHANGE_FILE)}


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


def _rank(column: Column, header: str) -> int:
    order = column.also.split()
    return min((order.index(word) for word in order if _plain(word) == _plain(header)), default=len(order))


def candidates(kind: Kind, header: str) -> list[Column]:
    """The columns that a header may stand for; `sha/commit` is understood by either part."""
    words = {_plain(word) for word in (header, *header.split("/"))}
    return [column for column in kind.columns if column.spellings & words]


def match(kind: Kind, headers: list[str]) -> dict[str, Column]:
    """Which header holds which column; headers that mean nothing to us are left out. A header that has a column's own
    name wins over one that is merely understood; where several may stand for an optional text, the first of `also`.

    Raises FileError where a needed column is missing or two headers mean the same column.
    """
    chosen: dict[str, list[str]] = {}
    for header in dict.fromkeys(headers):
        for column in candidates(kind, header):
            chosen.setdefault(column.name, []).append(header)
    own = {header: name for name, found in chosen.items() for header in found if _plain(header) == _plain(name)}
    matched: dict[str, Column] = {}
    for name, found in chosen.items():
        exact = [header for header in found if own.get(header) == name]
        free = exact or [header for header in found if header not in own and header not in matched]
        needless = all(name not in group for group in kind.needed)
        if len(free) > 1 and needless and kind.column(name).form == "text":
            free = sorted(free, key=lambda header: _rank(kind.column(name), header))[:1]
        if len(free) > 1 or any(headers.count(header) > 1 for header in free):
            raise FileError(f"Several columns could be {name}: {listed(free)}; keep one of them.")
        if free:
            matched[free[0]] = kind.column(name)
    have = {column.name for column in matched.values()}
    missing = [group for group in kind.needed if not have & set(group)]
    if missing:
        need = " and ".join(" or ".join(group) for group in missing)
        raise FileError(
            f"This file has the columns {listed(headers) or 'none'}, but {kind.name} also need {need}: "
            f"rename or add it, or start from the template."
        )
    return matched


def listed(words: list[str], most: int = 20) -> str:
    """Names for a sentence, shortened where they are many or long."""
    shown = [word if len(word) <= 40 else word[:39] + "…" for word in words[:most]]
    return ", ".join(shown) + (f" and {len(words) - most} more" if len(words) > most else "")
