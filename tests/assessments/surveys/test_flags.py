"""Signs of answering without reading are reported, and no result is changed by them."""

import pytest

from assessments.surveys.answers import Sheet
from assessments.surveys.flags import flagged, flags
from assessments.surveys.scoring import score
from tests.assessments.surveys.asked import choice, questionnaire

ASKED = questionnaire(*[choice(f"item-{number}") for number in range(8)])
STRAIGHT = frozenset({"straight"})


def filled(*values: int) -> Sheet:
    return Sheet({f"item-{number}": value for number, value in enumerate(values)})


@pytest.mark.parametrize(
    ("values", "seconds", "signs"),
    [
        ([2] * 8, None, {"straight"}),
        ([2] * 7, None, set()),
        ([2] * 7 + [3], None, set()),
        ([0, 1, 2, 3, 4, 3, 2, 1], 15.9, {"fast"}),
        ([0, 1, 2, 3, 4, 3, 2, 1], 16, set()),
        ([4] * 8, 1, {"straight", "fast"}),
        ([], 0, set()),
    ],
)
def test_the_signs_of_a_sheet(values, seconds, signs):
    assert flags(ASKED, filled(*values), seconds) == signs


@pytest.mark.parametrize(
    ("straight", "others", "number"), [(0, 3, 0), (5, 5, 5), (6, 0, 6), (1, 9, None), (6, 2, None)]
)
def test_a_number_of_sheets_is_told_unless_it_points_at_few(straight, others, number):
    assert flagged([STRAIGHT] * straight + [frozenset()] * others).straight == number


def test_a_flagged_sheet_counts_like_any_other():
    answers = [filled(*[2] * 8), *[filled(*range(5), 0, 1, 3)] * 5]
    assert score(ASKED, answers, 6).items["item-0"].n == 6
