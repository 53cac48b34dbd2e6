"""What a team lead and an administrator do: import files with mistakes, then rename, move, merge and delete."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from data import intake, people, store, teams
from tests.browser.portal import running
from tests.browser.test_journey import settled, stored

HEADER = "id,environment,sha,finished_at,status\n"


@pytest.fixture
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def till(home) -> int:
    """A service of the team Alpha with sixty deployments, there before the portal starts; its id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(home))
        patch.setenv("MILEPOST_JOBS", "immediate")
        for name in ("DATABASE_URL", "MILEPOST_REDIS_URL"):
            patch.delenv(name, raising=False)
        store.migrate()
        who = people.local_person()
        team = teams.create_team(who, people.home_organization(who), "Alpha")
        made = teams.create_service(who, team, "till")
        intake.add_files(who, made, "deployments", deployments(60), "till.csv")
        store.dispose()
    return made


@pytest.fixture
def portal(home):
    with running(home) as address:
        yield address


def deployments(rows: int, wrong: int = 0) -> bytes:
    """A file of that many good rows up to yesterday, then some with a status that nobody knows."""
    last = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    good = [
        f"run-{row},production,{row:040x},{last - timedelta(hours=6 * (rows - row)):%Y-%m-%dT%H:%M:%SZ},success"
        for row in range(rows)
    ]
    bad = [f"bad-{row},production,{row:040x},{last:%Y-%m-%dT%H:%M:%SZ},wonderful" for row in range(wrong)]
    return (HEADER + "\n".join(good + bad) + "\n").encode()


def incidents() -> bytes:
    opened = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1) + timedelta(minutes=30 - 6 * 60)
    return (
        "id,title,opened_at,resolved_at\n"
        f"INC-1,Checkout fails,{opened:%Y-%m-%dT%H:%M:%SZ},{opened + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}\n"
    ).encode()


def menu(page: Page, button: str, item: str, nth: int = 0) -> None:
    settled(page)
    page.get_by_role("button", name=button, exact=True).nth(nth).click()
    page.get_by_text(item, exact=True).last.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def upload(page: Page, address: str, service: int, kind: str, name: str, content: bytes) -> None:
    page.goto(f"{address}/sources?service={service}")
    page.get_by_role("tab", name="Import files").click()
    page.get_by_text(kind).click()
    settled(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def test_a_team_lead_imports_files_and_argues_with_the_attribution(portal, page, home):
    page.goto(f"{portal}/teams")
    page.get_by_role("button", name="New team").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Alpha")
    page.get_by_role("dialog").get_by_role("button", name="Create the team").click()
    expect(page.get_by_role("heading", name="Alpha")).to_be_visible()
    page.get_by_role("button", name="New service").click()
    page.get_by_role("dialog").get_by_label("Name").fill("till")
    page.get_by_role("dialog").get_by_role("button", name="Create the service").click()
    expect(page.get_by_text("0 sources; no production rule chosen yet")).to_be_visible()
    service = stored(home, "select id from service")[0][0]

    # A file with bad rows: each is listed, can be taken home as a file, and only the good ones are saved, by choice.
    upload(page, portal, service, "Deployments:", "till.csv", deployments(60, wrong=12))
    expect(page.get_by_text("12 rows of 72 cannot be used. Nothing has been saved.")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download CSV").click()
    report = list(csv.DictReader(io.StringIO(taken.value.path().read_text(encoding="utf-8-sig"))))
    assert len(report) == 12 and report[0]["row"] == "62" and "wonderful" in report[0]["value"]
    assert stored(home, "select count(*) from deployment") == [(0,)]
    expect(page.get_by_role("button", name="Import the 60 good rows")).to_be_disabled()
    page.get_by_text("Leave out the 12 rows with errors").click()
    page.get_by_role("button", name="Import the 60 good rows").click()
    expect(page.get_by_text("Saved 60 deployments from till.csv").first).to_be_visible(timeout=30_000)
    assert stored(home, "select count(*) from deployment") == [(60,)]

    upload(page, portal, service, "Incidents:", "incidents.csv", incidents())
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("Saved 1 incident from incidents.csv").first).to_be_visible(timeout=30_000)

    page.goto(f"{portal}/rule?service={service}")
    page.get_by_role("button", name="Use this rule").click()
    expect(page.get_by_text("1 of 60 deployments").first).to_be_visible()

    # "That was not our deployment": the number changes, and comes back when it is taken back.
    page.get_by_role("button", name="Correct", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("No deployment caused it").click()
    dialog.get_by_label("Why? Others will read this.").fill("The provider was down")
    dialog.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("0 of 60 deployments").first).to_be_visible()
    expect(page.get_by_text("The provider was down")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 of 60 deployments").first).to_be_visible()


def test_a_large_file_is_checked_in_the_background_and_its_errors_come_back(till, portal, page, home):
    content = deployments(25_000, wrong=3)
    assert len(content) > 2_000_000
    upload(page, portal, till, "Deployments:", "large.csv", content)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("3 rows").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Rows that cannot be used")).to_be_visible()
    assert stored(home, "select count(*) from deployment") == [(60,)]


def test_an_administrator_tidies_teams(till, portal, page, home):
    assert stored(home, "select count(*) from deployment") == [(60,)]
    page.goto(f"{portal}/teams")
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="New team").click()
    dialog.get_by_label("Name").fill("Beta")
    dialog.get_by_role("button", name="Create the team").click()
    expect(page.get_by_role("heading", name="Beta")).to_be_visible()

    menu(page, "Team", "Rename", 1 + 1)  # the first is the navigation's
    dialog.get_by_label("Name").fill("Alpha")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_test_id("stAlert")).to_be_visible()  # the name is taken
    dialog.get_by_label("Name").fill("Gamma")
    dialog.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="Gamma")).to_be_visible()

    menu(page, "Service", "Rename")
    dialog.get_by_label("Name").fill("checkout")
    dialog.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("checkout", exact=True)).to_be_visible()

    menu(page, "Service", "Move to another team")
    dialog.get_by_role("button", name="Move").click()
    expect(page.get_by_text("The service has moved.")).to_be_visible()
    assert stored(home, "select t.name from service s join team t on t.id = s.team_id") == [("Gamma",)]

    menu(page, "Team", "Merge into another team", 1)
    dialog.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", name="Alpha")).to_be_hidden()

    page.get_by_role("button", name="New service").click()
    dialog.get_by_label("Name").fill("spare")
    dialog.get_by_role("button", name="Create the service").click()
    expect(page.get_by_text("spare", exact=True)).to_be_visible()
    menu(page, "Service", "Merge into another service", 1)
    dialog.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("The services are one.")).to_be_visible()
    assert stored(home, "select name from service") == [("checkout",)]

    menu(page, "Service", "Delete")
    dialog.get_by_role("button", name="Delete the service").click()
    expect(dialog.get_by_text("nothing was deleted")).to_be_visible()
    dialog.get_by_label("Type the name to confirm").fill("checkout")
    dialog.get_by_role("button", name="Delete the service").click()
    expect(page.get_by_text("No service yet.")).to_be_visible()
    assert stored(home, "select count(*) from deployment") == [(0,)]

    menu(page, "Team", "Delete", 1)
    dialog.get_by_label("Type the name to confirm").fill("Gamma")
    dialog.get_by_role("button", name="Delete the team").click()
    expect(page.get_by_text("There is no team yet.")).to_be_visible()
