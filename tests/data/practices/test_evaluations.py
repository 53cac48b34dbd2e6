"""Evaluations are kept whole: the newest of each origin, light to read, and never half replaced."""

import pytest
from sqlalchemy import select

from assessments.evidence import Effort, Evaluation, Evidence, Outcome, Probe, Result, evaluate, of_texts
from assessments.evidence.finding import met, not_met, unknown
from data import roles, store, tables, teams
from data.access import Forbidden, NotFound
from data.evidence.adoption import Since
from data.people import Who
from data.practices import evaluations, looks
from data.practices.evaluations import PROBES
from data.tables import Finding as Row
from tests.data.arrange import Place
from tests.data.test_sessions import begun
from tests.statements import counted


def probe(key: str, version: int = 1) -> Probe:
    return Probe(key, key, "building", (), "", "", {}, "", Effort.HOURS, version=version)


def judged(commit: str = "a" * 40, unread=(), **findings) -> Evaluation:
    return Evaluation(commit, tuple(Result(probe(key), each) for key, each in findings.items()), dict(unread))


def kept(repository_id: int, origin: str = PROBES) -> evaluations.EvaluationView:
    with store.reading() as session:
        return evaluations.of_repositories(session, [repository_id], origin)[repository_id]


def test_what_was_found_is_read_again_as_it_was(both, who):
    place = Place(who)
    found = judged(
        unread={"big.json": "it is larger than 512 KB"},
        pinned=met("All 3 images are pinned.", [Evidence("Dockerfile", 1, "FROM a@sha256:0")]),
        tests=not_met("There are no tests."),
    )
    since = {"pinned": Since(5_000_000, "b" * 40, open=True), "tests": 7}
    number = evaluations.save(place.repository_id, PROBES, found, as_of=9_000_000, since=since, facts_read_at=8)
    view = kept(place.repository_id)
    assert (view.id, view.commit, view.as_of, view.facts_read_at) == (number, "a" * 40, 9_000_000, 8)
    assert (view.unread, view.unread_count) == ((("big.json", "it is larger than 512 KB"),), 1)
    pinned, tests = view.findings["pinned"], view.findings["tests"]
    assert (pinned.outcome, pinned.because) == (Outcome.MET, "All 3 images are pinned.")
    assert (pinned.since, pinned.since_open) == (5_000_000, True)
    assert (tests.outcome, tests.since) == (Outcome.NOT_MET, None), "what is not there has not been there since"
    places = evaluations.evidence_of(who, number, "pinned")
    assert (places.evidence, places.all) == ((Evidence("Dockerfile", 1, "FROM a@sha256:0"),), 1)


def test_the_newest_replaces_all_of_the_older_of_its_origin_and_nothing_else(both, who):
    place = Place(who)
    first = evaluations.save(place.repository_id, PROBES, judged(old=met("Was."), both=met("One.")), as_of=1)
    evaluations.save(place.repository_id, "sarif", judged(rule=not_met("Two.")), as_of=1, tool="zizmor 1.0")
    second = evaluations.save(place.repository_id, PROBES, judged("b" * 40, both=not_met("Gone.")), as_of=2)
    assert first == second
    assert {key: each.because for key, each in kept(place.repository_id).findings.items()} == {"both": "Gone."}
    with store.reading() as session:
        (other,) = evaluations.of_other_tools(session, [place.repository_id])
    assert (other.origin, other.tool, set(other.findings)) == ("sarif", "zizmor 1.0", {"rule"})


def test_a_failed_attempt_keeps_what_was_found_until_one_succeeds(home, who):
    place = Place(who)
    evaluations.failed(place.repository_id, PROBES, "There is no repository at that folder.")
    nothing = kept(place.repository_id)
    assert (nothing.as_of, nothing.findings, nothing.problem) == (None, {}, "There is no repository at that folder.")
    evaluations.save(place.repository_id, PROBES, judged(tests=met("There are.")), as_of=1)
    evaluations.failed(place.repository_id, PROBES, "It is gone.")
    view = kept(place.repository_id)
    assert (view.commit, view.problem, set(view.findings)) == ("a" * 40, "It is gone.", {"tests"})
    evaluations.save(place.repository_id, PROBES, judged("b" * 40, tests=met("Still.")), as_of=2)
    assert kept(place.repository_id).problem is None


def test_what_breaks_in_the_middle_leaves_the_older_whole(both, who, monkeypatch):
    place = Place(who)
    evaluations.save(place.repository_id, PROBES, judged(one=met("1."), two=met("2.")), as_of=1)

    def breaks(*_):
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(evaluations, "insert", breaks)
        evaluations.save(place.repository_id, PROBES, judged("b" * 40, three=met("3.")), as_of=2)
    view = kept(place.repository_id)
    assert (view.commit, set(view.findings)) == ("a" * 40, {"one", "two"})


def test_hostile_texts_are_kept_by_both_stores(both, who):
    place = Place(who)
    nasty = "a\0b \ud800 <script> " + "x" * 5_000
    found = judged(unread={nasty: nasty}, one=unknown(nasty, [Evidence("p\0q", 1, "w\ud800")]))
    number = evaluations.save(place.repository_id, PROBES, found, as_of=1, tool="t\0")
    view = kept(place.repository_id)
    assert view.findings["one"].because.startswith("a\N{REPLACEMENT CHARACTER}b ? <script> x")
    assert len(view.findings["one"].because) == evaluations.LONGEST
    assert evaluations.evidence_of(who, number, "one").evidence[0].path == "p\N{REPLACEMENT CHARACTER}q"


def test_many_repositories_are_read_in_two_statements_without_their_places(home, who):
    places = [Place(who, name=f"S{number}") for number in range(5)]
    for each in places:
        found = judged(one=met("1.", [Evidence("a-very-telling-path", 1, "x")]))
        evaluations.save(each.repository_id, PROBES, found, as_of=1)
    with counted() as sent, store.reading() as session:
        views = evaluations.of_repositories(session, [each.repository_id for each in places])
    assert len(views) == 5
    assert len([each for each in sent if each.startswith("SELECT")]) == 2
    assert not any("finding.evidence" in each for each in sent)


def test_all_probes_of_a_real_evaluation_are_kept(home, who):
    place = Place(who)
    found = evaluate(of_texts({"README.md": "# Shop"}, commit="c" * 40))
    evaluations.save(place.repository_id, PROBES, found, as_of=1)
    view = kept(place.repository_id)
    assert len(view.findings) == len(found.results)
    assert view.version == evaluations.current_version()


def test_another_version_of_a_probe_is_another_digest():
    assert evaluations.version_of([probe("a"), probe("b")]) == evaluations.version_of([probe("b"), probe("a")])
    assert evaluations.version_of([probe("a")]) != evaluations.version_of([probe("a", version=2)])


def test_places_are_for_those_who_see_the_team(home, who):
    place = Place(who)
    number = evaluations.save(place.repository_id, PROBES, judged(one=met("1.")), as_of=1)
    member = Who(7, "A developer", team_roles=frozenset({(place.organization_id, place.team_id, "member")}))
    assert evaluations.evidence_of(member, number, "one").all == 0
    with pytest.raises(Forbidden):
        evaluations.evidence_of(Who(8, "A stranger"), number, "one")
    with pytest.raises(NotFound):
        evaluations.evidence_of(who, number, "none")


def test_whoever_was_switched_off_sees_nothing_more_from_a_page_that_is_still_open(home):
    admin, bob = begun("1", groups=["ops"]), begun("2", groups=["leads"])
    place = Place(admin)
    number = evaluations.save(place.repository_id, PROBES, judged(one=met("1.")), as_of=1)
    assert evaluations.evidence_of(bob, number, "one").all == 0
    assert looks.status(bob, [place.repository_id])
    roles.switch(admin, place.organization_id, bob.id, False)
    with pytest.raises(Forbidden):
        evaluations.evidence_of(bob, number, "one")
    assert looks.status(bob, [place.repository_id]) == {}


def test_findings_of_a_team_stand_by_themselves_and_can_be_removed(home, who):
    place = Place(who)
    evaluations.save(None, "dsomm", judged(one=met("1.")), as_of=1, team_id=place.team_id)
    with store.reading() as session:
        (view,) = evaluations.of_other_tools(session, [], [place.team_id])
    assert (view.team_id, view.repository_id, set(view.findings)) == (place.team_id, None, {"one"})
    assert evaluations.remove(None, "dsomm", team_id=place.team_id)
    assert not evaluations.remove(None, "dsomm", team_id=place.team_id)
    with store.reading() as session:
        assert session.execute(select(Row)).first() is None


def test_an_evaluation_is_of_one_thing_and_of_a_known_origin(home, who):
    place = Place(who)
    with pytest.raises(ValueError, match="of a repository or of a team"):
        evaluations.save(None, PROBES, judged(), as_of=1)
    with pytest.raises(ValueError, match="come from one of"):
        evaluations.failed(place.repository_id, "guess", "It failed.")


def test_what_other_tools_said_of_a_team_goes_with_it_when_it_is_merged(both, who):
    place, into = Place(who), Place(who, "Into")
    nothing = Evaluation("", (), {})
    gone = evaluations.save(None, "dsomm", nothing, as_of=1, team_id=place.team_id)
    taken = evaluations.save(None, "sarif", nothing, as_of=2, team_id=place.team_id)
    kept = evaluations.save(None, "dsomm", nothing, as_of=3, team_id=into.team_id)
    teams.merge_teams(who, place.team_id, into.team_id)
    with store.reading() as session:
        found = session.execute(select(tables.Evaluation.id).order_by(tables.Evaluation.id)).scalars().all()
    assert found == [taken, kept] and gone not in found
