"""The hours of a shop, at their edges."""

import unittest
from datetime import date, datetime, time

from opening import is_open

HOURS = {0: (time(9), time(18)), 5: (time(10), time(14))}  # Monday and Saturday
MONDAY = date(2026, 10, 5)


def at(hour: int, minute: int = 0, day: int = 5) -> datetime:
    return datetime(2026, 10, day, hour, minute)


class Opening(unittest.TestCase):
    def test_it_opens_on_the_minute_and_is_closed_on_the_minute(self):
        said = [is_open(at(*clock), HOURS) for clock in [(8, 59), (9, 0), (17, 59), (18, 0)]]
        self.assertEqual(said, [False, True, True, False])

    def test_a_weekday_without_hours_is_a_closed_one(self):
        self.assertFalse(is_open(at(12, day=6), HOURS))

    def test_saturday_has_hours_of_its_own(self):
        self.assertEqual([is_open(at(hour, day=10), HOURS) for hour in (9, 11, 15)], [False, True, False])

    def test_a_holiday_counts_more_than_a_weekday(self):
        self.assertFalse(is_open(at(12), HOURS, closed={MONDAY}))

    def test_hours_that_end_before_they_begin_are_refused(self):
        with self.assertRaises(ValueError):
            is_open(at(12), {0: (time(22), time(2))})


if __name__ == "__main__":
    unittest.main()
