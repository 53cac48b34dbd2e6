"""What a team has to know to show more than its files do: whose workflow to call, and how long a review stands."""

import pytest

from assessments.poc import Verdict
from data import people, store
from data.access import Forbidden
from data.learning import trusted, workflows
from data.people import Who
from data.tables import Attestation, Person
from tests.data.learning.test_checking_clones import no_worker, place, repo
from tests.data.learning.tried import LISTED, PATH, attempt, change, check, checked, content, found, outcomes

__all__ = ["no_worker", "place", "repo"]  # fixtures
README = check("readme", "file", {"files": ["README.md"]})
VERIFIED = check("verified", "ci-run", {"commit": {"reusable": "go-cli.yml"}}, level="E3")
COVERED = check("covered", "artifact", {"name": "c.json", "reusable": "go-*.yml", "conditions": []}, level="E3")
JUDGED = check("judged", "attest", {"rubric": ["I followed it."]}, level="E4")


def test_of_each_check_the_trusted_workflows_are_named_the_newest_first(home, who, place):
    made = attempt(place, content([README, VERIFIED, COVERED]))
    assert workflows.of_attempt(who, made) == {"verified": (), "covered": ()}
    organization = people.home_organization(who)
    old = trusted.add(who, organization, PATH, LISTED)
    trusted.add(who, organization, PATH, "b" * 40)
    trusted.add(who, organization, "acme/verification/.github/workflows/terraform.yml", LISTED)
    both = (f"{PATH}@{'b' * 40}", f"{PATH}@{LISTED}")
    assert workflows.of_attempt(who, made) == {"verified": both, "covered": both}
    trusted.remove(who, old)
    assert workflows.of_attempt(who, made)["verified"] == both[:1]


def test_somebody_who_may_not_see_the_attempt_is_told_nothing(home, who, place):
    made = attempt(place, content([VERIFIED]))
    with pytest.raises(Forbidden):
        workflows.of_attempt(Who(99, "A stranger"), made)


def test_a_review_stands_for_its_commit_until_the_team_decides_and_then_for_the_decision(home, who, repo, place):
    made = attempt(place, content([README], {"peer_review": [JUDGED]}))
    with store.writing() as session:
        coach = Person(provider="oidc", subject="coach", name="A coach", created_at=1)
        session.add(coach)
        session.flush()
        session.add(
            Attestation(
                attempt_id=made, check_id="judged", person_id=coach.id, accepted=True, commit=repo.head(),
                criteria=["I followed it."], at=store.now_us(),
            )
        )  # fmt: skip
    checked(who, made)
    assert found(made).verdict is Verdict.ACCEPTED
    decided = store.now_us()
    repo.commit("Other work", "2026-01-03", files={"other.md": "x\n"})
    checked(who, made)
    assert outcomes(made)["judged"][0] == "unknown", "nobody has looked at this commit"
    change(made, decision="adopt", state="decided", decided_at=decided)
    checked(who, made)
    assert outcomes(made)["judged"][0] == "pass", "what was decided on was looked at"
    change(made, decided_at=store.now_us())
    checked(who, made)
    assert outcomes(made)["judged"][0] == "unknown", "deciding is no review of what came after it"
