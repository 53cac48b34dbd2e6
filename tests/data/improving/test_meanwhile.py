"""What goes while somebody presses a button: a sentence, and nothing half written."""

from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from content import catalog
from data import store, teams
from data.access import NotFound
from data.improving import choices, goals, interventions
from data.tables import AuditEvent, Enrolment, Goal, Intervention
from tests.data.improving import planted
from tests.data.improving.test_choices import done
from tests.data.improving.test_goals import wanted


def rows(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_team_that_is_deleted_meanwhile_is_gone_for_every_button(both, who, monkeypatch):
    track = next(iter(catalog.tracks()))
    presses = (
        lambda shop, made: choices.choose(who, shop.team_id, track),
        lambda shop, made: choices.begin(who, made[0]),
        lambda shop, made: goals.add(who, shop.team_id, wanted(shop)),
        lambda shop, made: goals.end(who, made[1], goals.REACHED),
        lambda shop, made: interventions.add(who, shop.team_id, done(shop)),
        lambda shop, made: interventions.remove(who, made[2]),
    )
    for number, press in enumerate(presses):
        shop = planted.service(who, weeks=16, failing=True, name=f"Shop {number}")
        made = (
            choices.choose(who, shop.team_id, track),
            goals.add(who, shop.team_id, wanted(shop)),
            interventions.add(who, shop.team_id, done(shop)),
        )
        writing = store.writing

        @contextmanager
        def later(*arguments, shop=shop, writing=writing, **more):
            monkeypatch.setattr(store, "writing", writing)
            teams.delete_team(who, shop.team_id)
            with writing(*arguments, **more) as session:
                yield session

        monkeypatch.setattr(store, "writing", later)
        with pytest.raises(NotFound):
            press(shop, made)
        assert [rows(each) for each in (Enrolment, Goal, Intervention)] == [0, 0, 0]
    with store.reading() as session:
        assert "end_goal" not in session.execute(select(AuditEvent.action)).scalars().all()
