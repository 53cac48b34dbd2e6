import unittest
import uuid
from decimal import Decimal

from shop import orders
from shop.database import opened


class Orders(unittest.TestCase):
    def setUp(self):
        self.database = self.enterContext(opened())
        self.customer = str(uuid.uuid4())
        self.database.execute(
            "INSERT INTO customers (id, email) VALUES (?, ?)", self.customer, "cafe@customers.example"
        )

    def tearDown(self):
        self.database.execute("DELETE FROM orders WHERE customer_id = ?", self.customer)
        self.database.execute("DELETE FROM customers WHERE id = ?", self.customer)

    def test_the_total_of_an_order_is_kept_to_the_cent(self):
        order = orders.place(self.database, self.customer, Decimal("19.99"))
        self.assertEqual(orders.total_of(self.database, order), Decimal("19.99"))

    def test_an_order_may_cost_nothing(self):
        order = orders.place(self.database, self.customer, Decimal("0.00"))
        self.assertEqual(orders.total_of(self.database, order), Decimal("0.00"))

    def test_both_columns_say_the_same(self):
        order = orders.place(self.database, self.customer, Decimal("0.29"))
        found = self.database.execute("SELECT total * 100, total_cents FROM orders WHERE id = ?", order)
        self.assertEqual(round(found[0][0]), found[0][1])
