"""Deliveries as GitHub makes them: payloads from the published examples, or about things of this server; signed."""

import copy
import gzip
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.fake_github.issues import Issue
from tests.fake_github.records import Row
from tests.fake_github.repository import Repository
from tests.fake_github.runs import Run
from tests.fake_github.shapes_work import WorkShapes
from tests.fake_github.shipping import Deployment, Release

DATA = Path(__file__).parent / "data"
Delivery = tuple[dict[str, str], bytes]


@cache
def examples() -> dict[str, list[Row]]:
    """Event -> the published payloads."""
    found = json.loads(gzip.decompress((DATA / "webhooks.json.gz").read_bytes()))
    return {event["name"]: event["examples"] for event in found}


def example(event: str, action: str | None = None) -> Row:
    """A copy of the first published payload of an event with that action."""
    assert event in examples(), f"no published example of {event!r}"
    fitting = [each for each in examples()[event] if action in (None, each.get("action"))]
    assert fitting, f"no published example of {event!r} with action {action!r}"
    return copy.deepcopy(fitting[0])


def every(secret: str | None) -> Iterator[tuple[str, Delivery]]:
    """All published examples as deliveries: (event, (headers, body))."""
    for event, payloads in examples().items():
        for payload in payloads:
            yield event, delivery(event, payload, secret)


def delivery(event: str, payload: Row | bytes, secret: str | None, identity: str | None = None) -> Delivery:
    """Headers and body; without a secret it is not signed."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/test", "Accept": "*/*",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": identity or str(uuid.uuid4()), "X-GitHub-Hook-ID": "1",
        "X-GitHub-Hook-Installation-Target-Type": "repository", "X-GitHub-Hook-Installation-Target-ID": "1",
    }  # fmt: skip
    if secret is not None:
        for name, method in (("X-Hub-Signature", "sha1"), ("X-Hub-Signature-256", "sha256")):
            headers[name] = f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"
    return headers, body


def about(thing: Any, shapes: WorkShapes) -> tuple[Row, Repository]:
    """What a payload says of a thing of this server, and where the thing is."""
    here: Repository = thing if isinstance(thing, Repository) else thing.repository
    place = shapes.repository_url(here.row or {})
    if isinstance(thing, Issue):
        shape = shapes.pull if thing.row["pull_id"] else shapes.issue
        found = {"pull_request" if thing.row["pull_id"] else "issue": shape(here, thing.row, single=True)}
        return {**found, "number": thing.number}, here
    if isinstance(thing, Deployment):
        row, found = thing.row, {"deployment": shapes.deployment(place, thing.row)}
        if row["statuses"]:
            found["deployment_status"] = shapes.status(place, row, row["statuses"][-1])
        return found, here
    if isinstance(thing, Run):
        jobs = thing.row["attempts"][-1]["jobs"]
        found = {"workflow_run": shapes.run(here, thing.row)}
        return {**found, **({"workflow_job": shapes.job(here, thing.row, jobs[0])} if jobs else {})}, here
    if isinstance(thing, Release):
        return {"release": shapes.release(place, thing.row)}, here
    return {}, here


def payload(shapes: WorkShapes, event: str, action: str | None, thing: Any = None, **fields: Any) -> Row:
    """The published example; with a thing, its own parts (of those that the example has) and its repository."""
    found = example(event, action)
    if thing is not None:
        parts, here = about(thing, shapes)
        found |= {name: part for name, part in parts.items() if name in found}
        found["repository"] = shapes.repository(here.row or {})
        if "sender" in found:
            found["sender"] = shapes.user("mona")
    return {**found, **fields}
