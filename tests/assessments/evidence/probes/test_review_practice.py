from assessments.evidence.facts import Facts, Merged
from tests.assessments.evidence.trees import outcome, probe


def said(yes: int, no: int):
    merged = tuple(Merged(n, reviewed=n < yes) for n in range(yes + no))
    return outcome("review-practice", {}, facts=Facts(merged=merged))


def test_shares():
    assert said(18, 2) == "met"
    assert said(10, 10) == "partly"
    assert said(9, 11) == "not met"


def test_few_are_too_few_to_judge():
    assert said(9, 0) == "unknown"


def test_programs_do_not_count():
    merged = tuple(Merged(n, reviewed=False, automatic=True) for n in range(20))
    assert outcome("review-practice", {}, facts=Facts(merged=merged)) == "not applicable"


def test_not_collected_is_unknown():
    assert outcome("review-practice", {}, facts=Facts()) == "unknown"
    assert "not collected" in probe("review-practice", {}, facts=Facts(merged=(Merged(1),))).because
