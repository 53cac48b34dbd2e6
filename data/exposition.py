"""What /metrics tells: how this process and its work are doing, in the text format of Prometheus. Nothing of teams."""

import ipaddress
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from data import environment, store
from data.api import door
from data.tables import DataVersion, Job, Organization, Source, WebhookDelivery

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
JOB_STATES = ("queued", "running", "done", "failed", "cancelled")
DELIVERY_STATES = ("waiting", "done", "failed")

#: All that is counted by itself; every other path is one of the pages, or of nothing.
ROUTES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/badge/{key}.svg",
    "/quick-check",
    "/reports/unsubscribe/{key}",
    "/reports/{kind}/{id}/{file}",
    "/webhooks/github",
    "/webhooks/pagerduty/{key}",
    "/api/v1/openapi.json",
    *(endpoint.path for endpoint in door.ENDPOINTS),
)
_METHODS = ("GET", "HEAD", "POST")
_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

Samples = Iterable[tuple[Mapping[str, str], float]]


class Requests:
    """How often each route was asked in this process, by method and status."""

    def __init__(self):
        self._lock, self._counted = threading.Lock(), Counter()
        shapes = (re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)) for route in ROUTES)
        self._shapes = [(re.compile(shape), route) for shape, route in zip(shapes, ROUTES, strict=True)]

    def count(self, path: str, method: str, status: int) -> None:
        route = next((name for shape, name in self._shapes if shape.fullmatch(path)), "other")
        method = method if method in _METHODS else "other"
        with self._lock:
            self._counted[route, method, status] += 1

    def samples(self) -> Samples:
        with self._lock:
            counted = sorted(self._counted.items())
        for (route, method, status), number in counted:
            yield {"route": route, "method": method, "status": str(status)}, number


def is_local(client: str | None, host: str | None, headers: Mapping[str, str]) -> bool:
    """Whether it was asked on this computer, by its own name (a page of another site may resolve to it), and through no
    proxy. MILEPOST_METRICS other than `loopback` makes nobody local."""
    if environment.value("MILEPOST_METRICS") not in ("", "loopback") or any(name in headers for name in _PROXIED):
        return False
    try:
        near = ipaddress.ip_address(client or "").is_loopback
    except ValueError:
        return False
    return near and host in ("localhost", "127.0.0.1", "::1")


def text(requests: Requests) -> str:
    """Everything, of one moment of the store."""
    with store.reading() as session:
        version = session.execute(select(DataVersion.version)).scalar_one()
        jobs = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
        newest = select(Source.kind, func.max(Source.collected_until))
        newest = newest.join(Organization, Organization.id == Source.organization_id)
        newest = newest.where(Organization.is_demo.is_(False), Source.collected_until.is_not(None))
        read = dict(session.execute(newest.group_by(Source.kind)).all())
        by_state = select(WebhookDelivery.state, func.count()).group_by(WebhookDelivery.state)
        deliveries = dict(session.execute(by_state).all())
    now = store.now_us()
    ages = [({"kind": kind}, max(0, now - at) / 1e6) for kind, at in sorted(read.items())]
    parts = (
        _metric("data_version", "gauge", "Raised by every transaction that changes what pages show.", [({}, version)]),
        _metric("jobs", "gauge", "Jobs by state.", _states(JOB_STATES, jobs)),
        _metric(
            "source_age_seconds", "gauge", "Since the newest moment that a source of the kind was read up to.", ages
        ),
        _metric(
            "webhook_deliveries", "gauge", "Deliveries by state; those that wait are to be processed.",
            _states(DELIVERY_STATES, deliveries),
        ),
        _metric(
            "http_requests_total", "counter", "Requests that this process has answered.", requests.samples()
        ),
    )  # fmt: skip
    return "".join(parts)


def _states(known: Iterable[str], counted: Mapping[str, int]) -> Samples:
    return [({"state": state}, counted.get(state, 0)) for state in known]


def _metric(name: str, kind: str, about: str, samples: Samples) -> str:
    lines = [f"# HELP milepost_{name} {about}", f"# TYPE milepost_{name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escape(label)}"' for key, label in labels.items())
        lines.append(f"milepost_{name}{'{' + inside + '}' if inside else ''} {value}")
    return "\n".join(lines) + "\n"


def _escape(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
