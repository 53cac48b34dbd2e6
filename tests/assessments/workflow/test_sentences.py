"""What a map says in words."""

import pytest

from assessments.delivery.results import Stage
from assessments.workflow import sentences
from assessments.workflow.model import RECOVERY, Map
from assessments.workflow.totals import totals
from content import catalog
from tests.assessments.workflow.maps import changed, plain, step

EXAMPLE = catalog.maps()["release-by-hand"]
TODAY, FUTURE = Map.of(EXAMPLE["today"]), Map.of(EXAMPLE["future"])


def test_the_figures_of_the_example():
    lead, work, activity, complete = sentences.figures(totals(TODAY))
    assert (lead.value, lead.more) == ("4 h", "2 h 50 min to 7 h 25 min")
    assert (work.value, activity.value, complete.value, complete.more) == ("2 h", "50 %", "70 %", "")


def test_an_unknown_figure_says_what_is_known_of_it():
    lead = sentences.figures(totals(Map.of(changed(lead=None))))[0]
    assert (lead.value, lead.more) == ("not known", "4 h without First")


def test_what_the_future_changes():
    told = sentences.changes(TODAY, FUTURE)
    assert told[0] == (
        "From request to production: lead time 4 h → 10 min, work 2 h → 7 min 42 s, activity ratio 50 % → 77 %, "
        "complete and accurate 70 % → 99 %."
    )
    assert told[1].startswith("Back from failure: lead time 2 h 20 min → 3 min")
    assert told[2] == "Gone: Approval meeting, Stop the service, Decide to go back and Restore database."
    assert sentences.changes(TODAY, TODAY)[-1].startswith("Back from failure: lead time 2 h 20 min, work")


def test_a_change_of_what_is_not_known_is_not_known():
    told = sentences.changes(Map.of(changed(lead=None)), Map.of(changed()))
    assert "lead time not known → 5 h, work 1 h 40 min," in told[0]


def test_step_by_step():
    rows = {row["Step"]: row for row in sentences.step_rows(TODAY, FUTURE)}
    assert rows["Build by hand → Build and test"]["Lead time before"] == "35 min (25 min to 50 min)"
    assert rows["Build by hand → Build and test"]["Done by"] == "Developer → Pipeline"
    assert (rows["Approval meeting"]["State"], rows["Approval meeting"]["Lead time after"]) == ("Gone", "")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (EXAMPLE["today"], "The constraint is Approval meeting: 45 min, 38 % of the waiting."),
        (changed(lead=None), "The constraint so far is More-0: 40 min, 25 % of the waiting that is known; not every"),
        (plain(*[step(f"s{n}", lead=20, process=20) for n in range(5)]), "No step waits."),
        (plain(*[step(f"s{n}", lead=None) for n in range(5)]), "Where the work waits is not known"),
    ],
)
def test_where_the_work_waits(data, sentence):
    assert sentences.constraint(Map.of(data)).startswith(sentence)
    assert sentences.constraint(Map.of(plain()), RECOVERY) == ""


def stage(key: str, hours: float | None, n: int = 40) -> Stage:
    return Stage(key=key, n=n if hours is not None else 0, unknown=0, median_hours=hours, mean_hours=hours, share=None)


@pytest.mark.parametrize(
    ("stated", "hours", "says"),
    [
        (60, 1.0, "As stated"),
        (60, 1.05, "About as stated"),
        (60, 3.0, "3.0 times as long as stated"),
        (60, 0.25, "4.0 times shorter than stated"),
        ({"value": 60, "low": 30, "high": 180}, 2.5, "Within the stated range"),
        (60, 0.0, "Measured as no time"),
        (None, 2.0, "Nothing is stated"),
        (60, None, "not known"),
    ],
)
def test_measured_beside_stated(stated, hours, says):
    rows = sentences.measured_rows(Map.of(changed(lead=stated, stage="deploying")), [stage("deploying", hours)])
    assert [row["Difference"] for row in rows] == [says]


def test_a_stage_that_is_not_measured_stays_in_the_table():
    row = sentences.measured_rows(Map.of(changed(stage="review")), [stage("deploying", 1)])[0]
    assert (row["Measured, median"], row["Difference"], row["Of changes"]) == ("not known", "not known", "0")


def test_the_steps_as_lines():
    assert sentences.step_lines(TODAY, RECOVERY)[1] == (
        "Decide to go back: Change board; Telephone; 10 min of 30 min (15 min to 1 h); 95 % complete and accurate; "
        "waiting 20 min"
    )
