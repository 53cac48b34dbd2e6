"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.delivery import present
from assessments.delivery.results import Metric, State


def metric(state=State.VALUE, key="lead_time", unit="hours", **more) -> Metric:
    return Metric(key=key, state=state, unit=unit, **more)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "0 s"),
        (0.01, "36 s"),
        (0.75, "45 min"),
        (0.9999, "1.0 h"),
        (3.2, "3.2 h"),
        (47.99, "2.0 days"),
        (76.8, "3.2 days"),
        (24 * 9.96, "10 days"),
        (24 * 400, "400 days"),
        (24 * 800, "2.2 years"),
        (None, "not known"),
    ],
)
def test_durations(hours, words):
    assert present.duration(hours) == words


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_a_longer_time_never_reads_shorter(one, other):
    sizes = {"s": 1, "min": 60, "h": 3600, "days": 86400, "years": 365.25 * 86400}

    def seconds(hours):
        number, unit = present.duration(hours).split()
        return float(number) * sizes[unit]

    low, high = sorted((one, other))
    assert seconds(low) <= seconds(high)


@pytest.mark.parametrize(
    ("per_day", "words"),
    [
        (29 / 30, "0.97 per day"),
        (3.33, "3.3 per day"),
        (12.4, "12 per day"),
        (0.05, "1.5 per month"),
        (0.01, "3.7 per year"),
    ],
)
def test_rates(per_day, words):
    assert present.rate(per_day) == words


def test_the_ends_of_an_interval_read_in_the_unit_of_their_value():
    told = metric(key="deployment_frequency", unit="per day", value=0.05, low=0.001, high=0.2)
    assert present.interval(told) == "95 % interval 0.030 to 6.1 per month"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0 %"), (0.12, "12 %"), (0.034, "3.4 %"), (1, "100 %"), (1e-5, "below 0.1 %")]
)
def test_shares(value, words):
    assert present.share(value) == words


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (metric(value=76.8), "3.2 days"),
        (metric(key="deployment_frequency", unit="per day", value=0.97), "0.97 per day"),
        (metric(key="change_fail_rate", unit="share", value=0.12), "12 %"),
        (metric(State.TOO_FEW, n=3), "too few to judge (3 of 6)"),
        (metric(State.TOO_FEW, unit="share", n=0, of=3), "too few to judge (3 of 5 deployments)"),
        (
            metric(State.TOO_FEW, key="recovery_time", n=6, extra={"at_least": 76.8}),
            "at least 3.2 days - half or more are still open",
        ),
        (metric(State.NONE_HAPPENED), "none happened - no change was shipped"),
        (metric(State.NONE_HAPPENED, key="rework_rate", unit="share"), "none happened - no deployment reached users"),
        (metric(State.NOT_COLLECTED), "not known - no incidents have been collected"),
        (metric(State.NO_DATA), "not known - no data for this time"),
        (metric(State.NO_DATA, interval_note="hidden"), "not known - the first commit is hidden by squash or rebase"),
    ],
)
def test_headlines(given_, words):
    assert present.headline(given_) == words


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (metric(value=5, low=3, high=8.2), "95 % interval 3.0 to 8.2 h"),
        (metric(value=5, low=0.5, high=8.2), "95 % interval 30 min to 8.2 h"),
        (metric(value=5, low=3), "95 % interval from 3.0 h, no upper limit"),
        (metric(value=5, high=8), "95 % interval up to 8.0 h, no lower limit"),
        (metric(value=5, interval_note="too few"), "no interval: too few"),
        (metric(State.NONE_HAPPENED), ""),
    ],
)
def test_intervals(given_, words):
    assert present.interval(given_) == words


def test_the_slow_tail():
    assert present.p90(metric(value=5, p90=48, p90_low=36, p90_high=72)) == (
        "90 % within 2.0 days (95 % interval 36.0 h to 3.0 days)"
    )


def test_no_tail_no_words():
    assert present.p90(metric(value=5)) == ""


def test_what_a_number_rests_on():
    assert present.counted(metric(n=24)) == "n = 24"
    assert present.counted(metric(n=3, of=25)) == "3 of 25 deployments"
    assert present.counted(metric(n=6, censored=(1, 2))) == "n = 6, 2 still open"
    assert present.counted(metric(State.NOT_COLLECTED)) == ""


def test_too_few_values_are_listed():
    assert present.values(metric(values=(2, 3.5), censored=(98.4,))) == "2.0 h, 3.5 h; still open for 4.1 days"
