"""How often "moved" is said of nothing, and how long a service waits to see a change: by simulation, seeds fixed.

    python -m benchmarks.outcomes [--rounds 400] [--only false|power]

A service ships a few times a week, several changes at a time. The logarithm of a change's lead time is a level, a
trend, a season, an effect of its week that resembles the one before, one of its deployment and one of its own; the
variance is 20 % that of weeks, 30 % of deployments, 50 % of changes. Everything goes through assessments/outcomes.py as
a page would call it. Prints the tables that docs/outcomes.md holds.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from assessments.outcomes import LOW, MOVED, TIMES, WEEK, Intervention, judge, needed, weekly

SEED = 40
START = 1_700_000_000_000_000 // WEEK * WEEK + 4 * 86_400_000_000  # a Monday
PARTS = (0.2, 0.3, 0.5)  # of the variance: weeks, deployments, changes
ALLOWED = 0.05


@dataclass(frozen=True)
class Service:
    """One that is simulated. log_sd: of the lead time of a change; likeness: of a week effect to the one before; trend:
    of the logarithm a week; season: half the yearly swing of the logarithm; deployments a week, changes each."""

    log_sd: float
    likeness: float = 0.0
    trend: float = 0.0
    season: float = 0.0
    deployments: float = 4.0
    changes: float = 3.0


def rows(service: Service, weeks: int, rng, drop_from: int | None = None, drop: float = 0.0):
    """at (microseconds), hours and deployment of each change, over so many weeks from START; from week `drop_from` on
    everything takes the part `drop` less."""
    sd = service.log_sd * np.sqrt(PARTS)
    number = np.arange(weeks)
    effect = rng.normal(size=weeks)
    for week in range(1, weeks):
        effect[week] = service.likeness * effect[week - 1] + np.sqrt(1 - service.likeness**2) * effect[week]
    wave = np.sin(2 * np.pi * number / 52.18 + rng.uniform(0, 2 * np.pi))
    level = 3 + service.trend * number + service.season * wave + sd[0] * effect
    if drop_from is not None:
        level[drop_from:] += np.log1p(-drop)
    week = np.repeat(number, rng.poisson(service.deployments, weeks))
    at = START + week * WEEK + rng.integers(0, WEEK, len(week))
    log = level[week] + sd[1] * rng.normal(size=len(week))
    many = 1 + rng.poisson(service.changes - 1, len(week))
    deployment = np.repeat(np.arange(len(week)), many)
    hours = np.exp(log[deployment] + sd[2] * rng.normal(size=len(deployment)))
    return at[deployment], hours, deployment


def verdict(service: Service, before: int, after: int, rng, drop: float = 0.0, settle: int = 4, rivals: bool = False):
    """What is said after so many weeks, and what two usual tests would say of the same weeks: by change (Mann-Whitney)
    and by deployment (Welch on logarithms)."""
    whole = before + settle + after
    at, hours, deployment = rows(service, whole, rng, before, drop)
    end = START + whole * WEEK
    done = Intervention(START + before * WEEK, START + before * WEEK, settle)
    outcome = judge(weekly(TIMES, at, hours, deployment, START, end), done, LOW, end, look_ahead=False)
    if not rivals:
        return outcome, ()
    week = (at - START) // WEEK
    sides = (week < before, week >= before + settle)
    by_change = stats.mannwhitneyu(*(hours[side] for side in sides)).pvalue
    means = []
    for side in sides:
        place = np.unique(deployment[side], return_inverse=True)[1]
        means.append(np.bincount(place, np.log(hours[side])) / np.bincount(place))
    return outcome, (by_change < ALLOWED, stats.ttest_ind(*means, equal_var=False).pvalue < ALLOWED)


#: Histories and waits, log-SDs, and circumstances of the table of false alarms.
SPANS = ((26, 12), (52, 12), (78, 20))
SPREADS = (0.6, 1.1, 2.0)
ALL = {"likeness": 0.6, "trend": -0.01, "season": 0.3}
#: Name -> what is at work, and at which log-SDs: without trend and season the size of the noise does not matter.
CIRCUMSTANCES = {
    "nothing else": ({}, SPREADS[1:2]),
    "weeks alike (0.6)": ({"likeness": 0.6}, SPREADS[1:2]),
    "trend -1 % a week": ({"trend": -0.01}, SPREADS[::2]),
    "season ±30 %": ({"season": 0.3}, SPREADS[::2]),
    "all three": (ALL, SPREADS),
    "all, 20 changes each": ({**ALL, "changes": 20.0}, SPREADS[::2]),
    "all, one deployment": ({**ALL, "deployments": 1.0}, SPREADS[::2]),
}


def false_alarms(rounds: int) -> Iterator[tuple[str, float, float, float, float, float]]:
    """Circumstance, log-SD, the largest and the mean share of "moved" over all spans although nothing happened, and the
    mean shares of the two usual tests."""
    for name, (circumstance, spreads) in CIRCUMSTANCES.items():
        for spread in spreads:
            shares = []
            for before, after in SPANS:
                rng = np.random.default_rng([SEED, before, after, round(spread * 10)])
                found = [
                    verdict(Service(spread, **circumstance), before, after, rng, rivals=True) for _ in range(rounds)
                ]
                moved = np.mean([outcome.verdict == MOVED for outcome, _ in found])
                shares.append((moved, *np.mean([rival for _, rival in found], axis=0)))
            shares = np.array(shares)
            yield name, spread, shares[:, 0].max(), *shares.mean(axis=0)


#: Of the table of waits: weeks of history, deployments a week and changes each.
HISTORIES = (52, 104, 156)
DROPS = (0.3, 0.5)
PACES = {"1 x 3": (1.0, 3.0), "4 x 3": (4.0, 3.0), "20 x 2": (20.0, 2.0)}


def waits(rounds: int) -> Iterator[tuple]:
    """Pace, log-SD, weeks of history, smallest drop that a year would show, and for drops of 30 and 50 %: the middle of
    the weeks that `needed` names (None where more than half of the services would wait too long), and how often such a
    drop is then called moved."""
    for name, (deployments, changes) in PACES.items():
        for spread in SPREADS:
            service = Service(spread, likeness=0.3, season=0.1, deployments=deployments, changes=changes)
            for before in HISTORIES:
                rng = np.random.default_rng([SEED, 1, before, round(spread * 10), round(deployments)])
                end = START + before * WEEK
                histories = [weekly(TIMES, *rows(service, before, rng), START, end) for _ in range(rounds)]
                cells = []
                for drop in DROPS:
                    plans = [needed(history, LOW, drop) for history in histories]
                    wait = float(np.median([np.inf if plan.weeks is None else plan.weeks for plan in plans]))
                    if not np.isfinite(wait):
                        cells += [None, None]
                        continue
                    said = [verdict(service, before, round(wait), rng, drop)[0] for _ in range(rounds)]
                    cells += [wait, float(np.mean([outcome.verdict == MOVED for outcome in said]))]
                least = float(np.median([1.0 if plan.smallest is None else plan.smallest for plan in plans]))
                yield name, spread, before, least, *cells


def markdown(found: Iterator[tuple], head: str, percent: tuple[int, ...]) -> Iterator[str]:
    yield head
    yield "|---" * head.count(" | ") + "|---|"
    for row in found:
        cells = [
            "–" if cell is None else f"{cell * 100:.1f} %" if place in percent else f"{cell:g}" if place else cell
            for place, cell in enumerate(row)
        ]
        yield f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rounds", type=int, default=400, help="services for each line and span (400); an eighth for waits"
    )
    parser.add_argument("--only", choices=("false", "power"))
    options = parser.parse_args(arguments)
    if options.only != "power":
        head = "| circumstances | log-SD | moved at most | moved | by change | by deployment |"
        for line in markdown(false_alarms(options.rounds), head, (2, 3, 4, 5)):
            print(line, flush=True)
    if options.only != "false":
        head = "| pace | log-SD | history | a year shows | wait for 30 % | seen | wait for 50 % | seen |"
        for line in markdown(waits(options.rounds // 8 or 1), head, (3, 5, 7)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
