"""What Prometheus reads."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from data import exposition, store
from data.tables import Job, WebhookDelivery


def samples(reply) -> dict:
    """name and labels -> value, as the official parser reads them."""
    assert (reply.status, reply.headers["content-type"]) == (200, exposition.MEDIA_TYPE)
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.body.decode())
        for sample in family.samples
    }


def test_it_tells_of_work_and_of_requests(portal):
    with store.writing() as session:
        session.add(Job(kind="git", state="failed", organization_id=portal.place.organization_id, created_at=1))
        session.add(WebhookDelivery(kind="github", delivery_id="d", event="push", digest="x", received_at=1))
    portal.ask().post("/api/v1/deployments", [], Content_Type="text/plain")
    portal.ask(service=portal.place.service_id).post("/api/v1/deployments", [])
    told = samples(portal.client.get("/metrics"))
    assert told["milepost_data_version",] == store.version()
    assert told["milepost_jobs", "failed"] == 1 and told["milepost_jobs", "queued"] == 0
    assert told["milepost_webhook_deliveries", "waiting"] == 1
    assert 0 <= told["milepost_source_age_seconds", "api"] < 60
    assert told["milepost_http_requests_total", "POST", "/api/v1/deployments", "415"] >= 1
    assert told["milepost_http_requests_total", "POST", "/api/v1/deployments", "200"] >= 1


def test_nothing_of_teams_and_no_path_of_an_asker_is_in_it(portal):
    for path in ("/api/v1/services/123/metrics", "/badge/secret-key.svg", "/webhooks/pagerduty/secret-key",
                 '/x"y\\z%0a', "/api/v1/secret-key"):  # fmt: skip
        portal.client.get(path)
        portal.client.ask("BREW", path, None)
    body = portal.client.get("/metrics").body.decode()
    assert not any(word in body for word in ("Shop", "Till", "secret-key", "BREW", "123"))
    assert 'route="/api/v1/services/{id}/metrics"' in body and 'route="other"' in body


def test_from_elsewhere_it_needs_a_token_for_the_whole_organisation(portal):
    elsewhere = {"X_Forwarded_For": "203.0.113.9"}
    assert portal.client.get("/metrics", **elsewhere).problem["status"] == 401
    assert portal.ask("read").get("/metrics", **elsewhere).status == 200
    assert portal.ask("changes:write").get("/metrics", **elsewhere).problem["status"] == 403
    assert portal.ask("read", service=portal.place.service_id).get("/metrics", **elsewhere).problem["status"] == 403


def test_a_page_of_another_site_cannot_read_it_by_name(one_portal):
    """Its name may resolve to this computer; it stays its name."""
    assert one_portal.client.get("/metrics", Host="evil.example").status == 401
    assert one_portal.client.get("/metrics", Host=f"localhost:{one_portal.client.port}").status == 200


def test_the_setting_asks_everybody_for_a_token(one_portal, monkeypatch):
    monkeypatch.setenv("MILEPOST_METRICS", "token")
    assert one_portal.client.get("/metrics").status == 401
    assert one_portal.ask("read").get("/metrics").status == 200


@pytest.mark.parametrize(
    ("client", "host", "headers", "local"),
    [
        ("127.0.0.1", "localhost", {}, True), ("127.9.9.9", "127.0.0.1", {}, True), ("::1", "::1", {}, True),
        ("10.0.0.1", "localhost", {}, False), (None, "localhost", {}, False), ("testclient", "localhost", {}, False),
        ("127.0.0.1", "localhost", {"forwarded": ""}, False), ("127.0.0.1", None, {}, False),
    ],
)  # fmt: skip
def test_who_is_local(client, host, headers, local):
    assert exposition.is_local(client, host, headers) is local


def test_the_store_away_is_told(one_portal, monkeypatch):
    from psycopg import OperationalError

    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(store, "reading", away)
    assert one_portal.client.get("/metrics").status == 503
    assert one_portal.client.get("/readyz").status == 503 and one_portal.client.get("/healthz").status == 200


def test_labels_are_escaped():
    assert exposition._escape('a"b\\c\nd') == 'a\\"b\\\\c\\nd'
