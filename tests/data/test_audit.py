import pytest
from sqlalchemy import select

from data import audit, store
from data.tables import AuditEvent


def events() -> list[AuditEvent]:
    with store.reading() as session:
        return list(session.execute(select(AuditEvent)).scalars())


def test_an_event_says_who_what_and_when(both, who):
    before = store.now_us()
    with store.writing() as session:
        audit.record(session, who, "team.rename", "team:3", {"from": "A", "to": "B"}, organization_id=1)
    (event,) = events()
    assert before <= event.at <= store.now_us()
    assert (event.person_id, event.action, event.subject) == (who.id, "team.rename", "team:3")
    assert (event.detail, event.organization_id) == ({"from": "A", "to": "B"}, 1)


def test_an_event_is_gone_when_the_change_is(both, who):
    with pytest.raises(ZeroDivisionError), store.writing() as session:
        audit.record(session, who, "team.rename", "team:3")
        raise ZeroDivisionError
    assert events() == []


def test_secrets_are_left_out_at_any_depth(both):
    with store.writing() as session:
        audit.record(session, None, "source.add", "source:1", {"API_KEY": "x", "more": [{"accessToken": "y"}], "n": 3})
    (event,) = events()
    assert event.detail == {"API_KEY": "(left out)", "more": [{"accessToken": "(left out)"}], "n": 3}


def test_long_texts_are_cut(both):
    with store.writing() as session:
        audit.record(session, None, "source.add", "source:1", {"path": "x" * 10_000})
    assert len(events()[0].detail["path"]) == 500


def test_a_look_is_written_once_an_hour_and_what_is_taken_each_time(both, who, monkeypatch):
    for _ in range(2):
        audit.seen(who, "view_people", "organization:1", organization_id=1)
        audit.seen(who, "download_backup", "backup:a.zip", organization_id=1)
    audit.seen(who, "view_people", "organization:2", organization_id=1)
    seen = [event.action for event in events()]
    assert seen == ["view_people", "download_backup", "download_backup", "view_people"]
    later = store.now_us() + audit.AGAIN
    monkeypatch.setattr(store, "now_us", lambda: later)
    audit.seen(who, "view_people", "organization:1", organization_id=1)
    assert [event.action for event in events()][4:] == ["view_people"]


def test_only_what_is_seen_or_taken_counts_as_seen(both, who):
    with pytest.raises(ValueError, match="does not say that something was seen"):
        audit.seen(who, "rename_team", "team:3")
    assert events() == []
