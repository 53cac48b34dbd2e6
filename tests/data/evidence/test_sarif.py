"""SARIF as its published schema and those who read it want it."""

import json
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft7Validator

from assessments.evidence import Evaluation, Evidence, Outcome, Result, registry
from assessments.evidence.finding import Finding
from data.evidence.sarif import as_sarif, fingerprint, message, uri
from data.evidence.shown import Shown, alone, show
from tests.data.evidence import showing


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return show(showing.shop(tmp_path_factory.mktemp("sarif")).path)


@pytest.fixture(scope="module")
def log(shown) -> dict:
    return as_sarif(shown)


def wrong(log: dict) -> list[str]:
    validator = Draft7Validator(showing.sarif_schema(), format_checker=Draft7Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(json.loads(json.dumps(log)))]


def made(finding: Finding, **parts) -> Shown:
    """As shown, with one finding of our making."""
    result = Result(registry()["codeowners"].probe, finding)
    evaluation = Evaluation("0" * 40, (result,), parts.pop("unread", {}))
    return Shown("shop", parts.pop("web_url", None), "0" * 40, 0, evaluation, alone(evaluation), **parts)


def test_it_keeps_to_the_published_schema(log):
    assert wrong(log) == []


def test_the_schema_refuses_what_is_wrong(log):
    bent = json.loads(json.dumps(log))
    bent["runs"][0]["results"][0]["level"] = "bad"
    assert len(wrong(bent)) == 1


def test_hostile_places_keep_to_the_schema_too():
    places = (
        Evidence(showing.HOSTILE, None, "a\x1b{0} [x](y)"),
        Evidence(":a\n?b#c", 3, "x"),
        Evidence(None, None, "-"),
    )
    found = Finding(Outcome.NOT_MET, "because of {0} and [this](http://evil.example)", places, 3)
    log = as_sarif(made(found, web_url="https://github.com/o/r%20x", unread={"ä b": "why"}))
    assert wrong(log) == []
    texts = [result["message"]["text"] for result in log["runs"][0]["results"]]
    assert all("](" not in text and "{0}" not in text.replace("{{0}}", "") for text in texts)


def test_only_what_is_open_is_a_result(shown, log):
    run = log["runs"][0]
    assert {each["properties"]["outcome"] for each in run["results"]} == {"not met", "partly"}
    assert {each["ruleId"] for each in run["results"]} == {each.probe.key for each in shown.open}
    notified = run["invocations"][0]["toolExecutionNotifications"]
    unknown = [each["associatedRule"]["id"] for each in notified if "associatedRule" in each]
    assert unknown == [each.probe.key for each in shown.of(Outcome.UNKNOWN)]
    unread = [each["locations"][0]["physicalLocation"] for each in notified if "locations" in each]
    assert [each["artifactLocation"]["uri"] for each in unread] == ["big.tf"]


def test_results_point_at_the_file_and_line(log):
    found = [each for each in log["runs"][0]["results"] if each["ruleId"] == "ci-script-injection"]
    place = found[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == ".github/workflows/ci.yml"
    assert place["region"] == {"startLine": 9}


def test_what_has_no_place_points_at_the_folder(log):
    [found] = [each for each in log["runs"][0]["results"] if each["ruleId"] == "codeowners"]
    assert found["locations"] == [{"physicalLocation": {"artifactLocation": found_root(log)}}]


def found_root(log: dict) -> dict:
    artifacts = log["runs"][0]["artifacts"]
    index = next(place for place, each in enumerate(artifacts) if each["location"]["uri"] == "./")
    return {"uri": "./", "uriBaseId": "SRCROOT", "index": index}


def test_every_rule_says_what_to_do(log):
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == list(registry())
    assert all(each["help"]["text"] and each["shortDescription"]["text"] for each in rules)
    for result in log["runs"][0]["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_artifacts_are_named_once_and_by_index(log):
    run = log["runs"][0]
    listed = [each["location"]["uri"] for each in run["artifacts"]]
    assert len(set(listed)) == len(listed)
    for result in run["results"]:
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert listed[location["index"]] == location["uri"]


@pytest.mark.parametrize("path", ["größe 100%.yaml", "a:b/c", ":x", "a?b#c", "a//b", "a\nb", "a\\b", showing.HOSTILE])
def test_a_path_becomes_a_relative_address_and_back(path):
    parts = urlsplit(uri(path))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote(uri(path)) == path and uri(path).isascii() and " " not in uri(path)


def test_a_fingerprint_stays_when_lines_move():
    probe = registry()["codeowners"].probe
    assert fingerprint(probe, Evidence("a", 1, "x")) == fingerprint(probe, Evidence("a", 99, "x"))
    others = [Evidence("b", 1, "x"), Evidence("a", 1, "y"), None]
    assert len({fingerprint(probe, each) for each in [Evidence("a", 1, "x"), *others]}) == 4


def test_equal_places_of_one_file_have_fingerprints_of_their_own():
    found = Finding(Outcome.NOT_MET, "x", (Evidence("a", 1, "same"), Evidence("a", 2, "same")), 2)
    results = as_sarif(made(found))["runs"][0]["results"]
    assert len({each["partialFingerprints"]["milepost/v1"] for each in results}) == 2


def test_braces_and_brackets_are_text():
    assert message("${{ x }} [a](b)") == {"text": "${{{{ x }}}} [a] (b)"}
