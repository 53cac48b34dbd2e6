"""Which workflows of the organization are trusted, at which commits, by whom."""

import pytest
from sqlalchemy import select

from data import access, people, store
from data.learning import trusted
from data.people import Who
from data.tables import AuditEvent

PATH, SHA = "acme/verification/.github/workflows/go-cli.yml", "a" * 40


@pytest.fixture
def organization(who) -> int:
    return people.home_organization(who)


def allowed(organization_id: int) -> dict[str, frozenset[str]]:
    with store.reading() as session:
        return trusted.allowed(session, organization_id)


def test_what_is_trusted_is_known_with_who_and_when_and_never_forgotten(both, who, organization):
    first = trusted.add(who, organization, f" {PATH}@{SHA} ", SHA.upper())
    assert trusted.add(who, organization, PATH, SHA) == first, "it is trusted already"
    trusted.add(who, organization, PATH, "b" * 40)
    assert allowed(organization) == {PATH: {SHA, "b" * 40}}
    assert [sha for _, sha in trusted.offered(who, organization)] == ["b" * 40, SHA]
    trusted.remove(who, first)
    trusted.remove(who, first)
    assert allowed(organization) == {PATH: {"b" * 40}}
    newer, older = trusted.listed(who, organization)
    assert (newer.removed_at, older.id, older.added_by, older.removed_by) == (None, first, who.name, who.name)
    assert trusted.add(who, organization, PATH, SHA) != first, "trusting it again is another decision"
    with store.reading() as session:
        actions = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert [each for each in actions if "trust" in each] == [
        "trust_workflow", "trust_workflow", "distrust_workflow", "trust_workflow",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "sha", "because"),
    [
        (PATH, "main", "whole name of a commit"),
        (PATH, "a" * 39, "whole name of a commit"),
        (PATH, "v1.2.3", "whole name of a commit"),
        (f"{PATH}@main", SHA, "without what follows @"),
        (".github/workflows/go-cli.yml", SHA, "as owner/name/.github/workflows/file.yml"),
        ("acme/verification/.github/workflows/deep/go-cli.yml", SHA, "as owner/name"),
        ("acme/verification/.github/workflows/go-cli.txt", SHA, "as owner/name"),
        ("acme/verification/../.github/workflows/a.yml", SHA, "as owner/name"),
        (f"{PATH}\nacme/other/.github/workflows/a.yml", SHA, "as owner/name"),
        ("acme/verificatiön/.github/workflows/a.yml", SHA, "as owner/name"),
        ("", "", "as owner/name"),
    ],
)
def test_what_can_be_moved_is_not_trusted(home, who, organization, path, sha, because):
    with pytest.raises(ValueError, match=because):
        trusted.add(who, organization, path, sha)
    assert allowed(organization) == {}


def test_only_administrators_decide_whom_to_trust(home, who, organization):
    made = trusted.add(who, organization, PATH, SHA)
    lead = Who(who.id + 1, "A lead", True, frozenset({(organization, "coach")}))
    for ask in (
        lambda: trusted.add(lead, organization, PATH, "b" * 40),
        lambda: trusted.remove(lead, made),
        lambda: trusted.listed(lead, organization),
        lambda: trusted.offered(Who(who.id + 2, "A stranger"), organization),
    ):
        with pytest.raises(access.Forbidden):
            ask()
    with pytest.raises(access.NotFound):
        trusted.remove(who, made + 1)


def test_a_list_has_an_end(home, who, organization, monkeypatch):
    monkeypatch.setattr(trusted, "MOST", 1)
    trusted.add(who, organization, PATH, SHA)
    with pytest.raises(ValueError, match="1 are trusted already"):
        trusted.add(who, organization, PATH, "b" * 40)
