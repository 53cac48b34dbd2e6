-- total still holds everything, as both are written.
ALTER TABLE orders DROP COLUMN total_cents;
