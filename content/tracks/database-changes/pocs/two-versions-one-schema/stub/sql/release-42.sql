ALTER TABLE orders RENAME COLUMN total TO total_cents;
UPDATE orders SET total_cents = total_cents * 100;
