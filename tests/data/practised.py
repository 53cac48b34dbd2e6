"""What repositories, people and maps say of a team's practices, put into a store for tests."""

from collections.abc import Mapping

from assessments.evidence import Effort, Evaluation, Evidence, Finding, Outcome, Probe, Result, registry
from data import store
from data.asked import closing
from data.practices import evaluations
from data.tables import Repository
from tests.data import surveyed

COMMIT = "a" * 40
PEOPLE = [f"Member {number}" for number in range(1, 9)]


def readable(repository_id: int, **fields) -> int:
    """Makes it a repository with files, where the service has imports only."""
    with store.writing() as session:
        row = session.get_one(Repository, repository_id)
        row.path = f"/repositories/{repository_id}"
        for name, value in fields.items():
            setattr(row, name, value)
        session.add(row)
    return repository_id


def looked(repository_id: int, outcomes: Mapping[str, str] | str = "met", origin: str = "probes", **more) -> int:
    """An evaluation with these outcomes by probe, or with one outcome of every probe; its id."""
    probes = {key: each.probe for key, each in registry().items()}
    outcomes = dict.fromkeys(probes, outcomes) if isinstance(outcomes, str) else outcomes
    results = [Result(probes.get(key) or probe(key), finding(key, each)) for key, each in outcomes.items()]
    more = {"as_of": store.now_us(), **more}
    commit = more.pop("commit", COMMIT)
    return evaluations.save(readable(repository_id), origin, Evaluation(commit, tuple(results), {}), **more)


def probe(key: str) -> Probe:
    """Of a rule of another tool."""
    return Probe(key, key, "other", (), "", "", {}, "", Effort.HOURS)


def finding(key: str, outcome: str) -> Finding:
    places = (Evidence(f"src/{key}.yml", 3, f"line of {key}"),) if outcome in ("met", "partly", "not met") else ()
    remedy = f"Mend {key}." if outcome in ("partly", "not met") else ""
    return Finding(Outcome(outcome), f"{key} is {outcome}.", places, len(places), remedy=remedy, effort=Effort.HOURS)


def said(team_id: int, *options: int, blocks=(), questionnaire: str = "capabilities", **fields) -> int:
    """A closed wave in which each of these people chose the same option everywhere, all eight where there is one; its
    id."""
    plain = surveyed.asked(questionnaire, blocks)
    options = options * len(PEOPLE) if len(options) == 1 else options
    sheets = [surveyed.all_at(plain, option) for option in options]
    wave = surveyed.wave(team_id, sheets, PEOPLE, plain, **fields)
    closing.close_due()
    return wave
