import pytest
from sqlalchemy import delete, select

from assessments.learning import Mastery
from assessments.poc import Outcome, Verdict
from data import store, teams
from data.access import Forbidden, NotFound
from data.improving import choices
from data.learning import attempts, badges, checking, decisions, events
from data.people import Who
from data.tables import AuditEvent, Enrolment, ProofAttempt, ProofRun, Repository, Service, Team
from tests.data import practised
from tests.data.arrange import Place
from tests.data.hub import change_row
from tests.data.learning import course
from tests.data.learning.course import DAY, OTHER, POC, SECOND, TRACK, accepted, begun, judged, person, ready, teach

pytestmark = pytest.mark.usefixtures("taught")


@pytest.fixture
def shop(both, who) -> Place:
    return ready(who)


@pytest.fixture
def one_shop(home, who) -> Place:
    """On SQLite, for what does not depend on the store."""
    return ready(who)


def trace() -> list[str]:
    with store.reading() as session:
        return list(session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())


def colleague(place: Place, name: str = "A developer", role: str = "member") -> Who:
    return person(name, team_id=place.team_id, team_role=role)


def line(who: Who, place: Place, **more) -> attempts.Line:
    (found,) = attempts.listed(who, place.team_id, **more)
    return found


# Beginning


def test_a_member_begins_a_proof_of_concept_with_its_content_as_it_is(shop, who):
    member = colleague(shop)
    attempt = attempts.begin(member, shop.team_id, TRACK, POC, shop.repository_id, branch="try-it")
    found = attempts.view(member, attempt)
    assert found.poc == course.pocs()[POC]
    assert (found.line.title, found.line.version, found.line.newest) == ("A runbook for one service", "1.0.0", "1.0.0")
    assert (found.begun_by, found.line.branch, found.line.service_id) == ("A developer", "try-it", shop.service_id)
    assert found.due_at - found.line.begun_at == 5 * DAY
    assert (found.verdict, found.stalled, found.runs, found.line.mastery) == (None, False, (), Mastery.NONE)
    assert trace()[-2:] == ["begin_track", "begin_proof"]
    assert [each.kind for each in events.of_team(who, shop.team_id)] == ["proof begun"]


def test_a_track_that_was_chosen_is_begun_with_its_first_proof_of_concept(one_shop, who):
    start = store.now_us() - 3 * DAY
    begun(who, one_shop, at=start)
    (choice,) = choices.listed(who, one_shop.team_id)
    assert (choice.state, choice.begun_at) == (choices.UNDER_WAY, start)
    begun(who, one_shop, SECOND)
    assert choices.listed(who, one_shop.team_id)[0].begun_at == start


def test_a_track_has_to_be_chosen_first(home, who):
    place = Place(who)
    practised.readable(place.repository_id)
    with pytest.raises(ValueError, match="Choose the track Keeping a runbook"):
        begun(who, place)
    choices.drop(who, choices.choose(who, place.team_id, TRACK))
    with pytest.raises(ValueError, match="Choose the track"):
        begun(who, place)
    assert trace().count("begin_proof") == 0


def test_a_repository_of_another_team_or_without_files_is_refused(one_shop, who):
    stranger, imports = ready(who, "Bank"), Place(who, "Imports")
    choices.choose(who, imports.team_id, TRACK)
    for place, repository in ((one_shop, stranger.repository_id), (imports, imports.repository_id), (one_shop, 999)):
        with pytest.raises(ValueError, match="Choose a repository of the team"):
            attempts.begin(who, place.team_id, TRACK, POC, repository)


def test_the_same_is_not_begun_twice_at_once(one_shop, who):
    first = begun(who, one_shop)
    with pytest.raises(ValueError, match="under way in Shop already"):
        begun(who, one_shop)
    begun(who, one_shop, SECOND)
    decisions.decide(who, first, decisions.Decision("stop", "a", "b", "c", "d"))
    begun(who, one_shop)


def test_what_is_not_taught_cannot_be_begun(one_shop, who):
    for track, poc in (("nothing", POC), (TRACK, "nothing"), (OTHER, POC)):
        with pytest.raises(NotFound):
            attempts.begin(who, one_shop.team_id, track, poc, one_shop.repository_id)


def test_a_service_must_be_on_the_repository(one_shop, who):
    elsewhere = teams.create_service(who, one_shop.team_id, "Elsewhere")
    with pytest.raises(NotFound, match="not on that repository"):
        begun(who, one_shop, service_id=elsewhere)
    teams.create_service(who, one_shop.team_id, "Beside", one_shop.repository_id)
    assert attempts.view(who, begun(who, one_shop)).line.service_id is None  # nobody said which of the two
    assert [place.services for place in attempts.places(who, one_shop.team_id)] == [
        ((one_shop.service_id + 2, "Beside"), (one_shop.service_id, "Shop"))
    ]


@pytest.mark.parametrize("at", [-1, 1 << 61])
def test_nothing_begins_in_the_future(one_shop, who, at):
    with pytest.raises(ValueError, match="not in the future"):
        begun(who, one_shop, at=at)


@pytest.mark.parametrize("branch", ["main", "feature/a-b", "a.b", "übung", "fix/#12", "v1", "x" * 250, " padded "])
def test_branches_that_git_may_have(branch):
    assert attempts.checked_branch(branch) == branch.strip()


@pytest.mark.parametrize(
    "branch", ["-x", "a b", "a..b", "a//b", "a~1", "a^", "a:b", "a?", "a*", "a[b", "a\\b", "/a", "a/", "a.", "a\x07\nb",
               "a@{1}", "a.lock", "a.lock/b", ".", "a/.b", "x" * 251]
)  # fmt: skip
def test_branches_that_git_cannot_have_are_refused(branch):
    with pytest.raises(ValueError, match=r"branch"):
        attempts.checked_branch(branch)


def test_the_branch_is_changed_with_a_trace(one_shop, who):
    attempt = begun(who, one_shop)
    attempts.set_branch(who, attempt, "try-it")
    attempts.set_branch(who, attempt, "try-it")
    assert line(who, one_shop).branch == "try-it"
    assert trace().count("set_proof_branch") == 1


# Who may


def test_who_sees_and_who_does_what(one_shop, who):
    attempt = begun(who, one_shop)
    organization, team = one_shop.organization_id, one_shop.team_id
    other = Place(who, "Bank")
    members = [colleague(one_shop), colleague(one_shop, "A lead", "team_lead")]
    helpers = [
        person("A coach", organization_id=organization, role="coach"),
        person("Another lead", team_id=other.team_id, team_role="team_lead"),
    ]
    outside = [
        person("A leader", organization_id=organization, role="leader"),
        person("Of another team", team_id=other.team_id),
        person("A stranger"),
    ]
    for each in (*members, *helpers, who):
        assert attempts.view(each, attempt).id == attempt
    for each in outside:
        with pytest.raises(Forbidden):
            attempts.view(each, attempt)
        with pytest.raises(Forbidden):
            attempts.listed(each, team)
    for each in (*helpers, *outside):
        assert not attempts.view(each, attempt).may_learn if each in helpers else True
        for act in (
            lambda each=each: begun(each, one_shop, SECOND),
            lambda each=each: attempts.set_branch(each, attempt, "x"),
            lambda each=each: attempts.skip(each, attempt, "linked", "why"),
            lambda each=each: attempts.renew_version(each, attempt),
        ):
            with pytest.raises(Forbidden):
                act()
    assert attempts.view(members[0], attempt).may_learn and not attempts.view(members[0], attempt).may_decide
    assert attempts.view(members[1], attempt).may_decide


def test_what_is_not_there_is_not_found(one_shop, who):
    for ask in (
        lambda: attempts.view(who, 99),
        lambda: attempts.set_branch(who, 99, "x"),
        lambda: attempts.skip(who, 99, "linked", "x"),
        lambda: attempts.renew_version(who, 99),
    ):
        with pytest.raises(NotFound):
            ask()


# Leaving out


def test_a_check_that_is_not_required_is_left_out_with_a_reason_and_counted_again(shop, who):
    attempt = begun(who, shop)
    attempts.skip(who, attempt, "linked", "There is no\nREADME.")
    assert attempts.view(who, attempt).skipped["linked"].reason == "There is no README."
    attempts.skip(who, attempt, "linked", "")
    assert attempts.view(who, attempt).skipped == {}
    assert trace()[-2:] == ["skip_check", "count_check_again"]


def test_a_required_check_cannot_be_left_out(one_shop, who):
    attempt = begun(who, one_shop)
    with pytest.raises(ValueError, match="is required and cannot be left out"):
        attempts.skip(who, attempt, "four-parts", "No time.")
    with pytest.raises(ValueError, match="why you leave it out"):
        attempts.skip(who, attempt, "linked", " ")
    with pytest.raises(NotFound):
        attempts.skip(who, attempt, "nothing", "x")


# Versions


def test_content_that_changes_later_changes_no_attempt_until_it_is_taken_over(one_shop, who, monkeypatch):
    attempt = begun(who, one_shop)
    attempts.skip(who, attempt, "linked", "No README.")
    with pytest.raises(ValueError, match="newest version already"):
        attempts.renew_version(who, attempt)
    changed = course.pocs()[POC] | {"title": "Another title", "timebox_days": 9}
    teach(monkeypatch, version="1.1.0")
    monkeypatch.setattr(attempts.taught.catalog, "pocs", lambda slug: {POC: changed} if slug == TRACK else {})
    found = attempts.view(who, attempt)
    assert (found.line.title, found.line.version, found.line.newest) == ("A runbook for one service", "1.0.0", "1.1.0")
    attempts.renew_version(who, attempt)
    found = attempts.view(who, attempt)
    assert (found.line.title, found.line.version, found.poc["timebox_days"]) == ("Another title", "1.1.0", 9)
    assert found.due_at - found.line.begun_at == 9 * DAY
    assert set(found.skipped) == {"linked"}  # it is still there, and not required
    assert events.of_team(who, one_shop.team_id)[0].kind == "proof renewed"


def test_what_was_checked_before_a_newer_version_shows_nothing_of_that_one(one_shop, who, monkeypatch):
    attempt = begun(who, one_shop)
    judged(attempt)
    teach(monkeypatch, version="2.0.0")
    attempts.renew_version(who, attempt)
    with pytest.raises(ValueError, match="check it again first"):
        badges.readme(who, attempt)
    with pytest.raises(ValueError, match="check it again before you adopt it"):
        decisions.decide(who, attempt, decisions.Decision("adopt", "a", "b", "c", "d"))
    judged(attempt)
    assert badges.readme(who, attempt)


def test_reasons_go_with_checks_that_are_gone_or_required_now(one_shop, who, monkeypatch):
    attempt = begun(who, one_shop)
    attempts.skip(who, attempt, "linked", "No README.")
    changed = course.read(course.example.file("first-runbook.yml"))
    teach(monkeypatch, version="2.0.0")
    monkeypatch.setattr(attempts.taught.catalog, "pocs", lambda slug: {POC: changed} if slug == TRACK else {})
    attempts.renew_version(who, attempt)
    assert attempts.view(who, attempt).skipped == {}


def test_what_is_not_taught_any_more_goes_on_as_it_was(one_shop, who, monkeypatch):
    attempt = begun(who, one_shop)
    monkeypatch.setattr(attempts.taught.catalog, "tracks", dict)
    found = attempts.view(who, attempt)
    assert (found.line.track_title, found.line.newest, found.line.title) == (TRACK, "", "A runbook for one service")
    with pytest.raises(ValueError, match="not taught any more"):
        attempts.renew_version(who, attempt)


# What was found


def test_the_verdict_is_that_of_the_newest_run_and_stands_in_every_list(shop, who):
    attempt = begun(who, shop)
    judged(attempt, but={"four-parts": Outcome.FAIL})
    assert line(who, shop).verdict is Verdict.FAILED
    accepted(attempt)
    found = attempts.view(who, attempt)
    assert (found.verdict, found.line.mastery, len(found.runs)) == (Verdict.ACCEPTED, Mastery.APPLIED, 2)
    judged(attempt)
    assert (line(who, shop).verdict, line(who, shop).mastery) == (Verdict.VALIDATED, Mastery.VALIDATED)


def test_old_evidence_is_stale_and_says_so(one_shop, who):
    attempt = begun(who, one_shop, at=store.now_us() - 200 * DAY)
    accepted(attempt, at=store.now_us() - 91 * DAY)
    assert (line(who, one_shop).stale, line(who, one_shop).verdict) == (True, Verdict.ACCEPTED)


def test_what_stands_still_says_why(one_shop, who):
    begun(who, one_shop, at=store.now_us() - 6 * DAY)
    assert line(who, one_shop).stalled == "Its timebox ended yesterday: decide to adopt, adapt or stop."
    decisions.decide(who, line(who, one_shop).id, decisions.Decision("stop", "a", "b", "c", "d"))
    assert line(who, one_shop).stalled == ""


def test_what_is_under_way_comes_first(one_shop, who):
    first = begun(who, one_shop, at=store.now_us() - 2 * DAY)
    second = begun(who, one_shop, SECOND, at=store.now_us() - DAY)
    decisions.decide(who, second, decisions.Decision("stop", "a", "b", "c", "d"))
    assert [each.id for each in attempts.listed(who, one_shop.team_id)] == [first, second]


# Spreading


def test_another_team_takes_over_what_was_accepted_and_both_see_each_other(shop, who):
    bank = ready(who, "Bank")
    first = begun(who, shop)
    assert attempts.examples(who, bank.team_id, TRACK, POC) == ()
    with pytest.raises(ValueError, match="of another team that was accepted"):
        begun(who, bank, derived_from=first)
    judged(first)
    (example,) = attempts.examples(who, bank.team_id, TRACK, POC)
    assert (example.id, example.team, example.verdict) == (first, "Team of Shop", Verdict.VALIDATED)
    second = begun(who, bank, derived_from=first)
    assert attempts.view(who, second).derived_from == example
    (spread,) = attempts.view(who, first).spread
    assert (spread.id, spread.team, spread.verdict) == (second, "Team of Bank", None)
    assert line(who, shop).mastery is Mastery.VALIDATED
    accepted(second)
    assert line(who, shop).mastery is Mastery.SUSTAINED
    assert line(who, bank).mastery is Mastery.APPLIED


def test_of_another_teams_attempt_a_member_sees_the_team_and_no_more(one_shop, who):
    bank = ready(who, "Bank")
    first = begun(who, one_shop)
    judged(first)
    second = begun(who, bank, derived_from=first)
    other = attempts.view(person("A developer", team_id=bank.team_id), second).derived_from
    assert (other.id, other.team) == (None, "Team of Shop")


def test_a_team_does_not_take_over_from_itself_or_from_something_else(one_shop, who):
    first = begun(who, one_shop)
    judged(first)
    bank = ready(who, "Bank")
    with pytest.raises(ValueError, match="of another team"):
        begun(who, one_shop, SECOND, derived_from=first)
    with pytest.raises(ValueError, match="the same proof of concept"):
        begun(who, bank, SECOND, derived_from=first)
    with pytest.raises(NotFound):
        begun(who, bank, derived_from=99)
    change_row(ProofAttempt, first, decision="stop", state="decided", decided_at=store.now_us())
    with pytest.raises(ValueError, match="that was accepted"):
        begun(who, bank, derived_from=first)


def test_what_was_taken_over_from_a_team_that_is_gone_goes_on(one_shop, who):
    bank = ready(who, "Bank")
    first = begun(who, one_shop)
    judged(first)
    second = begun(who, bank, derived_from=first)
    teams.delete_team(who, one_shop.team_id)
    origin = attempts.view(who, second).derived_from
    assert (origin.id, origin.verdict) == (None, None) and "gone" in origin.team


# Tested out


def test_a_track_is_tested_out_when_all_of_its_proofs_of_concept_pass(shop, who):
    def out() -> set[str]:
        with store.reading() as session:
            return attempts.tested_out(session, shop.team_id, store.now_us())

    first, second = begun(who, shop), begun(who, shop, SECOND)
    judged(first)
    assert out() == set()
    judged(second, but=course.ALONE)
    assert out() == set()  # practised only
    accepted(second)
    assert out() == {TRACK}
    decisions.decide(who, second, decisions.Decision("stop", "a", "b", "c", "d"))
    assert out() == set()


# What moves and goes


def test_attempts_move_with_their_team_when_it_is_merged(shop, who):
    bank = ready(who, "Bank")
    attempt = begun(who, shop)
    judged(attempt)
    teams.merge_teams(who, shop.team_id, bank.team_id)
    found = line(who, bank)
    assert (found.id, found.team, found.verdict, found.repository_id) == (
        attempt, "Team of Bank", Verdict.VALIDATED, shop.repository_id,
    )  # fmt: skip
    assert [each.kind for each in events.of_team(who, bank.team_id)] == ["proof begun"]


def test_with_a_team_go_its_attempts_and_with_a_repository_only_the_link(shop, who):
    attempt = begun(who, shop)
    judged(attempt)
    with store.writing() as session:
        session.execute(delete(Service).where(Service.id == shop.service_id))
        session.execute(delete(Repository).where(Repository.id == shop.repository_id))
    found = attempts.view(who, attempt)
    assert (found.line.repository_id, found.line.service_id, found.line.repository) == (None, None, "Shop")
    assert found.verdict is Verdict.VALIDATED
    teams.delete_team(who, shop.team_id)
    with store.reading() as session:
        for table in (ProofAttempt, ProofRun, Enrolment, Team):
            assert session.execute(select(table.id)).all() == []


def test_an_attempt_goes_with_a_service_that_is_merged(one_shop, who):
    other = teams.create_service(who, one_shop.team_id, "Other", one_shop.repository_id)
    attempt = begun(who, one_shop, service_id=one_shop.service_id)
    teams.merge_services(who, one_shop.service_id, other)
    assert attempts.view(who, attempt).line.service_id == other


def test_a_repository_that_went_to_another_team_is_not_the_teams_any_more(one_shop, who):
    attempt = begun(who, one_shop)
    bank = Place(who, "Bank")
    teams.move_service(who, one_shop.service_id, bank.team_id)
    assert attempts.view(who, attempt).line.repository_id is None
    with pytest.raises(ValueError, match="No service of the team is on Shop any more"):
        checking.check_now(who, attempt)
