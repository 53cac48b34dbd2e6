"""A team with numbers in two quarters, and a post office."""

import pytest

from data.reporting import mail, reports
from tests.data.arrange import Place
from tests.data.improving import planted
from tests.data.reporting import post as office


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """No report of another test's store, no setting of whoever runs the tests; jobs are done at once."""
    reports.forget()
    for name in (*mail.NAMES, "MILEPOST_CHAT_HOSTS", "MILEPOST_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


@pytest.fixture(scope="session")
def post_office(tmp_path_factory):
    with office.running(tmp_path_factory.mktemp("post")) as found:
        yield found


@pytest.fixture
def post(post_office, monkeypatch) -> office.Post:
    """A mail server that Milepost is told of, with nothing in it yet."""
    made, settings = post_office
    made.__init__()
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def shop(home, who) -> Place:
    """Three deployments a week; lead time drops by forty percent on the first of July 2024."""
    return planted.service(who, 42, drop_at=26, failing=True)
