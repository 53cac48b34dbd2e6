"""What may be sent: deployments, incidents and changes as JSON. The fields are those of import files, docs/imports.md;
what is left out is not known, and a field that is not known here is an error, so that no typing slip goes unseen.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal

import polars as pl
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from assessments.delivery import facts as shapes

AHEAD = timedelta(minutes=10)  # that a sender's clock may be
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("milepost", "{sentence}", {"sentence": sentence})


def _text(value: str) -> str:
    if "\0" in value:
        raise _wrong("This holds a NUL character: remove it.")
    return value


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise _wrong("This is not a time: write 2025-03-31T14:05:00+02:00 for example.")
    try:
        moment = datetime.fromisoformat(value.upper().replace(",", "."))
        moment = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        raise _wrong("There is no such time: check its day, its clock time and its offset.") from None
    if moment is None:
        raise _wrong("This time has no zone: add its offset, for example Z or +02:00.")
    if moment < _EARLIEST:
        raise _wrong("This time lies before 1990: check its year.")
    if moment > datetime.now(UTC) + AHEAD:
        raise _wrong("This time lies in the future: check the clock and the zone of the sender.")
    return moment


def _line(most: int, least: int = 1, **more):
    return Annotated[str, StringConstraints(min_length=least, max_length=most, **more), AfterValidator(_text)]


Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Id = _line(200)
Link = _line(2000, pattern=r"^https?://[^\s/@\\]+(?:/\S*)?$")
Commit = Annotated[_line(64, 7, pattern=r"^[0-9a-fA-F]+$"), Field(examples=["4f1c2d9e8b7a6f5e4d3c2b1a"])]
Reference = _line(64, pattern=r"^(?:#[0-9]{1,15}|[0-9a-fA-F]{7,64})$")
ServiceId = Annotated[int, Field(ge=1, le=2**31 - 1, description="The service; needed where the token is for several.")]


class Incoming(BaseModel):
    """A fact as it is sent. `kind`: as `data.sources.files.KINDS` calls it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    kind: ClassVar[str]
    key: ClassVar[str]  # the column of the fact's own id
    shape: ClassVar[pl.Schema]
    in_order: ClassVar[tuple[tuple[str, str], ...]]

    service: ServiceId | None = None

    @model_validator(mode="after")
    def _times_in_order(self):
        for earlier, later in self.in_order:
            first, second = getattr(self, earlier), getattr(self, later)
            if first is not None and second is not None and first > second:
                raise _wrong(f"{later} lies before {earlier}: check both times.")
        return self

    def row(self) -> dict:
        """As a row of its frame."""
        raise NotImplementedError

    def moments(self) -> list[datetime]:
        """Every time it speaks of."""
        return [value for _, value in self if isinstance(value, datetime)]


class Deployment(Incoming):
    """A deployment, or an attempt. The same `id` again replaces what was sent before, whole."""

    kind = "deployments"
    key = "deployment_id"
    shape = shapes.DEPLOYMENTS
    in_order = (("created_at", "finished_at"), ("started_at", "finished_at"))

    id: Annotated[Id, Field(description="Stays the same for the same deployment, such as the number of the run.")]
    environment: Annotated[_line(200) | None, Field(description="Where it went; without it, production.")] = None
    sha: Annotated[Commit | None, Field(description="The commit; without it no lead time can be known.")] = None
    ref: Annotated[_line(500) | None, Field(description="Tag, branch or version.")] = None
    name: Annotated[_line(500) | None, Field(description="The workflow, job or pipeline.")] = None
    created_at: Annotated[Instant | None, Field(description="When it was asked for.")] = None
    started_at: Annotated[Instant | None, Field(description="When it began.")] = None
    finished_at: Annotated[
        Instant | None, Field(description="When it ended; needed where status is success or failure.")
    ] = None
    status: Annotated[
        Literal["success", "failure", "cancelled", "skipped", "in_progress"], Field(description="How it ended.")
    ] = "success"
    unplanned: Annotated[
        bool | None, Field(description="true when it was made to repair a problem that users saw.")
    ] = None
    url: Annotated[Link | None, Field(description="Where a person can look at it.")] = None

    @model_validator(mode="after")
    def _finished(self):
        if self.status in ("success", "failure") and self.finished_at is None:
            raise _wrong(f"finished_at is missing, and a deployment with status {self.status} needs it.")
        return self

    def row(self) -> dict:
        values = self.model_dump(exclude={"service", "id"})
        return {**values, "deployment_id": self.id, "kind": "webhook", "sha": self.sha and self.sha.lower()}


class Incident(Incoming):
    """An incident. The same `id` again replaces what was sent before, whole: send it when it opens and when it ends."""

    kind = "incidents"
    key = "incident_id"
    shape = shapes.INCIDENTS
    in_order = (("opened_at", "acknowledged_at"), ("opened_at", "resolved_at"))

    id: Annotated[Id, Field(description="Stays the same for the same incident.")]
    title: Annotated[_line(500) | None, Field(description="One line, without names of people.")] = None
    opened_at: Annotated[Instant, Field(description="When users began to be affected.")]
    acknowledged_at: Annotated[Instant | None, Field(description="When somebody took it up.")] = None
    resolved_at: Annotated[Instant | None, Field(description="When service was restored; without it, still open.")] = (
        None
    )
    deployment: Annotated[
        _line(200) | None, Field(description="The deployment that caused it, where known: its id, tag or commit.")
    ] = None
    url: Annotated[Link | None, Field(description="Where a person can look at it.")] = None

    def row(self) -> dict:
        values = self.model_dump(exclude={"service", "id"})
        return {**values, "incident_id": self.id, "title": self.title or self.id}


class Change(Incoming):
    """A change that was merged. The same `number` again, or the same `sha` without a number, replaces it, whole."""

    kind = "changes"
    key = "change_id"
    shape = shapes.CHANGES
    in_order = (("opened_at", "merged_at"),)

    number: Annotated[
        int | None, Field(ge=1, le=999_999_999, description="Of the pull or merge request. This or sha is needed.")
    ] = None
    title: Annotated[_line(500) | None, Field(description="One line.")] = None
    sha: Annotated[Commit | None, Field(description="The commit on the main branch. This or number is needed.")] = None
    authored_at: Annotated[Instant | None, Field(description="When its first commit was written.")] = None
    opened_at: Annotated[Instant | None, Field(description="When the request was opened.")] = None
    ready_at: Annotated[Instant | None, Field(description="When it left draft.")] = None
    first_review_at: Annotated[Instant | None, Field(description="The first review by somebody else.")] = None
    first_approval_at: Annotated[Instant | None, Field(description="The first approval.")] = None
    merged_at: Annotated[Instant, Field(description="When it reached the main branch.")]
    reverts: Annotated[
        list[Reference] | None, Field(max_length=100, description="What it takes back: commits or numbers as #12.")
    ] = None
    paths: Annotated[list[_line(1000)] | None, Field(max_length=5000, description="Files it touches.")] = None
    url: Annotated[Link | None, Field(description="Where a person can look at it.")] = None

    @model_validator(mode="after")
    def _named(self):
        if self.number is None and self.sha is None:
            raise _wrong("number and sha are both missing, and a change needs one of them.")
        return self

    def row(self) -> dict:
        values = self.model_dump(exclude={"service", "sha"})
        sha = self.sha and self.sha.lower()
        return {
            **values,
            "change_id": f"#{self.number}" if self.number else sha,
            "kind": "pull_request" if self.number else "direct_push",
            "merge_sha": sha,
            "title": self.title or "",
            "reverts": self.reverts and [each.lower() for each in self.reverts],
        }


KINDS: Mapping[str, type[Incoming]] = {model.kind: model for model in (Deployment, Incident, Change)}

_SAID = {
    "missing": "This is missing, and is needed.",
    "extra_forbidden": "This field is not known: leave it out, or look for a typing slip.",
    "string_type": "This must be text.",
    "string_too_short": "This is too short: at least {min_length} characters.",
    "string_too_long": "This is too long: at most {max_length:,} characters.",
    "bool_type": "This must be true or false.",
    "int_type": "This must be a whole number.",
    "greater_than_equal": "This must be {ge:,} or more.",
    "less_than_equal": "This must be {le:,} or less.",
    "literal_error": "This must be one of {expected}.",
    "list_type": "This must be a list.",
    "too_long": "These are too many: at most {max_length:,}.",
    "model_type": "This must be an object with fields.",
}
_PATTERNS = {
    "sha": "This is not a commit: write 7 to 64 hexadecimal characters; tags, branches and versions belong into ref.",
    "url": "This is not a link: begin it with https:// and leave out user names, passwords and spaces.",
    "reverts": "Write a commit (7 characters or more) or a number such as #12.",
}


def sentence(error: Mapping) -> str:
    """What is wrong with one value, from an error of pydantic, and what to do."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "milepost":
        return context["sentence"]
    if kind == "string_pattern_mismatch":
        return next((_PATTERNS[part] for part in error["loc"] if part in _PATTERNS), "This has another form.")
    return _SAID[kind].format(**context) if kind in _SAID else f"{error['msg']}."
