"""Makes customers and orders up, as many as are asked for. The addresses end in .example, where nobody lives."""

import random
import sys
import uuid
from decimal import Decimal

from shop import orders
from shop.database import opened

BATCH = 10_000


def fill(rows: int) -> None:
    dice = random.Random()
    with opened() as database:
        for start in range(0, rows, BATCH):
            size = min(BATCH, rows - start)
            customers = [str(uuid.uuid4()) for _ in range(max(1, size // 10))]
            people = ((each, f"{each[:8]}@customers.example") for each in customers)
            kept = (orders.as_kept(dice.choice(customers), Decimal(dice.randint(1, 20_000)) / 100) for _ in range(size))
            with database.transaction():
                database.execute_many("INSERT INTO customers (id, email) VALUES (?, ?)", people)
                database.execute_many(orders.KEEP, kept)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
