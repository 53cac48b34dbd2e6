"""The practice areas and their anchors: what is shipped passes, and every rule refuses what it is there for."""

import re
from copy import deepcopy

import pytest

from content import catalog, practice_rules
from content.checking import read

#: The areas that every assessment is organised by.
AREAS = {
    "ci-cd",
    "internal-tooling",
    "monitoring-alerting",
    "containers-orchestration",
    "secrets-security",
    "automation-testing",
    "fast-feedback",
    "devops-foundations",
    "deployment-process",
    "learning-validation",
    "database-change",
    "ai-ready-delivery",
}
#: The constructs of DORA's published core survey that ask about a practice (burnout, deployment pain, performance and
#: the delivery metrics are outcomes).
CORE = """ci cd dep_auto str mnt code_review westrum dbc docs emp inf leadership lct mon reliability_eng sec tau tdm
    trunk user_centric vcs small_batch"""


def capabilities():
    return [capability for area in catalog.practices()["areas"] for capability in area["capabilities"]]


def test_what_is_shipped_has_no_problems():
    assert practice_rules.problems(read(catalog.HERE / "practices.yml")) == []


def test_all_areas_are_there():
    assert {area["key"] for area in catalog.practices()["areas"]} == AREAS


def test_there_are_enough_capabilities_to_choose_from():
    assert len(capabilities()) >= 30


def test_every_construct_of_the_core_survey_about_a_practice_can_be_compared():
    assert {capability["dora_construct"] for capability in capabilities()} - {None} == {
        f"core_{key}" for key in CORE.split()
    }


def test_a_page_of_the_catalogue_is_named_after_its_key():
    strangers = [c["key"] for c in capabilities() if c["dora"] and c["dora"].split("/")[-2] != c["key"]]
    assert strangers == []


def small() -> dict:
    """Two capabilities that break no rule."""

    def capability(key, noun):
        return {
            "key": key,
            "name": noun,
            "meaning": f"The {noun} is kept by the team.",
            "dora": f"https://dora.dev/capabilities/{key}/",
            "dora_construct": f"core_{noun}",
            "importance": 1,
            "upstream": [],
            "stages": ["coding"],
            "levels": [
                f"Nobody can find the {noun} when it is asked for.",
                f"The {noun} lies in a place that everyone in the team can open.",
                f"Two people have looked at each change of that {noun}.",
                f"A machine checks the {noun} before a change is merged.",
                f"In the last three months the team compared its {noun} with one of another team.",
            ],
            "evidence": [
                {"level": 1, "repository": [f"{noun}-there"]},
                {"level": 2, "map": ["steps-with-role >= 1"], "survey": ["little/first >= 2"]},
            ],
        }

    return {
        "version": 1,
        "areas": [
            {"key": "first", "name": "First", "capabilities": [capability("map", "map")]},
            {"key": "second", "name": "Second", "capabilities": [capability("list", "list")]},
        ],
    }


def edited(*path, to) -> dict:
    """The small file with one place changed."""
    data = place = deepcopy(small())
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return data


FIRST, SECOND = ("areas", 0, "capabilities", 0), ("areas", 1, "capabilities", 0)


def test_the_small_file_breaks_no_rule():
    assert practice_rules.problems(small()) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (edited("areas", 1, "key", to="first"), "area key first stands twice"),
        (edited(*FIRST, "key", to="list"), "key list belongs to two"),
        (edited(*FIRST, "name", to="list"), "name list belongs to two"),
        (edited(*FIRST, "dora", to="https://dora.dev/capabilities/list/"), "dora https://dora.dev/.* belongs to two"),
        (edited(*FIRST, "dora_construct", to="core_list"), "dora_construct core_list belongs to two"),
        (edited(*FIRST, "dora", to="http://dora.dev/capabilities/map/"), "dora: 'http:"),
        (edited(*FIRST, "dora", to="https://dora.example/capabilities/map/"), "dora: 'https://dora.example"),
        (edited(*FIRST, "key", to="Not a key"), "key: 'Not a key'"),
        (edited(*FIRST, "levels", to=["One anchor is all there is."]), "levels: .* too short"),
        (edited(*FIRST, "levels", to=[*small()["areas"][0]["capabilities"][0]["levels"], "A sixth."]), "too long"),
        (edited(*SECOND, "levels", 0, to="Nobody can find the MAP, when it is asked for."), "stands twice"),
        (edited(*FIRST, "levels", 3, to="Two people have looked at each changes of that map."), "2 and 3 say the same"),
        (edited(*FIRST, "levels", 3, to="The map is in good order on every day."), r"anchor 3 grades \(good\)"),
        (edited(*FIRST, "levels", 2, to="The map is not yet checked by anyone."), r"anchor 2 takes back \(not yet\)"),
        (edited(*FIRST, "levels", 2, to="The map has a name. It has an owner."), "anchor 2 is not one sentence"),
        (edited(*FIRST, "levels", 2, to="the map has an owner in the team."), "anchor 2 is not one sentence"),
        (edited(*FIRST, "levels", 2, to="The map has an owner"), "anchor 2 is not one sentence"),
        (edited(*FIRST, "levels", 2, to="It is."), "anchor 2 has 2 words"),
        (edited(*FIRST, "levels", 2, to="It " * 29 + "is."), "anchor 2 has 30 words"),
        (edited(*FIRST, "meaning", to="One thing. Another thing."), "meaning is not one sentence"),
        (edited(*FIRST, "meaning", to=None), "meaning: None"),
        (edited(*FIRST, "weight", to=3), "'weight' was unexpected"),
        (edited(*FIRST, "importance", to=0), "importance: 0"),
        (edited(*FIRST, "upstream", to=["nothing"]), "map: its upstream nothing is no capability"),
        (edited(*FIRST, "upstream", to=["map"]), "upstream runs in a circle: map < map"),
        (edited(*FIRST, "stages", to=["thinking"]), "stages.*: 'thinking' is not one of"),
        (edited(*FIRST, "evidence", 1, "level", to=1), "order of its levels"),
        (edited(*FIRST, "evidence", 1, to={"level": 2, "repository": ["map-there"]}), "map-there is evidence of two"),
        (edited(*FIRST, "evidence", 1, to={"level": 2, "hints": ["map-there"]}), "map-there is evidence of two"),
        (edited(*FIRST, "evidence", 1, to={"level": 2}), "evidence.*: .*enough properties"),
        (edited(*FIRST, "evidence", 1, "map", to=["steps-with-role > 1"]), "map.*does not match"),
        (edited(*FIRST, "evidence", 1, "survey", to=["first >= 2"]), "survey.*does not match"),
        (edited("version", to=0), "version: 0"),
        (edited("areas", to=[]), "areas: .* should be non-empty"),
        ([], "the file: .* is not of type 'object'"),
    ],
)
def test_each_rule_refuses(data, problem):
    found = practice_rules.problems(data)
    assert len(found) == 1 and re.search(problem, found[0]), found


def test_two_capabilities_that_stand_on_each_other_are_refused():
    data = edited(*FIRST, "upstream", to=["list"])
    assert practice_rules.problems(data) == []
    data["areas"][1]["capabilities"][0]["upstream"] = ["map"]
    assert "runs in a circle" in practice_rules.problems(data)[0]


def test_downstream_is_upstream_read_backwards():
    made = practice_rules.resolved(edited(*FIRST, "upstream", to=["list"]))
    assert [c["downstream"] for area in made["areas"] for c in area["capabilities"]] == [[], ["map"]]


def test_evidence_of_the_repository_or_the_map_that_is_not_there_is_named_with_who_asks_for_it():
    found = practice_rules.not_there(small(), "repository", {"list-there"})
    assert found == ["map: there is no repository evidence map-there"]
    assert practice_rules.not_there(small(), "map", {"steps-with-role"}) == []
    hinted = edited(*FIRST, "evidence", 0, "hints", to=["map-seen"])
    assert practice_rules.problems(hinted) == []
    assert practice_rules.not_there(hinted, "hints", ()) == ["map: there is no hints evidence map-seen"]


ANSWERS = [{"key": str(n), "text": f"Option {n}"} for n in range(4)]


@pytest.mark.parametrize(
    ("name", "item", "problem"),
    [
        ("little/first >= 2", {}, None),
        ("little/first <= 1", {"better": "low"}, None),
        ("little/second >= 2", {}, "no questionnaire has a choice little/second"),
        ("other/first >= 2", {}, "no questionnaire has a choice other/first"),
        ("little/first >= 2", {"kind": "percent"}, "no questionnaire has a choice"),
        ("little/first >= 2", {"better": "low"}, "the end of little/first that nobody wishes for"),
        ("little/first >= 0", {}, "holds for every answer"),
        ("little/first >= 4", {}, "or for none"),
        ("little/first <= 3", {"better": "low"}, "holds for every answer"),
    ],
)
def test_an_answer_that_is_evidence_must_be_one_of_a_question(name, item, problem):
    data = edited(*FIRST, "evidence", 1, "survey", to=[name])
    data["areas"][1]["capabilities"][0]["evidence"] = []
    asked = {"key": "first", "kind": "choice", "better": "high", "options": ANSWERS} | item
    found = practice_rules.not_asked(data, {"little": {"key": "little", "blocks": [{"items": [asked]}]}})
    assert (problem in found[0]) if problem else found == []


def test_the_core_model_weighs_more():
    """Version 2.0.0 of DORA's core model: climate for learning, fast flow, fast feedback."""
    core = """
        code-maintainability documentation-quality teams-empowered-to-choose-tools generative-organizational-culture

        continuous-delivery database-change-management deployment-automation flexible-infrastructure
        loosely-coupled-teams streamlining-change-approval version-control working-in-small-batches

        continuous-integration monitoring-and-observability reliability-engineering pervasive-security test-automation
        test-data-management
    """
    assert {c["key"] for c in capabilities() if c["importance"] == 2} == set(core.split())


def test_an_anchor_of_level_0_may_say_what_is_missing():
    assert practice_rules.problems(edited(*FIRST, "levels", 0, to="The map is known to one person only.")) == []


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A content folder of our own, read anew."""
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    catalog.practices.cache_clear()
    yield tmp_path
    catalog.practices.cache_clear()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\nversion: 2\nareas: []\n", "duplicate key"),
        ("version: [1\n", "practices.yml: .*line"),
        ("a: &a [1]\nb: !!python/object:os.system {}\n", "practices.yml"),
        ("version: 1\nareas: []\n", "practices.yml: areas"),
    ],
)
def test_a_broken_file_is_refused_with_its_name(folder, text, problem):
    (folder / "practices.yml").write_text(text)
    with pytest.raises(catalog.ContentError, match=problem):
        catalog.practices()


def test_a_missing_file_is_refused_with_its_name(folder):
    with pytest.raises(catalog.ContentError, match=r"practices\.yml"):
        catalog.practices()
