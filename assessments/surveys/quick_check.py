"""The delivery quick check: DORA's own score of the five answers, for comparison only, and the answers beside what is
measured.

The score follows the published Quick Check of 2025: bands 1 to 6 become 0, 2, .. 10 and a percentage becomes
10 - p / 10; throughput, stability and overall are plain means. It differs from it in one thing: a missing answer is
missing, where the original counts a missing band as 0 and a missing percentage as 10. Its limits: on this scale a
change fail rate of 15 instead of 5 % moves the whole by 0.2, one band of lead time by 0.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.delivery import benchmarks as bands

THROUGHPUT = ("lead_time", "deployment_frequency", "recovery_time")
INSTABILITY = ("change_fail_rate", "rework_rate")
#: What the address of a Quick Check calls each metric.
_NAMES = {
    "leadtime": "lead_time",
    "deployfreq": "deployment_frequency",
    "failurerecovery": "recovery_time",
    "changefailure": "change_fail_rate",
    "rework": "rework_rate",
}
#: What the benchmarks call the distribution of each metric.
_DISTRIBUTION = {
    "lead_time": "leadtime",
    "deployment_frequency": "deployfreq",
    "recovery_time": "recovery",
    "change_fail_rate": "cfr",
}


class QuickCheckError(ValueError):
    """A Quick Check without answers, or with one that is none; the text says what is expected."""


@dataclass(frozen=True)
class Score:
    """0 to 10, high is good; None where an answer it needs is missing. `metrics`: of each answer."""

    metrics: Mapping[str, float]
    throughput: float | None
    stability: float | None
    overall: float | None


@dataclass(frozen=True)
class Placed:
    """Where an answer stands among those of 2025. `shares`: percent of respondents at each band, the worst first, as
    the options run; `at`: which of them is the answer's; `text`: one sentence. Rework has no shares, `at` is None."""

    metric: str
    labels: tuple[str, ...]
    shares: tuple[float, ...]
    at: int | None
    text: str


@dataclass(frozen=True)
class Beside:
    """What was said of a metric beside what was measured, on the bands of the 2025 answers. `difference`: said minus
    measured in bands, positive where the answer is better; 0 = the same band; None where either is not known."""

    metric: str
    said: str | None
    measured: str | None
    difference: int | None
    text: str


def score(values: Mapping[str, float]) -> Score:
    """Of answers by metric: the option number 0 to 5 (worst to best) or the percentage 0 to 100.

    Raises ValueError for a metric that is not asked or a value outside its scale.
    """
    for metric, value in values.items():
        if metric not in (*THROUGHPUT, *INSTABILITY) or not 0 <= value <= (5 if metric in THROUGHPUT else 100):
            raise ValueError(f"{metric}: {value} is no answer of the quick check")
    metrics = {metric: value * 2.0 if metric in THROUGHPUT else 10 - value / 10 for metric, value in values.items()}

    def mean(names: tuple[str, ...]) -> float | None:
        return sum(metrics[name] for name in names) / len(names) if set(names) <= set(metrics) else None

    return Score(metrics, mean(THROUGHPUT), mean(INSTABILITY), mean(THROUGHPUT + INSTABILITY))


def from_query(query: Mapping[str, str]) -> dict[str, float]:
    """The answers in the query of a Quick Check's address (https://dora.dev/quickcheck/?leadtime=6&changefailure=10...),
    as `score` takes them. An answer that was not given (-1 or left out) is left out; other fields are not looked at.

    Raises QuickCheckError when there are no answers, or one is outside its scale.
    """
    found: dict[str, float] = {}
    for name, metric in _NAMES.items():
        text = query.get(name, "-1")
        if text == "-1":
            continue
        least, top = (1, 6) if metric in THROUGHPUT else (0, 100)
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and least <= int(text) <= top):
            raise QuickCheckError(f"{name} is a number from {least} to {top} in such an address")
        found[metric] = int(text) - least
    if not found:
        raise QuickCheckError("the address holds no answers; open the result page and copy its address from there")
    return found


def to_query(values: Mapping[str, float]) -> dict[str, str]:
    """The query of a Quick Check's address with these answers, in its own order; `from_query` reads it back."""
    return {
        name: str(int(values[metric]) + (1 if metric in THROUGHPUT else 0))
        for name, metric in _NAMES.items()
        if metric in values
    }


def names() -> dict[str, str]:
    """What the address of a Quick Check calls each metric: metric -> name."""
    return {metric: name for name, metric in _NAMES.items()}


def placed(metric: str, value: float, benchmarks: Mapping) -> Placed:
    """Where an answer (option number 0 to 5, or a percentage) stands in the published distribution of 2025.

    Raises ValueError for what is no answer.
    """
    score({metric: value})
    if metric == "rework_rate":
        return Placed(metric, (), (), None, f"{bands.band(metric, value / 100, benchmarks).text}.")
    data = benchmarks["dist_2025"][_DISTRIBUTION[metric]]
    labels, shares = tuple(data["bands_best_first"][::-1]), tuple(data["pct_best_first"][::-1])
    at = int(value) if metric in THROUGHPUT else labels.index(bands.band(metric, value / 100, benchmarks).label)
    better, worse = sum(shares[at + 1 :]), sum(shares[:at])
    parts = [f"{better:.0f} % a better one" if better else "", f"{worse:.0f} % a worse one" if worse else ""]
    answer = "answer" if metric in THROUGHPUT else "band"
    told = f"{shares[at]:.0f} % of 2025 respondents gave this {answer}"
    return Placed(metric, labels, shares, at, f"{', '.join([told, *(part for part in parts if part)])}.")


def beside(metric: str, said: float | None, measured: float | None, benchmarks: Mapping) -> Beside:
    """The answer (median option number, or percentage) beside the measured value (hours, per day, share).

    Both are put on the same bands of content/benchmarks/dora.json. The bands "once an hour to once a day" and "on
    demand" are one, as a rate cannot tell them apart. Rework has no bands: no difference is given.
    """
    if metric == "rework_rate":
        pair = [None if value is None else f"{value:.0f} %" for value in (said, measured and measured * 100)]
        return Beside(metric, *pair, None, "there are no published bands to compare on")
    labels, name = _ladder(metric, benchmarks)
    told = None if said is None else _said(metric, said, labels, benchmarks)
    found = None if measured is None else bands.band(metric, measured, benchmarks).label
    if told is None or found is None:
        missing = "nobody answered" if told is None else "nothing is measured"
        return Beside(metric, told, found, None, f"{missing}, so there is nothing to compare")
    difference = labels.index(found) - labels.index(told)
    steps = f"{abs(difference)} {'band' if abs(difference) == 1 else 'bands'}"
    text = f"{name}: answer and measurement lie in the same band"
    if difference:
        text = f"{name} was said to be {steps} {'better' if difference > 0 else 'worse'} than measured"
    return Beside(metric, told, found, difference, text)


def _ladder(metric: str, benchmarks: Mapping) -> tuple[list[str], str]:
    """Band labels, best first, and the metric in words."""
    if metric not in THROUGHPUT and metric != "change_fail_rate":
        raise ValueError(f"{metric} is not asked in the quick check")
    labels = list(benchmarks["dist_2025"][_DISTRIBUTION[metric]]["bands_best_first"])
    if metric == "deployment_frequency":
        labels = ["daily or more often", *labels[2:]]
    return labels, metric.replace("_", " ").capitalize()


def _said(metric: str, value: float, labels: list[str], benchmarks: Mapping) -> str:
    if metric == "change_fail_rate":
        return bands.band(metric, value / 100, benchmarks).label
    return labels[max(len(labels) - 1 - int(value), 0)]
