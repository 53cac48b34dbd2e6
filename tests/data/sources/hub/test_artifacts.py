"""Artifacts of runs: one JSON file in memory, from a storage that is not trusted and gets no token."""

import pytest

from assessments.evidence.reading import Malformed
from assessments.poc.reading.archives import json_member
from data.sources.github import artifacts
from tests.fake_github.storage import Storage, zipped


@pytest.fixture
def storage():
    made = Storage()
    yield made
    made.stop()


def fetched(storage: Storage, body: bytes = b"", status: int = 200, headers: dict | None = None) -> object:
    content = artifacts.fetched(storage.put("/a.zip", body, status, headers), allow_local=True)
    return json_member(content, "coverage.json")


def test_the_value_of_the_file_is_read_without_saying_who_asks(storage):
    assert fetched(storage, zipped(**{"coverage.json": {"percent": 80}, "other.json": 1})) == {"percent": 80}
    ((_, headers),) = storage.seen
    assert set(headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize(
    ("put", "because"),
    [
        ({"status": 302, "headers": {"Location": "http://127.0.0.1/"}}, "its storage answered 302"),
        ({"status": 404}, "its storage answered 404"),
        ({"body": b"x" * (11 << 20)}, "it is larger than 10 MB"),
        ({"headers": {"Content-Length": "900"}, "body": b"cut"}, "its storage did not give it"),
        ({"body": b"not an archive"}, "it is no archive that can be read"),
        ({"body": zipped(**{"../coverage.json": {"percent": 99}})}, "the archive holds no coverage.json"),
        ({"body": zipped(**{"/coverage.json": {"percent": 99}})}, "the archive holds no coverage.json"),
        ({"body": zipped(**{"coverage.json": b" " * (3 << 20)})}, "larger than 2 MB"),
        ({"body": zipped(**{f"{number}.json": 1 for number in range(2_001)})}, "lists more than 2,000 files"),
    ],
)
def test_what_lies_in_the_storage_may_be_anything(storage, put, because):
    with pytest.raises((artifacts.Withheld, Malformed), match=because):
        fetched(storage, **put)
    assert len(storage.seen) == 1, "and it leads nowhere further"


def test_a_storage_that_trickles_is_given_up(storage):
    times = iter([0.0, *[1_000.0] * 10])
    with pytest.raises(artifacts.Withheld, match="its storage is too slow"):
        artifacts.fetched(storage.put("/a", b"x" * 100), allow_local=True, clock=lambda: next(times))


def test_a_storage_that_is_not_there_is_no_error_of_ours(storage):
    address = storage.put("/a", b"x")
    storage.stop()
    with pytest.raises(artifacts.Withheld, match="its storage did not give it"):
        artifacts.fetched(address, allow_local=True)


@pytest.mark.parametrize(
    "address",
    [
        "http://storage.example.com/a", "file:///etc/passwd", "https://127.0.0.1/a", "https://localhost/a",
        "https://user:pass@storage.example.com/a", "https://storage.example.com:8443/a", "https://[::1]/a",
        "https://2130706433/a", "https://0x7f.1/a", "//storage.example.com", "", "https://a b/", "https://[/",
    ],
)  # fmt: skip
def test_other_addresses_are_not_those_of_a_storage(address):
    with pytest.raises(artifacts.Withheld, match="its storage has no address that is used"):
        artifacts.check(address, allow_local=False)


def test_http_on_this_machine_is_for_tests_alone():
    artifacts.check("https://storage.example.com/a?sig=1", allow_local=False)
    artifacts.check("http://127.0.0.1:80/a", allow_local=True)
    with pytest.raises(artifacts.Withheld):
        artifacts.check("http://127.0.0.1:80/a", allow_local=False)
