"""A number as a picture, only where its team wants it."""

from xml.parsers import expat

import pytest

from assessments.delivery.results import Metric, State
from data import access, badges, derive, teams
from data.people import Who
from tests.data.arrange import deployment, incident
from tests.server.conftest import Portal


@pytest.fixture
def key(portal) -> str:
    portal.place.add(
        deployments=[deployment(f"d{each}", each, each * 24, kind="webhook") for each in range(1, 90)],
        incidents=[incident("i1", 10, 20)],
        source=portal.place.source(until=90 * 24),
    )
    derive.refresh(portal.place.service_id)
    return badges.switch_on(portal.who, portal.place.service_id)


def elements(svg: bytes) -> list[tuple[str, dict, str]]:
    """Tag, attributes and text of each element; raises unless it is XML."""
    found = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: found.append([tag, attributes, ""])

    def text(said: str) -> None:
        found[-1][2] += said

    parser.CharacterDataHandler = text
    parser.Parse(svg, True)
    return [tuple(each) for each in found]


def words(reply) -> list[str]:
    assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
    return [text for tag, _, text in elements(reply.body) if tag == "text"]


def test_a_badge_shows_the_number_of_the_pages(portal, key):
    assert words(portal.client.get(f"/badge/{key}.svg")) == ["deployment frequency", "1.0 per day"]
    assert words(portal.client.get(f"/badge/{key}.svg?metric=change_fail_rate"))[0] == "change fail rate"
    assert words(portal.client.get(f"/badge/{key}.svg?metric=recovery_time"))[1] != "0"


def test_it_is_off_until_switched_on_and_again_afterwards(portal, key):
    assert badges.of(portal.place.service_id) == key and badges.of(portal.beside.service_id) is None
    assert badges.switch_on(portal.who, portal.place.service_id) == key
    newer = badges.switch_on(portal.who, portal.place.service_id, new=True)
    assert portal.client.get(f"/badge/{key}.svg").status == 404
    assert portal.client.get(f"/badge/{newer}.svg").status == 200
    badges.switch_off(portal.who, portal.place.service_id)
    assert portal.client.get(f"/badge/{newer}.svg").problem["status"] == 404
    assert portal.client.get(f"/badge/{portal.place.service_id}.svg").status == 404


def test_whose_it_is_switches_it(one_portal):
    place = one_portal.place
    for role, may in [("team_lead", True), ("member", False)]:
        asking = Who(1, role, team_roles=frozenset({(place.organization_id, place.team_id, role)}))
        if may:
            assert badges.switch_on(asking, place.service_id)
            continue
        for do in (badges.switch_on, badges.switch_off):
            with pytest.raises(access.Forbidden):
                do(asking, place.service_id)


def test_a_state_without_a_number_is_told_in_words(one_portal):
    key = badges.switch_on(one_portal.who, one_portal.place.service_id)
    assert words(one_portal.client.get(f"/badge/{key}.svg")) == ["deployment frequency", "no data"]
    told = {state: badges._words(Metric("change_fail_rate", state, "share")) for state in State if state != "value"}
    assert told == {
        "too_few": "too few to judge", "none_happened": "none happened", "not_collected": "not collected",
        "no_data": "no data",
    }  # fmt: skip


def test_names_cannot_draw(one_portal: Portal):
    teams.rename_service(one_portal.who, one_portal.place.service_id, "</title><script>alert('1')</script>&\"")
    key = badges.switch_on(one_portal.who, one_portal.place.service_id)
    svg = one_portal.client.get(f"/badge/{key}.svg").body
    drawn = elements(svg)
    label = drawn[0][1]["aria-label"]
    assert b"<script" not in svg and label.startswith("</title><script>alert('1')</script>&\"")
    assert [tag for tag, _, _ in drawn] == ["svg", "title", "rect", "path", "text", "text"]


def test_a_picture_that_one_has_is_not_sent_again(portal, key):
    there = f"/badge/{key}.svg"
    first = portal.client.get(there)
    assert first.headers["cache-control"] == "public, max-age=300"
    again = portal.client.get(there, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = portal.client.get(f"{there}?metric=lead_time", If_None_Match=first.headers["etag"])
    assert other.status == 200 and other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("path", ["x.svg", "x.svg?metric=y", "a%00b.svg", "%C3%A9.svg", "%FF.svg", ".svg"])
def test_there_is_nothing_at_other_keys(one_portal, path):
    key = badges.switch_on(one_portal.who, one_portal.place.service_id)
    assert one_portal.client.get(f"/badge/{path}").status == 404
    assert one_portal.client.get(f"/badge/{key}.svg?metric=nothing").status == 404


def test_contrast_is_well_above_what_is_asked():
    """WCAG asks for 4.5 to 1; no meaning is in a colour."""

    def luminance(colour: str) -> float:
        digits = colour if len(colour) == 6 else "".join(each * 2 for each in colour)
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        parts = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for light, dark in (("fff", "24312f"), ("fff", "16201e")):
        assert f"#{light}" in badges.picture("n", "l", "s") and f"#{dark}" in badges.picture("n", "l", "s")
        assert (luminance(light) + 0.05) / (luminance(dark) + 0.05) > 10


def test_numbers_replaced_while_they_are_read_are_read_again(portal, key, monkeypatch):
    read, failures = badges.words, [derive.Outdated, derive.Outdated]

    def words_of(shown, metric):
        if failures:
            raise failures.pop()
        return read(shown, metric)

    monkeypatch.setattr(badges, "words", words_of)
    assert portal.client.get(f"/badge/{key}.svg").status == 200
    failures.extend([derive.Outdated] * 3)
    assert portal.client.get(f"/badge/{key}.svg").status == 503


def test_the_badges_of_several_services_are_told_at_once(portal, key):
    assert badges.keys_of([portal.place.service_id, 999]) == {portal.place.service_id: key}
    assert badges.keys_of([]) == {}
