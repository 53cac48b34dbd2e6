"""What it costs to send a parcel, in cents."""

BANDS = ((500, 390), (2_000, 550), (10_000, 980), (31_500, 1_690))  # up to so many grams: so many cents
FREE_FROM = 5_000  # cents
ISLAND = 1_200  # cents on top, as a ferry is paid for


def postage(grams: int, order: int, island: bool = False) -> int:
    """Cents for a parcel of that weight. order: what the goods cost, in cents; from 50.00 on the parcel is free, except
    to an island. ValueError for a weight that no parcel has."""
    if grams <= 0:
        raise ValueError("a parcel weighs more than nothing")
    if grams > BANDS[-1][0]:
        raise ValueError("a parcel weighs 31.5 kg at most; send two")
    if order >= FREE_FROM and not island:
        return 0
    price = next(cents for most, cents in BANDS if grams <= most)
    return price + (ISLAND if island else 0)
