"""Every acceptance check of the tracks can be said with the kinds there are, and tells the real thing from what looks
like it."""

import pytest

from assessments.poc import Known, Level, Outcome, Severity, Source, run
from assessments.poc.engine import wrong
from tests.assessments.poc.proofs import NAMES, proof
from tests.assessments.poc.trees import tree

NEAR = [(name, place) for name in NAMES for place in range(len(proof(name).near))]


def said(results) -> dict[str, str]:
    """What each check says that does not pass."""
    return {each.check.id: each.judgement.because for each in results.results if each.outcome is not Outcome.PASS}


@pytest.mark.parametrize("name", NAMES)
def test_no_check_is_broken(name):
    assert {check.id: wrong(check) for check in proof(name).poc.checks if wrong(check)} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_exemplar_passes(name):
    it = proof(name)
    results = it.run(it.exemplar, it.forge)
    assert said(results) == {}
    assert all(each.judgement.level >= each.check.level for each in results.results)


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_fails_every_required_check(name):
    it = proof(name)
    results = it.run(it.stub.get("files", {}), it.forge | it.stub.get("forge", {}))
    for each in results.with_severity(Severity.REQUIRED):
        unmeasured = each.check.level is Level.E5 and each.outcome is Outcome.UNKNOWN
        assert each.outcome is Outcome.FAIL or unmeasured, each


@pytest.mark.parametrize(("name", "place"), NEAR)
def test_a_near_miss_fails_what_it_aims_at_and_nothing_else(name, place):
    it = proof(name)
    near = it.near[place]
    files = {path: text for path, text in (it.exemplar | near.get("files", {})).items() if text is not None}
    results = it.run(files, it.forge | near.get("forge", {}))
    aims = near["aims"] if isinstance(near["aims"], list) else [near["aims"]]
    assert set(said(results)) == set(aims), said(results)
    assert {str(results.of(each).outcome) for each in aims} == {near.get("outcome", "fail")}


@pytest.mark.parametrize("name", NAMES)
def test_each_required_check_has_a_near_miss(name):
    it = proof(name)
    aimed = {each for near in it.near for each in (near["aims"] if isinstance(near["aims"], list) else [near["aims"]])}
    assert {check.id for check in it.poc.checks} - aimed == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_clone_shows_e1_at_most_and_refuses_nothing_for_lack_of_facts(name):
    it = proof(name)
    known = Known(source=Source.CLONE, added=it.known().added, removed=it.known().removed, begun=it.known().begun)
    results = run(it.poc, tree(it.exemplar), known)
    for each in results.results:
        if each.check.level is Level.E1:
            assert each.outcome is Outcome.PASS and each.judgement.level is Level.E1, each.judgement
        else:
            assert each.outcome is Outcome.UNKNOWN, each.judgement
