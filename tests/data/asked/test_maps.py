"""Maps of a team: versions that stay, two people who save at once, files from outside, on both stores."""

import io
import json
import threading

import pytest
from sqlalchemy import func, select

from assessments.workflow.colours import LIGHT
from assessments.workflow.drawing import svg
from assessments.workflow.model import Map, MapError
from content import catalog
from data import access, people, store, teams
from data.asked import map_drafts, map_files, maps
from data.tables import AuditEvent, MapDraft, MapVersion, WorkflowMap
from tests.assessments.workflow.maps import changed, plain, step
from tests.data.arrange import Place
from tests.data.test_teams import member

EXAMPLE = catalog.maps()["release-by-hand"]


@pytest.fixture
def organization(both, who) -> int:
    return people.home_organization(who)


@pytest.fixture
def team(organization, who) -> int:
    return teams.create_team(who, organization, "Shop")


def count(table) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def trace() -> list[str]:
    with store.reading() as session:
        return list(session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())


def one(who, team: int, map_id: int) -> maps.MapView:
    return next(each for each in maps.maps(who, team) if each.id == map_id)


# Making


def test_the_example_is_copied_with_today_and_future(team, who):
    made = maps.copy_example(who, team, "release-by-hand")
    assert one(who, team, made) == maps.MapView(made, team, "A release by hand", None, {"today": 1, "future": 1})
    assert maps.version(who, made, "today", 1).drawn == Map.of(EXAMPLE["today"])
    assert maps.version(who, made, "future", 1).drawn == Map.of(EXAMPLE["future"])
    line = maps.versions(who, made)[0]
    assert (line.kind, line.number, line.saved_by) == ("today", 1, who.name) and "example" in line.note
    second = maps.copy_example(who, team, "release-by-hand")
    assert one(who, team, second).title == "A release by hand (2)"
    with pytest.raises(ValueError, match="no such example"):
        maps.copy_example(who, team, "other")


def test_a_new_map_begins_with_five_steps_of_which_nothing_is_known(team, who):
    made = maps.create(who, team, "  Checkout ")
    drawn = maps.version(who, made, "today", 1).drawn
    assert [each.name for each in drawn.steps] == list(maps.FIRST_STEPS)
    assert all(each.lead is None and each.complete_accurate is None for each in drawn.steps)
    assert one(who, team, made).newest == {"today": 1, "future": 0}


@pytest.mark.parametrize("title", ["", " ", "x" * 81, "a\u202eb"])
def test_a_map_needs_a_title_that_can_be_seen(team, who, title):
    with pytest.raises(ValueError):
        maps.create(who, team, title)
    assert count(WorkflowMap) == 0


def test_titles_are_unique_in_a_team_whatever_the_case(organization, who, team):
    made = maps.create(who, team, "Release")
    with pytest.raises(ValueError, match="already a map"):
        maps.create(who, team, "RELEASE")
    maps.create(who, teams.create_team(who, organization, "Other"), "Release")
    other = maps.create(who, team, "Hotfix")
    with pytest.raises(ValueError, match="already a map"):
        maps.rename(who, other, "release")
    maps.rename(who, made, "release")
    assert one(who, team, made).title == "release"


def test_what_is_no_map_makes_none(team, who):
    with pytest.raises(MapError, match="5 to 15 steps"):
        maps.create(who, team, "Short", {"title": "Short", "steps": [step("a")]})
    assert (count(WorkflowMap), count(MapVersion), trace()[-1]) == (0, 0, "create_team")


# Versions


def test_saving_makes_a_version_and_keeps_those_before(team, who):
    made = maps.create(who, team, "Release", plain())
    assert maps.save(who, made, "today", changed(lead=90), 1, "  We\nmeasured ") == 2
    assert maps.save(who, made, "future", plain(), 0) == 1
    assert maps.version(who, made, "today", 1).drawn == Map.of(plain())
    assert maps.version(who, made, "today", 2).drawn.steps[0].lead.value == 90
    assert [(line.kind, line.number, line.note) for line in maps.versions(who, made)] == [
        ("today", 2, "We measured"),
        ("today", 1, ""),
        ("future", 1, ""),
    ]
    assert trace()[-2:] == ["save_map", "save_map"]
    with pytest.raises(access.NotFound):
        maps.version(who, made, "today", 3)


def test_of_two_people_who_save_the_second_is_shown_the_first_and_decides(team, who):
    made = maps.create(who, team, "Release", plain())
    maps.save(who, made, "today", changed(lead=90), 1)
    mine = changed(lead=30)
    with pytest.raises(maps.Newer, match="Version 2 was saved meanwhile") as refused:
        maps.save(who, made, "today", mine, 1)
    assert refused.value.version.drawn == Map.of(changed(lead=90)) and count(MapVersion) == 2
    assert maps.save(who, made, "today", mine, refused.value.version.line.number) == 3


def test_of_many_who_save_at_once_one_wins(team, who):
    made = maps.create(who, team, "Release", plain())
    results, together = [], threading.Barrier(6)

    def save(lead: int) -> None:
        together.wait()
        try:
            results.append(maps.save(who, made, "today", changed(lead=lead), 1))
        except maps.Newer as error:
            results.append(error.version.line.number)

    threads = [threading.Thread(target=save, args=(60 + number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [2] * 6 and count(MapVersion) == 2


def test_the_same_map_again_is_no_version(team, who):
    made = maps.create(who, team, "Release", plain())
    with pytest.raises(ValueError, match="Nothing has changed since version 1"):
        maps.save(who, made, "today", plain(), 1)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (plain(step("a", after="b"), step("b", after="a")), "form a loop"),
        (changed(lead=0), "is 0; leave it empty"),
        (changed(lead=-5), "is negative"),
        (changed(lead=10, process=20), "longer than the lead time"),
        (plain(*[step(f"s{number}") for number in range(16)]), "this one has 16"),
        ({"title": "Four", "steps": [step(key) for key in "abcd"]}, "this one has 4"),
    ],
    ids=["loop", "zero", "negative", "process longer", "sixteen", "four"],
)
def test_what_cannot_be_is_refused_and_nothing_saved(team, who, bad, sentence):
    made = maps.create(who, team, "Release", plain())
    with pytest.raises(MapError, match=sentence):
        maps.save(who, made, "today", bad, 1)
    assert count(MapVersion) == 1


def test_an_older_version_comes_back_as_the_newest(team, who):
    made = maps.create(who, team, "Release", plain())
    maps.save(who, made, "today", changed(lead=90), 1)
    assert maps.restore(who, made, "today", 1) == 3
    assert maps.version(who, made, "today", 3).drawn == Map.of(plain())
    assert (maps.versions(who, made)[0].note, trace()[-1]) == ("Version 1 again", "restore_map")
    with pytest.raises(ValueError, match="Nothing has changed"):
        maps.restore(who, made, "today", 1)


def test_a_note_has_an_end(team, who):
    made = maps.create(who, team, "Release", plain())
    with pytest.raises(ValueError, match="longer than 500"):
        maps.save(who, made, "today", changed(lead=90), 1, "x" * 501)


# The map itself


def test_a_map_goes_with_all_its_versions_and_leaves_a_trace(team, who):
    made = maps.copy_example(who, team, "release-by-hand")
    map_drafts.keep(who, made, "today", 1, "t", [{"name": "x"}])
    maps.remove(who, made)
    assert (count(WorkflowMap), count(MapVersion), count(MapDraft), trace()[-1]) == (0, 0, 0, "delete_map")
    with pytest.raises(access.NotFound):
        maps.versions(who, made)


def test_a_map_is_tied_to_a_service_of_its_team_only(both, who):
    place, other = Place(who, "Shop"), Place(who, "Other")
    made = maps.create(who, place.team_id, "Release")
    maps.tie(who, made, place.service_id)
    assert one(who, place.team_id, made).service_id == place.service_id
    with pytest.raises(ValueError, match="a service of this team"):
        maps.tie(who, made, other.service_id)
    teams.move_service(who, place.service_id, other.team_id)
    assert one(who, place.team_id, made).service_id is None


def test_maps_move_with_a_team_that_is_merged_and_keep_their_service(both, who):
    place, into = Place(who, "Shop"), Place(who, "Into")
    made, there = (maps.create(who, each.team_id, "Release") for each in (place, into))
    maps.tie(who, made, place.service_id)
    teams.merge_teams(who, place.team_id, into.team_id)
    assert {each.id: (each.title, each.service_id) for each in maps.maps(who, into.team_id)} == {
        there: ("Release", None),
        made: ("Release (2)", place.service_id),
    }


def test_who_may_see_and_who_may_draw(organization, who, team):
    made = maps.create(who, team, "Release", plain())
    elsewhere = teams.create_team(who, organization, "Elsewhere")
    insider, outsider = member("member", team, "in"), member("team_lead", elsewhere, "out")
    assert maps.save(insider, made, "today", changed(lead=90), 1) == 2
    for attempt in (
        lambda: maps.maps(outsider, team),
        lambda: maps.versions(outsider, made),
        lambda: maps.version(outsider, made, "today", 1),
        lambda: maps.create(outsider, team, "Mine"),
        lambda: maps.save(outsider, made, "today", changed(lead=80), 2),
        lambda: maps.restore(outsider, made, "today", 1),
        lambda: maps.rename(outsider, made, "Mine"),
        lambda: maps.tie(outsider, made, None),
        lambda: maps.remove(outsider, made),
        lambda: map_drafts.keep(outsider, made, "today", 1, "t", []),
    ):
        with pytest.raises(access.Forbidden):
            attempt()
    assert map_drafts.draft(outsider, made, "today") is None


# Drafts


def test_what_is_typed_is_kept_for_the_one_who_typed_it_until_it_is_saved(team, who):
    made = maps.create(who, team, "Release", plain())
    typed = [{"name": "Build", "lead": "soon", "odd": 1}, {"name": None, "lead": "a\x00\u2028b"}]
    map_drafts.keep(who, made, "today", 1, "Title", typed)
    kept = map_drafts.draft(who, made, "today")
    assert (kept.base, kept.title, [row["lead"] for row in kept.rows]) == (1, "Title", ["soon", "a  b"])
    assert "odd" not in kept.rows[0] and map_drafts.draft(who, made, "future") is None
    assert map_drafts.draft(member("member", team), made, "today") is None
    maps.save(who, made, "today", changed(lead=90), 1)
    assert map_drafts.draft(who, made, "today") is None


def test_typing_is_no_news_for_other_pages(team, who):
    made = maps.create(who, team, "Release", plain())
    before = store.version()
    map_drafts.keep(who, made, "today", 1, "t", [{"name": "a"}])
    map_drafts.drop(who, made, "today")
    assert (store.version(), count(MapDraft)) == (before, 0)


@pytest.mark.parametrize("rows", [[{"name": "x"}] * 61, [{"name": "x" * 401}]])
def test_a_draft_has_an_end(team, who, rows):
    made = maps.create(who, team, "Release", plain())
    with pytest.raises(ValueError, match="more than a map can hold"):
        map_drafts.keep(who, made, "today", 1, "t", rows)


# Files


def test_a_map_written_and_read_is_the_same():
    drawn = Map.of(EXAMPLE["today"])
    read = map_files.read_json(map_files.write_json(drawn))
    assert Map.of(read.today) == drawn and read.future is None and read.title == drawn.title


def test_a_file_may_hold_both_states():
    read = map_files.read_json(json.dumps(EXAMPLE).encode())
    assert Map.of(read.future) == Map.of(EXAMPLE["future"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"x" * (256 * 1024 + 1), "larger than 256 KB"),
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe{}", "no JSON in UTF-8"),
        (b"[" * 100_000, "too deep"),
        (b'{"title": "A", "steps": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "too deep"),
        (b"null", "A map has a title and a list of steps."),
        (b"[1]", "A map has a title and a list of steps."),
        (b'{"title": "A", "steps": [NaN]}', "no JSON"),
        (b'{"title": "A", "steps": [1e999, 1, 2, 3, 4]}', "Each step is a set of fields."),
        (b'{"title": "A", "steps": [1, 2, 3, 4, 5]}', "Each step is a set of fields."),
        (json.dumps(changed(lead=True)).encode(), "the lead time is a number"),
        (json.dumps(changed(name={"a": 1})).encode(), "give it a name"),
        (json.dumps(changed(evidence="file:///etc/passwd")).encode(), "begins with https://"),
        (json.dumps(changed(__proto__=1)).encode(), "a step has no __proto__"),
        (b'{"today": {"title": "A", "steps": []}, "future": 3}', "In the future state: A map has a title"),
        (b'{"title": "\\ud800", "steps": []}', "no JSON"),
        (b'{"title": "A", "steps": [{"queue": 1' + b"0" * 5_000 + b"}]}", "no JSON"),
    ],
)
def test_a_hostile_file_is_refused_in_sentences(data, sentence):
    with pytest.raises(MapError) as refused:
        map_files.read_json(data)
    assert any(sentence in problem for problem in refused.value.problems), refused.value.problems
    assert len(refused.value.problems) <= map_files.MOST_PROBLEMS + 1


def test_of_very_many_problems_the_first_are_said():
    data = plain(*[step(f"s{n}", lead=-1, process=-1, tool=3) for n in range(15)])
    with pytest.raises(MapError) as refused:
        map_files.read_json(json.dumps(data).encode())
    assert refused.value.problems[-1] == "And 25 more."


def picture(drawing: str):
    image = pytest.importorskip("PIL.Image")
    return image.open(io.BytesIO(map_files.png(drawing))).convert("L")


def test_the_picture_is_twice_as_large_as_the_drawing_with_text_in_our_own_font(monkeypatch, tmp_path):
    drawing = svg(Map.of(EXAMPLE["today"]), LIGHT)
    drawn = picture(drawing)
    assert drawn.width == 2 * 1120 and drawn.height > 1200
    title = drawn.crop((32, 32, 400, 76))
    assert min(title.tobytes()) < 60, "the title is black on white"
    map_files.png.cache_clear()
    monkeypatch.setattr(map_files, "FONTS", tmp_path)
    assert min(picture(drawing).crop((32, 32, 400, 76)).tobytes()) == 255, "without our font there was no text at all"
    map_files.png.cache_clear()


def test_text_in_a_script_that_our_font_lacks_does_not_break_the_picture():
    assert picture(svg(Map.of(changed(name="承認 אישור 🙂")))).width == 2 * 1120
