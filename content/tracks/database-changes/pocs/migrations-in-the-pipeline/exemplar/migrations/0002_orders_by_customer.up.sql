-- The table is small and new. On a large one that is in use: CREATE INDEX CONCURRENTLY, in a migration without a
-- transaction.
CREATE INDEX orders_customer ON orders (customer_id);
