"""Truth table: the numbers of a window and of its weeks, and the four ways of having none. Hours since Monday."""

from datetime import date

from tests.assessments.delivery.story import deploy, incident, merge, says, story

DAY, WEEK = 24, 168


def daily(count: int, *, first=1.0, lead=2, every=DAY):
    """One change a day, each deployed by itself; lead may differ: a number or a list."""
    leads = lead if isinstance(lead, list) else [lead] * count
    for i in range(count):
        hour = first + i * every
        yield merge(f"c{i}", hour, authored=hour - leads[i] + 1)
        yield deploy(f"d{i}", f"c{i}", hour + 1)


def broken(hours_to_recover: list[float | None]):
    """One failing deployment a day, recovered so many hours after its finish; None = open."""
    yield from daily(len(hours_to_recover), first=0)
    for i, hours in enumerate(hours_to_recover):
        finish = i * DAY + 1
        yield incident(f"i{i}", finish + 0.01, None if hours is None else finish + hours)


CASES = {
    "29 deployments in 30 days are 0.97 a day": (
        story(merge("A", -50), *daily(29), until=30 * DAY),
        {
            "deployment_frequency.value": 29 / 30,
            "deployment_frequency.n": 29,
            "deployment_frequency.median_days_between": 1,
        },
    ),
    "only days on which the service existed": (
        story(*daily(5, first=10 * DAY), until=15 * DAY),
        {
            "deployment_frequency.days": 5,
            "deployment_frequency.value": 1,
            "deployment_frequency.per_working_day": 7 / 5,
        },
    ),
    "two deployments in the first hour are not 48 a day": (
        story(merge("A", 1), deploy("d1", "A", 1.5), deploy("d2", "A", 2), until=2),
        {"deployment_frequency.value": 2, "deployment_frequency.days": 1},
    ),
    "a window ends where the collection does": (
        story(*daily(10), until=10 * DAY, end=20 * DAY),
        {"deployment_frequency.n": 10, "deployment_frequency.value": 10 / (239 / DAY)},
    ),
    "what finished at the last moment collected is in the window": (
        story(merge("A", 1), deploy("d1", "A", 48), until=48),
        {"deployment_frequency.n": 1},
    ),
    "what finished at the end of a past window is not": (
        story(merge("A", 1), deploy("d1", "A", 48), until=72, end=48),
        {
            "deployment_frequency.n": 0,
            "deployment_frequency.state": "none_happened",
            "deployment_frequency.value": None,
        },
    ),
    "rollbacks are deployments too": (
        story(merge("A", 1), merge("B", 1), deploy("d1", "A", 2), deploy("d2", "B", 3), deploy("d3", "A", 4)),
        {"deployment_frequency.n": 3, "deployment_frequency.without_rework": None, "change_fail_rate_inferred.of": 3},
    ),
    "frequency without rework stands beside it": (
        story(
            *(merge("A", 0), merge("B", 1), deploy("d1", "A", 2), deploy("d2", "B", 3), incident("i", 3.5)),
            *(deploy("d3", "A", 4), says("deployment.unplanned", "d1")),
            until=24,
        ),
        {"deployment_frequency.without_rework": 1, "deployment_frequency.value": 3},
    ),
    "nothing known is no data": (
        story(incidents_collected=True),
        {
            **{
                "lead_time.state": "no_data",
                "deployment_frequency.state": "no_data",
                "change_fail_rate.state": "no_data",
            },
            **{"recovery_time.state": "no_data", "deployment_frequency.value": None, "change_fail_rate.value": None},
        },
    ),
    "before the service existed is no data": (
        story(*daily(3, first=200), end=100),
        {"deployment_frequency.state": "no_data", "lead_time.state": "no_data"},
    ),
    "collected, and nothing took place": (
        story(*daily(3), start=100, until=300, incidents_collected=True),
        {
            **{"deployment_frequency.state": "none_happened", "change_fail_rate.state": "none_happened"},
            **{"recovery_time.state": "none_happened", "lead_time.state": "none_happened", "lead_time.value": None},
        },
    ),
    "five changes are too few, and are listed": (
        story(*daily(5, lead=[2, 3, 4, 5, 6])),
        {"lead_time.state": "too_few", "lead_time.value": None, "lead_time.values": (2, 3, 4, 5, 6), "lead_time.n": 5},
    ),
    "six changes have a median": (
        story(*daily(6, lead=[2, 3, 4, 6, 7, 8])),
        {"lead_time.state": "value", "lead_time.value": 5, "lead_time.values": ()},
    ),
    "seven deployments give a median without interval": (
        story(*daily(7, lead=list(range(1, 8)))),
        {
            **{"lead_time.value": 4, "lead_time.low": None, "lead_time.deployments": 7},
            "lead_time.interval_note": "too few deployments for an interval (7 of 8)",
        },
    ),
    "eight deployments give an interval": (
        story(*daily(8, lead=list(range(1, 9)))),
        {"lead_time.value": 4.5, "lead_time.low": 1, "lead_time.high": 8, "lead_time.interval_note": ""},
    ),
    "many changes in few deployments give no interval": (
        story(
            *(merge(f"c{i}", i, authored=i - i) for i in range(1, 41)),
            *(deploy(f"d{i}", f"c{10 * i}", 10 * i + 1) for i in range(1, 5)),
        ),
        {"lead_time.n": 40, "lead_time.low": None, "lead_time.deployments": 4, "lead_time.p90_low": None},
    ),
    "the 90th percentile begins at ten": (
        story(*daily(10, lead=list(range(1, 11)))),
        {"lead_time.p90": 9.1, "lead_time.p90_low": None},
    ),
    "no 90th percentile of nine": (
        story(*daily(9, lead=list(range(1, 10)))),
        {"lead_time.p90": None, "lead_time.value": 5},
    ),
    "four deployments are too few for a share": (
        story(*daily(4), incident("i", 3)),
        {"change_fail_rate.state": "too_few", "change_fail_rate.value": None, "change_fail_rate.n": 1},
    ),
    "one of five deployments failed": (
        story(*daily(5), incident("i", 3)),
        {"change_fail_rate.value": 0.2, "change_fail_rate.n": 1, "change_fail_rate.of": 5},
    ),
    "none of five is a measured zero": (
        story(*daily(5), incidents_collected=True),
        {"change_fail_rate.value": 0, "change_fail_rate.state": "value", "recovery_time.state": "none_happened"},
    ),
    "attempts that never reached users are apart": (
        story(*daily(5), deploy("x", "c4", 99, status="failure"), incident("i", 3)),
        {"change_fail_rate.of": 5, "coverage.failed_attempts": 1, "coverage.deployments_counted": 6},
    ),
    "six recovered failures have a median": (
        story(*broken([1, 2, 3, 4, 5, 6])),
        {"recovery_time.value": 3.5, "recovery_time.method": "order statistics", "recovery_time.low": 1},
    ),
    "an open failure makes the median later": (
        story(*broken([1, 2, 3, 4, 5, 6, None])),
        {"recovery_time.value": 4, "recovery_time.n": 6, "recovery_time.open": 1},
    ),
    "half of the failures open: the median is not reached": (
        story(*broken([1, 2, 3, 4, 5, 6, None, None, None, None, None, None]), until=600),
        {"recovery_time.state": "too_few", "recovery_time.value": None, "recovery_time.at_least": 6},
    ),
    "Sunday midnight separates the weeks": (
        story(merge("A", 1), deploy("d1", "A", WEEK - 0.001), deploy("d2", "A", WEEK), deploy("d3", "A", WEEK + 1)),
        {
            **{"2026-01-05 deployment_frequency.n": 1, "2026-01-12 deployment_frequency.n": 2},
            **{"d1.week": date(2026, 1, 5), "d2.week": date(2026, 1, 12)},
        },
    ),
    "a week without a deployment is no hole": (
        story(merge("A", 1), deploy("d1", "A", 2), deploy("d2", "A", 2 * WEEK + 1), until=3 * WEEK),
        {
            **{"2026-01-12 deployment_frequency.state": "none_happened", "2026-01-12 deployment_frequency.n": 0},
            **{"2026-01-12 deployment_frequency.value": None, "2026-01-12 deployment_frequency.rolling_n": 1},
        },
    ),
    "four weeks roll": (
        story(*daily(5, every=WEEK), until=5 * WEEK),
        {"2026-01-26 deployment_frequency.rolling_n": 4, "2026-02-02 deployment_frequency.rolling_n": 4},
    ),
    "a week is provisional until no incident can reach it": (
        story(*daily(12), until=WEEK + 23),
        {"2026-01-05 lead_time.provisional": True, "2026-01-12 lead_time.provisional": True},
    ),
    "and settled after that": (
        story(*daily(12), until=WEEK + 24),
        {"2026-01-05 lead_time.provisional": False},
    ),
    "a lead time belongs to the week that shipped it": (
        story(merge("A", 1), deploy("d1", "A", WEEK + 5)),
        {
            **{"2026-01-05 lead_time.n": 0, "2026-01-12 lead_time.n": 1, "2026-01-12 lead_time.value": WEEK + 5},
            "A.week": date(2026, 1, 12),
        },
    ),
    "a late incident dirties the week of the deployment": (
        story(merge("A", 1), deploy("d1", "A", WEEK - 2), incident("i", WEEK + 5, WEEK + 6)),
        {"2026-01-05 change_fail_rate.n": 1, "2026-01-12 change_fail_rate.n": 0, "2026-01-05 recovery_time.value": 8},
    ),
}
