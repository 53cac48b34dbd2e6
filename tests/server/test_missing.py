"""Addresses at which there is nothing, beside Streamlit's own files, which answer everything that no route knows."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

import server


@pytest.fixture
def portal(home) -> TestClient:
    routes = [*server.ROUTES, *create_streamlit_static_assets_routes("")]
    return TestClient(Starlette(routes=routes, middleware=server.MIDDLEWARE), base_url="http://127.0.0.1")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/people/x", "/people/x/y", "/nothing/at/all", "/reports/x", "/badge/x"])
def test_below_a_page_there_is_nothing_and_a_way_back(portal, method, path):
    answer = portal.request(method, path)
    assert answer.status_code == 404 and answer.headers["x-frame-options"] == "DENY"
    if method == "GET":
        assert "There is no such page" in answer.text and '<a href="/">Home</a>' in answer.text
        assert "<script" not in answer.text, "nothing of Streamlit's document"


def test_pages_and_files_are_as_they_were(portal):
    for path in ("/", "/people", "/nothing", "/people?team=1"):
        answer = portal.get(path)
        assert answer.status_code == 200 and "<script" in answer.text, path
    document = portal.get("/").text
    script = document.partition('src="./')[2].partition('"')[0]
    assert script.startswith("static/") and portal.get(f"/{script}").status_code == 200
    assert portal.get("/people/", follow_redirects=False).headers["location"] == "/people"
    assert portal.get("/people/_stcore/health").status_code == 404, "which tells the browser where the portal is"
    assert portal.get("/web/style.css").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/webhooks/github", "/webhooks/pagerduty/key"])
def test_webhooks_are_only_posted(portal, method, path):
    answer = portal.request(method, path)
    assert answer.status_code == 405 and answer.headers["allow"] == "POST"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/gitlab", "/webhooks/pagerduty/a/b"])
def test_no_page_answers_where_webhooks_are(portal, path):
    answer = portal.get(path)
    assert answer.status_code == 404 and answer.json()["detail"].startswith("There is no such place for webhooks")
