"""Sending deployments, incidents and changes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data import derive, intake, queries, store
from data.tables import AuditEvent, Change, Deployment, Incident, Source

NOW = datetime.now(UTC).replace(microsecond=0)


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def deployment(number: int, hours: float, **more) -> dict:
    return {"id": str(number), "sha": f"{number:07x}", "finished_at": ago(hours), **more}


def stored(table, *columns) -> list[tuple]:
    with store.reading() as session:
        wanted = select(*(getattr(table, name) for name in columns)).order_by(*table.__table__.primary_key)
        return [tuple(row) for row in session.execute(wanted)]


def metric(portal, key: str):
    service = queries.service(portal.who, portal.place.service_id)
    return derive.summaries({service.id: queries.window(service, 4)})[service.id].metrics[key]


def test_a_deployment_that_is_sent_is_in_the_numbers(portal):
    ask = portal.ask("deployments:write", service=portal.place.service_id)
    sent = ask.post("/api/v1/deployments", deployment(1, 2))
    assert (sent.status, sent.json) == (200, {"saved": 1, "services": [portal.place.service_id]})
    assert metric(portal, "deployment_frequency").n == 1


def test_the_same_id_again_replaces_it(portal):
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", deployment(1, 2, status="failure", environment="live"))
    ask.post("/api/v1/deployments", deployment(1, 1))
    assert stored(Deployment, "deployment_id", "kind", "status", "environment") == [("1", "webhook", "success", None)]


def test_a_deployment_begins_and_then_ends(portal):
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", {"id": "1", "status": "in_progress", "started_at": ago(1)})
    assert metric(portal, "deployment_frequency").n == 0
    ask.post("/api/v1/deployments", deployment(1, 0.5, started_at=ago(1)))
    assert metric(portal, "deployment_frequency").n == 1


def test_a_list_may_be_of_several_services(portal):
    one, two = portal.place.service_id, portal.beside.service_id
    sent = portal.ask().post("/api/v1/deployments", [deployment(1, 2, service=one), deployment(1, 2, service=two)])
    assert sent.json == {"saved": 2, "services": sorted([one, two])}
    assert stored(Deployment, "service_id", "deployment_id") == [(one, "1"), (two, "1")]


def test_incidents_and_changes_arrive_with_all_their_fields(portal):
    ask = portal.ask(service=portal.place.service_id)
    incident = {"id": "INC-1", "title": "Slow", "opened_at": ago(3), "acknowledged_at": ago(2.5), "resolved_at": ago(2),
                "deployment": "1", "url": "https://x/1"}  # fmt: skip
    assert ask.post("/api/v1/incidents", incident).status == 200
    change = {"number": 7, "title": "Faster", "sha": "ABCDEF1", "authored_at": ago(9), "opened_at": ago(8),
              "merged_at": ago(4), "reverts": ["#3"], "paths": ["a.py", "b.py"]}  # fmt: skip
    assert ask.post("/api/v1/changes", [change, {"sha": "1234567", "merged_at": ago(3)}]).status == 200
    assert stored(Incident, "incident_id", "title", "deployment") == [("INC-1", "Slow", "1")]
    assert stored(Change, "change_id", "kind", "merge_sha", "reverts", "paths") == [
        ("#7", "pull_request", "abcdef1", "#3", "a.py\nb.py"),
        ("1234567", "direct_push", "1234567", None, None),
    ]
    assert queries.service(portal.who, portal.place.service_id).incidents_collected


def test_what_is_sent_in_pieces_gives_the_numbers_of_all_at_once(portal):
    """The end of the history alone is judged again, with the same result."""
    facts = [deployment(number, 24 * 60 - number * 20) for number in range(1, 60)]
    for start in range(0, len(facts), 7):
        sent = [{**each, "service": portal.place.service_id} for each in facts[start : start + 7]]
        portal.ask().post("/api/v1/deployments", sent)
    portal.ask().post("/api/v1/deployments", [{**each, "service": portal.beside.service_id} for each in facts])
    pieces, whole = (
        derive.load(each.service_id).deployments.drop("deployment_id") for each in (portal.place, portal.beside)
    )
    assert pieces.equals(whole)


def test_all_or_nothing(portal):
    ask = portal.ask(service=portal.place.service_id)
    refused = ask.post("/api/v1/deployments", [deployment(1, 2), deployment(2, 1, sha="v1.2"), {"finished_at": "now"}])
    assert refused.status == 422 and stored(Deployment, "id") == [] == stored(Source, "id")
    assert [(each["path"], each["detail"][:22]) for each in refused.problem["errors"]] == [
        ("/1/sha", "This is too short: at "),
        ("/2/id", "This is missing, and i"),
        ("/2/finished_at", "This is not a time: wr"),
    ]


def test_nothing_is_saved_when_one_service_of_a_list_is_not_there(portal):
    facts = [deployment(1, 2, service=portal.place.service_id), deployment(2, 2, service=portal.foreign.service_id)]
    refused = portal.ask().post("/api/v1/deployments", facts)
    assert refused.status == 404 and refused.problem["errors"][0]["path"] == "/1/service"
    assert stored(Deployment, "id") == []


@pytest.mark.parametrize(
    ("sent", "path", "says"),
    [
        ({"id": "1", "finished_at": "2025-01-01T00:00:00"}, "/finished_at", "no zone"),
        ({"id": "1", "finished_at": "2025-01-01"}, "/finished_at", "not a time"),
        ({"id": "1", "finished_at": 1735689600}, "/finished_at", "not a time"),
        ({"id": "1", "finished_at": "2025-02-30T00:00:00Z"}, "/finished_at", "no such time"),
        ({"id": "1", "finished_at": "9999-12-31T23:59:59-14:00"}, "/finished_at", "no such time"),
        ({"id": "1", "finished_at": "2099-01-01T00:00:00Z"}, "/finished_at", "future"),
        ({"id": "1", "finished_at": "1970-01-01T00:00:00Z"}, "/finished_at", "1990"),
        ({"id": "1", "finished_at": "２０２５-01-01T00:00:00Z"}, "/finished_at", "not a time"),
        ({"id": "1"}, "", "finished_at is missing"),
        ({"id": "1", "started_at": ago(1), "finished_at": ago(2)}, "", "lies before"),
        ({"id": "", "finished_at": ago(1)}, "/id", "too short"),
        ({"id": "x" * 10_000, "finished_at": ago(1)}, "/id", "too long"),
        ({"id": "a\0b", "finished_at": ago(1)}, "/id", "NUL"),
        ({"id": 7, "finished_at": ago(1)}, "/id", "must be text"),
        ({"id": "1", "finished_at": ago(1), "status": "done"}, "/status", "one of 'success'"),
        ({"id": "1", "finished_at": ago(1), "unplanned": "yes"}, "/unplanned", "true or false"),
        ({"id": "1", "finished_at": ago(1), "enviroment": "x"}, "/enviroment", "not known"),
        ({"id": "1", "finished_at": ago(1), "a/b~c": "x"}, "/a~1b~0c", "not known"),
        ({"id": "1", "finished_at": ago(1), "url": "javascript:alert(1)"}, "/url", "not a link"),
        ({"id": "1", "finished_at": ago(1), "url": "https://u:p@x/"}, "/url", "not a link"),
        ({"id": "1", "finished_at": ago(1), "sha": "release-1"}, "/sha", "not a commit"),
        ({"id": "1", "finished_at": ago(1), "service": 0}, "/service", "1 or more"),
        ({"id": "1", "finished_at": ago(1), "service": 2**80}, "/service", "or less"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(one_portal, sent, path, says):
    refused = one_portal.ask(service=one_portal.place.service_id).post("/api/v1/deployments", sent)
    (error,) = refused.problem["errors"]
    assert (refused.status, error["path"]) == (422, path) and says in error["detail"], error


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"id": "\xff"}', 400),
        (b'{"id": "\\ud800"}', 400),
        (b'{"id": NaN}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"3", 422),
        (b"null", 422),
        (b"[[]]", 422),
        (b"[" + b"1," * 5_000 + b"1]", 422),
        (b'{"service": ' + b"9" * 5_000 + b"}", 400),
        (b'{"id": 1' + b"0" * 500_000 + b"}", 400),
        (b'{"id": ' + b"9" * 4_000 + b"}", 422),
    ],
)
def test_a_body_that_is_no_facts_is_refused(one_portal, body, status):
    refused = one_portal.ask(service=one_portal.place.service_id).post("/api/v1/deployments", body)
    assert refused.status == status and refused.problem["detail"]


def test_the_most_that_may_be_sent(portal):
    ask = portal.ask(service=portal.place.service_id)
    assert ask.post("/api/v1/deployments", [deployment(each, 2 + each) for each in range(1_000)]).json["saved"] == 1_000
    more = ask.post("/api/v1/deployments", [deployment(each, 2) for each in range(1_001)])
    assert more.status == 422 and "1,001" in more.problem["detail"]


def test_the_same_fact_twice_in_a_request_is_a_slip(one_portal):
    ask = one_portal.ask(service=one_portal.place.service_id)
    refused = ask.post("/api/v1/deployments", [deployment(1, 2), deployment(1, 1)])
    assert (refused.status, refused.problem["errors"][0]["path"]) == (422, "/1")


def test_no_more_than_a_hundred_errors_are_listed(one_portal):
    refused = one_portal.ask(service=one_portal.place.service_id).post("/api/v1/deployments", [{}] * 700)
    assert (len(refused.problem["errors"]), refused.problem["errors_total"]) == (100, 700)


def test_a_token_for_several_services_must_name_one(one_portal):
    assert one_portal.ask().post("/api/v1/deployments", deployment(1, 2)).problem["errors"][0]["path"] == "/service"
    there = f"/api/v1/deployments?service={one_portal.place.service_id}"
    assert one_portal.ask().post(there, deployment(1, 2)).json["services"] == [one_portal.place.service_id]
    for wrong in ("0", "-1", "x", "9" * 30, "%00", ""):
        assert one_portal.ask().post(f"/api/v1/deployments?service={wrong}", deployment(1, 2)).status in (400, 404)


def test_an_empty_list_says_that_nothing_happened(portal):
    """Then incidents are collected, and there was none."""
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", [deployment(each, 24 * each) for each in range(1, 30)])
    assert metric(portal, "change_fail_rate").state == "not_collected"
    assert ask.post("/api/v1/incidents", []).json["saved"] == 0
    assert metric(portal, "change_fail_rate").value == 0
    assert portal.ask().post("/api/v1/incidents", []).status == 422


def test_the_source_can_be_taken_away_with_all_it_brought(portal):
    ask = portal.ask(service=portal.place.service_id)
    ask.post("/api/v1/deployments", deployment(1, 2))
    ((source, kind),) = stored(Source, "id", "kind")
    intake.remove_source(portal.who, source)
    assert kind == "api" and stored(Deployment, "id") == []
    ask.post("/api/v1/deployments", deployment(2, 1))
    assert stored(Deployment, "deployment_id") == [("2",)]


def test_the_door_leaves_one_trace_of_its_source(one_portal):
    ask = one_portal.ask(service=one_portal.place.service_id)
    for number in (1, 2, 3):
        ask.post("/api/v1/deployments", deployment(number, 2))
    with store.reading() as session:
        count = select(func.count()).where(AuditEvent.action == "add_source")
        assert session.execute(count).scalar_one() == 1
