"""Services, metrics and cells as programs read them: those of the pages."""

from dataclasses import asdict

import jsonschema
import openapi_spec_validator
import pytest

from assessments.delivery import present
from data import derive, queries, store
from data.api.document import document
from data.tables import Organization, Repository, Service, Team
from tests.data.arrange import Place, change, deployment, incident
from tests.server.conftest import SENT


@pytest.fixture
def busy(portal):
    """The service has a year of everything."""
    sent = [deployment(f"d{each}", each * 2, each * 140, kind="webhook") for each in range(1, 60)]
    portal.place.add(
        changes=[change(number, number * 70) for number in range(1, 120)],
        deployments=sent,
        incidents=[incident(f"i{each}", each * 1400 + 2, each * 1400 + 5) for each in range(1, 6)],
        source=portal.place.source(until=60 * 140),
    )
    derive.refresh(portal.place.service_id)
    return portal


def checked(reply, name: str) -> dict:
    """The body, which is of the shape that the document says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(reply.json)
    return reply.json


def test_the_numbers_are_those_of_the_pages(busy):
    one = queries.service(busy.who, busy.place.service_id)
    summary = derive.summaries({one.id: queries.window(one, 26)})[one.id]
    told = checked(busy.ask("read").get(f"/api/v1/services/{one.id}/metrics?weeks=26"), "MetricsOut")
    assert list(told["metrics"]) == list(summary.metrics) and told["judged"] and told["up_to_date"]
    for key, metric in summary.metrics.items():
        said = told["metrics"][key]
        assert {name: said[name] for name in ("state", "value", "low", "high", "n", "of", "basis")} == {
            name: getattr(metric, name) for name in ("state", "value", "low", "high", "n", "of", "basis")
        }
        assert said["says"].startswith(present.headline(metric))
    assert told["coverage"] == asdict(summary.coverage)
    assert told["metrics"]["change_fail_rate"]["n"] > 0


def test_a_service_without_a_rule_says_what_is_missing(portal):
    bare = Place(portal.who, "Bare", None)
    told = checked(portal.ask("read").get(f"/api/v1/services/{bare.service_id}/metrics"), "MetricsOut")
    assert (told["judged"], told["metrics"], told["why"]) == (
        False, {}, "Nobody has chosen yet what counts as a production deployment.",
    )  # fmt: skip


def test_too_few_is_not_zero(portal):
    portal.place.add(deployments=[deployment("d1", None, 10, kind="webhook")])
    derive.refresh(portal.place.service_id)
    metrics = portal.ask("read").get(f"/api/v1/services/{portal.place.service_id}/metrics").json["metrics"]
    assert (metrics["change_fail_rate"]["state"], metrics["change_fail_rate"]["value"]) == ("not_collected", None)


def test_cells_by_page_are_all_of_them_in_order(busy):
    path, ask = f"/api/v1/services/{busy.place.service_id}/cells?weeks=20", busy.ask("read")
    whole = checked(ask.get(f"{path}&limit=500"), "CellsOut")["cells"]
    pages, cursor = [], ""
    while cursor is not None:
        page = ask.get(f"{path}&limit=37{cursor and '&cursor=' + cursor}").json
        pages += page["cells"]
        cursor = page["next"]
    one = queries.service(busy.who, busy.place.service_id)
    frame = queries.cells(one.id, *queries.window(one, 20))
    assert pages == whole and len(whole) == len(frame) > 150
    assert [(each["week"], each["metric"], each["value"]) for each in whole] == [
        (str(row["week"]), row["metric"], row["value"]) for row in frame.iter_rows(named=True)
    ]
    only = ask.get(f"{path}&metric=lead_time").json["cells"]
    assert only == [each for each in whole if each["metric"] == "lead_time"]


def test_a_page_of_older_numbers_is_not_mixed_with_newer_ones(busy):
    path, ask = f"/api/v1/services/{busy.place.service_id}/cells?limit=5", busy.ask("read")
    cursor = ask.get(path).json["next"]
    busy.place.add(deployments=[deployment("late", 120, 60 * 140 - 1, kind="webhook")])
    derive.refresh(busy.place.service_id)
    assert ask.get(f"{path}&cursor={cursor}").problem["status"] == 409


def test_services_by_page(portal):
    ids = sorted([portal.place.service_id, portal.beside.service_id])
    ids += [Place(portal.who, f"S{each}", SENT).service_id for each in range(5)]
    ask, found, cursor = portal.ask("read"), [], ""
    while cursor is not None:
        page = checked(ask.get(f"/api/v1/services?limit=3{cursor and '&cursor=' + cursor}"), "ServicesOut")
        found += [each["id"] for each in page["services"]]
        cursor = page["next"]
    assert found == ids


def test_the_demo_is_no_programs(portal):
    with store.writing() as session:
        demo = Organization(name="Demo", is_demo=True, created_at=1)
        session.add(demo)
        session.flush()
        team = Team(organization_id=demo.id, name="Invented", created_at=1)
        place = Repository(organization_id=demo.id, key="demo:x", name="x", created_at=1)
        session.add_all([team, place])
        session.flush()
        session.add(Service(team_id=team.id, name="Invented", repository_id=place.id, created_at=1))
    names = [each["name"] for each in portal.ask("read").get("/api/v1/services").json["services"]]
    assert sorted(names) == ["Shop", "Till"]


def test_an_answer_that_one_has_is_not_sent_again(busy):
    ask, version = busy.ask("read"), store.version()
    for path in (f"/api/v1/services/{busy.place.service_id}/metrics", "/api/v1/services",
                 f"/api/v1/services/{busy.place.service_id}/cells", "/api/v1/openapi.json"):  # fmt: skip
        tag = ask.get(path).headers["etag"]
        again = ask.get(path, If_None_Match=f'"x", W/{tag}')
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert ask.get(f"{path}?weeks=2", If_None_Match=tag).status == (200 if "services/" in path else 304)
    assert store.version() == version
    metrics = f"/api/v1/services/{busy.place.service_id}/metrics"
    tag = ask.get(metrics).headers["etag"]
    busy.place.add(deployments=[deployment("late", 120, 60 * 140 - 1, kind="webhook")])
    stale = ask.get(metrics, If_None_Match=tag)
    assert (stale.status, stale.json["up_to_date"]) == (200, False)
    derive.refresh(busy.place.service_id)
    assert ask.get(metrics, If_None_Match=stale.headers["etag"]).json["up_to_date"]


@pytest.mark.parametrize(
    "query",
    ["weeks=0", "weeks=-1", "weeks=1041", "weeks=x", "weeks=", "weeks=" + "9" * 5000, "limit=501", "cursor=",
     "cursor=%", "cursor=WzFd", "cursor=bnVsbA", "cursor=" + "W1tb" * 2000, "weeks=1_0", "weeks=%D9%A3"],
)  # fmt: skip
def test_a_query_that_cannot_be_is_refused(one_portal, query):
    there = f"/api/v1/services/{one_portal.place.service_id}/cells?{query}"
    assert one_portal.ask().get(there).problem["status"] == 400


def test_the_answer_to_head_has_no_body(busy):
    there = f"/api/v1/services/{busy.place.service_id}/metrics"
    got, asked = busy.ask().get(there), busy.ask().ask("HEAD", there, None)
    assert (asked.status, asked.body, asked.headers["etag"]) == (200, b"", got.headers["etag"])


def test_the_document_is_valid():
    openapi_spec_validator.validate(document())


def test_the_document_names_everything_that_there_is(one_portal):
    told = one_portal.client.get("/api/v1/openapi.json").json
    assert told["openapi"] == "3.1.0" and len(told["paths"]) == 6
    for path, operations in told["paths"].items():
        for method in operations:
            reply = one_portal.client.ask(method.upper(), path.replace("{id}", "1"), None)
            assert reply.status == 401, (method, path)
