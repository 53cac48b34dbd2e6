"""How often the interval shown for a team holds the team's true mean, by simulation with a fixed seed.

    python -m benchmarks.survey_coverage [--rounds 400]

Teams of N people are drawn from four kinds of answers on five options; n of them answer, chosen by chance; the interval
is the one the pages show (assessments/surveys/intervals.py). Prints the table that docs/surveys.md holds.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from assessments.surveys.intervals import interval

SEED, TOP = 20, 4
#: How likely each of the options 0 to 4 is.
POPULATIONS = {
    "centred": (0.07, 0.24, 0.38, 0.24, 0.07),
    "skewed": (0.05, 0.10, 0.15, 0.30, 0.40),
    "ceiling": (0.01, 0.03, 0.06, 0.20, 0.70),
    "two-humped": (0.30, 0.18, 0.04, 0.18, 0.30),
}
SIZES = (5, 6, 7, 8, 10, 12, 15, 20, 30, 40, 50)
FLOOR = {"centred": 0.93, "skewed": 0.90, "ceiling": 0.90, "two-humped": 0.90}


def answering(size: int) -> list[int]:
    """How many of a team of that size answer: 5, everyone, and three sizes between."""
    return sorted({round(5 + (size - 5) * share / 4) for share in range(5)})


def coverage(shares: tuple[float, ...], size: int, n: int, rounds: int, rng) -> tuple[float, float, float]:
    """Share of rounds in which the interval holds the mean of the team; mean half width; share of certain ranges."""
    teams = rng.choice(TOP + 1, size=(rounds, size), p=shares)
    held, width, certain = 0, 0.0, 0
    for team in teams:  # in chance order already: the first n answer
        shown = interval(team[:n].tolist(), size, TOP)
        held += shown.low - 1e-9 <= team.mean() <= shown.high + 1e-9
        width += (shown.high - shown.low) / 2
        certain += shown.kind == "certain"
    return held / rounds, width / rounds, certain / rounds


def table(rounds: int) -> Iterator[tuple[str, int, int, float, float, float]]:
    """Population, N, n and what `coverage` found, for all of them."""
    rng = np.random.default_rng(SEED)
    for name, shares in POPULATIONS.items():
        for size in SIZES:
            for n in answering(size):
                yield name, size, n, *coverage(shares, size, n, rounds, rng)


def markdown(rows: list[tuple[str, int, int, float, float, float]]) -> Iterator[str]:
    """One line a population: over all N and n, the least over teams where not everyone answered, and by N."""
    sizes = [size for size in SIZES if size > 5]
    yield f"| answers | all | {' | '.join(f'N = {size}' for size in sizes)} | least | half width | certain range |"
    yield f"|---|{'---|' * (len(sizes) + 4)}"
    for name in POPULATIONS:
        partial = [row for row in rows if row[0] == name and row[2] < row[1]]
        by_size = [np.mean([row[3] for row in partial if row[1] == size]) for size in sizes]
        least = min(partial, key=lambda row: row[3])
        cells = [name, _percent(np.mean([row[3] for row in partial])), *map(_percent, by_size)]
        cells += [f"{_percent(least[3])} (N {least[1]}, n {least[2]})", f"±{np.mean([row[4] for row in partial]):.2f}"]
        yield f"| {' | '.join([*cells, _percent(np.mean([row[5] for row in partial]))])} |"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=400, help="teams for each N and n (400)")
    options = parser.parse_args(arguments)
    print("\n".join(markdown(list(table(options.rounds)))))


if __name__ == "__main__":
    main()
