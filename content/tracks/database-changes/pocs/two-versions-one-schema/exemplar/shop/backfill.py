"""Fills total_cents of the orders that have none, a thousand at a time.

Each batch is kept by itself, so that no row is held for long, and whatever breaks off is continued by calling it again.
"""

import sys
import time

from shop.database import opened

BATCH = 1000
#: Seconds between two batches, so that others have their turn.
REST = 0.01
FILL = """
UPDATE orders SET total_cents = CAST(ROUND(total * 100) AS BIGINT)
WHERE id IN (SELECT id FROM orders WHERE total_cents IS NULL LIMIT ?)
"""
LEFT = "SELECT count(*) FROM orders WHERE total_cents IS NULL"


def backfill(batches: int | None = None) -> int:
    """So many batches, or until nothing is left; how many rows are left."""
    with opened() as database:
        while (left := database.execute(LEFT)[0][0]) and batches != 0:
            with database.transaction():
                database.execute(FILL, BATCH)
            batches = None if batches is None else batches - 1
            time.sleep(REST)
        return left


if __name__ == "__main__":
    print(f"{backfill(int(sys.argv[1]) if len(sys.argv) > 1 else None)} rows are left")
