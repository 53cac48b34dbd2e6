"""What the test GitHub would send while it changes, as (event, payload)."""

import json

from tests.fake_github import GitHub
from tests.fake_github.issues import Issue, Pull
from tests.fake_github.records import Row
from tests.fake_github.runs import Run
from tests.fake_github.shapes_work import WorkShapes
from tests.fake_github.shipping import Deployment, Release

Delivery = tuple[str, Row]


class Sender:
    """Looks what has changed since it was last asked, and tells it as GitHub does."""

    def __init__(self, hub: GitHub, name: str = "acme/shop"):
        self.hub, self.repo = hub, hub.repository(name)
        self._seen, self._last = {}, {}
        self.changes()

    def changes(self) -> list[Delivery]:
        """In the order in which things are listed, not that in which they happened."""
        sent: list[Delivery] = []
        for kind, rows in self._things().items():
            for row in rows:
                key = kind, row["number"] if kind == "items" else row["id"]
                if self._seen.get(key) != row:
                    before, self._seen[key] = self._seen.get(key), json.loads(json.dumps(row))
                    sent += getattr(self, f"_{kind}")(key, row, before)
            there = {(kind, row["number"] if kind == "items" else row["id"]) for row in rows}
            for key in [key for key in self._seen if key[0] == kind and key not in there]:
                del self._seen[key]
                event, payload = self._last.pop(key, (None, None))
                if event in ("issues", "release"):
                    sent.append((event, {**payload, "action": "deleted"}))
        return sent

    def _things(self) -> dict[str, list[Row]]:
        here = self.repo
        tables = {"items": here.issues, "deployments": here.deployments, "runs": here.runs, "releases": here.releases}
        return {name: list(table.truth()) for name, table in tables.items()}

    def _made(self, event: str, action: str | None, about: object, **fields) -> Delivery:
        """As the first example, which has all parts, with another action: not every action has an example."""
        payload = json.loads(self.hub.webhook(event, about=about, **fields)[1])
        return event, {**payload, "action": action}

    def _keep(self, key: tuple, *sent: Delivery) -> list[Delivery]:
        self._last[key] = sent[-1]
        return list(sent)

    def _items(self, key: tuple, row: Row, before: Row | None) -> list[Delivery]:
        if not row["pull_id"]:
            turn = "closed" if row["state"] == "closed" else "edited"
            return self._keep(key, self._made("issues", turn if before else "opened", Issue(self.repo, row["number"])))
        pull = Pull(self.repo, row["number"])
        if before and len(before["reviews"]) < len(row["reviews"]):
            return self._keep(key, self._made("pull_request_review", "submitted", pull))
        action = "opened" if not before else "closed" if row["state"] == "closed" else "edited"
        return self._keep(key, self._made("pull_request", action, pull))

    def _deployments(self, key: tuple, row: Row, before: Row | None) -> list[Delivery]:
        """A delivery for each status, with the deployment as it was then."""
        shapes, place = WorkShapes(self.hub.world, self.hub.url), self.hub.url + "/repos/acme/shop"
        thing, sent = Deployment(self.repo, row["id"]), []
        told = len(before["statuses"]) if before else 0
        if not before:
            body = shapes.deployment(place, {**row, "statuses": [], "updated_at": row["created_at"]})
            sent.append(self._made("deployment", "created", thing, deployment=body))
        for status in row["statuses"][told:]:
            body = shapes.deployment(place, {**row, "updated_at": max(status["created_at"], row["created_at"])})
            told_status = shapes.status(place, row, status)
            sent.append(
                self._made("deployment_status", "created", thing, deployment=body, deployment_status=told_status)
            )
        return self._keep(key, *sent) if sent else []

    def _runs(self, key: tuple, row: Row, before: Row | None) -> list[Delivery]:
        run, shapes = Run(self.repo, row["id"]), WorkShapes(self.hub.world, self.hub.url)
        sent = [
            self._made("workflow_job", "completed", run, workflow_job=shapes.job(self.repo, row, job))
            for job in row["attempts"][-1]["jobs"]
        ]
        return [*sent, *self._keep(key, self._made("workflow_run", "completed", run))]

    def _releases(self, key: tuple, row: Row, before: Row | None) -> list[Delivery]:
        action = "edited" if before else "created" if row["draft"] else "published"
        return self._keep(key, self._made("release", action, Release(self.repo, row["id"])))
