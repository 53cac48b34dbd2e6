-- UPDATE orders would disturb the migration
SELECT count(*) FROM orders
