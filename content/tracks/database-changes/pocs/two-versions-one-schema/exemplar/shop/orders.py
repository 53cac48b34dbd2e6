"""Orders of customers. Their totals move from euros to cents: both are written, the old one is read."""

import uuid
from decimal import Decimal

from shop.database import Database

KEEP = "INSERT INTO orders (id, customer_id, total, total_cents) VALUES (?, ?, ?, ?)"


def as_kept(customer: str, total: Decimal) -> tuple[object, ...]:
    """The values of a new order, in the order of KEEP."""
    return (str(uuid.uuid4()), customer, str(total), int(total * 100))


def place(database: Database, customer: str, total: Decimal) -> str:
    """Keeps an order; its id."""
    values = as_kept(customer, total)
    database.execute(KEEP, *values)
    return str(values[0])


def total_of(database: Database, order: str) -> Decimal:
    [(total,)] = database.execute("SELECT total FROM orders WHERE id = ?", order)
    return _euros(total)


def totals(database: Database) -> list[tuple[str, Decimal]]:
    """(id, total) of every order."""
    return [(order, _euros(total)) for order, total in database.execute("SELECT id, total FROM orders")]


def _euros(total: object) -> Decimal:
    return Decimal(str(total)).quantize(Decimal("0.01"))
