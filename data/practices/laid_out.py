"""The evidence of one capability as a page lays it out: lane by lane, each piece once, with the findings behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from assessments.evidence import Outcome, registry
from assessments.maturity import LANES, MAP, OWN, REPOSITORY, SURVEY, Item, Seen, Standing, Verdict, words
from content import catalog
from data.practices.evaluations import FindingView
from data.practices.said import Answer
from data.practices.standings import RepositorySeen, TeamStanding
from data.sources.git_links import Links

#: The worst first: what is to be done stands above what is done.
_ORDER = (Outcome.NOT_MET, Outcome.PARTLY, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class Piece:
    """One piece of evidence. title: what it is about, in words; why, how: of a probe; levels: the statements it speaks
    of, each with its item and what was found there, None where nobody has looked. findings: of a probe in each
    repository that was looked at. answer: of a question."""

    lane: str
    key: str
    title: str
    why: str
    how: str
    hint: bool
    levels: tuple[tuple[int, Item, Seen | None], ...]
    findings: tuple[tuple[RepositorySeen, FindingView], ...] = ()
    answer: Answer | None = None

    @property
    def seen(self) -> Seen | None:
        """What was found, where it is the same for every statement; of an answer, for the lowest."""
        return self.levels[0][2]


def pieces(found: TeamStanding, standing: Standing, repository_id: int | None = None) -> dict[str, list[Piece]]:
    """By lane, in the order of the statements. repository_id: only the findings of that repository."""
    grouped: dict[tuple[str, str], list[tuple[int, Item, Seen | None]]] = {}
    for judged in standing.statements:
        for item, seen in judged.seen:
            grouped.setdefault((item.lane, item.key), []).append((judged.statement.level, item, seen))
    made: dict[str, list[Piece]] = {lane: [] for lane in LANES}
    for (lane, key), levels in grouped.items():
        make = {SURVEY: _question, REPOSITORY: partial(_probe, repository_id=repository_id), MAP: _fact}[lane]
        made[lane].append(make(found, standing, key, tuple(levels)))
    return made


def keeping(standing: Standing) -> tuple[tuple[Item, Seen | None], ...]:
    """What keeps the next statement from holding: its evidence that is neither met nor out."""
    if standing.next is None:
        return ()
    settled = ("met", "not applicable", "excepted", "not seen")
    return tuple((item, seen) for item, seen in standing.next.seen if seen is None or seen.state not in settled)


def needed(standing: Standing) -> str:
    """Where nothing speaks against the next statement, in one sentence what it lacks; else empty."""
    if standing.next is None or keeping(standing):
        return ""
    if standing.next.verdict is Verdict.CLAIMED:
        return "The team says so; nothing of it is seen in a repository or a map yet."
    return "Nothing speaks against it, and nothing shows it either: an exception or a hint alone does not."


def title(item: Item) -> str:
    """What a piece of evidence is about, in words."""
    return _TITLES[item.lane](item)


def to_mend(found: TeamStanding, standing: Standing, repository_id: int) -> int:
    """How many probes of the capability that repository does not meet."""
    own = next((each for each in found.repositories if each.id == repository_id), None)
    if own is None or not own.looked:
        return 0
    probes = {item.key for item in standing.capability.items.values() if item.lane == REPOSITORY and not item.hint}
    outcomes = [own.evaluation.findings[key].outcome for key in probes if key in own.evaluation.findings]
    return sum(outcome in (Outcome.NOT_MET, Outcome.PARTLY) for outcome in outcomes)


def place_url(repository: RepositorySeen, path: str | None, line: int | None) -> str | None:
    """The address of a place at the commit that was looked at, where the forge's style is known."""
    commit = repository.evaluation.commit if repository.evaluation else None
    return Links(repository.web_url).place(commit, path, line) if path and commit else None


def _question(found: TeamStanding, standing: Standing, key: str, levels: tuple) -> Piece:
    own = key == f"{OWN}/{standing.capability.key}"
    title = standing.capability.name if own else _texts().get(key, words(levels[0][1]))
    return Piece(SURVEY, key, title, "", "", False, levels, answer=found.answers.get(key))


def _probe(found: TeamStanding, standing: Standing, key: str, levels: tuple, repository_id: int | None) -> Piece:
    looked = (each for each in found.looked if repository_id in (None, each.id))
    findings = [(each, each.evaluation.findings[key]) for each in looked if key in each.evaluation.findings]
    findings.sort(key=lambda pair: (_ORDER.index(pair[1].outcome), pair[0].name))
    probe = registry()[key].probe if key in registry() else None
    said = (probe.title, probe.why, probe.how) if probe else (words(levels[0][1]), "", "")
    return Piece(REPOSITORY, key, *said, levels[0][1].hint, levels, tuple(findings))


def _fact(found: TeamStanding, standing: Standing, key: str, levels: tuple) -> Piece:
    return Piece(MAP, key, title(levels[0][1]), "", "", False, levels)


@lru_cache
def _texts() -> dict[str, str]:
    """The words of every question, by questionnaire/question."""
    return {
        f"{name}/{item['key']}": item["text"]
        for name, survey in catalog.surveys().items()
        for block in survey["blocks"]
        for item in block["items"]
    }


def _in_words(item: Item) -> str:
    said = words(item)
    return said[:1].upper() + said[1:]


_TITLES: dict[str, Callable[[Item], str]] = {
    SURVEY: lambda item: (
        "What the team says" if item.key.startswith(f"{OWN}/") else _texts().get(item.key, words(item))
    ),
    REPOSITORY: lambda item: registry()[item.key].probe.title if item.key in registry() else _in_words(item),
    MAP: _in_words,
}
