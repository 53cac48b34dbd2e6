"""A shop that learns: a team that knows where it stands, a clone and a repository at the test GitHub, and people."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from content import catalog
from data import connections, intake, people, store, syncing, work
from data.learning import trusted
from data.tables import Job
from tests.browser.test_journey import settled
from tests.data import practised
from tests.data.improving import planted
from tests.fake_github import GitHub
from tests.fake_github.repository import Repository as AtGitHub
from tests.repos import RepoBuilder

TRACK, POC, TEAM = "pipeline-monitoring", "alerts-as-code", "Team of Checkout"
EXAMPLES = Path(catalog.__file__).parent / "tracks" / TRACK / "pocs" / POC
#: The organization's workflow at the commit that it trusts.
WORKFLOW, LISTED = "acme/verification/.github/workflows/promrules.yml", "a" * 40


def example(*parts: str) -> dict[str, str]:
    """The files of an example repository of the content; later ones over earlier ones."""
    found = {}
    for part in parts:
        for path in sorted((EXAMPLES / part).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(EXAMPLES / part))] = path.read_text(encoding="utf-8")
    if ".github/workflows/rules.yml" in found:  # calls the workflow of this organization
        named = "example-org/verification/.github/workflows/promrules.yml@0f3b2c1d4e5f60718293a4b5c6d7e8f901234567"
        text = found[".github/workflows/rules.yml"]
        found[".github/workflows/rules.yml"] = text.replace(named, f"{WORKFLOW}@{LISTED}")
    return found


@dataclass(frozen=True)
class Shop:
    team_id: int
    clone: RepoBuilder
    hub: AtGitHub

    def mend(self, files: Mapping[str, str]) -> None:
        """A commit on the trunk of the clone."""
        self.clone.commit("Alert on what stops us, with tests", "2026-02-01", files=dict(files))


def shop(folder: Path, hub: GitHub) -> Shop:
    """In the store in use, for somebody who administers it. Jobs are done here."""
    who = people.local_person()
    place = planted.service(who, weeks=16, failing=True, name="Checkout")
    practised.said(place.team_id, 0, blocks=["monitoring-alerting"])
    practised.looked(place.repository_id, "not met")
    clone = RepoBuilder(folder / "till")
    clone.commit("Begin", "2026-01-05", files=example("stub"))
    intake.add_clone(who, clone.path, TEAM, "till")
    files = example("exemplar")
    at_hub = hub.repository("acme/till")
    at_hub.commit("Alert on what stops us, with tests", files=files)
    run = at_hub.run(
        "rules", path=".github/workflows/rules.yml", jobs=[("rules / promtool", 1, 40), ("cost", 1, 20)],
        through={f"{WORKFLOW}@main": LISTED},
    )  # fmt: skip
    run.artifact("rules-bench.json", {"seconds": 4, "alerts": 8})
    syncing.add(who, connections.add_token(who, hub.token()), ["acme/till"], TEAM)
    trusted.add(who, people.home_organization(who), WORKFLOW, LISTED)
    work_off()
    return Shop(place.team_id, clone, at_hub)


def work_off() -> None:
    """Everything that waits, as a worker would."""
    for _ in range(20):
        with store.reading() as session:
            waiting = session.execute(select(Job.id).where(Job.state == "queued").order_by(Job.id)).scalars().all()
        if not waiting:
            return
        for each in waiting:
            work.run(each)
    raise AssertionError("there is always something to do")


def decides(page: Page, choice: str) -> tuple[str, str]:
    """Decides on an open proof of concept so, with words for each field; name and text of the record to take along."""
    settled(page)
    page.get_by_text("Decide", exact=True).click()
    page.get_by_text(choice, exact=True).click()
    settled(page)
    for name in ("Options", "Decision", "Consequences"):
        field = page.get_by_label(re.compile(f"^{name}: "))
        field.fill(f"What we say of {name.lower()}")
        field.blur()
        settled(page)
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator(".st-key-proof_decided").get_by_text(f"Decided: {choice.lower()}")).to_be_visible()
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the record (ADR)").click()
    return taken.value.suggested_filename, taken.value.path().read_text()
