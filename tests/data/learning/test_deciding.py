import pytest
from markdown_it import MarkdownIt
from sqlalchemy import select

from assessments.poc import Outcome
from data import store
from data.access import Forbidden, NotFound
from data.improving import interventions
from data.improving.interventions import Done
from data.learning import attempts, decisions, events, reviews
from data.learning.decisions import Decision
from data.tables import AuditEvent, ProofAttempt
from tests.data.arrange import Place
from tests.data.learning.course import ALONE, COMMIT, DAY, POC, RUBRIC, begun, judged, person, ready

pytestmark = pytest.mark.usefixtures("taught")

STOP = Decision("stop", "We tried a page.", "Nothing\n- A wiki", "It was slower.", "We keep asking around.")
ADOPT = Decision("adopt", "We tried a page.", "Nothing\n- A wiki", "It was quicker.", "Each service has one.")


@pytest.fixture
def shop(both, who) -> Place:
    return ready(who)


@pytest.fixture
def one_shop(home, who) -> Place:
    """On SQLite, for what does not depend on the store."""
    return ready(who)


def state(who, attempt: int) -> tuple:
    line = attempts.view(who, attempt).line
    return line.state, line.decision


# Decisions


def test_stopping_is_a_result_like_the_others(shop, who):
    attempt = begun(who, shop)
    decisions.decide(who, attempt, STOP)
    found = attempts.view(who, attempt).decision
    assert (found.said, found.by, found.intervention_id) == (STOP, "Local administrator", None)
    assert state(who, attempt) == ("decided", "stop")
    assert [each.detail for each in events.of_team(who, shop.team_id) if each.kind == "proof decided"] == [
        {"decision": "stop"}
    ]


def test_it_is_decided_once(one_shop, who):
    attempt = begun(who, one_shop)
    decisions.decide(who, attempt, STOP)
    with pytest.raises(ValueError, match="decided already, to stop"):
        decisions.decide(who, attempt, ADOPT)


def test_nothing_unproven_is_adopted(one_shop, who):
    attempt = begun(who, one_shop)
    with pytest.raises(ValueError, match="never checked"):
        decisions.decide(who, attempt, ADOPT)
    judged(attempt, but={"four-parts": Outcome.FAIL})
    with pytest.raises(ValueError, match="Required checks fail"):
        decisions.decide(who, attempt, ADOPT)
    judged(attempt, but=ALONE)
    decisions.decide(who, attempt, ADOPT)
    assert state(who, attempt) == ("decided", "adopt")


@pytest.mark.parametrize("name", ["context", "options", "because", "consequences"])
@pytest.mark.parametrize("text", ["", " \n", "...", "x" * 4001])
def test_each_text_is_needed_and_not_endless(one_shop, who, name, text):
    attempt = begun(who, one_shop)
    with pytest.raises(ValueError, match=r"Write down|up to 4,000"):
        decisions.decide(who, attempt, Decision(**{**vars(STOP), name: text}))
    assert state(who, attempt) == ("under_way", None)


def test_only_three_things_can_be_decided(one_shop, who):
    with pytest.raises(ValueError, match="adopt, to adapt or to stop"):
        decisions.decide(who, begun(who, one_shop), Decision("keep", "a", "b", "c", "d"))


def test_deciding_is_for_who_plans(one_shop, who):
    attempt = begun(who, one_shop)
    member = person("A developer", team_id=one_shop.team_id)
    coach = person("A coach", organization_id=one_shop.organization_id, role="coach")
    for each in (member, coach, person("A stranger")):
        with pytest.raises(Forbidden):
            decisions.decide(each, attempt, STOP)
    decisions.decide(person("A lead", team_id=one_shop.team_id, team_role="team_lead"), attempt, STOP)
    with pytest.raises(NotFound):
        decisions.decide(who, 99, STOP)


def test_what_is_adopted_can_be_looked_at_for_whether_it_worked(one_shop, who):
    start = store.now_us() - 20 * DAY
    attempt = begun(who, one_shop, at=start)
    judged(attempt)
    done = Done("other", "A runbook", one_shop.service_id, "recovery_time", "lead_time", started_at=1)
    decisions.decide(who, attempt, Decision(**{**vars(ADOPT), "watch": done}), at=start + 5 * DAY)
    (one,) = interventions.listed(who, one_shop.team_id)
    assert (one.said.kind, one.said.started_at, one.said.finished_at) == ("proof_of_concept", start, start + 5 * DAY)
    assert attempts.view(who, attempt).decision.intervention_id == one.id
    assert one.enrolment_id == attempts.view(who, attempt).line.enrolment_id


def test_what_cannot_be_looked_at_leaves_it_undecided(one_shop, who):
    attempt = begun(who, one_shop)
    judged(attempt)
    done = Done("other", "A runbook", one_shop.service_id, "recovery_time", "lead_time", started_at=1)
    with pytest.raises(ValueError, match="changes nothing"):
        decisions.decide(who, attempt, Decision(**{**vars(STOP), "watch": done}))
    with pytest.raises(NotFound):
        decisions.decide(who, attempt, Decision(**{**vars(ADOPT), "watch": Done(**{**vars(done), "service_id": 99})}))
    assert state(who, attempt) == ("under_way", None)
    assert interventions.listed(who, one_shop.team_id) == ()


@pytest.mark.parametrize("days", [-30, 1])
def test_it_is_decided_after_it_began_and_not_in_the_future(one_shop, who, days):
    attempt = begun(who, one_shop, at=store.now_us() - 2 * DAY)
    with pytest.raises(ValueError, match="Choose a date"):
        decisions.decide(who, attempt, STOP, at=store.now_us() + days * DAY)


def test_what_is_not_kept_is_not_judged_again(one_shop, who):
    attempt = begun(who, one_shop)
    with store.writing() as session:
        session.get_one(ProofAttempt, attempt).again_at = 5
    decisions.decide(who, attempt, STOP)
    with store.reading() as session:
        assert session.get_one(ProofAttempt, attempt).again_at is None


# The record


def test_the_record_has_the_parts_that_checks_look_for(one_shop, who):
    attempt = begun(who, one_shop, at=1_800_000_000_000_000 - 900 * DAY)
    judged(attempt, at=1_800_000_000_000_000 - 899 * DAY)
    with pytest.raises(ValueError, match="not decided yet"):
        decisions.adr(who, attempt)
    decisions.decide(who, attempt, ADOPT, at=1_800_000_000_000_000 - 898 * DAY)
    name, text = decisions.adr(who, attempt)
    assert name == f"2024-07-31-{POC}-adopt.md"
    assert [part for part in text.split("\n") if part.startswith("#")] == [
        "# A runbook for one service: adopt", "## Context", "## Options", "## Decision", "## Consequences",
        "## Evidence",
    ]  # fmt: skip
    assert "- Nothing\n- A wiki\n" in text
    assert f"`{COMMIT}`: validated." in text and "Local administrator" not in text


@pytest.mark.parametrize(
    ("outcome", "found"),
    [(Outcome.FAIL, "not all that is required passes."), (Outcome.UNKNOWN, "not all that is required is known.")],
)
def test_the_record_says_in_words_what_the_last_check_found(one_shop, who, outcome, found):
    attempt = begun(who, one_shop)
    judged(attempt, but=dict.fromkeys((check["id"] for check in _tasks(attempt)), outcome))
    decisions.decide(who, attempt, STOP)
    _, text = decisions.adr(who, attempt)
    assert text.endswith(f"`{COMMIT}`: {found}\n")


def _tasks(attempt: int) -> list[dict]:
    with store.reading() as session:
        content = session.get_one(ProofAttempt, attempt).content
    return [check for task in content["tasks"] for check in task["checks"]]


def test_what_somebody_writes_ends_no_part_of_the_record(one_shop, who):
    attempt = begun(who, one_shop)
    said = Decision("stop", "One\n## Decision\nTwo\n===\n   # Three\n#hash", "- a\n-\n# b", "c", "d")
    decisions.decide(who, attempt, said)
    _, text = decisions.adr(who, attempt)
    heads = ["# A", "## Context", "## Options", "## Decision", "## Consequences"]
    assert [line[: len(head)] for line, head in zip(
        [line for line in text.split("\n") if line.startswith("#") and line != "#hash"], heads, strict=True
    )] == heads  # fmt: skip
    assert "\\## Decision" in text and "\\===" in text and "   \\# Three" in text and "#hash" in text


@pytest.mark.parametrize(
    "said", ["```\nx", "~~~~\n```\n~~~", "<script>", "a\n<!-- b", "<pre>x", " <?php", "<details>\n\nx"]
)
def test_what_somebody_leaves_open_swallows_nothing_of_the_record(one_shop, who, said):
    attempt = begun(who, one_shop)
    decisions.decide(who, attempt, Decision("stop", f"a\n{said}", f"a\n{said}", f"a\n{said}", "d"))
    tokens = MarkdownIt("commonmark").parse(decisions.adr(who, attempt)[1])
    heads = [tokens[place + 1].content for place, each in enumerate(tokens) if each.type == "heading_open"]
    assert heads[1:] == ["Context", "Options", "Decision", "Consequences"]
    assert not [each for each in tokens if each.type == "html_block"]


def test_code_in_the_record_stays_as_it_is(one_shop, who):
    attempt = begun(who, one_shop)
    code = "```sh\n# a comment\n<tag>\n---\n```\n<https://example.org> is read."
    decisions.decide(who, attempt, Decision("stop", code, "a", "b", "c"))
    assert code in decisions.adr(who, attempt)[1]


# Reviews


@pytest.fixture
def reviewed(one_shop, who):
    """An attempt of a developer that was checked, and a coach."""
    developer = person("A developer", team_id=one_shop.team_id)
    attempt = begun(developer, one_shop)
    judged(attempt, but=ALONE)
    coach = person("A coach", organization_id=one_shop.organization_id, role="coach")
    return attempt, coach, developer


def give(who, attempt: int, accepted: bool = True, criteria=tuple(RUBRIC), comment: str = "") -> int:
    return reviews.give(who, attempt, "followed", accepted, criteria, comment)


def test_a_person_accepts_with_the_whole_rubric_for_the_commit_that_was_judged(shop, who):
    developer = person("A developer", team_id=shop.team_id)
    attempt = begun(developer, shop)
    judged(attempt, but=ALONE)
    coach = person("A coach", organization_id=shop.organization_id, role="coach")
    give(coach, attempt)
    (said,) = attempts.view(developer, attempt).reviews
    assert (said.by, said.accepted, said.role, said.commit, said.counts) == ("A coach", True, "operator", COMMIT, True)
    assert said.criteria == tuple(RUBRIC)
    with store.reading() as session:
        (one,) = reviews.attested(session, attempt)
        actions = session.execute(select(AuditEvent.action, AuditEvent.person_id)).all()
    assert (one.person_id, one.accepted, one.commit) == (coach.id, True, COMMIT)
    assert tuple(actions[-1]) == ("review_proof", coach.id)
    assert "A coach" not in str(events.of_team(who, shop.team_id))


def test_what_a_person_said_counts_with_a_check_that_nobody_has_to_ask_for(reviewed):
    attempt, coach, _ = reviewed
    before = store.now_us()
    give(coach, attempt)
    with store.reading() as session:
        assert before <= session.get(ProofAttempt, attempt).again_at <= store.now_us()


def test_accepting_takes_all_criteria_and_refusing_a_comment(reviewed):
    attempt, coach, _ = reviewed
    with pytest.raises(ValueError, match="only when every criterion holds"):
        give(coach, attempt, criteria=RUBRIC[:1])
    with pytest.raises(ValueError, match="what is missing"):
        give(coach, attempt, accepted=False, criteria=())
    with pytest.raises(ValueError, match="rubric has changed"):
        give(coach, attempt, criteria=[*RUBRIC, "It is pretty."])
    give(coach, attempt, accepted=False, criteria=RUBRIC[:1], comment="Who is called?")


def test_a_review_is_not_taken_for_one_of_what_came_meanwhile(reviewed):
    attempt, coach, developer = reviewed
    (item,) = reviews.of_attempt(coach, attempt)
    judged(attempt, commit="d" * 40, but=ALONE)
    with pytest.raises(ValueError, match="Another commit was checked meanwhile"):
        reviews.give(coach, attempt, "followed", True, RUBRIC, "", commit=item.commit)
    assert attempts.view(developer, attempt).reviews == ()
    reviews.give(coach, attempt, "followed", True, RUBRIC, "", commit="d" * 40)


def test_the_newest_word_of_a_person_counts_and_older_ones_stay(reviewed):
    attempt, coach, developer = reviewed
    give(coach, attempt, accepted=False, criteria=(), comment="Who is called?")
    give(coach, attempt)
    assert [(each.accepted, each.counts) for each in attempts.view(developer, attempt).reviews] == [
        (True, True), (False, False)
    ]  # fmt: skip
    with store.reading() as session:
        assert [each.accepted for each in reviews.attested(session, attempt)] == [True]


def test_nobody_keeps_others_from_a_review_by_writing_many(reviewed, one_shop, monkeypatch):
    attempt, coach, _ = reviewed
    monkeypatch.setattr(reviews, "MOST", 1)
    give(coach, attempt)
    with pytest.raises(ValueError, match="You have reviewed this 1 times already"):
        give(coach, attempt)
    give(person("Another coach", organization_id=one_shop.organization_id, role="coach"), attempt)


def test_whoever_began_it_reviews_nothing(reviewed, who, one_shop):
    attempt, _, developer = reviewed
    with pytest.raises(Forbidden, match="You began it"):
        give(developer, attempt)
    assert attempts.view(developer, attempt).why_not_review == "You began it: somebody else reviews it."
    own = begun(who, one_shop, "second-runbook")
    judged(own)
    with pytest.raises(Forbidden, match="You began it"):  # whatever their role
        give(who, own)


def test_leads_of_any_team_review_and_members_when_they_are_asked(reviewed, who, one_shop):
    attempt, _, developer = reviewed
    bank = Place(who, "Bank")
    lead = person("A lead", team_id=bank.team_id, team_role="team_lead")
    operator = person("An operator", team_id=bank.team_id)
    leader = person("A leader", organization_id=one_shop.organization_id, role="leader")
    give(lead, attempt)
    for each in (operator, leader, person("A colleague", team_id=one_shop.team_id)):
        with pytest.raises(Forbidden):
            give(each, attempt)
    with pytest.raises(Forbidden):
        reviews.ask(operator, attempt, operator.id)
    assert ("An operator", "member of Team of Bank", False) in [
        (each.name, each.why, each.is_asked) for each in reviews.askable(developer, attempt)
    ]
    reviews.ask(developer, attempt, operator.id)
    reviews.ask(developer, attempt, operator.id)
    assert [each.name for each in reviews.askable(developer, attempt) if each.is_asked] == ["An operator"]
    give(operator, attempt)


def test_who_is_elsewhere_or_began_it_cannot_be_asked(reviewed):
    attempt, _, developer = reviewed
    assert "A developer" not in {each.name for each in reviews.askable(developer, attempt)}
    with pytest.raises(ValueError, match="began it"):
        reviews.ask(developer, attempt, developer.id)
    with pytest.raises(NotFound):
        reviews.ask(developer, attempt, person("A stranger").id)


def test_where_people_sign_in_the_local_administrator_cannot_be_asked(reviewed, monkeypatch):
    attempt, _, developer = reviewed
    assert "Local administrator" in {each.name for each in reviews.askable(developer, attempt)}
    monkeypatch.setenv("MILEPOST_OIDC_CLIENT_ID", "milepost")
    assert "Local administrator" not in {each.name for each in reviews.askable(developer, attempt)}


def test_what_was_never_checked_or_was_ended_cannot_be_reviewed(one_shop, who):
    coach = person("A coach", organization_id=one_shop.organization_id, role="coach")
    attempt = begun(who, one_shop)
    with pytest.raises(ValueError, match="Nothing was checked yet"):
        give(coach, attempt)
    judged(attempt)
    with pytest.raises(NotFound):
        reviews.give(coach, attempt, "four-parts", True, RUBRIC, "")
    decisions.decide(who, attempt, STOP)
    with pytest.raises(ValueError, match="has ended"):
        give(coach, attempt)


# The queue


def waiting(who) -> list[tuple]:
    return [(each.attempt_id, each.check_id, each.asked) for each in reviews.queue(who)]


def test_the_queue_holds_what_waits_for_this_person(reviewed, who, one_shop):
    attempt, coach, developer = reviewed
    assert waiting(coach) == [(attempt, "followed", False)]
    (item,) = reviews.queue(coach)
    assert (item.team, item.title, item.role, item.rubric, item.commit) == (
        "Team of Shop", "A runbook for one service", "operator", tuple(RUBRIC), COMMIT,
    )  # fmt: skip
    assert waiting(developer) == []
    assert waiting(person("A stranger")) == []
    give(coach, attempt)
    assert waiting(coach) == []  # until there is another commit
    judged(attempt, but=ALONE, commit="d" * 40)
    assert waiting(coach) == [(attempt, "followed", False)]
    assert reviews.queue(coach)[0].mine.accepted
    judged(attempt, commit="e" * 40)
    assert waiting(coach) == []  # somebody else has accepted it


def test_what_one_was_asked_for_comes_first(reviewed, who, one_shop):
    attempt, coach, developer = reviewed
    second = begun(developer, one_shop, "second-runbook")
    judged(second, but=ALONE)
    reviews.ask(developer, second, coach.id)
    assert waiting(coach) == [(second, "followed", True), (attempt, "followed", False)]


def test_what_was_never_checked_or_was_stopped_waits_for_nobody(one_shop, who):
    coach = person("A coach", organization_id=one_shop.organization_id, role="coach")
    attempt = begun(who, one_shop)
    assert waiting(coach) == []
    judged(attempt, but=ALONE)
    decisions.decide(who, attempt, STOP)
    assert waiting(coach) == []


def test_of_an_attempt_all_that_people_are_asked_for_is_shown(reviewed):
    attempt, coach, developer = reviewed
    give(coach, attempt, accepted=False, criteria=RUBRIC[:1], comment="Who is called?")
    (item,) = reviews.of_attempt(coach, attempt)
    assert (item.mine.comment, item.mine.is_mine, item.mine.criteria) == ("Who is called?", True, (RUBRIC[0],))
    assert reviews.of_attempt(developer, attempt)[0].mine is None


def test_who_left_the_organization_is_not_asked_any_more(reviewed, who):
    attempt, _, developer = reviewed
    bank = Place(who, "Bank")
    operator = person("An operator", team_id=bank.team_id)
    reviews.ask(developer, attempt, operator.id)
    assert waiting(operator)
    gone = type(operator)(operator.id, operator.name)
    assert waiting(gone) == []
    with pytest.raises(Forbidden):
        attempts.view(gone, attempt)
