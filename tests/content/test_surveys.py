"""The questionnaires: what is shipped passes, and every rule refuses what it is there for."""

import re
from copy import deepcopy

import pytest

from content import catalog, survey_rules
from tests.content.test_practices import small

BANDS = {"leadtime": ["slow", "less slow", "less fast", "fast"], "deployfreq": [], "recovery": []}
NAMES = {"capabilities", "culture-and-safety", "delivery-quick-check", "pain-and-friction", "well-being"}


def items(survey: str) -> list[dict]:
    return [item for block in catalog.surveys()[survey]["blocks"] for item in block["items"]]


def test_what_is_shipped_has_no_problems():
    assert catalog.problems() == []
    assert set(catalog.surveys()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_questionnaire_takes_at_most_ten_minutes(name):
    survey = catalog.surveys()[name]
    asked = survey["suggested"] or [block["key"] for block in survey["blocks"]]
    assert sum(block["minutes"] for block in survey["blocks"] if block["key"] in asked) <= 10


def test_option_i_of_a_capability_is_its_level_i():
    levels = {c["key"]: c["levels"] for area in catalog.practices()["areas"] for c in area["capabilities"]}
    assert {item["key"]: [option["text"] for option in item["options"]] for item in items("capabilities")} == levels


def test_the_quick_check_asks_the_five_delivery_questions_on_the_benchmark_bands():
    bands, asked = catalog.benchmarks()["bands"], items("delivery-quick-check")
    assert {item["metric"] for item in asked} == {
        "lead_time",
        "deployment_frequency",
        "recovery_time",
        "change_fail_rate",
        "rework_rate",
    }
    assert all([o["key"] for o in item["options"]] == bands[item["bands"]] for item in asked if "bands" in item)


def test_a_capability_takes_over_the_construct_it_can_be_compared_by():
    asked = {item["key"]: item.get("dora_construct") for item in items("capabilities")}
    assert (asked["continuous-integration"], asked["wip-limits"]) == ("core_ci", None)


def little() -> dict:
    """A questionnaire that breaks no rule."""
    return {
        "key": "little",
        "version": 1,
        "title": "Little",
        "purpose": "To try the rules.",
        "recall": "in the last three months",
        "scales": {"amount": ["None", "Some", "Much", "All"]},
        "blocks": [
            {
                "key": "results",
                "title": "Results",
                "lead": "Think of your work in the last three months.",
                "about": "outcome",
                "items": [
                    {"key": "speed", "text": "How fast was it?", "metric": "lead_time", "bands": "leadtime",
                     "options": [{"key": key, "text": key.capitalize()} for key in BANDS["leadtime"]]},
                    {"key": "failed", "text": "How many of 100 failed?", "kind": "percent", "better": "low"},
                ],
            },
            {
                "key": "practice",
                "title": "Practice",
                "lead": "Think of your team in the last three months.",
                "about": "practice",
                "items": [{"capability": "map", "text": "How was the map kept?"}],
            },
            {
                "key": "trouble",
                "title": "Trouble",
                "lead": "Think of your team in the last three months.",
                "about": "pain",
                "items": [
                    {"key": key, "text": f"How much did you {key}?", "construct": "held", "better": "low",
                     "options": "amount"} for key in ("wait", "search")
                ],
            },
            {
                "key": "more",
                "title": "More",
                "lead": "Think of the team in the last three months.",
                "about": "comment",
                "items": [{"key": "words", "text": "What else?", "kind": "text"}],
            },
        ],
    }  # fmt: skip


def edited(*path, to) -> dict:
    """The little questionnaire with one place changed."""
    data = place = deepcopy(little())
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return data


def problems(data) -> list[str]:
    return survey_rules.problems("little", data, small(), BANDS)


def item(block: int, place: int = 0) -> tuple:
    return "blocks", block, "items", place


def swapped(first: int, second: int) -> dict:
    data = little()
    blocks = data["blocks"]
    blocks[first], blocks[second] = blocks[second], blocks[first]
    return data


def covering(*blocks: tuple[str, str]) -> dict:
    """A questionnaire that claims to cover the practices."""
    made = [
        {"key": key, "title": "Area", "lead": "In the last three months.", "about": "practice",
         "items": [{"capability": capability, "text": "How was it kept?"}]}
        for key, capability in blocks
    ]  # fmt: skip
    return little() | {"covers": "practices", "blocks": made, "scales": {}}


def test_the_little_questionnaire_breaks_no_rule():
    assert problems(little()) == []
    assert problems(covering(("first", "map"), ("second", "list"))) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (edited("key", to="other"), "key is other, the file is named little"),
        (edited("blocks", 1, "key", to="results"), "block key results stands twice"),
        (edited(*item(2), "key", to="search"), "item key search stands twice"),
        (edited(*item(1), "capability", to="unheard-of"), "capability unheard-of is not in practices.yml"),
        (edited(*item(2), "options", to="unheard-of"), "scale unheard-of is used and not there"),
        (edited("scales", "spare", to=["A b", "C d", "E f", "G h"]), "scale spare is there and not used"),
        (swapped(0, 2), r"block practice \(practice\) comes after trouble|block results \(outcome\) comes after"),
        (little() | {"blocks": little()["blocks"][3:], "scales": {}}, "nothing but comments"),
        (edited(*item(2), "better", to="high"), "construct held has reversed items"),
        (edited(*item(2), "options", to=["A b", "C d", "E f", "G h", "I j"]), "option lists of unequal length"),
        (edited(*item(0, 1), "construct", to="held"), "construct held stands in several blocks"),
        (edited("suggested", to=["unheard-of"]), "suggested block unheard-of is not there"),
        (edited(*item(3), "text", to="Say what else."), "words: it is not one question"),
        (edited(*item(3), "text", to="What? And else?"), "words: it is not one question"),
        (edited(*item(3), "text", to="What " * 30 + "else?"), "words: the question has 31 words"),
        (edited(*item(3), "text", to="What did you not like?"), "words: the question turns on 'not'"),
        (edited(*item(3), "text", to="What couldn't be done?"), 'words: the question turns on "couldn\'t"'),
        (edited("blocks", 3, "lead", to="Say more."), "words: neither it nor the lead"),
        (edited(*item(0), "options", 1, "key", to="fast"), "speed: option key 'fast' stands twice"),
        (edited("scales", "amount", 1, to="none"), "wait: option 'none' stands twice"),
        (edited("scales", "amount", 1, to="Don't know"), 'wait: option "Don\'t know" is an answer apart'),
        (edited("scales", "amount", 1, to="Not applicable"), "wait: option 'Not applicable' is an answer apart"),
        (edited("scales", "amount", 1, to="Strongly agree"), "wait: option 'Strongly agree' asks for agreement"),
        (edited(*item(0), "options", 1, "key", to="odd"), "speed: its options are not the bands of leadtime"),
        (covering(("first", "map")), "block second asks for ; the area has list"),
        (covering(("first", "map"), ("second", "map")), "item key map stands twice"),
        (edited("recall", to=None), "recall: None"),
        (edited("scales", "amount", to=["All", "None"]), "scales.amount: .* too short"),
        (edited(*item(0, 1), "kind", to="slider"), "'slider' is not one of"),
        (edited(*item(3), "options", to="amount"), r"blocks\[3\]\.items\[0\]"),
        (edited(*item(1), "options", to="amount"), r"blocks\[1\]\.items\[0\]"),
        (edited(*item(3), "kind", to="pain-points"), r"blocks\[3\]\.items\[0\]"),
        (edited("blocks", 0, "about", to="weather"), "'weather' is not one of"),
        ("a text", "the file"),
    ],
)
def test_each_rule_refuses(data, problem):
    found = problems(data)
    assert any(re.search(problem, line) for line in found), found


def test_a_questionnaire_that_takes_too_long_is_refused_unless_a_part_is_suggested():
    long = little()
    long["blocks"][3]["items"] = [
        {"key": f"words-{number}", "text": "What else?", "kind": "text"} for number in range(20)
    ]
    assert re.search("it takes 1.* minutes; at most 10", problems(long)[0])
    assert problems(long | {"suggested": ["results"]}) == []


def test_an_option_list_that_stays_is_read_once():
    once, twice = little(), little()
    twice["blocks"][2]["items"][1]["options"] = [f"{text} of it" for text in ["None", "Some", "Much", "All"]]
    minutes = [survey_rules.resolved(data, small())["minutes"] for data in (once, twice)]
    assert minutes[0] < minutes[1]


def test_what_is_asked_refers_to_no_other_file():
    asked = survey_rules.resolved(little(), small())
    assert [option["text"] for option in asked["blocks"][2]["items"][0]["options"]] == ["None", "Some", "Much", "All"]
    assert "scales" not in asked and asked["blocks"][1]["items"][0]["options"][4]["key"] == "4"


def test_all_broken_files_are_named_at_once(tmp_path, monkeypatch):
    (tmp_path / "surveys").mkdir()
    (tmp_path / "benchmarks").mkdir()
    for name in ("practices.yml", "definitions.yml", "benchmarks/dora.json"):
        (tmp_path / name).write_text((catalog.HERE / name).read_text())
    (tmp_path / "surveys" / "one.yml").write_text("key: [\n")
    (tmp_path / "surveys" / "two.yml").write_text("key: two\n")
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    loads = (catalog.benchmarks, catalog.definitions, catalog.practices, catalog.surveys, catalog.maps)
    for load in loads:
        load.cache_clear()
    try:
        assert {line.split(":")[0] for line in catalog.problems()} == {"surveys/one.yml", "surveys/two.yml"}
    finally:
        for load in loads:
            load.cache_clear()
