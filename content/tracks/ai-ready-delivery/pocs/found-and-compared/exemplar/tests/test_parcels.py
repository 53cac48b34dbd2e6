"""What customers pay, at the edges of each rule."""

import unittest

from parcels import postage


class Postage(unittest.TestCase):
    def test_a_band_holds_up_to_its_last_gram(self):
        self.assertEqual(
            [postage(grams, order=1_000) for grams in (1, 500, 501, 2_000, 2_001)], [390, 390, 550, 550, 980]
        )

    def test_the_parcel_is_free_from_fifty_on_and_not_a_cent_before(self):
        self.assertEqual([postage(700, order=cents) for cents in (4_999, 5_000)], [550, 0])

    def test_a_ferry_is_paid_for_whatever_the_order_is_worth(self):
        self.assertEqual([postage(700, order=cents, island=True) for cents in (1_000, 9_000)], [1_750, 1_750])

    def test_the_heaviest_parcel_is_taken(self):
        self.assertEqual(postage(31_500, order=1_000), 1_690)

    def test_weights_that_no_parcel_has_are_refused(self):
        for grams in (-1, 0, 31_501):
            with self.subTest(grams=grams), self.assertRaises(ValueError):
                postage(grams, order=1_000)


if __name__ == "__main__":
    unittest.main()
