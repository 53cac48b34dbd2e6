"""What others may see of what a team reached, in the shapes of Open Badges 3.0 and Verifiable Credentials 2.0."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from assessments.poc import Level, Outcome
from content import catalog
from data import store
from data.access import Forbidden, NotFound
from data.learning import attempts, badges, starter
from data.tables import Repository
from tests.data.arrange import Place
from tests.data.learning import course
from tests.data.learning.course import ALONE, COMMIT, DAY, POC, SECOND, TRACK, accepted, begun, judged, person, ready

pytestmark = pytest.mark.usefixtures("taught")

URL = "https://milepost.example.com"
IRIS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
TEXT = {"type": "string", "minLength": 1}
URI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}


def typed(name: str) -> dict:
    return {"allOf": [IRIS, {"contains": {"const": name}}]}


def shape(required: list[str], **properties) -> dict:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


EVIDENCE = shape(
    ["type"], id=URI, type=typed("Evidence"), name=TEXT, narrative=TEXT, description=TEXT, genre=TEXT, audience=TEXT
)
ACHIEVEMENT = shape(
    ["id", "type", "name", "description", "criteria"],
    id=URI, type=typed("Achievement"), name=TEXT, description=TEXT, version=TEXT, fieldOfStudy=TEXT,
    achievementType={"enum": ["Achievement", "Badge", "Certificate", "Certification", "Competency", "Course"]},
    criteria=shape([], id=URI, narrative=TEXT) | {"minProperties": 1},
)  # fmt: skip
IDENTITY = shape(
    ["type", "hashed", "identityHash", "identityType"], type={"const": "IdentityObject"}, hashed={"type": "boolean"},
    identityHash=TEXT, identityType={"enum": ["name", "systemId", "accountId", "emailAddress", "userName"]},
)  # fmt: skip
SUBJECT = shape(
    ["type", "achievement"], id=URI, type=typed("AchievementSubject"), achievement=ACHIEVEMENT,
    identifier={"type": "array", "items": IDENTITY, "minItems": 1}, activityStartDate=DATE, activityEndDate=DATE,
) | {"anyOf": [{"required": ["id"]}, {"required": ["identifier"]}]}  # fmt: skip
#: Of the class AchievementCredential of Open Badges 3.0, with the rules of its text: the order of contexts, the types.
CREDENTIAL = shape(
    ["@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"],
    **{
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d+\.json$"},
            ],
            "minItems": 2,
        },
        "id": URI,
        "type": {"allOf": [typed("VerifiableCredential"), {
            "contains": {"enum": ["AchievementCredential", "OpenBadgeCredential"]}}]},
        "name": TEXT,
        "description": TEXT,
        "issuer": shape(["id", "type", "name"], id=URI, type=typed("Profile"), name=TEXT, url=URI),
        "validFrom": DATE,
        "validUntil": DATE,
        "credentialSubject": SUBJECT,
        "evidence": {"type": "array", "items": EVIDENCE},
        "credentialSchema": {"type": "array", "items": shape(["id", "type"], id=URI, type=TEXT)},
    },
)  # fmt: skip


def misshapen(credential: dict) -> list[str]:
    return [error.message for error in Draft202012Validator(CREDENTIAL).iter_errors(credential)]


@pytest.fixture
def shop(home, who) -> Place:
    place = ready(who)
    with store.writing() as session:
        session.get_one(Repository, place.repository_id).web_url = "https://github.com/example/shop"
    return place


def test_a_credential_has_the_shape_that_is_published(shop, who):
    attempt = begun(who, shop)
    accepted(attempt, level=Level.E3)
    made = badges.credential(who, attempt, URL)
    assert misshapen(made) == []
    assert json.loads(json.dumps(made)) == made


def test_the_shape_refuses_what_is_none(shop, who):
    attempt = begun(who, shop)
    judged(attempt)
    made = badges.credential(who, attempt, URL)
    for broken in (
        {name: value for name, value in made.items() if name != "validFrom"},
        made | {"@context": made["@context"][::-1]},
        made | {"type": ["OpenBadgeCredential"]},
        made | {"credentialSubject": {"type": ["AchievementSubject"]}},
        made | {"issuer": {"id": "somebody", "type": ["Profile"], "name": "x"}},
        made | {"colour": "red"},
    ):
        assert misshapen(broken)


def test_a_credential_says_what_was_shown_and_until_when(shop, who):
    attempt = begun(who, shop, at=store.now_us() - 10 * DAY)
    judged(attempt, at=1_800_000_000_000_000 if store.now_us() > 1_800_000_000_000_000 else store.now_us() - DAY)
    made = badges.credential(who, attempt, URL)
    view = attempts.view(who, attempt)
    assert made["id"] == f"urn:uuid:{view.uid}"
    subject = made["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Team of Shop"
    assert subject["achievement"]["id"] == f"urn:uuid:{course.pocs()[POC]['id']}"
    assert "- Somebody else has rolled back with the page alone." in subject["achievement"]["criteria"]["narrative"]
    commit, *checks = made["evidence"]
    assert commit["id"] == f"https://github.com/example/shop/commit/{COMMIT}"
    assert "validated" in commit["description"]
    first = next(each for each in checks if each["name"] == "The runbook has its four parts")
    assert (first["genre"], first["narrative"]) == (
        "check, evidence E1", "four-parts is pass. Seen in docs/runbook.md:3."
    )  # fmt: skip
    assert made["validFrom"] < made["validUntil"]


def test_a_credential_names_no_person(shop, who):
    developer = person("A very special name", team_id=shop.team_id)
    attempt = begun(developer, shop)
    judged(attempt)
    assert "special" not in json.dumps(badges.credential(developer, attempt, URL)) + badges.readme(developer, attempt)


def test_there_is_no_badge_before_it_is_accepted_or_once_it_is_stale(shop, who):
    attempt = begun(who, shop, at=store.now_us() - 120 * DAY)
    for run in (None, lambda: judged(attempt, but=ALONE), lambda: judged(attempt, but={"four-parts": Outcome.FAIL})):
        if run:
            run()
        for make in (lambda: badges.credential(who, attempt, URL), lambda: badges.readme(who, attempt)):
            with pytest.raises(ValueError, match="once it is accepted"):
                make()
    second = begun(who, shop, SECOND, at=store.now_us() - 120 * DAY)
    judged(second, at=store.now_us() - 100 * DAY)
    with pytest.raises(ValueError, match="older than 90 days"):
        badges.readme(who, second)


@pytest.mark.parametrize("url", ["", "milepost", "http://milepost.example.com", "javascript:alert(1)", "https://",
                                 "https://a:b@example.com", "https://a b.com", "https://[", "https://x.com/<b>",
                                 "https://x.com/" + "x" * 500])  # fmt: skip
def test_an_address_that_is_none_issues_nothing(shop, who, url):
    attempt = begun(who, shop)
    judged(attempt)
    with pytest.raises(ValueError, match="https address"):
        badges.credential(who, attempt, url)


def test_a_portal_on_ones_own_computer_may_issue(shop, who):
    attempt = begun(who, shop)
    judged(attempt)
    assert misshapen(badges.credential(who, attempt, "http://localhost:8501/")) == []


def test_without_an_address_of_the_repository_the_commit_is_named(home, who):
    place = ready(who)
    attempt = begun(who, place)
    judged(attempt)
    commit = badges.credential(who, attempt, URL)["evidence"][0]
    assert "id" not in commit and COMMIT in commit["name"]
    assert f"at `{COMMIT[:10]}`," in badges.readme(who, attempt)


def test_a_badge_is_for_those_who_may_see_the_attempt(shop, who):
    attempt = begun(who, shop)
    judged(attempt)
    with pytest.raises(Forbidden):
        badges.credential(person("A stranger"), attempt, URL)
    with pytest.raises(NotFound):
        badges.readme(who, 99)


def test_the_readme_lists_the_checks_that_pass(shop, who, monkeypatch):
    attempt = begun(who, shop)
    accepted(attempt)
    text = badges.readme(who, attempt)
    number = len(course.required())
    assert text.startswith("**A runbook for one service**: accepted on ")
    assert f"[`{COMMIT[:10]}`](https://github.com/example/shop/commit/{COMMIT})" in text
    assert f"{number - 1} of {number} required checks pass:" in text
    assert "- The runbook has its four parts (E1)\n" in text and "Rolling back took" not in text


# What a team begins with


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the files of the first proof of concept lie."""
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    made = tmp_path / "tracks" / TRACK / "pocs" / POC
    (made / "stub" / "docs").mkdir(parents=True)
    (made / "stub" / "docs" / "runbook.md").write_text("# Runbook\n")
    (made / "exemplar" / "tests").mkdir(parents=True)
    return made


def protected(monkeypatch, *files: tuple[str, bytes]) -> None:
    poc = course.pocs()[POC] | {"starter": {"protected": [{"path": path, "blob": course.blob(text)}
                                                          for path, text in files]}}  # fmt: skip
    monkeypatch.setattr(catalog, "pocs", lambda slug: {POC: poc, SECOND: course.pocs()[SECOND]})


def unpacked() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(starter.archive(TRACK, POC))) as packed:
        return {name.removeprefix(f"{POC}-starter/"): packed.read(name) for name in packed.namelist()}


def test_a_team_begins_with_the_stub_and_the_protected_files(folder, monkeypatch):
    (folder / "exemplar" / "tests" / "check.py").write_bytes(b"assert True\n")
    (folder / "exemplar" / "docs.md").write_bytes(b"the answer")
    protected(monkeypatch, ("tests/check.py", b"assert True\n"))
    assert unpacked() == {"docs/runbook.md": b"# Runbook\n", "tests/check.py": b"assert True\n"}
    assert starter.files(TRACK, POC) == ("docs/runbook.md", "tests/check.py")


def test_unpacked_in_a_repository_it_writes_over_nothing(folder):
    with zipfile.ZipFile(io.BytesIO(starter.archive(TRACK, POC))) as packed:
        assert packed.namelist() == [f"{POC}-starter/docs/runbook.md"]


def test_a_protected_file_is_as_the_checks_ask_for_or_not_there(folder, monkeypatch):
    (folder / "stub" / "check.py").write_bytes(b"old")
    (folder / "exemplar" / "check.py").write_bytes(b"new")
    (folder / "exemplar" / "changed.py").write_bytes(b"changed")
    protected(monkeypatch, ("check.py", b"new"), ("changed.py", b"as it was"))
    assert unpacked() == {"check.py": b"new", "docs/runbook.md": b"# Runbook\n"}


def test_the_same_content_makes_the_same_bytes(folder):
    script = folder / "stub" / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    first = starter.archive(TRACK, POC)
    (folder / "stub" / "docs" / "runbook.md").touch()
    assert starter.archive(TRACK, POC) == first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        modes = {Path(each.filename).name: stat.S_IMODE(each.external_attr >> 16) for each in packed.infolist()}
    assert modes == {"runbook.md": 0o644, "run.sh": 0o755}


def test_links_are_not_followed(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder / "stub" / "link").symlink_to(tmp_path / "secret")
    assert list(unpacked()) == ["docs/runbook.md"]


def test_without_files_there_is_nothing_to_begin_with(folder):
    assert starter.files(TRACK, SECOND) == ()
    with pytest.raises(NotFound, match="nothing to begin with"):
        starter.archive(TRACK, SECOND)
    with pytest.raises(NotFound):
        starter.archive(TRACK, "nothing")


def test_what_is_much_too_large_is_refused(folder, monkeypatch):
    monkeypatch.setattr(starter, "MOST_BYTES", 5)
    with pytest.raises(ValueError, match="larger than"):
        starter.archive(TRACK, POC)
