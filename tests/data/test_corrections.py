import pytest
from sqlalchemy import select

from assessments import delivery
from assessments.delivery.settings import ProductionRule, Settings
from data import access, corrections, derive, store, teams
from data.tables import AuditEvent, Correction
from tests.data.arrange import Place, change, deployment, hour, incident, sha
from tests.data.test_teams import member

WHY = "We looked at it together."


@pytest.fixture
def shop(both, who) -> Place:
    """Ten deployments of a change each; an incident half an hour after the third."""
    place = Place(who)
    place.add(
        changes=[change(number, number * 10) for number in range(1, 11)],
        deployments=[deployment(f"d{number}", number, number * 10 + 2) for number in range(1, 11)],
        incidents=[incident("INC-1", 32.5, 34)],
    )
    derive.refresh(place.service_id)
    return place


def summary(place: Place):
    return delivery.summarise(derive.load(place.service_id), hour(0), hour(200)).metrics


def fail_rate(place: Place) -> float:
    return summary(place)["change_fail_rate"].value


def failed(place: Place) -> list[str]:
    return derive.load(place.service_id).deployments.filter("failed")["deployment_id"].to_list()


def test_a_number_changes_by_a_correction_and_returns_by_undoing_it(shop, who):
    before = summary(shop)
    made = corrections.add(who, shop.service_id, "deployment.failed", "d7", reason=WHY)
    changed = fail_rate(shop)
    corrections.undo(who, made)
    assert (before["change_fail_rate"].value, changed) == (0.1, 0.2)
    assert summary(shop) == before


def test_a_correction_says_who_what_when_and_why(shop, who):
    before = store.now_us()
    made = corrections.add(who, shop.service_id, "deployment.failed", "d7", at=hour(75), reason=f"  {WHY} ")
    with store.reading() as session:
        row = session.get(Correction, made)
    assert before <= row.created_at <= store.now_us()
    assert (row.person_id, row.kind, row.subject, row.reason) == (who.id, "deployment.failed", "d7", WHY)
    assert (row.at, row.undone_at) == (store.to_us(hour(75)), None)


def test_undoing_is_on_record_and_nothing_is_deleted(shop, who):
    made = corrections.add(who, shop.service_id, "deployment.failed", "d7", reason=WHY)
    corrections.undo(who, made)
    with store.reading() as session:
        row = session.get(Correction, made)
        actions = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert (row.reason, row.undone_by, row.undone_at >= row.created_at) == (WHY, who.id, True)
    assert actions[-2:] == ["add_correction", "undo_correction"]


def test_where_every_merge_is_a_deployment_merges_can_be_corrected(both, who):
    place = Place(who, settings=Settings(rule=ProductionRule(kind="merge")))
    place.add(changes=[change(number, number * 10) for number in range(1, 11)])
    derive.refresh(place.service_id)
    corrections.add(who, place.service_id, "deployment.failed", f"merge:{sha(7)}", reason=WHY)
    assert failed(place) == [f"merge:{sha(7)}"]


def test_undoing_twice_is_undoing_once(shop, who):
    made = corrections.add(who, shop.service_id, "deployment.failed", "d7", reason=WHY)
    corrections.undo(who, made)
    with store.reading() as session:
        first = session.get(Correction, made).undone_at
    corrections.undo(who, made)
    with store.reading() as session:
        assert session.get(Correction, made).undone_at == first


def test_the_latest_of_two_answers_counts_and_undoing_it_brings_the_former_back(shop, who):
    corrections.add(who, shop.service_id, "deployment.failed", "d7", reason=WHY)
    second = corrections.add(who, shop.service_id, "deployment.not_failed", "d7", reason="It was the network.")
    between = failed(shop)
    corrections.undo(who, second)
    assert (between, failed(shop)) == (["d3"], ["d3", "d7"])


def test_an_incident_is_linked_to_another_deployment(shop, who):
    corrections.add(who, shop.service_id, "incident.link", "INC-1", target="d2", reason=WHY)
    assert failed(shop) == ["d2"]


def test_an_incident_that_was_no_change_fails_nothing(shop, who):
    corrections.add(who, shop.service_id, "incident.not_a_change", "INC-1", reason=WHY)
    assert (failed(shop), fail_rate(shop)) == ([], 0.0)


def test_a_deployment_that_was_not_production_leaves_the_count(shop, who):
    corrections.add(who, shop.service_id, "deployment.not_production", "d10", reason=WHY)
    assert derive.load(shop.service_id).deployments.filter("counts").height == 9


@pytest.mark.parametrize(
    "given, error, sentence",
    [
        ({"kind": "deployment.exploded"}, ValueError, "no correction of the kind"),
        ({"subject": "d99"}, access.NotFound, "no deployment d99"),
        ({"kind": "incident.not_a_change", "subject": "INC-9"}, access.NotFound, "no incident INC-9"),
        ({"kind": "incident.link", "subject": "INC-1", "target": "d99"}, access.NotFound, "no deployment d99"),
        ({"kind": "incident.link", "subject": "INC-1"}, ValueError, "which deployment caused"),
        ({"target": "d1"}, ValueError, "no deployment for other corrections"),
        ({"reason": ""}, ValueError, "Say why"),
        ({"reason": " . \n"}, ValueError, "Say why"),
        ({"reason": "x" * 501}, ValueError, "Say why"),
        ({"kind": "deployment.planned", "at": hour(80)}, ValueError, "when service was restored"),
        ({"at": hour(71)}, ValueError, "before the deployment that broke it"),
        ({"at": hour(80).replace(tzinfo=None)}, ValueError, "no time zone"),
    ],
)
def test_what_cannot_be_corrected_is_refused_with_a_sentence(shop, who, given, error, sentence):
    asked = {"kind": "deployment.failed", "subject": "d7", "reason": WHY} | given
    version = store.version()
    with pytest.raises(error, match=sentence):
        corrections.add(who, shop.service_id, **asked)
    assert (store.version(), derive.facts(shop.service_id).corrections.height) == (version, 0)


def test_a_service_cannot_correct_what_its_neighbour_deployed(shop, who):
    neighbour = teams.create_service(who, shop.team_id, "Neighbour", shop.repository_id)
    with pytest.raises(access.NotFound):
        corrections.add(who, neighbour, "deployment.failed", "d7", reason=WHY)


def test_only_who_may_corrects_and_undoes(shop, who):
    other = Place(who, "Other")
    stranger, ours = member("team_lead", other.team_id, "s"), member("member", shop.team_id, "o")
    with pytest.raises(access.Forbidden):
        corrections.add(stranger, shop.service_id, "deployment.failed", "d7", reason=WHY)
    made = corrections.add(ours, shop.service_id, "deployment.failed", "d7", reason=WHY)
    with pytest.raises(access.Forbidden):
        corrections.undo(stranger, made)
    assert failed(shop) == ["d3", "d7"]


def test_a_correction_that_is_not_there_is_said_so(both, who):
    with pytest.raises(access.NotFound, match="no correction 99"):
        corrections.undo(who, 99)


def test_corrections_survive_the_removal_of_the_person(shop, who):
    ours = member("member", shop.team_id)
    corrections.add(ours, shop.service_id, "deployment.failed", "d7", reason=WHY)
    with store.writing() as session:
        session.connection().exec_driver_sql(f"DELETE FROM person WHERE id = {ours.id}")
    assert derive.facts(shop.service_id).corrections["subject"].to_list() == ["d7"]
