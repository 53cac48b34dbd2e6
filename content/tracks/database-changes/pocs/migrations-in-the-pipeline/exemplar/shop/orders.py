"""Orders of customers."""

import uuid
from decimal import Decimal

from shop.database import Database

KEEP = "INSERT INTO orders (id, customer_id, total) VALUES (?, ?, ?)"


def as_kept(customer: str, total: Decimal) -> tuple[object, ...]:
    """The values of a new order, in the order of KEEP."""
    return (str(uuid.uuid4()), customer, str(total))


def place(database: Database, customer: str, total: Decimal) -> str:
    """Keeps an order; its id."""
    values = as_kept(customer, total)
    database.execute(KEEP, *values)
    return str(values[0])


def total_of(database: Database, order: str) -> Decimal:
    [(total,)] = database.execute("SELECT total FROM orders WHERE id = ?", order)
    return Decimal(str(total)).quantize(Decimal("0.01"))
