"""The GitHub to test against can be read exactly by who is careful, and not by who trusts what was last seen."""

from datetime import datetime

import pytest
import requests

from tests.fake_github import GitHub

LAG = 60


class Reader:
    """Reads the feed of changes by `since`. `margin`: how many seconds its cursor stays behind the server's clock."""

    def __init__(self, hub: GitHub, margin: int):
        self.hub, self.margin = hub, margin
        self.known: dict[int, tuple[str, str]] = {}
        self.cursor = "2020-01-01T00:00:00Z"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {hub.token(limit=100_000)}"

    def page(self, since: str, number: int) -> list[dict]:
        """One page, asked for until it comes whole."""
        options = {
            "state": "all",
            "sort": "updated",
            "direction": "asc",
            "per_page": 100,
            "since": since,
            "page": number,
        }
        for _ in range(50):
            try:
                answer = self._session.get(f"{self.hub.url}/repos/acme/shop/issues", params=options, timeout=5)
                rows = answer.json()
                if answer.status_code == 200 and isinstance(rows, list):
                    return rows
            except requests.RequestException:
                continue
            self.hub.clock.advance(3)  # limits that are only pretended end after two seconds
        raise AssertionError("no answer")

    def read(self) -> None:
        """All that changed since the cursor; the cursor then moves, but not into the margin."""
        edge = self.hub.clock.now() - self.margin
        since, number = self.cursor, 1
        while rows := self.page(since, number):
            for row in rows:
                if row["updated_at"] >= self.known.get(row["number"], ("",))[0]:
                    self.known[row["number"]] = (row["updated_at"], row["state"])
            last = rows[-1]["updated_at"]
            if datetime.fromisoformat(last).timestamp() <= edge:
                self.cursor = max(self.cursor, last)
            if len(rows) < 100:
                return
            since, number = (since, number + 1) if last == since else (last, 1)

    def wrong(self) -> int:
        """How many of the things that are there it does not know as they are."""
        truth = self.hub.truth()
        return sum(
            self.known.get(row["number"], ("", ""))[1] != row["state"]
            or datetime.fromisoformat(self.known[row["number"]][0]).timestamp() != row["updated_at"]
            for row in truth["pulls"] + truth["issues"]
        )


def after_changes(seed: int, margin: int, rate: float) -> int:
    """What a reader has wrong in the end, having read all the while under lag and faults."""
    with GitHub(now="2026-06-01 12:00") as hub:
        hub.clock.freeze()
        hub.fill("acme/shop", seed=seed, pulls=60)
        hub.clock.advance(600)
        hub.lag(LAG)
        hub.storm(seed, rate)
        reader = Reader(hub, margin)
        for turn in range(60):
            hub.mutate(seed * 1000 + turn, 8, step=4)
            reader.read()
        hub.clock.advance(LAG + 1)
        reader.read()
        assert len(hub.faults.struck) > 0 or not rate
        return reader.wrong()


@pytest.mark.parametrize("seed", range(3))
def test_who_stays_behind_the_lag_misses_nothing(seed):
    assert after_changes(seed, margin=LAG + 1, rate=0.1) == 0


def test_who_trusts_the_last_row_misses_something():
    assert any(after_changes(seed, margin=0, rate=0.0) for seed in range(3))
