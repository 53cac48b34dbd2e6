from dataclasses import replace
from pathlib import Path

import pytest

from assessments.evidence import Entry, Kind, Outcome, Snapshot, evaluate, judged, of_texts, registry
from assessments.evidence.facts import Facts
from assessments.evidence.finding import Evidence, met, not_applicable, not_met, partly, share, unknown
from assessments.evidence.probe import Registered
from content import catalog

SOME = next(iter(registry().values())).probe
SOME = replace(SOME, every=False, asks="files")


def ask(judge, snapshot=None, **changes):
    return judged(snapshot or of_texts({}), Registered(replace(SOME, **changes), judge))


def test_a_probe_that_fails_is_unknown_and_stops_no_other():
    def broken(snapshot):
        raise KeyError("secret of the repository")

    probes = {"a": Registered(SOME, broken), "b": Registered(SOME, lambda snapshot: met("Yes."))}
    first, second = (each.finding for each in evaluate(of_texts({}), probes).results)
    assert first.outcome is Outcome.UNKNOWN
    assert first.because == "This probe failed on this repository (KeyError); the others did not."
    assert second.outcome is Outcome.MET


def test_when_time_is_over_the_rest_is_unknown():
    evaluation = evaluate(of_texts({"a": "x"}), {"a": Registered(SOME, lambda s: met(s.text("a")))}, stop=lambda: True)
    assert evaluation.results[0].finding.because == "The time for one repository was over before this was looked at."


def test_it_is_told_how_far_it_is_and_may_be_ended_there():
    heard = []

    def told(done, total):
        heard.append((done, total))
        if done:
            raise InterruptedError

    probes = {name: Registered(SOME, lambda snapshot: met("Yes.")) for name in "abc"}
    with pytest.raises(InterruptedError):
        evaluate(of_texts({}), probes, told=told)
    assert heard == [(0, 3), (1, 3)]


@pytest.mark.parametrize(("finding", "said"), [(unknown("Not collected."), True), (not_met("None."), False)])
def test_what_was_not_collected_says_what_would_help(finding, said):
    facts = Facts(why={"branches": "Give it contents (read).", "merged": "Wait."})
    found = ask(lambda snapshot: finding, of_texts({}, facts=facts), part="branches")
    assert found.because == f"{finding.because}{' Give it contents (read).' if said else ''}"


def unreadable(finding):
    def judge(snapshot):
        list(snapshot.texts(["a"]))
        return finding

    return judge


PLACE = [Evidence("b", 1, "bad")]


@pytest.mark.parametrize(
    ("finding", "every", "expected"),
    [
        (not_met("None."), False, "unknown"),
        (not_applicable("None."), False, "unknown"),
        (not_met("One is bad.", PLACE), False, "not met"),  # what was seen stays seen
        (met("One is there.", PLACE), False, "met"),
        (met("All are.", PLACE), True, "unknown"),
        (partly("Some are.", PLACE), True, "partly"),
    ],
)
@pytest.mark.parametrize("cause", ["a file", "the listing"])
def test_what_could_not_be_read_is_not_taken_for_absent(finding, every, expected, cause):
    snapshot = of_texts({"a": b"\xff"}) if cause == "a file" else of_texts({"a": ""}, left_out="the list was cut.")
    assert ask(unreadable(finding), snapshot, every=every).outcome == expected


def test_unknown_names_the_file_and_the_reason():
    said = ask(unreadable(not_met("None.")), of_texts({"a": b"\xff"}))
    assert said.because == "Not everything could be read (a: it is not UTF-8 text)."
    assert said.unread == (("a", "it is not UTF-8 text"),)


def test_facts_of_the_forge_do_not_depend_on_the_listing():
    assert ask(lambda s: not_met("No."), of_texts({}, left_out="cut."), asks="facts").outcome is Outcome.NOT_MET


def test_a_finding_says_what_to_do_only_where_something_is_to_be_done():
    assert ask(lambda s: not_met("No.", PLACE)).remedy == SOME.remedy
    assert ask(lambda s: not_met("No.", PLACE)).effort == SOME.effort
    assert ask(lambda s: met("Yes.")).remedy == ""


def test_many_places_are_counted_and_the_first_are_kept():
    finding = not_met("Many.", [Evidence("a", line, "x") for line in range(1, 100)])
    assert (len(finding.evidence), finding.total) == (20, 99)


@pytest.mark.parametrize(("good", "bad", "expected"), [(2, 0, "met"), (1, 1, "partly"), (0, 2, "not met")])
def test_a_share_of_all_some_or_none(good, bad, expected):
    places = [Evidence("a", line, "x") for line in range(good + bad)]
    assert share(places[:good], places[good:], "jobs", "have it", "No job.").outcome == expected
    assert share([], [], "jobs", "have it", "No job.").because == "No job."


def test_symbolic_links_are_never_followed():
    entries = [Entry(".github/workflows/ci.yml", "1", Kind.SYMLINK, 11), Entry("a.py", "2", Kind.FILE, 1)]
    snapshot = Snapshot(entries, lambda names: ((name, b"x") for name in names))
    assert judged(snapshot, registry()["ci-timeouts"]).outcome is Outcome.NOT_APPLICABLE


PROBES = [each.probe for each in registry().values()]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.key)
def test_a_definition_says_all_that_a_page_shows(probe):
    assert Outcome.MET in probe.outcomes
    assert {Outcome.NOT_MET, Outcome.PARTLY} & probe.outcomes.keys()
    assert Outcome.NOT_APPLICABLE in probe.outcomes or Outcome.UNKNOWN in probe.outcomes
    texts = [probe.why, probe.how, probe.remedy, *probe.outcomes.values()]
    assert all(text[0].isupper() and text.endswith(".") and len(text) <= 500 for text in texts)
    assert probe.asks in ("files", "facts", "history")
    assert probe.key == probe.key.lower().replace("_", "-")


def test_probes_feed_capabilities_that_exist():
    known = {one["key"] for area in catalog.practices()["areas"] for one in area["capabilities"]}
    assert {key for probe in PROBES for key in probe.capabilities} <= known


def test_every_probe_has_a_test_of_its_own():
    here = Path(__file__).parent / "probes"
    modules = {each.judge.__module__.rsplit(".", 1)[-1] for each in registry().values()}
    assert {path.stem.removeprefix("test_") for path in here.glob("test_*.py")} == modules
