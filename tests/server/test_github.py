"""What GitHub sends, from the door to the numbers."""

import json

import pytest
from sqlalchemy import select

from assessments.delivery.settings import ProductionRule, Settings
from data import derive, queries, store
from data.tables import Deployment, Feed, Issue, PipelineJob, PipelineRun, Repository, Service, Source, WebhookDelivery
from tests.fake_github import webhooks
from tests.server.test_facts import metric, stored

SECRET = "It's a Secret to Everybody"


@pytest.fixture(autouse=True)
def switched_on(monkeypatch):
    monkeypatch.setenv("MILEPOST_WEBHOOK_SECRET", SECRET)


def collected(portal, row: dict) -> int:
    """A source that has read that repository, for the service of the portal."""
    found = {"github_id": row["id"], "node": row["node_id"], "full_name": row["full_name"], "web_url": row["html_url"],
             "branch": row["default_branch"], "private": False, "archived": False}  # fmt: skip
    with store.writing() as session:
        repository = session.get_one(Repository, portal.place.repository_id)
        number = len(session.execute(select(Source.id)).all())
        if number:
            repository = Repository(organization_id=repository.organization_id, key=f"github:{row['id']}", name="x",
                                    created_at=1)  # fmt: skip
            session.add(repository)
        repository.github_id, repository.web_url, repository.full_name = row["id"], row["html_url"], row["full_name"]
        session.flush()
        source = Source(organization_id=repository.organization_id, kind="github", name=row["full_name"],
                        repository_id=repository.id, cursor={"facts": ["changes", "deployments"]},
                        collected_until=store.now_us() - 1, created_at=1, synced_at=1)  # fmt: skip
        session.add(source)
        session.flush()
        session.add(Feed(source_id=source.id, name="repository", cursor=found))
        return source.id


def send(portal, headers: dict, body: bytes):
    sent = {name.replace("-", "_"): value for name, value in headers.items() if name != "Content-Type"}
    return portal.client.ask("POST", "/webhooks/github", body, Content_Type="application/json", **sent)


def test_every_published_example_passes(one_portal):
    """Also those of repositories that are collected."""
    known = {}
    for payloads in webhooks.examples().values():
        for payload in payloads:
            row = payload.get("repository")
            if row and {"html_url", "node_id", "default_branch"} <= row.keys():
                known[row["id"]] = row
    for row in known.values():
        collected(one_portal, row)
    assert len(known) > 5
    said = [(event, send(one_portal, *delivery)) for event, delivery in webhooks.every(SECRET)]
    assert [(event, reply.body) for event, reply in said if reply.status not in (200, 202)] == []
    assert len(said) > 300
    assert {state for (state,) in stored(WebhookDelivery, "state")} == {"done"}
    for table in (Deployment, Issue, PipelineJob, PipelineRun):
        assert stored(table, "source_id")


def test_a_deployment_is_in_the_numbers_when_the_job_has_ended(portal):
    row = webhooks.example("deployment_status")["repository"]
    collected(portal, row)
    with store.writing() as session:
        rule = Settings(rule=ProductionRule(kind="github_deployment"))
        session.get_one(Service, portal.place.service_id).settings = rule.model_dump(mode="json")
        derive.changed(session, service_id=portal.place.service_id)
    derive.refresh(portal.place.service_id)
    assert metric(portal, "deployment_frequency").n == 0
    at = store.from_us(store.now_us() - 3_000_000).strftime("%Y-%m-%dT%H:%M:%SZ")
    payload = webhooks.example("deployment_status")
    payload["deployment"] |= {"created_at": at, "updated_at": at}
    payload["deployment_status"] |= {"created_at": at, "updated_at": at, "state": "success"}
    headers, body = webhooks.delivery("deployment_status", payload, SECRET)
    before = store.version()
    assert send(portal, headers, body).json == {"status": "waiting"}
    assert store.version() > before
    assert queries.service(portal.who, portal.place.service_id).ready
    assert metric(portal, "deployment_frequency").n == 1
    again = webhooks.delivery("deployment_status", json.loads(body), SECRET)
    assert send(portal, *again).json == {"status": "duplicate"}
