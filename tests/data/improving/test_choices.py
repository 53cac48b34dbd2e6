import pytest
from sqlalchemy import select

from assessments import recommend
from content import catalog
from data import people, store, teams
from data.access import Forbidden, NotFound
from data.asked import results
from data.improving import choices
from data.improving.interventions import Done
from data.tables import AuditEvent, Enrolment, Intervention
from tests.data import practised, surveyed
from tests.data.arrange import Place
from tests.data.test_teams import member

FIRST, SECOND, THIRD = list(catalog.tracks())[:3]
DAY = 86_400 * 1_000_000


@pytest.fixture
def shop(both, who) -> Place:
    return Place(who)


@pytest.fixture
def one_shop(home, who) -> Place:
    """On SQLite, for what does not depend on the store."""
    return Place(who)


def trace() -> list[tuple]:
    with store.reading() as session:
        wanted = select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)
        return [(action, detail) for action, detail in session.execute(wanted) if action.endswith("_track")]


def done(place: Place, **more) -> Done:
    values = {"kind": "other", "title": "What we learnt", "service_id": place.service_id, "metric": "lead_time"}
    return Done(**{**values, "counter_metric": "change_fail_rate", "started_at": store.now_us(), **more})


def test_a_track_is_chosen_begun_and_finished_and_looked_at(shop, who):
    made = choices.choose(who, shop.team_id, FIRST, "It works on version control.")
    (one,) = choices.listed(who, shop.team_id)
    assert (one.slug, one.state, one.why) == (FIRST, choices.CHOSEN, "It works on version control.")
    assert one.version == one.newest == catalog.tracks()[FIRST]["version"] and not one.coming
    start = store.now_us() - 60 * DAY
    choices.begin(who, made, start)
    choices.begin(who, made)  # twice changes nothing
    watched = choices.finish(who, made, start + 20 * DAY, done(shop))
    (one,) = choices.listed(who, shop.team_id)
    assert (one.state, one.begun_at, one.ended_at, one.interventions) == (
        choices.FINISHED, start, start + 20 * DAY, (watched,),
    )  # fmt: skip
    with store.reading() as session:
        row = session.get(Intervention, watched)
    assert (row.kind, row.started_at, row.finished_at, row.enrolment_id) == ("track", start, start + 20 * DAY, made)
    assert [action for action, _ in trace()] == ["choose_track", "begin_track", "finish_track"]
    assert trace()[0][1] == {"track": FIRST, "version": one.version}


def test_two_at_once_and_no_more(shop, who):
    first = choices.choose(who, shop.team_id, FIRST)
    choices.choose(who, shop.team_id, SECOND)
    with pytest.raises(ValueError, match="does 2 tracks at once"):
        choices.choose(who, shop.team_id, THIRD)
    choices.drop(who, first)
    choices.choose(who, shop.team_id, THIRD)
    states = choices.states(choices.listed(who, shop.team_id))
    assert states == {SECOND: recommend.UNDER_WAY, THIRD: recommend.UNDER_WAY}


def test_what_was_dropped_may_come_again_and_what_is_finished_not(one_shop, who):
    made = choices.choose(who, one_shop.team_id, FIRST)
    with pytest.raises(ValueError, match="is chosen already"):
        choices.choose(who, one_shop.team_id, FIRST)
    choices.drop(who, made)
    made = choices.choose(who, one_shop.team_id, FIRST)
    with pytest.raises(ValueError, match="Begin it first"):
        choices.finish(who, made)
    choices.begin(who, made)
    assert choices.finish(who, made) is None
    with pytest.raises(ValueError, match="has finished"):
        choices.choose(who, one_shop.team_id, FIRST)
    for do in (choices.begin, choices.finish, choices.drop):
        with pytest.raises(ValueError, match="was finished already"):
            do(who, made)
    assert choices.states(choices.listed(who, one_shop.team_id)) == {FIRST: recommend.FINISHED}


def test_a_finished_track_may_be_looked_at_later(one_shop, who):
    made = choices.choose(who, one_shop.team_id, FIRST)
    with pytest.raises(ValueError, match="Only a finished"):
        choices.watch(who, made, done(one_shop))
    choices.begin(who, made)
    choices.finish(who, made)
    watched = choices.watch(who, made, done(one_shop))
    assert choices.listed(who, one_shop.team_id)[0].interventions == (watched,)


def test_what_cannot_be_looked_at_leaves_the_track_as_it_was(shop, who):
    made = choices.choose(who, shop.team_id, FIRST)
    choices.begin(who, made)
    for wrong, error in ((done(shop, metric="lines"), ValueError), (done(shop, service_id=999), NotFound)):
        with pytest.raises(error):
            choices.finish(who, made, None, wrong)
    assert choices.listed(who, shop.team_id)[0].state == choices.UNDER_WAY
    with store.reading() as session:
        assert session.execute(select(Intervention)).all() == []


@pytest.mark.parametrize("slug", ["", "no-such-track", "a" * 5000, "' OR 1=1"])
def test_what_is_no_track_is_refused(one_shop, who, slug):
    with pytest.raises(ValueError, match="no such track"):
        choices.choose(who, one_shop.team_id, slug)


def test_dates_that_cannot_be_are_refused(one_shop, who):
    made = choices.choose(who, one_shop.team_id, FIRST)
    for wrong in (store.now_us() + DAY, 5):
        with pytest.raises(ValueError, match="not in the future"):
            choices.begin(who, made, wrong)
    choices.begin(who, made)
    with pytest.raises(ValueError, match="before it began"):
        choices.finish(who, made, store.now_us() - DAY)


def test_the_version_that_was_chosen_stays(one_shop, who, monkeypatch):
    made = choices.choose(who, one_shop.team_id, FIRST)
    with store.writing() as session:
        session.get(Enrolment, made).version = "0.0.9"
    assert choices.listed(who, one_shop.team_id)[0].version == "0.0.9"
    monkeypatch.setattr(catalog, "tracks", dict)
    (one,) = choices.listed(who, one_shop.team_id)
    assert (one.title, one.newest, one.hours) == (FIRST, "", None)  # it is not taught any more


def test_choices_go_with_a_team_that_is_merged(one_shop, who):
    choices.choose(who, one_shop.team_id, FIRST)
    into = teams.create_team(who, one_shop.organization_id, "Into")
    teams.merge_teams(who, one_shop.team_id, into)
    assert [one.slug for one in choices.listed(who, into)] == [FIRST]


@pytest.mark.parametrize(("role", "may"), [("member", False), ("team_lead", True)])
def test_members_see_and_leads_choose(one_shop, who, role, may):
    made = choices.choose(who, one_shop.team_id, FIRST)
    person = member(role, one_shop.team_id)
    assert len(choices.listed(person, one_shop.team_id)) == 1
    for do in (
        lambda: choices.choose(person, one_shop.team_id, SECOND),
        lambda: choices.begin(person, made),
        lambda: choices.finish(person, made),
        lambda: choices.watch(person, made, done(one_shop)),
    ):
        if may:
            do()
        else:
            with pytest.raises(Forbidden):
                do()


def test_others_see_nothing_and_do_nothing(one_shop, who):
    made = choices.choose(who, one_shop.team_id, FIRST)
    other = teams.create_team(who, one_shop.organization_id, "Other")
    person = member("team_lead", other)
    for do in (
        lambda: choices.listed(person, one_shop.team_id),
        lambda: choices.drop(person, made),
        lambda: choices.choose(person, one_shop.team_id, SECOND),
    ):
        with pytest.raises(Forbidden):
            do()
    with pytest.raises(NotFound):
        choices.drop(who, 999)
    assert people.home_organization(who) == one_shop.organization_id


@pytest.mark.parametrize(("role", "sees"), [("team_lead", True), ("member", True), ("leader", False), ("coach", False)])
def test_a_reason_that_may_tell_of_answers_is_for_leaders_when_those_are(shop, who, role, sees):
    reader = surveyed.person(role, shop.organization_id, None if role in ("leader", "coach") else shop.team_id)
    choices.choose(who, shop.team_id, FIRST, "Older than the survey.")
    wave = practised.said(shop.team_id, 1)
    choices.choose(who, shop.team_id, SECOND, "It works on trunk-based development (level 1 to 2).")

    def whys() -> set[str]:
        return {one.why[:8] for one in choices.listed(reader, shop.team_id)}

    assert whys() == {"Older th", "It works" if sees else ""}
    results.release(who, wave)
    assert whys() == {"Older th", "It works"}
