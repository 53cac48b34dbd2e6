"""Those who lead learn nothing from any view, file or report of what is not for them; nor anybody who said what."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from assessments.surveys.anonymity import K
from data import people, store
from data.asked import closing, consensus, pains, results, waves
from data.asked.naming import Said
from data.improving import choices, goals
from data.improving.goals import Wanted
from data.learning import taught
from data.practices import assessments
from tests.data.asked import sitting
from tests.data.leading import twins
from tests.data.leading.twins import DAY, Twins

ORGANIZATION, FIRST, SECOND = 1, 1, 2
ASKED = (
    ("capabilities", ("ci-cd", "learning-validation")), ("pain-and-friction", None),
    ("culture-and-safety", ("safety", "comment")), ("delivery-quick-check", None),
)  # fmt: skip
TRACK = "jenkins-to-actions"
#: Not told to anybody, told to those who lead never, told to them in the end.
FEW, SECRET, PUBLIC = "few", "secret", "public"
#: Each run looks at everything there is, and to look for the shortest would take minutes: the first one found is told.
FEW_RUNS = settings(
    max_examples=int(os.environ.get("MILEPOST_TWINS", "5")), stateful_step_count=12, deadline=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate),
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory, migrated_file) -> Path:
    """A store as `twins.template` makes it."""
    folder = tmp_path_factory.mktemp("twins")
    (folder / "milepost.db").write_bytes(migrated_file.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILEPOST_HOME", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        made = twins.template(folder)
        store.dispose()
    return made


@pytest.fixture
def two(template, tmp_path, bare_home, monkeypatch) -> Twins:
    return twins.twins(template, tmp_path, monkeypatch)


def ask(two: Twins, team_id: int, asked: int, options: tuple[list[int], list[int]], silent: int = 0) -> int:
    """A survey that as many answer as there are options, the first of the twins otherwise than the second."""
    questionnaire, blocks = ASKED[asked]
    number = max(len(options[0]) + silent, K)  # fewer are not asked

    def answer(which: int) -> int:
        wave_id, secrets = twins.opened(team_id, questionnaire, blocks, number)
        plain = waves.plain_questionnaire(questionnaire, blocks)
        for secret, option in zip(secrets, options[which], strict=False):
            twins.answer(secret, plain, option, f"words of {option}")
        return wave_id

    wave_id, same = two.each(answer)
    assert wave_id == same
    return wave_id


def close(two: Twins, wave_id: int) -> None:
    two.each(lambda _: closing.close(people.local_person(), wave_id))


def release(two: Twins, wave_id: int) -> None:
    two.each(lambda _: results.release(people.local_person(), wave_id))


def assess(two: Twins, team_id: int) -> None:
    """An assessment, which rests on all that was said; where there is nothing to keep, none in both."""

    def take(_) -> bool:
        try:
            assessments.take(people.local_person(), team_id)
        except ValueError:
            return False
        return True

    first, second = two.each(take)
    assert first == second


def want(two: Twins, levels: tuple[int, int]) -> None:
    """A goal of the first team, from the gap to a level that the team alone may know."""
    with two.inside(0):
        due = store.now_us() + 60 * DAY

    def add(which: int) -> None:
        more = {"capability": "continuous-integration", "level": levels[which]}
        wanted = Wanted("Faster", 1, "lead_time", 5.0, "change_fail_rate", 0.5, due, **more)
        goals.add(people.local_person(), FIRST, wanted)

    two.each(add)


def told_apart(two: Twins, role: str = "leader", teams=(FIRST, SECOND), names=()) -> dict:
    """What a person with that role sees in one store and not in the other."""

    def see() -> dict:
        who = people.local_person() if role == "admin" else twins.reader(role)
        return twins.seen(who, ORGANIZATION, teams, names)

    return two.differences(see)


class Twice(RuleBasedStateMachine):
    """The same happens in both; what is not for those who lead is said otherwise in the second, what is for them by
    others. In the end they see the same."""

    made: Path

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.two = twins.twins(self.made, Path(self.folder.name), pytest.MonkeyPatch())
        self.open: dict[int, tuple[int, str]] = {}  # wave -> team and how secret it is
        self.closed: dict[int, tuple[int, str]] = {}
        self.latest = float("inf")  # until when time may pass

    @rule(
        team=st.sampled_from((FIRST, SECOND)), asked=st.integers(0, len(ASKED) - 1),
        secrecy=st.sampled_from((FEW, SECRET, PUBLIC)), few=st.integers(1, K - 1), many=st.integers(K, K + 2),
        silent=st.integers(0, 2), data=st.data(),
    )  # fmt: skip
    def ask(self, team, asked, secrecy, few, many, silent, data):
        number = few if secrecy == FEW else many
        options = st.lists(st.integers(0, 4), min_size=number, max_size=number)
        first = data.draw(options)
        second = data.draw(st.permutations(first) if secrecy == PUBLIC else options)
        if len(self.open) > 3:
            return
        wave_id = ask(self.two, team, asked, (first, second), silent)
        self.open[wave_id] = team, secrecy

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def close(self, data):
        wave_id = data.draw(st.sampled_from(sorted(self.open)))
        self.closed[wave_id] = self.open.pop(wave_id)
        if self.closed[wave_id][1] == SECRET:
            self.latest = min(self.latest, self.two.at + 13 * DAY)
        close(self.two, wave_id)

    @precondition(lambda self: any(secrecy != SECRET for _, secrecy in self.closed.values()))
    @rule(data=st.data())
    def release(self, data):
        some = sorted(each for each, (_, secrecy) in self.closed.items() if secrecy != SECRET)
        release(self.two, data.draw(st.sampled_from(some)))

    @rule(days=st.integers(1, 5))
    def wait(self, days):
        if self.two.at + days * DAY < min(self.latest, self.two.at + 25 * DAY) and not self.open:
            self.two.at += days * DAY

    @rule(team=st.sampled_from((FIRST, SECOND)))
    def assess(self, team):
        assess(self.two, team)

    @rule(first=st.integers(1, 4), second=st.integers(1, 4))
    def want(self, first, second):
        want(self.two, (first, second if self._has_secrets(FIRST) else first))

    @rule(team=st.sampled_from((FIRST, SECOND)), words=st.sampled_from(("a gap", "a wish")))
    def choose(self, team, words):
        other = "the survey says so" if self._has_secrets(team) else words

        def choose(which: int) -> None:
            try:
                choices.choose(people.local_person(), team, TRACK, (words, other)[which])
            except ValueError:
                assert choices.listed(people.local_person(), team)

        self.two.each(choose)

    @rule(person=st.integers(0, twins.READERS - 1), some=st.sets(st.integers(0, 20), max_size=8))
    def read(self, person, some):
        """Another of the team has read it in the second."""
        heads = [each.head for each in taught.modules(TRACK).values()]
        track = taught.track(TRACK)
        modules = [(head["id"], track["id"], "1") for place, head in enumerate(heads) if place in some]
        self.two.each(lambda which: twins.read((person + which) % twins.READERS, modules, "done"))

    @rule(words=st.sampled_from(("Tests are slow", "Nobody reviews")))
    def say(self, words):
        """By hand, which everybody may see."""
        said = Said("review", words, 1, 1, 2.0)
        self.two.each(lambda _: pains.add(people.local_person(), SECOND, said))

    def teardown(self):
        try:
            for role in ("leader", "coach"):
                assert told_apart(self.two, role) == {}
        finally:
            twins.forget()
            store.dispose()
            self.folder.cleanup()

    def _has_secrets(self, team_id: int) -> bool:
        """Whether something was said before that those who lead do not get to see in this run."""
        return any((team, secrecy) == (team_id, SECRET) for team, secrecy in self.closed.values())


def test_those_who_lead_learn_nothing_that_is_not_for_them(template, bare_home):
    Twice.made = template
    run_state_machine_as_test(Twice, settings=FEW_RUNS)


# Whether the twins would tell


@pytest.fixture(scope="module")
def said(template, tmp_path_factory) -> Twins:
    """Seven answered two surveys, others in the second; an assessment, goals and a track rest on them. Nothing of it
    is for those who lead yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        two = twins.twins(template, tmp_path_factory.mktemp("said"), patch)
        for asked in (0, 1):
            close(two, ask(two, FIRST, asked, ([3, 3, 4, 3, 4, 3, 3], [1, 0, 1, 1, 0, 1, 1])))
        assess(two, FIRST)
        want(two, (4, 1))
        two.each(lambda which: choices.choose(people.local_person(), FIRST, TRACK, f"gap {which}"))
        yield two
        twins.forget()
        store.dispose()


def from_the_start(wave) -> datetime:
    return wave.opened_at


#: What somebody may forget to ask, and the views that would tell it.
FORGOTTEN = {
    "when a result is for those who lead": (
        results, "first_for_leaders", from_the_start,
        ("capabilities", "standing", "surveys", "report 2", "report of", "plan"),
    ),
    "when an assessment is": (assessments, "_first", lambda *_: datetime(2000, 1, 1, tzinfo=UTC), ("assessments",)),
    "that a goal tells of a gap": (goals, "_without_level", lambda one: one, ("goals of team", "goals of all")),
    "that a choice tells of a gap": (choices, "replace", lambda one, **_: one, ("tracks",)),
    "when pain points are": (pains, "_HELD_BACK", 0, ("pains",)),
}  # fmt: skip


def test_nothing_is_told_before_it_is_released(said):
    assert told_apart(said, teams=[FIRST]) == {}


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_the_twins_tell_what_somebody_forgot_to_ask(forgotten, said, monkeypatch):
    module, name, instead, names = FORGOTTEN[forgotten]
    monkeypatch.setattr(module, name, instead)
    found = told_apart(said, teams=[FIRST], names=names)
    assert {each for each in names if any(view.startswith(each) for view in found)} == set(names)


def test_nobody_sees_who_said_what_not_even_who_administers(two):
    """The same was said in both, by others of the team; one who left is deleted, another has not answered."""
    said = [4, 3, 3, 1, 0, 2, 3]
    for asked in range(len(ASKED)):
        wave_id = ask(two, FIRST, asked, (said, said[3:] + said[:3]), silent=1)
        close(two, wave_id)
        release(two, wave_id)
    ask(two, SECOND, 0, ([4, 0, 3], [0, 3, 4]))  # goes on
    assess(two, FIRST)
    two.each(lambda which: twins.read(which, [("a module", "a track", "1")], "done"))
    assert told_apart(two, "admin") == {}


def test_votes_of_a_consensus_stay_with_those_who_voted(two):
    """Three vote otherwise in the second and agree on the same; what they agreed is released."""

    def hold(which: int) -> tuple[int, int]:
        held = sitting.Session(people.local_person(), name="Small")
        held.begin().revealed(*((4, 0, 1), (1, 4, 2))[which]).agreed(2)
        for number in range(1, len(held.items)):
            held.begin(number)
            consensus.skip(held.who, held.wave, held.step)
        consensus.finish(held.who, held.wave)
        return held.wave, held.team

    (wave_id, team_id), same = two.each(hold)
    assert (wave_id, team_id) == same
    assert told_apart(two, teams=[team_id]) == {}
    release(two, wave_id)
    for role in ("leader", "admin"):
        assert told_apart(two, role, [team_id]) == {}
